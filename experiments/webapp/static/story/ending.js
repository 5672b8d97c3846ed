// The last page: all guesses beside what came out, and where to go from here.

import { make } from "/static/explore/dom.js";
import { recall } from "./memory.js";
import { markName, track } from "./outcome.js";
import { capital, lettered, link } from "./words.js";

export class Ending {
  constructor(chapters, { forget }) {
    const records = chapters.map(({ key }) => recall(key));
    const answered = records.filter((record) => record?.over);
    const count = (mark) => answered.filter(({ told }) => told.mark === mark).length;
    this.heading = make("h1", { tabindex: -1 }, "Your guesses, and what came out");
    const again = make("button", { class: "button", type: "button", onclick: forget }, "Forget my guesses and start again");
    this.element = make("div", { class: "stack ending" },
      this.heading,
      make("p", { class: "lead" }, summary(answered.length, chapters.length, count)),
      make("ol", { class: "results" }, ...chapters.map((chapter, i) => result(chapter, i + 1, records[i]))),
      make("h2", {}, "What to do next"),
      make("div", { class: "doors-of" },
        door(link(chapters[0].asked), "Explore", "Take a question further: any dial, any firm, any event, with every number down to its runs."),
        door("/play", "Play", "Run the same firm in teams, quarter by quarter, and see only what your own rules let you see.")),
      make("p", { class: "quiet" }, "What you have seen holds in this model, for these firms. Most of its coefficients are assumed; in Explore you can move each of them and see whether an answer stays."),
      make("p", {}, again));
  }

  end() {}
}

function summary(done, all, count) {
  if (!done) return "You have not guessed yet.";
  const parts = [
    [count("right"), "right"],
    [count("direction"), "right in direction"],
    [count("wrong"), "other than it came out"],
    [count("open"), "open"],
  ].filter(([number]) => number);
  const said = parts.map(([number, text]) => `${number} ${text}`).join(", ");
  return `${done} of ${all} chapters answered. Of your guesses: ${said || "none could be compared"}.`;
}

function result(chapter, number, record) {
  const title = make("h2", {}, make("a", { href: `#${number}` }, `${number}. ${chapter.title}`));
  if (!record?.over) return make("li", { class: "result" }, title, make("p", { class: "quiet" }, "Not answered yet."));
  const { told, guess } = record;
  const part = (name, ...content) => make("div", { class: "stack-tight" }, make("h3", { class: "small quiet" }, name), ...content);
  return make("li", { class: "result" }, title,
    part("Your guess", make("p", {}, ...lettered(capital(told.guess.replace(/^You expected: /, "")))),
      make("p", {}, make("strong", { class: "mark", "data-mark": told.mark }, markName(told.mark)))),
    part("What came out", make("p", {}, ...lettered(told.answer)), track(told, chapter.question.reach, guess),
      make("p", { class: "small quiet number" }, told.interval)));
}

function door(href, title, text) {
  return make("a", { class: "card door stack-tight", href }, make("h3", {}, title), make("p", { class: "quiet" }, text));
}
