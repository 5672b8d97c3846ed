// A measure of both firms over time, with what happens to them; a click goes to a week.

import { WEEKS_A_YEAR } from "./data.js";
import { html, set, svg, write } from "./dom.js";
import { tickText } from "./words.js";

const LEFT = 52;
const RIGHT = 12;
const BOTTOM = 22;
const FLAG = 16; // height and least width of an event's number
const TICKS = 5;
const STEPS = [1, 2, 2.5, 5, 10];
const LEAST_WIDE = 60; // pixels between ticks of time
const MARK = 5;

let charts = 0; // names of clipping paths have to differ within a page

export class Chart {
  /** A chart; `seek` is called with the week that a reader points to. */
  constructor(data, seek) {
    this.data = data;
    this.seek = seek;
    this.id = `rp-past-${(charts += 1)}`;
    this.past = svg("rect", { x: 0, y: 0, width: 0 });
    this.axes = svg("g");
    this.ahead = svg("g", { class: "rp-ahead" });
    this.lived = svg("g", { "clip-path": `url(#${this.id})` });
    this.cursor = svg("line", { class: "rp-cursor" });
    this.marks = [
      svg("circle", { class: "rp-mark rp-a", r: MARK }),
      svg("rect", { class: "rp-mark rp-b", width: 2 * MARK - 1, height: 2 * MARK - 1 }),
    ];
    this.picture = svg(
      "svg",
      { class: "rp-chart", role: "img", "aria-label": "" },
      svg("defs", {}, svg("clipPath", { id: this.id }, this.past)),
      this.axes, this.ahead, this.lived, this.cursor, ...this.marks,
    );
    this.element = html("div", { class: "rp-plot" }, this.picture);
    this.picture.addEventListener("pointerdown", (event) => this.grab(event));
    this.picture.addEventListener("pointermove", (event) => {
      if (this.picture.hasPointerCapture(event.pointerId)) {
        this.point(event);
      }
    });
  }

  /** Draw these courses, one a firm, under a name that is spoken. */
  draw(courses, unit, name) {
    Object.assign(this, { courses, unit });
    this.picture.setAttribute("aria-label", `${name} of both firms, week by week`);
    this.layOut();
  }

  resize(width, height) {
    Object.assign(this, { width, height });
    set(this.picture, { viewBox: `0 0 ${width} ${height}`, width, height });
    this.layOut();
  }

  layOut() {
    if (!this.width || !this.courses) {
      return;
    }
    const flags = this.flags();
    this.top = 8 + FLAG * Math.max(...flags.map(({ level }) => level + 1), 0);
    this.range = rangeOf(this.courses);
    this.axes.replaceChildren(...this.grid(), ...this.years(), ...this.happenings(flags));
    const paths = () =>
      this.courses.map((course, i) =>
        svg("path", { class: `rp-line rp-${"ab"[i]}`, d: this.path(course) }),
      );
    this.ahead.replaceChildren(...paths());
    this.lived.replaceChildren(...paths());
    set(this.past, { height: this.height });
    set(this.cursor, { y1: this.top, y2: this.height - BOTTOM });
    this.show(this.time ?? 0);
  }

  /** Move the cursor to a time between two weeks. */
  show(time) {
    this.time = time;
    if (!this.range) {
      return;
    }
    const x = this.x(time);
    set(this.cursor, { x1: x, x2: x });
    set(this.past, { width: x });
    this.courses.forEach((course, i) => {
      const value = course[Math.floor(time)];
      const mark = this.marks[i];
      mark.classList.toggle("rp-none", value === null || value === undefined);
      mark.setAttribute("transform", `translate(${x} ${this.y(value ?? this.range[0])})`);
    });
  }

  x(week) {
    return LEFT + ((this.width - LEFT - RIGHT) * week) / Math.max(this.data.last, 1);
  }

  y(value) {
    const [low, high] = this.range;
    return this.top + ((high - value) / (high - low)) * (this.height - BOTTOM - this.top);
  }

