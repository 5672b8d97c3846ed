"""What the neutral firm should look like: stylised facts, each with range, source and measure.

`tools/calibrate.py` fits coefficients to them, `tests/facts/` holds the shipped firm to them on
fresh seeds, and `docs/calibration.md` says how far each is off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.customer_base import full_cost_profit, newcomers, share_of_top, survival
from experiments.recovery import recoveries
from simulation import Record, Scenario, simulate
from simulation.agents.customer import experience_after
from simulation.parameters import pack
from simulation.world import DAYS_A_WEEK, WEEKS_A_YEAR, Row

SCENARIO, REGIME, YEARS = "services_firm", "neutral", 10
EDGE_YEARS = 2  # of a run, compared with each other
LATE = (4, 7)  # years with the firm, between which loyal newcomers are looked at
EARLY = (0, 2)
SUPERIOR = 0.8
SHIFT_WEEK, SHIFT_YEARS = 26, 4


@dataclass(frozen=True, slots=True)
class Fact:
    """One stylised fact.

    Attributes
    ----------
    name : str
        In plain words.
    low, high : float
        The range in which the mean over runs should lie.
    source : str
        A publication, or why a firm in a steady state must show it.
    measure : callable, optional
        From the record of one run of the neutral firm; none where it takes more than that.
    emergent : bool
        Whether no coefficient is fitted to it: it follows, or it is missed.
    """

    name: str
    low: float
    high: float
    source: str
    measure: Callable[[Record], float] | None = None
    emergent: bool = False

    def distance(self, value: float) -> float:
        """How far a value is outside the range, in widths of the range; 0 inside."""
        outside = max(self.low - value, value - self.high, 0.0)
        return outside / (self.high - self.low)


def _of_summary(key: str) -> Callable[[Record], float]:
    return lambda record: record.summary()[key]


def _end_over_start(key: str) -> Callable[[Record], float]:
    def measure(record: Record) -> float:
        weekly = record.series[key]
        return float(weekly.iloc[-1] / weekly.iloc[0])

    return measure


def _growth(key: str) -> Callable[[Record], float]:
    weeks = EDGE_YEARS * WEEKS_A_YEAR

    def measure(record: Record) -> float:
        weekly = record.series[key]
        return float(weekly.iloc[-weeks:].mean() / weekly.iloc[:weeks].mean())

    return measure


def _coefficients(record: Record) -> Row:
    return pack(record.manifest["resolved_scenario"]["parameters"]).view(np.recarray)[0]


def _word(record: Record) -> float:
    """What an average customer says: satisfaction less the one that is not worth a word."""
    return float(record.series["satisfaction"].mean() - _coefficients(record).word_centre)


def _experience_after(contacts: int) -> Callable[[Record], float]:
    """Experience, from rest, after a need that only the last of so many contacts resolved."""

    def measure(record: Record) -> float:
        p = _coefficients(record)
        experience = p.experience_rest
        for outcome in (*[0.0] * (contacts - 1), 1.0):
            experience = experience_after(p, experience, outcome)
        return float(experience)

    return measure


def self_belief(record: Record) -> float:
    """Share of departments that report superior service over share of customers who would agree."""
    last = record.departments.groupby("department")["reported"].last()
    there = record.customers.loc[record.customers["status"] == "active", "satisfaction"]
    return float((last > SUPERIOR).mean() / (there > SUPERIOR).mean())


def _offer_lag(record: Record) -> float:
    weekly = record.series
    return float(weekly["product_gap"].mean() / weekly["competitor_gap"].mean())


def _revenue_of_best_fifth(record: Record) -> float:
    bought = record.customers["revenue"]
    return share_of_top(bought[bought > 0].to_numpy(float))


def _profit_of_best_fifth(record: Record) -> float:
    people = record.customers[record.customers["status"] != "prospect"]
    return share_of_top(full_cost_profit(people, float(record.series["cost"].sum())))


def _newcomers_left(record: Record, *after: int) -> list[float]:
    """Share of the first year's newcomers still there after so many years; NaN without any."""
    cohort = newcomers(record.events, len(record.series) * DAYS_A_WEEK)
    if cohort.empty:
        return [float("nan")] * len(after)
    years, share = survival(cohort)
    return [float(share[np.searchsorted(years, year, side="right") - 1]) for year in after]


def _still_there(after: int) -> Callable[[Record], float]:
    return lambda record: _newcomers_left(record, after)[0]


def fickle_over_loyal(record: Record) -> float:
    """Yearly hazard of newcomers in their first two years over that in years five to seven.

    A ratio, so that it speaks of the spread of propensities and not of the level of churn. NaN
    where nobody joined in the first year, or nobody was lost late.
    """
    left = np.array(_newcomers_left(record, *EARLY, *LATE))
    with np.errstate(divide="ignore", invalid="ignore"):
        early = np.log(left[0] / left[1]) / (EARLY[1] - EARLY[0])
        late = np.log(left[2] / left[3]) / (LATE[1] - LATE[0])
    return float(early / late) if late > 0 else float("nan")


