"""The compiled model and the reference live the same life, day by day (rule 6b of the house)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pytest

from simulation import Firm, Scenario
from simulation.mechanisms import MECHANISMS
from simulation.world import CALENDAR, FREE
from tests.firms import BUSY, tiny
from tests.reference.firm import ReferenceFirm
from tests.reference.state import NEED, Event
from tests.reference.test_reference_office import eventful

TOLERANCE = 1e-12

CUSTOMER_INTEGERS = (
    "status",
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
    "cost_at_review",
    "band",
)
CUSTOMER_FLOATS = ("satisfaction", "experience", "propensity", "need_rate", "word", "price")
SEAT_INTEGERS = ("filled", "open_requests", "hire_under_way")
SEAT_FLOATS = ("skill", "engagement", "fatigue", "entitlement", "resentment", "tools")
DEPARTMENT_INTEGERS = (
    "plan",
    "target",
    "weeks_above",
    "weeks_below",
    "debt",
    "gross",
    "paid",
    "regular",
    "overtime",
    "work",
    "switching",
    "idle",
)
DEPARTMENT_FLOATS = ("standard", "pressure", "policy", "presence", "reported", "hops", "relearning")
SEGMENT_FLOATS = ("needs", "offer", "competitor", "belief")
DISTRIBUTOR_INTEGERS = ("customers", "away_until")
DISTRIBUTOR_FLOATS = ("quality", "bias", "entitlement", "service")
ITEM_FIELDS = ("stage", "attempt", "opened", "escalated")

OFF: Mapping[str, object] = {"mechanisms": dict.fromkeys(MECHANISMS, False)}
FIERCE: Mapping[str, object] = {
    "parameters.dispute_rate": 1.0,
    "parameters.incident_rate": 0.8,
    "parameters.entitlement_start": 0.9,
    "parameters.budget_notice": 0.0,
    "parameters.budget_move": 0.3,
    "parameters.budget_bound": 0.3,
    "parameters.cash_weeks": 50.0,
    "captivity": 0.4,
    "organisation.departments.board.seats": 10,
    "organisation.departments.care.seats": 10,
    "organisation.departments.it.seats": 10,
    "organisation.departments.personnel.seats": 10,
}
FIERCE_MARKET: Mapping[str, float] = {
    "need_rate": 0.3,
    "block_share": 0.3,
    "shadow_after": 2.0,
    "shadow_until": 4.0,
    "defection_rate": 2.0,
    "defection_weeks": 9.0,
    "channel_rate": 0.05,
    "outreach_below": 0.8,
    "shift_rate": 8.0,
    "dispute_rate": 1.0,
    "h0": 0.03,
    "lead_rate": 0.05,
}
CHANGING: Mapping[str, object] = {
    "regime": {
        "base": "customer_first",
        "departments": {"it": {"line_of_sight": 0.1}},
        "serves": [{"supplier": "it", "requester": "care", "colleague_as_customer": 0.9}],
        "schedule": [{"week": 4, "over_weeks": 6, "regime": "internal_customer"}],
    }
}


def unequal(what: str, mine: Any, theirs: list[Any], exact: bool) -> list[str]:
    """Rows in which a column of the firm differs from the reference's list."""
    mine, other = np.asarray(mine), np.asarray(theirs)
    same = mine == other if exact else np.isclose(mine, other, rtol=TOLERANCE, atol=TOLERANCE)
    return [
        f"{what} {row}: compiled {mine[row]!r}, reference {theirs[row]!r}"
        for row in np.flatnonzero(~same.reshape(len(theirs), -1).all(axis=1))
    ]


def compare(
    kind: str, columns: Any, objects: list[Any], integers: Iterable[str], floats: Iterable[str]
) -> list[str]:
    """Differences between a table and a list of the reference's objects."""
    found = []
    for names, exact in ((integers, True), (floats, False)):
        for name in names:
            theirs = [getattr(one, name) for one in objects]
            found += unequal(f"{kind} {name}", columns[name], theirs, exact)
    return found


def differences(firm: Firm, reference: ReferenceFirm) -> list[str]:
    """What differs between the two this evening, in words."""
    world = [part.view(np.ndarray) for part in firm.world]
    tables = dict(zip(firm.world._fields, world, strict=True))
    seats, departments = reference.seats, reference.departments
    employees = tables["employees"]
    return [
        *compare(
            "customer", tables["customers"], reference.customers, CUSTOMER_INTEGERS, CUSTOMER_FLOATS
        ),
        *compare("seat", employees, seats, SEAT_INTEGERS, SEAT_FLOATS),
        *unequal("tenure", employees["tenure_weeks"], [seat.tenure for seat in seats], True),
        *unequal("blocked", employees["blocked_by"] >= 0, [seat.blocked for seat in seats], True),
        *compare(
            "department", tables["departments"], departments, DEPARTMENT_INTEGERS, DEPARTMENT_FLOATS
        ),
        *unequal(
            "backlog", tables["departments"]["backlog"], [d.backlog for d in departments], True
        ),
        *compare("segment", tables["segments"], reference.segments, (), SEGMENT_FLOATS),
        *compare(
            "distributor",
            tables["distributors"],
            reference.distributors,
            DISTRIBUTOR_INTEGERS,
            DISTRIBUTOR_FLOATS,
        ),
        *other_names(tables, reference),
        *unequal(
            "true", tables["departments"]["true_figure"], [d.true for d in departments], False
        ),
        *unequal("cash", tables["firm"]["cash"], [reference.cash], True),
        *item_differences(tables["items"], firm.department_names, reference),
    ]


