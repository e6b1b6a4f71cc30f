// Set another password, by the link of a letter.
import {linked, post} from "./call.js";
import {onForm, say, show} from "./forms.js";
import {word} from "./words.js";

let token = linked();

onForm("reset-form", async (fields) => {
  const answer = await post("password/reset", {token, ...fields});
  if (!answer.ok) return answer;
  say(word("said.password_set"));
  show("done", "linked");
  return null;
});

const begin = () => { show(token ? "linked" : "unlinked", "linked", "unlinked", "done"); };
begin();
// From the page that verifies, the link may be opened in the same tab.
addEventListener("hashchange", () => { token = linked() ?? token; begin(); });
