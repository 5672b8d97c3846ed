"""What must hold every evening, whatever has happened: nothing is lost, nothing from nowhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import simulation.build
from simulation import Firm, Scenario
from simulation.work.lists import DEADLINE, ESCALATION, FIRST, LAST, NIL, PLACE
from simulation.world import (
    ACTIVE,
    CALENDAR,
    CHANGE,
    DAYS_A_WEEK,
    ESSENTIAL,
    FREE,
    HIRE,
    LEAD,
    LOST,
    MONEY,
    NEED,
    OLDEST,
    OUTREACH,
    PROSPECT,
    QUEUE,
    RING,
)
from tests.firms import plain

FEW_SLOTS = 128


def walk(world: Any, links: int, lists: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every slot met on a walk along the given lists, and the list in which it was met."""
    items = plain(world.items)
    after, before = items["next"][:, links], items["prev"][:, links]
    empty = world.ends[lists, FIRST] == NIL
    assert (world.ends[lists[empty], LAST] == NIL).all(), "a last item, but no first one"
    lists = lists[~empty]
    at = world.ends[lists, FIRST]
    assert (before[at] == NIL).all(), "somebody stands before the first of a list"
    slots, where = [at], [lists]
    while len(at):
        following = after[at]
        done = following == NIL
        assert (at[done] == world.ends[lists[done], LAST]).all(), "a list ends before its last item"
        assert (before[following[~done]] == at[~done]).all(), "there and back are different ways"
        at, lists = following[~done], lists[~done]
        slots.append(at)
        where.append(lists)
        assert len(slots) <= len(items), "a list goes in a circle"
    return np.concatenate(slots), np.concatenate(where)


def queue_of(items: np.ndarray, yesterday: int) -> np.ndarray:
    """The list in which each item waits if it is in a queue."""
    first = 3 * RING + (2 * items["department"].astype(int) + items["klass"]) * (RING + 1)
    old = items["key"] < yesterday - OLDEST
    lists: np.ndarray = np.where(old, first + RING, first + items["key"] % RING)
    return lists


def check_lists(firm: Firm) -> None:
    """Every used slot is in exactly the lists it should be in, every free one in none."""
    world, items = firm.world, plain(firm.world.items)
    used = items["place"] != FREE
    free = []
    slot, following = int(world.firm[0].free), items["next"][:, PLACE].tolist()
    while slot != NIL:
        free.append(slot)
        assert len(free) <= len(items), "free slots go in a circle"
        slot = following[slot]
    assert len(free) == world.firm[0].slots_free
    assert sorted(free) == np.flatnonzero(~used).tolist()

    every = np.arange(len(world.ends))
    slots, lists = walk(world, PLACE, every[(every < RING) | (every >= 3 * RING)])
    assert sorted(slots.tolist()) == np.flatnonzero(used).tolist()
    there = items[slots]
    on_calendar = there["place"] == CALENDAR
    assert (there["due"][on_calendar] >= firm.day).all(), "due and not taken"
    assert (there["left"][~on_calendar] > 0).all(), "done and not taken out of the queue"
    right = np.where(on_calendar, there["due"] % RING, queue_of(there, firm.day - 1))
    assert (lists == right).all(), "an item is in a list that is not its own"
    for links, field in ((DEADLINE, "deadline"), (ESCALATION, "escalation")):
        slots, lists = walk(world, links, every[links * RING : (links + 1) * RING])
        days = items[field]
        assert sorted(slots.tolist()) == np.flatnonzero(used & (days != NIL)).tolist()
        assert (lists == links * RING + days[slots] % RING).all()
        assert (days[slots] >= firm.day).all(), f"an {field} has gone by"


def check_items(firm: Firm) -> None:
    """Opened = ended + open; the hours that wait are those of the items that wait."""
    world = firm.world
    items = plain(world.items)
    open_items = items[(items["place"] != FREE)]
    begun = open_items["opened"] >= 0
    assert world.firm[0].opened == world.firm[0].ended + begun.sum()
    waiting = open_items[open_items["place"] == QUEUE]
    hours = np.zeros_like(plain(world.departments)["backlog"])
    np.add.at(hours, (waiting["department"], waiting["klass"]), waiting["left"])
    assert (hours == plain(world.departments)["backlog"]).all()
    assert (waiting["left"] <= waiting["time"]).all()
    assert len(set(open_items["uid"].tolist())) == len(open_items), "two items share a uid"


