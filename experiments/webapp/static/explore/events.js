// Events on a list: a week, what happens, and what goes with it.

import { byId, make, words } from "./dom.js";

// For each kind: what its own value is, and what has to go with it.
const KINDS = {
  cut: { of: "department", more: { share: 0.3 }, text: "A department loses a share of its seats" },
  budget_round: { value: 0.1, text: "All budgets are cut" },
  need_shift: { of: "segment", more: { size: 0.5 }, text: "Needs of a segment move" },
  competitor_entry: { of: "segment", more: { strength: 1 }, text: "A competitor goes for a segment" },
  demand_surge: { value: 0.3, more: { weeks: 13 }, text: "More demand for some weeks" },
  price_war: { value: 0.1, more: { weeks: 26 }, text: "The competitor lowers its price" },
  recession: { value: 0.2, more: { weeks: 52 }, text: "Customers use less for some weeks" },
  technology_change: { value: 0.5, text: "Technology changes; everyone relearns" },
};
const FIRST_WEEK = 52;

export class Events {
  constructor(state, changed) {
    this.state = state;
    this.changed = changed;
    byId("event-add").addEventListener("click", () => {
      this.edited().push(this.event("cut", FIRST_WEEK));
      this.draw();
      this.changed();
      byId("events").lastElementChild.querySelector("select").focus();
    });
  }

  show(scenario) {
    this.scenario = scenario;
    this.draw();
  }

  // The events of the question: from the first change on, its own.
  edited() {
    this.state.events ??= structuredClone(this.scenario.events);
    return this.state.events;
  }

  names(of) {
    const { organisation, market } = this.scenario;
    return (of === "department" ? organisation.departments : market.segments).map((one) => one.name);
  }

  event(kind, week) {
    const { of, value, more } = KINDS[kind];
    return { week, [kind]: of ? this.names(of)[0] : value, ...more };
  }

  draw() {
    const events = this.state.events ?? this.scenario.events;
    byId("events").replaceChildren(...events.map((event, place) => this.row(event, place)));
    byId("events-count").textContent = events.length ? `${events.length}` : "";
  }

  row(event, place) {
    const kind = Object.keys(KINDS).find((name) => name in event);
    const set = (key, value) => {
      this.edited()[place][key] = value;
      this.changed();
    };
    const number = (key, label) => make("div", { class: "field" },
      make("label", { for: `event-${place}-${key}` }, label),
      make("input", { id: `event-${place}-${key}`, type: "number", step: "any", value: event[key], onchange: (e) => set(key, Number(e.target.value)) }));
    const remove = make("button", { class: "button button-plain", type: "button", "aria-label": `Remove event ${place + 1}`, onclick: () => {
      this.edited().splice(place, 1);
      this.draw();
      this.changed();
      byId("event-add").focus();
    } }, "Remove");
    if (!kind) { // of a kind that is shown but not edited here
      return make("li", { class: "stack-tight" }, `Week ${event.week}: ${Object.keys(event).filter((key) => key !== "week").map(words).join(", ")}`, remove);
    }
    const { of, more } = KINDS[kind];
    const choose = make("select", { "aria-label": `What happens in event ${place + 1}`, onchange: (e) => {
      this.edited()[place] = this.event(e.target.value, event.week);
      this.draw();
      this.changed();
    } }, ...Object.entries(KINDS).map(([name, { text }]) => make("option", { value: name, selected: name === kind }, text)));
    const own = of
      ? make("div", { class: "field" }, make("label", { for: `event-${place}-of` }, words(of)),
        make("select", { id: `event-${place}-of`, onchange: (e) => set(kind, e.target.value) },
          ...this.names(of).map((name) => make("option", { value: name, selected: name === event[kind] }, words(name)))))
      : number(kind, "How much");
    return make("li", {}, make("div", { class: "stack-tight" }, choose,
      make("div", { class: "pair" }, number("week", "Week"), own, ...Object.keys(more ?? {}).map((key) => number(key, words(key)))), remove));
  }
}
