"""The mechanisms of sections 11.1 to 11.5, each worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import pytest

from .disputes import chance, dispute
from .engagement import clarity, hops_to_customers, learn_from_help, move_engagement, perks, target
from .entitlement import (
    calm_down,
    is_declined,
    learn_from_handling,
    learn_from_success,
    pooled,
    see_the_result,
)
from .firm import ReferenceFirm
from .incidents import hazard, let_policies_lapse, strike, suffer_incidents
from .items import end, escalate, put_in_queue, take_arrivals
from .lessons import handler
from .measurement import measure, move_budget, performance
from .service import give_up_waiting
from .state import (
    ACTIVE,
    COURTESY,
    CUSTOMER,
    ESSENTIAL,
    HIRE,
    INTERNAL,
    MICRO,
    NEED,
    Item,
    Seat,
)
from .test_reference_itself import CALM, TROUBLE, lived, tiny

# what the sums below were made with, whatever the defaults are
BY_HAND = {
    "incident_rate": 0.04,
    "engagement_base": 0.18,
    "tools_start": 0.8,
    "budget_notice": 0.0,
}


def firm_with(
    on: Iterable[str],
    parameters: Mapping[str, float] = CALM,
    dials: Mapping[str, float] = CALM,
) -> ReferenceFirm:
    return ReferenceFirm(tiny({**BY_HAND, **parameters}, on, dials), 1)


def request(firm: ReferenceFirm, kind: int, asks: Seat, *route: str) -> Item:
    """An internal item that has just been opened."""
    return Item(1, kind, asks.uid, route, 0, asks.generation, asks, opened=0, arrived=0)


# --- disputes


def test_chance_of_a_dispute_by_hand() -> None:
    firm = firm_with(("disputes",))
    item = request(firm, COURTESY, firm.by_name["care"].seats[0], "it")
    # rate .3, a = .4, c = .5, E = .2, m = .2, w = .6
    expected = 0.3 * 0.4 * (0.5 * 0.2 + 0.2) * 0.8 * (1 - 0.2)
    assert chance(firm, firm.by_name["it"], item) == pytest.approx(expected)


def test_every_old_pair_is_disputed_when_nothing_gives_way() -> None:
    """At a = c = E = 1 and w = .5 a pair disputes for sure."""
    fierce = {"customer_metric": 1.0, "colleague_as_customer": 1.0, "customer_priority": 0.5}
    certain = {"dispute_rate": 1.0, "entitlement_start": 1.0}
    firm = firm_with(("disputes",), certain, fierce)
    it, care = firm.by_name["it"], firm.by_name["care"]
    firm.today = 13
    items = []
    for uid, (kind, klass, arrived) in enumerate(
        [
            (NEED, CUSTOMER, 10),
            (NEED, CUSTOMER, 11),  # too young: two days old, not more
            (NEED, CUSTOMER, 9),
            (NEED, INTERNAL, 3),  # internal class, but a customer's: on neither side
            (COURTESY, INTERNAL, 4),
            (ESSENTIAL, INTERNAL, 5),
            (HIRE, INTERNAL, 6),
        ]
    ):
        asks = None if kind == NEED else care.seats[0]
        item = Item(uid, kind, 0, ("it",), 0, 0, asks, opened=arrived, arrived=arrived)
        item.hours_left = 7 + uid
        firm.items[uid] = item
        put_in_queue(firm, item, it, klass, arrived)
        items.append(item)
    for person in firm.customers[:1]:
        person.status, person.joined_week = ACTIVE, -1
    dispute(firm)
    told = [(event.name, event.department, event.item) for event in firm.events]
    assert told == [("disputed", "it", 4), ("disputed", "it", 5)]
    assert firm.calendar[14] == [2, 4, 0, 5]  # the oldest first, the customer's before the other
    assert [item.uid for item in it.queues[CUSTOMER]] == [1]
    assert [item.uid for item in it.queues[INTERNAL]] == [3, 6]
    assert it.debt == it.week_disputes == 2 * 2 * MICRO
    assert care.debt == care.week_disputes == 2 * 1_500_000
    firm.today = 14
    take_arrivals(firm)
    assert [item.uid for item in it.queues[CUSTOMER]] == [2, 0, 1]
    assert [item.uid for item in it.queues[INTERNAL]] == [3, 4, 5, 6]
    assert [item.hours_left for item in items] == list(range(7, 14))


def test_disputes_between_escalations_and_the_plan() -> None:
    """Lived in order by hand, a day gives what `day` gives."""
    parameters = {**TROUBLE, "dispute_rate": 1.0}
    firm = lived(28, parameters, on=("disputes",))
    told = len(firm.events)
    take_arrivals(firm)
    give_up_waiting(firm)
    escalate(firm)
    dispute(firm)
    morning = firm.events[told:]
    whole = lived(29, parameters, on=("disputes",)).events[told:]
    assert whole[: len(morning)] == morning
    assert not any(event.name == "disputed" for event in whole[len(morning) :])


# --- measurement


def test_figures_by_hand() -> None:
    firm = firm_with(("measurement",))
    care, it = firm.by_name["care"], firm.by_name["it"]
    for (closed, in_time, needs, well), reported, true in (
        ((4, 2, 2, 1), 0.5, 0.5),  # the first week is taken as it is
        ((1, 1, 1, 0), 0.5 + 0.5 / 13, 0.5 - 0.5 / 13),
        ((0, 0, 0, 0), 0.5 + 0.5 / 13, 0.5 - 0.5 / 13),
    ):
        counts = care.closings
        counts.closed, counts.in_time, counts.needs, counts.needs_well = (
            closed,
            in_time,
            needs,
            well,
        )
        it.closings.closed = closed
        measure(firm)
        assert care.reported == pytest.approx(reported)
        assert care.true == firm.true_figure == pytest.approx(true)
    assert it.reported == 0.0
    assert it.true == firm.by_name["board"].reported == -1.0
    assert performance(firm, care) == pytest.approx(0.4 * care.true + 0.6 * care.reported)
    assert performance(firm, it) == pytest.approx(0.4 * firm.true_figure)
    assert performance(firm, firm.by_name["board"]) is None
    firm.true_figure = -1.0
    it.reported = 0.3
    assert performance(firm, it) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("bound", "moved", "targets"),
    [
        (0.2, 0.05, (19, 21)),  # one seat of 900 pays for one of 800
        (0.2, 0.2, (16, 24)),  # four pay for four and a half
        (0.2, 0.5, (16, 24)),  # bounded on both sides
        (0.3, 0.25, (15, 25)),  # five pay for five and more
        (0.0, 0.5, (20, 20)),
    ],
)
def test_budget_moves_by_hand(bound: float, moved: float, targets: tuple[int, int]) -> None:
    firm = firm_with(("measurement",), {"budget_bound": bound, "budget_move": moved})
    best, worst = firm.by_name["sales"], firm.by_name["care"]
    for department in (best, worst):
        department.plan = department.target = 20
    best.reported = 0.9
    move_budget(firm)  # nobody to compare with
    assert best.target == 20
    worst.reported = 0.9
    move_budget(firm)  # equals: the first in the alphabet is both
    assert best.target == 20
    worst.reported = 0.2
    firm.by_name["it"].reported = 0.5
    move_budget(firm)
    assert (best.target, worst.target) == targets
    assert firm.by_name["it"].target == 2


# --- entitlement


def test_favours_are_declined_by_hand() -> None:
    firm = firm_with(("entitlement",), {"outside_share": 1.0}, {"captivity": 0.0})
    asks, it = firm.by_name["care"].seats[0], firm.by_name["it"]
    item = request(firm, COURTESY, asks, "it")
    assert not is_declined(firm, item)  # nobody worked last week
    it.utilisation = 1.3
    assert is_declined(firm, item)
    assert asks.entitlement == pytest.approx(0.2 * 0.95)
    # 1.5 x 1.5 hours x 1000 / 32 an hour
    assert firm.week_outside == round(1.5 * 1.5 * 1000 / 32 * 10_000)
    asks.generation += 1  # somebody else sits there now
    assert is_declined(firm, item)
    assert asks.entitlement == pytest.approx(0.2 * 0.95)
    item.attempt = 1
    assert not is_declined(firm, item)
    assert not is_declined(firm, request(firm, ESSENTIAL, asks, "it"))
    it.dials = it.dials._replace(captivity=1.0)
    assert not is_declined(firm, request(firm, COURTESY, asks, "it"))


def test_success_teaches_by_hand() -> None:
    firm = firm_with(("entitlement",))
    seats = firm.by_name["care"].seats
    item = request(firm, ESSENTIAL, seats[1], "it", "personnel")
    learn_from_success(firm, item)
    assert seats[1].entitlement == 0.2  # nothing to learn from what was due
    item.escalated = True
    firm.edge_courtesy["it", "care"] = 0.7  # the first supplier's edge, not the last one's
    learn_from_success(firm, item)
    assert seats[1].entitlement == pytest.approx(0.2 + 0.02 * 0.7 * 0.8)
    for n in (0, 2, 3):
        assert seats[n].entitlement == pytest.approx(0.2 + 0.1 * 0.02 * 0.7 * 0.8)
    assert seats[4].entitlement == 0.0  # vacant
    learn_from_success(firm, request(firm, COURTESY, seats[0], "it"))
    before = 0.2 + 0.1 * 0.02 * 0.7 * 0.8
    assert seats[0].entitlement == pytest.approx(before + 0.02 * 0.7 * (1 - before))
    assert seats[2].entitlement == pytest.approx(before)  # no precedent


def test_resentment_by_hand() -> None:
    firm = firm_with(("entitlement",))
    it, care = firm.by_name["it"], firm.by_name["care"]
    item = request(firm, COURTESY, care.seats[0], "it")
    it.pressure = 0.4
    learn_from_handling(firm, item)
    it.pressure = 2.0
    learn_from_handling(firm, request(firm, ESSENTIAL, care.seats[0], "it"))  # was due
    assert sum(seat.resentment for seat in it.seats) == 0.0
    learn_from_handling(firm, item)
    seat = handler(firm, item)
    assert seat is not None
    assert seat.resentment == pytest.approx(0.006 * 0.5 * 1.5)
    assert sum(seat.resentment for seat in it.seats) == seat.resentment
    it.pressure = 1000.0
    learn_from_handling(firm, item)
    assert seat.resentment == 1.0  # nobody can resent more than that
    seat.resentment = 0.5
    need = Item(1, NEED, 0, ("it",), 0, klass=INTERNAL)
    see_the_result(firm, need)
    assert seat.resentment == 0.5
    need.klass = CUSTOMER
    see_the_result(firm, need)
    assert seat.resentment == pytest.approx(0.5 * (1 - 0.01 * 0.4))
    seat.resentment, seat.entitlement = 0.5, 0.4
    calm_down(firm, it, seat)
    assert seat.resentment == pytest.approx(0.5 * (1 - 0.01 * (0.3 + 0.25)))
    assert seat.entitlement == pytest.approx(0.4 * 0.99)


def test_handler_is_the_next_who_is_there() -> None:
    firm = firm_with(("entitlement",))
    it = firm.by_name["it"]
    drawn = [handler(firm, Item(uid, NEED, 0, ("it",), 0)) for uid in range(600)]
    share = [drawn.count(seat) / 600 for seat in it.seats]
    assert share == pytest.approx([2 / 3, 1 / 3, 0.0], abs=0.06)  # the vacant row falls to row 0
    for seat in it.seats:
        seat.filled = False
    assert handler(firm, Item(1, NEED, 0, ("it",), 0)) is None


def test_pooling_by_hand() -> None:
    firm = firm_with(("entitlement",))
    it, care = firm.by_name["it"], firm.by_name["care"]
    item = request(firm, ESSENTIAL, care.seats[0], "it")
    assert pooled(firm, it, item) == pytest.approx((1 - 0.125) / (1 - 0.2))
    assert pooled(firm, care, item) == 1.0
    assert pooled(firm, it, Item(1, NEED, 0, ("it",), 0)) == 1.0
    it.dials = it.dials._replace(captivity=0.8)
    assert pooled(firm, it, item) == pytest.approx(1.0)
    assert pooled(firm_with(()), it, item) == 1.0


# --- incidents


def test_hazard_by_hand() -> None:
    firm = firm_with(("incidents",))
    it = firm.by_name["it"]
    assert hazard(firm, it) == 0.0  # the first week has no week behind it
    it.week_regular, it.week_work, it.policy = 100, 80, 0.0
    it.dials = it.dials._replace(captivity=0.8)
    assert hazard(firm, it) == pytest.approx(0.04 * 0.8)
    it.policy = 2.0
    it.dials = it.dials._replace(captivity=0.3)
    it.delivered_time, it.delivered_standard = 75.0, 100
    assert hazard(firm, it) == pytest.approx(
        0.04 * 0.8 * math.exp(-0.35 * 2) * (1 + 2 * 0.25) * math.exp(0.3 * 0.5)
    )
    it.delivered_time = 130.0
    assert hazard(firm, it) == pytest.approx(0.04 * 0.8 * math.exp(-0.7 + 0.15))


def test_an_incident_by_hand() -> None:
    firm = firm_with(("incidents",), {"incident_sd": 0.0, "incident_reach": 1.0})
    it = firm.by_name["it"]
    strike(firm, it)
    assert firm.events == [(0, "incident", -1, "it", -1)]
    assert firm.week_incidents == round(2 * 1000 * 4 * (1 - 0.3 * 0.3) * 10_000)
    for person in firm.customers:
        hit = 0.7 - 0.4 * 1.6 * 0.7
        assert person.experience == pytest.approx(hit if person.status == ACTIVE else 0.7)
    assert it.policy == pytest.approx(1.3)
    let_policies_lapse(firm)
    assert it.policy == pytest.approx(1.3 * (1 - (0.1 + 0.2 * 0.4 * 0.4)))
    assert firm.by_name["care"].policy == 0.0


def test_incidents_strike_service_departments_at_their_rate() -> None:
    firm = firm_with(("incidents",), {"incident_rate": 0.5, "policy_protection": 0.0})
    for week in range(400):
        firm.today = 5 * week
        for department in firm.departments:
            department.week_regular = department.week_work = 100
            department.dials = department.dials._replace(captivity=0.8)
        suffer_incidents(firm)
    assert {event.department for event in firm.events} == {"it", "personnel"}
    assert len(firm.events) / 800 == pytest.approx(1 - math.exp(-0.5), abs=0.05)


# --- engagement


def test_hops_by_hand() -> None:
    scenario = tiny()
    expected = {"care": 1, "sales": 1, "it": 2, "personnel": 2, "board": 3}
    assert hops_to_customers(scenario) == expected
    bare = scenario.organisation.model_copy(update={"touches": ()})
    nobody = scenario.model_copy(update={"organisation": bare})
    assert set(hops_to_customers(nobody).values()) == {4}


def test_engagement_by_hand() -> None:
    firm = firm_with(("engagement",))
    care, it = firm.by_name["care"], firm.by_name["it"]
    seat = care.seats[0]
    expected = 0.18 + 0.12 * 0.4**1.5 + 0.25 * 0.8 + 0.15 * 0.3 + 0.15 * 0.4
    assert target(firm.c, care, seat) == pytest.approx(expected)
    move_engagement(firm)
    assert seat.engagement == pytest.approx(0.56 + (expected - 0.56) / 26)
    seat.resentment, seat.fatigue = 0.5, 0.25
    assert target(firm.c, care, seat) == pytest.approx(expected - 0.15 - 0.05)
    assert clarity(firm.c, it) == 0.5  # c, as a v is .16
    it.week_disputes, it.week_regular = 4, 100
    assert clarity(firm.c, it) == pytest.approx(0.5 - 5 * 0.04)
    it.week_disputes = 40
    assert clarity(firm.c, it) == 0.0
    assert perks(firm, care) == round(0.14 * 0.3 * 4 * 800 * 10_000)
    assert care.seats[5].engagement == 0.0  # vacant


def test_tools_by_hand() -> None:
    firm = firm_with(("engagement",))
    asks = firm.by_name["care"].seats[0]
    item = request(firm, ESSENTIAL, asks, "it")
    firm.today = 5
    learn_from_help(firm, item, resolved=True)
    assert asks.tools == pytest.approx(0.8 + 0.2 * 0.2)
    firm.today = 6
    learn_from_help(firm, item, resolved=True)  # too late
    assert asks.tools == pytest.approx(0.84 * 0.8)
    learn_from_help(firm, request(firm, COURTESY, asks, "it"), resolved=True)
    asks.open_requests = 1
    firm.items[item.uid] = item
    item.place = "finished"
    end(firm, item)  # cancelled
    assert asks.tools == pytest.approx(0.84 * 0.8)
