"""Every dial has two edges: raising it improves one thing and worsens another.

The service firm under the neutral regime lives a year with the dial at .1 and a year with it at .9,
under the same luck. The table names what must rise and what must fall, with the reason from the
table of dials; nothing is claimed of effects that it does not name. Where an effect runs through a
mechanism, it is gone when that mechanism is switched off. A dial that turns out to have one edge
only is marked with the figures, not excused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from scipy import stats

from simulation import Firm, Record, Scenario, simulate
from simulation.dials import DIALS
from simulation.mechanisms import ALL, MECHANISMS
from simulation.world import DAYS_A_WEEK, HOUR, SERVICE
from tests.firms import plain, same_bits

LOW, HIGH = 0.1, 0.9
SEEDS = range(6)
FEW_SEEDS = range(4)
GONE = 0.1
"""An effect is gone when less than this share of it is left."""

Changes = tuple[tuple[str, float | bool], ...]

RARE: Changes = (("parameters.incident_rate", 0.2),)
"""Incidents are too rare to compare two years of them: let them strike some four times as often."""

NO_FAVOURS: Changes = (("parameters.courtesy_ratio", 0.0),)
"""Captive suppliers do every favour, which uses up the hours that pooling saves: ask for none."""

ALONE: Changes = (("regime.customer_metric", 0.05), ("parameters.pace_local_metric", 0.0))
"""Raising a measure shrinks the other two. With a held low and b without any effect of its own
(its pace is all there is), what is left is the manager metric's."""


@dataclass(frozen=True)
class Edge:
    """What raising a dial from .1 to .9 must raise (+1) and lower (-1), and why."""

    dial: str
    better: Mapping[str, int]
    worse: Mapping[str, int]
    changes: Changes = ()


EDGES = (
    # Capacity kept for customers; requests of colleagues wait and block people.
    Edge(
        "customer_priority",
        better={"satisfaction": +1},
        worse={"blocked_share": +1, "escalations": +1},
    ),
    # Visible impact engages and hand-offs lose less; hours spent meeting customers, strain.
    Edge(
        "line_of_sight",
        better={"resolution_rate": +1, "engagement": +1},
        worse={"gross_per_seat": -1, "fatigue": +1},
    ),
    # Clear handover: less internal work comes back and blocks; expectations ratchet, courtesy work.
    Edge(
        "colleague_as_customer",
        better={"blocked_share": -1, "resolution_rate": +1},
        worse={"entitlement": +1, "friction": +1},
    ),
    # Pooling and scale; nobody can decline or leave.
    Edge(
        "captivity",
        better={"cost_outside": -1},
        worse={"friction": +1, "resentment": +1},
    ),
    Edge("captivity", better={"utilisation": -1}, worse={}, changes=NO_FAVOURS),
    Edge("captivity", better={"incidents": -1}, worse={}, changes=RARE),
    # People take the time a customer needs; over-service, concessions.
    Edge(
        "customer_metric",
        better={"resolution_rate": +1, "illusion_gap": -1},
        worse={"profit": -1, "cost_concessions": +1},
    ),
    # Faster work; closed is not resolved.
    Edge(
        "local_metric",
        better={"utilisation": -1},
        worse={"resolution_rate": -1, "illusion_gap": +1},
    ),
    # Rank decides approvals fast; pleasing upward takes more hours than direction adds.
    Edge(
        "manager_metric",
        better={"blocked_share": -1},
        worse={"gross_per_seat": -1, "overtime_share": +1},
        changes=ALONE,
    ),
    # Fewer incidents; approvals and the delay they bring.
    Edge(
        "risk_aversion",
        better={"incidents": -1},
        worse={"policy_load": +1, "blocked_share": +1},
        changes=RARE,
    ),
    # Engagement, fewer quits; money.
    Edge(
        "care",
        better={"engagement": +1, "turnover": -1},
        worse={"profit": -1, "cost_perks": +1},
    ),
)

