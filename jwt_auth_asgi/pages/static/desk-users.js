// Users, by filters, page by page.
import {asked, fullName, place} from "./desk.js";
import {by} from "./forms.js";
import {list} from "./lists.js";
import {time, word} from "./words.js";

list("users", {path: place("users"), key: "users", shown: (user) => ({
  href: `user?id=${encodeURIComponent(user.user_id)}`,
  texts: {
    name: fullName(user),
    email: user.email,
    state: user.disabled_at && word("said.disabled", {time: time(user.disabled_at)}),
  },
  acts: {},
})});

const roles = await asked(place("roles"));
const known = new Set([...by("role").options].map((one) => one.value));
for (const {name} of roles?.roles ?? []) if (!known.has(name)) by("role").add(new Option(name, name));
