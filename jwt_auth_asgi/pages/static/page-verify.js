// Verify an address: by the link of a letter, on a click, or by its code.
import {linked, post, renew} from "./call.js";
import {by, onForm, say, show} from "./forms.js";
import {word} from "./words.js";

const token = linked();

const proven = (answer) => {
  if (!answer.ok) return answer.code === "invalid_credentials" ? {...answer, code: "wrong_password"} : answer;
  say(word("said.verified"));
  if (answer.reset_token) { location.assign(`reset#token=${encodeURIComponent(answer.reset_token)}`); return null; }
  show("done", "linked", "coded", "send");
  return null;
};

// Who is signed in here, proves to be who set the account up: the access token says it.
const verify = async (fields) => { await renew(); return proven(await post("verify", fields)); };

onForm("linked-form", (fields) => verify({token, ...fields}));
onForm("code-form", (fields) => verify(fields));
onForm("send-form", async (fields) => {
  const answer = await post("verify/send", fields);
  if (!answer.ok) return answer;
  say(word("said.checked_mail"));
  by("coded").hidden = false;
  by("code-email").value = fields.email;
  by("code").focus();
  return null;
});
show(token ? "linked" : "coded");
