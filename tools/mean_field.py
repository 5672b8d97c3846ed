"""Set the agents beside a firm of averages: the page and its picture (`make mean-field`).

The tables of docs/mean-field.md between the two markers are written from these runs. The prose
around them is not, so it names signs and rough sizes only.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import or_
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.compare import Comparison
from experiments.customer_base import TOP, share_of_top, survival
from experiments.mean_field import mean_field, summary
from experiments.mean_field.customers import start_propensity
from experiments.mean_field.facts import Facts
from experiments.mean_field.figure import AGENTS, MARKET, MEAN, Drawn, Values, draw
from experiments.metrics import metric
from experiments.results import Results
from experiments.runner import local, run_into
from experiments.runs import Keep, MemoryRuns, Runs, RunSpec
from experiments.statistics import half_width
from experiments.study import Study
from simulation import Scenario, resolve
from simulation.version import MODEL_VERSION
from simulation.world import WEEKS_A_YEAR

DOCS = Path(__file__).parent.parent / "docs"
PAGE = DOCS / "mean-field.md"
PICTURE = DOCS / "img" / "mean-field.png"
BEGIN, END = "<!-- written by make mean-field: begin -->", "<!-- end -->"

SCENARIO, REGIMES = "services_firm", ("customer_first", "internal_customer")
REPLICATIONS, YEARS = 8, 5.0
MARKETS: Mapping[str, Mapping[str, object]] = {
    "as the scenario has it": {},
    "calm (`market.turbulence` = 0.01)": {"market.turbulence": 0.01},
}
MEASURES = (
    "retention",
    "active_end",
    "satisfaction",
    "resolution_rate",
    "lead_time_days",
    "product_gap",
    "agility",
    "revenue",
    "cost",
    "profit",
    "friction",
    "entitlement",
    "resentment",
    "escalations",
    "disputes",
    "engagement",
    "blocked_share",
    "utilisation",
    "policy_load",
    "illusion_gap",
)
DRAWN = (
    "retention",
    "active_end",
    "satisfaction",
    "profit",
    "lead_time_days",
    "friction",
    "agility",
    "engagement",
    "utilisation",
)
WAITING = ("lead_time_days", "blocked_share")
RATIOS = ("active_end", "lead_time_days", "satisfaction")
PRIORITIES = (0.1, 0.3, 0.5, 0.7, 0.9)
NETWORKS = {"neighbours on a lattice": 0.0, "anybody, at random": 1.0}  # rewire_share
HEARD = ("joined", "retention", "active_end")
YEARS_AFTER = (1, 2, 3)
_OF_AGENTS = ("A", "B", "difference", "low", "high")


@dataclass(frozen=True)
class Pair:
    """Agents and averages of both regimes in one market.

    Attributes
    ----------
    agents : Comparison
        Twin firms with agents.
    table : mapping
        By metric: `A`, `difference`, `low`, `high` of the agents.
    mean, market : list of dict
        Summaries of the mean field under each regime: customers with the mean propensity of those
        who are customers at the start, and with that of the market.
    weekly : dict of str to DataFrame
        Weekly tables of the first regime by name of the model.
    """

    agents: Comparison
    table: Mapping[str, Mapping[str, float]]
    mean: list[dict[str, float]]
    market: list[dict[str, float]]
    weekly: dict[str, pd.DataFrame]

    @classmethod
    def of(cls, cells: Sequence[Scenario], runs: Runs) -> Pair:
        """Put the runs of the agents beside the averages of the same firms."""
        digests = {regime: cell.digest for regime, cell in zip(REGIMES, cells, strict=True)}
        study = Study("compare", SCENARIO, REGIMES, digests, 0, REPLICATIONS)
        agents = Comparison(study, runs, REPLICATIONS)
        mean = [mean_field(cell) for cell in cells]
        market = [mean_field(cell, 1.0) for cell in cells]
        return cls(
            agents,
            {
                str(row["metric"]): {name: float(row[name]) for name in _OF_AGENTS}
                for row in agents.table.to_dict("records")
            },
            [summary(weeks) for weeks in mean],
            [summary(weeks) for weeks in market],
            {MEAN: mean[0], MARKET: market[0]},
        )

    def half(self, key: str) -> float:
        """Half the interval of a difference."""
        return (self.table[key]["high"] - self.table[key]["low"]) / 2.0

    def gaps(self, key: str) -> tuple[float, float, float]:
        """Differences between the regimes: agents, mean field, market's propensity."""
        mean, market = (a[key] - b[key] for a, b in (self.mean, self.market))
        return self.table[key]["difference"], mean, market

    def level(self, key: str) -> float:
        """Mean of both firms of agents."""
        return (self.table[key]["A"] + self.table[key]["B"]) / 2.0


