// Plays a recorded pair of firms. Everything it needs is in this folder and in the trace.
//
//   const player = new Player(element, trace);
//   player.play(); player.pause(); player.seek(52); player.speed(16); player.destroy();
//
// The element tells of what a reader does, as events with a detail: "week" (the number of the week
// that is shown), "department" (the name that was chosen, or null), "customer" (a uid).
//
// Keys: space plays and pauses; the arrows go a week back and forth, with Shift a quarter; Home and
// End go to the first and the last week; Escape lets go of a chosen department.

import { Chart } from "./chart.js";
import { Controls } from "./controls.js";
import { Data, SMOOTH_WEEKS } from "./data.js";
import { html, write } from "./dom.js";
import { Graph } from "./graph.js";
import { customerList, eventList, firmName, key, Values, Words } from "./panels.js";
import { capital, clockText, departmentText, firmText } from "./words.js";

const SPEED = 8; // weeks a second
const QUARTER = 13; // weeks
const QUIET_MS = 500; // after the last move, before a week is read out
const TALL = { stage: 0.74, leastStage: 270, mostStage: 500, chart: 0.42, leastChart: 180, mostChart: 300 };

export class Player {
  constructor(element, trace) {
    this.element = element;
    this.data = new Data(trace);
    this.time = 0;
    this.week = null;
    this.weeksASecond = SPEED;
    this.frame = null;
    this.calm = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.measure = Object.keys(this.data.metrics)[0];
    this.department = null;
    this.build();
    this.controls.showSpeed(SPEED);
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(this.root);
    this.fit();
    this.chooseMeasure(this.measure);
    this.show();
  }

  build() {
    const { data } = this;
    this.graphs = data.firms.map((_, firm) => new Graph(data, firm, (name) => this.chooseDepartment(name)));
    this.chart = new Chart(data, (week) => this.seek(week));
    this.controls = new Controls(this, data.last);
    this.values = new Values(data, (name) => this.chooseMeasure(name));
    this.words = new Words(data);
    this.title = html("h3", {});
    this.details = data.firms.map(() => html("p"));
    this.said = html("p", { class: "rp-unseen", "aria-live": "polite" });
    const firms = this.graphs.map((graph, firm) =>
      html("figure", { class: `rp-firm rp-${"ab"[firm]}` },
        html("figcaption", {}, firmName(data, firm)), graph.element));
    firms.forEach((figure, firm) => figure.style.setProperty("--rp-ink", data.firms[firm].colour));
    const legend = html("p", { class: "rp-legend", "aria-hidden": "true" },
      ...data.firms.map((_, firm) => firmName(data, firm)));
    const course = html("div", { class: "rp-course" }, this.title, legend, this.chart.element,
      html("div", { class: "rp-detail" }, ...this.details));
    if (data.events.length) {
      course.append(eventList(data, (week) => this.seek(week)));
    }
    const below = html("div", { class: "rp-below" }, course,
      html("div", { class: "rp-beside" }, this.values.element));
    if (data.customers.length) {
      below.append(customerList(data, (week, uid) => this.visit(week, uid)));
    }
    this.root = html("section", { class: "rp-player", "aria-label": "Both firms, week by week" },
      html("div", { class: "rp-firms" }, ...firms), key(data), this.controls.element, below,
      this.words.element, this.said);
    data.firms.forEach(({ colour }, firm) => this.root.style.setProperty(`--rp-ink-${"ab"[firm]}`, colour));
    this.root.addEventListener("keydown", (event) => this.press(event));
    this.element.append(this.root);
  }

  /** Fit the pictures into the room that there is. */
  fit() {
    const size = (element, share, least, most) => {
      const width = Math.floor(element.clientWidth);
      return [width, Math.round(Math.max(Math.min(width * share, most), least))];
    };
    for (const graph of this.graphs) {
      const least = Math.max(TALL.leastStage, graph.leastHeight);
      graph.resize(...size(graph.element, TALL.stage, least, TALL.mostStage));
    }
    this.chart.resize(...size(this.chart.element, TALL.chart, TALL.leastChart, TALL.mostChart));
    this.show();
  }

  /** Go to a week. */
  seek(week) {
    this.time = Math.min(Math.max(Math.round(week), 0), this.data.last);
    this.show();
    this.announceSoon();
  }

  /** Go on from here, or from the start if this is the end. */
  play() {
    if (this.frame !== null) {
      return;
    }
    if (this.time >= this.data.last) {
      this.time = 0;
    }
    this.before = null;
    this.frame = requestAnimationFrame((now) => this.tick(now));
    this.controls.playing(true);
  }

  pause() {
    if (this.frame === null) {
      return;
    }
    cancelAnimationFrame(this.frame);
    this.frame = null;
    this.controls.playing(false);
    this.time = Math.floor(this.time);
    this.show();
    this.announceSoon();
  }

