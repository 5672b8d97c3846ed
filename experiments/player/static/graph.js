// The picture of one firm: departments, what waits there, what flows between them.

import { RECENT_WEEKS } from "./data.js";
import { html, set, svg, write } from "./dom.js";
import { Dots } from "./dots.js";
import { arrange, arrowhead, leastHeight, shaft } from "./geometry.js";
import { decimal, departmentText, rateText } from "./words.js";

const WIDEST = 11; // pixels of the busiest way
const FINEST = 0.8;
const NAME_DOWN = 13; // from the edge of a department to the middle of its name
const HOURS_DOWN = 26;
const TOUCH = 22; // radius that a finger finds
const DIGIT = 7; // width of a digit
const TIE = 14; // room for the words above and below the customers
const ROOMY = 56; // pixels to the edge, from which there is room for all words
const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

export class Graph {
  /** The picture of a firm; `choose` is called with the department that a reader picks. */
  constructor(data, firm, choose) {
    this.data = data;
    this.firm = firm;
    this.choose = choose;
    this.chosen = null;
    this.picture = svg("svg", {
      class: "rp-graph",
      role: "group",
      "aria-label":
        `Departments of ${data.firms[firm].label}. ` +
        "Arrow keys go from one to the next, Enter chooses one.",
    });
    this.canvas = html("canvas", { class: "rp-dots", "aria-hidden": "true" });
    this.dots = new Dots(this.canvas);
    this.element = html("div", { class: "rp-stage" }, this.picture, this.canvas);
    this.ways = data.firms[firm].flows.map((flow) => this.way(flow));
    this.nodes = data.departments.map(({ name }, i) => this.node(name, i));
    this.customers = this.customersNode();
    this.picture.append(
      svg("g", { "aria-hidden": "true" }, ...this.ways.map((way) => way.group)),
      this.customers.group,
      ...this.nodes.map((node) => node.group),
    );
    this.picture.addEventListener("keydown", (event) => this.walk(event));
  }

  way(flow) {
    const line = svg("path", { fill: "none" });
    const head = svg("path", { class: "rp-head" });
    return { flow, line, head, group: svg("g", { class: "rp-way" }, line, head) };
  }

  node(name, i) {
    const rest = svg("circle", { class: "rp-rest" });
    const linked = svg("circle", { class: "rp-linked" });
    const body = svg("circle", { class: "rp-body" });
    const touch = svg("circle", { class: "rp-touch" });
    const seats = svg("text", { class: "rp-seats", dy: "0.36em" });
    const title = svg("text", { class: "rp-name" });
    title.append(name.replaceAll("_", " "));
    const hours = svg("text", { class: "rp-hours" });
    const group = svg(
      "g",
      { class: "rp-node", role: "button", "aria-pressed": "false", tabindex: i ? "-1" : "0" },
      rest, linked, body, seats, title, hours, touch,
    );
    group.addEventListener("click", () => this.choose(name));
    return { name, group, rest, linked, body, touch, seats, title, hours };
  }

  customersNode() {
    const body = svg("circle", { class: "rp-people" });
    const count = svg("text", { class: "rp-count", dy: "0.36em" });
    const name = svg("text", { class: "rp-name" }, "customers");
    const joined = svg("text", { class: "rp-moving" });
    const lost = svg("text", { class: "rp-moving" });
    const group = svg("g", { "aria-hidden": "true" }, body, count, name, joined, lost);
    return { group, body, count, name, joined, lost };
  }

  /** The height below which words would run into each other. */
  get leastHeight() {
    return leastHeight(this.data);
  }

  /** Place everything anew in the room that there is. */
  resize(width, height) {
    const { data, firm } = this;
    set(this.picture, { viewBox: `0 0 ${width} ${height}`, width, height });
    this.dots.resize(width, height);
    const { places, radii, curves, hour } = arrange(data, firm, width, height);
    Object.assign(this, { radii, curves, hour });
    for (const node of this.nodes) {
      const r = radii[node.name];
      set(node.group, { transform: `translate(${places[node.name].join(" ")})` });
      set(node.touch, { r: Math.max(r, TOUCH) });
      set(node.title, { y: r + NAME_DOWN });
      set(node.hours, { y: r + HOURS_DOWN });
    }
    const [x, y] = places.customers;
    this.long = x >= ROOMY;
    this.customers.group.setAttribute("transform", `translate(${x} ${y})`);
    set(this.customers.name, { y: radii.customers + NAME_DOWN });
    set(this.customers.joined, { y: TIE - y });
    set(this.customers.lost, { y: height - y - TIE / 2 });
    const [top, bottom] = [y - radii.customers, y + radii.customers];
    this.dots.along([
      ...curves.map((points) => ({ points, share: 0, hollow: false })),
      { points: [[x, 1.5 * TIE], [x, top]], share: 0, hollow: false },
      { points: [[x, bottom + 1.5 * TIE], [x, height - 2 * TIE]], share: 0, hollow: true },
    ]);
    this.drawn = null;
  }

