// The sections of a debrief, each from its numbers. `teams` are those shown, with their places.

import { html } from "../player/dom.js";
import { listed, words } from "../explore/dom.js";
import { course } from "./course.js";
import { dots } from "./dots.js";
import { fitted, rangeOf } from "./drawing.js";
import {
  FIGURES, beside, capital, decided, departmentText, gapText, idle, luckText, referencesByRegime, valueText,
} from "./facts.js";
import { teamTone } from "./palette.js";
import { fold, named, paragraphOf, pick, section, table } from "./parts.js";

const SIZE = 13; // of text in drawings, in pixels
const COURSE_HEIGHT = 190;
const MOST_OPEN = 3; // teams whose decisions are open from the start

const chart = (draw) => fitted(html("div", { class: "drawing" }), draw);

/** The range of a figure over all teams: their charts are read beside one another. */
export function commonRange(teams, figure, { legend }) {
  const values = teams.flatMap(({ gaps }) => [...gaps[figure].seen, ...gaps[figure].true]);
  return rangeOf(values, legend[figure].unit);
}

export function courseOf(team, place, figure, debrief, range) {
  const { dashboard, truth } = FIGURES[figure];
  return {
    seen: team.gaps[figure].seen,
    truth: team.gaps[figure].true,
    names: [dashboard, truth],
    unit: debrief.legend[figure].unit,
    range,
    place,
    ink: teamTone(place),
    shocks: debrief.shocks.map(({ quarter }) => quarter),
    label: `${team.name}. ${gapText(team, figure, debrief.legend)}`,
  };
}

export function dashboards(debrief, teams) {
  const figures = Object.keys(FIGURES);
  const ranges = Object.fromEntries(figures.map((figure) => [figure, commonRange(teams, figure, debrief)]));
  return section(
    "What the dashboards showed, and what was the case",
    paragraphOf("Dashed is what a team saw, solid is what was the case, and shaded is what lay between. All teams have the same scale; a dotted upright line is a shock."),
    ...teams.map((team, place) => html(
      "article", { class: "card stack" },
      html("h3", {}, named(team.name, place)),
      html("div", { class: "two" }, ...figures.map((figure) => html(
        "figure", {},
        html("figcaption", { class: "small" }, html("strong", {}, FIGURES[figure].title), `: ${FIGURES[figure].asked}`),
        chart((width) => course(courseOf(team, place, figure, debrief, ranges[figure]), width, COURSE_HEIGHT, SIZE)),
      ))),
      html("ul", { class: "plain" }, ...[...figures.map((figure) => gapText(team, figure, debrief.legend)), departmentText(team)]
        .filter(Boolean).map((text) => html("li", {}, text))),
      fold("These numbers", gapTable(team, debrief)),
    )),
  );
}

function gapTable(team, { legend, quarters }) {
  const figures = Object.keys(FIGURES);
  const heads = ["Quarter", ...figures.flatMap((f) => [`${FIGURES[f].title}, ${FIGURES[f].dashboard}`, FIGURES[f].truth, "gap"])];
  const rows = Array.from({ length: quarters }, (_, q) => [String(q + 1), ...figures.flatMap((figure) => {
    const { seen, true: truth } = team.gaps[figure];
    const { unit } = legend[figure];
    return [valueText(seen[q], unit), valueText(truth[q], unit), beside(seen[q], truth[q], unit) || "–"];
  })]);
  return table(`${team.name}: dashboard and case by quarter`, heads, rows);
}

const RESULTS = ["active", "profit", "measured_service", "true_service", "engagement"];

