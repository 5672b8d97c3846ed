// A team's own dashboard: what its firm sees of itself, figure by figure.

import { make, words } from "../explore/dom.js";
import { differenceText, valueText } from "../player/words.js";
import { byQuarter, byWeek, course } from "./course.js";

// How a figure is drawn: what is counted as bars, what is told by quarter as a line of quarters.
const BARS = ["joined", "lost", "quits"];
const QUARTERLY = ["retention"];
const OWN_LABELS = { quits: "resignations" }; // a quarter's, not a week's

const COLUMNS = ["Department", "Seats", "Utilisation", "Service level, as reported"];
const GROUPS = [
  ["Customers", ["active", "joined", "lost", "retention", "known_satisfaction"]],
  ["Money", ["profit", "cash", "revenue", "cost"]],
  ["Service", ["measured_service", "internal_sla", "utilisation"]],
  ["People", ["seats", "overtime_share", "quits"]],
];

export const labelOf = (key, legend) => words(OWN_LABELS[key] ?? legend[key].label);

/** Points of a figure, as far as they are known. */
function pointsOf(key, quarters, weeks) {
  const told = BARS.includes(key) || QUARTERLY.includes(key) || !weeks;
  return told ? byQuarter(quarters[key] ?? []) : byWeek(weeks[key]);
}

export class Dashboard {
  constructor(element, legend, quarters) {
    this.legend = legend;
    this.quarters = quarters;
    this.figures = {};
    const groups = GROUPS.map(([title, keys]) => make("section", { class: "figures" },
      make("h3", {}, title), ...keys.filter((key) => key in legend).map((key) => this.figure(key))));
    this.departments = make("tbody");
    const table = make("details", { class: "figure-more" }, make("summary", {}, "By department"),
      make("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "Departments, scrolls sideways" },
        make("table", { class: "small" },
          make("thead", {}, make("tr", {}, ...COLUMNS.map((name, i) => make("th", { scope: "col", class: i ? "number" : "" }, name)))),
          this.departments)));
    element.replaceChildren(...groups, table);
  }

  figure(key) {
    const value = make("strong", { class: "figure-value" });
    const change = make("span", { class: "figure-change quiet" });
    const small = make("span", { class: "figure-course" });
    const large = make("div", { class: "figure-large" });
    const past = make("p", { class: "small quiet" });
    this.figures[key] = { value, change, small, large, past };
    return make("details", { class: "figure", "data-figure": key },
      make("summary", {}, make("span", { class: "figure-name" }, labelOf(key, this.legend)), small, value, change),
      large, past);
  }

  show(dashboard, weeks) {
    for (const [key, parts] of Object.entries(this.figures)) {
      const { unit } = this.legend[key];
      const values = dashboard.quarters[key];
      const [before, now] = [values.at(-2), values.at(-1)];
      parts.value.textContent = valueText(now, unit);
      parts.change.textContent = before == null || now == null ? "" : changeText(now - before, unit);
      const points = pointsOf(key, dashboard.quarters, weeks);
      const options = { quarters: this.quarters, unit, bars: BARS.includes(key) };
      parts.small.replaceChildren(course(points, options));
      parts.large.replaceChildren(course(points, { ...options, large: true }));
      parts.past.textContent = values.map((each, quarter) => `Quarter ${quarter + 1}: ${valueText(each, unit)}`).join(" · ");
    }
    this.departments.replaceChildren(...dashboard.departments.map((row) => make("tr", {},
      make("th", { scope: "row" }, words(row.name)),
      make("td", { class: "number" }, String(row.seats.at(-1))),
      make("td", { class: "number" }, valueText(row.utilisation.at(-1), "share")),
      make("td", { class: "number" }, valueText(row.reported.at(-1), "share")))));
  }
}

function changeText(difference, unit) {
  const text = differenceText(difference, unit);
  return /[1-9]/.test(text) ? text : "as before";
}
