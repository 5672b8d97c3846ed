"""How much work a run is, counted and not timed: closed items and other people cost nothing."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from simulation import Firm, Scenario
from tests.firms import BUSY, tiny, with_hours

QUARTER = 65


class Spent(NamedTuple):
    """What a quarter cost, and what was to be done in it."""

    steps: int
    ended: int
    most_open: int


def quarters(firm: Firm, count: int) -> list[Spent]:
    """Live so many quarters and count in each the items touched and the items ended."""
    spent = []
    for _ in range(count):
        before = firm.world.firm[0].work_steps, firm.world.firm[0].ended
        most = 0
        for _ in range(QUARTER):
            firm.step()
            most = max(most, len(firm.world.items) - int(firm.world.firm[0].slots_free))
        now = firm.world.firm[0]
        spent.append(Spent(int(now.work_steps - before[0]), int(now.ended - before[1]), most))
    return spent


def steady() -> Scenario:
    """A firm that stays as it is: nobody comes or goes for good, nothing drifts."""
    return tiny(
        {
            "market.turbulence": 0.0,
            "parameters.shift_rate": 0.0,
            "parameters.h0": 0.0,
            "parameters.hire_above": 2.0,
            "parameters.shrink_below": 0.0,
            "parameters.cash_weeks": 520.0,
            "parameters.demand_sd": 0.0,
            "parameters.absence_sd": 0.0,
        }
    )


def test_work_does_not_grow_with_items_that_are_closed() -> None:
    spent = quarters(Firm(steady(), rng=1), 24)
    early, late = spent[1:7], spent[-6:]
    per_item = [sum(q.steps for q in some) / sum(q.ended for q in some) for some in (early, late)]
    assert per_item[1] == pytest.approx(per_item[0], rel=0.1)
    closed_before = [sum(q.ended for q in spent[:n]) for n in (4, 21)]
    assert closed_before[1] > 4 * closed_before[0], "nothing has piled up that could matter"


def test_slots_and_rows_stay_bounded_over_a_long_run() -> None:
    firm = Firm(tiny(BUSY), rng=2)
    slots = len(firm.world.items)
    spent = quarters(firm, 40)
    assert len(firm.world.items) == slots
    assert max(q.most_open for q in spent[20:]) <= 2 * max(q.most_open for q in spent[:20])
    assert firm.world.firm[0].ended > 2 * slots, "slots were never used a second time"
    record = firm.record()
    assert len(record.series) == 40 * QUARTER // 5
    assert len(record.departments) == len(record.series) * len(firm.department_names)
    counts = record.series[["joined", "lost", "defections", "shadow_built"]].sum()
    insolvent = int(record.manifest["insolvent_week"] >= 0)
    # what a department built it may undo
    assert 0 < len(record.events) <= counts.sum() + counts["shadow_built"] + insolvent


def test_the_log_holds_nothing_when_it_is_off() -> None:
    firm = Firm(tiny(BUSY), rng=2, events="none")
    firm.run_for(QUARTER)
    assert firm.record().events.empty
    assert firm.record().series["lost"].sum() > 0


def enlarged(scenario: Scenario, factor: int) -> Scenario:
    """The same firm with so many times the people, inside and outside."""
    data = scenario.model_dump()
    data["market"]["customers"] *= factor
    data["market"]["active_at_start"] *= factor
    for department in data["organisation"]["departments"]:
        department["seats"] *= factor
    return Scenario.from_mapping(data)


def test_work_for_a_customer_does_not_depend_on_how_many_there_are() -> None:
    base = with_hours(Scenario.load("small_firm"))
    per_customer, per_item, open_items = [], [], []
    for factor in (2, 16):
        scenario = enlarged(base, factor)
        firm = Firm(scenario, rng=3)
        firm.run_for(2 * QUARTER)
        now = firm.world.firm[0]
        per_customer.append(now.work_steps / scenario.market.active_at_start)
        per_item.append(now.work_steps / now.ended)
        open_items.append((now.opened - now.ended) / scenario.market.active_at_start)
    assert per_customer[1] == pytest.approx(per_customer[0], rel=0.1)
    # A large department seldom breaks an item off at night, so it may do with fewer touches.
    assert per_item[1] <= 1.05 * per_item[0]
    assert open_items[1] <= 1.2 * open_items[0]
