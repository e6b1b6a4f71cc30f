// Who somebody is at providers: added by a round trip there, taken off here.
import {known} from "./account.js";
import {busy, by, reason, say} from "./forms.js";
import {act} from "./proof.js";
import {after, fill} from "./rows.js";
import {time, word} from "./words.js";

// An issuer of an application's own need not be a URL.
const placeOf = (issuer) => (URL.canParse(issuer) && new URL(issuer).host) || issuer;

const load = async () => {
  const found = await known("identities");
  if (!found) return;
  fill("identities", found.identities.map((one) => ({
    texts: {
      name: placeOf(one.issuer),
      email: one.email ?? one.name,
      made: word("said.made", {time: time(one.linked_at)}),
      used: one.last_used_at ? word("said.used", {time: time(one.last_used_at)}) : word("said.unused"),
    },
    acts: {remove: async () => after(
      await act("DELETE", `identities/${encodeURIComponent(one.id)}`), word("said.identity_removed"), load)},
  })));
};

for (const button of document.querySelectorAll("[data-provider]")) {
  button.addEventListener("click", () => { say(""); busy(button, async () => {
    const answer = await act("POST", "identities", {provider: button.dataset.provider, next: location.pathname});
    if (answer?.ok) location.assign(answer.url);
    else if (answer) say(reason(answer), "bad");
  }); });
}
if (by("identities")) load();  // not where nothing is configured
