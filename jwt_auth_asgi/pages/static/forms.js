// Forms: what is typed goes to a function, what is wrong is said beside the field and in the live region.
import {has, word} from "./words.js";

const PASSING = new Set([502, 503, 504]);
const KINDS = {too_many_passkeys: "too_many", too_many_factors: "too_many", too_many_api_keys: "too_many",
  too_many_identities: "too_many"};

export const by = (id) => document.getElementById(id);

// In the dialog, where one is open: all else is out of reach then. An empty region has no size but stays where it
// is: one that only appears with its text is not read out by every screen reader.
export const say = (text, kind = "good") => {
  const said = document.querySelector("dialog[open] [role=status]") ?? by("said");
  said.className = `notice ${kind}`;
  said.textContent = text;
  if (text) said.scrollIntoView({block: "nearest"});
};

export const reason = (answer) => {
  if (PASSING.has(answer.status)) return word("error.unavailable");
  if (answer.status === 501) return word("error.not_configured");
  if (answer.code === "rate_limited" && !answer.wait) return word("error.rate_limited_for_now");
  const code = KINDS[answer.code] ?? answer.code;
  return has(`error.${code}`) ? word(`error.${code}`, {seconds: answer.wait ?? ""}) : word("error.other");
};

const mark = (field, text) => {
  const place = by(`${field.id}-error`);
  if (!place) return;
  place.textContent = text;
  place.hidden = !text;
  if (text) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
};

export const unmark = (form) => {
  for (const field of form.querySelectorAll("input[id], select[id]")) mark(field, "");
};

const fieldOf = (form, name) => form.querySelector(`[name="${name}"]`);

const inWords = (field, problem) => {
  if (field.type === "email" && problem.code !== "missing" && !has(`field.${problem.code}`)) return word("field.email");
  if (has(`field.${problem.code}`)) return word(`field.${problem.code}`);
  return document.documentElement.lang === "en" ? problem.message : word("field.other");
};

export const refuse = (form, answer) => {
  let first = null;
  for (const problem of answer.errors ?? []) {
    const field = /^[a-z_]+$/.test(problem.field) ? fieldOf(form, problem.field) : null;
    if (!field) continue;
    mark(field, inWords(field, problem));
    first ??= field;
  }
  say(reason(answer), "bad");
  (first ?? form.querySelector("input:not([type=checkbox])"))?.focus();
};

const isWhole = (form) => {
  const empty = [...form.querySelectorAll("input[required]")].filter((field) => !field.value);
  for (const field of empty) mark(field, word("field.missing"));
  if (empty.length) {
    say(word("error.invalid_input"), "bad");
    empty[0].focus();
  }
  return !empty.length;
};

const fieldsOf = (form) => {
  const fields = {};
  for (const field of form.querySelectorAll("input[name], select[name]")) {
    if (field.type === "checkbox") fields[field.name] = field.checked;
    else if (field.type === "number") { if (field.value) fields[field.name] = Number(field.value); }
    else if (field.required || field.value) fields[field.name] = field.value;
  }
  return fields;
};

// While a promise is awaited its buttons wait, too.
export const busy = async (place, work) => {
  if (place.getAttribute("aria-busy") === "true") return;
  place.setAttribute("aria-busy", "true");
  try { await work(); } finally { place.removeAttribute("aria-busy"); }
};

// Before anybody listens a browser would send the form by itself, to a path that takes JSON: until then its buttons are disabled.
export const ready = (form) => {
  for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = false;
};

export const onForm = (id, act) => {
  const form = by(id);
  if (!form) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    unmark(form);
    say("");
    if (!isWhole(form)) return;
    busy(form, async () => {
      const answer = await act(fieldsOf(form), form);
      if (answer && !answer.ok) refuse(form, answer);
    });
  });
  ready(form);
};

export const onClick = (id, act) => {
  const button = by(id);
  button?.addEventListener("click", () => { say(""); busy(button, act); });
};

// Show one part of the page in the place of others, and begin there.
export const show = (id, ...others) => {
  for (const one of others) if (by(one)) by(one).hidden = true;
  const place = by(id);
  place.hidden = false;
  (place.querySelector("form:not([hidden]) input:not([type=checkbox])") ?? place.querySelector("h2, button, a"))?.focus();
};
