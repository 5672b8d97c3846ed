"""Nothing is lost and nothing comes from nowhere: every day everything adds up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import simulation.build
from simulation import Customer, Firm, Scenario
from simulation.parameters import PARAMETERS
from simulation.scenario_events import KINDS
from simulation.work.lists import NIL
from simulation.world import RING
from tests.conservation.checks import (
    FEW_SLOTS,
    check_evening,
    check_numbers,
    check_the_end,
    live_and_check,
)
from tests.conservation.firms_at_random import scenarios
from tests.firms import BUSY, EVENTFUL, FIERCE, PLAIN, frames, plain, tiny


@settings(
    deadline=None,
    max_examples=30,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example],
)
@given(scenario=scenarios(), seed=st.integers(0, 2**63 - 1), days=st.integers(1, 150))
@example(scenario=tiny(), seed=1, days=150)
@example(scenario=tiny(BUSY), seed=2, days=150)
@example(scenario=tiny({**BUSY, **PLAIN}), seed=2, days=150)
@example(scenario=tiny({**BUSY, "parameters.emergency_cut": 0.5}), seed=2**63 - 1, days=150)
@example(scenario=tiny({"market.customers": 1, "market.active_at_start": 1}), seed=0, days=20)
@example(scenario=tiny({"market.active_at_start": 0}), seed=3, days=30)
@example(
    scenario=tiny({**BUSY, "regime.captivity": 1.0, "parameters.resentment_gain": 0.5}),
    seed=4,
    days=60,
)
@example(
    scenario=tiny({**BUSY, "regime.line_of_sight": 1.0, "parameters.fatigue_strain": 1.0}),
    seed=5,
    days=60,
)
def test_everything_adds_up_on_every_day(scenario: Scenario, seed: int, days: int) -> None:
    live_and_check(scenario, seed, days)


@pytest.mark.long
@settings(
    deadline=None,
    max_examples=400,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example],
)
@given(scenario=scenarios(), seed=st.integers(0, 2**63 - 1), days=st.integers(1, 400))
def test_everything_adds_up_in_many_firms(scenario: Scenario, seed: int, days: int) -> None:
    live_and_check(scenario, seed, days)


def test_the_checks_meet_every_kind_of_trouble() -> None:
    """A busy and poor firm sees every event but insolvency, and outgrows its slots."""
    scenario = tiny({**BUSY, "parameters.emergency_cut": 0.5, "parameters.need_rate": 1.5})
    firm = live_and_check(scenario, 4, 200)
    happened = set(firm.record().events["event"])
    assert happened >= {
        "join",
        "loss",
        "opened",
        "closed",
        "resolved",
        "unresolved",
        "given_up",
        "abandoned",
        "expired",
        "cancelled",
        "escalated",
        "blocked",
        "quit",
        "dismissal",
        "hire",
    }
    assert len(firm.world.items) > FEW_SLOTS


def test_a_firm_lives_through_everything_that_can_happen() -> None:
    """Every kind of event within a year and a half, every mechanism, and an office."""
    firm = live_and_check(tiny({**FIERCE, "events": EVENTFUL}), 1, 390)
    record = firm.record()
    assert {key for event in EVENTFUL for key in event} & set(KINDS) == set(KINDS)
    assert set(KINDS) <= set(record.events["event"])
    fired = ("settled", "outreach", "repriced", "cross_sold", "shadow_built", "defections")
    assert (record.series[[*fired, "changes", "fixes", "channel_answered"]].sum() > 0).all()


def test_room_for_items_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A firm that has to make room again and again lives the same life as one that has plenty."""
    scenario = tiny({**BUSY, "parameters.need_rate": 1.5})
    firms = []
    for slots in (FEW_SLOTS, 1 << 16):
        monkeypatch.setattr(simulation.build, "FEWEST_ITEMS", slots)
        firm = Firm(scenario, rng=5, events="all")
        firm.run_for(100)
        firms.append(firm)
    narrow, wide = firms
    assert len(narrow.world.items) > FEW_SLOTS
    assert len(wide.world.items) == 1 << 16
    theirs = frames(wide.record())
    for name, frame in frames(narrow.record()).items():
        assert frame.equals(theirs[name]), name


@pytest.mark.parametrize(
    ("part", "spoil"),
    [
        ("backlog", lambda w: plain(w.departments)["backlog"].__iadd__(1)),
        ("cash", lambda w: plain(w.firm)["cash"].__iadd__(1)),
        ("opened", lambda w: plain(w.firm)["opened"].__iadd__(1)),
        ("requests", lambda w: plain(w.employees)["open_requests"].__iadd__(1)),
        ("free slots", lambda w: plain(w.firm)["slots_free"].__iadd__(-1)),
        ("idle hours", lambda w: plain(w.departments)["idle"].__iadd__(1)),
        ("lead", lambda w: plain(w.customers)["open_lead"].__setitem__(0, 1)),
        ("changes", lambda w: plain(w.firm)["open_changes"].__iadd__(1)),
        ("cause", lambda w: plain(w.routes)["cause"].__iadd__(0.1)),
        ("list", lambda w: w.ends.__setitem__(slice(0, RING), NIL)),
    ],
)
def test_the_checks_see_a_wrong_number(part: str, spoil: Callable[[Any], object]) -> None:
    firm = Firm(tiny(BUSY), rng=2)
    firm.run_for(12)
    start = int(firm.world.firm[0].cash - firm.world.firm[0].revenue + firm.world.firm[0].cost)
    spoil(firm.world)
    with pytest.raises(AssertionError):
        check_evening(firm, start)


def ends_of_ranges() -> list[tuple[str, float]]:
    """Every parameter at the low and at the high end of its declared range."""
    return [(p.name, end) for p in PARAMETERS.values() for end in (p.low, p.high)]


@pytest.mark.long
def test_every_parameter_may_be_at_either_end_of_its_range() -> None:
    scenario = tiny({"parameters.block_share": 0.1, "offices": {"cco": True}})
    for name, end in ends_of_ranges():
        firm = Firm(scenario.replace({name: end}), rng=6, events="all")
        start = int(firm.world.firm[0].cash)
        firm.run_for(135)
        try:
            check_evening(firm, start)
            check_numbers(firm)
            check_the_end(firm, start)
            series = firm.record().series
            for column in ("satisfaction", "customer_equity", "cash", "profit", "backlog"):
                assert np.isfinite(series[column]).all(), column
        except AssertionError as error:
            raise AssertionError(f"{name} = {end}: {error}") from error


def test_fits_too_small_to_tell_apart_leave_numbers_behind() -> None:
    """Tastes may lie so far from both offers that neither fit differs from zero."""
    firm = Firm(tiny({"parameters.taste_sd": 2.0, "parameters.fit_sd": 0.1}), rng=1)
    firm.run_for(10)
    hazards = [c.churn_hazard() for c in firm.agents_by_type[Customer]]
    assert np.isfinite(hazards).all()
    assert np.isfinite(firm.record().series["customer_equity"]).all()


def test_a_department_wants_no_more_people_than_it_has_rows() -> None:
    eager = {"hire_above": 0.0, "hire_step": 0.5, "seats_most": 2.0, "cash_weeks": 520.0}
    firm = Firm(tiny({"parameters": eager}), rng=1)
    firm.run_for(65 * 6)
    d = plain(firm.world.departments)
    assert (d["target"] > d["plan"]).any(), "nobody was wanted"
    assert (d["target"] <= d["end_seat"] - d["first_seat"]).all(), "more seats wanted than rows"
