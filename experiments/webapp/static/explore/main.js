// Explore: the question on the left, in the address, and in the answers on the right.

import { ask, follow, read, save, text } from "./api.js";
import { load } from "./charts.js";
import { Customers } from "./customers.js";
import { Dials } from "./dials.js";
import { byId, make, words } from "./dom.js";
import { Events } from "./events.js";
import { Shared } from "./firm.js";
import { Flip } from "./flip.js";
import { Line } from "./line.js";
import { Organisation } from "./organisation.js";
import { Origin } from "./origin.js";
import { Own } from "./own.js";
import { unpack } from "./packed.js";
import { Results } from "./results.js";
import { Shares } from "./shares.js";
import { asks, draft, fitsLink, fresh, parse, question, write } from "./state.js";

const BESIDE = "(min-width: 60rem)"; // question and answers, as in explore.css
const ADDRESS_MS = 400; // between two writings of the address
const OWN = "own"; // among the scenarios: the visitor's; among the regimes: the scenario's
const arrived = location.hash; // before a skip link may have replaced it
const state = fresh();
const results = new Results(new Origin(), new Customers(() => dials.differences(), (dial) => dials.goTo(dial)));
const shares = new Shares();
const line = new Line(() => run());
let catalogue, scenario, dials, shared, organisation, events, flip;
let asked = null; // the question that was asked last
let written = -Infinity; // when the address was written
let writing = null;
let turn = 0; // how often anything was asked
let answered = null; // the question that the results belong to, as it is written in the address
let unfollow = null;

const own = () => Object.fromEntries(catalogue.dials.map(({ name }) => [name, scenario.regime[name]]));

// Write the question into the address; browsers refuse to do so at every step of a slider.
function address() {
  clearTimeout(writing);
  const wait = written + ADDRESS_MS - performance.now();
  if (wait > 0) {
    writing = setTimeout(address, wait);
    return;
  }
  written = performance.now();
  history.replaceState(null, "", `#${write(state)}`);
}

// Something of the question has changed: the address says so, and answers to another are stale.
function changed() {
  address();
  dials.show();
  shared.count();
  organisation.refresh();
  describe();
  stale();
}

function stale() {
  const differs = answered !== null && answered !== write(state);
  byId("stale").hidden = !differs;
  byId("results").classList.toggle("stale", differs);
  byId("results").inert = differs;
  byId("stale").textContent = document.body.dataset.state === "running" && asked === write(state)
    ? "These are the answers to the earlier question. The new ones are on their way."
    : "You have changed the question. These are the answers to the earlier one. Press Run for new ones.";
}

function describe() {
  byId("scenario-describes").textContent = scenario.describes;
  byId("own-long").hidden = !state.own || fitsLink(state.own);
  for (const [place, firm] of ["a", "b"].entries()) {
    const { regime } = state.firms[place];
    const found = catalogue.regimes.find((one) => one.name === regime) ?? scenario.regime;
    const differs = Object.keys(found.departments ?? {}).length ? " Some departments differ." : "";
    byId(`regime-${firm}-describes`).textContent = `${found.describes}${differs}`;
  }
  byId("runs-count").textContent = `${state.replications} × ${state.years ?? scenario.horizon_years} years`;
}

// Read the scenario of the question; one of the visitor's own may be there only as it was packed.
async function readScenario() {
  if (!state.own) {
    scenario = await read(`/api/scenarios/${encodeURIComponent(state.scenario)}`);
    return;
  }
  if (state.own.text === null && state.own.packed.startsWith("~")) {
    throw new Error("The scenario of this link was too long to be in it. Open its file again.");
  }
  state.own.text ??= await unpack(state.own.packed, catalogue.own_bytes);
  const { problems, scenario: found } = await ask("/api/check", draft({ ...state, overrides: {}, edges: [], events: null }));
  if (!found) throw new Error(`The scenario of this link is refused. ${problems[0].field}: given ${problems[0].given}, allowed ${problems[0].allowed}.`);
  scenario = found;
}

function showScenario() {
  shared.show(scenario);
  flip.choose(scenario);
  organisation.show(scenario);
  events.show(scenario);
  listScenarios();
  for (const [place, firm] of ["a", "b"].entries()) byId(`regime-${firm}`).value = state.firms[place].regime;
  byId("years").value = state.years ?? scenario.horizon_years;
  byId("replications").value = state.replications;
  byId("seed").value = state.seed;
}

function listScenarios() {
  const own = state.own ? [make("option", { value: OWN }, `Yours: ${words(scenario.name)}`)] : [];
  options("scenario", catalogue.scenarios.map((one) => one.name), own);
  byId("scenario").value = state.own ? OWN : state.scenario;
  byId("own-open").textContent = state.own ? "Edit it …" : "Use your own …";
}

// Another scenario: what was changed in the one before means nothing in it.
function begin(changes) {
  Object.assign(state, { own: null, overrides: {}, edges: [], events: null, years: null }, changes);
}

