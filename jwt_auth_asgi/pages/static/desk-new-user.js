// Make a user; then its page is shown.
import {done, place} from "./desk.js";
import {onForm} from "./forms.js";

onForm("new-form", async ({scopes, ...fields}) => {
  const granted = (scopes ?? "").split(/\s+/).filter(Boolean);
  const answer = await done("POST", place("users"), granted.length ? {...fields, scopes: granted} : fields);
  if (!answer.ok) return answer;
  location.assign(`user?id=${encodeURIComponent(answer.user_id)}`);
  return null;
});
