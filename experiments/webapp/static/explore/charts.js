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

const LETTERS = 18; // of a line of a name beside a chart
const HALF_LINE = 7; // by which a name in two lines is raised
const ROW = 40; // height of a step
const NUMBERS = 0.4; // of the width of the steps, beside them for their numbers
const PALE = 0.35;

// A name in lines, as an axis takes it.
function lines(name) {
  return name.split(" ").reduce((text, word) => {
    const longer = text.slice(text.lastIndexOf("\n") + 1).length + word.length >= LETTERS;
    return text ? `${text}${longer ? "\n" : " "}${word}` : word;
  }, "");
}

// From firm B's value to firm A's, a step for each group of dials.
function waterfall({ unit, a, b, parts }, names = ["Firm A", "Firm B"]) {
  const [ink, quiet] = [colour("--ink"), colour("--ink-quiet")];
  const capital = (name) => name.charAt(0).toUpperCase() + name.slice(1);
  let from = b.value;
  const steps = parts.map(({ name, share, low, high, clear, short }) => {
    const step = { name: lines(capital(name)), from, to: from + share, low: low === null ? null : from + low, high: high === null ? null : from + high, clear, text: short };
    from += share;
    return step;
  });
  const [last, first] = [a, b].map(({ value, text }, place) => ({ name: lines(names[place]), to: value, firm: "AB"[place], text }));
  const rows = [first, ...steps, last];
  const ends = rows.flatMap(({ to, low, high }) => [to, low, high]).filter((value) => Number.isFinite(value));
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  const span = most - least || Math.abs(most) || 1;
  const x = (field) => ({ field, type: "quantitative", title: null, scale: { zero: false, nice: false, domain: [least - 0.03 * span, most + NUMBERS * span] }, axis: { format: FORMATS[unit] ?? "~g", tickCount: 4 } });
  const y = { field: "name", type: "nominal", title: null, sort: null, scale: { domain: rows.map(({ name }) => name), paddingInner: 0.35, paddingOuter: 0.2 }, axis: { labelExpr: "split(datum.label, '\\n')", labelOffset: { condition: { test: "indexof(datum.label, '\\n') > 0", value: -HALF_LINE }, value: 0 }, labelColor: ink, labelLimit: 200, ticks: false, domain: false, grid: false } };
  const links = rows.slice(1).map(({ name }, place) => ({ name: rows[place].name, next: name, to: rows[place].to }));
  const firm = { field: "firm", type: "nominal", legend: null };
  return {
    width: "container", height: { step: ROW }, background: null, autosize: { type: "fit-x", contains: "padding" },
    layer: [
      { data: { values: links }, mark: { type: "rule", color: quiet, strokeDash: [2, 3] }, encoding: { x: x("to"), y, y2: { field: "next" } } },
      { data: { values: steps }, mark: { type: "bar", color: colour("--line-strong") }, encoding: { x: x("from"), x2: { field: "to" }, y, opacity: { condition: { test: "datum.clear", value: 1 }, value: PALE } } },
      { data: { values: steps.filter(({ low }) => low !== null) }, mark: { type: "rule", color: ink, strokeWidth: 1.5 }, encoding: { x: x("low"), x2: { field: "high" }, y } },
      { data: { values: [first, last] }, mark: { type: "point", filled: true, size: 140, opacity: 1 }, encoding: { x: x("to"), y, color: { ...firm, scale: inks(NAMES) }, shape: { ...firm, scale: { domain: NAMES, range: ["circle", "square"] } } } },
      { data: { values: rows }, mark: { type: "text", align: "right", color: ink, fontSize: 12 }, encoding: { x: { value: "width" }, y, text: { field: "text" } } },
    ],
    config: look(),
  };
}

const MAP = 320; // height of a map
const DEPTH = 0.55; // of a firm's colour where it is surely better: names on it stay legible

// Over two keys, how probable it is that A or B is better. What is told in widths of the map gets
// the values of the keys.
function map({ ranges, points }, { b_better: better, even, sure, names }, [across, up]) {
  const [ink, paper] = [colour("--ink"), colour("--surface")];
  const [x, y] = ranges.map(([low, high]) => (share) => low + share * (high - low));
  const steps = Math.sqrt(better.length);
  const edge = (place) => Math.min(1, Math.max(0, (place - 0.5) / (steps - 1)));
  const cells = better.map((b, i) => {
    const [row, column] = [Math.floor(i / steps), i % steps];
    return { b, x: x(edge(column)), x2: x(edge(column + 1)), y: y(edge(row)), y2: y(edge(row + 1)) };
  });
  const paths = (lines) => lines.flatMap((line, path) => line.map(([i, j], order) => ({ path, order, x: x(i), y: y(j) })));
  const places = (rows) => rows.map(({ at: [i, j], firm }) => ({ x: x(i), y: y(j), text: firm && `${firm} better` }));
  const [X, Y] = [across, up].map((title, axis) => ({ type: "quantitative", title, scale: { domain: ranges[axis], nice: false, zero: false }, axis: { grid: false, tickCount: 5, format: "~g" } }));
  const at = { x: { ...X, field: "x" }, y: { ...Y, field: "y" } };
  const scale = { domain: [0, 0.5, 1], range: [mixed("--firm-a", paper), paper, mixed("--firm-b", paper)], interpolate: "rgb" };
  const shade = { field: "b", type: "quantitative", legend: null, scale };
  const line = (lines, look) => ({ data: { values: paths(lines) }, mark: { type: "line", color: ink, interpolate: "linear", ...look }, encoding: { ...at, detail: { field: "path" }, order: { field: "order" } } });
  return {
    width: "container", height: MAP, background: null, autosize: { type: "fit-x", contains: "padding" },
    layer: [
      { data: { values: cells }, mark: { type: "rect", strokeWidth: 1 }, encoding: { ...at, x2: { field: "x2" }, y2: { field: "y2" }, color: shade, stroke: shade } },
      line(sure, { strokeWidth: 1, strokeDash: [5, 4] }),
      line(even, { strokeWidth: 2.2 }),
      { data: { values: places(points) }, mark: { type: "point", filled: true, size: 22, color: colour("--ink-quiet"), opacity: 1 }, encoding: at },
      { data: { values: places(names) }, mark: { type: "text", color: ink, fontSize: 14, fontWeight: 650 }, encoding: { ...at, text: { field: "text" } } },
    ],
    config: look(),
  };
}

// A colour of the style sheet laid over paper.
function mixed(name, paper) {
  const parts = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const below = parts(paper);
  return `rgb(${parts(colour(name)).map((part, i) => Math.round(DEPTH * part + (1 - DEPTH) * below[i])).join(",")})`;
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
export const drawShares = (element, measure) => put(element, waterfall(measure));
export const drawMap = (element, found, measure, titles) => put(element, map(found, measure, titles));
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
export const pictureOfShares = (measure, names, words, kind) => picture(waterfall(measure, names), words, kind);
export const pictureOfMap = (found, measure, titles, words, kind) => picture(map(found, measure, titles), words, kind);
