// A team's screen: what its firm sees of itself, and what the team decides.

import { byId, make, words } from "../explore/dom.js";
import { Dashboard } from "./dashboard.js";
import { Desk, nameOf } from "./desk.js";
import { same } from "./draft.js";
import { Clock, Rows, asking, counted, keepAddress, lineTold, outside, plainly, tell } from "./parts.js";
import { call, codeFromAddress, membership, watch } from "./room.js";
import { passing } from "./store.js";

const code = codeFromAddress();
const member = membership(code, "team");
const host = member?.alone ? membership(code, "host") : null; // who plays alone moves time as well
const room = `/api/rooms/${code}`;
const draftKey = `raison.draft.${code}`;

let view, rules, desk, dashboard, clock;
let others;
let opened = null; // the quarter that the controls belong to
let known = null; // the decision that the server had when the controls were filled
let led = false; // whether a bot decided when they were
let drawn = null; // the dashboard that is drawn
let revealing = null;
let heard = null; // the news that were there already

keepAddress();
addEventListener("hashchange", () => location.reload());
begin();

async function begin() {
  if (code) byId("outside-link").href = `/play#${code}`;
  if (!member) return outside(code ? `This browser is in no team of room ${code}.` : "The address names no room.");
  clock = new Clock(byId("clock"), timeSaid);
  others = new Rows(byId("others"), () => {
    const element = make("li", { class: "chip" });
    return { element, show: (team) => { element.textContent = team.id === member.team ? `${team.name} (you)` : team.name; } };
  });
  byId("to-debrief").href = `/play/debrief#${code}`;
  byId("decide").addEventListener("submit", (event) => event.preventDefault());
  asking(byId("send"), byId("wrong"), send);
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
  if (desk) return;
  desk = new Desk(told, edited);
  dashboard = new Dashboard(byId("dashboard"), told.legend, view.quarters);
  byId("most").textContent = told.capital.most;
}

// ------------------------------------------------------------------ what is shown

function stateOf() {
  if (view.phase !== "playing") return view.phase;
  if (view.team.follows) return "followed";
  if (view.team.pending) return "decided";
  return view.paused && !host ? "paused" : "deciding";
}

function draw() {
  const { team, phase } = view;
  const state = stateOf();
  Object.assign(document.body.dataset, { state, quarter: view.quarter, living: view.living });
  byId("inside").hidden = false;
  byId("team-name").textContent = team.name;
  document.title = `${team.name} · raison`;
  const playing = phase === "playing";
  byId("where").textContent = playing ? `Room ${code} · quarter ${view.quarter + 1} of ${view.quarters}` : `Room ${code} · ${view.game.title}`;
  byId("timer").hidden = !playing || Boolean(host);
  clock.set(view);
  say(state);
  tell(byId("trouble"), view.trouble, true);
  byId("lobby").hidden = phase !== "lobby";
  byId("desk").hidden = phase === "lobby";
  byId("jump").hidden = !playing;
  byId("decide").hidden = !playing;
  drawLobby();
  drawEnd();
  drawNews();
  drawFirm();
  drawPast();
  if (playing) drawDecision(state);
  else tell(byId("closed"), "");
}

function say(state) {
  const quarter = view.quarter + 1;
  const sentences = {
    lobby: "You are in. The game begins when the facilitator starts it.",
    deciding: host
      ? `Quarter ${quarter} is open. Take the time you want: nothing happens before you decide.`
      : `Quarter ${quarter} is open. Decide, and change it as often as you like until it closes.`,
    decided: "Decided. You can still change it, until the facilitator closes the quarter.",
    paused: "Paused: the clock stands still. You can go on deciding.",
    followed: `A bot decides for you for now (${words(view.team.follows ?? "none").toLowerCase()}). Ask the facilitator when you want your firm back.`,
    over: "The last quarter has closed.",
    revealed: "The game is over, and the debrief is open.",
  };
  const late = state === "deciding" && !host && clock.seconds === 0;
  const paused = state === "decided" && view.paused && !host ? " Paused: the clock stands still." : "";
  const text = late ? "Time is up. You can still decide until the facilitator closes the quarter." : sentences[state] + paused;
  if (byId("said").textContent !== text) byId("said").textContent = text;
}

