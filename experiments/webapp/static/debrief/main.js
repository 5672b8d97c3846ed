// The debrief of a room: one section after another, the same for the facilitator and for teams.

import { byId } from "../explore/dom.js";
import { html } from "../player/dom.js";
import { call } from "../play/room.js";
import { enter } from "./entry.js";
import { MOST_TEAMS } from "./palette.js";
import { legendOf } from "./sections.js";
import * as parts from "./sections.js";

const SECTIONS = [
  ["Dashboards", parts.dashboards],
  ["Decisions", parts.decisions],
  ["Others", parts.others],
  ["Luck", parts.luck],
  ["Customers", parts.customers],
  ["Discuss", parts.questions],
  ["Limits", parts.limits],
];

enter(byId("state"), (debrief, who) => {
  const own = debrief.teams.find(({ id }) => id === who.team);
  const others = debrief.teams.filter((team) => team !== own);
  const first = [...(own ? [own] : []), ...others].slice(0, MOST_TEAMS);
  byId("title").textContent = debrief.game.title;
  const [count, quarters] = [debrief.teams.length, debrief.quarters];
  byId("about").textContent = `Room ${who.code}: ${count} ${count === 1 ? "team" : "teams"}, ${quarters} quarters, one luck for all.`;
  byId("slides").href = `/play/slides#${who.code}`;
  byId("print").addEventListener("click", () => print());
  byId("tools").hidden = false;
  if (who.role === "host" && who.phase === "over") offerReveal(who);
  const choice = debrief.teams.length > MOST_TEAMS ? chooser(debrief.teams, first, draw) : null;

  function draw(teams) {
    const made = SECTIONS.map(([name, make]) => [name, make(debrief, teams)]);
    byId("ways").replaceChildren(...made.map(([name, section]) => wayTo(name, section)));
    byId("sections").replaceChildren(...(choice ? [choice] : []), legendOf(teams), ...made.map(([, section]) => section));
  }
  draw(first);
});

/** A button that leads to a section: an address of its own would take the place of the room's code. */
function wayTo(name, section) {
  const button = html("button", { class: "button button-plain", type: "button" }, name);
  button.addEventListener("click", () => {
    const heading = section.querySelector("h2");
    heading.focus({ preventScroll: true });
    section.scrollIntoView({ block: "start" });
  });
  return button;
}

function offerReveal({ code, token }) {
  const notice = byId("reveal");
  const button = notice.querySelector("button");
  notice.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await call("POST", `/api/rooms/${code}/reveal`, {}, token);
      notice.querySelector("p").textContent = "The teams see this page now.";
      button.remove();
    } catch (error) {
      button.disabled = false;
      notice.querySelector("p").textContent = error.message;
    }
  });
}

/** Which teams are drawn, where there are more than can be told apart. */
function chooser(teams, shown, change) {
  const boxes = teams.map((team) => {
    const box = html("input", { type: "checkbox" });
    box.checked = shown.includes(team);
    return [team, box];
  });
  function follow() {
    const picked = boxes.filter(([, box]) => box.checked).map(([team]) => team);
    for (const [, box] of boxes) box.disabled = box.checked ? picked.length === 1 : picked.length >= MOST_TEAMS;
    return picked;
  }
  follow();
  return html(
    "fieldset", { class: "chooser" },
    html("legend", {}, `Teams shown, ${MOST_TEAMS} at most`),
    html("div", { class: "row" }, ...boxes.map(([team, box]) => {
      box.addEventListener("change", () => {
        change(follow());
        box.focus();
      });
      return html("label", {}, box, ` ${team.name}`);
    })),
  );
}
