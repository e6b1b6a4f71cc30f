// Have a link sent that resets the password.
import {post} from "./call.js";
import {onForm, say} from "./forms.js";
import {word} from "./words.js";

onForm("forgot-form", async (fields, form) => {
  const answer = await post("password/forgot", fields);
  if (!answer.ok) return answer;
  form.reset();
  say(word("said.checked_mail"));
  return null;
});