function timeSaid(moment) {
  if (!view) return;
  if (moment === "minute" && stateOf() === "deciding" && !host) byId("said").textContent = "One minute left.";
  else say(stateOf());
}

function drawLobby() {
  if (view.phase !== "lobby") return;
  byId("goals").replaceChildren(...view.game.goals.map((goal) => make("li", {}, goal)));
  byId("firm-is").textContent = view.game.firm;
  others.show(view.teams);
}

function drawEnd() {
  const over = ["over", "revealed"].includes(view.phase);
  byId("end").hidden = !over;
  if (!over) return;
  if (host && view.phase === "over") revealOnce();
  const { ready, done, of } = view.debrief;
  const progress = of ? ` ${done} of ${of} firms are done.` : "";
  const revealed = view.phase === "revealed";
  byId("end-title").textContent = revealed ? "What was really the case" : "That was the last quarter";
  byId("end-text").textContent = !revealed ? "Below is what your firm saw of itself. The debrief opens when the facilitator says so."
    : ready ? "The debrief shows your dashboard beside the truth, what you decided beside what came of it, and what others would have done with the same luck."
      : `The debrief lives every firm again, in other worlds too.${progress}`;
  byId("to-debrief").hidden = !revealed;
}

// Whoever plays alone waits for nobody; a request that was lost is made again with the next view.
function revealOnce() {
  revealing ??= call("POST", `${room}/reveal`, {}, host.token).catch(() => { revealing = null; });
}

function drawNews() {
  const items = view.news.toReversed().map((news) => {
    const ahead = news.quarter === view.quarter && view.phase === "playing";
    const when = ahead ? "Coming this quarter" : `Quarter ${news.quarter + 1}, week ${news.week % 13 + 1}`;
    return make("p", { class: ahead ? "notice news news-ahead" : "news" }, make("strong", {}, `${when}: `), newsText(news));
  });
  const text = items.map((item) => item.textContent).join("\n");
  if (byId("news").dataset.shown !== text) byId("news").replaceChildren(...items);
  byId("news").dataset.shown = text;
  sayNews();
}

// Only what is new is said aloud: not again when it has happened, and not what one finds on coming in.
function sayNews() {
  const told = view.news.map(({ quarter, what, text }) => JSON.stringify([quarter, what, text]));
  const fresh = view.news.filter((_, place) => heard && !heard.includes(told[place]));
  heard = told;
  if (fresh.length) byId("news-said").textContent = fresh.map(newsText).join(" ");
}

const newsText = ({ text, what }) => text || `${words(what)}.`;

function drawFirm() {
  const { team } = view;
  const living = view.living && view.phase !== "lobby";
  const quarters = team.dashboard?.quarters.active.length ?? 0;
  const broke = "Your firm has run out of money: cash was below zero for a year. It goes on; seats are cut while money is short.";
  tell(byId("insolvent"), team.dashboard?.insolvent ? broke : "", true);
  tell(byId("living"), living ? `Your firm is living quarter ${team.turns.length} …` : "");
  byId("dashboard").classList.toggle("stale", living);
  byId("dashboard").hidden = !team.dashboard;
  byId("firm-empty").textContent = team.dashboard
    ? `After ${counted(quarters, "quarter")}, beside each figure how it changed in the last one.`
    : living ? "" : `${view.game.firm} Its figures appear here when the first quarter has closed.`;
  byId("task").hidden = Boolean(team.dashboard);
  if (!byId("task").childElementCount) byId("task").replaceChildren(...view.game.goals.map((goal) => make("li", {}, goal)));
  const shown = JSON.stringify(team.dashboard?.quarters);
  if (team.dashboard && shown !== drawn) {
    dashboard.show(team.dashboard, team.weeks);
    drawn = shown;
  }
}

