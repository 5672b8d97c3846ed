// What a course shows, as a table: for those who do not see the chart, or want the numbers.

import { make } from "./dom.js";

const WEEKS_A_QUARTER = 13; // as many as the means are taken over
const QUARTERS_A_YEAR = 4;
const MOST_ROWS = 12; // then a row is a year
const DASH = "–";

const FORMATS = {
  share: new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 }),
  money: new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 }),
};
const OTHER = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

// The places in a course at which quarters (or, of a long one, years) end.
function ends(weeks) {
  const quarters = Math.round((weeks.at(-1) + 1) / WEEKS_A_QUARTER);
  const step = quarters > MOST_ROWS ? QUARTERS_A_YEAR : 1;
  const found = [];
  for (let quarter = step; quarter <= quarters; quarter += step) {
    const end = quarter * WEEKS_A_QUARTER;
    const at = weeks.findLastIndex((week) => week < end);
    if (at >= 0) found.push({ at, year: quarter / QUARTERS_A_YEAR });
  }
  return found.length ? found : [{ at: weeks.length - 1, year: (weeks.at(-1) + 1) / (WEEKS_A_QUARTER * QUARTERS_A_YEAR) }];
}

function cell({ mean, low, high }, at, format) {
  if (mean[at] === null) return DASH;
  const said = (line) => format.format(line[at]).replace("-", "−");
  return low[at] === null ? said(mean) : `${said(mean)} (${said(low)} to ${said(high)})`;
}

// Rows for the lines that a view shows: both firms, or the difference. `bands` says what a band is.
export function table(course, view, bands) {
  const lines = view === "gap" ? [["A − B", course.gap, ""]]
    : [["A", course.a, "firm-a"], ["B", course.b, "firm-b"]];
  const format = FORMATS[course.unit] ?? OTHER;
  const banded = lines.some(([, { low }]) => low.some((value) => value !== null));
  return make("table", {},
    make("caption", { class: "quiet small" }, `Means over the 13 weeks before${banded ? `; in brackets the ${bands}` : ""}`),
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Years"),
      ...lines.map(([name, , look]) => make("th", { scope: "col", class: look }, name)))),
    make("tbody", {}, ...ends(course.weeks).map(({ at, year }) => make("tr", {},
      make("th", { scope: "row" }, OTHER.format(year)),
      ...lines.map(([, line]) => make("td", { class: "number" }, cell(line, at, format)))))));
}
