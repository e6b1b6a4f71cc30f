// What sets an authenticator app up: the QR code is SVG of our own API, and goes into the page as elements.
import {by, show} from "./forms.js";

const DRAWS = new Set(["svg", "g", "path"]);

// Nothing but lines is taken over; what else there may be is no QR code of ours.
const drawn = (text) => {
  const svg = new DOMParser().parseFromString(text, "text/html").querySelector("svg");
  for (const one of [svg, ...svg.querySelectorAll("*")]) {
    if (!DRAWS.has(one.localName)) throw new TypeError(`no part of a QR code: ${one.localName}`);
    for (const {name} of [...one.attributes]) if (name === "style" || name.startsWith("on")) one.removeAttribute(name);
  }
  return svg;
};

export const showSecret = (answer, ...others) => {
  by("qr").replaceChildren(drawn(answer.qr_svg));
  by("secret").textContent = answer.secret.match(/.{1,4}/g).join(" ");
  by("otpauth").href = answer.uri;
  show("enrol", ...others);
};
