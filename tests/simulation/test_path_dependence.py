"""Events, not formulas: what a firm has been through stays with its people for years.

Entitlement, resentment and policies are learned from events. Two firms with equal dials and equal
luck, one of which has a bad quarter, differ a year after it is over. Were they functions of the
dials, they would not.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
import pandas as pd
import pytest

from simulation import Firm, Record, Scenario, simulate
from simulation.dials import MEASURES
from simulation.world import ACTIVE, DAYS_A_WEEK, SERVICE, WEEKS_A_QUARTER, WEEKS_A_YEAR
from tests.firms import plain, same_bits

SEEDS = range(8)
FEW_SEEDS = range(3)
BEGINS = WEEKS_A_QUARTER
ENDS = 2 * WEEKS_A_QUARTER
LATER = ENDS + WEEKS_A_YEAR
SURGE = 0.9
"""Log of demand over its usual level: more than twice as many needs as in an ordinary quarter."""

STATES = ("entitlement", "resentment", "policy")
SIZE_SEEDS = range(6)


@cache
def neutral() -> Scenario:
    """The default firm, half way between the two regimes, over two years."""
    scenario = Scenario.load("services_firm").with_regime("neutral")
    return scenario.replace({"horizon_years": 2})


def for_a_quarter(dials: Mapping[str, float]) -> Scenario:
    """The firm with other dials in its second quarter, and its own ones before and after."""
    data = neutral().model_dump()
    own = {dial: data["regime"][dial] for dial in dials}
    data["regime"]["schedule"] = [{"week": BEGINS, "dials": dials}, {"week": ENDS, "dials": own}]
    return Scenario.from_mapping(data)


def states(firm: Firm) -> dict[str, float]:
    """Mean entitlement and resentment of people, mean policy of internal service departments."""
    people = plain(firm.world.employees)
    people = people[people["filled"] == 1]
    departments = plain(firm.world.departments)
    return {
        "entitlement": float(people["entitlement"].mean()),
        "resentment": float(people["resentment"].mean()),
        "policy": float(departments["policy"][departments["kind"] == SERVICE].mean()),
        "shadows": float(departments["shadow"].sum()),
    }


def lived(scenario: Scenario, seed: int, surge: float | None = None) -> pd.DataFrame:
    """States of a firm week by week until a year after the quarter."""
    firm = Firm(scenario, rng=seed, events="none")
    demand = plain(firm.world.firm)["demand_state"]
    usual = 0.0
    weeks = []
    for week in range(LATER):
        if surge is not None:
            if week == BEGINS:
                usual = float(demand[0])
            if BEGINS <= week < ENDS:
                demand[0] = surge
            elif week == ENDS:
                demand[0] = usual
        firm.run_for(DAYS_A_WEEK)
        weeks.append(states(firm))
    return pd.DataFrame(weeks)


@cache
def quiet(seed: int) -> pd.DataFrame:
    """The twin without a bad quarter."""
    return lived(neutral(), seed)


@cache
def surged(seed: int) -> pd.DataFrame:
    """A quarter in which customers need twice as much."""
    return lived(neutral(), seed, SURGE)


@cache
def blocked(seed: int) -> pd.DataFrame:
    """A quarter in which most requests of colleagues keep the one who asks from working."""
    firm = Firm(neutral(), rng=seed, events="none")
    usual = float(firm.world.p.block_share[0])
    weeks = []
    for week in range(LATER):
        firm.world.p.block_share[0] = 0.6 if BEGINS <= week < ENDS else usual
        firm.run_for(DAYS_A_WEEK)
        weeks.append(states(firm))
    return pd.DataFrame(weeks)


@cache
def regulated(seed: int) -> pd.DataFrame:
    """A quarter in which everybody may decline, and every incident leaves a full rule behind."""
    return lived(for_a_quarter({"captivity": 0.0, "risk_aversion": 1.0}), seed)


def t_value(differences: np.ndarray) -> float:
    """Mean in standard errors."""
    return float(differences.mean() / (differences.std(ddof=1) / np.sqrt(len(differences))))


def a_year_later(shocked: list[pd.DataFrame], state: str) -> np.ndarray:
    """What is left of the quarter in the last week, seed by seed."""
    return np.array(
        [run[state].iloc[-1] - quiet(seed)[state].iloc[-1] for seed, run in zip(SEEDS, shocked)]
    )


@pytest.mark.parametrize("state", ["entitlement", "resentment"])
def test_a_quarter_of_too_much_work_is_felt_a_year_later(state: str) -> None:
    left = a_year_later([surged(seed) for seed in SEEDS], state)
    assert (left > 0).all(), left
    assert t_value(left) > 4, left


@pytest.mark.parametrize(
    ("state", "sign"), [("entitlement", -1), ("resentment", -1), ("policy", 1)]
)
def test_a_quarter_under_other_dials_is_felt_a_year_after_they_are_back(
    state: str, sign: int
) -> None:
    left = sign * a_year_later([regulated(seed) for seed in SEEDS], state)
    assert t_value(left) > 4, left
    assert (left > 0).sum() >= len(left) - 1, left


def test_the_dials_are_the_same_before_and_after() -> None:
    scenario = for_a_quarter({"captivity": 0.0, "risk_aversion": 1.0})
    names = [department.name for department in scenario.organisation.departments]
    for week in (0, BEGINS - 1, ENDS, LATER):
        shocked = scenario.regime.dials(week, names)
        np.testing.assert_array_equal(shocked, neutral().regime.dials(week, names))


def test_a_solution_of_ones_own_outlives_what_it_was_built_for() -> None:
    for seed in FEW_SEEDS:
        assert (quiet(seed)["shadows"] == 0).all()
        built = blocked(seed)["shadows"]
        assert built[:BEGINS].max() == 0
        assert built[ENDS - 1] == built.iloc[-1] == 3, "in all three front departments"


def after_defections(seed: int, wave: bool) -> Firm:
    """A firm more than a year after a year in which distributors went over, all of them back."""
    changes = {"distributors.share": 0.6, "parameters.defection_rate": 0.0}
    scenario = Scenario.load("small_firm").with_regime("neutral").replace(changes)
    firm = Firm(scenario, rng=seed, events="none")
    firm.run_for(BEGINS * DAYS_A_WEEK)
    firm.world.p.defection_rate[0] = 3.0 if wave else 0.0
    firm.run_for(WEEKS_A_YEAR * DAYS_A_WEEK)
    firm.world.p.defection_rate[0] = 0.0
    firm.run_for((WEEKS_A_YEAR + WEEKS_A_QUARTER) * DAYS_A_WEEK)
    assert (plain(firm.world.distributors)["away_until"] <= firm.week).all()
    return firm


def test_customers_whom_a_distributor_took_along_are_missed_when_it_is_back() -> None:
    left: dict[str, list[float]] = {"customers": [], "through": []}
    for seed in SEEDS:
        hit, twin = (after_defections(seed, wave) for wave in (True, False))
        for name, first in (("customers", -1), ("through", 0)):
            there, theirs = (
                ((people["status"] == ACTIVE) & (people["distributor"] >= first)).sum()
                for people in (plain(hit.world.customers), plain(twin.world.customers))
            )
            left[name].append(float(there - theirs))
    for name, found in left.items():
        assert max(found) < 0, (name, found)
        assert t_value(np.array(found)) < -4, (name, found)


@pytest.mark.parametrize("kind", [surged, regulated])
def test_the_past_before_the_quarter_is_the_same(kind: object) -> None:
    assert callable(kind)
    for seed in SEEDS:
        pd.testing.assert_frame_equal(
            kind(seed).iloc[:BEGINS], quiet(seed).iloc[:BEGINS], check_exact=True
        )


def test_it_fades() -> None:
    for state in ("entitlement", "resentment"):
        gap = np.mean([(surged(seed) - quiet(seed))[state] for seed in SEEDS], axis=0)
        assert gap[LATER - 1] < gap[ENDS - 1]


def test_a_twin_without_the_quarter_is_the_same_firm() -> None:
    own = {dial: getattr(neutral().regime, dial) for dial in ("captivity", *MEASURES)}
    one, other = (
        simulate(scenario, seed=3, events="all") for scenario in (neutral(), for_a_quarter(own))
    )
    same_bits(one, other)


def test_colleagues_under_the_same_dials_differ_by_what_happened_to_them() -> None:
    firm = Firm(neutral(), rng=1, events="none")
    firm.run_for(WEEKS_A_YEAR * DAYS_A_WEEK)
    people = plain(firm.world.employees)
    people = people[(people["filled"] == 1) & (people["tenure_weeks"] > WEEKS_A_YEAR)]
    for department in np.unique(people["department"]):
        entitlement = people["entitlement"][people["department"] == department]
        assert len(entitlement) < 2 or entitlement.std() > 0.005


# ------------------------------------------------------------------ size


def sized(factor: int, precedent: float | None) -> Scenario:
    """The firm with `factor` times as many people inside and out."""
    data = neutral().model_dump()
    for key in ("customers", "active_at_start"):
        data["market"][key] *= factor
    for department in data["organisation"]["departments"]:
        department["seats"] *= factor
    scenario = Scenario.from_mapping(data)
    return scenario if precedent is None else scenario.replace({"parameters.precedent": precedent})


@cache
def runs(factor: int, precedent: float | None = None) -> list[Record]:
    """Two years of a firm of this size."""
    scenario = sized(factor, precedent)
    return [simulate(scenario, seed=seed, events="none") for seed in SIZE_SEEDS]


def alike(figure: str, precedent: float | None = None) -> None:
    """Assert that a figure per head does not depend on the size of the firm."""
    one, two = (
        np.array([run.summary()[figure] for run in runs(factor, precedent)]) for factor in (1, 2)
    )
    error = np.sqrt((one.var(ddof=1) + two.var(ddof=1)) / len(SIZE_SEEDS))
    difference = two.mean() - one.mean()
    assert abs(difference) < 4 * error, (one, two)
    assert abs(difference) < 0.05 * one.mean(), (one, two)


@pytest.mark.parametrize(
    "figure",
    [
        "entitlement",
        "engagement",
        "friction",
        "policy_load",
        "incidents",
        "utilisation",
        "resolution_rate",
    ],
)
def test_a_firm_of_twice_the_size_behaves_alike(figure: str) -> None:
    alike(figure)


@pytest.mark.parametrize("figure", ["entitlement", "friction", "engagement"])
def test_without_precedent_entitlement_does_not_depend_on_size(figure: str) -> None:
    alike(figure, precedent=0.0)
