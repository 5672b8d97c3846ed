// Values of several firms on one axis, a row each.

import { svg } from "../player/dom.js";
import { tickText } from "../player/words.js";
import { clipped, drawing, line, mark, rangeOf, text, ticks, widthOf } from "./drawing.js";

const TICKS = 4;
const LEAST_TICKS = 3;
const MOST_NAME = 0.4; // of the width, for the names of the rows

/**
 * @param {object} what
 *   rows: {name, marks: [{value, ink, place, ring, dy}], note, tick, gap}: `note` is written at the
 *   right end, `tick` is a small line at a value, `gap` keeps a distance from the row above; dy is in
 *   rows. unit; range, if it is to be a certain one; base: a value that all rows are held against;
 *   label: what is said of the picture.
 */
export function dots({ rows, unit, range, base, label }, width, size, pitch = 1.75) {
  const values = [...rows.flatMap((row) => row.marks.map(({ value }) => value)), base];
  const [low, high] = range ?? rangeOf(values, unit);
  const names = Math.min(Math.max(...rows.map(({ name }) => widthOf(name, size))) + size, width * MOST_NAME);
  const notes = Math.max(0, ...rows.map(({ note }) => (note ? widthOf(note, size) + size : 0)));
  const [left, right] = [names + size * 0.6, width - notes - size * 1.2]; // half of a tick's text beyond
  const x = (value) => left + ((value - low) / (high - low || 1)) * (right - left);
  const row = size * pitch;
  let y = size * 1.6;
  const heights = rows.map(({ gap }) => {
    y += gap ? row * 1.5 : row;
    return y - row / 2;
  });
  const floor = y;
  const room = Math.max(LEAST_TICKS, Math.floor((right - left) / (size * 5)));
  let end = -Infinity; // of the last label: one that has no room is left out
  const levels = ticks([low, high], Math.min(TICKS, room)).flatMap((value) => {
    const words = tickText(value, unit);
    const half = widthOf(words, size) / 2;
    const grid = line(x(value), size * 1.6, x(value), floor);
    if (x(value) - half < end + size * 0.5) return [grid];
    end = x(value) + half;
    return [grid, text(words, x(value), size, size, { ink: "quiet", anchor: "middle" })];
  });
  const held = base === undefined || base === null ? [] : [line(x(base), size * 1.6, x(base), floor, "quiet", { "stroke-dasharray": "3 3" })];
  const drawn = rows.map(({ name, marks, note, tick }, i) => {
    const at = heights[i];
    return svg(
      "g", {},
      clipped(name, 0, at + size * 0.36, size, names - size * 0.4),
      ...(tick === undefined ? [] : [line(x(tick), at - row * 0.42, x(tick), at + row * 0.42, "quiet", { "stroke-width": 2 })]),
      ...marks.filter(({ value }) => value !== null && value !== undefined).map(({ value, ink, place, ring, dy = 0 }) =>
        mark(place, ink, x(value), at + dy * row, size * 0.4, ring)),
      ...(note ? [text(note, width, at + size * 0.36, size, { ink: "quiet", anchor: "end" })] : []),
    );
  });
  return drawing(width, floor + size * 0.4, label, ...levels, ...held, ...drawn);
}
