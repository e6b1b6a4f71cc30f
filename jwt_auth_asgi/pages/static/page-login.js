// Sign in: by password, passkey, mailed code or link; then whatever else the answer asks for.
import {begun, linked, open, post} from "./call.js";
import {by, onClick, onForm, reason, refuse, say, show} from "./forms.js";
import {get, isConditional, isThere} from "./passkey.js";
import {showSecret} from "./totp.js";

const PARTS = ["first", "mailed", "linked", "second", "begun", "enrol"];
const query = new URLSearchParams(location.search);
const token = linked();
const asked = begun();
let challenge = null;
let email = "";

const others = (part) => PARTS.filter((one) => one !== part);
const away = () => { location.assign(document.body.dataset.onward); return null; };

const second = (answer) => {
  challenge = answer.challenge;
  const kinds = new Set(answer.factors);
  by("totp-form").hidden = !kinds.has("totp");
  by("recovery-form").hidden = true;
  by("use-recovery").hidden = !kinds.has("recovery");
  by("second-passkey").hidden = !kinds.has("passkey") || !isThere();
  show("second", ...others("second"));
  return null;
};

const enrol = async (answer) => {
  const made = await post("factors/enrol", {enrolment_token: answer.enrolment_token});
  if (!made.ok) return made;
  challenge = answer.enrolment_token;
  showSecret(made, ...others("enrol"));
  return null;
};

// What a login answered: done, one more step, or a refusal to be shown where it was asked.
const proceed = (answer) => {
  if (answer.ok) return away();
  if (answer.code === "second_factor_required") return second(answer);
  if (answer.code === "enrolment_required") return enrol(answer);
  if (answer.code === "challenge_invalid") show("first", ...others("first"));
  return answer;
};

const passkey = async (path, fields, mediation) => {
  const options = await post("login/passkey/options", fields);
  if (!options.ok) return options;
  let proof;
  try { proof = await get(options.body, mediation); } catch (error) {
    return mediation || error.name === "AbortError" ? null : {ok: false, code: "passkey_gone"};
  }
  return proceed(await open(path, {...fields, passkey: proof}));
};

const told = (answer) => { if (answer && !answer.ok) say(reason(answer), "bad"); };

onForm("password-form", async (fields) => proceed(await open("login", fields)));
onForm("mailed-form", async ({code}) => proceed(await open("login/email/verify", {email, code})));
onForm("linked-form", async () => proceed(await open("login/email/verify", {token})));
// By an address, which anybody can write: nothing is sent before somebody wants it.
onForm("begun-form", async () => proceed(asked));
onForm("totp-form", async (fields) => proceed(await open("login/second-factor", {challenge, ...fields})));
onForm("recovery-form", async (fields) => proceed(await open("login/second-factor", {challenge, ...fields})));
onForm("enrol-form", async ({enrol_code: totp}) => proceed(await open("login/second-factor", {challenge, totp})));

onClick("by-passkey", async () => told(await passkey("login/passkey", {})));
onClick("second-passkey", async () => told(await passkey("login/second-factor", {challenge})));
onClick("use-recovery", async () => {
  by("totp-form").hidden = by("use-recovery").hidden = true;
  by("recovery-form").hidden = false;
  by("recovery_code").focus();
});
onClick("by-mail", async () => {
  const form = by("password-form");
  email = by("email").value;
  if (!email) { refuse(form, {code: "invalid_input", errors: [{field: "email", code: "missing"}]}); return; }
  const answer = await open("login/email", {email});
  if (answer.ok) show("mailed", ...others("mailed"));
  else refuse(form, answer);
});
for (const back of document.querySelectorAll(".back")) {
  back.addEventListener("click", () => { say(""); show("first", ...others("first")); });
}

const begin = async () => {
  const error = query.get("error");
  if (error) say(reason({code: error}), "bad");
  if (asked?.code === "enrolment_required") { show("begun", ...others("begun")); return; }
  if (asked) { told(await proceed(asked)); return; }
  if (token) { show("linked", ...others("linked")); return; }
  if (!by("by-passkey") || !isThere()) return;
  by("by-passkey").hidden = false;
  if (await isConditional()) told(await passkey("login/passkey", {}, "conditional"));
};
begin();