function drawPast() {
  const { turns } = view.team;
  byId("past-empty").hidden = turns.length > 0;
  if (byId("turns").childElementCount === turns.length) return;
  byId("turns").replaceChildren(...turns.map((turn, quarter) => make("li", {}, make("strong", {}, `Quarter ${quarter + 1}: `), turnText(turn))).toReversed());
}

function turnText({ decision, moved, spent, capital, late, bot }) {
  const cut = decision.cut && `${Math.round(100 * decision.cut.share)} % of ${words(decision.cut.department)} cut`;
  const opening = decision.opening ?? {};
  const parts = [
    ...Object.entries(moved).map(([dial, [before, after]]) => `${nameOf(dial)} ${shown(before)} → ${shown(after)}`),
    cut, opening.office && "a chief customer officer",
    opening.marketing && `marketing ${shown(opening.marketing)}`,
    opening.hire_for_willingness && `hiring for willingness ${shown(opening.hire_for_willingness)}`,
  ].filter(Boolean);
  const who = bot ? "The bot" : "You";
  if (late) return "You did not decide in time; the dials stayed where they were.";
  if (!parts.length) return `${who} left everything as it was.`;
  return `${who} spent ${spent} of ${capital}: ${parts.join("; ")}.`;
}

const shown = (share) => String(Math.round(1000 * share) / 10);

// ------------------------------------------------------------------ deciding

function drawDecision(state) {
  const { team, quarter } = view;
  const before = opened;
  const followed = state === "followed";
  if (opened !== quarter || led !== followed) {
    if (opened !== quarter) tell(byId("closed"), before === null ? "" : closedText(team.turns.at(-1), quarter));
    fill(followed ? null : keptDraft() ?? team.pending);
    opened = quarter;
    led = followed;
    known = team.pending;
    if (before !== null && document.activeElement === byId("send")) byId("firm").focus();
  } else if (!same(known, team.pending)) {
    if (desk.draft.says(known)) fill(team.pending); // otherwise somebody is moving something here
    known = team.pending;
  }
  byId("controls").disabled = followed;
  byId("purse-box").hidden = followed;
  showSent();
}

function fill(decision) {
  desk.begin(view.team, decision, view.quarter === 0);
}

function closedText(turn, quarter) {
  const closed = `Quarter ${quarter} has closed.`;
  if (turn.late) return `${closed} You had not decided: your dials stay where they were.`;
  if (turn.bot) return `${closed} The bot decided for you.`;
  return `${closed} Your decision holds: ${counted(turn.spent, "point")} spent.`;
}

function edited() {
  passing.write(draftKey, { quarter: view.quarter, decision: desk.draft.decision });
  tell(byId("wrong"), "");
  showSent();
}

// What was moved but not sent outlives a reload of the page, not the quarter.
function keptDraft() {
  const kept = passing.read(draftKey);
  return kept?.quarter === view.quarter ? kept.decision : null;
}

function showSent() {
  const { pending } = view.team;
  const changed = pending && !desk.draft.says(pending);
  const text = !pending ? "" : changed ? "Not sent yet: until you decide again, your earlier decision counts." : "This is what you have decided.";
  byId("send").textContent = pending && !host ? "Decide again" : "Decide";
  byId("send").classList.toggle("button-done", Boolean(pending) && !changed && !host);
  byId("sent").textContent = host ? "The quarter closes when you decide." : text;
}

async function send() {
  const { draft } = desk;
  if (draft.left < 0) {
    tell(byId("wrong"), `This costs ${counted(-draft.left, "point")} more than you have. Move something back.`, true);
    return;
  }
  const { quarter } = view;
  await call("POST", `${room}/decide`, { quarter, decision: draft.decision }, member.token);
  passing.remove(draftKey);
  if (host) await call("POST", `${room}/advance`, { quarter }, host.token);
}
