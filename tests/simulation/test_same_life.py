"""The compiled model and the reference live the same life, day by day (rule 6b of the house)."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest

from simulation import Firm, Scenario
from simulation.world import CALENDAR, FREE
from tests.reference.firm import ReferenceFirm
from tests.reference.state import Event
from tests.reference.test_reference_itself import TINY

TOLERANCE = 1e-12

CUSTOMER_INTEGERS = (
    "status",
    "open_lead",
    "segment",
    "distributor",
    "margin",
    "joined_week",
    "lost_week",
    "needs",
    "unresolved",
    "abandoned",
    "revenue",
    "distributor_margin",
    "concessions",
    "cost_to_serve",
)
CUSTOMER_FLOATS = ("satisfaction", "experience", "propensity", "need_rate", "word")
SEAT_INTEGERS = ("filled", "open_requests", "hire_under_way")
SEAT_FLOATS = ("skill", "engagement", "fatigue", "entitlement", "resentment")
DEPARTMENT_INTEGERS = (
    "target",
    "debt",
    "gross",
    "paid",
    "regular",
    "overtime",
    "work",
    "switching",
    "idle",
)
DEPARTMENT_FLOATS = ("standard", "pressure", "policy", "presence")

BUSY: Mapping[str, object] = {
    "parameters.need_rate": 0.35,
    "parameters.patience_days": 6.0,
    "parameters.expiry_days": 9.0,
    "parameters.block_share": 0.3,
    "parameters.quit_rate": 0.8,
    "parameters.escalation_mean_days": 2.0,
    "parameters.courtesy_ratio": 1.0,
    "parameters.cash_weeks": 0.5,
    "parameters.h0": 0.03,
    "parameters.lead_rate": 0.05,
    "parameters.winback_weeks": 3.0,
    "parameters.policy_start": 2.5,
}
CHANGING: Mapping[str, object] = {
    "regime": {
        "base": "customer_first",
        "departments": {"it": {"line_of_sight": 0.1}},
        "serves": [{"supplier": "it", "requester": "care", "colleague_as_customer": 0.9}],
        "schedule": [{"week": 4, "over_weeks": 6, "regime": "internal_customer"}],
    }
}


def tiny(changes: Mapping[str, object]) -> Scenario:
    """The reference's own tiny firm, changed."""
    flat = {key: value for key, value in changes.items() if "." in key}
    whole = {key: value for key, value in changes.items() if "." not in key}
    return Scenario.from_mapping({**TINY, **whole}).replace(flat)


def close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def differences(firm: Firm, reference: ReferenceFirm) -> list[str]:
    """What differs between the two this evening, in words."""
    found = []
    world = firm.world

    def check(what: str, mine: float, theirs: float, exact: bool) -> None:
        if (mine != theirs) if exact else not close(mine, theirs):
            found.append(f"{what}: compiled {mine!r}, reference {theirs!r}")

    for row, person in enumerate(reference.customers):
        for name in CUSTOMER_INTEGERS:
            check(f"customer {row} {name}", int(world.customers[row][name]), getattr(person, name), True)
        for name in CUSTOMER_FLOATS:
            check(f"customer {row} {name}", world.customers[row][name], getattr(person, name), False)
    for row, seat in enumerate(reference.seats):
        mine = world.employees[row]
        for name in SEAT_INTEGERS:
            check(f"seat {row} {name}", int(mine[name]), getattr(seat, name), True)
        check(f"seat {row} tenure", int(mine.tenure_weeks), seat.tenure, True)
        check(f"seat {row} blocked", bool(mine.blocked_by >= 0), seat.blocked, True)
        for name in SEAT_FLOATS:
            check(f"seat {row} {name}", mine[name], getattr(seat, name), False)
    for j, department in enumerate(reference.departments):
        mine = world.departments[j]
        for name in DEPARTMENT_INTEGERS:
            check(f"{department.name} {name}", int(mine[name]), getattr(department, name), True)
        for klass in range(2):
            left = department.backlog[klass]
            check(f"{department.name} backlog {klass}", int(mine.backlog[klass]), left, True)
        for name in DEPARTMENT_FLOATS:
            theirs = getattr(department, name)
            check(f"{department.name} {name}", mine[name], theirs, False)
    for row, segment in enumerate(reference.segments):
        for dimension in range(2):
            for name in ("needs", "offer", "competitor"):
                mine_at = world.segments[row][name][dimension]
                check(f"segment {row} {name}", mine_at, getattr(segment, name)[dimension], False)
    check("cash", int(world.firm[0].cash), reference.cash, True)
    return found + item_differences(firm, reference)


def item_differences(firm: Firm, reference: ReferenceFirm) -> list[str]:
    """Open items that one has and the other has not, or that differ."""
    slots = np.flatnonzero(firm.world.items.place != FREE)
    mine = {int(firm.world.items[slot].uid): firm.world.items[slot] for slot in slots}
    if mine.keys() != reference.items.keys():
        only = mine.keys() ^ reference.items.keys()
        return [f"open items: only one firm has {sorted(only)}"]
    found = []
    for uid, item in reference.items.items():
        row = mine[uid]
        pairs = {
            "place": ("calendar" if row.place == CALENDAR else "queue", item.place),
            "stage": (int(row.stage), item.stage),
            "attempt": (int(row.attempt), item.attempt),
            "department": (firm.department_names[row.department], item.department),
            "opened": (int(row.opened), item.opened),
            "escalated": (bool(row.escalated), item.escalated),
        }
        waits_to_begin = item.place == "calendar" and item.begins
        if waits_to_begin:
            pairs["begun"] = (bool(row.begun), False)
        else:
            pairs["standard"] = (int(row.standard), item.standard)
            pairs["time"] = (int(row.time), item.time)
        if item.place == "queue":
            pairs["left"] = (int(row.left), item.hours_left)
            pairs["klass"] = (int(row.klass), item.klass)
            pairs["key"] = (int(row.key), item.key)
        found += [
            f"item {uid} {name}: compiled {a!r}, reference {b!r}"
            for name, (a, b) in pairs.items()
            if a != b
        ]
    return found


@pytest.mark.parametrize(
    ("changes", "seed", "days"),
    [
        pytest.param({}, 1, 130, id="calm"),
        pytest.param(BUSY, 2, 330, id="busy"),
        pytest.param({**BUSY, **CHANGING}, 3, 130, id="changing"),
        pytest.param({**CHANGING, "parameters.demand_sd": 0.4}, 4, 130, id="stormy"),
    ],
)
def test_same_life(changes: Mapping[str, object], seed: int, days: int) -> None:
    scenario = tiny(changes)
    firm = Firm(scenario, rng=seed, events="all")
    reference = ReferenceFirm(scenario, seed)
    assert not differences(firm, reference), "at the start"
    for day in range(days):
        firm.step()
        reference.day()
        found = differences(firm, reference)
        assert not found, f"day {day}: {len(found)} differences, first: {found[:5]}"
    log = firm.record().events
    columns = (log[name] for name in ("day", "event", "uid", "department", "item"))
    assert [Event(*row) for row in zip(*columns, strict=True)] == reference.events
    assert len(log) > days, "equal because nothing happened"
