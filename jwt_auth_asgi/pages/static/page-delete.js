// Delete the account: whoever typed its address means it; then this page is all that is left of being signed in.
import {known} from "./account.js";
import {by, onForm, say, show} from "./forms.js";
import {act} from "./proof.js";
import {day, word} from "./words.js";

const user = await known("me");

onForm("delete-form", async ({own_email: typed}) => {
  if (typed.trim().toLowerCase() !== user?.email.toLowerCase()) {
    return {ok: false, code: "invalid_input", errors: [{field: "own_email", code: "other_address"}]};
  }
  const answer = await act("DELETE", "me");
  if (!answer?.ok) return answer;
  by("done-text").textContent = word("said.deletion", {day: day(answer.deletion_at)});
  by("logout").hidden = true;
  document.querySelector("nav").hidden = true;
  show("done", "asked");
  by("done").querySelector("h2").focus();
  say("");
  return null;
});
