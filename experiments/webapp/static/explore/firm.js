// What both firms share: market, offices, coefficients. Everything is an override by key.

import { byId, make, words } from "./dom.js";

const SHOWN_MOST = 40; // coefficients at once; the search finds the others

export class Shared {
  constructor(catalogue, state, changed) {
    this.catalogue = catalogue;
    this.state = state;
    this.changed = changed;
    byId("parameters-search").addEventListener("input", () => this.list());
    byId("parameters-group").addEventListener("toggle", () => this.list());
  }

  // A number, or a switch, for the value at a key.
  input(key, value, { label, meaning, ...limits }) {
    const id = `set-${key.replaceAll(".", "-")}`;
    const now = this.state.overrides[key] ?? value;
    const shared = { id, "data-key": key };
    const control = typeof value === "boolean"
      ? make("input", { ...shared, type: "checkbox", checked: now })
      : make("input", { ...shared, type: "number", value: now, step: "any", ...limits });
    control.addEventListener("change", () => {
      const given = typeof value === "boolean" ? control.checked : Number(control.value);
      if (typeof value !== "boolean" && control.value === "") control.value = given === 0 ? value : given;
      const set = typeof value === "boolean" ? control.checked : Number(control.value);
      if (set === value) delete this.state.overrides[key];
      else this.state.overrides[key] = set;
      this.changed();
    });
    return make("div", { class: "parameter" }, make("label", { for: id }, label), control, meaning && make("p", {}, meaning));
  }

  show(scenario) {
    const { market, offices } = scenario;
    byId("firm").replaceChildren(
      make("div", {},
        this.input("market.turbulence", market.turbulence, { label: "Turbulence", min: 0, max: 1, meaning: "Weekly drift of what customers need: 0.01 is calm, 0.1 is fast." }),
        this.input("market.customers", market.customers, { label: "Persons in the market", min: 1, step: 1, meaning: "Customers or not." }),
        this.input("market.active_at_start", market.active_at_start, { label: "Customers at the start", min: 1, step: 1 }),
        this.input("offices.cco", offices.cco, { label: "Chief customer officer", meaning: "An office with authority of its own that it has to earn." })));
    this.scenario = scenario;
    this.list();
    this.count();
  }

  list() {
    if (!byId("parameters-group").open || !this.scenario) return;
    const search = byId("parameters-search").value.trim().toLowerCase();
    const found = this.catalogue.parameters.filter((one) =>
      one.name in this.state.overrides ||
      [one.name, one.meaning, one.group].some((text) => text.toLowerCase().includes(search)));
    const moved = (one) => one.name in this.state.overrides;
    found.sort((x, y) => moved(y) - moved(x));
    byId("parameters-found").textContent = found.length > SHOWN_MOST
      ? `${found.length} coefficients; the first ${SHOWN_MOST} are shown.` : `${found.length} coefficients.`;
    byId("parameters").replaceChildren(...found.slice(0, SHOWN_MOST).map((one) => {
      const value = this.scenario.parameters[one.name] ?? one.default;
      const meaning = `${one.meaning} ${one.low} to ${one.high}, ${one.unit}. Source: ${one.source}.`;
      return this.input(one.name, value, { label: words(one.name), min: one.low, max: one.high, meaning });
    }));
  }

  count() {
    const names = new Set(this.catalogue.parameters.map((one) => one.name));
    const keys = Object.keys(this.state.overrides);
    const coefficients = keys.filter((key) => names.has(key)).length;
    const say = (count) => (count ? `${count} changed` : "");
    byId("parameters-count").textContent = say(coefficients);
    const organisation = keys.filter((key) => key.startsWith("organisation.")).length; // counted there
    byId("firm-count").textContent = say(keys.length - coefficients - organisation);
  }
}
