// What stands in words and numbers beside the pictures.

import { RECENT_WEEKS, SMOOTH_WEEKS } from "./data.js";
import { html, svg, write } from "./dom.js";
import {
  capital, clockText, decimal, differenceText, differenceUnit, firmText, valueText,
} from "./words.js";

/** A firm's sign and name; the sign is the one of its line in the chart. */
export function firmName(data, firm) {
  const sign = svg("svg", { class: `rp-sign rp-${"ab"[firm]}`, viewBox: "0 0 12 12", "aria-hidden": "true" },
    firm ? svg("rect", { x: 1, y: 1, width: 10, height: 10 }) : svg("circle", { cx: 6, cy: 6, r: 6 }));
  // a long name may break after its underscores
  const parts = data.firms[firm].label.split(/(?<=_)/).flatMap((part) => [part, html("wbr")]);
  return html("span", { class: "rp-label" }, sign, html("span", {}, ...parts));
}

/** All measures of a week in a table; a row's name puts the measure into the chart. */
export class Values {
  constructor(data, choose) {
    this.data = data;
    this.rows = Object.entries(data.metrics).map(([key, metric]) => {
      const button = html("button", { type: "button", "aria-pressed": "false" }, capital(metric.label));
      button.addEventListener("click", () => choose(key));
      const cells = [0, 1, 2].map(() => html("td"));
      const row = html("tr", {}, html("th", { scope: "row" }, button), ...cells);
      return { key, metric, button, cells, row };
    });
    const heads = data.firms.map((_, firm) => html("th", { scope: "col" }, firmName(data, firm)));
    this.element = html("table", { class: "rp-values" },
      html("caption", {},
        `Means of the last ${SMOOTH_WEEKS} weeks, as far as there are so many; states at the end of the week. ` +
        "Choose a measure to see its course."),
      html("thead", {}, html("tr", {}, html("th", { scope: "col" }, "measure"), ...heads,
        html("th", { scope: "col" }, "difference"))),
      html("tbody", {}, ...this.rows.map(({ row }) => row)));
  }

  show(week) {
    for (const { key, metric, cells } of this.rows) {
      const [a, b] = [0, 1].map((firm) => this.data.course(firm, key)[week] ?? null);
      const gap = a === null || b === null ? null : a - b;
      const unit = differenceUnit(metric.unit);
      write(cells[0], valueText(a, metric.unit));
      write(cells[1], valueText(b, metric.unit));
      write(cells[2], differenceText(gap, metric.unit) + (unit === "points" && gap !== null ? " pts" : ""));
    }
  }

  chosen(key) {
    for (const row of this.rows) {
      row.button.setAttribute("aria-pressed", String(row.key === key));
    }
  }
}

/** What happens, in order; a click goes there. */
export function eventList(data, seek) {
  const items = data.events.map(({ week, text }, i) =>
    html("li", {}, jump(`${i + 1}`, `week ${week}: ${text}`, () => seek(week))));
  return html("ol", { class: "rp-events", "aria-label": "What happens" }, ...items);
}

/** The customers whose lives differ most, each with the weeks in which a firm loses them. */
export function customerList(data, seek) {
  const items = data.customers.map(({ uid, sentence, lives }) => {
    const losses = lives.flatMap(({ lost, cause }, firm) => lost === null ? [] : [
      jump("", `${data.firms[firm].label}, week ${lost}${cause ? ` (${cause})` : ""}`,
        () => seek(lost, uid)),
    ]);
    return html("li", {}, html("p", {}, sentence), html("p", { class: "rp-jumps" }, ...losses));
  });
  return html("section", { class: "rp-customers" },
    html("h3", {}, "Customers whose lives differ most"), html("ul", {}, ...items));
}

function jump(flag, text, go) {
  const button = html("button", { type: "button", class: "rp-jump" });
  if (flag) {
    button.append(html("span", { class: "rp-number", "aria-hidden": "true" }, flag));
  }
  button.append(text);
  button.addEventListener("click", go);
  return button;
}

/** The picture in words: sentences on both firms and a table of all departments. */
export class Words {
  constructor(data) {
    this.data = data;
    this.sentences = html("div");
    this.body = html("tbody");
    const group = (firm) => html("th", { scope: "colgroup", colspan: "3" }, firmName(data, firm));
    const parts = ["seats", "in use", "hours waiting (customers')"];
    const columns = [...parts, ...parts].map((text) => html("th", { scope: "col" }, text));
    const table = html("table", {},
      html("caption", {}, "Departments at the end of the week"),
      html("thead", {}, html("tr", {}, html("td"), group(0), group(1)),
        html("tr", {}, html("th", { scope: "col" }, "department"), ...columns)),
      this.body);
    this.element = html("details", { class: "rp-words" },
      html("summary", {}, "This week in words"), this.sentences,
      html("div", { class: "rp-scroll", tabindex: "0", role: "region", "aria-label": "Departments" }, table));
    this.element.addEventListener("toggle", () => this.show(this.week));
  }

  show(week) {
    this.week = week;
    if (!this.element.open) {
      return;
    }
    const { data } = this;
    this.sentences.replaceChildren(
      html("p", {}, `${clockText(week)}.`),
      ...data.firms.map((_, firm) => html("p", {}, firmText(data, firm, week))));
    this.body.replaceChildren(...data.departments.map(({ name }) =>
      html("tr", {}, html("th", { scope: "row" }, name), ...data.firms.flatMap((_, firm) => this.cells(firm, name)))));
  }

  cells(firm, name) {
    const [linked, internal] = this.data.waiting(firm, name, this.week);
    const busy = this.data.utilisation(firm, name, this.week);
    return [
      String(this.data.seats(firm, name, this.week)),
      busy === null ? "\u2013" : `${busy} %`,
      `${decimal(linked + internal, 0)} (${decimal(linked, 0)})`,
    ].map((text) => html("td", {}, text));
  }
}

/** What sizes, widths and rings mean. */
export function key(data) {
  const sample = (...parts) =>
    svg("svg", { class: "rp-sample", viewBox: "-14 -14 28 28", "aria-hidden": "true" }, ...parts);
  const part = (picture, text) => html("li", {}, picture, html("span", {}, text));
  const widest = decimal(data.most.items, data.most.items < 10 ? 1 : 0);
  return html("ul", { class: "rp-key", "aria-label": "Key" },
    part(sample(svg("circle", { class: "rp-body", r: 8 })), "department, as large as its seats"),
    part(sample(svg("circle", { class: "rp-rest", r: 13 }), svg("circle", { class: "rp-linked", r: 11 }),
      svg("circle", { class: "rp-body", r: 7 })),
    "hours waiting; dark: treated as work for customers, light: the rest"),
    part(sample(svg("path", { class: "rp-line-sample", d: "M-13 0H7", "stroke-width": 6 }),
      svg("path", { class: "rp-head", d: "M14 0L5 -6V6Z" })),
    `work passed on, items a week; the widest is ${widest}, the finest are left out`),
    part(sample(svg("circle", { class: "rp-solid", cx: -6, r: 3 }), svg("circle", { class: "rp-hollow", cx: 6, r: 3 })),
      `customers who join and who leave, a week (mean of ${RECENT_WEEKS}); the more dots, the more of them`));
}
