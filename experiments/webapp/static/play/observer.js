// For the facilitator's eyes: each team's dashboard beside what is the case, and what is yet to come.

import { byId, make, words } from "../explore/dom.js";
import { valueText } from "../player/words.js";
import { byQuarter, course } from "./course.js";
import { nameOf } from "./desk.js";
import { labelOf } from "./dashboard.js";
import { Rows } from "./parts.js";

const BOOKS = ["active", "retention", "profit", "cash"];
const CASE = ["friction", "engagement", "resentment", "entitlement", "product_gap"];

export class Observer {
  constructor(legend, { truth, against, quarters }) {
    Object.assign(this, { legend: { ...legend, ...truth }, against, quarters });
    this.teams = new Rows(byId("observed"), (team) => this.card(team));
  }

  show({ phase, room, coming }) {
    this.over = ["over", "revealed"].includes(phase);
    this.teams.show(room);
    byId("observed-empty").hidden = room.some(({ dashboard }) => dashboard);
    const inOrder = coming.toSorted((one, other) => one.quarter - other.quarter);
    byId("coming").replaceChildren(...inOrder.map(({ quarter, text, what, warned }) => make("li", {},
      make("strong", {}, `Quarter ${quarter + 1}: `), text || words(what), warned ? " (teams are warned)" : " (teams are not warned)")));
    byId("coming-box").hidden = phase !== "playing" && phase !== "lobby";
    byId("coming-empty").hidden = coming.length > 0;
  }

  card({ name }) {
    const body = make("tbody");
    const decides = make("p", { class: "small quiet" });
    const heads = ["", "Its dashboard says", "What is the case"].map((head, place) => (place
      ? make("th", { scope: "col", class: "number" }, head) : make("td")));
    const table = make("table", { class: "small observed" }, make("caption", { class: "visually-hidden" }, `${name}, last quarter`), make("thead", {}, make("tr", {}, ...heads)), body);
    const element = make("li", { class: "card stack-tight" }, make("h4", {}, name), decides, table);
    return { element, show: (team) => this.fill(team, element, body, decides) };
  }

  fill(team, element, body, decides) {
    decides.textContent = decisionText(team, this.over);
    const { dashboard, true: truth } = team;
    body.parentElement.hidden = !dashboard;
    if (!dashboard) return;
    const rows = [
      ...Object.entries(this.against).map(([seen, held]) => this.row(seen, dashboard.quarters[seen], truth.quarters[held])),
      ...BOOKS.map((key) => this.row(key, dashboard.quarters[key], null)),
      ...CASE.map((key) => this.row(key, null, truth.quarters[key])),
    ];
    body.replaceChildren(...rows);
  }

  row(key, seen, held) {
    const { unit } = this.legend[key];
    const cell = (values) => (values
      ? make("td", { class: "number" }, course(byQuarter(values), { quarters: this.quarters, unit }), " ", valueText(values.at(-1), unit))
      : make("td", { class: "number quiet" }, ""));
    return make("tr", {}, make("th", { scope: "row" }, labelOf(key, this.legend)), cell(seen), cell(held));
  }
}

// What a team has in hand, or has decided last.
function decisionText({ follows, pending, turns, capital }, over) {
  const moved = pending ? Object.entries(pending.dials).map(([dial, share]) => `${nameOf(dial)} to ${Math.round(1000 * share) / 10}`) : [];
  const last = turns.at(-1);
  const before = last ? (last.late ? "Late in the last quarter." : `Spent ${last.spent} of ${last.capital} points in the last quarter.`) : "";
  const now = follows ? `Follows ${words(follows).toLowerCase()}.` : pending ? `Has decided: ${moved.join(", ") || "no dial moved"}.` : "Has not decided.";
  return (over ? [before] : [now, before, `${capital} points to spend.`]).filter(Boolean).join(" ");
}
