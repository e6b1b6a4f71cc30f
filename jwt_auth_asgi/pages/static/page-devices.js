// Where somebody is signed in, and how to end that.
import {known} from "./account.js";
import {inWords} from "./agents.js";
import {call} from "./call.js";
import {by, onClick} from "./forms.js";
import {after, fill} from "./rows.js";
import {time, word} from "./words.js";

const load = async () => {
  const found = await known("sessions");
  if (!found) return;
  fill("devices", found.sessions.map((one) => ({
    texts: {
      name: inWords(one.user_agent) || word("said.unknown_device"),
      current: one.current && word("said.this_device"),
      used: word("said.used", {time: time(one.last_used_at)}),
      made: word("said.signed_in", {time: time(one.created_at)}),
      place: one.place,
      address: one.address,
    },
    acts: one.current ? {} : {remove: async () => after(
      await call("DELETE", `sessions/${encodeURIComponent(one.session_id)}`), word("said.device_ended"), load)},
  })));
  by("others").hidden = found.sessions.length < 2;
};

onClick("others", async () => after(await call("POST", "sessions/revoke-others"), word("said.others_ended"), load));
load();
