// What came of it: finding, cards with charts, the table, the origin, the replay.

import { read, save } from "./api.js";
import { draw, pictureOf, pictureOfWhale } from "./charts.js";
import { byId, make, words } from "./dom.js";
import { table } from "./numbers.js";

const WHALE = "customers";

let failures = 0;

// The replay's module. A browser remembers that one could not be had: it goes by another name then.
async function player() {
  try {
    return await import(`/static/player/player.js${failures ? `?${failures}` : ""}`);
  } catch {
    failures += 1;
    throw new Error("The replay could not be loaded.");
  }
}

export class Results {
  // origin says where numbers come from, customers tells of those of the first pair.
  constructor(origin, customers) {
    this.origin = origin;
    this.customers = customers;
    this.view = "firms";
    this.details = false;
    this.player = null;
    this.asked = {}; // what of the first pair was asked for, by job
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
    for (const kind of ["png", "svg"]) {
      byId(`whale-${kind}`).addEventListener("click", () => this.saveAs(byId("whale-wrong"), WHALE, "Who brings the profit", kind));
    }
    byId("player").addEventListener("customer", ({ detail }) => customers.tell(detail));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.drawCharts());
  }

  async show(id, result) {
    this.id = id;
    this.result = result;
    byId("empty").hidden = true;
    byId("results").hidden = false;
    byId("finding").textContent = `${result.finding}.`;
    byId("inside").textContent = `${result.inside}.`;
    byId("head-a").textContent = words(result.regimes[0]);
    byId("head-b").textContent = words(result.regimes[1]);
    this.listMeasures();
    this.tellFailed();
    this.origin.show(id, result);
    this.makeCards();
    this.firstPair(id);
    await this.drawCharts();
  }

  // What the first pair alone tells comes beside: it does not hold up the results of later pairs.
  firstPair(id) {
    this.once(id, "replay-says", () => this.replay(id));
    this.once(id, "whale-says", () => this.customers.show(id));
  }

  // Ask once for a job; what did not come is asked for again with the next result.
  async once(id, says, asking) {
    if (this.asked[says] === id) return;
    this.asked[says] = id;
    try {
      await asking();
    } catch (error) {
      if (this.asked[says] !== id) return;
      this.asked[says] = null;
      byId(says).textContent = error.message;
    }
  }

  tellFailed() {
    const { failed } = this.result;
    byId("some-failed").hidden = !failed;
    byId("some-failed").textContent = `${failed} ${failed > 1 ? "runs" : "run"} failed; pairs that are not whole are left out. The file of every pair has the rest.`;
  }

  makeCards() {
    const keys = Object.keys(this.result.courses);
    if (byId("cards").dataset.keys !== keys.join()) {
      byId("cards").dataset.keys = keys.join();
      byId("cards").replaceChildren(...keys.map((key) => make("article", { class: "card stack-tight", "data-key": key },
        make("h2", { id: `card-${key}` }), make("p", { class: "card-numbers number" }), make("p", { class: "quiet small" }),
        make("div", { class: "chart", role: "img", "aria-labelledby": `card-${key}` }),
        make("details", { class: "course-numbers" }, make("summary", { class: "small quiet" }, "These numbers"),
          make("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": `${key.replaceAll("_", " ")}, scrolls sideways` })),
        ...this.actions(key))));
    }
    for (const card of byId("cards").children) this.fill(card);
  }

  // Where the numbers of a card come from, and its chart as a file.
  actions(key) {
    const title = () => words(this.result.measures.find((one) => one.key === key).label);
    const wrong = make("p", { class: "small wrong", role: "alert" });
    return [make("div", { class: "card-actions row" },
      this.origin.button(key, "Where this comes from", { class: "button button-plain small far", "aria-describedby": `card-${key}` }),
      ...["PNG", "SVG"].map((kind) => make("button", { type: "button", class: "button button-plain small", "aria-label": `${key.replaceAll("_", " ")} as ${kind}`,
        onclick: () => this.saveAs(wrong, key, title(), kind.toLowerCase()) }, kind))), wrong];
  }

  async saveAs(wrong, key, title, kind) {
    wrong.textContent = "";
    try {
      await this.export(key, title, kind);
    } catch (error) {
      wrong.textContent = error.message;
    }
  }

  // A chart as a file that stands by itself.
  async export(key, title, kind) {
    if (key === WHALE && !this.customers.found) throw new Error("The customers have not arrived.");
    const { courses, events, regimes, origin, pairs } = this.result;
    const names = ["A", "B"].map((firm, place) => `${firm} ${words(regimes[place])}`);
    const first = `${origin.scenario}, seed ${origin.seeds[0]}`;
    const said = key === WHALE
      ? { title, subtitle: [`Cumulative profit over customers, the most profitable first; ${first}`, this.version()] }
      : { title: this.view === "gap" ? `${title}: A − B` : title, subtitle: [
        `${origin.scenario}, ${pairs} pairs, seeds ${origin.seeds[0]} to ${origin.seeds[1]}; means over 13 weeks; ${this.bands()}`,
        ...(this.view === "gap" ? [names.join(", ")] : []), this.version()] };
    const made = key === WHALE
      ? await pictureOfWhale(this.customers.found, names, said, kind)
      : await pictureOf(courses[key], this.view, events, names, said, kind);
    save(`${key}${this.view === "gap" && key !== WHALE ? "-difference" : ""}.${kind}`, made, made.type);
  }

  version() {
    const { origin } = this.result;
    return `raison, model ${origin.model}, source ${origin.code.slice(0, 12)}`;
  }

  bands() {
    const { pairs } = this.result;
    if (this.view === "gap") return pairs > 3 ? "band: the whole course lies within it with 95 % probability" : "the band needs four replications";
    return pairs > 1 ? "band: eight in ten replications" : "one replication, no band yet";
  }

  fill(card) {
    const row = this.result.measures.find((one) => one.key === card.dataset.key);
    const [title, numbers, sure] = card.children;
    title.textContent = words(row.label);
    const side = (firm, value) => make("span", { class: `firm-${firm}` }, make("span", { class: "swatch" }), `${firm.toUpperCase()} `,
      this.origin.button(card.dataset.key, value, { class: "value", "aria-label": `${value}: where this comes from` }));
    numbers.replaceChildren(side("a", row.a), side("b", row.b));
    sure.textContent = row.interval
      ? `A − B: ${row.difference} (95 % interval ${row.interval})${row.sign ? "" : "; these runs cannot tell them apart"}`
      : `A − B: ${row.difference}, in one replication: no interval yet`;
  }

  async drawCharts() {
    if (!this.result) return;
    const { courses, events, regimes } = this.result;
    byId("legend").replaceChildren(...(this.view === "gap" ? ["A less B; "] : [
      make("span", { class: "firm-a" }, make("span", { class: "swatch" }), `A ${words(regimes[0])}`), "  ",
      make("span", { class: "firm-b" }, make("span", { class: "swatch" }), `B ${words(regimes[1])} (dashed)`), "; "]),
    `means over 13 weeks; ${this.bands()}`);
    for (const card of byId("cards").children) {
      card.querySelector(".scroll").replaceChildren(table(courses[card.dataset.key], this.view, this.bands()));
    }
    for (const card of byId("cards").children) {
      await draw(card.querySelector(".chart"), courses[card.dataset.key], this.view, events);
    }
  }

  listMeasures() {
    if (!this.result) return;
    const rows = this.result.measures.filter((one) => this.details || !one.detail);
    byId("measures").replaceChildren(...rows.map((one) => make("tr", {},
      make("th", { scope: "row" }, this.origin.button(one.key, words(one.label), { class: "plain", title: "Where this comes from" })),
      ...[one.a, one.b, one.difference, one.interval ?? "–", one.a_wins == null ? "–" : `${Math.round(100 * one.a_wins)} %`]
        .map((text) => make("td", { class: "number" }, text)))));
  }

  async replay(id) {
    const [{ Player }, trace] = await Promise.all([player(), read(`/api/jobs/${id}/trace`)]);
    if (this.id !== id) return;
    this.player?.destroy();
    byId("player").replaceChildren();
    byId("replay-says").textContent = "One replication, week by week: who passes work to whom, and where it waits. Choose a department for its queue.";
    this.player = new Player(byId("player"), trace);
  }
}
