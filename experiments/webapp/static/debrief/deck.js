// The slides of a debrief, one idea each: {title, draw, spoken}, see `sheet`.

import { listed, words } from "../explore/dom.js";
import { course } from "./course.js";
import { dots } from "./dots.js";
import { clipped, line, mark, text, widthOf } from "./drawing.js";
import { FIGURES, byGap, capital, gapText, luckText, valueText } from "./facts.js";
import { MOST_TEAMS, teamTone } from "./palette.js";
import { commonRange, courseOf, dialRows, outcomeRows } from "./sections.js";
import { fill, placed } from "./sheet.js";

const SHOWN = ["retention", "true_service", "profit", "engagement"]; // the goals, one slide each
const CAPTION = 26;
const LEAST_PITCH = 1.55; // height of a row, in sizes of the font
const TOLD = 4; // sentences on why two lives part

export function deck(debrief, code) {
  const teams = debrief.teams.slice(0, MOST_TEAMS);
  return [
    opening(debrief, code),
    ...(debrief.shocks.length ? [shocks(debrief)] : []),
    ...Object.keys(FIGURES).map((figure) => dashboards(debrief, teams, figure)),
    dials(debrief, teams),
    ...SHOWN.map((key) => outcome(debrief, teams, key)),
    ...(teams.length > 1 ? [luck(debrief, teams)] : []),
    ...debrief.stories.customers.map((person, i) => customer(debrief, person, i)),
    ...debrief.questions.map((question, i) => ask(question, i, debrief.questions.length)),
    limits(debrief),
  ];
}

function opening({ game, teams, quarters }, code) {
  const said = [
    `${teams.length} ${teams.length === 1 ? "team" : "teams"}, ${quarters} quarters: the same firm, the same customers, the same luck.`,
    `Room ${code}`,
    ...(teams.length > MOST_TEAMS ? [`The first ${MOST_TEAMS} teams are shown; the debrief has all of them.`] : []),
  ];
  return { title: game.title, big: true, spoken: said, draw: (area) => fill(said, area, 38, { ink: "quiet" }) };
}

function shocks({ shocks: found }) {
  const said = found.map(({ quarter, text: told, what }) => `Quarter ${quarter + 1}: ${told || capital(what)}`);
  return { title: "What befell everybody", spoken: said, draw: (area) => fill(said, area, 40) };
}

function dashboards(debrief, teams, figure) {
  const { title, dashboard, truth } = FIGURES[figure];
  const range = commonRange(teams, figure, debrief);
  const [worst] = byGap(teams, figure);
  const said = worst ? `${worst.team.name} was farthest off. ${gapText(worst.team, figure, debrief.legend)}` : "No dashboard ever showed this.";
  const small = teams.length > 2; // no room for words beside the lines
  return {
    title: `${title}: as seen, and as it was`,
    spoken: teams.map((team) => `${team.name}. ${gapText(team, figure, debrief.legend)}`),
    draw: (area) => [
      ...grid(teams, { ...area, height: area.height - 90 }, (team, place, width, height, size) =>
        course({ ...courseOf(team, place, figure, debrief, range), ...(small ? { names: [] } : {}) }, width, height, size)),
      ...fill([`${small ? `Dashed: ${dashboard}. Solid: ${truth}. ` : ""}${said}`], { ...area, y: area.y + area.height - 70, height: 74 }, CAPTION, { ink: "quiet" }),
    ],
  };
}

/** Small drawings side by side, each under the name of its team. */
function grid(teams, area, draw) {
  const columns = teams.length <= 3 ? teams.length : teams.length === 4 ? 2 : teams.length <= 6 ? 3 : 4;
  const gap = 40;
  const width = (area.width - gap * (columns - 1)) / columns;
  const height = area.height / Math.ceil(teams.length / columns);
  const size = columns > 3 ? 17 : 20;
  return teams.flatMap((team, place) => {
    const x = area.x + (place % columns) * (width + gap);
    const y = area.y + Math.floor(place / columns) * height;
    return [
      ...teamName(team, place, x, y + 22, 22, width),
      placed(draw(team, place, width, height - 46, size), x, y + 34),
    ];
  });
}

function teamName({ name }, place, x, y, size, width) {
  return [
    mark(place, teamTone(place), x + size * 0.5, y - size * 0.33, size * 0.36),
    clipped(name, x + size * 1.4, y, size, width - size * 1.5, { weight: 650 }),
  ];
}

/** The names of all teams in a line or two, and the height that they take. */
function legend(teams, { x, y, width }, size) {
  let [atX, atY] = [x, y + size];
  const elements = teams.flatMap((team, place) => {
    const wide = Math.min(widthOf(team.name, size, 650), width / 3) + size * 3;
    if (atX > x && atX + wide > x + width) [atX, atY] = [x, atY + size * 1.6];
    const made = teamName(team, place, atX, atY, size, wide - size);
    atX += wide;
    return made;
  });
  return { elements, height: atY - y + size * 0.6 };
}