THROUGH: tuple[tuple[str, str, int, str, Changes], ...] = (
    ("line_of_sight", "engagement", +1, "engagement", ()),
    ("line_of_sight", "cost_concessions", -1, "engagement", ()),
    ("colleague_as_customer", "entitlement", +1, "entitlement", ()),
    ("colleague_as_customer", "friction", +1, "entitlement", ()),
    ("colleague_as_customer", "resolution_rate", +1, "engagement", ()),
    ("captivity", "cost_outside", -1, "entitlement", ()),
    ("captivity", "utilisation", -1, "entitlement", NO_FAVOURS),
    ("captivity", "friction", +1, "entitlement", ()),
    ("captivity", "resentment", +1, "entitlement", ()),
    ("captivity", "incidents", -1, "incidents", RARE),
    ("customer_metric", "dispute_hours", +1, "disputes", ()),
    ("customer_metric", "budget_moves", +1, "measurement", ()),
    ("customer_metric", "engagement", +1, "engagement", ()),
    ("risk_aversion", "incidents", -1, "incidents", RARE),
    ("risk_aversion", "policy_load", +1, "incidents", RARE),
    ("risk_aversion", "blocked_share", +1, "incidents", RARE),
    ("care", "engagement", +1, "engagement", ()),
    ("care", "turnover", -1, "engagement", ()),
    ("care", "profit", -1, "engagement", ()),
)
"""Dial, outcome, direction, the mechanism that carries the effect, changes."""

INERT = ("listening", "distributor_voice", "focus")


@cache
def neutral() -> Scenario:
    """The default firm, half way between the two regimes."""
    return Scenario.load("services_firm").with_regime("neutral")


@cache
def lived(dial: str, value: float, changes: Changes, seed: int, years: int) -> dict[str, float]:
    """Means over a run of what can be seen: the summary, and states read from the tables.

    States come from the tables, because the columns of a mechanism are hidden while it is off.
    """
    overrides = {**dict(changes), f"regime.{dial}": value, "horizon_years": years}
    scenario = neutral().replace(overrides)
    firm = Firm(scenario, rng=seed, events="none")
    weekly: list[dict[str, float]] = []
    hours = seat_weeks = 0.0
    for _ in range(scenario.weeks):
        firm.run_for(DAYS_A_WEEK)
        people = plain(firm.world.employees)
        people = people[people["filled"] == 1]
        departments = plain(firm.world.departments)
        weekly.append(
            {
                **{n: people[n].mean() for n in ("engagement", "entitlement", "resentment")},
                "policy_load": departments["policy"][departments["kind"] == SERVICE].mean(),
                "dispute_hours": departments["week_disputes"].sum() / HOUR,
            }
        )
        hours += departments["week_gross"].sum() / HOUR
        seat_weeks += len(people)
    states = {name: float(np.mean([week[name] for week in weekly])) for name in weekly[0]}
    summary = firm.record().summary()
    # what a mechanism counts is not shown when it is off: there is nothing to count then
    counted = {
        name: 0.0 if np.isnan(summary[name]) else summary[name]
        for name in ("incidents", "budget_moves")
    }
    return {**summary, **counted, **states, "gross_per_seat": hours / seat_weeks}


def effects(
    dial: str, outcome: str, changes: Changes = (), seeds: range = SEEDS, years: int = 1
) -> np.ndarray:
    """What raising the dial does to the outcome, seed by seed."""
    return np.array(
        [
            lived(dial, HIGH, changes, seed, years)[outcome]
            - lived(dial, LOW, changes, seed, years)[outcome]
            for seed in seeds
        ]
    )


def t_value(differences: np.ndarray) -> float:
    """Mean in standard errors."""
    return float(differences.mean() / (differences.std(ddof=1) / np.sqrt(len(differences))))


def outcomes() -> list[object]:
    """One row per dial and outcome."""
    rows: list[object] = []
    for edge in EDGES:
        for side, named in (("better", edge.better), ("worse", edge.worse)):
            for outcome, direction in named.items():
                values = (edge.dial, outcome, direction, edge.changes)
                name = f"{edge.dial}-{side}-{outcome}"
                rows.append(pytest.param(*values, id=name))
    return rows


def test_every_dial_that_acts_has_two_edges_in_the_table() -> None:
    better = {edge.dial for edge in EDGES if edge.better}
    worse = {edge.dial for edge in EDGES if edge.worse}
    assert better == worse == set(DIALS) - set(INERT)
    assert all(len(edge.changes) <= 2 for edge in EDGES)


@pytest.mark.parametrize(("dial", "outcome", "direction", "changes"), outcomes())
def test_raising_a_dial_moves_what_the_table_names(
    dial: str, outcome: str, direction: int, changes: Changes
) -> None:
    found = direction * effects(dial, outcome, changes)
    assert (found > 0).all(), found
    assert t_value(found) > 4, found


@pytest.mark.long
@pytest.mark.parametrize(("dial", "outcome", "direction", "changes"), outcomes())
def test_and_so_over_three_years_beyond_one_in_a_thousand(
    dial: str, outcome: str, direction: int, changes: Changes
) -> None:
    found = direction * effects(dial, outcome, changes, range(12), 3)
    assert t_value(found) > stats.t.ppf(0.9995, len(found) - 1), found


