// Register; then sign in at once, where nothing has to be verified first.
import {open, post} from "./call.js";
import {by, onForm, say, show} from "./forms.js";
import {word} from "./words.js";

onForm("register-form", async (fields) => {
  const answer = await post("register", fields);
  if (!answer.ok) return answer;
  const {email, password} = fields;
  if (answer.status === 201) {
    const login = await open("login", {email, password});
    if (login.ok) { location.assign(document.body.dataset.onward); return null; }
    if (login.code !== "email_unverified") { location.assign(`login${location.search}`); return null; }
  }
  by("register-form").reset();
  by("done-text").textContent = word("said.registered_mail");
  show("done", "first");
  say(word("said.registered_mail"));
  return null;
});
