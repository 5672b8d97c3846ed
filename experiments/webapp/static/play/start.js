// The door to the rooms: join one, open one, play alone, come back.

import { byId, make, words } from "../explore/dom.js";
import { asking, counted, keepAddress, plainly, tell } from "./parts.js";
import { call, codeFromAddress, forget, membership, memberships, needMemory, remember } from "./room.js";

const QUICKEST = "thirty";

let games = [];

keepAddress();
begin();

async function begin() {
  const fromAddress = () => {
    byId("code").value = codeFromAddress();
    showBack();
  };
  fromAddress();
  if (codeFromAddress()) byId("name").focus();
  addEventListener("hashchange", fromAddress);
  byId("code").addEventListener("input", showBack);
  byId("join").addEventListener("submit", (event) => event.preventDefault());
  byId("alone").addEventListener("submit", (event) => event.preventDefault());
  asking(byId("join-send"), byId("join-wrong"), join);
  asking(byId("alone-send"), byId("alone-wrong"), alone);
  showRooms();
  try {
    games = await call("GET", "/api/games");
  } catch (error) {
    tell(byId("games-wrong"), plainly(error), true);
    return;
  }
  byId("games").replaceChildren(...games.map(card));
  byId("alone-game").replaceChildren(...games.map(({ key, title, quarters }) =>
    make("option", { value: key, selected: key === QUICKEST }, `${title} (${counted(quarters, "quarter")})`)));
}

// ------------------------------------------------------------------ join

function codeTyped() {
  return byId("code").value.replaceAll(/[\s-]/g, "").toUpperCase();
}

// A browser is one team of a room: joining again would be another team, and lose the first.
function showBack() {
  const code = codeTyped();
  const member = code && membership(code, "team");
  byId("join-back").hidden = !member;
  byId("join-new").hidden = Boolean(member);
  byId("join-back-link").href = `/play/team#${code}`;
}

async function join() {
  const code = codeTyped();
  const name = byId("name").value.trim();
  for (const [id, empty] of [["code", !code], ["name", !name]]) byId(id).setAttribute("aria-invalid", String(empty));
  if (!code || !name) {
    tell(byId("join-wrong"), !code ? "Type the code that the facilitator shows." : "Type a name for your team.", true);
    byId(code ? "name" : "code").focus();
    return;
  }
  needMemory();
  const { team, token } = await call("POST", `/api/rooms/${encodeURIComponent(code)}/teams`, { name });
  remember(code, "team", { token, team });
  location.assign(`/play/team#${code}`);
}

// ------------------------------------------------------------------ open

function card(game) {
  const wrong = make("div", { role: "alert" });
  const open = make("button", { class: "button button-main", type: "button" }, "Open a room", make("span", { class: "visually-hidden" }, ` for ${game.title}`));
  asking(open, wrong, async () => {
    needMemory();
    const { code, token } = await call("POST", "/api/rooms", { game: game.key });
    remember(code, "host", { token });
    location.assign(`/play/host#${code}`);
  });
  const link = (path, text) => make("a", { href: `/play/${path}#${game.key}` }, text, make("span", { class: "visually-hidden" }, ` for ${game.title}`));
  return make("li", { class: "card stack-tight game" },
    make("h3", {}, game.title),
    make("p", { class: "quiet" }, `${game.minutes} minutes with the debrief · ${counted(game.quarters, "quarter")}`),
    make("p", {}, game.describes),
    make("details", {}, make("summary", {}, "What is talked about at the end"),
      make("ul", { class: "small stack-tight" }, ...game.questions.map((question) => make("li", {}, question)))),
    make("p", { class: "row small game-papers" }, link("lesson", "Lesson plan"), link("handout", "Handout")),
    open, wrong);
}

// ------------------------------------------------------------------ alone

// Whoever plays alone is a team and its facilitator; the clock stands still from the start. Each token
// is kept as soon as there is one: where something fails on the way, the room can still be led by hand.
async function alone() {
  needMemory();
  const name = byId("alone-name").value.trim() || "You";
  const { code, token } = await call("POST", "/api/rooms", { game: byId("alone-game").value });
  remember(code, "host", { token });
  const room = `/api/rooms/${code}`;
  const joined = await call("POST", `${room}/teams`, { name });
  remember(code, "team", joined);
  const { bots } = await call("GET", `${room}/view`, undefined, token);
  for (const [place, regime] of bots.entries()) {
    await call("POST", `${room}/bots`, { name: `Bot ${place + 1}`, regime }, token);
  }
  await call("POST", `${room}/start`, {}, token);
  await call("POST", `${room}/pause`, {}, token);
  remember(code, "host", { token, alone: true });
  remember(code, "team", { ...joined, alone: true });
  location.assign(`/play/team#${code}`);
}

// ------------------------------------------------------------------ come back

// Whoever plays alone comes back as the team: the room is one, not two.
function showRooms() {
  const found = memberships().filter(({ alone: own, role }) => !own || role === "team");
  byId("rooms-section").hidden = !found.length;
  byId("rooms").replaceChildren(...found.map(row));
}

function row({ code, role, alone: own }) {
  const what = own ? "alone against bots" : role === "host" ? "as facilitator" : "as a team";
  const now = make("span", { class: "quiet small" });
  const element = make("li", { class: "row room-row" },
    make("a", { class: "button", href: `/play/${role}#${code}` }, make("strong", { class: "number" }, code), ` ${what}`), now,
    make("button", { class: "button button-plain", type: "button", "aria-label": `Take room ${code} off this list`, onclick: () => {
      for (const each of own ? ["host", "team"] : [role]) forget(code, each);
      showRooms();
    } }, "Take off the list"));
  call("GET", `/api/rooms/${code}`).then((room) => { now.textContent = roomNow(room); }, (error) => {
    now.textContent = error.status === 404 ? "no longer there" : "";
  });
  return element;
}

function roomNow({ phase, quarter, quarters, game }) {
  const stands = { lobby: "not begun", playing: `quarter ${quarter + 1} of ${quarters}`, over: "over", revealed: "over, debrief open" };
  return `${words(game.title)} · ${stands[phase]}`;
}
