// Numbers and sentences, written as in the tables of the command line.

import { WEEKS_A_YEAR } from "./data.js";

const DASH = "\u2013";
const MINUS = "\u2212";
const SCALES = [[1e9, "bn"], [1e6, "M"], [1e3, "k"]];
const LONGEST_QUEUES = 3;

/** A number with its unit; a dash where there is none. */
export function valueText(x, unit) {
  if (x === null || x === undefined) {
    return DASH;
  }
  if (unit === "share") {
    return `${decimal(100 * x, 1)} %`;
  }
  return plain(x, unit) + suffix(unit);
}

/** A difference with its sign; points for a share. */
export function differenceText(x, unit) {
  if (x === null || x === undefined) {
    return DASH;
  }
  const text = unit === "share" ? decimal(100 * x, 1) : plain(x, unit);
  return x > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** What a difference is in. */
export function differenceUnit(unit) {
  return unit === "share" ? "points" : suffix(unit).trim();
}

/** A round value for the tick of an axis. */
export function tickText(x, unit) {
  if (unit === "share") {
    return `${signed(Number((100 * x).toPrecision(3)).toString())} %`;
  }
  if (unit === "money") {
    const [scale, name] = SCALES.find(([size]) => Math.abs(x) >= size) ?? [1, ""];
    return signed(`${Number((x / scale).toPrecision(3))} ${name}`.trim());
  }
  return signed(Number(x.toPrecision(4)).toLocaleString("en"));
}

/** A number with these decimals. */
export function decimal(x, digits) {
  const text = x.toLocaleString("en", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return /[1-9]/.test(text) ? signed(text) : text.replace("-", "");
}

/** A rate a week: with a decimal where it is small. */
export function rateText(x) {
  return decimal(x, x < 10 ? 1 : 0);
}

export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A week as a reader counts it. */
export function clockText(week) {
  return `Week ${week}, year ${Math.floor(week / WEEKS_A_YEAR) + 1}`;
}

/** A department in a week: its seats, how busy they are, what waits. */
export function departmentText(data, firm, name, week) {
  const [linked, internal] = data.waiting(firm, name, week);
  const seats = data.seats(firm, name, week);
  const busy = data.utilisation(firm, name, week);
  const hours = decimal(linked + internal, 0);
  const parts = [
    `${seats} ${seats === 1 ? "seat" : "seats"}`,
    busy === null ? "" : `${busy} % of its hours in use`,
    hours === "0" ? "nothing waits" : `${hours} h wait, ${decimal(linked, 0)} h as work for customers`,
  ];
  return parts.filter(Boolean).join(", ");
}

/** One firm in a week, in a few sentences. */
export function firmText(data, firm, week) {
  const active = data.active(firm, week);
  const has = active === null ? "" : `has ${decimal(active, 0)} customers; `;
  const joined = rateText(data.recent(firm, "joined", week));
  const lost = rateText(data.recent(firm, "lost", week));
  const queues = data.departments
    .map(({ name }) => [name, data.waitingCourse(firm, name)[week] ?? 0])
    .filter(([, hours]) => hours >= 1)
    .sort(([, x], [, y]) => y - x)
    .slice(0, LONGEST_QUEUES)
    .map(([name, hours]) => `${name} (${decimal(hours, 0)} hours)`);
  const most = queues.length ? `Most work waits at ${queues.join(", ")}.` : "No work waits.";
  return (
    `${data.firms[firm].label} ${has}${joined} joined and ${lost} left a week ` +
    `over the last four weeks. ${most}`
  );
}

function plain(x, unit) {
  const size = Math.abs(x);
  if (unit === "money") {
    const scale = SCALES.find(([least]) => size >= least);
    return scale
      ? `${decimal(x / scale[0], size < 10 * scale[0] ? 2 : 1)} ${scale[1]}`
      : decimal(x, 0);
  }
  if (unit === "count") {
    return decimal(x, size > 0 && size < 1 ? 2 : size < 10 && !Number.isInteger(x) ? 1 : 0);
  }
  if (unit === "index" && size < 0.1) {
    return decimal(x, 3);
  }
  return decimal(x, size < 10 ? 2 : 0);
}

function suffix(unit) {
  return ["days", "hours", "weeks"].includes(unit) ? ` ${unit}` : "";
}

function signed(text) {
  return text.replace("-", MINUS);
}
