// A room of the game, as its pages speak with it: who one is, what one asks, what one is told.

import { answer } from "../explore/api.js";
import { lasting } from "./store.js";

const KEY = /^raison\.room\.([A-Z2-9]+)\.(host|team)$/;
const TRIAL = "raison.trial";
const SILENT_MS = 40_000; // the server says every 15 s that it is still there
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;
const HOPELESS = [403, 404];

/** The code in the address of the page, as in /play/team#ABCDEF; empty if there is none. */
export function codeFromAddress() {
  try {
    return decodeURIComponent(location.hash.slice(1)).trim().toUpperCase();
  } catch {
    return ""; // a stray % is part of no code
  }
}

const key = (code, role) => `raison.room.${code}.${role}`;

/** What this browser holds for a room: {token, team} as "host" or "team", null if nothing. */
export const membership = (code, role) => lasting.read(key(code, role));

/** Refuse before the server is asked for a token that this browser would lose with the page. */
export function needMemory() {
  if (!lasting.write(TRIAL, true)) throw new Error("This browser keeps nothing for this page, so it could not stay in a room. Allow it to store data for this address, or take another browser.");
  lasting.remove(TRIAL);
}

export const remember = (code, role, member) => lasting.write(key(code, role), { ...member, at: Date.now() });

export const forget = (code, role) => lasting.remove(key(code, role));

/** Every room that this browser is in, the latest first: [{code, role, token, team, at}]. */
export function memberships() {
  return lasting.keys()
    .map((name) => KEY.exec(name))
    .filter(Boolean)
    .map(([, code, role]) => ({ code, role, ...membership(code, role) }))
    .filter(({ token }) => token)
    .sort((one, other) => (other.at ?? 0) - (one.at ?? 0));
}

const bearing = (token) => (token ? { authorization: `Bearer ${token}` } : {});

/** Ask the server; a refusal is thrown with its status and its problem. */
export async function call(method, path, body, token) {
  const options = { method, headers: bearing(token) };
  if (body !== undefined) {
    options.headers["content-type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  return (await answer(fetch(path, options))).json();
}

/**
 * Follow a room: onView gets each view; onState, when it changes, "live", "offline" (and it tries
 * again by itself) or "refused" with the error (and it does not: there is no such room, or the token
 * is not of it). Returns how to stop. The stream is read with fetch: no address may hold a token.
 */
export function watch(code, token, onView, onState) {
  let stopped = false;
  let state = "";
  let wait = FIRST_WAIT_MS;
  let reading = new AbortController();
  let wake = () => {};

  function become(now, error) {
    if (now !== state) onState((state = now), error);
  }

  async function read() {
    const attempt = (reading = new AbortController());
    let silence = 0;
    const alive = () => {
      clearTimeout(silence);
      silence = setTimeout(() => attempt.abort(), SILENT_MS);
    };
    try {
      alive();
      const { signal } = attempt;
      const response = await answer(fetch(`/api/rooms/${code}/events`, { headers: bearing(token), signal }));
      const stream = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (;;) {
        const { value, done } = await stream.read();
        if (done || stopped) return;
        alive();
        wait = FIRST_WAIT_MS;
        const events = (text + value).split("\n\n");
        text = events.pop();
        become("live");
        // views are whole: of several at once, only the last one counts
        const last = events.findLast((event) => event.startsWith("data: "));
        if (last) show(JSON.parse(last.slice("data: ".length)));
      }
    } finally {
      clearTimeout(silence);
    }
  }

  // A page that cannot draw a view is not a server that has gone.
  function show(view) {
    try {
      onView(view);
    } catch (error) {
      reportError(error);
    }
  }

  async function follow() {
    while (!stopped) {
      let trouble = null;
      try {
        await read();
      } catch (error) {
        trouble = error;
      }
      if (stopped) return;
      if (HOPELESS.includes(trouble?.status)) {
        become("refused", trouble);
        return;
      }
      become("offline", trouble);
      // thirty browsers shall not all come back in the same moment
      const soon = wait * (0.5 + Math.random());
      wait = Math.min(2 * wait, LONGEST_WAIT_MS);
      await new Promise((resolve) => {
        wake = resolve;
        setTimeout(resolve, soon);
      });
    }
  }

  const atOnce = () => wake();
  addEventListener("online", atOnce);
  document.addEventListener("visibilitychange", atOnce);
  follow();
  return () => {
    stopped = true;
    reading.abort();
    atOnce();
    removeEventListener("online", atOnce);
    document.removeEventListener("visibilitychange", atOnce);
  };
}
