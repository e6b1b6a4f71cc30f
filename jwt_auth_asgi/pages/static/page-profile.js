// The name of who is signed in, and the way out.
import {call, post, toLogin} from "./call.js";
import {by, onClick, onForm, reason, say} from "./forms.js";
import {word} from "./words.js";

const fill = (user) => {
  by("email").textContent = user.email;
  by("first_name").value = user.first_name;
  by("last_name").value = user.last_name;
};

onForm("profile-form", async (fields) => {
  const answer = await call("PATCH", "me", fields);
  if (!answer.ok) return answer;
  fill(answer);
  say(word("said.saved"));
  return null;
});
onClick("logout", async () => {
  const answer = await post("logout");
  if (answer.ok) location.assign("login");
  else say(reason(answer), "bad");
});

const user = await call("GET", "me");
if (user.ok) fill(user);
else if (user.status === 401) toLogin();
else say(reason(user), "bad");
