"""Every dial has two edges: raising it improves one thing and worsens another.

The service firm under the neutral regime lives a year or two with the dial low and with it high
(.1 and .9 unless said), under the same luck. The table names what must rise and what must fall,
with the reason from the table of dials; nothing is claimed of effects that it does not name. Where
an effect runs through a mechanism, it is gone when that mechanism is switched off. A dial that
turns out to have one edge only is marked with the figures, not excused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from scipy import stats

from simulation import Firm, Scenario, simulate
from simulation.dials import DIALS
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


HEARD = (0.01, 0.1)
"""Above .1 everybody whom one talks to is heard already; what is added is time."""

MANY_DISTRIBUTORS: Changes = (("distributors.share", 0.8),)
"""What a third of customers who buy through distributors want moves the product too little."""

LIVELY: Changes = (("regime.listening", 0.1), ("market.turbulence", 0.05))
"""Focus matters where needs move, and can only help where it is known how."""


@dataclass(frozen=True)
class Edge:
    """What raising a dial must raise (+1) and lower (-1), and why; over how many years."""

    dial: str
    better: Mapping[str, int]
    worse: Mapping[str, int]
    changes: Changes = ()
    ends: tuple[float, float] = (LOW, HIGH)
    years: int = 1
    seeds: range = SEEDS
    slow: tuple[str, ...] = ()
    """Outcomes that take so many years that only the slow test looks at them."""
    many: range = range(12)
    """Seeds of the slow test."""


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
    # Needs known sooner, customers heard; the time that it takes.
    Edge(
        "listening",
        better={"satisfaction": +1, "insight_age_weeks": -1, "product_gap": -1},
        worse={"utilisation": +1, "lead_time_days": +1},
        ends=HEARD,
        years=2,
    ),
    # A channel that is heard pushes leads; it speaks late, and for what is easy to sell.
    Edge(
        "distributor_voice",
        better={"leads": +1},
        worse={"product_gap": +1, "satisfaction": -1, "utilisation": +1},
        changes=MANY_DISTRIBUTORS,
    ),
    # The first segment is served better, the others worse, and few things move at all.
    Edge(
        "focus",
        better={"focal_gap": -1},
        worse={"other_gap": +1, "agility_variety": -1},
        changes=LIVELY,
        years=2,
        seeds=range(10),
        # Needs that nobody follows wander off, far in some worlds: of one sign in all pairs, but
        # no four standard errors.
        slow=("other_gap",),
        many=range(24),
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

ONLY_THROUGH = (
    ("risk_aversion", "incidents"),
    ("listening", "listening"),
    ("distributor_voice", "distributors"),
    ("focus", "agility"),
)
"""Dials that do nothing at all, to the last bit, but through one mechanism."""


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
    gaps = firm.record().segments.groupby("segment", sort=False)["product_gap"].mean()
    focal = scenario.market.segments[int(firm.world.firm[0].focal)].name
    states["focal_gap"] = float(gaps[focal])
    states["other_gap"] = float(gaps.drop(focal).mean())
    return {**summary, **counted, **states, "gross_per_seat": hours / seat_weeks}


def effects(edge: Edge, outcome: str, seeds: range, years: int) -> np.ndarray:
    """What raising the dial does to the outcome, seed by seed."""
    low, high = edge.ends
    return np.array(
        [
            lived(edge.dial, high, edge.changes, seed, years)[outcome]
            - lived(edge.dial, low, edge.changes, seed, years)[outcome]
            for seed in seeds
        ]
    )


def t_value(differences: np.ndarray) -> float:
    """Mean in standard errors."""
    return float(differences.mean() / (differences.std(ddof=1) / np.sqrt(len(differences))))


def outcomes(quick: bool) -> list[object]:
    """One row per edge and outcome, with or without the slow ones."""
    rows: list[object] = []
    for edge in EDGES:
        for side, named in (("better", edge.better), ("worse", edge.worse)):
            for outcome, direction in named.items():
                if not (quick and outcome in edge.slow):
                    name = f"{edge.dial}-{side}-{outcome}"
                    rows.append(pytest.param(edge, outcome, direction, id=name))
    return rows


def test_every_dial_has_two_edges_in_the_table() -> None:
    better = {edge.dial for edge in EDGES if edge.better}
    worse = {edge.dial for edge in EDGES if edge.worse}
    assert better == worse == set(DIALS)
    assert all(len(edge.changes) <= 2 for edge in EDGES)


@pytest.mark.parametrize(("edge", "outcome", "direction"), outcomes(quick=True))
def test_raising_a_dial_moves_what_the_table_names(
    edge: Edge, outcome: str, direction: int
) -> None:
    found = direction * effects(edge, outcome, edge.seeds, edge.years)
    assert (found >= 0).all(), found  # some are counts, and may be even
    assert t_value(found) > 4, found


@pytest.mark.long
@pytest.mark.parametrize(("edge", "outcome", "direction"), outcomes(quick=False))
def test_and_so_over_three_years_beyond_one_in_a_thousand(
    edge: Edge, outcome: str, direction: int
) -> None:
    found = direction * effects(edge, outcome, edge.many, 3)
    assert t_value(found) > stats.t.ppf(0.9995, len(found) - 1), found


@pytest.mark.parametrize(("dial", "outcome", "direction", "mechanism", "changes"), THROUGH)
def test_an_effect_is_gone_without_the_mechanism_that_carries_it(
    dial: str, outcome: str, direction: int, mechanism: str, changes: Changes
) -> None:
    # Gone, or turned round: without favours to learn from, c lowers friction.
    without: Changes = (*changes, (f"mechanisms.{mechanism}", False))
    present, absent = (
        direction * effects(Edge(dial, {}, {}, given), outcome, FEW_SEEDS, 1)
        for given in (changes, without)
    )
    assert (present > 0).all(), present
    assert absent.mean() < GONE * present.mean(), (present, absent)


@pytest.mark.parametrize(("dial", "mechanism"), ONLY_THROUGH)
def test_a_dial_does_nothing_at_all_without_its_only_mechanism(dial: str, mechanism: str) -> None:
    low, high = (
        simulate(
            neutral().replace({f"mechanisms.{mechanism}": False, f"regime.{dial}": value}),
            seed=1,
            years=1,
            events="all",
        )
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
