// What happened: a timeline of it, each event, and all of it as a file.
import {inWords} from "./agents.js";
import {file} from "./call.js";
import {asked, done, place} from "./desk.js";
import {save} from "./files.js";
import {by, onClick, reason, say} from "./forms.js";
import {list} from "./lists.js";
import {picture, sums} from "./timeline.js";
import {number, time, word} from "./words.js";

const form = by("events-filter");

const filters = (...names) => {
  const found = new URLSearchParams();
  for (const [name, text] of new FormData(form)) if (names.includes(name) && text.trim()) found.set(name, text.trim());
  return found;
};

const cells = (one) => {
  const row = document.createElement("tr");
  const begin = document.createElement("th");
  begin.scope = "row";
  begin.textContent = time(one.at);
  row.append(begin);
  for (const count of [one.success, one.failure]) row.insertCell().textContent = number(count);
  return row;
};

let turn = 0;

const draw = async () => {
  const own = turn += 1;
  const found = await asked(`${place("audit", "timeline")}?${filters("user", "type", "since", "until")}`, null, () => own === turn);
  if (own !== turn) return;
  by("timeline").hidden = !found;
  if (!found) return;
  const {success, failure} = sums(found.parts);
  const values = {
    since: time(found.since), until: time(found.until), success: number(success), failure: number(failure)};
  const description = word("said.counted", values);
  const title = by("timeline").querySelector("h2").textContent;
  by("drawing").replaceChildren(picture(found.parts, {title, description}));
  by("begin").textContent = values.since;
  by("end").textContent = values.until;
  by("sums").textContent = description;
  by("numbers").replaceChildren(...found.parts.map(cells));
};

const userPage = (id) => id && `user?id=${encodeURIComponent(id)}`;

const shown = (one) => ({
  texts: {
    name: one.type,
    at: one.at && time(one.at),
    outcome: word(`said.${one.outcome}`),
    about: one.user_id && word("said.about", {user: one.user_id}),
    actor: one.actor && word("said.by", {user: one.actor}),
    origin: one.address,
    agent: inWords(one.user_agent) || one.user_agent,
    reason: one.reason,
    facts: Object.keys(one.facts).length ? JSON.stringify(one.facts) : "",
  },
  links: {about: userPage(one.user_id), actor: userPage(one.actor)},
  acts: {},
});

// Who may not is told so first, or proves the login; a file that breaks off half way is none.
const download = async (format) => {
  const query = filters("user", "type", "outcome", "since", "until");
  query.set("format", format);
  const path = `${place("audit", "export")}?${query}`;
  const allowed = await done("GET", `${place("audit")}?limit=1`);
  const answer = allowed.ok ? await file(path) : allowed;
  if (!answer.ok) { say(reason(answer), "bad"); return; }
  save(answer.blob, `audit.${format}`);
  say(word("said.exported"));
};

for (const format of ["ndjson", "csv"]) onClick(`as-${format}`, () => download(format));
list("events", {path: place("audit"), key: "events", shown});
form.addEventListener("submit", draw);
draw();
