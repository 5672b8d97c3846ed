// The course of one figure over the game so far: small beside its number, larger on demand.

import { svg } from "../player/dom.js";
import { tickText } from "../player/words.js";

const WEEKS_A_QUARTER = 13;
const SMALL = { width: 88, height: 28, left: 2, right: 2, top: 3, bottom: 3 };
const LARGE = { width: 340, height: 150, left: 50, right: 8, top: 10, bottom: 22 };
const LEAST_QUARTERS = 4;
const LEAST_SPAN = { share: 0.1 }; // what looks like much shall be much
const LEAST_SPAN_OF_SIZE = 0.1;

/** Points of a course as [week, value]: by week, or one at the end of each quarter. */
export const byWeek = (values) => values.map((value, week) => [week + 1, value]);
export const byQuarter = (values) => values.map((value, quarter) => [(quarter + 1) * WEEKS_A_QUARTER, value]);

/** A picture of some points; with bars, each is what was counted in its quarter. */
export function course(points, { quarters, unit, bars = false, large = false }) {
  const box = large ? LARGE : SMALL;
  const weeks = (large ? quarters : soFar(points, quarters)) * WEEKS_A_QUARTER;
  const [low, high] = range(points, unit, bars);
  const x = (week) => box.left + ((box.width - box.left - box.right) * week) / weeks;
  const y = (value) => box.top + ((high - value) / (high - low)) * (box.height - box.top - box.bottom);
  const known = points.filter(([, value]) => value !== null);
  const drawn = bars ? known.map(([week, value]) => bar(week, value, x, y, low)) : [svg("path", { class: "course-line", d: path(points, x, y) })];
  if (!bars && known.length) {
    const [week, value] = known.at(-1);
    drawn.push(svg("circle", { class: "course-end", cx: x(week), cy: y(value), r: large ? 3.5 : 2.5 }));
  }
  const floor = { x1: box.left, x2: box.width - box.right, y1: box.height - 1, y2: box.height - 1 };
  const axes = large
    ? [...levels(low, high, unit, box, y), ...quarterMarks(quarters, box, x)]
    : [svg("line", { class: "course-floor", ...floor })];
  return svg("svg", {
    class: large ? "course course-large" : "course", viewBox: `0 0 ${box.width} ${box.height}`,
    "aria-hidden": "true", focusable: "false",
  }, ...axes, ...drawn);
}

// The small picture is as wide as what there is; the large one as the whole game.
function soFar(points, quarters) {
  const lived = Math.ceil((points.at(-1)?.[0] ?? 0) / WEEKS_A_QUARTER);
  return Math.min(quarters, Math.max(lived, LEAST_QUARTERS));
}

function range(points, unit, bars) {
  const values = points.map(([, value]) => value).filter((value) => value !== null);
  if (!values.length) return [0, 1];
  const low = bars ? Math.min(0, ...values) : Math.min(...values);
  const high = Math.max(...values);
  const least = LEAST_SPAN[unit] ?? (Math.max(Math.abs(low), Math.abs(high)) * LEAST_SPAN_OF_SIZE || 1);
  const missing = Math.max(0, least - (high - low)) / 2;
  if (bars) return [low, high + 2 * missing];
  const floor = low >= 0 ? Math.max(0, low - missing) : low - missing;
  const found = [floor, floor + Math.max(high - low, least)];
  return unit === "share" && found[1] > 1 && high <= 1 ? [1 - (found[1] - found[0]), 1] : found;
}

function path(points, x, y) {
  let pen = "M";
  return points.map(([week, value]) => {
    if (value === null) {
      pen = "M";
      return "";
    }
    const part = `${pen}${x(week).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = "L";
    return part;
  }).join("");
}

function bar(week, value, x, y, low) {
  const left = x(week - WEEKS_A_QUARTER) + 1;
  const floor = y(Math.max(0, low));
  return svg("rect", {
    class: "course-bar", x: left, width: Math.max(1, x(week) - left - 1),
    y: Math.min(y(value), floor), height: Math.abs(floor - y(value)),
  });
}

function levels(low, high, unit, box, y) {
  return [low, (low + high) / 2, high].flatMap((value) => {
    const text = svg("text", { class: "course-tick course-tick-y", x: box.left - 6, y: y(value) + 4 });
    text.textContent = tickText(Number(value.toPrecision(3)), unit);
    return [svg("line", { class: "course-grid", x1: box.left, x2: box.width - box.right, y1: y(value), y2: y(value) }), text];
  });
}

function quarterMarks(quarters, box, x) {
  const step = Math.ceil(quarters / 10);
  return Array.from({ length: quarters }, (_, quarter) => quarter)
    .filter((quarter) => quarter % step === 0)
    .map((quarter) => {
      const text = svg("text", { class: "course-tick", x: x((quarter + 0.5) * WEEKS_A_QUARTER), y: box.height - 5 });
      text.textContent = String(quarter + 1);
      return text;
    });
}
