// Where over two keys the better firm changes: asked for once a comparison is finished, shown as a map.

import { save } from "./api.js";
import { drawMap, pictureOfMap } from "./charts.js";
import { make, words } from "./dom.js";
import { Inquiry } from "./inquiry.js";

const TURBULENCE = "market.turbulence";
const DRIFT = "Weekly drift of what customers need.";
const CALM_TO_FAST = [0, 0.1];
const SECOND = "entitlement_gain"; // of all assumed coefficients the sign hangs on it most often
const DIGITS = 3; // of the ends of a range
const HELPS = {
  nothing: "",
  points: "More points would narrow it down: raison frontier, on the command line, takes as many as you like.",
  replications: "What keeps it open is luck, which all points share: more replications would narrow it down (raison frontier, on the command line), more points would not.",
};

const short = (value) => Number(value.toPrecision(DIGITS));
const percent = (share) => `${Math.round(100 * share)} %`;
const PLAIN = /^(parameters|regime|market)\./; // parts of a key that go without saying
const plain = (key) => key.replace(PLAIN, "");
const bare = (key) => words(plain(key).replaceAll(".", " "));

export class Flip extends Inquiry {
  constructor(catalogue) {
    super("flip", "/api/frontier", { again: true });
    this.catalogue = catalogue;
    for (const axis of ["x", "y"]) this.on(`${axis}-key`).addEventListener("change", () => this.range(axis));
    this.on("measure").addEventListener("change", () => this.fill());
    for (const kind of ["png", "svg"]) this.on(kind).addEventListener("click", () => this.saveAs(kind));
  }

  // What can go along the map and up: keys with the ranges that are held possible.
  choose(scenario) {
    const { uncertain } = scenario;
    const taken = new Set(Object.keys(uncertain).map(plain));
    const ranges = (pairs) => pairs.filter(([key]) => !taken.has(plain(key)));
    this.groups = [
      ["Uncertain in this scenario", Object.entries(uncertain)],
      ["The market", ranges([[TURBULENCE, CALM_TO_FAST]])],
      ["Coefficients that nobody has measured", ranges(this.catalogue.parameters.filter(({ assumed }) => assumed).map(({ name, plausible }) => [name, plausible.map(short)]))],
      ["Dials, moved in both firms alike", ranges(this.catalogue.dials.map(({ name }) => [name, [0, 1]]))],
    ];
    const turbulence = Object.keys(uncertain).find((key) => plain(key) === plain(TURBULENCE)) ?? TURBULENCE;
    const others = Object.keys(uncertain).filter((key) => key !== turbulence);
    for (const [axis, first] of [["x", turbulence], ["y", others[0] ?? SECOND]]) {
      this.on(`${axis}-key`).replaceChildren(...this.groups.filter(([, keys]) => keys.length).map(([label, keys]) =>
        make("optgroup", { label }, ...keys.map(([key]) => make("option", { value: key }, bare(key))))));
      this.on(`${axis}-key`).value = first;
      this.range(axis);
    }
  }

  range(axis) {
    const chosen = this.on(`${axis}-key`).value;
    const [, range] = this.groups.flatMap(([, keys]) => keys).find(([key]) => key === chosen);
    const { parameters, dials } = this.catalogue;
    const told = [...parameters, ...dials].find(({ name }) => name === plain(chosen));
    this.on(`${axis}-means`).textContent = told?.meaning ?? (chosen === TURBULENCE ? DRIFT : "");
    for (const [place, end] of ["low", "high"].entries()) this.on(`${axis}-${end}`).value = range[place];
  }

  body() {
    const axis = (name) => ({ key: this.on(`${name}-key`).value, low: this.on(`${name}-low`).valueAsNumber, high: this.on(`${name}-high`).valueAsNumber });
    return { ...this.question, x: axis("x"), y: axis("y"), metric: this.on("metric").value };
  }

  nothing() {
    return "Both firms live the same life, wherever they are: there is nothing to look for.";
  }

  offer(id, question, result) {
    super.offer(id, question, result);
    this.list("metric", result.measures.filter(({ headline }) => headline));
  }

  follow(id) {
    if (id !== this.id) this.on("measure").replaceChildren(); // a new map shows first what it was made for
    super.follow(id);
  }

  // While points are still being added it is too early to say what would narrow it down.
  over(told) {
    super.over(told);
    this.on("helps").textContent = told.state === "done" && this.found ? HELPS[this.found.helps] : "";
  }

  async show(found) {
    this.found = found;
    this.on("found").hidden = false;
    this.on("findings").replaceChildren(...found.findings.map((sentence) => make("li", {}, `${sentence}.`)));
    this.list("measure", found.measures);
    this.on("failed").hidden = !found.failed;
    this.on("failed").textContent = `${found.failed} ${found.failed > 1 ? "runs" : "run"} failed; points at which one did are left out.`;
    this.on("csv").href = `/api/frontiers/${this.id}/map.csv`;
    this.on("origin").textContent = this.origin().join("; ");
    const [x, y] = found.keys.map(bare);
    const [decided] = found.measures;
    this.on("points-title").textContent = `${words(decided.label)} at the points that were run`;
    this.on("head").replaceChildren(...[x, y, "A − B", "95 % interval", "B better with"].map((text, place) =>
      make("th", { scope: "col", class: place > 1 ? "number" : "" }, text)));
    this.on("rows").replaceChildren(...found.points.map(({ x, y, gap, interval, b_better: better }) => make("tr", {},
      make("th", { scope: "row" }, x), make("td", {}, y),
      ...[gap, interval, percent(better)].map((text) => make("td", { class: "number" }, text)))));
    await this.fill();
  }

  measure() {
    return this.found?.measures.find(({ key }) => key === this.on("measure").value);
  }

  fill() {
    const { label, areas } = this.measure();
    const [a, b] = this.found.regimes.map(words);
    this.on("says").textContent = `${words(label)}: A (${a}) is clearly better in ${percent(areas.A)} of the map, B (${b}) in ${percent(areas.B)}, and ${percent(areas.open)} is open.`;
    return this.draw();
  }

  origin() {
    const { replications, regimes, origin } = this.found;
    return [`${origin.scenario}, ${regimes.join(" and ")}, each at ${origin.points} points of at most ${origin.most}, ${replications} replications with seeds ${origin.seeds[0]} to ${origin.seeds[1]}, the same everywhere`,
      `clearly: ${(100 * origin.sure).toFixed(1)} % sure`,
      `raison, model ${origin.model}, source ${origin.code.slice(0, 12)}`];
  }

  titles() {
    return this.found.keys.map(bare);
  }

  async draw() {
    if (this.found) await drawMap(this.on("chart"), this.found, this.measure(), this.titles());
  }

  async saveAs(kind) {
    const wrong = this.on("wrong");
    wrong.textContent = "";
    const { key, label } = this.measure();
    const [a, b] = this.found.regimes.map(words);
    const said = { title: `${words(label)}: where A, and where B is better`, subtitle: [
      `blue: A (${a}); orange: B (${b}); line: either as likely; broken: sure; dots: points that were run`, ...this.origin()] };
    try {
      const made = await pictureOfMap(this.found, this.measure(), this.titles(), said, kind);
      save(`${key}-map.${kind}`, made, made.type);
    } catch (error) {
      wrong.textContent = error.message;
    }
  }
}
