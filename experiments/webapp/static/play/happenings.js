// Something that befalls every team's firm in the same week, chosen in plain words.

import { byId, make, words } from "../explore/dom.js";
import { asking, tell } from "./parts.js";

// For each kind: what it is called, three sizes, what is sent for a size, and what teams are told.
const KINDS = {
  recession: {
    name: "A recession", sizes: [0.1, 0.2, 0.35],
    event: (size) => ({ recession: size, weeks: 26 }),
    text: (size) => `Customers use ${percent(size)} less for half a year.`,
  },
  demand_surge: {
    name: "A rush of demand", sizes: [0.15, 0.3, 0.6],
    event: (size) => ({ demand_surge: size, weeks: 8 }),
    text: (size) => `${percent(size)} more demand than usual, for eight weeks.`,
  },
  price_war: {
    name: "A price war", sizes: [0.08, 0.15, 0.25],
    event: (size) => ({ price_war: size, weeks: 13 }),
    text: (size) => `The competitor is cheaper by ${percent(size)} for a quarter.`,
  },
  need_shift: {
    name: "Customers want something else", of: "segments", sizes: [0.25, 0.5, 1],
    event: (size, segment) => ({ need_shift: segment, size }),
    text: (_, segment) => `${words(segment)} customers want something else than they did.`,
  },
  competitor_entry: {
    name: "A new competitor", of: "segments", sizes: [0.4, 0.7, 1],
    event: (size, segment) => ({ competitor_entry: segment, strength: size }),
    text: (_, segment) => `A new competitor goes for your ${segment} customers.`,
  },
  technology_change: {
    name: "New technology", sizes: [0.25, 0.5, 1],
    event: (size) => ({ technology_change: size }),
    text: () => "Technology changes: needs move in all segments, and everyone has to relearn.",
  },
  budget_round: {
    name: "A round of budget cuts", sizes: [0.05, 0.1, 0.2],
    event: (size) => ({ budget_round: size }),
    text: (size) => `The owners take ${percent(size)} out of all budgets.`,
  },
  cut: {
    name: "A department loses seats", of: "departments", sizes: [0.15, 0.3, 0.5],
    event: (size, department) => ({ cut: department, share: size }),
    text: (size, department) => `${words(department)} loses ${percent(size)} of its seats.`,
  },
};
const SIZES = ["mild", "strong", "severe"];

const percent = (share) => `${Math.round(100 * share)} %`;

export class Happenings {
  /** inject(shock) asks the server. */
  constructor(rules, inject) {
    this.names = {
      segments: rules.segments,
      departments: rules.departments.filter(({ seats }) => seats > 1).map(({ name }) => name),
    };
    this.written = false; // whether the facilitator has worded it
    byId("happen-kind").replaceChildren(...Object.entries(KINDS).map(([kind, { name }]) => make("option", { value: kind }, name)));
    byId("happen-size").replaceChildren(...SIZES.map((size, place) => make("option", { value: place, selected: place === 1 }, words(size))));
    byId("happen-kind").addEventListener("change", () => { this.draw(); });
    byId("happen-size").addEventListener("change", () => this.word());
    byId("happen-of").addEventListener("change", () => this.word());
    byId("happen-text").addEventListener("input", () => { this.written = byId("happen-text").value !== ""; });
    byId("happen-form").addEventListener("submit", (event) => event.preventDefault());
    asking(byId("happen-send"), byId("happen-wrong"), async () => {
      const told = this.shock();
      await inject(told);
      this.written = false;
      this.draw();
      tell(byId("happen-done"), `It will happen in week 5 of quarter ${told.quarter + 1}. ${told.warned ? "Teams are told when they decide on it." : "Teams are not warned."}`);
    });
    this.draw();
  }

  get kind() {
    return KINDS[byId("happen-kind").value];
  }

  draw() {
    const { of } = this.kind;
    byId("happen-of-field").hidden = !of;
    byId("happen-of-label").textContent = of === "departments" ? "Which department" : "Which customers";
    if (of) byId("happen-of").replaceChildren(...this.names[of].map((name) => make("option", { value: name }, words(name))));
    this.word();
  }

  word() {
    tell(byId("happen-done"), "");
    if (!this.written) byId("happen-text").value = this.kind.text(this.size, this.of);
  }

  get size() {
    return this.kind.sizes[byId("happen-size").value];
  }

  get of() {
    return this.kind.of ? byId("happen-of").value : undefined;
  }

  shock() {
    return {
      quarter: Number(byId("happen-when").value),
      happens: this.kind.event(this.size, this.of),
      text: byId("happen-text").value.trim(),
      warned: byId("happen-warned").checked,
    };
  }

  /** Offer the quarters that have not closed. */
  show({ phase, quarter, quarters }) {
    if (phase !== "playing" || this.from === quarter) return;
    const chosen = byId("happen-when").value;
    tell(byId("happen-done"), "");
    this.from = quarter;
    byId("happen-when").replaceChildren(...Array.from({ length: quarters - quarter }, (_, later) => quarter + later)
      .map((each) => make("option", { value: each, selected: String(each) === chosen }, each === quarter ? `This quarter (${each + 1})` : `Quarter ${each + 1}`)));
  }
}
