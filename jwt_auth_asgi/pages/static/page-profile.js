// The name of who is signed in, another address, and a copy of all that is kept.
import {known} from "./account.js";
import {call} from "./call.js";
import {save} from "./files.js";
import {by, onClick, onForm, reason, say} from "./forms.js";
import {act} from "./proof.js";
import {word} from "./words.js";

const fill = (user) => {
  by("email").textContent = user.email;
  by("first_name").value = user.first_name;
  by("last_name").value = user.last_name;
};

onForm("profile-form", async (fields) => {
  const answer = await call("PATCH", "me", fields);
  if (!answer.ok) return answer;
  fill(answer);
  say(word("said.saved"));
  return null;
});
onForm("address-form", async (fields, form) => {
  const answer = await act("POST", "email", fields);
  if (!answer?.ok) return answer;
  form.reset();
  say(word("said.address_asked"));
  return null;
});
onClick("export", async () => {
  const answer = await act("GET", "me/export");
  if (!answer) return;
  if (!answer.ok) { say(reason(answer), "bad"); return; }
  save(new Blob([JSON.stringify(answer.body, null, 1)], {type: "application/json"}), "account.json");
  say(word("said.exported"));
});

const user = await known("me");
if (user) fill(user);
