// What a debrief says in words: worked out from its numbers, never written in advance.

import { capital, differenceText, differenceUnit, valueText } from "../player/words.js";
import { listed, words } from "../explore/dom.js";

export const FIGURES = {
  measured_service: { title: "Service", dashboard: "dashboard", truth: "customers got", asked: "how many needs were served in time" },
  known_satisfaction: { title: "Satisfaction", dashboard: "as heard", truth: "as felt", asked: "how satisfied customers are" },
};

const FROM_THE_START = "from the start";
const UNTOUCHED = "untouched";

/** The quarter in which a dashboard was farthest from what was the case; null if it never showed anything. */
export function widest({ seen, true: truth }) {
  let found = null;
  seen.forEach((value, quarter) => {
    if (value === null || truth[quarter] === null) return;
    const gap = value - truth[quarter];
    if (!found || Math.abs(gap) > Math.abs(found.gap)) found = { quarter, seen: value, truth: truth[quarter], gap };
  });
  return found;
}

/** A sentence on the widest gap of one figure of a team. */
export function gapText(team, figure, legend) {
  const found = widest(team.gaps[figure]);
  const { title, truth } = FIGURES[figure];
  if (!found) return `${title}: the dashboard never showed a figure.`;
  const { unit } = legend[figure];
  const gap = differenceText(found.gap, unit);
  if (!/[1-9]/.test(gap)) return `${title}: the dashboard and the case were the same in every quarter.`;
  return `${title}: farthest apart in quarter ${found.quarter + 1}, when the dashboard said ${valueText(found.seen, unit)} ` +
    `and ${figure === "measured_service" ? truth : "customers felt"} ${valueText(found.truth, unit)}.`;
}

/** The teams by how far their dashboards were off at most, the farthest first. */
export function byGap(teams, figure) {
  return teams
    .map((team) => ({ team, ...widest(team.gaps[figure]) }))
    .filter(({ gap }) => gap !== undefined)
    .sort((a, b) => Math.abs(b.gap) - Math.abs(a.gap));
}

/** The department whose own report was farthest from the case in the last quarter. */
export function farthestDepartment(team) {
  const rows = team.seen.departments.map(({ name, reported }, i) => ({
    name, reported: reported.at(-1), truth: team.true.departments[i].true.at(-1),
  })).filter(({ reported, truth }) => reported !== null && truth !== null);
  rows.sort((a, b) => Math.abs(b.reported - b.truth) - Math.abs(a.reported - a.truth));
  return rows[0] ?? null;
}

export function departmentText(team) {
  const found = farthestDepartment(team);
  if (!found || Math.abs(found.reported - found.truth) < 0.005) return "";
  const name = found.name.length <= 2 ? found.name.toUpperCase() : words(found.name).toLowerCase();
  return `At the end the department farthest from its own report was ${name}: it reported ` +
    `${valueText(found.reported, "share")}, and ${valueText(found.truth, "share")} was the case.`;
}

/** What a team decided in a quarter, in short pieces; empty if it changed nothing. */
export function decided({ moved, decision }) {
  const hundredths = (share) => Math.round(100 * share);
  const parts = Object.entries(moved).map(([dial, [from, to]]) =>
    `${words(dial).toLowerCase()} ${hundredths(from)} → ${hundredths(to)}`);
  if (decision.cut) {
    parts.push(`cut ${decision.cut.department.replaceAll("_", " ")} by ${hundredths(decision.cut.share)} %`);
  }
  const { opening } = decision;
  if (opening?.office) parts.push("a chief customer officer");
  if (opening?.marketing) parts.push(`marketing ${hundredths(opening.marketing)}`);
  if (opening?.hire_for_willingness) parts.push(`hiring for willingness ${hundredths(opening.hire_for_willingness)}`);
  return parts;
}

/** What a team did that changed nothing. */
export const idle = ({ late }) => (late ? "late: kept its dials" : "nothing");

/** The references of a debrief by regime: {regime, start, steps} with outcomes each; and the untouched firm. */
export function referencesByRegime(references) {
  const found = new Map();
  for (const { regime, way, outcomes } of references) {
    if (way === UNTOUCHED) continue;
    const row = found.get(regime) ?? { regime, start: null, steps: null };
    row[way === FROM_THE_START ? "start" : "steps"] = outcomes;
    found.set(regime, row);
  }
  const untouched = references.find(({ way }) => way === UNTOUCHED);
  return { regimes: [...found.values()], untouched: untouched.outcomes };
}

/** Which team has the best figure here, and how often each would have it elsewhere. */
export function luckText(key, { teams, leads, legend, other_worlds: worlds }) {
  const { here, elsewhere } = leads[key];
  const name = (id) => teams.find((team) => team.id === id).name;
  const label = legend[key].label;
  if (teams.length < 2) return "";
  if (here.length === teams.length) return `${capital(label)}: all teams are equal here.`;
  if (!here.length) return `${capital(label)}: there is no figure.`;
  const counts = here.map((id) => elsewhere[id]);
  const told = here.map((id, i) => `${name(id)} would lead in ${counts[i]} of ${worlds} other worlds`);
  return `${capital(label)}: ${listed(here.map(name))} ${here.length > 1 ? "lead" : "leads"} here; ${listed(told)}.`;
}

/** The difference of a value from that of the untouched firm, with its unit. */
export function beside(value, base, unit) {
  if (value === null || base === null) return "";
  const gap = differenceText(value - base, unit);
  const name = differenceUnit(unit);
  return name ? `${gap} ${name}` : gap;
}

export { capital, valueText };
