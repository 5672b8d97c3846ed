// The lesson, step by step; where one is stays in this browser.

import { byId, make } from "../explore/dom.js";

export class Plan {
  constructor(code, steps) {
    this.key = `raison.plan.${code}`;
    this.steps = steps;
    this.at = Math.min(Number(localStorage.getItem(this.key)) || 0, steps.length - 1);
    let minute = 0;
    this.rows = steps.map(({ minutes, what, say, wrong }) => {
      const when = `minutes ${minute} to ${(minute += minutes)}`;
      return make("li", { class: "plan-step" },
        make("p", {}, what, " ", make("span", { class: "quiet small number" }, when)),
        say ? make("p", { class: "plan-say" }, "Say: ", make("q", {}, say)) : null,
        wrong ? make("p", { class: "plan-say quiet" }, `If it goes wrong: ${wrong}`) : null);
    });
    byId("plan").replaceChildren(...this.rows);
    byId("plan-next").addEventListener("click", () => this.go(1));
    byId("plan-back").addEventListener("click", () => this.go(-1));
  }

  go(by) {
    this.at = Math.min(Math.max(this.at + by, 0), this.steps.length - 1);
    localStorage.setItem(this.key, this.at);
    this.show();
  }

  show() {
    this.rows.forEach((row, place) => {
      row.classList.toggle("plan-done", place < this.at);
      if (place === this.at) row.setAttribute("aria-current", "step");
      else row.removeAttribute("aria-current");
    });
    byId("plan-back").setAttribute("aria-disabled", String(this.at === 0));
    byId("plan-next").setAttribute("aria-disabled", String(this.at === this.steps.length - 1));
    byId("plan-at").textContent = `Step ${this.at + 1} of ${this.steps.length}`;
  }
}
