// Passkeys: made by this browser, named, removed.
import {known} from "./account.js";
import {call} from "./call.js";
import {by, onForm, say, show} from "./forms.js";
import {create, isThere} from "./passkey.js";
import {act} from "./proof.js";
import {after, fill} from "./rows.js";
import {time, word} from "./words.js";

let renamed = null;

const rename = (one) => {
  renamed = one.id;
  by("rename-name").value = one.name;
  show("rename");
};

const load = async () => {
  const found = await known("passkeys");
  if (!found) return;
  fill("passkeys", found.passkeys.map((one) => ({
    texts: {
      name: one.name,
      made: word("said.made", {time: time(one.created_at)}),
      used: one.last_used_at ? word("said.used", {time: time(one.last_used_at)}) : word("said.unused"),
    },
    acts: {
      rename: () => rename(one),
      remove: async () => after(
        await act("DELETE", `passkeys/${encodeURIComponent(one.id)}`), word("said.passkey_removed"), load),
    },
  })));
};

onForm("add-form", async ({name}, form) => {
  const options = await act("POST", "passkeys/options");
  if (!options?.ok) return options;
  let passkey;
  try { passkey = await create(options.body); } catch (error) {
    return {ok: false, code: error.name === "InvalidStateError" ? "passkey_exists" : "passkey_gone"};
  }
  const answer = await call("POST", "passkeys", name ? {passkey, name} : {passkey});
  if (!answer.ok) return answer;
  form.reset();
  await load();
  say(word("said.passkey_added"));
  return null;
});
onForm("rename-form", async (fields) => {
  const answer = await act("PATCH", `passkeys/${encodeURIComponent(renamed)}`, fields);
  if (!answer?.ok) return answer;
  by("rename").hidden = true;
  await after(answer, word("said.saved"), load);
  return null;
});
by("add").hidden = !isThere();
by("unable").hidden = isThere();
load();
