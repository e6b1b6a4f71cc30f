// Confirm another address, or take the old one back: by the link of a letter, on a click.
import {linked, post} from "./call.js";
import {onForm, say, show} from "./forms.js";
import {word} from "./words.js";

const token = linked();
const undoes = document.body.dataset.page === "email-undo";

onForm("linked-form", async () => {
  const answer = await post(undoes ? "email/undo" : "email/confirm", {token});
  if (!answer.ok) return answer;
  say(word(undoes ? "said.email_undone" : "said.email_confirmed"));
  show("done", "linked");
  return null;
});
show(token ? "linked" : "unlinked");
