// A team on the facilitator's list: whether it is there and has decided, and who decides for it.

import { make, words } from "../explore/dom.js";
import { asking } from "./parts.js";

export function teamRow({ id, name }, regimes, act) {
  const state = make("span", { class: "team-state" });
  const secret = make("span", { class: "small quiet" });
  const wrong = make("div", { role: "alert" });
  const choice = make("select", { "aria-label": `Regime that decides for ${name}` },
    ...Object.keys(regimes).map((regime) => make("option", { value: regime }, words(regime))));
  const over = make("button", { class: "button", type: "button" }, "Hand over");
  const back = make("button", { class: "button", type: "button" }, "Give back");
  asking(over, wrong, () => act("hand-over", { team: id, regime: choice.value }));
  asking(back, wrong, () => act("hand-over", { team: id, regime: null }));
  const given = make("div", { class: "row hand" }, choice, over);
  const absent = make("details", { class: "team-absent" },
    make("summary", { class: "small" }, "Absent?", make("span", { class: "visually-hidden" }, ` ${name}`)),
    make("div", { class: "stack-tight" },
      make("p", { class: "small quiet" }, "A regime decides from now on, until you give the firm back."), given, back, wrong));
  const element = make("li", { class: "team-row", "data-team": id },
    make("div", { class: "team-line" }, make("strong", { class: "team-name" }, name), state), secret, absent);

  function show(team) {
    const kind = team.bot ? "bot" : !team.present ? "away" : team.phase !== "playing" ? "here" : team.decided ? "decided" : "thinking";
    const said = {
      bot: team.people ? "a bot decides" : "bot", here: "here", thinking: "deciding", decided: "decided",
      away: team.decided && team.phase === "playing" ? "away, decided" : "away",
    };
    element.dataset.kind = kind;
    state.textContent = said[kind];
    secret.textContent = team.open && team.follows ? `follows ${words(team.follows).toLowerCase()}` : "";
    absent.hidden = !team.people || ["over", "revealed"].includes(team.phase);
    given.hidden = Boolean(team.follows);
    back.hidden = !team.follows;
  }

  return { element, show };
}
