// The way into a debrief: who asks, what there is to wait for, and then the numbers, once.

import { html } from "../player/dom.js";
import { call, codeFromAddress, membership, watch } from "../play/room.js";

const CODE = /^[A-Z2-9]{6}$/;

/**
 * Wait for the debrief of the room in the address, and hand it over once.
 *
 * @param {HTMLElement} state where is said what one waits for
 * @param {(debrief: object, who: {code, role, team, token, phase}) => void} show
 */
export function enter(state, show) {
  const code = codeFromAddress();
  keepAddress(code);
  if (!CODE.test(code)) {
    say(state, "Which room?", "This page shows the debrief of one room: its address ends with the code, as in #ABC234.", [["/play", "To the rooms"]]);
    return;
  }
  const host = membership(code, "host");
  const who = host ?? membership(code, "team");
  if (!who?.token) {
    say(state, `Room ${code}`, "This browser is in no team of this room. Whoever wants to see its debrief opens it in the browser that played.", [[`/play#${code}`, "Join this room"]]);
    return;
  }
  const own = { code, role: host ? "host" : "team", team: membership(code, "team")?.team ?? null, token: who.token };
  let fetching = false;
  let shown = false;

  async function fetchIt(view) {
    if (fetching || shown) return;
    fetching = true;
    try {
      const debrief = await call("GET", `/api/rooms/${code}/debrief`, undefined, who.token);
      if (debrief.teams) {
        shown = true;
        state.hidden = true;
        show(debrief, { ...own, phase: view.phase });
      }
    } catch (error) {
      say(state, "The debrief could not be read", error.message);
    } finally {
      fetching = false;
    }
  }

  const stop = watch(code, who.token, (view) => {
    if (shown) {
      stop();
    } else if (view.debrief.ready && view.debrief.open) {
      fetchIt(view);
    } else {
      wait(state, view, own);
    }
  }, (now, error) => {
    if (shown || now === "live") return;
    if (now === "refused") {
      say(state, `Room ${code}`, error.status === 404 ? "There is no room of this code on this server." : "What this browser kept is not of this room.", [["/play", "To the rooms"]]);
    } else {
      say(state, "The server does not answer", "This page tries again by itself. Is raison serve still running?");
    }
  });
}

function wait(state, view, { code, role }) {
  const { debrief } = view;
  if (view.phase === "lobby" || view.phase === "playing") {
    const quarter = view.phase === "lobby" ? "The game has not begun." : `Quarter ${view.quarter + 1} of ${view.quarters} is open.`;
    say(state, "The game is not over yet", `${quarter} The debrief opens here after the last one.`, [[`/play/${role}#${code}`, "Back to the game"]]);
  } else if (!debrief.open) {
    say(state, "The game is over", "This page opens by itself as soon as your facilitator shows the debrief.");
  } else if (view.trouble) {
    say(state, "Something went wrong", view.trouble);
  } else {
    progress(state, debrief);
  }
}

/** How many firms have been lived; the same elements stay, so that nothing is read out twice. */
function progress(state, { done, of }) {
  let bar = state.querySelector("progress");
  if (!bar) {
    bar = html("progress", { "aria-labelledby": "living" });
    const heading = html("h2", { id: "living" }, "The firms are being lived once more");
    const why = html("p", {}, "Each team's firm in other worlds, what other regimes would have done, and three customers. This takes up to a minute.");
    state.replaceChildren(html("div", { class: "stack" }, heading, why, bar, html("p", { class: "quiet number", "aria-live": "off" })));
    state.hidden = false;
  }
  bar.max = Math.max(of, 1);
  bar.value = done;
  state.querySelector("p.number").textContent = of ? `${done} of ${of}` : "";
}

function say(state, heading, words, links = []) {
  const more = links.map(([href, name]) => html("a", { class: "button", href }, name));
  state.replaceChildren(html("div", { class: "stack" },
    html("h2", {}, heading), html("p", {}, words), ...(more.length ? [html("div", { class: "row" }, ...more)] : [])));
  state.hidden = false;
}

/** A jump within the page must not take the code from its address; another code is another page. */
function keepAddress(code) {
  addEventListener("hashchange", () => {
    const now = codeFromAddress();
    if (CODE.test(now) && now !== code) location.reload();
    else if (now !== code) history.replaceState(null, "", `#${code}`);
  });
}
