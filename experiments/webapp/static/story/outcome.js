// What came out: rows of differences with their intervals as pairs arrive, and what they mean.

import { make } from "/static/explore/dom.js";
import { lettered } from "./words.js";

const MARKS = {
  right: "Right",
  direction: "Right direction",
  wrong: "Other than you thought",
  open: "Open",
};

export const markName = (mark) => MARKS[mark] ?? "";

const place = (x, reach) => `${(50 * (Math.max(-1, Math.min(1, x / reach)) + 1)).toFixed(2)}%`;

// A difference on the scale from minus to plus reach: zero, the guess, the interval, the mean.
export function track({ difference, low, high }, reach, guess = null) {
  const at = (name, x) => {
    const mark = make("span", { class: name });
    mark.style.left = place(x, reach);
    return mark;
  };
  const parts = [make("span", { class: "track-zero" })];
  if (low != null && high != null) {
    const bar = at("track-interval", low);
    bar.style.right = `calc(100% - ${place(high, reach)})`;
    parts.push(bar);
  }
  if (difference != null) parts.push(at("track-mean", difference));
  if (typeof guess === "number") parts.push(at("track-guess", guess));
  return make("div", { class: "track", "aria-hidden": "true" }, ...parts);
}

// What the two sides of a scale stand for.
function sides({ minuend }) {
  const right = minuend.toUpperCase();
  return `To the right of the broken line: more in ${right}; to the left: more in ${right === "A" ? "B" : "A"}.`;
}

const pairs = (count) => `${count} ${count === 1 ? "pair" : "pairs"}`;

export const row = (told) => ({
  pairs: told.pairs, interval: told.interval, difference: told.difference, low: told.low, high: told.high,
});

export class Outcome {
  constructor(chapter, record) {
    this.reach = chapter.question.reach;
    this.guess = chapter.question.kind === "slider" ? record.guess : null;
    this.status = make("p", { class: "quiet small" });
    this.progress = make("progress", { max: 1, value: 0, "aria-label": "Runs finished" });
    this.heading = make("h2", { tabindex: -1, id: "outcome-title" }, "The model runs");
    this.said = make("p", { class: "answer" });
    this.key = make("p", { class: "quiet small track-key", "aria-hidden": "true" },
      make("span", { class: "track-sample track-mean" }), "mean of the pairs",
      make("span", { class: "track-sample track-interval" }), "95 % interval",
      ...(this.guess == null ? [] : [make("span", { class: "track-sample track-guess" }), "your guess"]),
      make("span", { class: "track-sides" }, sides(chapter.question)));
    this.rows = make("ol", { class: "rows", "aria-label": "As the pairs of firms arrive" });
    this.mark = make("strong", { class: "mark" });
    this.verdict = make("p", { class: "verdict" });
    this.guessed = make("p");
    this.failed = make("p", { class: "notice" });
    this.reasons = make("ul", { class: "stack-tight" });
    this.note = make("p", { class: "quiet small" }, chapter.note);
    this.after = make("div", { class: "stack" },
      make("div", { class: "beside stack-tight" }, this.guessed, make("p", { class: "row" }, this.mark), this.verdict),
      make("div", { class: "stack-tight" }, make("h3", {}, "What made it"), this.reasons, chapter.note ? this.note : null));
    this.element = make("section", { class: "card stack", "aria-labelledby": "outcome-title" },
      this.heading, this.status, this.progress, this.said, make("div", { class: "stack-tight" }, this.rows, this.key), this.failed, this.after);
    this.counted = new Set();
    this.after.hidden = this.key.hidden = this.failed.hidden = true;
    for (const found of record.rows ?? []) this.add(found);
    if (record.told) this.show(record.told);
  }

  at(sentence, share) {
    this.status.textContent = sentence;
    this.progress.value = share;
  }

  add(found) {
    if (found.difference == null || this.counted.has(found.pairs)) return;
    this.counted.add(found.pairs);
    this.key.hidden = false;
    this.rows.append(make("li", {},
      track(found, this.reach, this.guess),
      make("p", { class: "small number" }, `${pairs(found.pairs)}: ${found.interval}`)));
  }

  show(told) {
    this.said.replaceChildren(...lettered(told.answer));
    this.failed.hidden = !told.failed;
    this.failed.textContent = told.failed;
    this.add(row(told));
    this.guessed.textContent = told.guess;
    this.mark.textContent = markName(told.mark);
    this.mark.dataset.mark = told.mark;
    this.verdict.textContent = told.verdict;
    this.reasons.replaceChildren(...told.because.map((said) => make("li", {}, ...lettered(said))));
  }

  broken() {
    this.heading.textContent = "The run did not come to its end";
    this.status.textContent = "";
    this.progress.hidden = true;
  }

  // All runs are there: now it is compared with the guess.
  over(count) {
    this.heading.textContent = "What the model says";
    this.status.textContent = `${pairs(count)} of firms, each with the same customers and the same luck in A and in B.`;
    this.progress.hidden = true;
    this.after.hidden = false;
  }
}
