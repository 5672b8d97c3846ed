// One chapter: what is in the model by now, the guess, the run, what came of it, and what to try.

import { make } from "/static/explore/dom.js";
import { guessForm, guessKept } from "./guess.js";
import { keep, recall } from "./memory.js";
import { Outcome, row } from "./outcome.js";
import { replay, run } from "./run.js";
import { Tries } from "./tries.js";

const START = "Eight chapters of a few minutes each. You guess first, then the model runs, and your guess stands beside what came out. What you guess is kept in this browser only.";

export class Chapter {
  // `say` reads a sentence out, `changed` is called when the chapter is answered.
  constructor(chapters, number, { say, changed }) {
    Object.assign(this, { chapters, number, say, changed, chapter: chapters[number - 1], stop: () => {} });
    this.heading = make("h1", { tabindex: -1, id: "chapter-title" }, this.chapter.title);
    this.doing = make("div", { class: "stack" });
    this.element = make("div", { class: "chapter" }, this.reading(), this.doing);
    const record = recall(this.chapter.key);
    if (!record) this.askGuess();
    else if (record.over) this.answered(record);
    else this.begin(record.guess); // it was left while it ran
  }

  reading() {
    const { text, a, b, parts } = this.chapter;
    const firm = (letter, { name, describes }) => make("div", { class: `firm firm-${letter}` },
      make("p", {}, make("span", { class: "swatch" }), make("strong", {}, `${letter.toUpperCase()}: ${name}`)),
      make("p", { class: "small" }, describes));
    const here = parts.filter(({ since }) => since <= this.number);
    const later = parts.length - here.length;
    return make("section", { class: "reading stack", "aria-labelledby": "chapter-title" },
      make("p", { class: "quiet" }, `Chapter ${this.number} of ${this.chapters.length}`),
      this.heading,
      this.number === 1 ? make("p", { class: "quiet" }, START) : null,
      ...text.map((paragraph) => make("p", {}, paragraph)),
      make("div", { class: "firms-of" }, firm("a", a), firm("b", b)),
      make("div", { class: "stack-tight" },
        make("h2", { class: "parts-title" }, "In the model by now"),
        make("ul", { class: "parts" }, ...here.map(({ name, since }) => make("li", { class: since === this.number ? "part new" : "part" },
          since === this.number && this.number > 1 ? make("strong", {}, "New: ") : null, name))),
        make("p", { class: "quiet small" }, later
          ? `${later} more ${later === 1 ? "part comes" : "parts come"} in with later chapters and ${later === 1 ? "is" : "are"} switched off here.`
          : "Nothing is left out any more.")));
  }

  askGuess() {
    this.doing.replaceChildren(guessForm(this.chapter, (guess) => {
      this.begin(guess);
      this.outcome.heading.focus();
      this.say("The model runs. First results come in a few seconds.");
    }));
  }

  begin(guess) {
    const { chapter } = this;
    const record = { guess, rows: [], told: null, over: false };
    keep(chapter, record);
    this.stop();
    this.outcome = new Outcome(chapter, record);
    this.doing.replaceChildren(guessKept(chapter, guess), this.outcome.element);
    this.stop = run(this.number, chapter.asked, guess, {
      at: (sentence, share) => this.outcome.at(sentence, share),
      told: (told) => {
        if (told.state === "early") this.say(told.answer);
        record.told = told;
        if (!record.rows.some(({ pairs }) => pairs === told.pairs)) record.rows.push(row(told));
        this.outcome.show(told);
      },
      done: () => {
        record.over = record.told !== null;
        if (!record.over) return this.failed(guess, "No pair of firms came to its end.");
        keep(chapter, record);
        this.finish(record);
        this.say(`${record.told.answer} ${record.told.verdict}`);
        this.changed();
      },
      failed: (error) => this.failed(guess, error.message),
    });
  }

  failed(guess, sentence) {
    const again = make("button", { class: "button", type: "button", onclick: () => {
      this.begin(guess);
      this.outcome.heading.focus();
    } }, "Try again");
    this.outcome.broken();
    this.outcome.element.append(make("div", { class: "notice notice-wrong stack-tight", role: "alert" },
      make("p", {}, `${sentence} Your guess is kept.`), make("p", {}, again)));
  }

  answered(record) {
    this.outcome = new Outcome(this.chapter, record);
    this.doing.replaceChildren(guessKept(this.chapter, record.guess), this.outcome.element);
    this.finish(record);
  }

  // Everything that a chapter shows once it is answered.
  finish(record) {
    this.outcome.over(record.told.pairs);
    this.tries = new Tries(this.chapter, this.number, this.say);
    this.doing.append(this.tries.element);
    this.element.append(...(this.chapter.player ? [this.seeing()] : []), this.onward());
  }

  // The first pair at work, on request: it is a page of its own to read.
  seeing() {
    const here = make("div");
    const button = make("button", { class: "button", type: "button" }, "Show the first pair at work");
    const status = make("p", { class: "quiet small" });
    const heading = make("h2", { tabindex: -1, id: "seeing-title" }, "See it happen");
    button.addEventListener("click", async () => {
      status.textContent = "Fetching the two firms …";
      this.say(status.textContent);
      try {
        const [{ Player }, trace] = await Promise.all([import("/static/player/player.js"), replay(this.chapter.asked)]);
        trace.customers = []; // whose life went how belongs to explore
        ["a", "b"].forEach((letter, i) => { trace.firms[i].label = `${letter.toUpperCase()}: ${this.chapter[letter].name}`; });
        button.remove();
        status.remove();
        this.player?.destroy();
        this.player = new Player(here, trace);
        heading.focus();
      } catch (error) {
        status.textContent = error.message;
        this.say(error.message);
      }
    });
    return make("section", { class: "card stack across", "aria-labelledby": "seeing-title" }, heading,
      make("p", {}, "Who passes work to whom, and where it waits, week by week: one pair of firms of all those that ran."),
      button, status, here);
  }

  onward() {
    const next = this.chapters[this.number];
    return make("p", { class: "onward across" }, next
      ? make("a", { class: "button button-main", href: `#${this.number + 1}` }, `Chapter ${this.number + 1}: ${next.title}`)
      : make("a", { class: "button button-main", href: "#end" }, "All your guesses beside what came out"));
  }

  end() {
    this.stop();
    this.tries?.end();
    this.player?.destroy();
  }
}