_STEADY = "a firm in a steady state"
_FIRMS = "assumed range of a service firm"
_RIVALS = "rivals of equal skill"

FACTS: tuple[Fact, ...] = (
    Fact("active customers, end over start", 0.9, 1.1, _STEADY, _end_over_start("active")),
    Fact("seats filled, end over start", 0.9, 1.1, _STEADY, _end_over_start("seats")),
    Fact("backlog, last two years over first two", 0.5, 1.5, _STEADY, _growth("backlog")),
    Fact("word of mouth of an average customer", -0.02, 0.02, _STEADY, _word),
    Fact("offer's gap to needs over the competitor's", 0.8, 1.25, _RIVALS, _offer_lag),
    Fact("utilisation", 0.75, 0.92, _FIRMS, _of_summary("utilisation")),
    Fact("days until a need is met", 1.0, 6.0, _FIRMS, _of_summary("lead_time_days")),
    Fact("needs resolved at a visit", 0.75, 0.9, _FIRMS, _of_summary("resolution_rate")),
    Fact("needs that came back", 0.08, 0.2, _FIRMS, _of_summary("reopened_rate")),
    Fact("reported less true service level", 0.02, 0.15, _FIRMS, _of_summary("illusion_gap")),
    Fact("annual retention", 0.75, 0.88, _FIRMS, _of_summary("retention")),
    Fact("profit margin", 0.05, 0.15, _FIRMS, _of_summary("margin")),
    Fact("engagement", 0.45, 0.7, _FIRMS, _of_summary("engagement")),
    Fact("people who quit in a year", 0.1, 0.2, _FIRMS, _of_summary("turnover")),
    Fact("seats blocked", 0.01, 0.03, _FIRMS, _of_summary("blocked_share")),
    Fact("revenue from the best fifth", 0.63, 0.73, "CDNOW data", _revenue_of_best_fifth),
    Fact(
        "newcomers' hazard, years 1 and 2 over 5 to 7", 1.8, 3.0,
        "Fader & Hardie 2007, High End: 2.4", fickle_over_loyal,
    ),
    Fact(
        "newcomers still there after a year", 0.82, 0.92,
        "Fader & Hardie 2007, High End: .87", _still_there(1), emergent=True,
    ),
    Fact(
        "newcomers still there after seven years", 0.44, 0.54,
        "Fader & Hardie 2007, High End: .49", _still_there(7), emergent=True,
    ),
    Fact(
        "experience after a need resolved at the first contact", 0.81, 0.91,
        "SQM: 86 % satisfied (see below)", _experience_after(1), emergent=True,
    ),
    Fact(
        "experience after a need resolved at the fourth", 0.39, 0.49,
        "SQM: 44 % satisfied (see below)", _experience_after(4), emergent=True,
    ),
    Fact(
        "departments that call themselves superior, over customers who do", 2.0, 10.0,
        "Allen et al. 2005: at least twice, 10 in the survey", self_belief, emergent=True,
    ),
    Fact(
        "profit from the best fifth, all costs shared out", 1.4, 3.0,
        "Kaplan & Narayanan; Kanthal", _profit_of_best_fifth, emergent=True,
    ),
)  # fmt: skip


HALF_LIFE = Fact(
    "half-life of a lost fit, changes across departments over changes inside one", 2.0, 3.0,
    "Schneiderman 1988: two to three times", emergent=True,
)  # fmt: skip
"""Measured on two firms, by `days_to_recover`."""

SLOPE = {
    "slope": Fact(
        "satisfaction over share resolved: slope", 0.5, 1.0, "SQM, across units", emergent=True
    ),
    "r": Fact(
        "satisfaction and share resolved: correlation", 0.8, 1.0, "SQM, across units", emergent=True
    ),
}
"""Measured across regimes, by `experiments.sign.slopes`."""


def days_to_recover(seed: int, inside: bool) -> float:
    """Days until half of the fit is regained that a shift of all needs has cost the neutral firm.

    Parameters
    ----------
    inside : bool
        Whether the product department makes its changes alone.
    """
    scenario = Scenario.load(SCENARIO)
    firm = scenario.model_dump()
    firm["events"] = [
        {"week": SHIFT_WEEK, "need_shift": segment["name"], "size": 0.8, "direction": 90}
        for segment in firm["market"]["segments"]
    ]
    firm["market"]["turbulence"] = 0.0
    firm["parameters"]["shift_rate"] = 0.0
    if inside:
        alone = {"path": [scenario.organisation.product], "share": 1.0}
        firm["routes"]["change"] = [alone]
    record = simulate(Scenario.from_mapping(firm), REGIME, seed, years=SHIFT_YEARS)
    return float(recoveries(record)["days"].median())


def measure(record: Record) -> dict[str, float]:
    """Every fact of one run."""
    return {fact.name: fact.measure(record) for fact in FACTS if fact.measure}


def means(runs: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Means over runs; NaN for a fact that could not be measured in each of them."""
    table = pd.DataFrame(list(runs)).mean(skipna=False)
    return {str(name): float(value) for name, value in table.items()}
