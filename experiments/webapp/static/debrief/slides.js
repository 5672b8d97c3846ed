// The debrief as slides: keys, buttons, a list to jump in, full screen, and two ways to keep them.

import { byId } from "../explore/dom.js";
import { html } from "../player/dom.js";
import { deck } from "./deck.js";
import { enter } from "./entry.js";
import { asPage, asPicture, keep } from "./keep.js";
import { sheet } from "./sheet.js";

const FORWARD = ["ArrowRight", "ArrowDown", "PageDown", " ", "Enter"];
const BACK = ["ArrowLeft", "ArrowUp", "PageUp", "Backspace"];

enter(byId("state"), (debrief, { code }) => {
  const slides = deck(debrief, code);
  const foot = `raison · ${debrief.game.title} · room ${code}`;
  const sections = slides.map((slide, i) => sheet(slide, i + 1, slides.length, foot));
  const list = byId("list");
  const key = `raison.slides.${code}`;
  let now = 0;

  byId("sheets").replaceChildren(...sections);
  list.replaceChildren(...slides.map(({ title }, i) => html("option", { value: i }, `${i + 1}. ${title}`)));

  function go(to, told = true) {
    now = Math.min(Math.max(to, 0), slides.length - 1);
    sections.forEach((section, i) => section.classList.toggle("now", i === now));
    list.value = now;
    byId("back").disabled = now === 0;
    byId("on").disabled = now === slides.length - 1;
    sessionStorage.setItem(key, now);
    if (told) byId("told").textContent = `Slide ${now + 1} of ${slides.length}: ${slides[now].title}`;
  }

  async function attempt(work) {
    byId("trouble").hidden = true;
    try {
      await work();
    } catch (error) {
      byId("trouble").textContent = error.message;
      byId("trouble").hidden = false;
    }
  }

  byId("back").addEventListener("click", () => go(now - 1));
  byId("on").addEventListener("click", () => go(now + 1));
  list.addEventListener("change", () => go(Number(list.value)));
  byId("debrief").href = `/play/debrief#${code}`;
  byId("full").addEventListener("click", () => attempt(() => byId("sheets").requestFullscreen()));
  byId("print").addEventListener("click", () => print());
  byId("page").addEventListener("click", () =>
    keep(`debrief-${code}.html`, asPage(sections, `${debrief.game.title}: debrief of room ${code}`)));
  byId("picture").addEventListener("click", () => attempt(async () => {
    const number = String(now + 1).padStart(2, "0");
    keep(`debrief-${code}-${number}.png`, await asPicture(sections[now]));
  }));

  addEventListener("keydown", (event) => {
    const own = event.target.closest?.("button, a, select, input");
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (own && (own.tagName === "SELECT" || [" ", "Enter"].includes(event.key))) return;
    if (FORWARD.includes(event.key)) go(now + 1);
    else if (BACK.includes(event.key)) go(now - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(slides.length - 1);
    else if (event.key === "f" && !document.fullscreenElement) attempt(() => byId("sheets").requestFullscreen());
    else return;
    event.preventDefault();
  });

  byId("deck").hidden = false;
  go(Number(sessionStorage.getItem(key) ?? 0), false);
});
