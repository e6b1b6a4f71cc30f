// Another password: the one of now shows who asks, or a fresh login does.
import {known} from "./account.js";
import {onForm, say} from "./forms.js";
import {act} from "./proof.js";
import {word} from "./words.js";

const user = document.querySelector("[autocomplete=username]");

onForm("password-form", async (fields, form) => {
  const answer = await act("POST", "password", {...fields, transport: "cookies"});
  if (!answer) return null;
  if (!answer.ok) return answer.code === "invalid_credentials" ? {...answer, code: "wrong_password"} : answer;
  form.reset();
  say(word("said.password_changed"));
  return null;
});

user.value = (await known("me"))?.email ?? "";
