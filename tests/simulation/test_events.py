"""What happens because the scenario says so does to the firm what docs/model.md, 11.12, says.

Small exact checks on the tables just before and just after the events of a week. Mergers have a
file of their own; that a firm lives through everything at once is told with conservation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simulation import Firm, Record, Scenario, simulate
from simulation.world import ACTIVE, MONEY, A, M, V, World
from tests.firms import BUSY, EVENTFUL, FIERCE, before_and_after, plain, same_bits, tiny

WEEK = 6
NAMES = ("board", "care", "it", "personnel", "sales")
LARGE = {f"organisation.departments.{name}.seats": 40 for name in NAMES}
STILL: Mapping[str, object] = {"market.turbulence": 0.0, "parameters.shift_rate": 0.0}
QUIET: Mapping[str, object] = {**STILL, "parameters.quit_rate": 0.0, "parameters.cash_weeks": 100.0}

Event = Mapping[str, object]


def around(
    event: Event, changes: Mapping[str, object] | None = None, seed: int = 1
) -> tuple[World, Firm]:
    """The tables just before an event, and the firm just after it."""
    events = [{"week": WEEK, **event}]
    return before_and_after({**BUSY, **(changes or {}), "events": events}, WEEK, seed)


def heads(world: World) -> np.ndarray:
    """Filled seats of each department."""
    seats = plain(world.employees)
    return np.bincount(seats["department"][seats["filled"] == 1], minlength=len(NAMES))


def twins(events: Sequence[Event], changes: Mapping[str, object], years: float) -> list[Record]:
    """The same firm without and with events."""
    return [
        simulate(tiny({**changes, "events": happening}), seed=2, years=years, events="all")
        for happening in ((), events)
    ]


# ------------------------------------------------------------------ cuts


def test_a_cut_takes_plan_target_and_people_of_one_department() -> None:
    before, firm = around({"cut": "care", "share": 0.3}, LARGE)
    old, new = plain(before.departments), plain(firm.world.departments)
    care = NAMES.index("care")
    others = np.arange(len(NAMES)) != care
    for name in ("plan", "target"):
        assert new[name][care] == math.floor(0.7 * old[name][care])
        assert (new[name][others] == old[name][others]).all()
    assert heads(before)[care] > new["target"][care]
    assert heads(firm.world)[care] == new["target"][care]
    assert (heads(firm.world)[others] == heads(before)[others]).all()
    gone = int(heads(before)[care] - heads(firm.world)[care])
    assert firm.world.tally[0].dismissals == gone
    log = firm.record().events
    assert (log["event"][log["day"] == 5 * WEEK] == "dismissal").sum() == gone
    seats = plain(firm.world.employees)
    mine = seats[seats["department"] == care]
    left = mine["number"][plain(before.employees)["filled"][seats["department"] == care] == 1]
    assert mine["number"][mine["filled"] == 1].tolist() == left[: len(left) - gone].tolist()


def test_a_department_is_never_cut_to_nothing() -> None:
    _, firm = around({"cut": "board", "share": 0.9})
    board = plain(firm.world.departments)[NAMES.index("board")]
    assert board["plan"] == board["target"] == 1


def worth(row: np.void) -> float:
    """What management sees of a department, in the words of the documentation."""
    linked = row["week_linked_work"] / row["week_work"] if row["week_work"] else 0.0
    reported = row["reported"] if row["reported"] >= 0 else 1.0
    a, v = row["dials"][A], row["dials"][V]
    return float(max(0.05, a * v * linked + (1 - a) * reported))


def test_a_budget_round_cuts_most_where_least_is_seen_and_saves_its_share() -> None:
    customer_metric = {f"regime.departments.{n}.customer_metric": 0.9 for n in ("it", "care")}
    before, firm = around({"budget_round": 0.2}, {**LARGE, **customer_metric})
    old, new = plain(before.departments), plain(firm.world.departments)
    seen = np.array([worth(row) for row in old])
    wages = old["plan"] * old["weekly_wage"]
    cuts = 0.2 / seen * wages.sum() / (wages / seen).sum()
    assert (cuts < 0.9).all()
    assert (cuts * wages).sum() == pytest.approx(0.2 * wages.sum())
    assert cuts.max() > 1.5 * cuts.min(), "all departments look alike"
    lost = old["plan"] - new["plan"]
    assert (np.abs(lost - cuts * old["plan"]) < 1).all(), "whole seats"
    assert lost.sum() == round((cuts * old["plan"]).sum()), "as many as asked for"
    assert (new["target"] == old["target"] - lost).all()
    saved = (lost * old["weekly_wage"]).sum()
    assert abs(saved - 0.2 * wages.sum()) < old["weekly_wage"].max(), "within a seat"
    assert (heads(firm.world) <= new["target"]).all()
    np.testing.assert_allclose(new["projects_kept"] / old["projects_kept"], 1 - 3 * 0.2)


# ------------------------------------------------------------------ market


@pytest.mark.parametrize("degrees", [0, 90, 225])
def test_needs_shift_as_far_and_whereto_they_are_told(degrees: int) -> None:
    shift = {"need_shift": "shops", "size": 0.4, "direction": degrees}
    before, firm = around(shift)
    moved = plain(firm.world.segments)["needs"] - plain(before.segments)["needs"]
    angle = math.radians(degrees)
    np.testing.assert_allclose(moved[1], [0.4 * math.cos(angle), 0.4 * math.sin(angle)], atol=1e-12)
    assert (moved[0] == 0).all()


def test_without_a_direction_chance_decides() -> None:
    angles = set()
    for seed in range(4):
        before, firm = around({"need_shift": "homes", "size": 0.4}, seed=seed)
        x, y = (plain(firm.world.segments)["needs"] - plain(before.segments)["needs"])[0]
        assert math.hypot(x, y) == pytest.approx(0.4)
        angles.add(round(math.atan2(y, x), 6))
    assert len(angles) == 4


def test_new_technology_moves_all_needs_alike_and_has_to_be_learned() -> None:
    before, firm = around({"technology_change": 0.5}, QUIET)
    moved = plain(firm.world.segments)["needs"] - plain(before.segments)["needs"]
    np.testing.assert_allclose(np.hypot(*moved.T), 0.5)
    np.testing.assert_allclose(moved[0], moved[1])
    departments = plain(firm.world.departments)
    np.testing.assert_allclose(departments["relearning"], 0.2 * 0.5)
    scenario = tiny({**QUIET, "events": [{"week": WEEK, "technology_change": 0.5}]})
    firm = Firm(scenario, rng=1)
    firm.run_for(5 * WEEK + 16)
    departments = plain(firm.world.departments)
    slower = 1 - 1 / (13 * (1 - departments["dials"][:, M] / 2))
    np.testing.assert_allclose(departments["relearning"], 0.1 * slower**4)


def test_a_competitor_goes_for_a_segment_and_is_faster_from_then_on() -> None:
    shift = {"week": 3, "need_shift": "shops", "size": 1.0, "direction": 0}
    other = {"week": 3, "need_shift": "homes", "size": 1.0, "direction": 0}
    entry = {"week": WEEK, "competitor_entry": "shops", "strength": 0.5}
    firm = Firm(tiny({**STILL, "events": [shift, other, entry]}), rng=1)
    gaps = []
    for _ in range(WEEK + 4):
        firm.run_for(5)
        segments = plain(firm.world.segments)
        gaps.append((segments["needs"] - segments["competitor"])[:, 0])
    left = np.array(gaps[4:]) / np.array(gaps[3:-1])  # of each week's gap
    entered = WEEK - 4
    usual = 1 - 0.03
    np.testing.assert_allclose(left[:, 0], usual)
    np.testing.assert_allclose(left[:entered, 1], usual)
    assert left[entered, 1] == pytest.approx(0.5 * (1 - 0.03 * 1.5))
    np.testing.assert_allclose(left[entered + 1 :, 1], 1 - 0.03 * 1.5)


def test_a_surge_raises_demand_until_it_is_over_or_another_takes_its_place() -> None:
    surges = (
        {"week": 3, "demand_surge": 0.8, "weeks": 4},
        {"week": 10, "demand_surge": 2.0, "weeks": 20},
        {"week": 12, "demand_surge": -0.5, "weeks": 3},
    )
    without, with_them = twins(surges, {}, 0.4)
    expected = np.ones(21)
    expected[3:7], expected[10:12], expected[12:15] = 1.8, 3.0, 0.5
    np.testing.assert_allclose(with_them.series["demand"] / without.series["demand"], expected)
    assert with_them.series["needs"][3:7].sum() > 1.4 * without.series["needs"][3:7].sum() > 0


# ------------------------------------------------------------------ prices and usage


def joint_effect(match: float, seeds: range = range(6)) -> dict[str, float]:
    """What a price war does to revenue in its first week, and to losses, leads while it lasts."""
    war = {"week": 8, "price_war": 0.3, "weeks": 12, "match": match}
    figures: dict[str, list[float]] = {"revenue": [], "lost": [], "leads": []}
    for seed in seeds:
        with_it, without = (
            simulate(tiny({"parameters.h0": 0.02, "events": some}), seed=seed, years=0.5).series
            for some in ([war], ())
        )
        pd.testing.assert_frame_equal(with_it[:8], without[:8], check_exact=True)
        figures["revenue"].append(with_it["revenue"][8] / without["revenue"][8])
        for name in ("lost", "leads"):
            figures[name].append(with_it[name][8:20].sum() - without[name][8:20].sum())
    return {name: float(np.mean(values)) for name, values in figures.items()}


def test_a_price_war_costs_customers_or_revenue() -> None:
    matched, half, ignored = (joint_effect(match) for match in (1.0, 0.5, 0.0))
    # who goes along keeps customers: nothing happens in the week but that prices are lower
    assert matched["revenue"] == pytest.approx(0.7, rel=1e-6)
    assert matched["lost"] == 0
    assert matched["leads"] == 0
    assert half["revenue"] == pytest.approx(0.85, rel=0.02)
    assert ignored["revenue"] == pytest.approx(1.0, rel=0.03)
    assert ignored["lost"] > half["lost"] > 2
    assert ignored["leads"] < half["leads"] < -2


def test_prices_are_what_they_were_when_the_war_is_over() -> None:
    war = {"week": 2, "price_war": 0.2, "weeks": 3}
    firm = Firm(tiny({"events": [war]}), rng=1)
    prices = []
    for _ in range(7):
        firm.run_for(5)
        prices.append((firm.world.firm[0].price, firm.world.firm[0].competitor_price))
    assert prices[:2] == prices[5:] == [(1.0, 1.0)] * 2
    assert prices[2:5] == [(pytest.approx(0.9), pytest.approx(0.8))] * 3
    people = plain(firm.world.customers)
    due = people["margin"][people["status"] == ACTIVE].sum() / MONEY
    assert firm.record().series["revenue"].iloc[-1] == pytest.approx(due)


def test_in_a_recession_customers_use_less_and_fewer_ask() -> None:
    slump = {"week": 8, "recession": 0.4, "weeks": 10}
    without, with_it = (run.series for run in twins([slump], {"parameters.lead_rate": 0.05}, 0.5))
    expected = np.ones(26)
    expected[8:18] = 0.6
    per_head = [run["revenue"] / run["active"] for run in (with_it, without)]
    assert with_it["revenue"][8] == pytest.approx(0.6 * without["revenue"][8], rel=0.03)
    np.testing.assert_allclose(per_head[0] / per_head[1], expected, rtol=0.1)
    assert with_it["leads"][8:18].sum() < 0.75 * without["leads"][8:18].sum()


# ------------------------------------------------------------------ regime, and the log


def test_an_event_that_brings_a_regime_is_an_entry_of_the_schedule() -> None:
    data: dict[str, Any] = tiny(BUSY).model_dump()
    regime = Scenario.load("services_firm").with_regime("neutral").regime.model_dump()
    change = {"regime": regime, "week": 7, "over_weeks": 5}
    by_event = Scenario.from_mapping({**data, "events": [change]})
    data["regime"]["schedule"] = [change]
    by_schedule = Scenario.from_mapping(data)
    one, other = (simulate(s, seed=3, years=0.5) for s in (by_event, by_schedule))
    assert one.events["event"].tolist().count("regime") == 1
    one._events = one.events[one.events["event"] != "regime"].reset_index(drop=True)
    same_bits(one, other)
    relearning = one.series["relearning"]
    assert (relearning[:7] == 0).all()
    assert (relearning[7:12].diff()[1:] > 0).all(), "each step of the ramp adds to it"
    assert (relearning[12:].diff()[1:] < 0).all()


def test_events_are_noted_with_week_department_and_size() -> None:
    log = simulate(tiny({**FIERCE, "events": EVENTFUL}), seed=1, years=1.5).events
    kinds = {key for event in EVENTFUL for key in event}
    noted = log[log["event"].isin(kinds)]
    assert list(zip(noted["day"] // 5, noted["event"], noted["value"], strict=True)) == [
        (2, "need_shift", 0.4),
        (4, "technology_change", 0.3),
        (6, "competitor_entry", 0.8),
        (9, "cut", 0.3),
        (12, "demand_surge", 0.8),
        (20, "price_war", 0.2),
        (30, "recession", 0.3),
        (36, "budget_round", 0.2),
        (40, "regime", 0.0),
        (50, "merger", 0.0),
        (60, "cut", 0.2),
    ]
    assert noted["department"][noted["event"] == "cut"].tolist() == ["care", "it"]
    assert (noted["uid"] == -1).all()
