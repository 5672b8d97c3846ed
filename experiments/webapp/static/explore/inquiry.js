// A question beyond the comparison, asked of the same two firms once it is finished: a button, how
// far it is, and what was found. Each has elements of its own, whose ids begin with its name.

import { ask, follow } from "./api.js";
import { byId, make, words } from "./dom.js";

const TENTHS = 10; // progress is told in steps of a tenth: it is read aloud

// What a question of its own kind adds: `path` of the server, `body()` of the request, `nothing(answer)`
// to say where there is no job, `show(found)`, `draw()`, and whether it may be asked `again`.
export class Inquiry {
  constructor(name, path, { again = false } = {}) {
    Object.assign(this, { name, path, again });
    this.leave();
    this.on("ask").addEventListener("click", () => this.ask());
    this.on("stop").addEventListener("click", () => this.stop());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  on(part) {
    return byId(`${this.name}-${part}`);
  }

  // The answers of another comparison have come: what was found belongs to the one before.
  withdraw(id) {
    if (this.of === id) return;
    this.leave();
    Object.assign(this, { of: null, found: null });
    byId(this.name).hidden = true;
  }

  // Whatever was asked is not waited for any more.
  leave() {
    this.unfollow?.();
    this.unfollow = null;
    this.asked = null;
  }

  // A comparison is finished: its question may be asked in another way.
  offer(id, question, { pairs }) {
    Object.assign(this, { question, pairs });
    byId(this.name).hidden = false;
    if (this.of === id) return;
    this.of = id;
    this.on("found").hidden = true;
    this.tell("");
    this.open(true);
  }

  // Either there is something to ask, or something to stop, or neither: it is all there.
  open(asking, stopping = false) {
    const { activeElement } = document;
    this.on("ask").hidden = !asking;
    this.on("stop").hidden = !stopping;
    this.on("actions").hidden = !asking && !stopping;
    if (activeElement?.closest(`#${this.name}-actions`) && !activeElement.checkVisibility()) {
      this.on(asking ? "ask" : stopping ? "stop" : "title").focus();
    }
  }

  // The measures to choose from; what was chosen stays, if it is among them.
  list(part, measures) {
    const chosen = this.on(part).value;
    this.on(part).replaceChildren(...measures.map(({ key, label }) => make("option", { value: key }, words(label))));
    this.on(part).value = measures.some(({ key }) => key === chosen) ? chosen : measures[0]?.key;
  }

  tell(sentence, { wrong = false, share = null } = {}) {
    if (this.on("said").textContent !== sentence) this.on("said").textContent = sentence;
    this.on("status").hidden = !sentence;
    for (const name of ["notice", "notice-wrong"]) this.on("status").classList.toggle(name, wrong);
    this.on("progress").hidden = share === null;
    this.on("progress").value = share ?? 0;
  }

  async ask() {
    this.leave();
    const asked = this.asked = {};
    this.open(false, true);
    this.tell("Asking …", { share: 0 });
    try {
      const answer = await ask(this.path, this.body());
      if (this.asked !== asked) return;
      if (answer.job) this.follow(answer.job.id);
      else {
        this.open(this.again);
        this.tell(this.nothing(answer));
      }
    } catch (error) {
      if (this.asked !== asked) return;
      this.open(true);
      this.tell(error.message, { wrong: true });
    }
  }

  // Of another job than the last, nothing is found yet.
  follow(id) {
    if (id !== this.id) {
      this.found = null;
      this.on("found").hidden = true;
    }
    this.id = id;
    let shown = Promise.resolve();
    const mine = () => this.unfollow === end;
    const end = follow(id, {
      result: (found) => {
        if (mine()) shown = this.show(found).catch((error) => this.tell(error.message, { wrong: true }));
      },
      state: (told) => shown.then(() => mine() && this.over(told)),
      lost: (closed) => mine() && this.lost(closed),
    });
    this.unfollow = end;
  }

  // Nobody looks any more: the server stops by itself, unless somebody else asked the same.
  stop() {
    this.leave();
    this.open(true);
    this.tell("Stopped. What is finished is kept: ask again to go on.");
  }

  lost(closed) {
    this.open(closed, !closed);
    this.tell(closed
      ? "The server does not answer. What is finished is kept: ask again to go on."
      : "The server does not answer. As soon as it is back, this goes on by itself.", { wrong: true });
  }

  over({ state, runs, total, error, compiling }) {
    const share = total ? Math.floor((TENTHS * runs) / total) / TENTHS : 0;
    const sentences = {
      waiting: "Waiting for a free processor …",
      running: compiling ? "The model is compiled for this machine: up to a minute, once."
        : total ? `${Math.round(100 * share)} % of ${total} runs are finished.` : "Preparing …",
      done: `All ${total} runs are finished.`,
      stopped: "Stopped. What is finished is kept: ask again to go on.",
      failed: `It failed: ${error}`,
    };
    const under = state === "waiting" || state === "running";
    this.open(state === "stopped" || state === "failed" || (this.again && !under), under);
    this.tell(sentences[state], { wrong: state === "failed", share: under ? share : null });
  }
}
