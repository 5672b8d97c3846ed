// The controls of a decision: twelve dials, standing choices, a cut, and the points that are left.

import { byId, make, words } from "../explore/dom.js";
import { Draft, MEASURES, STEPS_A_POINT } from "./draft.js";
import { counted } from "./parts.js";

const GROUPS = [
  ["Whom work is for", ["customer_priority", "line_of_sight", "listening", "focus", "distributor_voice"]],
  ["How colleagues work together", ["colleague_as_customer", "captivity", "risk_aversion", "care"]],
];
const STANDING = {
  marketing: ["Marketing", "Paid attention that brings leads, and its cost."],
  hire_for_willingness: ["Hire for willingness", "Newcomers chosen for their will to serve."],
};
const NAMES = { customer_metric: "By the customer's outcome", local_metric: "By their department's figures", manager_metric: "By their superior's opinion" };
const LEAST_CUT = 0.05;
const MOST_CUT = 0.5;
const FIRST_CUT = 0.2;

export const nameOf = (dial) => NAMES[dial] ?? words(dial);
const shown = (position) => String(position / STEPS_A_POINT);

export class Desk {
  /** changed() is called after each move that a person makes. */
  constructor(rules, changed) {
    this.rules = rules;
    this.changed = changed;
    this.draft = null;
    this.controls = {};
    byId("measures").replaceChildren(...MEASURES.map((dial) => this.dial(dial)));
    byId("dials").replaceChildren(...GROUPS.map(([title, dials]) =>
      make("section", { class: "dials" }, make("h3", {}, title), ...dials.map((dial) => this.dial(dial)))));
    byId("standing").replaceChildren(...Object.entries(STANDING).map(([key, about]) => this.choice(key, ...about)));
    byId("office-price").textContent = counted(rules.capital.office, "point");
    byId("office").addEventListener("change", () => this.edit((draft) => { draft.opening.office = byId("office").checked; }));
    this.cutControls();
    byId("back").addEventListener("click", () => this.edit((draft) => draft.take(null)));
  }

  /** Begin with where the dials stand, and perhaps what was decided already. */
  begin({ dials, capital }, decision, standing) {
    this.draft = new Draft(dials, capital, this.rules.capital.office);
    this.draft.take(decision);
    byId("opening").hidden = !standing;
    for (const [dial, { input }] of Object.entries(this.controls)) {
      // a range steps from its least value: from there where the dial stands has to be reached
      if (dial in dials) input.min = this.draft.base[dial] % STEPS_A_POINT;
    }
    this.show();
  }

  edit(change) {
    change(this.draft);
    this.show();
    this.changed();
  }

  dial(key) {
    const { meaning, price } = this.rules.dials[key];
    const about = `${meaning} Price: ${price}`;
    const set = (to) => this.edit((draft) => draft.move(key, to));
    return this.row(key, nameOf(key), about, set, () => this.draft.now[key]);
  }

  choice(key, name, about) {
    const set = (to) => this.edit((draft) => { draft.opening[key] = Math.min(1, Math.max(0, to / 1000)); });
    return this.row(key, name, about, set, () => Math.round(1000 * this.draft.opening[key]));
  }

  row(key, name, about, set, get) {
    const id = `about-${key}`;
    const explained = make("p", { class: "dial-about small quiet", id, hidden: true }, about);
    const more = make("button", {
      type: "button", class: "dial-more", "aria-expanded": "false", "aria-controls": id, "aria-label": `What this means: ${name}`,
      onclick: () => {
        explained.hidden = !explained.hidden;
        more.setAttribute("aria-expanded", String(!explained.hidden));
      },
    }, "?");
    const value = make("output", { class: "dial-value number", "aria-live": "off" });
    const input = make("input", { type: "range", min: 0, max: 1000, step: STEPS_A_POINT, "aria-label": name, "data-dial": key, oninput: () => set(Number(input.value)) });
    const base = make("span", { class: "dial-base", "aria-hidden": "true" });
    const nudge = (sign, says) => make("button", { type: "button", class: "dial-nudge", tabindex: -1, "aria-hidden": "true", onclick: () => set(get() + sign * STEPS_A_POINT) }, says);
    this.controls[key] = { input, value, base };
    return make("div", { class: "dial", "data-row": key },
      make("div", { class: "dial-head" }, make("span", { class: "dial-name" }, name), more, value),
      make("div", { class: "dial-move" }, nudge(-1, "−"), make("span", { class: "dial-track" }, base, input), nudge(1, "+")),
      explained);
  }

  cutControls() {
    const department = byId("cut-department");
    const share = byId("cut-share");
    const able = this.rules.departments.filter(({ seats }) => seats > 1);
    department.append(make("option", { value: "" }, "No cut"), ...able.map(({ name }) => make("option", { value: name }, words(name))));
    Object.assign(share, { min: LEAST_CUT, max: MOST_CUT, step: LEAST_CUT, value: FIRST_CUT });
    const change = () => this.edit((draft) => {
      draft.cut = department.value ? { department: department.value, share: Number(share.value) } : null;
    });
    department.addEventListener("change", change);
    share.addEventListener("input", change);
  }

  show() {
    const { draft } = this;
    for (const [dial, { input, value, base }] of Object.entries(this.controls)) {
      const standing = dial in STANDING;
      const from = standing ? 0 : draft.base[dial];
      const now = standing ? Math.round(1000 * draft.opening[dial]) : draft.now[dial];
      input.value = now;
      value.textContent = now === from ? shown(now) : `${shown(from)} → ${shown(now)}`;
      value.classList.toggle("moved", now !== from);
      input.setAttribute("aria-valuetext", now === from ? shown(now) : `${shown(now)}, moved from ${shown(from)}`);
      base.style.setProperty("--at", from / 1000);
    }
    byId("weighing").textContent = draft.weighing ? counted(draft.weighing, "point") : "";
    MEASURES.forEach((dial, place) => byId("balance").children[place].style.setProperty("flex-grow", draft.now[dial] / 10));
    byId("office").checked = draft.opening.office;
    byId("cut-department").value = draft.cut?.department ?? "";
    byId("cut-size").hidden = !draft.cut;
    if (draft.cut) byId("cut-share").value = draft.cut.share;
    byId("cut-says").textContent = draft.cut ? this.cutSays(draft.cut) : "";
    this.showPurse();
  }

  cutSays({ department, share }) {
    const percent = Math.round(100 * share);
    return `${percent} % of the seats of ${words(department)}, at once: ${counted(percent, "point")}.`;
  }

  showPurse() {
    const { price, capital, left } = this.draft;
    byId("left").textContent = left < 0 ? `${counted(-left, "point")} too many` : `${counted(left, "point")} left`;
    byId("purse").max = Math.max(capital, 1);
    byId("purse").value = Math.min(price, capital);
    byId("purse-box").classList.toggle("overspent", left < 0);
    byId("back").hidden = price === 0;
  }
}
