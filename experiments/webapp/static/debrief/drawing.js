// What drawings have in common: text that is measured and wrapped, round ticks, marks.

import { svg, write } from "../player/dom.js";
import { shapeOf, tone } from "./palette.js";

export const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif';

const ruler = document.createElement("canvas").getContext("2d");
const LINE = 1.32; // height of a line, in sizes of the font
const STEPS = [1, 2, 2.5, 5, 10];

export function widthOf(text, size, weight = 400) {
  ruler.font = `${weight} ${size}px ${FONT}`;
  return ruler.measureText(text).width;
}

/** A drawing of a size in pixels, and what it shows in words. */
export function drawing(width, height, label, ...children) {
  return svg(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label, "font-family": FONT, fill: "currentColor", ...tone("ink") },
    ...children,
  );
}

/** A line of text at a place. */
export function text(words, x, y, size, { ink = "ink", weight = 400, anchor = "start" } = {}) {
  const element = svg("text", { x, y, "font-size": size, "font-weight": weight, "text-anchor": anchor, fill: "currentColor", ...tone(ink) });
  write(element, words);
  return element;
}

/** The text, shortened to a width; whoever points at it sees the whole. */
export function clipped(words, x, y, size, width, how) {
  let short = words;
  while (short.length > 1 && widthOf(short === words ? words : `${short}…`, size, how?.weight) > width) {
    short = short.slice(0, -1).trimEnd();
  }
  const element = text(short === words ? words : `${short}…`, x, y, size, how);
  if (short !== words) {
    const whole = svg("title");
    write(whole, words);
    element.append(whole);
  }
  return element;
}

/** Words in lines of at most this width. */
export function wrapped(words, size, width, weight) {
  const lines = [];
  for (const word of words.split(/\s+/).filter(Boolean)) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && widthOf(longer, size, weight) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** A paragraph whose first line has its head at y; `.height` is what it takes. */
export function paragraph(words, x, y, size, width, how = {}) {
  const lines = wrapped(words, size, width, how.weight);
  const group = svg("g", {}, ...lines.map((line, i) => text(line, x, y + size * (1 + i * LINE), size, how)));
  return { element: group, height: lines.length * size * LINE };
}

/** A mark of a team, solid or as a ring. */
export function mark(place, ink, x, y, size, ring = false) {
  return svg("path", {
    d: shapeOf(place),
    transform: `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${size})`,
    fill: ring ? "none" : "currentColor",
    stroke: "currentColor",
    "stroke-width": ring ? 1.4 : 0.7,
    "vector-effect": "non-scaling-stroke",
    ...tone(ink),
  });
}

export const line = (x1, y1, x2, y2, ink = "grid", more = {}) =>
  svg("line", { x1, y1, x2, y2, stroke: "currentColor", "stroke-width": 1, ...tone(ink), ...more });

/** Round values within a range. */
export function ticks([low, high], most) {
  const least = (high - low) / most;
  const scale = 10 ** Math.floor(Math.log10(least));
  const step = scale * STEPS.find((one) => one * scale >= least * (1 - 1e-9));
  const found = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9; at += 1) found.push(at * step);
  return found;
}

/** Lowest and highest of some values, and a little beyond; shares and indices stay within 0 and 1. */
export function rangeOf(values, unit) {
  const known = values.filter((x) => x !== null && x !== undefined);
  if (!known.length) return [0, 1];
  const low = Math.min(...known);
  const high = Math.max(...known);
  const pad = (high - low || Math.abs(high) || 1) * 0.08;
  const bounded = unit === "share" && low >= 0 && high <= 1;
  return [low >= 0 ? Math.max(low - pad, 0) : low - pad, bounded ? Math.min(high + pad, 1) : high + pad];
}

/** Draw for the width that there is, and again when it changes. */
export function fitted(element, draw) {
  let before = 0;
  const observer = new ResizeObserver(([{ contentRect }]) => {
    const width = Math.round(contentRect.width);
    if (!width || width === before) return;
    before = width;
    element.replaceChildren(draw(width));
  });
  observer.observe(element);
  return element;
}