def other_names(tables: Mapping[str, np.ndarray], reference: ReferenceFirm) -> list[str]:
    """Differences in what the two call by different names."""
    segments, departments, firm = tables["segments"], reference.departments, tables["firm"][0]
    office = reference.office
    needs, people = reference.routes[NEED], reference.customers
    sought = [person.open_lead or person.open_outreach for person in people]
    pairs: dict[str, tuple[Any, list[Any], bool]] = {
        "variance": (segments["belief_variance"], [s.variance for s in reference.segments], False),
        "age": (segments["insight_age"], [s.age for s in reference.segments], False),
        "boost": (segments["competitor_boost"], [s.boost for s in reference.segments], False),
        "kept": (tables["departments"]["projects_kept"], [d.kept for d in departments], False),
        "shadow": (tables["departments"]["shadow"], [d.shadow_built for d in departments], True),
        "cause": (tables["routes"]["cause"][: len(needs)], [r.cause for r in needs], False),
        "open lead": (tables["customers"]["open_lead"], sought, True),
        "lift": ([firm["lift"]], [reference.lift], False),
    }
    if office is not None:
        for name in ("participation", "borrowed", "earned"):
            pairs[name] = ([firm[name]], [getattr(office, name)], False)
        pairs["look-alikes"] = ([firm["lookalike_margin"]], [office.lookalike_margin], True)
    return [line for what, pair in pairs.items() for line in unequal(what, *pair)]


def item_differences(
    items: np.ndarray, department_names: tuple[str, ...], reference: ReferenceFirm
) -> list[str]:
    """Open items that one has and the other has not, or that differ."""
    mine = {int(row["uid"]): row for row in items[items["place"] != FREE]}
    if mine.keys() != reference.items.keys():
        only = mine.keys() ^ reference.items.keys()
        return [f"open items: only one firm has {sorted(only)}"]
    found = []
    for uid, item in reference.items.items():
        row = mine[uid]
        pairs = {
            "place": ("calendar" if row["place"] == CALENDAR else "queue", item.place),
            "department": (department_names[row["department"]], item.department),
            **{name: (row[name], getattr(item, name)) for name in ITEM_FIELDS},
        }
        if item.place == "calendar" and item.begins:
            pairs["begun"] = (row["begun"], False)
        else:
            pairs["standard"] = (row["standard"], item.standard)
            pairs["time"] = (row["time"], item.time)
        if item.place == "queue":
            pairs["left"] = (row["left"], item.hours_left)
            pairs["klass"] = (row["klass"], item.klass)
            pairs["key"] = (row["key"], item.key)
        found += [
            f"item {uid} {name}: compiled {a!r}, reference {b!r}"
            for name, (a, b) in pairs.items()
            if a != b
        ]
    return found


@pytest.mark.parametrize(
    ("changes", "seed", "days"),
    [
        pytest.param(OFF, 1, 130, id="bare"),
        pytest.param({**OFF, **BUSY}, 2, 330, id="bare and busy"),
        pytest.param({}, 3, 130, id="calm"),
        pytest.param({**BUSY, **CHANGING}, 4, 200, id="changing"),
        pytest.param({**CHANGING, "parameters.demand_sd": 0.4}, 5, 130, id="stormy"),
        pytest.param({**BUSY, **FIERCE}, 7, 200, id="fierce"),
    ],
)
def test_same_life(changes: Mapping[str, object], seed: int, days: int) -> None:
    same_life(tiny(changes), seed, days)


@pytest.mark.parametrize(
    ("changes", "parameters", "seed", "days"),
    [
        pytest.param({}, {}, 1, 330, id="eventful"),
        pytest.param({}, FIERCE_MARKET, 2, 330, id="fierce market"),
        pytest.param({"regime": "distributor_first"}, FIERCE_MARKET, 3, 200, id="channel"),
        pytest.param({"offices": {"cco": True}, "regime": "with_care"}, {}, 4, 200, id="office"),
        pytest.param({"mechanisms": {"listening": False}}, {}, 5, 130, id="deaf"),
        pytest.param({"mechanisms": {"agility": False}}, FIERCE_MARKET, 6, 130, id="rigid"),
    ],
)
def test_same_life_in_a_moving_market(
    changes: Mapping[str, object], parameters: Mapping[str, float], seed: int, days: int
) -> None:
    same_life(eventful(changes, parameters), seed, days)


def same_life(scenario: Scenario, seed: int, days: int) -> None:
    """Let the firm and the reference live next to each other, and compare them every evening."""
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
    for place, detail in reference.details.items():
        assert log["cause"][place] == detail.cause, (place, log.iloc[place], detail)
        assert log["value"][place] == pytest.approx(detail.value, rel=TOLERANCE), detail
    assert len(log) > days, "equal because nothing happened"


def test_the_fierce_firm_knows_every_mechanism() -> None:
    """What the comparison above would not notice if it never happened."""
    firm = Firm(tiny({**BUSY, **FIERCE}), rng=7, events="all")
    firm.run_for(200)
    assert set(firm.record().events["event"]) >= {"disputed", "declined", "incident"}
    counts = firm.record().series[["budget_moves", "favours", "resented", "cost_perks"]].sum()
    assert (counts > 0).all(), counts