  path(course) {
    let pen = "M";
    const parts = course.map((value, week) => {
      if (value === null) {
        pen = "M";
        return "";
      }
      const part = `${pen}${this.x(week).toFixed(1)} ${this.y(value).toFixed(1)}`;
      pen = "L";
      return part;
    });
    return parts.join("");
  }

  grid() {
    return ticks(this.range, TICKS).flatMap((value) => {
      const y = this.y(value);
      const text = svg("text", { class: "rp-tick rp-tick-y", x: LEFT - 8, y: y + 4 });
      write(text, tickText(value, this.unit));
      return [svg("line", { class: "rp-grid", x1: LEFT, x2: this.width - RIGHT, y1: y, y2: y }), text];
    });
  }

  years() {
    const { last } = this.data;
    const inYears = last >= 2 * WEEKS_A_YEAR;
    const unit = inYears ? WEEKS_A_YEAR : 1;
    const room = Math.max(Math.floor((this.width - LEFT - RIGHT) / LEAST_WIDE), 1);
    const step = Math.max(niceStep(last / unit / room), 1);
    const found = [];
    for (let at = 0; at * unit <= last + 1; at += step) {
      const x = this.x(Math.min(at * unit, last));
      const text = svg("text", { class: "rp-tick", x, y: this.height - 6 });
      write(text, at === 0 ? (inYears ? "year 0" : "week 0") : String(at));
      found.push(text);
    }
    return found;
  }

  /** Numbers of events over the plot, each where there is room for it. */
  flags() {
    const ends = [];
    return this.data.events.map((event, i) => {
      const x = Math.min(Math.max(this.x(event.week), LEFT), this.width - RIGHT - FLAG);
      const found = ends.findIndex((end) => end + 2 <= x);
      const level = found < 0 ? ends.length : found;
      ends[level] = x + FLAG;
      return { event, x, level, number: i + 1 };
    });
  }

  happenings(flags) {
    const floor = this.height - BOTTOM;
    return flags.map(({ event, x, level, number }) => {
      const at = this.x(event.week);
      const y = this.top - 4 - FLAG * (level + 1);
      const group = svg("g", { class: "rp-event" });
      if (event.weeks) {
        const end = this.x(Math.min(event.week + event.weeks, this.data.last));
        const size = { x: at, y: this.top, width: end - at, height: floor - this.top };
        group.append(svg("rect", { class: "rp-spell", ...size }));
      }
      const label = svg("text", { x: x + FLAG / 2, y: y + FLAG / 2, dy: "0.36em" });
      write(label, String(number));
      group.append(
        svg("line", { x1: at, x2: at, y1: y + FLAG - 2, y2: floor }),
        svg("rect", { class: "rp-flag", x, y, width: FLAG, height: FLAG - 2, rx: 3 }),
        label,
      );
      return group;
    });
  }

  grab(event) {
    this.picture.setPointerCapture(event.pointerId);
    this.point(event);
  }

  point(event) {
    const x = event.clientX - this.picture.getBoundingClientRect().left;
    this.seek(((x - LEFT) / (this.width - LEFT - RIGHT)) * this.data.last);
  }
}

/** Lowest and highest value to be drawn, and a little beyond. */
function rangeOf(courses) {
  const values = courses.flat().filter((x) => x !== null);
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!(high >= low)) {
    return [0, 1];
  }
  const pad = (high - low || Math.abs(high) || 1) * 0.06;
  return [low >= 0 ? Math.max(low - pad, 0) : low - pad, high + pad];
}

function ticks([low, high], most) {
  const step = niceStep((high - low) / most);
  const found = [];
  for (let at = Math.ceil(low / step); at * step <= high; at += 1) {
    found.push(at * step);
  }
  return found;
}

/** The least round number that is at least as large. */
function niceStep(least) {
  const size = 10 ** Math.floor(Math.log10(least));
  return size * STEPS.find((step) => step * size >= least * (1 - 1e-9));
}
