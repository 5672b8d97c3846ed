// Charts by Vega-Lite. Its expressions are interpreted (`ast`), so that the page needs no right to
// make code out of text; colours are those of the style sheet, so that dark pages have dark charts.

const WEEKS_A_YEAR = 52;
const HEIGHT = 170;

let library = null;

// The library is large: it comes while the first pair is being simulated.
export function load() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "/charts.js";
    script.addEventListener("load", () => resolve(window.vegaEmbed));
    script.addEventListener("error", () => reject(new Error("The charts could not be loaded.")));
    document.head.append(script);
  });
  return library;
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function rows(course, view) {
  const lines = view === "gap" ? { gap: course.gap } : { A: course.a, B: course.b };
  return Object.entries(lines).flatMap(([firm, { mean, low, high }]) =>
    course.weeks.map((week, i) => ({ year: week / WEEKS_A_YEAR, firm, mean: mean[i], low: low[i], high: high[i] })));
}

const FORMATS = { share: ".1~%", money: "~s" };

function spec(course, view, events) {
  const values = rows(course, view);
  const quiet = colour("--ink-quiet");
  const x = { field: "year", type: "quantitative", title: "years", scale: { nice: false }, axis: { tickCount: 6, format: "~g" } };
  const format = FORMATS[course.unit] ?? "~g";
  const y = { type: "quantitative", scale: { zero: view === "gap", nice: true }, title: null, axis: { format, tickCount: 4 } };
  const ink = view === "gap"
    ? { value: colour("--ink") }
    : { field: "firm", type: "nominal", legend: null, scale: { domain: ["A", "B"], range: [colour("--firm-a"), colour("--firm-b")] } };
  const banded = values.some(({ low }) => low !== null);
  const band = { mark: { type: "area", opacity: 0.18 }, encoding: { y: { ...y, field: "low" }, y2: { field: "high" }, color: ink } };
  const layer = [
    ...(banded ? [band] : []),
    { mark: { type: "line", strokeWidth: 2, interpolate: "linear" }, encoding: { y: { ...y, field: "mean" }, color: ink, strokeDash: view === "gap" ? undefined : { field: "firm", type: "nominal", legend: null, scale: { domain: ["A", "B"], range: [[1, 0], [6, 3]] } } } },
  ];
  if (view === "gap") layer.unshift({ data: { values: [{}] }, mark: { type: "rule", color: quiet, strokeDash: [2, 3] }, encoding: { y: { datum: 0 }, x: undefined } });
  if (events.length) {
    layer.unshift({ data: { values: events.map((event) => ({ year: event.week / WEEKS_A_YEAR, what: event.text })) }, mark: { type: "rule", color: quiet, strokeDash: [4, 3], tooltip: true } });
  }
  return {
    width: "container", height: HEIGHT, background: null, autosize: { type: "fit-x", contains: "padding" },
    data: { values }, encoding: { x }, layer,
    config: {
      font: "system-ui, sans-serif", view: { stroke: null },
      axis: { labelColor: quiet, titleColor: quiet, gridColor: colour("--line"), domainColor: quiet, tickColor: quiet, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal" },
    },
  };
}

const drawn = new WeakMap();

export async function draw(element, course, view, events) {
  const embed = await load();
  const before = drawn.get(element);
  const made = await embed(element, spec(course, view, events), { ast: true, actions: false, defaultStyle: false, tooltip: false, renderer: "svg" });
  drawn.set(element, made);
  before?.finalize();
}
