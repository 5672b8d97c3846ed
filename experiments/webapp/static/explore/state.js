// The whole question, and how it is written into the fragment of the address.
//
//   #s=small_firm&a=customer_first&b=internal_customer&b.care=0.6&set.market.turbulence=0.05
//    &event={"week":52,"cut":"it","share":0.3}&years=5&n=20&seed=0
//
// Only what differs from the scenario and the regimes is written down.

export const START = {
  scenario: "small_firm",
  firms: [
    { regime: "customer_first", dials: {} },
    { regime: "internal_customer", dials: {} },
  ],
  overrides: {},
  events: null, // as in the scenario
  years: null, // as in the scenario
  replications: 20,
  seed: 0,
};

export const fresh = () => structuredClone(START);

const FIRMS = ["a", "b"];

export function write(state) {
  const said = new URLSearchParams();
  said.set("s", state.scenario);
  FIRMS.forEach((firm, place) => {
    said.set(firm, state.firms[place].regime);
    for (const [dial, value] of Object.entries(state.firms[place].dials)) said.set(`${firm}.${dial}`, value);
  });
  for (const [key, value] of Object.entries(state.overrides)) said.set(`set.${key}`, value);
  if (state.events) {
    if (!state.events.length) said.append("event", "none");
    for (const event of state.events) said.append("event", JSON.stringify(event));
  }
  if (state.years != null) said.set("years", state.years);
  said.set("n", state.replications);
  said.set("seed", state.seed);
  return said.toString();
}

export function parse(fragment) {
  const state = fresh();
  const said = new URLSearchParams(fragment.replace(/^#/, ""));
  for (const [key, value] of said) {
    const [first, ...rest] = key.split(".");
    const name = rest.join(".");
    const place = FIRMS.indexOf(first);
    if (key === "s") state.scenario = value;
    else if (place >= 0 && !name) state.firms[place].regime = value;
    else if (place >= 0) state.firms[place].dials[name] = Number(value);
    else if (first === "set" && name) state.overrides[name] = plain(value);
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

function event(value) {
  try {
    const read = JSON.parse(value);
    return read && typeof read === "object" ? [read] : [];
  } catch {
    return [];
  }
}

// What the server is asked.
export function question(state) {
  const { scenario, firms, overrides, events, years, replications, seed } = state;
  return { scenario, firms, overrides, events, years, replications, seed };
}