  /** Play if it pauses, pause if it plays. */
  toggle() {
    this.frame === null ? this.play() : this.pause();
  }

  /** Set how many weeks pass in a second. */
  speed(weeks) {
    if (!(weeks > 0)) {
      throw new RangeError(`speed: given ${weeks}, allowed a number of weeks a second above 0`);
    }
    this.weeksASecond = weeks;
    this.controls.showSpeed(weeks);
  }

  /** Take the player out of the page. */
  destroy() {
    this.pause();
    clearTimeout(this.waiting);
    this.observer.disconnect();
    this.root.remove();
  }

  tick(now) {
    const seconds = this.before === null ? 0 : (now - this.before) / 1000;
    this.before = now;
    this.time = Math.min(this.time + seconds * this.weeksASecond, this.data.last);
    this.show();
    for (const graph of this.graphs) {
      this.calm.matches ? graph.still() : graph.move(seconds);
    }
    if (this.time >= this.data.last) {
      this.pause();
    } else {
      this.frame = requestAnimationFrame((later) => this.tick(later));
    }
  }

  show() {
    const week = Math.floor(this.time);
    const time = this.calm.matches ? week : this.time;
    for (const graph of this.graphs) {
      graph.show(time);
    }
    this.chart.show(time);
    if (week !== this.week) {
      const passed = this.week === null ? -1 : this.week;
      this.week = week;
      this.showWeek(week);
      this.tellEvents(passed, week);
      this.tell("week", week);
    }
  }

  showWeek(week) {
    this.controls.show(week);
    this.values.show(week);
    this.words.show(week);
    this.details.forEach((line, firm) => {
      const { label } = this.data.firms[firm];
      const text = this.department && departmentText(this.data, firm, this.department, week);
      write(line, text ? `${label}: ${text}` : "");
    });
  }

  /** Say what happens between two weeks of the play-back. */
  tellEvents(from, to) {
    const now = this.data.events.filter(({ week }) => week > from && week <= to);
    if (now.length && this.frame !== null) {
      write(this.said, now.map(({ week, text }) => `Week ${week}: ${text}.`).join(" "));
    }
  }

  /** Read a week out, once a reader stays there. */
  announceSoon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      if (this.frame === null) {
        const firms = this.data.firms.map((_, firm) => firmText(this.data, firm, this.week));
        write(this.said, [`${clockText(this.week)}.`, ...firms].join(" "));
      }
    }, QUIET_MS);
  }

  chooseMeasure(name) {
    this.measure = name;
    this.letGo();
    const metric = this.data.metrics[name];
    const unit = ["days", "hours", "weeks"].includes(metric.unit) ? `, ${metric.unit}` : "";
    const mean = metric.level ? "" : ` (${SMOOTH_WEEKS}-week mean)`;
    this.drawCourse((firm) => this.data.settled(firm, name), metric.unit, capital(metric.label) + unit + mean);
    this.values.chosen(name);
  }

  /** Bring a department out in both firms; the same once more lets go of it. */
  chooseDepartment(name) {
    if (name === this.department) {
      this.chooseMeasure(this.measure);
      return;
    }
    this.bringOut(name);
    this.values.chosen(null);
    this.drawCourse((firm) => this.data.waitingCourse(firm, name), "hours", `Work waiting at ${name}, hours`);
    this.showWeek(this.week);
  }

  letGo() {
    if (this.department !== null) {
      this.bringOut(null);
      this.showWeek(this.week);
    }
  }

  bringOut(name) {
    this.department = name;
    for (const graph of this.graphs) {
      graph.bringOut(name);
    }
    this.tell("department", name);
  }

  drawCourse(course, unit, name) {
    write(this.title, name);
    this.chart.draw(this.data.firms.map((_, firm) => course(firm)), unit, name);
  }

  visit(week, uid) {
    this.seek(week);
    this.tell("customer", uid);
  }

  tell(name, detail) {
    this.element.dispatchEvent(new CustomEvent(name, { detail }));
  }

  press(event) {
    const { target } = event;
    const moves = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };
    if (target.matches("select, summary") || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    if (event.key === " " && !target.matches("button")) {
      this.toggle();
    } else if (event.key in moves && !target.closest(".rp-scroll")) {
      this.seek(this.week + moves[event.key] * (event.shiftKey ? QUARTER : 1));
    } else if (event.key === "Home" || event.key === "End") {
      this.seek(event.key === "Home" ? 0 : this.data.last);
    } else if (event.key === "Escape" && this.department !== null) {
      this.chooseMeasure(this.measure);
    } else {
      return;
    }
    event.preventDefault();
  }
}