@pytest.mark.parametrize(("dial", "outcome", "direction", "mechanism", "changes"), THROUGH)
def test_an_effect_is_gone_without_the_mechanism_that_carries_it(
    dial: str, outcome: str, direction: int, mechanism: str, changes: Changes
) -> None:
    # Gone, or turned round: without favours to learn from, c lowers friction.
    present = direction * effects(dial, outcome, changes, FEW_SEEDS)
    without: Changes = (*changes, (f"mechanisms.{mechanism}", False))
    absent = direction * effects(dial, outcome, without, FEW_SEEDS)
    assert (present > 0).all(), present
    assert absent.mean() < GONE * present.mean(), (present, absent)


@pytest.mark.parametrize("dial", INERT)
def test_dials_without_a_mechanism_yet_have_no_effect_at_all(dial: str) -> None:
    low, high = (
        simulate(neutral().replace({f"regime.{dial}": value}), seed=1, years=1, events="all")
        for value in (LOW, HIGH)
    )
    same_bits(low, high)


def test_risk_aversion_does_nothing_but_through_incidents() -> None:
    off = neutral().replace({"mechanisms.incidents": False})
    low, high = (
        simulate(off.replace({"regime.risk_aversion": value}), seed=1, years=1, events="all")
        for value in (LOW, HIGH)
    )
    same_bits(low, high)


@pytest.mark.parametrize("priority", [0.0, 0.5, 1.0])
def test_a_clear_rule_at_either_end_settles_disputes(priority: float) -> None:
    hours = lived("customer_priority", priority, (), 1, 1)["dispute_hours"]
    assert (hours > 0) == (priority == 0.5)


def first_day_hours(manager_metric: float, pleasing_time: float) -> float:
    """Gross hours of the firm's first day, before anything else can differ."""
    overrides = {
        "regime.manager_metric": manager_metric,
        "parameters.pleasing_time": pleasing_time,
        "mechanisms.engagement": False,  # the customer metric, which shrinks, would engage less
    }
    firm = Firm(neutral().replace(overrides), rng=1, events="none")
    firm.step()
    return float(plain(firm.world.departments)["gross"].sum()) / HOUR


def test_direction_adds_hours_before_those_spent_on_pleasing() -> None:
    low, high = (first_day_hours(value, 0.0) for value in (LOW, HIGH))
    direction = 0.15
    assert high / low == pytest.approx((1 + direction * HIGH) / (1 + direction * LOW), rel=1e-6)


# ------------------------------------------------------------------ every mechanism fires


REGIMES = ("customer_first", "internal_customer")

SILENT: Mapping[tuple[str, str], Mapping[str, object]] = {
    # Internal figures of all departments lie within .05 of each other where nobody asks customers.
    ("internal_customer", "budget_moves"): {"parameters.budget_notice": 0.0},
    # Nobody can decline where everybody is captive.
    ("internal_customer", "declined"): {"regime.captivity": 0.8},
}
"""Counters that stay at zero in the default firm, and a change with which they move."""

COUNTERS = [(mechanism.name, count) for mechanism in ALL for count in mechanism.counts]


@cache
def year_of(regime: str, changes: tuple[tuple[str, object], ...]) -> tuple[Record, ...]:
    """A year of the default firm under three seeds."""
    return tuple(
        simulate("services_firm", regime, seed, 1, dict(changes), "none") for seed in range(3)
    )


def counted(runs: tuple[Record, ...], count: str) -> float:
    """What a counter adds up to; a cost line counts in money."""
    column = count if count in runs[0].series else f"cost_{count}"
    return float(sum(run.series[column].sum(skipna=False) for run in runs))


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize(("mechanism", "count"), COUNTERS)
def test_every_mechanism_fires_in_the_default_firm(regime: str, mechanism: str, count: str) -> None:
    change = SILENT.get((regime, count))
    if change is None:
        assert counted(year_of(regime, ()), count) > 0
    else:
        assert counted(year_of(regime, ()), count) == 0
        assert counted(year_of(regime, tuple(change.items())), count) > 0


@pytest.mark.parametrize("regime", REGIMES)
def test_no_mechanism_fires_when_switched_off(regime: str) -> None:
    off = tuple((f"mechanisms.{name}", False) for name in MECHANISMS)
    runs = year_of(regime, off)
    for _, count in COUNTERS:
        total = counted(runs, count)
        assert np.isnan(total) or total == 0, count
