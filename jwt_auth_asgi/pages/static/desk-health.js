// How the service is: each part by its name, and what is known of it.
import {asked, place} from "./desk.js";
import {by, onClick, say} from "./forms.js";
import {fill} from "./rows.js";
import {number, word} from "./words.js";

const inText = (value) => {
  if (typeof value === "number") return number(value);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
};

const isSaid = (value) => value !== null && !(Array.isArray(value) && value.length === 0);

const load = async () => {
  const found = await asked(place("health"));
  if (!found) return false;
  by("status").textContent = word(`said.health_${found.body.status}`);
  fill("checks", Object.entries(found.checks).map(([name, {status, ...facts}]) => ({
    texts: {
      name,
      status: word(`said.part_${status}`),
      facts: Object.entries(facts).filter(([, value]) => isSaid(value)).map(([key, value]) => `${key}: ${inText(value)}`).join(", "),
    },
    acts: {},
  })));
  return true;
};

onClick("again", async () => { if (await load()) say(word("said.looked")); });
load();
