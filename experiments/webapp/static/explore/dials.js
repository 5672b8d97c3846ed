// The twelve dials of both firms, side by side.

import { byId, make, words } from "./dom.js";

const MEASURES = ["customer_metric", "local_metric", "manager_metric"];

// The three measures add up to one: those that are not given make room, as in the model.
function completed(base, given) {
  const told = MEASURES.filter((dial) => dial in given);
  const free = MEASURES.filter((dial) => !(dial in given));
  const rest = 1 - told.reduce((sum, dial) => sum + given[dial], 0);
  const result = { ...base, ...given };
  if (!told.length || !free.length || rest < -1e-9) return result;
  const total = free.reduce((sum, dial) => sum + base[dial], 0);
  for (const dial of free) {
    result[dial] = Math.max(0, rest) * (total > 0 ? base[dial] / total : 1 / free.length);
  }
  return result;
}

export class Dials {
  // changed() is called after every move.
  constructor(catalogue, state, own, changed) {
    this.catalogue = catalogue;
    this.state = state;
    this.own = own;
    this.changed = changed;
    this.sliders = {};
    byId("dials").replaceChildren(...catalogue.dials.map((dial) => this.row(dial)));
    byId("dials-reset").addEventListener("click", () => {
      for (const firm of this.state.firms) firm.dials = {};
      this.changed();
    });
  }

  row(dial) {
    const name = words(dial.name);
    const about = make("details", {},
      make("summary", {}, name),
      make("p", {}, dial.meaning),
      make("p", {}, `Price: ${dial.price}`),
      make("p", {}, `From 0 to 1. Claims: ${dial.claims.join(", ")} (in the project’s documentation).`));
    const sliders = ["a", "b"].map((firm, place) => {
      const output = make("output", { "aria-live": "off" }); // the slider itself says its value
      const input = make("input", {
        type: "range", min: 0, max: 1, step: 0.01, class: `firm-${firm}`,
        "aria-label": `${name}, firm ${firm.toUpperCase()}`,
        oninput: () => this.move(place, dial.name, Number(input.value)),
      });
      return { input, output };
    });
    this.sliders[dial.name] = sliders;
    return make("div", { class: "dial" }, about,
      ...sliders.map(({ input, output }) => make("div", { class: "slider" }, input, output)));
  }

  move(place, dial, value) {
    const { dials } = this.state.firms[place];
    if (MEASURES.includes(dial)) {
      // the measure that was moved last decides; the other two share what it leaves
      const now = this.values(place);
      for (const other of MEASURES) delete dials[other];
      const moved = completed(now, { [dial]: value });
      const [first, second] = MEASURES.filter((other) => other !== dial);
      dials[dial] = value;
      dials[first] = Math.min(round(moved[first]), round(1 - value));
      dials[second] = round(Math.max(0, 1 - value - dials[first]));
    } else {
      dials[dial] = value;
    }
    const base = this.base(place);
    if (MEASURES.every((other) => Math.abs((dials[other] ?? base[other]) - base[other]) < 1e-9)) {
      for (const other of MEASURES) delete dials[other];
    }
    if (dials[dial] !== undefined && Math.abs(dials[dial] - base[dial]) < 1e-9 && !MEASURES.includes(dial)) {
      delete dials[dial];
    }
    this.changed();
  }

  base(place) {
    const { regime } = this.state.firms[place];
    const found = this.catalogue.regimes.find((one) => one.name === regime);
    return found ? found.dials : this.own();
  }

  values(place) {
    return completed(this.base(place), this.state.firms[place].dials);
  }

  // The dials in which the two firms differ, the most different first.
  differences() {
    const [a, b] = [this.values(0), this.values(1)];
    return Object.keys(this.sliders).map((name) => ({ name, a: a[name], b: b[name] }))
      .filter(({ a: x, b: y }) => Math.abs(x - y) > 1e-9)
      .sort((x, y) => Math.abs(y.a - y.b) - Math.abs(x.a - x.b));
  }

  // Bring a dial into view, ready to be moved.
  goTo(dial) {
    byId("dials-group").open = true;
    const [{ input }] = this.sliders[dial];
    input.scrollIntoView({ block: "center" });
    input.focus();
  }

  show() {
    let moved = 0;
    this.state.firms.forEach((firm, place) => {
      const values = this.values(place);
      for (const [dial, sliders] of Object.entries(this.sliders)) {
        const { input, output } = sliders[place];
        const own = dial in firm.dials;
        input.value = values[dial];
        output.textContent = values[dial].toFixed(2);
        output.classList.toggle("moved", own);
        moved += own;
      }
    });
    byId("dials-count").textContent = moved ? `${moved} moved` : "";
    byId("dials-reset").hidden = !moved;
  }
}

const round = (value) => Math.round(value * 1e6) / 1e6;
