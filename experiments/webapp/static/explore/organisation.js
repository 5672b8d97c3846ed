// The organisation: seats and wages of departments, and who works with whom, as a form beside a
// small drawing. Seats, wages and weights are overrides; edges that come or go are `state.edges`.

import { ask } from "./api.js";
import { byId, make, words } from "./dom.js";
import { Sketch } from "./sketch.js";
import { draft } from "./state.js";

const WEIGHT = 0.1; // of an edge that is new: requests of a head and week
const QUIET_MS = 250;
const DISTRIBUTORS = "distributors";
const ENDS = { serves: ["supplier", "requester"], reports_to: ["department", "to"], touches: ["source", "segment"] };

export class Organisation {
  constructor(shared, state, changed) {
    this.shared = shared;
    this.state = state;
    this.changed = changed;
    this.sketch = new Sketch(byId("organisation-sketch"), (name) => this.choose(name));
    byId("organisation-department").addEventListener("change", ({ target }) => this.choose(target.value));
    byId("organisation-reset").addEventListener("click", () => {
      this.state.edges = [];
      for (const key of Object.keys(this.state.overrides)) {
        if (key.startsWith("organisation.")) delete this.state.overrides[key];
      }
      this.edited();
    });
  }

  show(scenario) {
    this.scenario = scenario;
    const names = scenario.organisation.departments.map(({ name }) => name);
    const usual = scenario.organisation.departments.find(({ kind }) => kind === "service")?.name ?? names[0];
    this.choose(names.includes(this.chosen) ? this.chosen : usual);
    this.shown = null;
    this.refresh();
  }

  choose(name) {
    this.chosen = name;
    this.drawForm();
    this.drawSketch();
  }

  // Edges as they are with the changes.
  edges(kind) {
    const [from, to] = ENDS[kind];
    const found = new Map(this.scenario.organisation[kind].map((edge) => [`${edge[from]}.${edge[to]}`, { source: edge[from], target: edge[to], weight: edge.essential_per_head_week ?? null }]));
    for (const { kind: of, source, target, there, weight } of this.state.edges) {
      if (of === kind && there) found.set(`${source}.${target}`, { source, target, weight, added: true });
      else if (of === kind) found.delete(`${source}.${target}`);
    }
    return [...found.values()];
  }

  // Have an edge or have it not; back to what the scenario says leaves no trace.
  set(kind, source, target, there, weight = null) {
    const [from, to] = ENDS[kind];
    const same = (edge) => edge.kind === kind && edge.source === source && edge.target === target;
    this.state.edges = this.state.edges.filter((edge) => !same(edge));
    const before = this.scenario.organisation[kind].find((edge) => edge[from] === source && edge[to] === target);
    if (!there) delete this.state.overrides[this.weightKey(source, target)];
    if (there !== Boolean(before)) this.state.edges.push({ kind, source, target, there, weight });
    this.edited();
  }

  weightKey(supplier, requester) {
    return `organisation.serves.${supplier}.${requester}.essential_per_head_week`;
  }

  edited() {
    this.drawForm();
    this.changed();
  }

  // After any change of the question: what depends on it and can be drawn without disturbing anybody.
  refresh() {
    const { overrides, edges } = this.state;
    const own = Object.entries(overrides).filter(([key]) => key.startsWith("organisation."));
    const asked = JSON.stringify([own, edges]);
    if (!this.scenario || asked === this.shown) return;
    this.shown = asked;
    this.drawSketch();
    const count = own.length + edges.length;
    byId("organisation-count").textContent = count ? `${count} changed` : "";
    byId("organisation-reset").hidden = !count;
    byId("organisation-wrong").hidden = true;
    if (count) this.checkSoon();
    else clearTimeout(this.waiting);
  }

