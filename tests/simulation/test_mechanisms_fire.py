"""Every mechanism fires, in the default firm or in one made for it, and not when it is off."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
import pytest

from simulation import Record, Scenario, simulate
from simulation.mechanisms import ALL, MECHANISMS
from tests.firms import FIERCE, tiny

REGIMES = ("customer_first", "internal_customer")

SILENT: Mapping[tuple[str, str], Mapping[str, object]] = {
    # Internal figures of all departments lie within .05 of each other where nobody asks customers.
    ("internal_customer", "budget_moves"): {"parameters.budget_notice": 0.0},
    # Nobody can decline where everybody is captive.
    ("internal_customer", "declined"): {"regime.captivity": 0.8},
}
"""Counters that stay at zero under one of the regimes, and a change with which they move."""

OF_AN_OFFICE = ("outreach", "settled", "repriced", "cross_sold")

ELSEWHERE = ("shadow_built", "relearning", *OF_AN_OFFICE)
"""Counters that the default firm gives no cause to move: see the firms made for them."""

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
    if count in ELSEWHERE:
        assert counted(year_of(regime, ()), count) == 0
    elif change is None:
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


# ------------------------------------------------------------------ firms made for it


def small(changes: Mapping[str, object]) -> Record:
    """A year of the small firm half way between the regimes."""
    scenario = Scenario.load("small_firm").with_regime("neutral").replace(changes)
    return simulate(scenario, seed=1, years=1, events="none")


@cache
def fierce() -> Record:
    """A year and a half of a small firm in which everything is fought over, with an office."""
    return simulate(tiny(FIERCE), seed=1, years=1.5, events="none")


def test_who_is_blocked_for_weeks_builds_a_shadow() -> None:
    assert small({"parameters.block_share": 0.01}).series["shadow_built"].sum() == 0
    blocked = small({"parameters.block_share": 0.5}).series
    assert blocked["shadow_built"].sum() > 0
    first = blocked["shadow_built"].to_numpy().nonzero()[0][0]
    assert first >= 8, "sooner than patience allows"
    assert (blocked["shadow_it_share"][:first] == 0).all()
    assert (blocked["cost_shadow_cost"] > 0).equals(blocked["shadow_it_share"] > 0)


def test_distributors_go_over_to_the_competitor() -> None:
    wild = {"parameters.defection_rate": 3.0}
    assert small(wild).series["defections"].sum() > small({}).series["defections"].sum()
    assert small({"distributors.share": 0.0, **wild}).series["lost"].sum() < (
        small(wild).series["lost"].sum()
    )


@pytest.mark.parametrize("count", OF_AN_OFFICE)
def test_an_office_acts_where_there_is_cause(count: str) -> None:
    assert fierce().series[count].sum() > 0


@pytest.mark.parametrize("count", OF_AN_OFFICE)
def test_nobody_acts_without_an_office(count: str) -> None:
    run = simulate(tiny({**FIERCE, "offices": {"cco": False}}), seed=1, years=1.5, events="none")
    assert run.series[count].sum() == 0
    assert run.series["cost_project_cost"].sum() > 0, "departments have projects all the same"


def test_new_rules_have_to_be_learned() -> None:
    data = Scenario.load("small_firm").with_regime("neutral").model_dump()
    data["regime"]["schedule"] = [{"week": 10, "dials": {"line_of_sight": 0.9, "care": 0.1}}]
    relearning = simulate(Scenario.from_mapping(data), seed=1, years=0.5).series["relearning"]
    assert (relearning[:10] == 0).all()
    assert (relearning[10:] > 0).all()
    assert relearning[10:].is_monotonic_decreasing