def check_hours(firm: Firm) -> None:
    """Every hour of the day went somewhere."""
    d = plain(firm.world.departments)
    assert (d["gross"] + d["overtime"] == d["paid"] + d["work"] + d["switching"] + d["idle"]).all()
    assert (d["regular"] + d["paid"] == d["gross"]).all()
    for name in ("gross", "regular", "overtime", "paid", "work", "switching", "idle", "debt"):
        assert (d[name] >= 0).all(), name


def check_seats(firm: Firm) -> None:
    """Seats know their open requests, what blocks them, and whether somebody is on the way."""
    world = firm.world
    seats, items = plain(world.employees), plain(world.items)
    slots = np.flatnonzero(items["place"] != FREE)
    there = items[slots]
    owners = there["owner"]
    internal = there["kind"] >= ESSENTIAL
    mine = np.zeros(len(there), bool)
    mine[internal] = there["generation"][internal] == seats["generation"][owners[internal]]
    asked = mine & (there["kind"] == ESSENTIAL) & (there["opened"] >= 0)
    assert (np.bincount(owners[asked], minlength=len(seats)) == seats["open_requests"]).all()

    blocked = np.flatnonzero(seats["blocked_by"] != NIL)
    assert np.isin(seats["blocked_by"][blocked], slots[asked]).all(), "blocked by what is not open"
    assert (items["owner"][seats["blocked_by"][blocked]] == blocked).all()
    assert (seats["filled"][blocked] == 1).all(), "an empty seat is blocked"

    hires = owners[there["kind"] == HIRE]
    assert len(set(hires.tolist())) == len(hires), "two hires for one seat"
    assert sorted(hires.tolist()) == np.flatnonzero(seats["hire_under_way"]).tolist()
    d = plain(world.departments)
    sums = np.add.reduceat(seats["filled"], d["first_seat"], dtype=int)
    assert np.isin(seats["filled"], (0, 1)).all()
    assert (sums <= d["end_seat"] - d["first_seat"]).all()
    assert (d["target"] >= 0).all()


def check_people(firm: Firm) -> None:
    """The market is closed; who has a lead or an outreach open has one of them open."""
    people, items = plain(firm.world.customers), plain(firm.world.items)
    there = items[items["place"] != FREE]
    assert np.isin(people["status"], (PROSPECT, ACTIVE, LOST)).all()
    leads = there["owner"][(there["kind"] == LEAD) | (there["kind"] == OUTREACH)]
    assert sorted(leads.tolist()) == np.flatnonzero(people["open_lead"]).tolist()
    assert (people["unresolved"] + people["abandoned"] >= 0).all()
    needs = there["owner"][(there["kind"] == NEED) & (there["opened"] >= 0)]
    open_needs = np.bincount(needs, minlength=len(people))
    assert (open_needs + people["abandoned"] <= people["needs"]).all()


def check_money(firm: Firm, start: int) -> None:
    """Cash is what there was and came in and went out; the parts are as large as the whole."""
    world = firm.world
    people = plain(world.customers)
    assert world.firm[0].cash == start + world.firm[0].revenue - world.firm[0].cost
    assert people["revenue"].sum() == world.firm[0].revenue
    assert people["distributor_margin"].sum() == plain(world.distributors)["margin"].sum()
    direct = people["distributor"] < 0
    assert not people["distributor_margin"][direct].any()
    for name in ("revenue", "distributor_margin", "concessions", "cost_to_serve"):
        assert (people[name] >= 0).all(), name


def check_market(firm: Firm) -> None:
    """What was counted when the week closed is what is there; changes are counted when they end."""
    world = firm.world
    people, items = plain(world.customers), plain(world.items)
    assert world.firm[0].open_changes == (items["kind"][items["place"] != FREE] == CHANGE).sum()
    if firm.day % DAYS_A_WEEK:
        return
    active = people[people["status"] == ACTIVE]
    segments, distributors = plain(world.segments), plain(world.distributors)
    for k, segment in enumerate(segments):
        mine = active[active["segment"] == k]
        assert segment["active"] == len(mine)
        assert segment["margin"] == mine["margin"].sum() >= segment["channel_margin"]
    through = active["distributor"][active["distributor"] >= 0]
    counts = np.bincount(through, minlength=len(distributors))
    assert distributors["customers"].tolist() == counts.tolist()


