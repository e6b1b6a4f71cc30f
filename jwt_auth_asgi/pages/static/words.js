// The words that scripts say; the page brings them in its language.
const texts = new Map();
for (const one of document.getElementById("texts").content.children) texts.set(one.dataset.key, one.textContent);

export const word = (key, values = {}) =>
  (texts.get(key) ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

export const has = (key) => texts.has(key);

const times = new Intl.DateTimeFormat(document.documentElement.lang, {dateStyle: "medium", timeStyle: "short"});

const days = new Intl.DateTimeFormat(document.documentElement.lang, {dateStyle: "long"});

const numbers = new Intl.NumberFormat(document.documentElement.lang);

export const number = (count) => numbers.format(count);

export const time = (text) => times.format(new Date(text));

export const day = (text) => days.format(new Date(text));