function wrong(error) {
  byId("wrong").hidden = !error;
  byId("wrong").textContent = error?.message ?? "";
  for (const input of document.querySelectorAll("[data-key]")) {
    if (error?.field && error.field.endsWith(input.dataset.key)) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
}

function tell(sentence, share) {
  byId("status").hidden = !sentence;
  byId("status-text").textContent = sentence;
  byId("progress").value = share;
  byId("progress").hidden = share >= 1;
}

async function run() {
  wrong(null);
  unfollow?.();
  const mine = write(state);
  asked = mine;
  turn += 1;
  const now = turn;
  tell("Asking …", 0);
  load().catch(() => {});
  const posed = question(structuredClone(state));
  let job;
  try {
    job = await ask("/api/compare", posed);
  } catch (error) {
    if (now !== turn) return;
    tell("", 1);
    if (error.offline) line.lost(true);
    else wrong(error);
    return;
  }
  if (now !== turn) return; // asked again meanwhile
  document.body.dataset.state = "running";
  stale();
  let shown = Promise.resolve();
  const show = (result) => {
    answered = mine;
    stale();
    for (const inquiry of [shares, flip]) inquiry.withdraw(job.id);
    shown = shown.then(() => results.show(job.id, result)).catch((error) => tell(error.message, 1));
  };
  unfollow = follow(job.id, {
    result: show,
    state: (told) => shown.then(() => {
      if (now !== turn) return;
      over(told);
      if (told.state !== "done" || results.id !== job.id) return;
      for (const inquiry of [shares, flip]) inquiry.offer(job.id, posed, results.result);
    }),
    lost: (closed) => line.lost(closed),
    found: () => line.found(),
  });
}

function over({ state: now, runs, total, error, compiling }) {
  const sentences = {
    waiting: "Waiting for a free processor …",
    running: compiling ? "The model is compiled for this machine: up to a minute, once." : total ? `${runs} of ${total} runs finished` : "Preparing …",
    done: `All ${total} runs are finished.`,
    stopped: "Stopped. What is finished is kept; press Run to go on.",
    failed: `It failed: ${error}`,
  };
  tell(sentences[now], now === "done" ? 1 : total ? runs / total : 0);
  for (const name of ["notice", "notice-wrong"]) byId("status").classList.toggle(name, now === "failed");
  document.body.dataset.state = now;
  stale();
}

function options(select, names, more = []) {
  byId(select).replaceChildren(...more, ...names.map((name) => make("option", { value: name }, words(name))));
}

function listen() {
  byId("scenario").addEventListener("change", async (event) => {
    if (event.target.value === OWN) return;
    begin({ scenario: event.target.value });
    try {
      await readScenario();
      showScenario();
      changed();
    } catch (error) {
      wrong(error);
    }
  });
  for (const [place, firm] of ["a", "b"].entries()) {
    byId(`regime-${firm}`).addEventListener("change", (event) => {
      state.firms[place] = { regime: event.target.value, dials: {} };
      changed();
    });
    byId(`yaml-${firm}`).addEventListener("click", async () => {
      wrong(null);
      try {
        save(`${state.own ? OWN : state.scenario}-${firm}.yaml`, await text(`/api/scenario.yaml?firm=${place}`, question(state)));
      } catch (error) {
        wrong(error);
      }
    });
  }
  for (const key of ["years", "replications", "seed"]) {
    byId(key).addEventListener("change", (event) => {
      const given = Number(event.target.value);
      state[key] = key === "years" && given === scenario.horizon_years ? null : given;
      changed();
    });
  }
  byId("asked").addEventListener("submit", (event) => {
    event.preventDefault();
    run();
    if (!matchMedia(BESIDE).matches) byId("found").scrollIntoView(); // where the answers stand below
  });
  window.addEventListener("hashchange", async () => {
    if (asks(location.hash)) {
      await restore(location.hash);
      if (byId("wrong").hidden) run();
    } else { // a place on this page, such as the skip link's: the question stays
      byId(location.hash.slice(1))?.focus();
      address();
    }
  });
}

async function restore(fragment) {
  Object.assign(state, parse(fragment));
  wrong(null);
  try {
    await readScenario();
  } catch (error) {
    Object.assign(state, fresh());
    await readScenario();
    wrong(error);
  }
  showScenario();
  changed();
}

async function start() {
  catalogue = await read("/api/catalogue");
  const fromScenario = () => make("option", { value: "own" }, "As the scenario has it");
  options("regime-a", catalogue.regimes.map((one) => one.name), [fromScenario()]);
  options("regime-b", catalogue.regimes.map((one) => one.name), [fromScenario()]);
  dials = new Dials(catalogue, state, own, changed);
  shared = new Shared(catalogue, state, changed);
  organisation = new Organisation(shared, state, changed);
  new Own(state, catalogue.own_characters, () => question(state), (own, found) => {
    // its regime is what it says, and would otherwise be seen in neither firm
    begin({ own, firms: [{ regime: OWN, dials: {} }, state.firms[1]] });
    scenario = found;
    showScenario();
    changed();
  });
  events = new Events(state, changed);
  flip = new Flip(catalogue);
  listen();
  await restore(arrived);
  byId("run").disabled = false; // until now it would have asked for nothing
  document.body.dataset.state = "empty";
  if (asks(arrived) && byId("wrong").hidden) await run();
  // the charts' library is large: it comes while the visitor chooses
  else (window.requestIdleCallback ?? setTimeout)(() => load().catch(() => {}));
}

start().catch(wrong);