  /** Show a time between two weeks. */
  show(time) {
    const week = Math.floor(time);
    for (const node of this.nodes) {
      this.swell(node, this.data.waiting(this.firm, node.name, time));
    }
    if (week !== this.drawn) {
      this.drawn = week;
      this.showWeek(week);
    }
  }

  swell({ name, rest, linked }, [forCustomers, others]) {
    const area = this.radii[name] ** 2;
    linked.setAttribute("r", Math.sqrt(area + forCustomers * this.hour).toFixed(2));
    rest.setAttribute("r", Math.sqrt(area + (forCustomers + others) * this.hour).toFixed(2));
  }

  showWeek(week) {
    const { data, firm, radii } = this;
    for (const { name, group, body, seats, hours } of this.nodes) {
      const filled = data.seats(firm, name, week);
      const [forCustomers, others] = data.waiting(firm, name, week);
      const most = Math.max(...data.firms.flatMap((f) => f.seats[name].map(([, n]) => n)), 1);
      set(body, { r: Math.max(radii[name] * Math.sqrt(filled / most), 1).toFixed(1) });
      write(seats, DIGIT * String(filled).length < 2 * radii[name] ? String(filled) : "");
      write(hours, `${decimal(forCustomers + others, 0)} h`);
      group.setAttribute("aria-label", `${name}: ${departmentText(data, firm, name, week)}`);
    }
    this.ways.forEach((way, i) => this.widen(way, i, data.rate(way.flow, week)));
    this.showCustomers(week);
  }

  widen({ line, head }, i, rate) {
    const share = rate / this.data.most.items;
    const wide = rate > 0 ? Math.max(WIDEST * share, FINEST) : 0;
    const points = this.curves[i];
    set(line, { d: shaft(points, wide), "stroke-width": wide.toFixed(2) });
    head.setAttribute("d", wide ? arrowhead(points, wide) : "");
    this.dots.busy(i, share);
  }

  showCustomers(week) {
    const { data, firm, customers } = this;
    const active = data.active(firm, week);
    const part = active === null ? 1 : active / data.most.active;
    set(customers.body, { r: (this.radii.customers * Math.sqrt(part)).toFixed(1) });
    write(customers.count, active === null ? "" : decimal(active, 0));
    [["joined", "join"], ["lost", "leave"]].forEach(([what, word], i) => {
      const rate = data.recent(firm, what, Math.max(week, RECENT_WEEKS - 1));
      write(customers[what], `${rateText(rate)} ${word}${this.long ? " a week" : ""}`);
      this.dots.busy(this.ways.length + i, rate / data.most.moving / 2);
    });
  }

  /** Let dots travel for some seconds. */
  move(seconds) {
    this.dots.move(seconds);
    this.dots.draw(getComputedStyle(this.element).color);
  }

  /** Show without dots. */
  still() {
    this.dots.clear();
  }

  /** Bring out a department and what flows from and to it; null for none. */
  bringOut(name) {
    this.chosen = name;
    this.picture.classList.toggle("rp-some", name !== null);
    for (const node of this.nodes) {
      node.group.setAttribute("aria-pressed", String(node.name === name));
    }
    for (const { flow, group } of this.ways) {
      group.classList.toggle("rp-of", flow.source === name || flow.target === name);
    }
  }

  /** Arrow keys go through the departments, Enter and the space bar choose one. */
  walk(event) {
    const at = this.nodes.findIndex(({ group }) => group === event.target);
    if (at < 0) {
      return;
    }
    if (event.key === "Enter" || event.key === " ") {
      this.choose(this.nodes[at].name);
    } else if (event.key in STEPS) {
      const next = this.nodes.at((at + STEPS[event.key]) % this.nodes.length);
      this.nodes[at].group.setAttribute("tabindex", "-1");
      next.group.setAttribute("tabindex", "0");
      next.group.focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}
