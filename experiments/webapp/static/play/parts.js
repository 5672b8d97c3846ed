// What the pages of a room have in common: refusals in plain words, the clock, the line to the server.

import { byId, make } from "../explore/dom.js";

const TICK_MS = 200;
const LAST_MINUTE = 60;

/** A refusal as one says it to somebody who is playing. */
export function plainly(error) {
  const { status, problem = {} } = error;
  const { field, allowed = "" } = problem;
  if (status === 404) return "There is no room with this code. Ask whoever opened the room to show it again.";
  if (status === 403) return "This browser is not in that room, or not in this role.";
  if (field === "name" && allowed.includes("no other team")) return "Another team has this name. Choose a different one.";
  if (field === "name") return "A team needs a name of 1 to 40 letters, digits or signs.";
  if (field === "team" && allowed.includes("teams in a room")) return `This room is full: ${allowed}.`;
  if (field === "do" && allowed.startsWith("join")) return "This game has begun already; nobody can join any more.";
  if (field === "disk") return "The server could not write to its disk: what you just sent does not count. Tell whoever runs the server.";
  if (field === "room" && allowed.includes("at the same time")) return "Too many screens are watching this room. Close one that is not needed.";
  if (field === "rooms") return `The server has no place for another room: ${allowed}.`;
  return error.message;
}

/** Jumps within the page move the focus and leave the address as it is: it holds the code of the room. */
export function keepAddress() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link) return;
    event.preventDefault();
    const target = byId(link.hash.slice(1));
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "start" });
  });
}

/** Say why this browser is not in the room; who was refused may ask again, with the token that stays. */
export function outside(why, refused = false) {
  document.body.dataset.state = "outside";
  byId("outside").hidden = false;
  byId("inside").hidden = true;
  byId("outside-why").textContent = why;
  byId("outside-kept").hidden = !refused;
  byId("outside-again").hidden = !refused;
  byId("outside-again").addEventListener("click", () => location.reload());
}

/** Show a sentence where one belongs, as something that is wrong or not; nothing takes it away. */
export function tell(region, text, wrong = false) {
  if (region.textContent === text) return;
  region.replaceChildren(...(text ? [make("p", { class: wrong ? "notice notice-wrong" : "notice" }, text)] : []));
}

/** Say whether the server is there; what is shown stays, and says how old it is. */
export function lineTold(region, state, error) {
  const now = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  document.body.dataset.line = state;
  if (state === "offline") tell(region, `${offlineWhy(error)} Everything below is as it was at ${now}. This page tries again by itself.`, true);
  else tell(region, "");
}

const offlineWhy = (error) => (error?.problem ? plainly(error) : "The server does not answer.");

const two = (number) => String(number).padStart(2, "0");
const clockText = (seconds) => `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;

/** The time that is left of a quarter, counted down from what the server said last. */
export class Clock {
  /** Writes into an element; said() gets the few moments that are worth saying aloud. */
  constructor(element, said) {
    this.element = element;
    this.said = said;
    this.told = "";
    setInterval(() => this.tick(), TICK_MS);
  }

  set({ seconds_left: left, paused }) {
    this.left = left;
    this.paused = paused;
    this.since = performance.now();
    this.tick();
  }

  get seconds() {
    if (this.left == null) return null;
    const gone = this.paused ? 0 : (performance.now() - this.since) / 1000;
    return Math.max(0, Math.ceil(this.left - gone));
  }

  tick() {
    const { seconds } = this;
    this.element.hidden = seconds === null;
    if (seconds === null) return;
    const text = clockText(seconds);
    if (this.element.textContent !== text) this.element.textContent = text;
    this.element.classList.toggle("clock-last", seconds <= LAST_MINUTE && !this.paused);
    const moment = seconds === 0 ? "zero" : seconds <= LAST_MINUTE ? "minute" : "";
    if (moment !== this.told) this.said((this.told = moment));
  }
}

/** Those rows that are still wanted, each made once and then kept up to date, so focus stays. */
export class Rows {
  constructor(list, makeRow) {
    this.list = list;
    this.makeRow = makeRow;
    this.rows = new Map();
  }

  show(items, key = (item) => item.id) {
    const wanted = new Set(items.map(key));
    for (const [name, row] of this.rows) {
      if (!wanted.has(name)) {
        row.element.remove();
        this.rows.delete(name);
      }
    }
    for (const [place, item] of items.entries()) {
      if (!this.rows.has(key(item))) this.rows.set(key(item), this.makeRow(item));
      const row = this.rows.get(key(item));
      // what is in its place already is not touched: moving it would take the focus away
      if (this.list.children[place] !== row.element) this.list.insertBefore(row.element, this.list.children[place] ?? null);
      row.show(item);
    }
  }
}

/** A button that asks the server; while it does, it cannot be pressed again. */
export function asking(button, region, work) {
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    tell(region, "");
    try {
      await work();
    } catch (error) {
      tell(region, plainly(error), true);
    } finally {
      button.removeAttribute("aria-disabled");
    }
  });
}

export const counted = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;
