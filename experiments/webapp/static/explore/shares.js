// Which dials make the gap: asked for once a comparison is finished, shown as a waterfall.

import { save } from "./api.js";
import { drawShares, pictureOfShares } from "./charts.js";
import { listed, make, words } from "./dom.js";
import { Inquiry } from "./inquiry.js";

const OVER_TIME = "schedule"; // stands among the dials for what a regime changes over time

const dialsOf = ({ dials }) => dials.map((dial) => (dial === OVER_TIME ? "What changes over time" : words(dial)));

// Where there are not two groups of dials to divide a gap among.
function nothingToDivide([only]) {
  if (!only) return "Both firms have the same dials. They live the same life: there is no gap to divide.";
  if (only.dials.includes(OVER_TIME) && only.dials.length === 1) {
    return "Both firms have the same dials at the start. They differ only in what their rules change over time, which is no dial: the whole gap is due to that.";
  }
  const dials = dialsOf(only);
  return dials.length > 1
    ? `The firms differ only in ${listed(dials)}, which belong together (${only.name}): the whole gap is due to them.`
    : `The firms differ in one dial only, ${dials[0]}: the whole gap is due to it.`;
}

export class Shares extends Inquiry {
  constructor() {
    super("shares", "/api/attribute");
    this.on("measure").addEventListener("change", () => this.fill());
    for (const kind of ["png", "svg"]) this.on(kind).addEventListener("click", () => this.saveAs(kind));
  }

  body() {
    return this.question;
  }

  nothing({ players }) {
    return nothingToDivide(players);
  }

  async show(found) {
    this.found = found;
    this.on("found").hidden = false;
    this.on("findings").replaceChildren(...found.findings.map((sentence) => make("li", {}, `${sentence}.`)));
    this.list("measure", found.measures);
    this.on("failed").hidden = !found.failed;
    this.on("failed").textContent = `${found.failed} ${found.failed > 1 ? "runs" : "run"} failed; replications that are not whole are left out.`;
    for (const table of ["shares", "pairs"]) this.on(`${table}-csv`).href = `/api/attributions/${this.id}/${table}.csv`;
    this.on("origin").textContent = this.origin().join("; ");
    await this.fill();
  }

  measure() {
    return this.found?.measures.find(({ key }) => key === this.on("measure").value);
  }

  fill() {
    const measure = this.measure();
    const { regimes, players } = this.found;
    this.on("chart").hidden = !measure?.count;
    if (!measure) return null;
    const { a, b, gap, parts, pair } = measure;
    this.on("says").textContent = this.sentence(measure);
    const firm = (letter, place, { text }) => make("tr", { class: `firm-${letter}` },
      make("th", { scope: "row" }, make("span", { class: "swatch" }), `${letter.toUpperCase()} ${words(regimes[place])}`),
      make("td", { class: "number" }, text));
    const more = (text) => make("span", { class: "quiet small more" }, text);
    const row = (name, { text, interval }, dials = null) => make("tr", {},
      make("th", { scope: "row" }, words(name), dials && more(dials)),
      make("td", { class: "number" }, text, interval && more(interval)));
    this.on("rows").replaceChildren(
      firm("b", 1, b),
      ...parts.map((part, place) => row(part.name, part, listed(dialsOf(players[place])))),
      row("together, A − B", gap),
      firm("a", 0, a));
    this.on("pair").textContent = pair
      ? `${words(pair.names[0])} and ${pair.names[1]} make ${pair.text} together beyond what each makes by itself (95 % interval for all pairs together, ${pair.interval}): of all pairs, the strongest.`
      : "No two of them clearly make anything together beyond what each makes by itself.";
    return this.draw();
  }

  sentence({ count, a, b, gap }) {
    const first = count < this.pairs ? `In the first ${count} of ${this.pairs} pairs` : `In the ${count} pairs`;
    if (!count) return "No replication has a value of this measure in every firm.";
    const sure = gap.interval ? `, 95 % interval ${gap.interval}${gap.clear ? "" : "; these runs cannot tell the firms apart"}` : "; one replication gives no interval";
    return `${first} firm B has ${b.text} and firm A ${a.text}: A − B is ${gap.text}${sure}.`;
  }

  origin() {
    const { replications, planned, origin } = this.found;
    const so = replications < planned ? `${replications} of ${planned}` : `${replications}`;
    return [`${origin.scenario}, ${origin.firms} mixtures of the two firms, ${so} replications of each, seeds ${origin.seeds[0]} to ${origin.seeds[1]}`,
      `raison, model ${origin.model}, source ${origin.code.slice(0, 12)}`];
  }

  async draw() {
    const measure = this.measure();
    if (measure?.count) await drawShares(this.on("chart"), measure);
  }

  async saveAs(kind) {
    const wrong = this.on("wrong");
    wrong.textContent = "";
    const measure = this.measure();
    const { regimes } = this.found;
    const names = ["A", "B"].map((firm, place) => `${firm} ${words(regimes[place])}`);
    const said = { title: `${words(measure.label)}: from firm B to firm A`, subtitle: [
      "Shapley shares of the dials; line: 95 % interval of a step; pale: the interval holds zero", ...this.origin()] };
    try {
      const made = await pictureOfShares(measure, names, said, kind);
      save(`${measure.key}-shares.${kind}`, made, made.type);
    } catch (error) {
      wrong.textContent = error.message;
    }
  }
}