def stays(pair: Pair) -> dict[str, tuple[Values, Values]]:
    """Share of new customers still there; averages leave as the average customer does."""
    tables = pair.agents.tables[REGIMES[0]]
    curves = {AGENTS: survival(tables.newcomers)}
    for model, weeks in pair.weekly.items():
        before = weeks["active"] + weeks["lost"] - weeks["joined"]
        left = np.cumprod(1.0 - (weeks["lost"] / before).to_numpy()[WEEKS_A_YEAR // 2 :])
        years = np.arange(len(left) + 1) / WEEKS_A_YEAR
        curves[model] = years, np.concatenate([[1.0], left])
    return curves


def by_priority(cells: Sequence[Scenario], runs: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Lead time and blocked seats of the first regime by `customer_priority`, both models."""
    rows = []
    for priority, cell, results in zip(PRIORITIES, cells, runs, strict=True):
        mean = summary(mean_field(cell))
        row = {"customer_priority": priority}
        for key in WAITING:
            values = results[key].dropna().to_numpy(float)
            row |= {key: values.mean(), f"{key}_half": half_width(values), f"{key}_mean": mean[key]}
        rows.append(row)
    return pd.DataFrame(rows)


def made_alike() -> dict[str, dict[str, object]]:
    """What has been changed at each step of making the agents alike, the steps before included.

    Those who are customers leave less easily than the market, whose mean propensity is 1. With one
    propensity for all, `h0` is lowered to the level of the first customers: otherwise it is not a
    difference between people that is switched off, but churn that is doubled.
    """
    facts = Facts.of(resolve(SCENARIO, REGIMES[0]))
    level = float(facts.p.h0 * start_propensity(facts))
    steps: dict[str, dict[str, object]] = {
        "as it is": {},
        "one\npropensity,\nsame level": {
            "parameters.propensity_shape": 20.0,
            "parameters.h0": level,
        },
        "one need rate,\nmargin, taste": {
            "parameters.need_sd": 0.0,
            "parameters.margin_sd": 0.0,
            "parameters.taste_sd": 0.0,
        },
        "every week\nthe same": {"parameters.demand_sd": 0.0, "parameters.absence_sd": 0.0},
        "every item\nthe same": {"parameters.hours_sd_log": 0.0},
        "another firm:\nexperience in\nsmall steps": {"parameters.experience_step": 0.05},
    }
    return dict(zip(steps, accumulate(steps.values(), or_), strict=True))


def run_agents(cells: Sequence[Scenario]) -> MemoryRuns:
    """All replications of all firms, over one set of processes; people are kept of the first."""
    runs = MemoryRuns()
    specs = [
        RunSpec(cell, cell.regime.name, seed, Keep.ALL if n == seed == 0 else Keep.SERIES)
        for n, cell in enumerate(cells)
        for seed in range(REPLICATIONS)
    ]
    with local(None) as crowd:
        run_into(runs, specs, crowd)
    return runs


def summaries(cells: Sequence[Scenario], runs: Runs) -> list[pd.DataFrame]:
    """The summaries of all replications of each firm."""
    digests = {str(n): cell.digest for n, cell in enumerate(cells)}
    table = Results(runs, digests, 0, REPLICATIONS).summaries
    return [table[table["label"] == label] for label in digests]


def gap_table(pair: Pair) -> Iterator[str]:
    """Levels and differences, a measure a row."""
    a, b = REGIMES
    models = "agents | mean field | market's propensity"
    yield f"| | {a}: {models} | less {b}: {models} |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for key in MEASURES:
        measure = metric(key)
        cells = measure.row(pair.table[key]["A"], pair.gaps(key), [pair.half(key), *[math.nan] * 2])
        cells[2:] = [_signed(cell) for cell in cells[2:]]
        levels = [cells[0], measure.value(pair.mean[0][key]), measure.value(pair.market[0][key])]
        yield "| " + " | ".join([measure.label, *levels, *cells[1:]]) + " |"


def _signed(gap: str) -> str:
    """A difference without an interval, with its sign."""
    return gap if gap.startswith("−") or not gap.strip("0.–") else f"+{gap}"


def network_table(cells: Sequence[Scenario], runs: Sequence[pd.DataFrame]) -> Iterator[str]:
    """Whom people hear: means of the agents, and the paired difference."""
    yield "| acquaintances | " + " | ".join(metric(key).label for key in HEARD) + " |"
    yield "|---|" + "--:|" * len(HEARD)
    values = {key: np.array([one[key].to_numpy(float) for one in runs]) for key in HEARD}
    for n, name in enumerate(NETWORKS):
        means = [metric(key).value(float(values[key][n].mean())) for key in HEARD]
        yield f"| {name} | " + " | ".join(means) + " |"
    differences = []
    for key in HEARD:
        gap = values[key][1] - values[key][0]
        row = metric(key).row(float(values[key].mean()), [float(gap.mean())], [half_width(gap)])
        differences.append(row[1])
    yield "| difference | " + " | ".join(differences) + " |"
    mean = summary(mean_field(cells[0]))
    yield "| mean field | " + " | ".join(metric(key).value(mean[key]) for key in HEARD) + " |"


def priority_table(rows: pd.DataFrame) -> Iterator[str]:
    """Waiting by `customer_priority`."""
    lead, blocked = (metric(key) for key in WAITING)
    yield (
        f"| `customer_priority` | {lead.label}: agents | mean field "
        f"| {blocked.label}: agents | mean field |"
    )
    yield "|--:|--:|--:|--:|--:|"
    for _, row in rows.iterrows():
        cells = [f"{row['customer_priority']:.1f}"]
        for measure in (lead, blocked):
            value, half = row[measure.key], row[f"{measure.key}_half"]
            cells.append(
                f"{measure.value(value)} ±{measure.difference(half, sign=False, unit=False)}"
            )
            cells.append(measure.value(row[f"{measure.key}_mean"]))
        yield "| " + " | ".join(cells) + " |"


def alike_table(pairs: Mapping[str, Pair]) -> Iterator[str]:
    """Levels of the first regime, and gaps, as agents are made alike."""
    heads = [f"{metric(key).label}: agents | mean field" for key in RATIOS]
    heads += [f"gap of {metric(key).label}: agents | mean field" for key in ("retention", "profit")]
    yield "| switched off so far | " + " | ".join(heads) + " |"
    yield "|---|" + "--:|" * (2 * len(heads))
    for step, pair in pairs.items():
        cells = [step.replace("\n", " ")]
        for key in RATIOS:
            cells += [metric(key).value(pair.table[key]["A"])]
            cells += [metric(key).value(pair.mean[0][key])]
        for key in ("retention", "profit"):
            gaps = pair.gaps(key)[:2]
            row = metric(key).row(pair.level(key), gaps, [pair.half(key), math.nan])
            cells += [row[1], _signed(row[2])]
        yield "| " + " | ".join(cells) + " |"


def tenure_table(pair: Pair, curves: Mapping[str, tuple[Values, Values]]) -> Iterator[str]:
    """Who stays, and who pays."""
    yield "| | " + " | ".join(f"after {n} y" for n in YEARS_AFTER) + " | top fifth's margin |"
    yield "|---|" + "--:|" * (len(YEARS_AFTER) + 1)
    people = pair.agents.tables[REGIMES[0]].customers
    active = people[people["status"] == "active"]["margin_per_week"].to_numpy(float)
    for model, (years, share) in curves.items():
        at = [float(share[np.searchsorted(years, n, side="right") - 1]) for n in YEARS_AFTER]
        top = share_of_top(active) if model == AGENTS else TOP
        yield "| " + " | ".join([model, *(f"{100 * x:.0f} %" for x in [*at, top])]) + " |"


def tables(
    pairs: Mapping[str, Pair],
    curves: Mapping[str, tuple[Values, Values]],
    priority: pd.DataFrame,
    network: Iterator[str],
    alike: Mapping[str, Pair],
) -> Iterator[str]:
    """Everything between the markers."""
    yield f"{REPLICATIONS} seeds, {YEARS:g} years, `{SCENARIO}`; ± is half of a 95 % interval."
    for market, pair in pairs.items():
        yield f"\n**The market {market}.** Differences are {REGIMES[0]} less {REGIMES[1]}.\n"
        yield from gap_table(pair)
    yield f"\n**Who stays.** New customers of {REGIMES[0]} who have never left.\n"
    yield from tenure_table(next(iter(pairs.values())), curves)
    yield f"\n**Priorities.** {REGIMES[0]} with another `customer_priority`.\n"
    yield from priority_table(priority)
    yield f"\n**Word of mouth.** {REGIMES[0]} with other acquaintances (`rewire_share` 0 and 1).\n"
    yield from network
    yield f"\n**What brings it nearer.** {REGIMES[0]}; each row keeps what stands above it.\n"
    yield from alike_table(alike)


def picture(
    pair: Pair,
    curves: Mapping[str, tuple[Values, Values]],
    priority: pd.DataFrame,
    alike: Mapping[str, Pair],
) -> Drawn:
    """What the picture shows of it."""
    gaps = []
    for key in DRAWN:
        level = pair.level(key)
        agents, mean, market = (gap / level for gap in pair.gaps(key))
        half = pair.half(key) / level
        gaps.append((key, agents, half, mean, market))
    ratios = [
        (step, *(one.mean[0][key] / one.table[key]["A"] for key in RATIOS))
        for step, one in alike.items()
    ]
    lead = {
        "lead_time_days": "agents",
        "lead_time_days_half": "half",
        "lead_time_days_mean": "mean",
    }
    return Drawn(
        stays=curves,
        priority=priority.rename(columns=lead),
        gaps=pd.DataFrame(gaps, columns=["metric", "agents", "half", "mean", "market"]),
        steps=pd.DataFrame(ratios, columns=["step", *RATIOS]),
    )


def main() -> None:
    """Run everything, then write the picture and the tables."""
    steps = made_alike()
    changes = [*MARKETS.values(), *list(steps.values())[1:]]
    twins = [[resolve(SCENARIO, r, change, YEARS) for r in REGIMES] for change in changes]
    others = [
        resolve(SCENARIO, REGIMES[0], change, YEARS)
        for change in (
            *({"regime.customer_priority": w} for w in PRIORITIES),
            *({"parameters.rewire_share": share} for share in NETWORKS.values()),
        )
    ]
    runs = run_agents([cell for both in twins for cell in both] + others)
    pairs = [Pair.of(both, runs) for both in twins]
    beside, waits = summaries(others, runs), len(PRIORITIES)
    network = network_table(others[waits:], beside[waits:])
    markets = dict(zip(MARKETS, pairs, strict=False))
    alike = dict(zip(steps, [pairs[0], *pairs[len(MARKETS) :]], strict=True))
    curves, priority = stays(pairs[0]), by_priority(others[:waits], beside[:waits])
    figure = draw(
        picture(pairs[0], curves, priority, alike),
        "What a firm of averages gets wrong, and what brings it nearer",
        f"{SCENARIO}, {YEARS:g} years, {REPLICATIONS} seeds; raison {MODEL_VERSION}",
    )
    figure.savefig(PICTURE)
    text = "\n".join(tables(markets, curves, priority, network, alike))
    head, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    PAGE.write_text(f"{head}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
