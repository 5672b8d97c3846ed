// What came of it: finding, cards with charts, the table, the origin, the replay.

import { read } from "./api.js";
import { draw } from "./charts.js";
import { byId, make, words } from "./dom.js";

export class Results {
  constructor() {
    this.view = "firms";
    this.details = false;
    this.player = null;
    for (const input of document.querySelectorAll("input[name=view]")) {
      input.addEventListener("change", () => {
        this.view = input.value;
        this.drawCharts();
      });
    }
    byId("more").addEventListener("click", () => {
      this.details = !this.details;
      byId("more").setAttribute("aria-expanded", this.details);
      byId("more").textContent = this.details ? "Show fewer" : "Show the details too";
      this.listMeasures();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.drawCharts());
  }

  async show(id, result) {
    const replaces = this.id !== id;
    this.id = id;
    this.result = result;
    byId("empty").hidden = true;
    byId("results").hidden = false;
    byId("finding").textContent = `${result.finding}.`;
    byId("inside").textContent = `${result.inside}.`;
    byId("head-a").textContent = words(result.regimes[0]);
    byId("head-b").textContent = words(result.regimes[1]);
    this.listMeasures();
    this.tellOrigin();
    this.makeCards();
    await this.drawCharts();
    if (replaces) await this.replay(id);
  }

  makeCards() {
    const keys = Object.keys(this.result.courses);
    if (byId("cards").dataset.keys !== keys.join()) {
      byId("cards").dataset.keys = keys.join();
      byId("cards").replaceChildren(...keys.map((key) => make("article", { class: "card stack-tight", "data-key": key },
        make("h2", { id: `card-${key}` }), make("p", { class: "card-numbers number" }), make("p", { class: "quiet small" }),
        make("div", { class: "chart", role: "img", "aria-labelledby": `card-${key}` }))));
    }
    for (const card of byId("cards").children) this.fill(card);
  }

  fill(card) {
    const row = this.result.measures.find((one) => one.key === card.dataset.key);
    const [title, numbers, sure] = card.children;
    title.textContent = words(row.label);
    const side = (firm, value) => make("span", { class: `firm-${firm}` }, make("span", { class: "swatch" }), `${firm.toUpperCase()} `, make("span", { class: "value" }, value));
    numbers.replaceChildren(side("a", row.a), side("b", row.b));
    sure.textContent = row.interval
      ? `A − B: ${row.difference} (95 % interval ${row.interval})${row.sign ? "" : "; these runs cannot tell them apart"}`
      : `A − B: ${row.difference}, in one replication: no interval yet`;
  }

  async drawCharts() {
    if (!this.result) return;
    const { courses, events, pairs, regimes } = this.result;
    const bands = this.view === "gap"
      ? (pairs > 3 ? "band: the whole course lies within it with 95 % probability" : "the band needs four replications")
      : (pairs > 1 ? "band: eight in ten replications" : "one replication, no band yet");
    byId("legend").replaceChildren(...(this.view === "gap" ? ["A less B; "] : [
      make("span", { class: "firm-a" }, make("span", { class: "swatch" }), `A ${words(regimes[0])}`), "  ",
      make("span", { class: "firm-b" }, make("span", { class: "swatch" }), `B ${words(regimes[1])} (dashed)`), "; "]),
    `means over 13 weeks; ${bands}`);
    for (const card of byId("cards").children) {
      await draw(card.lastElementChild, courses[card.dataset.key], this.view, events);
    }
  }

  listMeasures() {
    if (!this.result) return;
    const rows = this.result.measures.filter((one) => this.details || !one.detail);
    byId("measures").replaceChildren(...rows.map((one) => make("tr", {},
      make("th", { scope: "row" }, words(one.label)),
      ...[one.a, one.b, one.difference, one.interval ?? "–", one.a_wins == null ? "–" : `${Math.round(100 * one.a_wins)} %`]
        .map((text) => make("td", { class: "number" }, text)))));
  }

  tellOrigin() {
    const { origin, pairs, failed, regimes } = this.result;
    const changed = Object.entries(origin.asked).map(([key, value]) => `${key} = ${value}`).join(", ");
    const said = {
      Scenario: origin.scenario,
      Replications: `${pairs} pairs, seeds ${origin.seeds[0]} to ${origin.seeds[1]}${failed ? `; ${failed} runs failed` : ""}`,
      Changed: changed || "nothing",
      Model: `version ${origin.model}, source ${origin.code.slice(0, 12)}`,
      "Firm A": `${regimes[0]}, digest ${origin.cells[regimes[0]].slice(0, 12)}`,
      "Firm B": `${regimes[1]}, digest ${origin.cells[regimes[1]].slice(0, 12)}`,
      Study: this.id,
    };
    byId("origin").replaceChildren(...Object.entries(said).flatMap(([name, text]) => [make("dt", {}, name), make("dd", {}, text)]));
    for (const [part, file] of [["report", "report.html"], ["table", "table.csv"], ["pairs", "pairs.csv"]]) {
      byId(`export-${part}`).href = `/api/jobs/${this.id}/${file}`;
    }
  }

  async replay(id) {
    const [{ Player }, trace] = await Promise.all([import("/static/player/player.js"), read(`/api/jobs/${id}/trace`)]);
    if (this.id !== id) return;
    this.player?.destroy();
    byId("player").replaceChildren();
    this.player = new Player(byId("player"), trace);
  }
}
