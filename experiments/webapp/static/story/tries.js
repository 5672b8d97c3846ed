// One thing to try: a dial or two, another run, and its answer beside the first.

import { make } from "/static/explore/dom.js";
import { track } from "./outcome.js";
import { run } from "./run.js";
import { lettered, link, moved, plain } from "./words.js";

export class Tries {
  constructor(chapter, number, say) {
    Object.assign(this, { chapter, number, say, stop: () => {} });
    this.sliders = chapter.tries.map((dial, i) => this.slider(dial, i));
    this.button = make("button", { class: "button button-main" }, "Run it again");
    this.status = make("p", { class: "quiet small" });
    this.list = make("ol", { class: "rows", "aria-label": "What you have tried" });
    this.explore = make("a", { class: "button" }, "Open this question in Explore");
    this.element = make("section", { class: "card stack", "aria-labelledby": "tries-title" },
      make("h2", { id: "tries-title" }, chapter.tries.length > 1 ? "Two things to try" : "One thing to try"),
      make("form", { class: "stack", onsubmit: (event) => this.go(event) },
        ...this.sliders.map(({ element }) => element),
        make("div", { class: "row" }, this.button, this.explore)),
      this.status, this.list);
    this.show();
  }

  slider(dial, i) {
    const id = `try-${i}`;
    const input = make("input", { type: "range", id, min: dial.low, max: dial.high, step: dial.step, value: dial.start,
      class: ["a", "b"].includes(dial.where) ? `firm-${dial.where}` : null });
    const output = make("output", { class: "number", for: id, "aria-live": "off" });
    input.addEventListener("input", () => this.show());
    return { input, output, dial, element: make("div", { class: "field" },
      make("label", { for: id }, ...lettered(dial.label)), make("div", { class: "slide" }, input, output)) };
  }

  get values() {
    return this.sliders.map(({ input }) => Number(input.value));
  }

  get question() {
    return moved(this.chapter.asked, this.chapter.tries, this.values);
  }

  show() {
    for (const { input, output, dial } of this.sliders) output.textContent = plain(Number(input.value), dial.step);
    this.explore.href = link(this.question);
  }

  go(event) {
    event.preventDefault();
    this.stop();
    const settings = this.sliders.map(({ dial }, i) => `${dial.label}: ${plain(this.values[i], dial.step)}`).join("; ");
    let last = null;
    this.element.setAttribute("aria-busy", "true");
    this.say("Running.");
    this.stop = run(this.number, this.question, null, {
      at: (sentence) => { this.status.textContent = sentence; },
      told: (told) => { last = told; },
      done: () => {
        this.ended(last ? "" : "No pair of firms came to its end.");
        if (last) this.add(settings, last);
      },
      failed: (error) => this.ended(`${error.message} Press the button to try again.`),
    });
  }

  ended(sentence) {
    this.element.removeAttribute("aria-busy");
    this.status.textContent = sentence;
    if (sentence) this.say(sentence);
  }

  add(settings, told) {
    this.list.prepend(make("li", { class: "stack-tight" },
      make("p", { class: "small quiet" }, settings),
      make("p", {}, ...lettered(told.answer)),
      track(told, this.chapter.question.reach),
      make("p", { class: "small number" }, [told.interval, told.failed].filter(Boolean).join(" "))));
    this.say(`${settings}. ${told.answer}`);
  }

  end() {
    this.stop();
  }
}
