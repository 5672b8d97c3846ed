// The handout or the lesson plan of one game: the one that the address names.

import { byId } from "../explore/dom.js";

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

const leaves = [...document.querySelectorAll(".leaf")];
const ways = [...document.querySelectorAll(".leaf-way")];
const twin = document.querySelector(".leaf-twin");
const keyOf = (leaf) => leaf.dataset.game;
let shown = keyOf(leaves[0]);

function show() {
  const asked = location.hash.slice(1);
  // a jump within the page, such as the one past the header, names no game
  if (leaves.some((leaf) => keyOf(leaf) === asked)) shown = asked;
  for (const leaf of leaves) leaf.hidden = keyOf(leaf) !== shown;
  for (const way of ways) {
    if (way.hash === `#${shown}`) way.setAttribute("aria-current", "page");
    else way.removeAttribute("aria-current");
  }
  twin.hash = shown;
}

addEventListener("hashchange", show);
byId("print").addEventListener("click", () => print());
const alone = byId("alone");
if (alone) alone.hidden = !LOOPBACK.test(location.hostname);
show();