function dials(debrief, teams) {
  const { rows, ...how } = dialRows(debrief, teams);
  return {
    title: "Where the dials stand at the end",
    spoken: teams.map((team) => `${team.name}: ${Object.entries(team.dials).map(([dial, x]) => `${words(dial).toLowerCase()} ${Math.round(100 * x)}`).join(", ")}.`),
    draw: (area) => {
      const names = legend(teams, area, 22);
      const rest = area.height - names.height - 20;
      const pitch = 2.3;
      return [...names.elements, placed(dots({ rows, ...how }, area.width, rest / (rows.length * pitch + 2.2), pitch), area.x, area.y + names.height + 10)];
    },
  };
}

function outcome(debrief, teams, key) {
  const { label, unit } = debrief.legend[key];
  const { rows, ...how } = outcomeRows(debrief, teams, key);
  return {
    title: `${capital(label)}, with the same luck`,
    spoken: [
      ...teams.map((team) => `${team.name}: ${valueText(team.outcomes[key], unit)}.`),
      ...debrief.references.map(({ regime, way, outcomes }) => `${words(regime)}, ${way}: ${valueText(outcomes[key], unit)}.`),
    ],
    draw: (area) => [
      placed(dots({ rows, ...how }, area.width, ...outcomeSize(rows.length, area.height - 60)), area.x, area.y),
      ...fill(
        ["Grey dots: a regime in force from the first day. Rings: reached step by step with a team's capital. Dashed: left alone."],
        { ...area, y: area.y + area.height - 40, height: 44 }, CAPTION, { ink: "quiet" }),
    ],
  };
}

/** Size of the font and height of a row in it, for so many rows in a height. */
function outcomeSize(rows, height) {
  const size = Math.min(28, height / ((rows + 0.5) * LEAST_PITCH + 2));
  return [size, Math.min(2, (height / size - 2) / (rows + 0.5))];
}

/** Who would lead how often: a table of counts. */
function luck(debrief, teams) {
  const { leads, legend: labels, other_worlds: worlds } = debrief;
  const keys = Object.keys(leads);
  return {
    title: `Who would lead in how many of ${worlds} other worlds?`,
    spoken: keys.map((key) => luckText(key, debrief)),
    draw: ({ x, y, width, height }) => {
      const names = width * (teams.length > 5 ? 0.27 : 0.36);
      const column = (width - names) / teams.length;
      const row = Math.min(56, (height - 90) / (keys.length + 1));
      const size = Math.min(26, row * 0.5);
      const at = (i) => x + names + i * column;
      const heads = teams.flatMap((team, i) => teamName(team, i, at(i), y + row * 0.6, Math.min(22, size), column - 10));
      const cells = keys.flatMap((key, i) => {
        const base = y + row * (i + 1.65);
        return [
          line(x, base - row * 0.65, x + width, base - row * 0.65),
          clipped(capital(labels[key].label), x, base, size, names - 16),
          ...teams.map(({ id }, j) => {
            const here = leads[key].here.includes(id);
            return text(`${leads[key].elsewhere[id]}${here ? " and here" : ""}`, at(j), base, size, here ? { weight: 650 } : { ink: "quiet" });
          }),
        ];
      });
      const caption = fill([`All teams have the same luck within a world. What holds in every world was not luck; but ${worlds} worlds are few.`],
        { x, y: y + height - 40, width, height: 44 }, CAPTION, { ink: "quiet" });
      return [...heads, ...cells, ...caption];
    },
  };
}

function customer({ stories }, person, i) {
  const { sentence, who, lives, between } = person;
  const ends = lives.map((life, at) => `${stories.names[at]}: ${life.at(-1)}`);
  return {
    title: `${["One", "Another", "A third"][i]} customer, in ${listed(stories.names)}`,
    spoken: [sentence, who, ...ends, ...between],
    draw: ({ x, y, width, height }) => {
      const half = (width - 60) / 2;
      return [
        ...fill([sentence], { x, y, width, height: 130 }, 34),
        ...ends.flatMap((words_, at) => fill([words_], { x: x + at * (half + 60), y: y + 150, width: half, height: 110 }, 26, { ink: "quiet" })),
        line(x, y + 270, x + width, y + 270),
        ...fill(parting(between), { x, y: y + 292, width, height: height - 292 }, 30),
      ];
    },
  };
}

/** Of why two lives part: the loss and what follows from it, or else how it begins. */
function parting(between) {
  const loss = between.findIndex((sentence) => / loses? this customer/.test(sentence));
  return between.slice(Math.max(loss, 0)).slice(0, TOLD);
}

const ask = (question, i, of) => ({
  title: `Question ${i + 1} of ${of}`,
  spoken: [question],
  draw: (area) => fill([question], { ...area, y: area.y + 60, height: area.height - 60 }, 60),
});

const limits = ({ limits: found }) => ({
  title: "What this cannot tell",
  spoken: found,
  draw: (area) => fill(found, area, 34, { bullet: "–" }),
});
