// The facilitator's screen: the code, the clock, who has decided, and what only the facilitator sees.

import { byId, listed, make, words } from "../explore/dom.js";
import { Happenings } from "./happenings.js";
import { Observer } from "./observer.js";
import { Clock, Rows, asking, keepAddress, lineTold, outside, plainly, tell } from "./parts.js";
import { Plan } from "./plan.js";
import { call, codeFromAddress, membership, watch } from "./room.js";
import { teamRow } from "./teams.js";

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

const code = codeFromAddress();
const member = membership(code, "host");
const room = `/api/rooms/${code}`;

let view, rules, teams, clock, plan, happenings, observer;

const act = (what, body = {}) => call("POST", `${room}/${what}`, body, member.token);

keepAddress();
addEventListener("hashchange", () => location.reload());
begin();

function begin() {
  if (!member) return outside(code ? `This browser did not open room ${code}.` : "The address names no room.");
  byId("code").textContent = code;
  byId("code-small").textContent = code;
  byId("address").textContent = `${location.host}/play`;
  byId("qr").addEventListener("error", () => { byId("qr").hidden = true; });
  byId("qr").src = `${room}/qr.svg`;
  byId("qr-link").href = `/play#${code}`;
  byId("qr-link").textContent = `${location.host}/play#${code}`;
  byId("only-here").hidden = !LOOPBACK.includes(location.hostname);
  for (const page of ["debrief", "slides"]) byId(`to-${page}`).href = `/play/${page}#${code}`;
  clock = new Clock(byId("clock"), () => view && drawClock());
  asking(byId("start"), byId("wrong"), () => act("start"));
  asking(byId("pause"), byId("wrong"), () => act(view.paused ? "resume" : "pause"));
  asking(byId("close"), byId("wrong"), close);
  asking(byId("close-anyway"), byId("wrong"), closeNow);
  byId("close-wait").addEventListener("click", () => { askFirst(false); byId("close").focus(); });
  asking(byId("reveal"), byId("wrong"), () => act("reveal"));
  asking(byId("bot-add"), byId("bot-wrong"), addBot);
  byId("bots").addEventListener("submit", (event) => event.preventDefault());
  byId("private").addEventListener("toggle", () => { if (view) drawTeams(); });
  watch(code, member.token, show, (state, error) => {
    if (state === "refused") outside(plainly(error), true);
    else lineTold(byId("line"), state, error);
  });
}

async function show(told) {
  view = told;
  rules ??= call("GET", room);
  try {
    prepare((await rules).rules);
  } catch (error) {
    rules = null; // asked for again with the next view
    throw error;
  }
  draw();
}

function prepare(told) {
  if (teams) return;
  teams = new Rows(byId("teams"), (team) => teamRow(team, told.regimes, act));
  plan = new Plan(code, view.plan);
  happenings = new Happenings(told, (shock) => act("inject", { shock }));
  observer = new Observer(told.legend, view);
  const wanted = view.bots.filter((name) => name in told.regimes);
  const others = Object.keys(told.regimes).filter((name) => !wanted.includes(name));
  byId("bot-regime").replaceChildren(...[...wanted, ...others].map((name) => make("option", { value: name }, words(name))));
  byId("bot-regime").addEventListener("change", describe);
  function describe() { byId("bot-describes").textContent = told.regimes[byId("bot-regime").value].describes; }
  describe();
}

// ------------------------------------------------------------------ what is shown

function draw() {
  const { phase } = view;
  Object.assign(document.body.dataset, { state: phase, quarter: view.quarter, living: view.living });
  const playing = phase === "playing";
  const over = ["over", "revealed"].includes(phase);
  byId("inside").hidden = false;
  byId("game").textContent = view.game.title;
  byId("lobby").hidden = phase !== "lobby";
  byId("running").hidden = !playing;
  byId("end").hidden = !over;
  byId("bots").hidden = phase !== "lobby";
  byId("happen").hidden = !playing;
  byId("code-small-line").hidden = phase === "lobby";
  tell(byId("trouble"), view.trouble, true);
  drawTeams();
  drawStart();
  clock.set(view);
  drawClock();
  drawEnd(over);
  plan.show();
  happenings.show(view);
  observer.show(view);
}

