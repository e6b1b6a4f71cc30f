// Where users are signed in: of some users at a time, each with its sessions.
import {inWords} from "./agents.js";
import {asked, asks, done, fullName, place} from "./desk.js";
import {by} from "./forms.js";
import {list} from "./lists.js";
import {after, within} from "./rows.js";
import {time, word} from "./words.js";

const sessionOf = (user) => (one) => ({
  texts: {
    name: inWords(one.user_agent) || word("said.unknown_device"),
    used: word("said.used", {time: time(one.last_used_at)}),
    made: word("said.signed_in", {time: time(one.created_at)}),
    address: one.address,
  },
  acts: {remove: async () => after(
    await done("DELETE", place("users", user.user_id, "sessions", one.session_id)), word("said.device_ended"), again)},
});

const again = list("users", {path: place("users"), key: "users", limit: 10, shown: async (user) => {
  const found = (await asked(place("users", user.user_id, "sessions")))?.sessions ?? [];
  const end = async () => {
    if (!asks(word("said.ask_end", {name: fullName(user)}))) return;
    await after(await done("DELETE", place("users", user.user_id, "sessions")), word("said.did_end"), again);
  };
  return {
    href: `user?id=${encodeURIComponent(user.user_id)}`,
    texts: {name: fullName(user), email: user.email, count: word("said.sessions", {count: found.length})},
    acts: found.length ? {remove: end} : {},
    below: within(by("session-row"), found.map(sessionOf(user))),
  };
}});
