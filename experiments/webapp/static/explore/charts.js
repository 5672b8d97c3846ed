// Charts by Vega-Lite. Its expressions are interpreted (`ast`), so that the page needs no right to
// make code out of text; colours are those of the style sheet, so that dark pages have dark charts.

const WEEKS_A_YEAR = 52;
const HEIGHT = 170;
const PICTURE = { width: 720, height: 360, autosize: { type: "pad" }, padding: 20 };
const SHARP = 2; // pixels of a PNG for one of the screen

let library = null;

// The library is large: it comes while the first pair is being simulated.
export function load() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "/charts.js";
    script.addEventListener("load", () => resolve(window.vegaEmbed));
    script.addEventListener("error", () => {
      library = null; // asked for again when a chart is wanted again
      script.remove();
      reject(new Error("The charts could not be loaded."));
    });
    document.head.append(script);
  });
  return library;
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function rows(course, view, names) {
  const lines = view === "gap" ? { gap: course.gap } : { [names[0]]: course.a, [names[1]]: course.b };
  return Object.entries(lines).flatMap(([firm, { mean, low, high }]) =>
    course.weeks.map((week, i) => ({ year: week / WEEKS_A_YEAR, firm, mean: mean[i], low: low[i], high: high[i] })));
}

const FORMATS = { share: ".1~%", money: "~s" };

const NAMES = ["A", "B"];

const inks = (names) => ({ domain: names, range: [colour("--firm-a"), colour("--firm-b")] });
const dashes = (names) => ({ domain: names, range: [[1, 0], [6, 3]] });

// Colours and letters, the same for all charts.
function look() {
  const quiet = colour("--ink-quiet");
  return {
    font: "system-ui, sans-serif", view: { stroke: null },
    axis: { labelColor: quiet, titleColor: quiet, gridColor: colour("--line"), domainColor: quiet, tickColor: quiet, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal" },
    legend: { labelColor: colour("--ink"), labelFontSize: 13, title: null, orient: "top", symbolType: "stroke", symbolStrokeWidth: 3, labelLimit: 400, symbolOpacity: 1 },
    title: { color: colour("--ink"), subtitleColor: quiet, anchor: "start", fontSize: 18, subtitleFontSize: 12, subtitlePadding: 6, offset: 12, fontWeight: 600 },
  };
}

function spec(course, view, events, names = NAMES, legend = null) {
  const values = rows(course, view, names);
  const quiet = colour("--ink-quiet");
  const x = { field: "year", type: "quantitative", title: "years", scale: { nice: false }, axis: { tickCount: 6, format: "~g" } };
  const format = FORMATS[course.unit] ?? "~g";
  const y = { type: "quantitative", scale: { zero: view === "gap", nice: true }, title: null, axis: { format, tickCount: 4 } };
  const ink = view === "gap"
    ? { value: colour("--ink") }
    : { field: "firm", type: "nominal", legend, scale: inks(names) };
  const banded = values.some(({ low }) => low !== null);
  const zero = { data: { values: [{}] }, mark: { type: "rule", color: quiet, strokeDash: [2, 3] }, encoding: { y: { datum: 0 } } };
  const happened = { data: { values: events.map(({ week, text }) => ({ year: week / WEEKS_A_YEAR, what: text })) }, mark: { type: "rule", color: quiet, strokeDash: [4, 3] }, encoding: { x } };
  const band = { mark: { type: "area", opacity: 0.18 }, encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color: ink } };
  const dash = view === "gap" ? undefined : { field: "firm", type: "nominal", legend, scale: dashes(names) };
  const mean = { mark: { type: "line", strokeWidth: 2 }, encoding: { x, y: { ...y, field: "mean" }, color: ink, strokeDash: dash } };
  const layer = [...(banded ? [band] : []), mean, ...(view === "gap" ? [zero] : []), ...(events.length ? [happened] : [])];
  return {
    width: "container", height: HEIGHT, background: null, autosize: { type: "fit-x", contains: "padding" },
    data: { values }, layer, config: look(),
  };
}

// Share of the profit over the share of the customers, the most profitable first.
function whale({ shares, curves, top_of: top, regimes }, names = NAMES, legend = null) {
  const quiet = colour("--ink-quiet");
  const values = curves.flatMap((curve, place) => (curve?.shares ?? []).map((profit, i) => ({ share: shares[i], profit, firm: names[place] })));
  const axis = { type: "quantitative", axis: { format: ".0%", tickCount: 5 } };
  return {
    width: "container", height: HEIGHT, background: null, autosize: { type: "fit-x", contains: "padding" },
    data: { values },
    layer: [
      { data: { values: [{}] }, mark: { type: "rule", color: quiet, strokeDash: [4, 3] }, encoding: { x: { datum: top } } },
      { data: { values: [{}] }, mark: { type: "rule", color: quiet }, encoding: { y: { datum: 1 } } },
      { mark: { type: "line", strokeWidth: 2 }, encoding: {
        x: { ...axis, field: "share", title: "customers, the most profitable first" },
        y: { ...axis, field: "profit", title: "share of the profit" },
        color: { field: "firm", type: "nominal", legend, scale: inks(names) },
        strokeDash: { field: "firm", type: "nominal", legend, scale: dashes(names) } } },
    ],
    config: look(),
  };
}

const drawn = new WeakMap();

async function put(element, made) {
  const embed = await load();
  const before = drawn.get(element);
  const view = await embed(element, made, { ast: true, actions: false, defaultStyle: false, tooltip: false, renderer: "svg" });
  // the element around a chart says what it is, and its numbers stand beside it
  element.querySelector("svg")?.setAttribute("aria-hidden", "true");
  drawn.set(element, view);
  before?.finalize();
  return view;
}

export const draw = (element, course, view, events) => put(element, spec(course, view, events));
export const drawWhale = (element, found) => put(element, whale(found));

// A picture that stands by itself, with title, names and origin: `kind` is "svg" or "png".
async function picture(made, { title, subtitle }, kind) {
  const page = document.createElement("div");
  const whole = { ...made, ...PICTURE, background: colour("--surface"), title: { text: title, subtitle } };
  const { view, finalize } = await put(page, whole);
  try {
    if (kind === "svg") return new Blob([await view.toSVG()], { type: "image/svg+xml" });
    const canvas = await view.toCanvas(SHARP);
    return await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  } finally {
    finalize();
  }
}

export const pictureOf = (course, view, events, names, words, kind) =>
  picture(spec(course, view, events, names, {}), words, kind);
export const pictureOfWhale = (found, names, words, kind) => picture(whale(found, names, {}), words, kind);
