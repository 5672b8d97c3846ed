// Story: eight chapters and an ending. The place is in the fragment of the address (#3, #end), what
// was guessed and found in this browser's memory.

import { read } from "/static/explore/api.js";
import { byId, make } from "/static/explore/dom.js";
import { Chapter } from "./chapter.js";
import { Ending } from "./ending.js";
import { forget, open, recall } from "./memory.js";

const END = "end";

let chapters = [];
let shown = null; // what is on the page
let where = null; // the fragment it belongs to

// Texts that follow one another fast would be lost: the last one counts.
const say = (text) => { byId("said").textContent = text; };

function place() {
  const said = location.hash.slice(1);
  if (said === END) return END;
  const number = Number(said);
  return Number.isInteger(number) && number >= 1 && number <= chapters.length ? String(number) : null;
}

// The first chapter that is not answered, for those who come without a fragment.
function next() {
  const open = chapters.findIndex(({ key }) => !recall(key)?.over);
  return open < 0 ? END : String(open + 1);
}

function show(focus) {
  const target = place() ?? where ?? next();
  if (location.hash !== `#${target}`) history.replaceState(null, "", `#${target}`); // such as after #main
  if (target === where) return;
  shown?.end();
  where = target;
  shown = target === END ? new Ending(chapters, { forget: again })
    : new Chapter(chapters, Number(target), { say, changed: list });
  byId("chapter").replaceChildren(shown.element);
  byId("chapter").setAttribute("aria-busy", "false");
  document.title = `${target === END ? "Your guesses" : `${target}. ${chapters[target - 1].title}`} · Story · raison`;
  list();
  if (focus) {
    scrollTo(0, 0);
    shown.heading.focus({ preventScroll: true });
  }
}

function again() {
  forget();
  where = null;
  location.hash = "#1";
}

function list() {
  const item = (target, number, title, done) => make("li", {},
    make("a", { href: `#${target}`, "aria-current": target === where ? "page" : null, class: done ? "done" : null, title },
      make("span", { "aria-hidden": "true" }, number),
      make("span", { class: "visually-hidden" }, `${title}${done ? ", answered" : ""}`)));
  byId("chapters").replaceChildren(
    ...chapters.map(({ key, title }, i) => item(String(i + 1), String(i + 1), `Chapter ${i + 1}: ${title}`, Boolean(recall(key)?.over))),
    item(END, "End", "Your guesses, and what came out", false));
}

async function start() {
  byId("wrong").hidden = true;
  try {
    ({ chapters } = await read("/api/story"));
  } catch (error) {
    byId("wrong").hidden = false;
    byId("wrong-text").textContent = error.message;
    return;
  }
  open(chapters);
  show(false);
}

byId("again").addEventListener("click", start);
window.addEventListener("hashchange", () => chapters.length && show(true));
start();
