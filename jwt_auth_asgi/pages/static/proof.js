// Prove once more who you are, where an action asks for a fresh login; then the action is repeated, once.
import {call, post} from "./call.js";
import {busy, by, onForm, reason, say} from "./forms.js";
import {get, isThere} from "./passkey.js";

const dialog = by("proof");
let settle = () => {};
let pending = null;

const done = (answer) => {
  if (!answer.ok) return answer.code === "invalid_credentials" ? {...answer, code: "wrong_password"} : answer;
  settle(true);
  dialog.close();
  return null;
};

const shown = async (proof) => done(await call("POST", "reauthenticate", {...proof, transport: "cookies"}));

const byPasskey = async () => {
  const options = await post("login/passkey/options", {});
  if (!options.ok) return options;
  let passkey;
  try { passkey = await get(options.body); } catch { return {ok: false, code: "passkey_gone"}; }
  return shown({passkey});
};

// Which ways there are: of who has codes, a password alone is not enough.
const offer = async () => {
  const [factors, passkeys] = await Promise.all([call("GET", "factors"), call("GET", "passkeys")]);
  const hasCodes = factors.ok && factors.totp.length + factors.recovery_codes_left > 0;
  by("proof-second").hidden = !hasCodes;
  by("proof-code").required = hasCodes;
  by("proof-passkey").hidden = !(passkeys.ok && passkeys.passkeys.length > 0 && isThere());
};

const begin = async () => {
  await offer();
  by("proof-form").reset();
  dialog.showModal();
  say("");
  return new Promise((resolve) => { settle = resolve; });
};

// Of questions that are refused together, one asks for all.
const prove = () => {
  pending ??= begin().finally(() => { pending = null; });
  return pending;
};

onForm("proof-form", ({password, code = ""}) => {
  const plain = code.replace(/\s/g, "");
  if (!plain) return shown({password});
  return shown(/^\d{6}$/.test(plain) ? {password, totp: plain} : {password, recovery_code: code});
});
by("proof-passkey").addEventListener("click", () => busy(by("proof-passkey"), async () => {
  say("");
  const answer = await byPasskey();
  if (answer) say(reason(answer), "bad");
}));
// Another sign-in is a fresh one, too: it leads back here, and what was wanted is asked for again.
for (const link of document.querySelectorAll("#proof-providers a")) {
  const place = new URL(link.href);
  place.searchParams.set("next", location.pathname + location.search);
  link.href = place;
}
by("proof-cancel").addEventListener("click", () => dialog.close());
dialog.addEventListener("close", () => { by("proof-form").reset(); settle(false); });

// What a route answers to who is signed in, and has shown it lately; null for who would not show it.
export const act = async (method, path, fields) => {
  const answer = await call(method, path, fields);
  if (answer.code !== "insufficient_user_authentication") return answer;
  return (await prove()) ? call(method, path, fields) : null;
};
