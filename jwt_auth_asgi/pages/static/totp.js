// What sets an authenticator app up: the QR code is SVG of our own API, and goes into the page as elements.
import {by, show} from "./forms.js";

export const showSecret = (answer, ...others) => {
  const drawn = new DOMParser().parseFromString(answer.qr_svg, "text/html").querySelector("svg");
  for (const one of [drawn, ...drawn.querySelectorAll("*")]) {
    for (const {name} of [...one.attributes]) if (name === "style" || name.startsWith("on")) one.removeAttribute(name);
  }
  by("qr").replaceChildren(drawn);
  by("secret").textContent = answer.secret.match(/.{1,4}/g).join(" ");
  by("otpauth").href = answer.uri;
  show("enrol", ...others);
};
