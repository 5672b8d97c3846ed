"""Nothing is lost and nothing comes from nowhere: every day everything adds up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

import simulation.build
from simulation import Customer, Firm, Scenario
from simulation.mechanisms import MECHANISMS
from simulation.parameters import PARAMETERS
from simulation.work.lists import DEADLINE, ESCALATION, FIRST, LAST, NIL, PLACE
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
    OLDEST,
    PROSPECT,
    QUEUE,
    RING,
)
from tests.firms import BUSY, PLAIN, frames, plain, tiny

FEW_SLOTS = 128
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
                "essential_per_head_week": draw(st.integers(0, 300)) / 100,
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
            "mechanisms": {name: draw(st.booleans()) for name in MECHANISMS},
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
    """The market is closed; whoever has a lead open has one lead open."""
    people, items = plain(firm.world.customers), plain(firm.world.items)
    there = items[items["place"] != FREE]
    assert np.isin(people["status"], (PROSPECT, ACTIVE, LOST)).all()
    leads = there["owner"][there["kind"] == LEAD]
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


def check_numbers(firm: Firm) -> None:
    """No column has come to hold what is not a number."""
    for part in ("customers", "employees", "departments", "distributors", "segments", "firm"):
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


def live_and_check(scenario: Scenario, seed: int, days: int) -> Firm:
    """Live so many days; every evening everything must add up."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulation.build, "FEWEST_ITEMS", FEW_SLOTS)
        firm = Firm(scenario, rng=seed, events="all")
    start = int(firm.world.firm[0].cash)
    started_with = int((plain(firm.world.customers)["status"] == ACTIVE).sum())
    assert started_with == scenario.market.active_at_start
    for _ in range(days):
        firm.step()
        check_evening(firm, start)
    check_numbers(firm)
    check_the_end(firm, start)
    return firm


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


def test_every_parameter_may_be_at_either_end_of_its_range() -> None:
    scenario = tiny({"parameters.block_share": 0.1})
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