  // The scenario's own checks say whether the firm still holds together.
  checkSoon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(async () => {
      try {
        const asked = JSON.stringify(draft(this.state));
        const { problems } = await ask("/api/check", JSON.parse(asked));
        if (asked === JSON.stringify(draft(this.state))) this.tell(problems);
      } catch {
        // a server that is gone is told elsewhere
      }
    }, QUIET_MS);
  }

  tell(problems) {
    byId("organisation-wrong").hidden = !problems.length;
    byId("organisation-wrong").replaceChildren(...problems.map(({ field, given, allowed, nearest }) =>
      make("p", {}, make("code", {}, field), `: given ${given}, allowed ${allowed}.${nearest ? ` Did you mean ${nearest}?` : ""}`)));
  }

  drawSketch() {
    const { departments } = this.scenario.organisation;
    const seats = (one) => this.state.overrides[`organisation.departments.${one.name}.seats`] ?? one.seats;
    const edges = Object.fromEntries(Object.keys(ENDS).map((kind) => [kind, this.edges(kind)]));
    const drawn = departments.map((one) => ({ name: one.name, seats: seats(one), place: this.scenario.places[one.name] }));
    this.sketch.show(drawn, this.scenario.places.customers, edges, this.chosen);
  }

  drawForm() {
    const { departments } = this.scenario.organisation;
    const held = document.activeElement?.id;
    byId("organisation-department").replaceChildren(
      ...departments.map(({ name }) => make("option", { value: name, selected: name === this.chosen }, words(name))));
    byId("organisation-edges").replaceChildren(...this.form().filter(Boolean));
    if (held && document.activeElement?.id !== held) byId(held)?.focus();
  }

  form() {
    const { departments } = this.scenario.organisation;
    const one = departments.find(({ name }) => name === this.chosen);
    const place = `organisation.departments.${one.name}`;
    return [
      make("div", {},
        this.shared.input(`${place}.seats`, one.seats, { label: "Seats", min: 1, step: 1 }),
        this.shared.input(`${place}.wage_per_week`, one.wage_per_week, { label: "Wage a week", min: 1 })),
      this.superior(one.name, departments),
      this.touched(one.name, "Meets customers of"),
      this.served(one.name, departments),
      this.asked(one.name),
      this.scenario.distributors.count > 0 && this.touched(DISTRIBUTORS, "Distributors meet customers of"),
    ];
  }

  superior(name, departments) {
    const now = this.edges("reports_to").find(({ source }) => source === name)?.target ?? "";
    const options = [["", "Nobody"], ...departments.filter((other) => other.name !== name).map((other) => [other.name, words(other.name)])];
    return make("div", { class: "field" }, make("label", { for: "organisation-superior" }, "Reports to"),
      make("select", { id: "organisation-superior", onchange: ({ target }) => {
        if (now) this.set("reports_to", name, now, false);
        if (target.value) this.set("reports_to", name, target.value, true);
      } }, ...options.map(([value, label]) => make("option", { value, selected: value === now }, label))));
  }

  touched(source, legend) {
    const segments = this.scenario.market.segments.map(({ name }) => name);
    const there = new Set(this.edges("touches").filter((edge) => edge.source === source).map(({ target }) => target));
    return make("fieldset", { class: "row" }, make("legend", {}, legend), ...segments.map((segment) => make("label", { class: "tick" },
      make("input", { type: "checkbox", id: `touches-${source}-${segment}`, checked: there.has(segment), onchange: ({ target }) => this.set("touches", source, segment, target.checked) }),
      words(segment))));
  }

  // The colleagues who ask this department for work, each with how often.
  served(name, departments) {
    const edges = this.edges("serves").filter(({ source }) => source === name);
    const others = departments.map((one) => one.name).filter((other) => other !== name && !edges.some(({ target }) => target === other));
    const choose = make("select", { id: "serves-new", "aria-label": `Who else asks ${name} for work` },
      ...others.map((other) => make("option", { value: other }, words(other))));
    return make("section", { class: "stack-tight", "aria-labelledby": "serves-title" },
      make("h2", { id: "serves-title" }, "Asked for work by"),
      make("p", { class: "quiet small" }, "Requests that one employee of theirs needs in a week to do their own work."),
      make("ul", { class: "edges" }, ...edges.map((edge) => make("li", {}, this.weight(edge),
        make("button", { class: "button button-plain", type: "button", id: `serves-without-${edge.target}`, "aria-label": `${words(edge.target)} no longer asks ${name}`, onclick: () => {
          this.set("serves", name, edge.target, false);
          byId("serves-new").focus();
        } }, "Remove")))),
      others.length > 0 && make("div", { class: "row add" }, choose,
        make("button", { class: "button", type: "button", id: "serves-add", onclick: () => this.set("serves", name, choose.value, true, WEIGHT) }, "Add")));
  }

  // A weight of the scenario is an override; that of a new edge belongs to the edge.
  weight({ source, target, weight, added }) {
    if (!added) return this.shared.input(this.weightKey(source, target), weight, { label: words(target), min: 0, max: 5 });
    const id = `serves-weight-${target}`;
    return make("div", { class: "parameter" }, make("label", { for: id }, `${words(target)} (new)`),
      make("input", { id, type: "number", min: 0, max: 5, step: "any", value: weight, onchange: (event) => {
        this.state.edges.find((edge) => edge.kind === "serves" && edge.source === source && edge.target === target).weight = Number(event.target.value);
        this.changed();
      } }));
  }

  asked(name) {
    const suppliers = this.edges("serves").filter(({ target }) => target === name).map(({ source }) => words(source));
    return make("p", { class: "quiet small" }, suppliers.length ? `Asks in turn: ${suppliers.join(", ")}.` : "Asks nobody in turn.");
  }
}
