// Explore: the question on the left, in the address, and in the answers on the right.

import { ask, follow, read, save, text } from "./api.js";
import { load } from "./charts.js";
import { Dials } from "./dials.js";
import { byId, make, words } from "./dom.js";
import { Events } from "./events.js";
import { Shared } from "./firm.js";
import { Results } from "./results.js";
import { fresh, parse, question, write } from "./state.js";

const state = fresh();
const results = new Results();
let catalogue, scenario, dials, shared, events;
let answered = null; // the question that the results belong to, as it is written in the address
let unfollow = null;

const own = () => Object.fromEntries(catalogue.dials.map(({ name }) => [name, scenario.regime[name]]));

// Something of the question has changed: the address says so, and answers to another are stale.
function changed() {
  history.replaceState(null, "", `#${write(state)}`);
  dials.show();
  shared.count();
  describe();
  stale();
}

function stale() {
  const differs = answered !== null && answered !== write(state);
  byId("stale").hidden = !differs;
  byId("results").classList.toggle("stale", differs);
  byId("results").inert = differs;
  if (differs) document.body.dataset.state = "stale";
  else if (answered !== null) document.body.dataset.state ??= "done";
}

function describe() {
  byId("scenario-describes").textContent = scenario.describes;
  for (const [place, firm] of ["a", "b"].entries()) {
    const { regime } = state.firms[place];
    const found = catalogue.regimes.find((one) => one.name === regime) ?? scenario.regime;
    const differs = Object.keys(found.departments ?? {}).length ? " Some departments differ." : "";
    byId(`regime-${firm}-describes`).textContent = `${found.describes}${differs}`;
  }
  byId("runs-count").textContent = `${state.replications} × ${state.years ?? scenario.horizon_years} years`;
}

async function chooseScenario() {
  scenario = await read(`/api/scenarios/${encodeURIComponent(state.scenario)}`);
  shared.show(scenario);
  events.show(scenario);
  byId("scenario").value = state.scenario;
  for (const [place, firm] of ["a", "b"].entries()) byId(`regime-${firm}`).value = state.firms[place].regime;
  byId("years").value = state.years ?? scenario.horizon_years;
  byId("replications").value = state.replications;
  byId("seed").value = state.seed;
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
  const asked = write(state);
  tell("Asking …", 0);
  load().catch(() => {});
  let job;
  try {
    job = await ask("/api/compare", question(state));
  } catch (error) {
    tell("", 1);
    wrong(error);
    return;
  }
  document.body.dataset.state = "running";
  let shown = Promise.resolve();
  const show = (result) => {
    answered = asked;
    stale();
    shown = shown.then(() => results.show(job.id, result)).catch((error) => tell(error.message, 1));
  };
  unfollow = follow(job.id, {
    result: show,
    state: (now) => shown.then(() => over(now)),
    lost: (closed) => tell(closed ? "The server has ended the connection. Press Run to go on." : "The connection is lost; trying again …", 0),
  });
}

function over({ state: now, runs, total, error, compiling }) {
  const sentences = {
    waiting: "Waiting for a free processor …",
    running: compiling ? "The model is compiled for this machine: a minute or two, once." : total ? `${runs} of ${total} runs finished` : "Preparing …",
    done: `All ${total} runs are finished.`,
    stopped: "Stopped. What is finished is kept; press Run to go on.",
    failed: `It failed: ${error}`,
  };
  tell(sentences[now], now === "done" ? 1 : total ? runs / total : 0);
  if (now !== "running" || document.body.dataset.state !== "stale") document.body.dataset.state = now;
  stale();
}

function options(select, names, more = []) {
  byId(select).replaceChildren(...more, ...names.map((name) => make("option", { value: name }, words(name))));
}

function listen() {
  byId("scenario").addEventListener("change", async (event) => {
    Object.assign(state, { scenario: event.target.value, overrides: {}, events: null, years: null });
    await chooseScenario();
    changed();
  });
  for (const [place, firm] of ["a", "b"].entries()) {
    byId(`regime-${firm}`).addEventListener("change", (event) => {
      state.firms[place] = { regime: event.target.value, dials: {} };
      changed();
    });
    byId(`yaml-${firm}`).addEventListener("click", async () => {
      wrong(null);
      try {
        save(`${state.scenario}-${firm}.yaml`, await text(`/api/scenario.yaml?firm=${place}`, question(state)));
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
  });
  window.addEventListener("hashchange", () => restore().then(run));
}

async function restore() {
  Object.assign(state, parse(location.hash));
  await chooseScenario();
  changed();
}

async function start() {
  catalogue = await read("/api/catalogue");
  options("scenario", catalogue.scenarios.map((one) => one.name));
  const fromScenario = () => make("option", { value: "own" }, "As the scenario has it");
  options("regime-a", catalogue.regimes.map((one) => one.name), [fromScenario()]);
  options("regime-b", catalogue.regimes.map((one) => one.name), [fromScenario()]);
  dials = new Dials(catalogue, state, own, changed);
  shared = new Shared(catalogue, state, changed);
  events = new Events(state, changed);
  listen();
  const linked = location.hash.length > 1;
  await restore();
  document.body.dataset.state = "empty";
  if (linked) await run();
}

start().catch(wrong);
