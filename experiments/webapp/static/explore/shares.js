// Which dials make the gap: asked for once a comparison is finished, shown as a waterfall.

import { ask, follow, save } from "./api.js";
import { drawShares, pictureOfShares } from "./charts.js";
import { byId, listed, make, words } from "./dom.js";

const TENTHS = 10; // progress is told in steps of a tenth: it is read aloud
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

export class Shares {
  constructor() {
    this.leave();
    byId("shares-ask").addEventListener("click", () => this.ask());
    byId("shares-stop").addEventListener("click", () => this.stop());
    byId("shares-measure").addEventListener("change", () => this.fill());
    for (const kind of ["png", "svg"]) byId(`shares-${kind}`).addEventListener("click", () => this.saveAs(kind));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  // The answers of another comparison have come: what was found belongs to the one before.
  withdraw(id) {
    if (this.of === id) return;
    this.leave();
    Object.assign(this, { of: null, found: null });
    byId("shares").hidden = true;
  }

  // Whatever was asked is not waited for any more.
  leave() {
    this.unfollow?.();
    this.unfollow = null;
    this.asked = null;
  }

  // A comparison is finished: its question may be asked again, of all mixtures of its firms.
  offer(id, question, pairs) {
    Object.assign(this, { question, pairs });
    byId("shares").hidden = false;
    if (this.of === id) return;
    this.of = id;
    byId("shares-found").hidden = true;
    this.tell("");
    this.open(true);
  }

  // Either there is something to ask, or something to stop, or neither: it is all there.
  open(asking, stopping = false) {
    const { activeElement } = document;
    byId("shares-ask").hidden = !asking;
    byId("shares-stop").hidden = !stopping;
    byId("shares-actions").hidden = !asking && !stopping;
    if (activeElement?.closest("#shares-actions") && !activeElement.checkVisibility()) {
      byId(asking ? "shares-ask" : stopping ? "shares-stop" : "shares-title").focus();
    }
  }

  tell(sentence, { wrong = false, share = null } = {}) {
    if (byId("shares-said").textContent !== sentence) byId("shares-said").textContent = sentence;
    byId("shares-status").hidden = !sentence;
    for (const name of ["notice", "notice-wrong"]) byId("shares-status").classList.toggle(name, wrong);
    byId("shares-progress").hidden = share === null;
    byId("shares-progress").value = share ?? 0;
  }

  async ask() {
    const asked = this.asked = {};
    this.open(false, true);
    this.tell("Asking …", { share: 0 });
    try {
      const { players, job } = await ask("/api/attribute", this.question);
      if (this.asked !== asked) return;
      if (job) this.follow(job.id);
      else {
        this.open(false);
        this.tell(nothingToDivide(players));
      }
    } catch (error) {
      if (this.asked !== asked) return;
      this.open(true);
      this.tell(error.message, { wrong: true });
    }
  }

  follow(id) {
    this.id = id;
    let shown = Promise.resolve();
    const mine = () => this.unfollow === end;
    const end = follow(id, {
      result: (found) => {
        if (mine()) shown = this.show(found).catch((error) => this.tell(error.message, { wrong: true }));
      },
      state: (told) => shown.then(() => mine() && this.over(told)),
      lost: (closed) => mine() && this.lost(closed),
    });
    this.unfollow = end;
  }

  // Nobody looks any more: the server stops by itself, unless somebody else asked the same.
  stop() {
    this.leave();
    this.open(true);
    this.tell("Stopped. What is finished is kept: ask again to go on.");
  }

  lost(closed) {
    this.open(closed, !closed);
    this.tell(closed
      ? "The server does not answer. What is finished is kept: ask again to go on."
      : "The server does not answer. As soon as it is back, this goes on by itself.", { wrong: true });
  }

  over({ state, runs, total, error }) {
    const share = total ? Math.floor((TENTHS * runs) / total) / TENTHS : 0;
    const sentences = {
      waiting: "Waiting for a free processor …",
      running: total ? `${Math.round(100 * share)} % of ${total} runs are finished.` : "Preparing …",
      done: `All ${total} runs are finished.`,
      stopped: "Stopped. What is finished is kept: ask again to go on.",
      failed: `It failed: ${error}`,
    };
    const under = state === "waiting" || state === "running";
    this.open(state === "stopped" || state === "failed", under);
    this.tell(sentences[state], { wrong: state === "failed", share: under ? share : null });
  }

  async show(found) {
    this.found = found;
    byId("shares-found").hidden = false;
    byId("shares-findings").replaceChildren(...found.findings.map((sentence) => make("li", {}, `${sentence}.`)));
    const chosen = byId("shares-measure").value;
    byId("shares-measure").replaceChildren(...found.measures.map(({ key, label }) => make("option", { value: key }, words(label))));
    const known = found.measures.some(({ key }) => key === chosen);
    byId("shares-measure").value = known ? chosen : found.measures[0]?.key;
    byId("shares-failed").hidden = !found.failed;
    byId("shares-failed").textContent = `${found.failed} ${found.failed > 1 ? "runs" : "run"} failed; replications that are not whole are left out.`;
    for (const table of ["shares", "pairs"]) byId(`shares-${table}-csv`).href = `/api/attributions/${this.id}/${table}.csv`;
    byId("shares-origin").textContent = this.origin().join("; ");
    await this.fill();
  }

  measure() {
    return this.found?.measures.find(({ key }) => key === byId("shares-measure").value);
  }

  fill() {
    const measure = this.measure();
    const { regimes, players } = this.found;
    byId("shares-chart").hidden = !measure?.count;
    if (!measure) return null;
    const { a, b, gap, parts, pair } = measure;
    byId("shares-says").textContent = this.sentence(measure);
    const firm = (letter, place, { text }) => make("tr", { class: `firm-${letter}` },
      make("th", { scope: "row" }, make("span", { class: "swatch" }), `${letter.toUpperCase()} ${words(regimes[place])}`),
      make("td", { class: "number" }, text));
    const more = (text) => make("span", { class: "quiet small more" }, text);
    const row = (name, { text, interval }, dials = null) => make("tr", {},
      make("th", { scope: "row" }, words(name), dials && more(dials)),
      make("td", { class: "number" }, text, interval && more(interval)));
    byId("shares-rows").replaceChildren(
      firm("b", 1, b),
      ...parts.map((part, place) => row(part.name, part, listed(dialsOf(players[place])))),
      row("together, A − B", gap),
      firm("a", 0, a));
    byId("shares-pair").textContent = pair
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
    if (measure?.count) await drawShares(byId("shares-chart"), measure);
  }

  async saveAs(kind) {
    const wrong = byId("shares-wrong");
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
