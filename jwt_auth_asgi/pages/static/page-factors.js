// Second factors: authenticator apps, recovery codes, and devices at which none is asked for.
import {known} from "./account.js";
import {by, onClick, onForm, reason, say} from "./forms.js";
import {act} from "./proof.js";
import {after, fill} from "./rows.js";
import {showSecret} from "./totp.js";
import {time, word} from "./words.js";

const remove = (path, id, text) => async () => after(await act("DELETE", `${path}/${encodeURIComponent(id)}`), word(text), load);
const used = (at) => (at ? word("said.used", {time: time(at)}) : word("said.unused"));

const load = async () => {
  const found = await known("factors");
  if (!found) return;
  fill("apps", found.totp.map((one) => ({
    texts: {name: one.name, made: word("said.made", {time: time(one.created_at)}), used: used(one.last_used_at)},
    acts: {remove: remove("factors/totp", one.id, "said.factor_removed")},
  })));
  fill("remembered", found.remembered_devices.map((one) => ({
    texts: {name: word("said.remembered", {time: time(one.remembered_until)}), used: used(one.last_used_at)},
    acts: {remove: remove("factors/devices", one.id, "said.device_forgotten")},
  })));
  by("recovery").hidden = !found.totp.length;
  by("left").textContent = word("said.codes_left", {count: found.recovery_codes_left});
};

const showCodes = (codes) => {
  by("codes").replaceChildren(...codes.map((code) => {
    const line = document.createElement("li");
    line.textContent = code;
    return line;
  }));
  by("new-codes").hidden = !codes.length;
  if (codes.length) by("new-codes").querySelector("h2").focus();
};

onForm("app-form", async (fields, form) => {
  const answer = await act("POST", "factors/totp", fields);
  if (!answer?.ok) return answer;
  form.reset();
  showSecret(answer, "add");
  return null;
});
onForm("enrol-form", async ({enrol_code: code}, form) => {
  const answer = await act("POST", "factors/totp/confirm", {code});
  if (!answer?.ok) return answer?.code === "invalid_code" ? {...answer, code: "factor_invalid"} : answer;
  form.reset();
  by("qr").replaceChildren();
  by("secret").textContent = "";
  by("otpauth").removeAttribute("href");
  by("enrol").hidden = true;
  by("add").hidden = false;
  await after(answer, word("said.factor_added"), load);
  showCodes(answer.recovery_codes);
  return null;
});
onClick("renew", async () => {
  const answer = await act("POST", "factors/recovery-codes");
  if (!answer) return;
  if (!answer.ok) { say(reason(answer), "bad"); return; }
  await after(answer, word("said.codes_new"), load);
  showCodes(answer.recovery_codes);
});
onClick("print", async () => print());
load();
