// A slide: one drawing of 16 by 9, so that it looks the same on a projector, on paper and in a file.

import { html, svg } from "../player/dom.js";
import { FONT, clipped, line, paragraph, text } from "./drawing.js";
import { tone } from "./palette.js";

export const WIDTH = 1600;
export const HEIGHT = 900;
const MARGIN = 90;
const TOP = 70;
const TITLE = 52;
const LEAST_TITLE = 34;
const FOOT = 22;
const LEAST_TEXT = 20;

/** The room below a title, to be filled. */
const body = (below) => ({ x: MARGIN, y: below, width: WIDTH - 2 * MARGIN, height: HEIGHT - below - 86 });

/** Paragraphs as large as they fit into an area; what does not fit at the least size is left out. */
export function fill(paragraphs, area, most, how = {}) {
  for (let size = most; ; size -= 2) {
    const made = stacked(paragraphs, area, size, how);
    if (made.height <= area.height || (size <= LEAST_TEXT && paragraphs.length === 1)) return made.elements;
    if (size <= LEAST_TEXT) return fill(paragraphs.slice(0, -1), area, most, how);
  }
}

function stacked(paragraphs, { x, y, width }, size, { bullet = "", ...how }) {
  let at = y;
  const indent = bullet ? size * 1.3 : 0;
  const elements = paragraphs.flatMap((words, i) => {
    const sign = bullet === "1" ? `${i + 1}.` : bullet;
    const made = paragraph(words, x + indent, at, size, width - indent, how);
    const before = sign ? [text(sign, x, at + size, size, { ink: "quiet" })] : [];
    at += made.height + size * 0.55;
    return [...before, made.element];
  });
  return { elements, height: at - y - size * 0.55 };
}

/** A drawing at a place within another one. */
export function placed(drawn, x, y) {
  drawn.setAttribute("x", x);
  drawn.setAttribute("y", y);
  return drawn;
}

/**
 * A slide as a section of a page.
 *
 * @param {object} slide
 *   title; draw(area): elements; spoken: the same in sentences, for those who listen; big: whether
 *   the title is the slide's subject and stands in its middle.
 */
export function sheet({ title, draw, spoken, big }, number, total, foot) {
  const area = { x: MARGIN, y: big ? 250 : TOP, width: WIDTH - 2 * MARGIN, height: big ? 300 : 150 };
  const heads = [];
  let below = area.y;
  for (let size = big ? 84 : TITLE; ; size -= 4) {
    const made = paragraph(title, area.x, area.y, size, area.width, { weight: 650 });
    if (made.height <= area.height || size <= LEAST_TITLE) {
      heads.push(made.element);
      below = area.y + made.height + 26;
      break;
    }
  }
  const picture = svg(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "font-family": FONT, "aria-hidden": "true", class: "paper" },
    svg("rect", { width: WIDTH, height: HEIGHT, fill: "currentColor", ...tone("paper") }),
    ...heads,
    ...draw(body(below)),
    line(MARGIN, HEIGHT - 66, WIDTH - MARGIN, HEIGHT - 66),
    clipped(foot, MARGIN, HEIGHT - 32, FOOT, WIDTH - 4 * MARGIN, { ink: "quiet" }),
    text(`${number} / ${total}`, WIDTH - MARGIN, HEIGHT - 32, FOOT, { ink: "quiet", anchor: "end" }),
  );
  const words = html("div", { class: "visually-hidden" }, html("h2", {}, title), ...spoken.map((sentence) => html("p", {}, sentence)));
  return html("section", { class: "sheet", "aria-label": `Slide ${number} of ${total}: ${title}` }, picture, words);
}
