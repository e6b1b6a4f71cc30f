// Keys: those that sign, those of users, and the clients that are services.
import {asked, asks, done, place} from "./desk.js";
import {by, onClick, onForm, say, show} from "./forms.js";
import {list} from "./lists.js";
import {after, fill} from "./rows.js";
import {time, word} from "./words.js";

let rotated = null;

const signing = async () => {
  const found = await asked(place("keys"));
  if (found) fill("signing", found.keys.map((one) => ({
    texts: {
      name: one.key_id ? `${one.algorithm} ${one.key_id}` : one.algorithm,
      use: word(one.signs ? "said.signs" : "said.verifies"),
      public: word(one.is_public ? "said.public" : "said.shared"),
    },
    acts: {},
  })));
};

const remove = async (id) => (await asks(word("said.sure", {name: id}))
  ? after(await done("DELETE", place("clients", id)), word("said.client_removed"), clients) : null);

const clients = async () => {
  const found = await asked(place("clients"));
  if (found) fill("clients", found.clients.map((one) => ({
    texts: {
      name: one.client_id,
      made: word("said.made", {time: time(one.created_at)}),
      scopes: one.scopes.join(" "),
      resources: one.resources.join(" "),
      exchange: one.may_exchange.length && word("said.exchanges", {names: one.may_exchange.join(" ")}),
      proof: one.has_keys ? word("said.by_keys")
        : one.previous_until && word("said.previous", {time: time(one.previous_until)}),
    },
    acts: {
      rotate: one.has_keys ? null : () => {
        rotated = one.client_id;
        by("rotated").textContent = rotated;
        show("rotate", "made");
      },
      remove: () => remove(one.client_id),
    },
  })));
};

const reveal = async (answer, text) => {
  by("secret").textContent = answer.client_secret;
  show("made", "rotate");
  await clients();
  say(text);
  by("made").querySelector("h2").focus();
};

onForm("add-form", async (fields, form) => {
  const several = (text) => (text ?? "").split(/\s+/).filter(Boolean);
  const {client_id: name} = fields;
  const answer = await done("POST", place("clients"), {
    client_id: name.trim(),
    scopes: several(fields.scopes),
    resources: several(fields.resources),
    may_exchange: several(fields.may_exchange),
  });
  if (!answer.ok) return answer;
  form.reset();
  await reveal(answer, word("said.client_added"));
  return null;
});

onForm("rotate-form", async (fields, form) => {
  const hours = fields.overlap_hours ?? 24;
  const answer = await done("POST", place("clients", rotated, "rotate"), {overlap_seconds: hours * 3600});
  if (!answer.ok) return answer;
  form.reset();
  await reveal(answer, word("said.rotated"));
  return null;
});

onClick("rotate-cancel", () => {
  by("rotate").hidden = true;
  document.querySelector("h1").focus();
});

await signing();
await clients();
const owned = list("owned", {path: place("api-keys"), key: "api_keys", shown: (one) => ({
  texts: {
    name: one.name,
    owner: one.email,
    made: word("said.made", {time: time(one.created_at)}),
    ends: one.expires_at && word("said.ends", {time: time(one.expires_at)}),
    used: one.last_used_at ? word("said.used", {time: time(one.last_used_at)}) : word("said.unused"),
    scopes: one.scopes.join(" "),
  },
  links: {owner: `user?id=${encodeURIComponent(one.user_id)}`},
  acts: {revoke: async () => (await asks(word("said.sure", {name: `${one.name}, ${one.email}`}))
    ? after(await done("DELETE", place("users", one.user_id, "api-keys", one.id)), word("said.key_revoked"), owned)
    : null)},
})});