function drawTeams() {
  const inside = Object.fromEntries(view.room.map((team) => [team.id, team]));
  const all = view.teams.map((team) => ({
    ...team, people: inside[team.id].people, follows: inside[team.id].follows,
    present: view.present.includes(team.id), phase: view.phase,
    open: byId("private").open,
  }));
  teams.show([...all.filter(({ people }) => people), ...all.filter(({ people }) => !people)]);
  byId("teams-empty").hidden = view.teams.length > 0;
  const here = view.teams.filter(({ id, bot }) => bot || view.present.includes(id)).length;
  byId("teams-count").textContent = view.teams.length ? `${here} of ${view.teams.length} here` : "";
}

function drawStart() {
  const absent = view.teams.filter(({ id, bot }) => !bot && !view.present.includes(id)).map(({ name }) => name);
  byId("start").setAttribute("aria-disabled", String(!view.teams.length));
  byId("start-says").textContent = !view.teams.length ? "Teams and bots can come in until you start; at least one has to."
    : absent.length ? `${listed(absent)} ${absent.length > 1 ? "are" : "is"} not here at the moment.` : "Nobody can join once the game has begun.";
}

const undecided = () => view.teams.filter(({ decided }) => !decided).map(({ name }) => name);

function drawClock() {
  if (view.phase !== "playing") return;
  const late = undecided();
  const number = view.quarter + 1;
  byId("quarter").textContent = `Quarter ${number} of ${view.quarters}`;
  byId("pause").textContent = view.paused ? "Go on" : "Pause";
  byId("close").textContent = `Close quarter ${number}`;
  byId("clock").classList.toggle("clock-paused", view.paused);
  byId("clock-says").textContent = view.paused ? "Paused. Teams can go on deciding."
    : clock.seconds === 0 ? "Time is up. The quarter stays open until you close it." : "";
  byId("decided").textContent = late.length
    ? `${view.teams.length - late.length} of ${view.teams.length} have decided. Not yet: ${listed(late)}.`
    : "Every team has decided.";
  if (!late.length) askFirst(false);
  tell(byId("living"), view.living ? `The firms are living quarter ${view.quarter} …` : "");
}

function drawEnd(over) {
  if (!over) return;
  const { ready, done, of } = view.debrief;
  const revealed = view.phase === "revealed";
  byId("reveal").hidden = revealed;
  byId("to-debrief").classList.toggle("button-main", revealed);
  byId("reveal-says").textContent = revealed ? "Every team can open the debrief now." : "Teams see only their own dashboards until you reveal what was the case.";
  byId("debrief-says").textContent = ready ? "The debrief is ready." : `The debrief is being prepared: ${of ? `${done} of ${of} firms` : "a moment"} …`;
  byId("debrief-progress").hidden = ready;
  byId("debrief-progress").max = of || 1;
  byId("debrief-progress").value = done;
}

// ------------------------------------------------------------------ what is done

// Closing a quarter cannot be taken back: with somebody still deciding, it is asked for twice.
async function close() {
  if (!undecided().length) return closeNow();
  askFirst(true);
  byId("close-anyway").focus();
}

async function closeNow() {
  askFirst(false);
  await act("advance", { quarter: view.quarter });
  byId("close").focus();
}

function askFirst(wanted) {
  byId("close-late").textContent = `${listed(undecided())} ${undecided().length > 1 ? "have" : "has"} not decided. Late teams keep their dials.`;
  byId("close-ask").hidden = !wanted;
  byId("close").hidden = wanted;
}

async function addBot() {
  const name = byId("bot-name").value.trim() || nextBot();
  await act("bots", { name, regime: byId("bot-regime").value });
  byId("bot-name").value = "";
  const choice = byId("bot-regime");
  choice.selectedIndex = (choice.selectedIndex + 1) % choice.options.length;
  choice.dispatchEvent(new Event("change"));
}

// A name that does not say what the bot follows: the room may see this screen.
function nextBot() {
  const taken = view.teams.map(({ name }) => name.toLowerCase());
  for (let number = 1; ; number += 1) {
    if (!taken.includes(`bot ${number}`)) return `Bot ${number}`;
  }
}
