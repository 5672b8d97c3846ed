// The customers of the first pair: who brings the profit, and the two lives of one of them.

import { read } from "./api.js";
import { drawWhale } from "./charts.js";
import { byId, make, words } from "./dom.js";

const per = (share) => `${Math.round(100 * share)} %`;

export class Customers {
  // differences() gives the dials in which the two firms differ; goTo(dial) shows one of them.
  constructor(differences, goTo) {
    this.differences = differences;
    this.goTo = goTo;
    byId("life-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.tell(Number(byId("life-uid").value));
    });
    byId("life-close").addEventListener("click", () => {
      byId("life").hidden = true;
      byId("life-uid").focus();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  // Ask for the customers of a job.
  async show(id) {
    if (this.id !== id) { // not when it is only tried again
      this.found = null;
      byId("life").hidden = true;
    }
    this.id = id;
    const found = await read(`/api/jobs/${id}/customers`);
    if (this.id !== id) return;
    this.found = found;
    byId("life-uid").max = found.people - 1;
    byId("fates").replaceChildren(...found.fates.map(({ uid, sentence }) => make("li", { class: "row" },
      make("span", {}, sentence),
      make("button", { class: "button", type: "button", "aria-label": `Why? Customer ${uid}`, onclick: () => this.tell(uid) }, "Why?"))));
    byId("fates-none").hidden = found.fates.length > 0;
    byId("fates-rule").textContent = found.rule;
    byId("whale-says").replaceChildren(...found.curves.map((curve, place) => this.sentence(curve, place)).flat());
    byId("whale").hidden = !found.curves.some(Boolean);
    await this.draw();
  }

  sentence(curve, place) {
    const { regimes, top_of: top } = this.found;
    const name = make("span", { class: `firm-${"ab"[place]}` }, make("span", { class: "swatch" }), words(regimes[place]));
    const says = curve
      ? `: of ${curve.customers} customers, the most profitable ${per(top)} bring ${per(curve.top)} of the profit; ${per(curve.losing)} cost more than they bring. `
      : ": its customers bring no profit altogether, so there is no curve. ";
    return [name, says];
  }

  async draw() {
    if (!this.found || byId("whale").hidden) return;
    await drawWhale(byId("whale"), this.found);
  }

  // Both lives of a customer, and the way back to the dials.
  async tell(uid) {
    const { id } = this;
    const life = byId("life");
    life.hidden = false;
    life.setAttribute("aria-busy", "true");
    byId("life-title").textContent = `Customer ${uid}`;
    byId("life-who").textContent = "Both firms are lived once more with this person in view …";
    byId("life-told").hidden = true;
    life.scrollIntoView({ block: "nearest" });
    byId("life-title").focus({ preventScroll: true });
    this.asked = uid;
    try {
      const told = await read(`/api/jobs/${id}/customers/${uid}`);
      if (this.asked === uid && this.id === id) this.fill(told);
    } catch (error) {
      if (this.asked === uid) byId("life-who").textContent = error.message;
    }
    life.removeAttribute("aria-busy");
  }

  fill({ who, lives, between }) {
    byId("life-who").textContent = who;
    byId("life-told").hidden = false;
    lives.forEach(({ regime, sentences }, place) => {
      const firm = "ab"[place];
      byId(`life-${firm}-name`).replaceChildren(make("span", { class: "swatch" }), `In ${words(regime)}`);
      byId(`life-${firm}`).replaceChildren(...sentences.map((sentence) => make("li", {}, ...dated(sentence))));
    });
    byId("life-between").replaceChildren(...between.map((sentence) => make("p", {}, ...dated(sentence))));
    const differences = this.differences();
    byId("life-dials-none").hidden = differences.length > 0;
    byId("life-dials").replaceChildren(...differences.map(({ name, a, b }) => make("li", {},
      make("button", { class: "button button-plain", type: "button", onclick: () => this.goTo(name) }, words(name)),
      make("span", { class: "number" }, `A ${a.toFixed(2)}, B ${b.toFixed(2)}`))));
  }
}

// A sentence with its date brought out.
function dated(sentence) {
  const found = /^(Week \d+ \(year \d+\)): (.*)$/s.exec(sentence);
  return found ? [make("strong", {}, `${found[1]}:`), ` ${found[2]}`] : [sentence];
}