export function decisions(debrief, teams) {
  const { legend } = debrief;
  const heads = ["Quarter", "Decided (in hundredths)", "Points", ...RESULTS.map((key) => capital(legend[key].label))];
  return section(
    "What each team decided, and what followed",
    paragraphOf("A decision works on later quarters too, and so does luck: a figure beside a decision is not yet its effect."),
    html("article", { class: "card stack" },
      html("h3", {}, "Where the dials stand at the end"),
      legendOf(teams),
      paragraphOf("The upright line of each dial is where every team took over.", "quiet small"),
      chart((width) => dots(dialRows(debrief, teams), width, SIZE, 2.4))),
    ...teams.map((team, place) => {
      const quarters = team.turns.map((turn, quarter) => {
        const shock = debrief.shocks.filter((one) => one.quarter === quarter).map(({ what }) => what);
        const what = html("span", {}, decided(turn).join(", ") || idle(turn));
        if (shock.length) what.append(html("span", { class: "tag" }, listed(shock)));
        return [String(quarter + 1), what, `${turn.spent} of ${turn.capital}`,
          ...RESULTS.map((key) => valueText((team.seen.quarters[key] ?? team.true.quarters[key])[quarter], legend[key].unit))];
      });
      const all = fold("Quarter by quarter", table(`${team.name}: decisions and figures by quarter`, heads, quarters));
      all.open = teams.length <= MOST_OPEN || place === 0;
      return html(
        "article", { class: "card stack" },
        html("h3", {}, named(team.name, place)),
        paragraphOf(team.follows ? `A bot that follows ${words(team.follows).toLowerCase()}.` : spentText(team), "quiet"),
        all,
      );
    }),
  );
}

function spentText({ turns }) {
  const spent = turns.reduce((sum, turn) => sum + turn.spent, 0);
  const late = turns.filter((turn) => turn.late).length;
  return `${spent} points spent in all${late ? `; ${late} ${late === 1 ? "quarter" : "quarters"} without a decision` : ""}.`;
}

export function dialRows(debrief, teams) {
  const step = 0.6 / Math.max(teams.length, 2);
  const rows = Object.entries(debrief.start).map(([dial, start]) => ({
    name: words(dial),
    tick: 100 * start,
    marks: teams.map((team, place) => ({
      value: 100 * team.dials[dial], ink: teamTone(place), place, dy: step * (place - (teams.length - 1) / 2),
    })),
  }));
  return { rows, unit: "count", range: [0, 100], label: `Dials of ${listed(teams.map(({ name }) => name))} at the end, beside those of the start.` };
}

export const legendOf = (teams) =>
  html("ul", { class: "legend" }, ...teams.map((team, place) => html("li", {}, named(team.name, place))));

/** One outcome of teams and regimes: rows for `dots`. */
export function outcomeRows(debrief, teams, key) {
  const { unit, label } = debrief.legend[key];
  const { regimes, untouched } = referencesByRegime(debrief.references);
  const rows = [
    ...teams.map((team, place) => ({
      name: team.name,
      note: valueText(team.outcomes[key], unit),
      marks: [{ value: team.outcomes[key], ink: teamTone(place), place }],
    })),
    { name: "left alone", gap: true, note: valueText(untouched[key], unit), tick: untouched[key] ?? undefined, marks: [] },
    ...regimes.map(({ regime, start, steps }) => ({
      name: words(regime).toLowerCase(),
      marks: [
        { value: start[key], ink: "quiet", place: 0 },
        { value: steps[key], ink: "quiet", place: 0, ring: true },
      ],
    })),
  ];
  return { rows, unit, base: untouched[key], label: `${capital(label)} of ${listed(teams.map(({ name }) => name))} beside shipped regimes with the same luck.` };
}

export function others(debrief, teams) {
  const { outcomes, legend } = debrief;
  const { regimes, untouched } = referencesByRegime(debrief.references);
  const row = (name, found) => [name, ...outcomes.map((key) => valueText(found[key], legend[key].unit))];
  return section(
    "What others would have done with the same luck",
    paragraphOf("Beside the teams stand shipped regimes: solid grey dots had the regime in force from the first day, rings came to it step by step with the capital of a team. The dashed line is the firm that was left alone. There is no sum of these figures, because nobody can say what a point of one is worth in another."),
    html("div", { class: "outcomes" }, ...outcomes.map((key) => html(
      "figure", { class: "card" },
      html("figcaption", {}, html("strong", {}, capital(legend[key].label)), html("span", { class: "quiet small" }, ` ${better(legend[key].direction)}`)),
      chart((width) => dots(outcomeRows(debrief, teams, key), width, SIZE)),
    ))),
    fold("All figures in a table", table(
      "Outcomes of teams and regimes", ["Firm", ...outcomes.map((key) => capital(legend[key].label))],
      [
        ...teams.map((team, place) => row(named(team.name, place), team.outcomes)),
        row("Left alone", untouched),
        ...regimes.flatMap(({ regime, start, steps }) => [
          row(`${words(regime)}, from the first day`, start),
          row(`${words(regime)}, step by step`, steps),
        ]),
      ])),
  );
}

