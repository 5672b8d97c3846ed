// What a dashboard said of one figure, quarter by quarter, beside what was the case.

import { svg } from "../player/dom.js";
import { tickText } from "../player/words.js";
import { drawing, line, mark, rangeOf, text, ticks, widthOf } from "./drawing.js";
import { tone } from "./palette.js";

const TICKS = 4;
const LEAST_WIDE = 2.4; // between numbers on the axis, in sizes of the font

/**
 * @param {object} what
 *   seen, truth: values by quarter; names: what they are called, or none; unit; range, if several charts have
 *   one; ink and place of the team; shocks: quarters; label: what is said of the picture.
 */
export function course({ seen, truth, names, unit, range, ink, place, shocks = [], label }, width, height, size) {
  const [low, high] = range ?? rangeOf([...seen, ...truth], unit);
  const levels = ticks([low, high], TICKS).map((value) => [value, tickText(value, unit)]);
  const left = Math.max(...levels.map(([, words]) => widthOf(words, size))) + size * 0.7;
  const right = Math.max(0, ...names.map((name) => widthOf(name, size, 600))) + size * 1.2;
  const top = size * 0.8;
  const floor = height - size * 1.9;
  const step = (width - left - right) / Math.max(seen.length - 1, 1);
  const x = (quarter) => left + quarter * step;
  const y = (value) => top + ((high - value) / (high - low || 1)) * (floor - top);
  const points = (values) => values.map((value, i) => (value === null ? null : [x(i), y(value)]));

  const every = Math.max(1, Math.ceil((size * LEAST_WIDE) / (step || 1)));
  const below = seen.flatMap((_, i) =>
    i % every ? [] : [text(i === 0 ? "Q1" : String(i + 1), x(i), height - size * 0.4, size, { ink: "quiet", anchor: "middle" })]);
  const grid = levels.flatMap(([value, words]) => [
    line(left, y(value), width - right, y(value)),
    text(words, left - size * 0.5, y(value) + size * 0.36, size, { ink: "quiet", anchor: "end" }),
  ]);
  const struck = shocks.map((quarter) =>
    line(x(quarter), top, x(quarter), floor, "quiet", { "stroke-dasharray": "2 3" }));
  const drawn = [points(seen), points(truth)];
  const ends = spread(drawn.map((path) => path.findLast(Boolean)?.[1] ?? top), size * 1.25);
  return drawing(
    width, height, label,
    ...grid, ...struck, ...below,
    svg("path", { d: between(...drawn), fill: "currentColor", "fill-opacity": 0.16, ...tone(ink) }),
    path(drawn[0], "quiet", { "stroke-dasharray": "5 4" }),
    path(drawn[1], ink, {}),
    ...drawn[1].filter(Boolean).map(([px, py]) => mark(place, ink, px, py, size * 0.3)),
    ...names.map((name, i) => text(name, width - right + size * 0.6, ends[i] + size * 0.36, size, { ink: i ? "ink" : "quiet", weight: 600 })),
  );
}

function path(points, ink, more) {
  return svg("path", { d: steps(points), fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-linejoin": "round", ...tone(ink), ...more });
}

function steps(points) {
  let pen = "M";
  return points.map((point) => {
    if (!point) {
      pen = "M";
      return "";
    }
    const part = `${pen}${point.map((n) => n.toFixed(1)).join(" ")}`;
    pen = "L";
    return part;
  }).join("");
}

/** The area between two courses, quarter by quarter where both are known. */
function between(one, other) {
  const parts = [];
  for (let i = 1; i < one.length; i += 1) {
    const corners = [one[i - 1], one[i], other[i], other[i - 1]];
    if (corners.every(Boolean)) parts.push(`M${corners.map((xy) => xy.map((n) => n.toFixed(1)).join(" ")).join("L")}Z`);
  }
  return parts.join("");
}

/** Two heights, moved apart until both have room for a line of text. */
function spread([a, b], room) {
  const missing = room - Math.abs(a - b);
  if (missing <= 0) return [a, b];
  const sign = a <= b ? 1 : -1;
  return [a - (sign * missing) / 2, b + (sign * missing) / 2];
}
