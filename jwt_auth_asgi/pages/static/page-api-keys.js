// Keys for programs: made, shown this once, listed, revoked.
import {known} from "./account.js";
import {call} from "./call.js";
import {by, onForm, say} from "./forms.js";
import {act} from "./proof.js";
import {after, fill} from "./rows.js";
import {time, word} from "./words.js";

const load = async () => {
  const found = await known("api-keys");
  if (!found) return;
  fill("keys", found.api_keys.map((one) => ({
    texts: {
      name: one.name,
      made: word("said.made", {time: time(one.created_at)}),
      ends: one.expires_at && word("said.ends", {time: time(one.expires_at)}),
      used: one.last_used_at ? word("said.used", {time: time(one.last_used_at)}) : word("said.unused"),
      scopes: one.scopes.join(" "),
    },
    acts: {remove: async () => after(
      await call("DELETE", `api-keys/${encodeURIComponent(one.id)}`), word("said.key_revoked"), load)},
  })));
};

onForm("key-form", async (fields, form) => {
  const answer = await act("POST", "api-keys", fields);
  if (!answer?.ok) return answer;
  form.reset();
  by("key").textContent = answer.key;
  by("made").hidden = false;
  await load();
  say(word("said.key_made"));
  by("made").querySelector("h2").focus();
  return null;
});
load();
