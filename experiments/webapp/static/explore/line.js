// The line to the server: says when it is down, looks for the server, and goes on when it is back.

import { byId } from "./dom.js";

const LOOK_MS = 2000;

export class Line {
  // again() asks once more for what was under way.
  constructor(again) {
    this.again = again;
    this.waiting = null;
    this.ended = false;
  }

  // The connection broke; `ended` if nothing will come of it any more, not even by itself.
  lost(ended) {
    this.ended ||= ended;
    byId("offline").hidden = false;
    document.body.classList.add("offline");
    this.waiting ??= setTimeout(() => this.look(), LOOK_MS);
  }

  found() {
    clearTimeout(this.waiting);
    this.waiting = null;
    this.ended = false;
    byId("offline").hidden = true;
    document.body.classList.remove("offline");
  }

  async look() {
    this.waiting = null;
    try {
      await fetch("/api/catalogue", { method: "GET", cache: "no-store" });
    } catch {
      this.lost(false);
      return;
    }
    if (!this.ended) { // the stream comes back by itself
      this.waiting = setTimeout(() => this.look(), LOOK_MS);
      return;
    }
    this.found();
    this.again();
  }
}