def check_ranges(firm: Firm) -> None:
    """Shares are shares, and spells have an end."""
    world = firm.world
    shares = {
        "employees": ("skill", "engagement", "fatigue", "entitlement", "resentment", "tools"),
        "departments": ("relearning", "projects_kept", "standard"),
        "distributors": ("quality", "entitlement", "service"),
        "customers": ("satisfaction", "experience"),
        "routes": ("cause",),
        "firm": ("participation", "authority", "attention", "earned", "borrowed", "office"),
    }
    for part, names in shares.items():
        for name in names:
            column = plain(getattr(world, part))[name]
            assert ((column >= 0) & (column <= 1)).all(), f"{part}.{name}"
    assert (plain(world.customers)["price"] >= 1).all()
    assert (plain(world.segments)["belief_variance"] >= 0).all()
    assert (plain(world.segments)["insight_age"] >= 0).all()
    assert (plain(world.departments)["plan"] >= 1).all()
    d = plain(world.departments)
    gone = d["host"] != NIL
    for name in ("gross", "work", "debt", "backlog"):
        assert not d[name][gone].any(), f"{name} of a department that is part of another"


def check_flows(firm: Firm, stages: int) -> None:
    """Items went where the log says: what was opened and what was handed on, and nothing else."""
    log, flows = firm.record().events, firm.world.flows
    opened = log[log["event"] == "opened"]
    behind = opened[opened["value"] < CHANGE]["department"].value_counts()
    for j, name in enumerate(firm.department_names):
        assert flows[-1, j] == behind.get(name, 0), name
    assert not flows[:, -1].any(), "items that went to customers"
    handed_on = stages - (log["event"] == "closed").sum()
    assert flows.sum() == firm.world.firm[0].opened + handed_on


def check_numbers(firm: Firm) -> None:
    """No column has come to hold what is not a number."""
    for part in ("p", "firm", "customers", "employees", "departments", "distributors", "segments",
                 "items", "edges", "routes", "reports"):  # fmt: skip
        table = plain(getattr(firm.world, part))
        for name in table.dtype.names or ():
            if table[name].dtype.kind == "f":
                assert np.isfinite(table[name]).all(), f"{part}.{name}"


def check_the_end(firm: Firm, start: int) -> None:
    """The record tells the same story as the tables."""
    record, world, people = firm.record(), firm.world, plain(firm.world.customers)
    weeks = firm.day // 5
    assert len(record.series) == weeks
    log = record.events
    assert log["day"].is_monotonic_increasing
    if not weeks:
        return
    series = record.series
    tally = world.tally[0]  # what the week so far adds to the weeks on record
    active = int((people["status"] == ACTIVE).sum())
    joined, lost = int(series["joined"].sum()), int(series["lost"].sum())
    assert active == world.firm[0].started_with + joined + tally.joined - lost - tally.lost
    in_cents = {
        name: int(np.rint(series[name] * MONEY).astype(np.int64).sum())
        for name in series.columns
        if name.startswith("cost") or name == "revenue"
    }
    assert in_cents["cost_concessions"] + tally.concessions == people["concessions"].sum()
    assert in_cents["cost_distributor_margin"] == people["distributor_margin"].sum()
    assert in_cents["revenue"] == world.firm[0].revenue
    lines = sum(value for name, value in in_cents.items() if name.startswith("cost_"))
    assert lines == in_cents["cost"] == world.firm[0].cost
    assert round(series["cash"].iloc[-1] * MONEY) == start + in_cents["revenue"] - lines


def check_evening(firm: Firm, start: int) -> None:
    """All that must hold every evening."""
    check_items(firm)
    check_lists(firm)
    check_hours(firm)
    check_seats(firm)
    check_people(firm)
    check_money(firm, start)
    check_market(firm)
    check_ranges(firm)


def live_and_check(scenario: Scenario, seed: int, days: int) -> Firm:
    """Live so many days; every evening everything must add up."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulation.build, "FEWEST_ITEMS", FEW_SLOTS)
        firm = Firm(scenario, rng=seed, events="all")
    start = int(firm.world.firm[0].cash)
    started_with = int((plain(firm.world.customers)["status"] == ACTIVE).sum())
    assert started_with == scenario.market.active_at_start
    stages = 0  # finished: the counters start anew each week
    for _ in range(days):
        firm.step()
        check_evening(firm, start)
        if firm.day % DAYS_A_WEEK == 0 or firm.day == days:
            stages += int(plain(firm.world.departments)["week_stages"].sum())
    check_numbers(firm)
    check_the_end(firm, start)
    check_flows(firm, stages)
    return firm