const better = (direction) => (direction > 0 ? "more is better" : direction < 0 ? "less is better" : "neither is better");

/** One outcome of the teams in each world, which they share: rows for `dots`. */
export function worldRows(debrief, teams, key) {
  const { unit, label } = debrief.legend[key];
  const step = 0.5 / Math.max(teams.length, 2);
  const row = (name, outcomesOf, gap) => ({
    name,
    gap,
    marks: teams.map((team, place) => ({
      value: outcomesOf(team)[key], ink: teamTone(place), place, dy: step * (place - (teams.length - 1) / 2),
    })),
  });
  const rows = [
    row("this world", (team) => team.outcomes),
    ...Array.from({ length: debrief.other_worlds }, (_, i) => row(`other world ${i + 1}`, (team) => team.elsewhere[i], i === 0)),
  ];
  return { rows, unit, label: `${capital(label)} of each team here and in ${debrief.other_worlds} other worlds. ${luckText(key, debrief)}` };
}

export function luck(debrief, teams) {
  const keys = Object.keys(debrief.leads);
  const { legend, leads, other_worlds: worlds } = debrief;
  const place = html("div", { class: "stack-tight" });
  const show = (key) => place.replaceChildren(
    legendOf(teams),
    chart((width) => dots(worldRows(debrief, teams, key), width, SIZE, 2.2)),
    paragraphOf(luckText(key, debrief)));
  show(keys[0]);
  const counts = debrief.teams.length < 2 ? [] : [table(
    `In how many of ${worlds} other worlds each team would lead`,
    ["Measure", ...teams.map(({ name }, at) => named(name, at))],
    keys.map((key) => [capital(legend[key].label), ...teams.map(({ id }) =>
      `${leads[key].elsewhere[id]}${leads[key].here.includes(id) ? ", and here" : ""}`)]))];
  return section(
    "How much of it was luck",
    paragraphOf(`Every team's decisions were lived again in ${worlds} other worlds: the shocks are the same, everything else has other luck${debrief.teams.length < 2 ? ". See how far luck alone moves each figure." : ", the same for all teams. Look at who is ahead in each row: what holds in every world was not luck."}`),
    html("div", { class: "card stack" }, pick("Measure", keys.map((key) => [key, capital(legend[key].label)]), keys[0], show), place),
    ...(counts.length ? [html("h3", {}, `In how many of ${worlds} other worlds each team would have the best figure`), ...counts] : []),
  );
}

export function customers({ stories }, teams) {
  const { names, customers: people, rule } = stories;
  const intro = people.length
    ? `${rule} These are the customers whom the two firms treated most unlike. Each is the same person in both: the same needs, patience and draws.`
    : "There is nobody to tell of: in all firms the customers had the same lives.";
  const badgeOf = (i) => {
    const at = teams.findIndex(({ id }) => id === stories.teams[i]);
    return at < 0 ? names[i] : named(names[i], at);
  };
  return section(
    "Three customers",
    paragraphOf(intro),
    ...(people.length ? [paragraphOf("Satisfaction, experience and fit go from 0 to 1. Every week has a draw, the same in both firms: a customer leaves if it falls below the risk of that week.", "quiet small")] : []),
    ...people.map(({ uid, who, sentence, lives, between }) => html(
      "article", { class: "card stack" },
      html("h3", {}, `Customer ${uid}`),
      paragraphOf(sentence, "lead"),
      paragraphOf(who, "quiet"),
      html("div", { class: "two" }, ...lives.map((life, i) => html(
        "div", { class: "stack-tight life" }, html("h4", {}, badgeOf(i)), html("ol", { class: "plain" }, ...life.map(dated))))),
      html("h4", {}, "Where the two lives part, and why"),
      html("ul", { class: "plain" }, ...between.map(dated)),
    )),
  );
}

/** A sentence, its date in bold where it has one. */
function dated(sentence) {
  const found = /^(Week \d+ \(year \d+\)): /.exec(sentence);
  if (!found) return html("li", {}, sentence);
  return html("li", {}, html("strong", {}, found[1]), ` ${sentence.slice(found[0].length)}`);
}

export const questions = (debrief) => section(
  "To discuss", html("ol", { class: "questions" }, ...debrief.questions.map((text) => html("li", {}, text))));

export const limits = (debrief) => section(
  "What this cannot tell", html("ul", { class: "limits" }, ...debrief.limits.map((text) => html("li", {}, text))));
