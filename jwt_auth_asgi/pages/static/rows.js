// Lists of what an account has: the page brings the shape of a row, a script its texts and what its buttons do.
import {busy, by, reason, say} from "./forms.js";

// A link of a line leads somewhere; that of the name is `href`.
const linkTo = (place, to) => {
  const link = document.createElement("a");
  link.href = to;
  link.textContent = place.textContent;
  place.replaceChildren(link);
};

const row = (shape, {texts, acts, href, links = {}}) => {
  const made = shape.content.cloneNode(true);
  for (const place of made.querySelectorAll("[data-of]")) {
    const text = texts[place.dataset.of];
    place.textContent = text ?? "";
    place.hidden = !text;
    if (href && place.matches("a")) place.href = href;
    if (text && links[place.dataset.of]) linkTo(place, links[place.dataset.of]);
  }
  for (const button of made.querySelectorAll("[data-do]")) {
    const act = acts[button.dataset.do];
    button.hidden = !act;
    button.setAttribute("aria-label", `${button.textContent}: ${texts.name}`);
    if (act) button.addEventListener("click", () => { say(""); busy(button, act); });
  }
  return made;
};

export const fill = (id, rows) => {
  by(id).replaceChildren(...rows.map((one) => row(by(`${id}-row`), one)));
  by(`${id}-none`).hidden = rows.length > 0;
};

export const add = (id, rows) => by(id).append(...rows.map((one) => row(by(`${id}-row`), one)));

// What an action answered: news and the list anew, or why not. The button that was used may be gone.
export const after = async (answer, text, anew) => {
  if (!answer) return;
  if (!answer.ok) { say(reason(answer), "bad"); return; }
  await anew();
  say(text);
  document.querySelector("h1").focus();
};
