// The whole question, and how it is written into the fragment of the address.
//
//   #s=small_firm&a=customer_first&b=internal_customer&b.care=0.6&set.market.turbulence=0.05
//    &event={"week":52,"cut":"it","share":0.3}&edge=-serves.it.hr&edge=%2Bserves.hr.it.0.1
//    &own=...&years=5&n=20&seed=0
//
// Only what differs from the scenario and the regimes is written down. A scenario of the visitor's
// own is there as a whole (`own`, see packed.js); one too long for a link only by a digest (`~...`).

import { digest } from "./packed.js";

const LINK_MOST = 16000; // letters of a packed scenario; addresses much longer get cut by mail programs

export const START = {
  scenario: "small_firm",
  own: null, // { text, packed } of a scenario of the visitor's own
  firms: [
    { regime: "customer_first", dials: {} },
    { regime: "internal_customer", dials: {} },
  ],
  overrides: {},
  edges: [], // { kind, source, target, there, weight } that differ from the scenario
  events: null, // as in the scenario
  years: null, // as in the scenario
  replications: 20,
  seed: 0,
};

export const fresh = () => structuredClone(START);

const FIRMS = ["a", "b"];

export const fitsLink = (own) => own.packed.length <= LINK_MOST;

export function write(state) {
  const said = new URLSearchParams();
  said.set("s", state.scenario);
  if (state.own) said.set("own", fitsLink(state.own) ? state.own.packed : `~${digest(state.own.text)}`);
  FIRMS.forEach((firm, place) => {
    said.set(firm, state.firms[place].regime);
    for (const [dial, value] of Object.entries(state.firms[place].dials)) said.set(`${firm}.${dial}`, value);
  });
  for (const [key, value] of Object.entries(state.overrides)) said.set(`set.${key}`, value);
  for (const { kind, source, target, there, weight } of state.edges) {
    said.append("edge", `${there ? "+" : "-"}${[kind, source, target].join(".")}${weight == null ? "" : `.${weight}`}`);
  }
  if (state.events) {
    if (!state.events.length) said.append("event", "none");
    for (const event of state.events) said.append("event", JSON.stringify(event));
  }
  if (state.years != null) said.set("years", state.years);
  said.set("n", state.replications);
  said.set("seed", state.seed);
  return said.toString();
}

const pairs = (fragment) => new URLSearchParams(fragment.replace(/^#/, ""));

// Whether a fragment is a question at all, and not a place on the page.
export const asks = (fragment) => pairs(fragment).has("s");

export function parse(fragment) {
  const state = fresh();
  for (const [key, value] of pairs(fragment)) {
    const [first, ...rest] = key.split(".");
    const name = rest.join(".");
    const place = FIRMS.indexOf(first);
    if (key === "s") state.scenario = value;
    else if (place >= 0 && !name) state.firms[place].regime = value;
    else if (place >= 0) state.firms[place].dials[name] = Number(value);
    else if (first === "set" && name) state.overrides[name] = plain(value);
    else if (key === "own") state.own = { text: null, packed: value };
    else if (key === "edge") state.edges.push(...edge(value));
    else if (key === "event") (state.events ??= []).push(...event(value));
    else if (key === "years") state.years = Number(value);
    else if (key === "n") state.replications = Number(value);
    else if (key === "seed") state.seed = Number(value);
  }
  return state;
}

function plain(value) {
  if (value === "true" || value === "false") return value === "true";
  return Number(value);
}

function edge(value) {
  const found = /^([+-])(serves|reports_to|touches)\.(\w+)\.(\w+)(?:\.([\d.]+))?$/.exec(value);
  if (!found) return [];
  const [, sign, kind, source, target, weight] = found;
  return [{ kind, source, target, there: sign === "+", weight: weight === undefined ? null : Number(weight) }];
}

function event(value) {
  try {
    const read = JSON.parse(value);
    return read && typeof read === "object" ? [read] : [];
  } catch {
    return [];
  }
}

// What the server is asked: the firm that both have in common, and the whole question.
export function draft({ scenario, own, edges, events, overrides }) {
  return { scenario, own: own?.text ?? null, edges, events, overrides };
}

export function question(state) {
  const { firms, years, replications, seed } = state;
  return { ...draft(state), firms, years, replications, seed };
}
