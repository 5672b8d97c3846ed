"""Nothing is lost and nothing comes from nowhere: items, hours, people and money add up every day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

import simulation.build
from simulation import Firm, Scenario
from simulation.parameters import PARAMETERS
from simulation.work.lists import (
    DEADLINE,
    ESCALATION,
    FIRST,
    LAST,
    NIL,
    PLACE,
    calendar_list,
    deadline_list,
    escalation_list,
    queue_list,
)
from simulation.world import (
    ACTIVE,
    CALENDAR,
    ESSENTIAL,
    FREE,
    HIRE,
    LEAD,
    LOST,
    MONEY,
    NEED,
    PROSPECT,
    QUEUE,
)
from tests.firms import BUSY, frames, plain, tiny

FEW_SLOTS = 2304  # little more than the room kept for one seat, so that firms outgrow it
NAMES = ("alpha", "beta", "gamma", "delta", "epsilon")
STRESS: Mapping[str, Mapping[str, float]] = {
    "calm": {},
    "impatient": {"patience_days": 2.0, "expiry_days": 3.0, "need_rate": 0.5},
    "blocked": {"block_share": 0.9, "open_request_loss": 0.3, "courtesy_ratio": 2.0},
    "leaving": {"quit_rate": 2.0, "newcomer_skill": 0.2, "block_share": 0.5, "seats_most": 1.3},
    "poor": {"cash_weeks": 0.0, "overhead_share": 2.0, "emergency_cut": 0.5, "block_share": 0.3},
    "escalating": {
        "escalation_grace_days": 0.0,
        "escalation_mean_days": 1.0,
        "escalation_share": 1.0,
        "policy_start": 6.0,
    },
    "churning": {"h0": 0.15, "lead_rate": 0.4, "winback_weeks": 1.0, "resolution_base": 0.3},
}

Fraction = st.floats(0.0, 1.0)


def in_range(name: str, fraction: float) -> float:
    """A parameter's value, so far of the way through its declared range."""
    parameter = PARAMETERS[name]
    return min(parameter.high, parameter.low + fraction * (parameter.high - parameter.low))


@st.composite
def regimes(draw: st.DrawFn) -> dict[str, object]:
    """Any dials; the three measures add up to one."""
    customer, local = sorted((draw(Fraction), draw(Fraction)))
    free = ("customer_priority", "line_of_sight", "colleague_as_customer")
    return {
        **{name: draw(Fraction) for name in free},
        **dict.fromkeys(("captivity", "listening", "risk_aversion"), 0.5),
        **dict.fromkeys(("distributor_voice", "focus", "care"), 0.5),
        "customer_metric": customer,
        "local_metric": local - customer,
        "manager_metric": 1.0 - local,
    }


@st.composite
def organisations(draw: st.DrawFn) -> tuple[dict[str, object], dict[str, object]]:
    """Departments and edges at random, and routes along the edges."""
    names = draw(st.permutations(NAMES))[: draw(st.integers(2, 5))]
    kinds = {name: draw(st.sampled_from(("front", "service", "management"))) for name in names}
    kinds[names[0]] = "front"
    pairs = [(supplier, asks) for supplier in names for asks in names if supplier != asks]
    served = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=8))

    def path(first: str) -> list[str]:
        steps = [first]
        for _ in range(draw(st.integers(0, 3))):
            suppliers = [supplier for supplier, asks in served if asks == steps[-1]]
            if not suppliers:
                break
            steps.append(draw(st.sampled_from(suppliers)))
        return steps

    def mix(firsts: list[str], least: int) -> list[dict[str, object]]:
        begins = draw(st.lists(st.sampled_from(firsts), min_size=least, max_size=3))
        return [{"path": path(first), "share": 1.0 / len(begins)} for first in begins]

    organisation: dict[str, object] = {
        "departments": [
            {
                "name": name,
                "kind": kinds[name],
                "seats": draw(st.integers(1, 4)),
                "wage_per_week": 1000.0,
                "hours": {
                    "customer": draw(st.floats(0.2, 12.0)),
                    "internal": draw(st.floats(0.2, 6.0)),
                },
            }
            for name in names
        ],
        "serves": [
            {
                "supplier": supplier,
                "requester": asks,
                "essential_per_head_week": draw(st.floats(0.0, 3.0)),
            }
            for supplier, asks in served
        ],
        "reports_to": [
            {"department": name, "to": draw(st.sampled_from(names[:row]))}
            for row, name in enumerate(names)
            if row > 0 and draw(st.booleans())
        ],
    }
    suppliers = sorted({supplier for supplier, _ in served})
    routes: dict[str, object] = {
        "need": mix([name for name in names if kinds[name] == "front"], 1),
        "lead": mix(list(names), 0),
        "hire": mix(list(names), 0),
        "essential": [
            {"path": path(supplier), "share": draw(st.floats(0.05, 1.0))} for supplier in suppliers
        ],
    }
    return organisation, routes


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """A small firm in a small market, with parameters anywhere in their ranges."""
    organisation, routes = draw(organisations())
    people = draw(st.integers(1, 200))
    wild = draw(st.dictionaries(st.sampled_from(sorted(PARAMETERS)), Fraction, max_size=10))
    stress = draw(st.sampled_from(sorted(STRESS)))
    event(stress)
    distributors = draw(st.integers(0, 3))
    return Scenario.from_mapping(
        {
            "regime": draw(regimes()),
            "market": {
                "customers": people,
                "active_at_start": draw(st.integers(0, people)),
                "turbulence": draw(st.floats(0.0, 0.1)),
                "segments": [
                    {"name": "homes", "share": 0.6, "needs": [0.0, 0.0], "margin_per_week": 40.0},
                    {"name": "shops", "share": 0.4, "needs": [0.3, 0.1], "margin_per_week": 90.0},
                ],
            },
            "organisation": organisation,
            "routes": routes,
            "distributors": {
                "count": distributors,
                "share": draw(Fraction) if distributors else 0.0,
            },
            "parameters": {
                **STRESS[stress],
                **{name: in_range(name, fraction) for name, fraction in wild.items()},
            },
        }
    )


