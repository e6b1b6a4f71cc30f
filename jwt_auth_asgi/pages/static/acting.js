// The banner of who acts for somebody: names and end, and the way back, which also works when the time is over.
import {home, look, post} from "./call.js";
import {by, onClick, reason, say} from "./forms.js";
import {time, word} from "./words.js";

const LONGEST = 2 ** 31 - 1;
const text = by("acting-text");

const show = ({actor, user, until}) => {
  text.textContent = word("said.acting", {actor: actor.email, user: user.email, until: time(until)});
  const left = Math.min(Math.max(new Date(until) - Date.now(), 0), LONGEST);
  setTimeout(() => { text.textContent = word("said.acting_over"); }, left);
};

onClick("acting-end", async () => {
  const answer = await post("admin/api/impersonation/end");
  if (answer.ok) location.assign(home("admin/users"));
  else say(reason(answer), "bad");
});

const found = await look("admin/api/impersonation");
if (found.impersonation) show(found.impersonation);
else if (found.ok || found.status === 401) text.textContent = word("said.acting_over");
else say(reason(found), "bad");
