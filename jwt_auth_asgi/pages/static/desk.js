// What all pages of the desk have: the way out, and questions to the API, which may want a fresher login first.
import {claim, toLogin} from "./call.js";
import {reason, refuse, say} from "./forms.js";
import {act} from "./proof.js";
import {word} from "./words.js";

export {known} from "./account.js";
export {asks} from "./ask.js";

claim();

// What an action answers; who would not prove the login is told that nothing was done.
export const done = async (method, path, fields) =>
  (await act(method, path, fields)) ?? {ok: false, code: "not_proven"};

// What a question answers; null where that is a refusal, which is said, and beside the fields of a form, as long as it counts.
export const asked = async (path, form, counts = () => true) => {
  const answer = await done("GET", path);
  if (answer.ok) return answer;
  if (answer.status === 401 && answer.code !== "insufficient_user_authentication") toLogin();
  else if (!counts()) return null;
  else if (form && answer.errors) refuse(form, answer);
  else say(reason(answer), "bad");
  return null;
};

export const place = (...parts) => `admin/api/${parts.map(encodeURIComponent).join("/")}`;

export const fullName = (user) => `${user.first_name} ${user.last_name}`.trim() || user.email;

export {word};