def walk(world: Any, links: int) -> tuple[np.ndarray, np.ndarray]:
    """Every slot met on a walk along all lists of one set, and the list in which it was met."""
    items = plain(world.items)
    after, before = items["next"][:, links], items["prev"][:, links]
    low, high = ranges(links, len(world.ends))
    lists = low + np.flatnonzero(world.ends[low:high, FIRST] != NIL)
    at = world.ends[lists, FIRST]
    assert (before[at] == NIL).all(), "the first of a list has nobody before it"
    slots, where = [], []
    for _ in range(len(items) + 1):
        slots.append(at)
        where.append(lists)
        following = after[at]
        done = following == NIL
        assert (at[done] == world.ends[lists[done], LAST]).all(), "a list ends with its last item"
        assert (before[following[~done]] == at[~done]).all(), "there and back is the same way"
        at, lists = following[~done], lists[~done]
        if not len(at):
            break
    else:
        raise AssertionError("a list goes in a circle")
    empty = world.ends[low:high, FIRST] == NIL
    assert (world.ends[low:high, LAST][empty] == NIL).all(), "no first item, but a last one"
    return np.concatenate(slots), np.concatenate(where)


def ranges(links: int, lists: int) -> tuple[int, int]:
    """First and end of the lists that one set of links may form, calendars aside from queues."""
    starts = (calendar_list(0), deadline_list(0), escalation_list(0), queue_list(0, 0, 0, 0))
    if links == PLACE:
        return starts[0], lists
    return starts[links], starts[links + 1]


def check_lists(firm: Firm) -> None:
    """Every used slot is in exactly the lists it should be in, every free one in none."""
    world = firm.world
    items = plain(world.items)
    used = items["place"] != FREE
    free = []
    slot, following = int(world.firm[0].free), items["next"][:, PLACE].tolist()
    while slot != NIL and len(free) <= len(items):
        free.append(slot)
        slot = following[slot]
    assert len(free) == world.firm[0].slots_free
    assert sorted(free) == np.flatnonzero(~used).tolist()

    low, high = ranges(PLACE, len(world.ends))
    del low
    deadlines = ranges(DEADLINE, high)
    queues = ranges(ESCALATION, high)[1]
    yesterday = firm.day - 1
    slots, lists = walk_places(world, deadlines[0], queues)
    assert sorted(slots.tolist()) == np.flatnonzero(used).tolist()
    for slot, found in zip(slots.tolist(), lists.tolist(), strict=True):
        item = items[slot]
        if item["place"] == CALENDAR:
            assert firm.day <= item["due"], "due and not taken"
            assert found == calendar_list(item["due"])
        else:
            assert item["place"] == QUEUE
            assert item["left"] > 0
            assert found == queue_list(item["department"], item["klass"], item["key"], yesterday)
    for links, field in ((DEADLINE, "deadline"), (ESCALATION, "escalation")):
        slots, lists = walk(world, links)
        alarmed = np.flatnonzero(used & (items[field] != NIL))
        assert sorted(slots.tolist()) == alarmed.tolist()
        assert (lists == ranges(links, high)[0] + items[field][slots] % 1024).all()
        assert (items[field][slots] >= firm.day).all(), f"a {field} has gone by"


def walk_places(world: Any, calendar_end: int, queues: int) -> tuple[np.ndarray, np.ndarray]:
    """A walk along calendar and queues, which share one set of links."""
    hidden = world.ends[calendar_end:queues].copy()
    world.ends[calendar_end:queues] = NIL  # deadlines and escalations have links of their own
    try:
        return walk(world, PLACE)
    finally:
        world.ends[calendar_end:queues] = hidden
