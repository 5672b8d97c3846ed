// Play, pause, where in time and how fast.

import { html, svg, write } from "./dom.js";
import { clockText } from "./words.js";

const SPEEDS = [1, 2, 4, 8, 16, 32]; // weeks a second
const PLAY = "M3 1.5 L14 8 L3 14.5 Z";
const PAUSE = "M3 2 H6.5 V14 H3 Z M9.5 2 H13 V14 H9.5 Z";
const TO_START = "M2 2 H4.5 V14 H2 Z M14 2 L5.5 8 L14 14 Z";

export class Controls {
  /** Buttons, a slider and a choice of speed for a player. */
  constructor(player, last) {
    this.picture = svg("path", { d: PLAY });
    this.word = html("span", {}, "Play");
    this.play = button(this.picture, this.word);
    this.play.classList.add("rp-play");
    this.play.addEventListener("click", () => player.toggle());
    const start = button(svg("path", { d: TO_START }), html("span", { class: "rp-unseen" }, "To the start"));
    start.addEventListener("click", () => player.seek(0));
    this.slider = html("input", {
      type: "range", min: 0, max: last, step: 1, value: 0, "aria-label": "Week", class: "rp-slider",
    });
    this.slider.addEventListener("input", () => player.seek(Number(this.slider.value)));
    this.clock = html("output", { class: "rp-clock", "aria-live": "off" });
    this.speed = html("select", { "aria-label": "Speed" }, ...SPEEDS.map(speedOption));
    this.speed.addEventListener("change", () => player.speed(Number(this.speed.value)));
    this.element = html("div", { class: "rp-controls", role: "group", "aria-label": "Play-back" },
      this.play, start, this.slider, this.clock, this.speed);
  }

  show(week) {
    this.slider.value = week;
    this.slider.setAttribute("aria-valuetext", clockText(week));
    write(this.clock, clockText(week));
  }

  playing(on) {
    this.picture.setAttribute("d", on ? PAUSE : PLAY);
    write(this.word, on ? "Pause" : "Play");
  }

  /** Show a speed; one that is not offered is added. */
  showSpeed(weeks) {
    if (![...this.speed.options].some((option) => Number(option.value) === weeks)) {
      this.speed.append(speedOption(weeks));
    }
    this.speed.value = String(weeks);
  }
}

function speedOption(weeks) {
  return html("option", { value: weeks }, `${weeks} ${weeks === 1 ? "week" : "weeks"}/s`);
}

function button(picture, word) {
  const icon = svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true", class: "rp-icon" }, picture);
  return html("button", { type: "button" }, icon, word);
}
