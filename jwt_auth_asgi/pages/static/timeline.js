// A timeline as a picture: bars of what succeeded, and on them bars of what failed. Colours are the stylesheet's.
const SVG = "http://www.w3.org/2000/svg";
export const WIDTH = 600;
export const HEIGHT = 120;

// Where the bars are: pure, of numbers alone. The highest bar is as high as the picture; what is not nothing is seen.
export const bars = (parts, width = WIDTH, height = HEIGHT) => {
  const most = Math.max(1, ...parts.map((one) => one.success + one.failure));
  const step = width / parts.length;
  const high = (count) => (count ? Math.max(1, (count / most) * height) : 0);
  return parts.map((one, place) => {
    const below = Math.min(high(one.success), height - high(one.failure));
    const above = high(one.failure);
    return {
      x: place * step + step * 0.1,
      width: step * 0.8,
      success: {y: height - below, height: below},
      failure: {y: height - below - above, height: above},
    };
  });
};

export const sums = (parts) => parts.reduce(
  (all, one) => ({success: all.success + one.success, failure: all.failure + one.failure}), {success: 0, failure: 0});

const made = (name, attributes = {}, text = "") => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
};

// The picture; title and description are what who does not see it is told.
export const picture = (parts, {title, description}) => {
  const svg = made("svg", {class: "timeline", role: "img", viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: "none", "aria-labelledby": "drawing-title", "aria-describedby": "drawing-about"});
  svg.append(made("title", {id: "drawing-title"}, title), made("desc", {id: "drawing-about"}, description));
  for (const one of bars(parts)) {
    for (const outcome of ["success", "failure"]) {
      const {y, height} = one[outcome];
      if (height) svg.append(made("rect", {class: outcome, x: one.x, width: one.width, y, height}));
    }
  }
  svg.append(made("line", {x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT}));
  return svg;
};
