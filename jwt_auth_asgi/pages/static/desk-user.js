// One user: what is known of it, and what an admin may do to it; each change is followed by another look.
import {inWords} from "./agents.js";
import {asked, asks, done, fullName, place} from "./desk.js";
import {page} from "./call.js";
import {busy, by, onClick, onForm, reason, say} from "./forms.js";
import {after, fill} from "./rows.js";
import {time, word} from "./words.js";

const id = new URLSearchParams(location.search).get("id") ?? "";
const heading = document.querySelector("h1");
const DEEDS = {
  end: ["DELETE", "sessions"],
  reset: ["POST", "factors", "reset"],
  disable: ["POST", "disable"],
  enable: ["POST", "enable"],
  keep: ["POST", "keep"],
  delete: ["DELETE"],
};

const at = (...parts) => place("users", id, ...parts);
const change = async (method, path, said) => after(await done(method, path), word(said), load);
const used = (one) => (one.last_used_at ? word("said.used", {time: time(one.last_used_at)}) : word("said.unused"));
const made = (text) => word("said.made", {time: time(text)});

const factsOf = (user) => ({
  email: user.email,
  user_id: user.user_id,
  state: user.disabled_at ? word("said.disabled", {time: time(user.disabled_at)}) : word("said.enabled"),
  deletion: user.deletion_at && time(user.deletion_at),
  scopes: user.scopes.join(" "),
  passwords: `${user.wrong_passwords_in_a_row}${user.password_is_stopped ? `, ${word("said.stopped")}` : ""}`,
  apps: user.totp.length,
  recovery_codes: user.recovery_codes_left,
  known_devices: user.known_devices,
});

const show = (user) => {
  heading.textContent = fullName(user);
  for (const [name, value] of Object.entries(factsOf(user))) {
    const fact = document.querySelector(`[data-fact="${name}"]`);
    fact.textContent = value ?? "";
    fact.parentElement.hidden = value === null || value === "";
  }
  const isOut = Boolean(user.disabled_at);
  const isLeaving = Boolean(user.deletion_at);
  for (const [name, is] of Object.entries({
    impersonate: "cookies" in document.body.dataset && !isOut && !isLeaving,
    end: true, reset: true, disable: !isOut, enable: isOut, delete: !isLeaving, keep: isLeaving,
  })) by(name).hidden = !is;
  fill("roles", user.roles.map((one) => ({
    texts: {name: one.name, scopes: one.scopes.join(" ")},
    acts: {remove: () => change("DELETE", at("roles", one.name), "said.role_revoked")},
  })));
  fill("sessions", user.sessions.map((one) => ({
    texts: {
      name: inWords(one.user_agent) || word("said.unknown_device"),
      used: word("said.used", {time: time(one.last_used_at)}),
      made: word("said.signed_in", {time: time(one.created_at)}),
      place: one.place,
      address: one.address,
    },
    acts: {remove: () => change("DELETE", at("sessions", one.session_id), "said.device_ended")},
  })));
  fill("api_keys", user.api_keys.map((one) => ({
    texts: {
      name: one.name, made: made(one.created_at), used: used(one), scopes: one.scopes.join(" "),
      ends: one.expires_at && word("said.ends", {time: time(one.expires_at)}),
    },
    acts: {remove: () => change("DELETE", at("api-keys", one.id), "said.key_revoked")},
  })));
  fill("their-passkeys", user.passkeys.map((one) => ({
    texts: {name: one.name, made: made(one.created_at), used: used(one)}, acts: {},
  })));
  fill("their-identities", user.identities.map((one) => ({
    texts: {name: one.name ?? one.subject, issuer: one.issuer, email: one.email, made: made(one.linked_at), used: used(one)},
    acts: {},
  })));
};

const offer = async (user) => {
  const found = await asked(place("roles"));
  const has = new Set(user.roles.map(({name}) => name));
  const rest = (found?.roles ?? []).filter(({name}) => !has.has(name));
  by("role").replaceChildren(...rest.map(({name}) => new Option(name, name)));
  by("grant-form").hidden = rest.length === 0;
};

const load = async () => {
  const user = await asked(at());
  by("known").hidden = !user;
  by("gone").hidden = Boolean(user);
  if (!user) return;
  show(user);
  await offer(user);
};

for (const [name, [method, ...parts]] of Object.entries(DEEDS)) {
  onClick(name, async () => {
    const isGentle = name === "enable" || name === "keep";
    if (!isGentle && !await asks(word(`said.ask_${name}`, {name: heading.textContent}))) return;
    await change(method, at(...parts), `said.did_${name}`);
  });
}
onClick("impersonate", async () => {
  if (!await asks(word("said.ask_impersonate", {name: heading.textContent}))) return;
  const answer = await done("POST", at("impersonate"), {transport: "cookies"});
  if (answer.ok) location.assign(page("profile"));
  else say(reason(answer), "bad");
});
onForm("grant-form", async ({role}) => {
  const answer = await done("PUT", at("roles", role));
  if (answer.ok) await after(answer, word("said.role_granted"), load);
  return answer;
});

busy(by("main"), load);
