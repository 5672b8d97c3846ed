// Where a number comes from: seeds, versions, what was assumed, and every run behind it.

import { read } from "./api.js";
import { byId, make, words } from "./dom.js";

const METHOD = "95 % Student t interval of the paired differences";

const facts = (said) => Object.entries(said).filter(([, text]) => text != null)
  .flatMap(([name, text]) => [make("dt", {}, name), make("dd", {}, text)]);

// What all numbers of a result have in common.
function common(id, { origin, pairs, failed, regimes }) {
  const changed = Object.entries(origin.asked).map(([key, value]) => `${key} = ${value}`).join(", ");
  return {
    Scenario: origin.scenario,
    Replications: `${pairs} ${pairs > 1 ? "pairs" : "pair"}, seeds ${origin.seeds[0]} to ${origin.seeds[1]}${failed ? `; ${failed} runs failed` : ""}`,
    Changed: changed || "no value of the scenario",
    Assumed: `${origin.assumed} of ${origin.parameters} coefficients are assumed, not measured; each says so where it can be changed`,
    Model: `version ${origin.model}, source ${origin.code.slice(0, 12)}`,
    "Firm A": `${regimes[0]}, digest ${origin.cells[regimes[0]].slice(0, 12)}`,
    "Firm B": `${regimes[1]}, digest ${origin.cells[regimes[1]].slice(0, 12)}`,
    Study: id,
  };
}

export class Origin {
  constructor() {
    this.dialog = byId("number-dialog");
    byId("number-close").addEventListener("click", () => this.dialog.close());
  }

  show(id, result) {
    Object.assign(this, { id, result });
    byId("origin").replaceChildren(...facts(common(id, result)));
    for (const [part, file] of [["report", "report.html"], ["table", "table.csv"], ["pairs", "pairs.csv"]]) {
      byId(`export-${part}`).href = `/api/jobs/${id}/${file}`;
    }
  }

  // A button that opens what is behind a measure.
  button(key, text, attributes = {}) {
    return make("button", { type: "button", ...attributes, onclick: () => this.open(key) }, text);
  }

  async open(key) {
    const { id, result } = this;
    const row = result.measures.find((one) => one.key === key);
    byId("number-title").textContent = words(row.label);
    byId("number-facts").replaceChildren(...facts({
      "Firm A": `${row.a}, mean of ${row.numbers.pairs}`,
      "Firm B": `${row.b}, mean of ${row.numbers.pairs}`,
      "A − B": row.difference,
      Interval: row.interval ? `${row.interval}: ${METHOD}` : "none yet: it takes two pairs",
      "A is better": row.a_wins == null ? null : `in ${Math.round(100 * row.a_wins)} % of the pairs`,
    }), ...facts(common(id, result)));
    byId("number-pairs").href = `/api/jobs/${id}/pairs.csv`;
    byId("number-runs").replaceChildren();
    byId("number-dialog").scrollTop = 0;
    this.dialog.showModal();
    try {
      const { runs } = await read(`/api/jobs/${id}/runs/${encodeURIComponent(key)}`);
      byId("number-runs").replaceChildren(...runs.map(({ seed, a, b, difference }) => make("tr", {},
        make("th", { scope: "row" }, `${seed}`), ...[a, b, difference].map((text) => make("td", { class: "number" }, text)))));
    } catch (error) {
      byId("number-runs").replaceChildren(make("tr", {}, make("td", { colspan: 4 }, error.message)));
    }
  }
}
