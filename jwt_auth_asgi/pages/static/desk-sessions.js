// Where users are signed in: the sessions of all of them, the newest first.
import {inWords} from "./agents.js";
import {asks, done, fullName, place} from "./desk.js";
import {list} from "./lists.js";
import {after} from "./rows.js";
import {time, word} from "./words.js";

const of = (one, ...parts) => place("users", one.user_id, "sessions", ...parts);

const again = list("sessions", {path: place("sessions"), key: "sessions", shown: (one) => ({
  href: `user?id=${encodeURIComponent(one.user_id)}`,
  texts: {
    name: fullName(one),
    email: one.email,
    device: inWords(one.user_agent) || word("said.unknown_device"),
    used: word("said.used", {time: time(one.last_used_at)}),
    made: word("said.signed_in", {time: time(one.created_at)}),
    place: one.place,
    address: one.address,
  },
  acts: {
    remove: async () => after(await done("DELETE", of(one, one.session_id)), word("said.device_ended"), again),
    all: async () => {
      if (!await asks(word("said.ask_end", {name: fullName(one)}))) return;
      await after(await done("DELETE", of(one)), word("said.did_end"), again);
    },
  },
})});
