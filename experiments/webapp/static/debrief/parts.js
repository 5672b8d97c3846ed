// The parts that the sections of a debrief are made of.

import { html, svg } from "../player/dom.js";
import { mark } from "./drawing.js";
import { teamTone } from "./palette.js";

const MARK = 14;

/** A team's mark, as it stands beside its name everywhere. */
export function badge(place) {
  return svg("svg", { class: "badge", viewBox: `0 0 ${MARK} ${MARK}`, width: MARK, height: MARK, "aria-hidden": "true" },
    mark(place, teamTone(place), MARK / 2, MARK / 2, MARK * 0.38));
}

export const named = (name, place) => html("span", { class: "team-name" }, badge(place), name);

export function section(title, ...children) {
  const heading = html("h2", { tabindex: "-1" }, title);
  return html("section", { class: "stack part" }, heading, ...children);
}

export const paragraphOf = (text, className = "") => html("p", { class: className }, text);

/** A table that scrolls by itself where it is wider than the page. */
export function table(caption, heads, rows) {
  const head = html("tr", {}, ...heads.map((cell) => html("th", { scope: "col" }, cell)));
  const body = rows.map(([first, ...rest]) =>
    html("tr", {}, html("th", { scope: "row" }, first), ...rest.map((cell) => html("td", {}, cell))));
  const label = html("caption", { class: "visually-hidden" }, caption);
  return html("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    html("table", {}, label, html("thead", {}, head), html("tbody", {}, ...body)));
}

export function fold(summary, ...children) {
  return html("details", {}, html("summary", {}, summary), html("div", { class: "stack folded" }, ...children));
}

export function pick(label, options, chosen, change) {
  const select = html("select", {}, ...options.map(([value, name]) => html("option", { value }, name)));
  select.value = chosen;
  select.addEventListener("change", () => change(select.value));
  return html("label", { class: "field pick" }, html("span", {}, label), select);
}
