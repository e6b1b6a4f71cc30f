// Lists of the desk: filters, which the address keeps, a page of rows, and the next one by its cursor.
import {asked} from "./desk.js";
import {busy, by, ready, say, unmark} from "./forms.js";
import {add, fill} from "./rows.js";
import {word} from "./words.js";

const filtersOf = (form) =>
  new URLSearchParams([...new FormData(form)].map(([name, text]) => [name, text.trim()]).filter(([, text]) => text));

// The filters that a link or the way back has in the address.
const recall = (form) => {
  for (const [name, text] of new URLSearchParams(location.search)) {
    const field = form.elements.namedItem(name);
    if (!field) continue;
    // What is offered may come later, or not at all.
    if (field.tagName === "SELECT" && ![...field.options].some((one) => one.value === text)) field.add(new Option(text, text));
    field.value = text;
  }
};

// id: of the list; path: of the API; key: where an answer has its rows; shown: of one, what `fill` takes; heard: the rest.
export const list = (id, {path, key, shown, limit, heard = () => {}}) => {
  const form = by(`${id}-filter`);
  const more = by(`${id}-more`);
  let query = new URLSearchParams();
  let next = null;
  let turn = 0;

  // What was asked last counts: nothing is shown of an answer to what was asked before it, which may come later.
  const load = async (put, cursor) => {
    const own = turn += 1;
    const wanted = new URLSearchParams(query);
    if (limit) wanted.set("limit", limit);
    if (cursor) wanted.set("cursor", cursor);
    const answer = await asked(`${path}?${wanted}`, form, () => own === turn);
    const rows = answer && await Promise.all(answer[key].map(shown));
    if (own !== turn) return null;
    form?.removeAttribute("aria-busy");
    if (!answer) return null;
    heard(answer);
    next = answer.next;
    more.hidden = !next;
    put(id, rows);
    if (next) by(`${id}-none`).hidden = true; // a page may be empty, and others behind it are not
    return rows;
  };
  const begin = async () => {
    if (form) query = filtersOf(form);
    more.hidden = true;
    return load(fill, null);
  };

  if (form) {
    recall(form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      say("");
      unmark(form);
      form.setAttribute("aria-busy", "true");
      const asking = begin();
      history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
      const rows = await asking;
      if (rows) say(word("said.found", {count: `${rows.length}${next ? "+" : ""}`}));
    });
    ready(form);
  }
  more.addEventListener("click", () => busy(more, async () => {
    say("");
    const at = by(id).children.length;
    const rows = await load(add, next);
    if (!rows) return;
    say(word("said.shown", {count: by(id).children.length}));
    const first = by(id).children[at]?.querySelector("a[href], button");
    (first ?? document.querySelector("h1")).focus();
  }));
  begin();
  return begin;
};
