// What all pages of who is signed in have: the way out, and a first question, whose refusal leads to the login.
import {call, claim, page, post, toLogin} from "./call.js";
import {onClick, reason, say} from "./forms.js";

onClick("logout", async () => {
  const answer = await post("logout");
  if (answer.ok) location.assign(page("login"));
  else say(reason(answer), "bad");
});

export const known = async (path) => {
  const user = await claim();
  const answer = user.ok && path !== "me" ? await call("GET", path) : user;
  if (answer.ok) return answer;
  if (answer.status === 401) toLogin();
  else say(reason(answer), "bad");
  return null;
};
