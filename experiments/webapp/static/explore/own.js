// A scenario of the visitor's own: chosen, dropped or written, checked by the server, then used.

import { ask, text } from "./api.js";
import { byId, make } from "./dom.js";
import { pack } from "./packed.js";

const QUIET_MS = 600; // after the last letter, before a text is checked

export class Own {
  // use(own, scenario) takes a text that is right; start() gives the question to begin a text from.
  constructor(state, most, start, use) {
    this.state = state;
    this.most = most;
    this.dialog = byId("own-dialog");
    this.area = byId("own-text");
    this.start = start;
    byId("own-open").addEventListener("click", () => this.open());
    byId("own-cancel").addEventListener("click", () => this.dialog.close());
    byId("own-file").addEventListener("change", (event) => this.take(event.target.files));
    byId("own-template").addEventListener("click", () => this.template());
    byId("own-form").addEventListener("submit", async (event) => {
      event.preventDefault();
      const scenario = await this.check();
      if (!scenario) {
        byId("own-said").scrollIntoView({ block: "nearest" });
        return;
      }
      use({ text: this.area.value, packed: await pack(this.area.value) }, scenario);
      this.dialog.close();
    });
    this.area.addEventListener("input", () => this.checkSoon());
    this.dialog.addEventListener("dragover", (event) => event.preventDefault());
    this.dialog.addEventListener("drop", (event) => {
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      this.take(event.dataTransfer.files);
    });
  }

  open() {
    this.tell([]);
    if (this.state.own?.text) this.area.value = this.state.own.text;
    this.dialog.showModal();
    this.area.focus();
  }

  async take([file]) {
    if (!file) return;
    if (file.size > this.most) {
      this.tell([{ field: file.name, given: `${file.size} bytes`, allowed: `${this.most} at most` }]);
      return;
    }
    this.area.value = await file.text();
    byId("own-file").value = "";
    await this.check();
  }

  // Begin with the file of firm A as it stands.
  async template() {
    try {
      this.area.value = await text("/api/scenario.yaml?firm=0", this.start());
      this.area.setSelectionRange(0, 0);
      this.area.scrollTop = 0;
      await this.check();
    } catch (error) {
      this.say(error.message);
    }
  }

  checkSoon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.check(), QUIET_MS);
  }

  // The scenario that the text says, or nothing.
  async check() {
    clearTimeout(this.waiting);
    const own = this.area.value;
    if (!own.trim()) {
      this.say("Nothing is written yet.");
      return null;
    }
    if (own.length > this.most) {
      this.tell([{ field: "", given: `${own.length} characters`, allowed: `${this.most} at most` }]);
      return null;
    }
    try {
      const { problems, more, scenario } = await ask("/api/check", { scenario: this.state.scenario, own });
      if (own !== this.area.value) return null; // written on meanwhile
      this.tell(problems, more);
      if (scenario) this.say(`${scenario.name} is fine: ${scenario.organisation.departments.length} departments, ${scenario.market.customers} persons in the market.`);
      return scenario ?? null;
    } catch (error) {
      this.say(error.message);
      return null;
    }
  }

  say(sentence) {
    byId("own-problems").replaceChildren();
    byId("own-said").textContent = sentence;
    this.area.removeAttribute("aria-invalid");
  }

  tell(problems, more = 0) {
    this.say(problems.length ? `${problems.length + more} ${problems.length + more > 1 ? "problems" : "problem"}:` : "");
    if (problems.length) this.area.setAttribute("aria-invalid", "true");
    byId("own-problems").replaceChildren(...problems.map(({ line, field, given, allowed, nearest }) => make("li", {},
      line && make("button", { class: "button button-plain", type: "button", onclick: () => this.goTo(line) }, `Line ${line}`),
      field && make("code", {}, field), `${field ? ": " : ""}given ${given}, allowed ${allowed}.`,
      nearest && make("strong", {}, ` Did you mean ${nearest}?`))),
    ...(more ? [make("li", {}, `and ${more} more`)] : []));
  }

  // Select a line of the text.
  goTo(line) {
    const lines = this.area.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    this.area.focus();
    this.area.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
    this.area.scrollTop = (this.area.scrollHeight / lines.length) * Math.max(0, line - 4);
  }
}
