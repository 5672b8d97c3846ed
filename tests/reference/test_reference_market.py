"""Listening, agility, distributors, shadow IT (11.6 to 11.9): each worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import pytest

from .agility import aim, begin_changes, carry_out, options, portfolio, weight, worth
from .birth import born
from .by_hand import BY_HAND
from .closing import chance_of_resolution
from .distributors import (
    defect,
    hazard,
    is_answered,
    learn_from_the_firm,
    live_with_distributors,
    pull,
    told_by_channel,
)
from .firm import ReferenceFirm
from .incidents import hazard as incident_hazard
from .items import class_of, enter_queue
from .listening import arrival, gain_insight, hear, insight_path, learn, product_of
from .market import Segment
from .service import own_gross
from .shadow_it import consider_shadow_it, shadow_cost, thinned
from .state import (
    ACTIVE,
    CHANGE,
    CHANNEL,
    CUSTOMER,
    ESSENTIAL,
    FRONT,
    INTERNAL,
    LOST,
    MICRO,
    NEED,
    Item,
    Office,
)
from .test_reference_itself import CALM, tiny


def firm_with(
    on: Iterable[str],
    parameters: Mapping[str, float] = CALM,
    dials: Mapping[str, float] = CALM,
) -> ReferenceFirm:
    return ReferenceFirm(tiny({**BY_HAND, **parameters}, on, dials), 1)


def segment() -> Segment:
    return Segment("x", 0, 1.0, 1.0, 1.0, 1.0, [0.0] * 2, [0.0] * 2, [0.0] * 2, [0.0] * 2, (0, 0))


def need(firm: ReferenceFirm, *route: str, uid: int = 1) -> Item:
    """Of somebody who is a customer of a distributor."""
    person = next(p for p in firm.customers if p.status == ACTIVE and p.distributor >= 0)
    return Item(uid, NEED, person.uid, route, 0, opened=0, arrived=0)


# --- listening


def test_who_tells_whom() -> None:
    legs = [("a", "c"), ("a", "b"), ("b", "p"), ("c", "p"), ("p", "z"), ("x", "y"), ("z", "q")]
    assert product_of(legs) == "q"  # of q and y
    assert product_of([]) is None
    assert product_of([("a", "b"), ("b", "a")]) is None
    assert insight_path(legs, "a", "p") == ("b", "p")
    assert insight_path([*legs, ("a", "p")], "a", "p") == ("p",)
    assert insight_path(legs, "p", "p") == ()
    assert insight_path(legs, "x", "p") is None
    firm = firm_with(())
    assert firm.product == "it"
    assert firm.by_name["care"].insight_path == ("personnel", "it")
    assert firm.by_name["sales"].insight_path == ("it",)
    assert firm.by_name["it"].insight_path is None  # only front departments tell


def test_a_kalman_step_by_hand() -> None:
    believed = segment()
    believed.variance, believed.age = 0.04, 10.0
    learn(believed, [1.0, 0.5], 2.0, 0.2, 0.5, 3)  # r = .04/2, so the gain is 2/3
    assert believed.belief == pytest.approx([1 / 3, 1 / 6])
    assert believed.variance == pytest.approx(0.04 / 3)
    assert believed.age == pytest.approx(10 / 3 + 2 / 3 * 3)
    learn(believed, [9.0, 9.0], 0.0, 0.2, 1.0, 3)  # nothing arrived
    believed.variance = 0.0
    learn(believed, [9.0, 9.0], 1.0, 0.0, 1.0, 3)  # nothing to gain, nothing in doubt
    assert believed.belief == pytest.approx([1 / 3, 1 / 6])
    learn(believed, [9.0, 9.0], 1.0, 0.2, 1.0, 3)  # so sure that no evidence counts
    assert believed.belief == pytest.approx([1 / 3, 1 / 6])


def test_being_heard_by_hand() -> None:
    firm = firm_with(("listening",), {"listening_noise": 0.0, "heard_lift": 0.4})
    item = need(firm, "care", "it")
    person = firm.customers[item.owner]
    hear(firm, item)  # l = .2 and a reach of ten: everybody
    assert person.experience == 1.0
    (reports,) = firm.by_name["care"].reports.values()
    about = reports[person.segment]
    place = firm.segments[person.segment].needs
    assert about.count == firm.tally["heard"] == 1
    assert about.sums == [place[x] + person.taste[x] for x in range(2)]
    item.stage = 1
    hear(firm, item)
    hear(firm, need(firm, "it"))
    assert firm.tally["heard"] == 1
    item.stage, firm.mechanisms = 0, frozenset()
    hear(firm, item)
    assert firm.tally["heard"] == 1


def test_when_insight_arrives() -> None:
    firm = firm_with(("listening",))
    path = firm.by_name["care"].insight_path
    assert path is not None
    assert arrival(firm, path, 0) == 1 + 4
    firm.insight_every = 4
    assert [arrival(firm, path, week) for week in (0, 3, 4)] == [8, 8, 12]
    firm.office = Office(1.0, 0.0, 1.0, frozenset(), strengths={"shorten_hops": 1.0})
    assert arrival(firm, path, 0) == 4 + 2
    firm.c["hop_weeks"] = 200.0
    assert arrival(firm, path, 0) == 4 + 64


def test_insight_arrives_worn_by_the_way() -> None:
    """Two hops without sight and with bosses; the prior is five weeks of drift."""
    parameters = {"listening_noise": 0.1, "belief_drift": 0.1, "hop_loss": 0.5}
    dials = {"line_of_sight": 0.0}
    firm = firm_with(("listening",), parameters, dials)
    care = firm.by_name["care"]
    firm.by_name["it"].dials = firm.by_name["it"].dials._replace(manager_metric=0.5)
    for week in range(6):
        firm.today = 5 * week
        gain_insight(firm)
        if week == 0:
            hear(firm, need(firm, "care"))
            firm.today = 5
            hear(firm, need(firm, "care"))
    assert care.delivered == 1
    assert list(care.reports) == [1]
    k = next(p.segment for p in firm.customers if p.status == ACTIVE and p.distributor >= 0)
    heard, other = firm.segments[k], firm.segments[1 - k]
    assert other.variance == pytest.approx(6 * 0.01)
    assert other.age == 6.0
    gain = 0.06 / (0.06 + 0.01 * heard.persons / 0.25)
    assert heard.variance == pytest.approx(0.06 * (1 - gain))
    assert heard.age == pytest.approx(6 * (1 - gain) + 5 * gain)
    trust = (1 - firm.by_name["personnel"].dials.manager_metric) * 0.5
    assert math.dist(heard.belief, heard.needs) == pytest.approx(
        gain * trust * math.dist(sample_of_week_0(firm, k), heard.needs)
    )


def sample_of_week_0(firm: ReferenceFirm, k: int) -> list[float]:
    """The only thing that was heard then, heard once more."""
    now, firm.today = firm.today, 0
    hear(firm, need(firm, "care"))
    firm.today = now
    return firm.by_name["care"].reports[0][k].sums


def test_listening_costs_time_and_saves_errors() -> None:
    firm = firm_with(("listening",))
    before = own_gross(firm_with(()), firm.by_name["it"])
    away = 0.08 * 0.4 + 0.15 * 0.2
    after = own_gross(firm, firm.by_name["it"])
    assert after / before == pytest.approx((1 - away - 0.6 * 0.2) / (1 - away), rel=1e-6)
    board = firm.by_name["board"]
    assert own_gross(firm, board) == own_gross(firm_with(()), board)  # management does not listen
    asks = firm.by_name["care"].seats[0]
    item = Item(1, ESSENTIAL, asks.uid, ("it",), 0, 0, asks, standard=1, time=1)
    wrong, less = (1 - chance_of_resolution(f, item) for f in (firm_with(()), firm))
    assert less == pytest.approx(0.7 * wrong)


# --- agility


def test_worth_of_options_by_hand() -> None:
    firm = firm_with(("agility",))
    assert [worth(firm, n) for n in (1, 2, 3)] == pytest.approx([0.4, 0.64, 0.784])


def test_options_come_from_those_who_are_asked() -> None:
    """For sure where c = 0 and nobody resents; never where all is order."""
    on_the_way = ("it", "personnel", "it", "board", "personnel")
    for c, count in ((0.0, 3), (1.0, 1)):
        firm = firm_with(("agility",), {"order_share": 1.0}, {"colleague_as_customer": c})
        item = Item(5, CHANGE, 1, on_the_way, 0)
        n, dimensions = options(firm, firm.by_name["it"], item)
        assert n == count
        assert set(dimensions) <= {0, 1}
        for department in firm.departments:
            department.resentment = 1.0
        assert options(firm, firm.by_name["it"], item)[0] == 1


def test_a_fix_by_hand() -> None:
    firm = firm_with(("agility",), {"fix_gain": 0.5})
    firm.by_name["it"].plan = 20
    assert portfolio(firm, firm.by_name["it"]) == 3
    item = Item(5, CHANGE, 7, ("it",), 0, opened=0)
    firm.today = 4
    carry_out(firm, item)
    first, second = firm.routes[NEED]
    assert first.cause == pytest.approx(1 - 0.5 / 3 * 0.4)
    assert second.cause == 1.0
    assert firm.events == [(4, "fix_done", 7, "it", 5)]
    assert firm.details[0] == ("", 1.0)
    assert (firm.tally["fixes"], firm.tally["changes_done"], firm.tally["change_days"]) == (1, 1, 4)
    first.cause = 0.6  # now .36 against .4
    carry_out(firm, item)
    assert [first.cause, second.cause] == pytest.approx([0.6, 1 - 0.5 / 3 * 0.4])
    for route in firm.routes[NEED]:
        route.cause = 0.0
    before = len(firm.items)
    for n in range(9):
        born(firm, NEED, 3, n, 3)
    assert len(firm.items) == before


def test_a_change_by_hand() -> None:
    firm = firm_with(("agility",), {"change_step": 1.0, "focus_gain": 0.5}, {"focus": 0.5})
    it = firm.by_name["it"]
    aims = firm.segments[1 - firm.focal]
    k = firm.segments.index(aims)
    assert weight(firm, it, k) == pytest.approx(0.5 * aims.value)
    assert weight(firm, it, firm.focal) == pytest.approx(1 - 0.5 * aims.value)
    assert [aim(firm, it, u) for u in (0.0, 0.9999)] == [0, 1]
    aims.belief, aims.offer = [1.0, 1.0], [0.0, 0.0]
    carry_out(firm, Item(5, CHANGE, 7, ("it",), 0, opened=0, segment=k))
    step = 0.4 * (1 - 0.5 * 0.5 * aims.value)
    assert sorted(aims.offer) == pytest.approx([0.0, step])  # one option, one dimension
    assert firm.events == [(0, "change_done", 7, "it", 5)]


def test_changes_are_begun_up_to_the_portfolio() -> None:
    firm = firm_with(("agility",), {"change_open": 2.0})
    firm.routes[NEED][0].cause = 0.5
    begin_changes(firm)
    changes = [item for item in firm.items.values() if item.kind == CHANGE]
    assert len(changes) == portfolio(firm, firm.by_name["it"]) == firm.tally["changes_started"] == 4
    assert firm.routes[NEED][0].cause == pytest.approx(0.505)
    assert all(item.requester in firm.by_name["it"].seats[:2] for item in changes)
    begin_changes(firm)
    assert firm.tally["changes_started"] == 4
    firm.items.clear()
    for seat in firm.by_name["it"].seats:
        seat.filled = False
    begin_changes(firm)
    assert not firm.items


def test_a_change_takes_longer_than_other_work() -> None:
    firm = firm_with(("agility",), {"hours_sd_log": 0.0})
    it = firm.by_name["it"]
    for inside, expected in ((1.5, 4.5), (0.0, 9.0)):
        it.mean_hours = (3.0, inside)
        item = Item(5, CHANGE, 7, ("it",), 0)
        enter_queue(firm, item)
        assert item.standard == expected * MICRO


# --- distributors


def test_hazard_of_a_defection_by_hand() -> None:
    firm = firm_with(("distributors",))  # d = .3 everywhere
    one = firm.distributors[0]
    one.service = 0.5
    assert hazard(firm, one) == pytest.approx(0.05 / 52 * math.exp(-2 * 0.15 + 4 * 0.4))


def test_a_defection_takes_customers_along() -> None:
    firm = firm_with(("distributors",), {"defection_takes": 1.0})
    mine = [p for p in firm.customers if p.distributor == 0 and p.status == ACTIVE]
    firm.today = 15
    defect(firm, firm.distributors[0])
    assert firm.distributors[0].away_until == 3 + 52
    assert all(p.status == LOST and p.lost_week == 3 for p in mine)
    assert firm.events[0] == (15, "defection", 0, "", -1)
    assert [e.owner for e in firm.events[1:]] == [p.uid for p in mine]
    assert firm.details[1] == ("distributor", 1.0)
    live_with_distributors(firm)  # gone: no requests, no second defection
    assert firm.tally["defections"] == 1


def test_requests_of_the_channel_by_hand() -> None:
    firm = firm_with(("distributors",), {"channel_rate": 0.5, "defection_rate": 0.0})
    customers = sum(one.customers for one in firm.distributors)
    assert customers == sum(p.distributor >= 0 for p in firm.customers if p.status == ACTIVE)
    live_with_distributors(firm)
    asked = [item for item in firm.items.values() if item.kind == CHANNEL]
    eagerness = 0.5 * (1 + 2 * 0.2 * 0.99)
    assert abs(len(asked) - eagerness * customers) <= 3
    assert {item.route for item in asked} == {("sales",), ("care", "it")}
    item = asked[0]
    assert item.requester in firm.by_name[item.route[0]].seats
    for sight, klass in ((0.29, CUSTOMER), (0.31, INTERNAL)):
        item.sight = sight
        assert class_of(firm, item, firm.by_name["sales"]) == klass


def test_lessons_of_the_channel_by_hand() -> None:
    firm = firm_with(("distributors",))
    one = firm.distributors[2]
    asks = firm.by_name["care"].seats[0]
    item = Item(1, CHANNEL, asks.uid, ("care",), 0, 0, asks, opened=0, distributor=2)
    firm.today = 5
    learn_from_the_firm(firm, item, resolved=True)
    assert one.service == pytest.approx(0.9 + 0.05 * 0.1)
    assert one.entitlement == pytest.approx(0.2 + 0.02 * 0.3 * 0.8)
    firm.today = 6
    learn_from_the_firm(firm, item, resolved=True)  # too late
    assert one.service == pytest.approx(0.905 * 0.95)
    assert one.entitlement == pytest.approx(0.2048)
    learn_from_the_firm(firm, item, resolved=False)
    assert one.entitlement == pytest.approx(0.2048 * 0.95)


def test_the_first_line() -> None:
    firm = firm_with(("distributors",), {"first_line": 1.0})
    item = need(firm, "care")
    person = firm.customers[item.owner]
    firm.distributors[person.distributor].quality = 1.0
    assert is_answered(firm, item)
    assert person.experience == pytest.approx(0.7 + 0.4 * 0.3)
    assert firm.events == [(0, "answered", person.uid, "care", 1)]
    item.attempt = 1
    assert not is_answered(firm, item)
    item.attempt = 0
    firm.distributors[person.distributor].away_until = 1
    assert not is_answered(firm, item)


def test_the_voice_of_the_channel_by_hand() -> None:
    firm = firm_with(("distributors",))
    shops = firm.segments[1]
    through = [p for p in firm.customers if p.segment == 1 and p.status == ACTIVE]
    carried = sum(p.margin for p in through if p.distributor >= 0) / sum(p.margin for p in through)
    assert pull(firm, shops) == pytest.approx(0.3 * carried)
    first, second, third = firm.distributors
    first.customers, second.customers, third.customers = 3, 1, 70
    first.bias, second.bias, third.away_until = (1.0, 0.0), (0.0, 1.0), 99
    assert told_by_channel(firm, shops) == pytest.approx([0.4 + 0.75, -0.2 + 0.25])
    shops.remembered = [(float(week), 0.0) for week in range(21)]
    firm.today = 100
    assert told_by_channel(firm, shops) == pytest.approx([8 + 0.75, 0.25])
    first.customers = second.customers = 0
    assert told_by_channel(firm, shops) == [8.0, 0.0]


# --- shadow IT


def test_shadow_it_is_built_after_eight_weeks_and_undone_after_a_year() -> None:
    firm = firm_with(("shadow_it",))
    care = firm.by_name["care"]
    assert (care.kind, care.shadowed) == (FRONT, "it")  # of equals the first
    assert firm.by_name["personnel"].shadowed is None
    care.week_filled = 100
    for blocked, weeks, built in ((6, 7, False), (6, 1, True), (1, 51, True), (1, 1, False)):
        care.week_blocked = blocked
        for _ in range(weeks):
            consider_shadow_it(firm)
        assert care.shadow_built == built
    assert [event[1:] for event in firm.events] == [
        ("shadow_built", -1, "care", -1),
        ("shadow_undone", -1, "care", -1),
    ]


def test_what_shadow_it_does_by_hand() -> None:
    firm = firm_with(("shadow_it", "incidents"))
    care, it = firm.by_name["care"], firm.by_name["it"]
    it.week_regular = it.week_work = 100
    gross, risk = own_gross(firm, care), incident_hazard(firm, it)
    assert shadow_cost(firm, care) == 0
    care.shadow_built = True
    assert own_gross(firm, care) == pytest.approx(0.92 * gross, abs=1)
    assert incident_hazard(firm, it) == pytest.approx(1.5 * risk)  # one of two at the front
    assert thinned(firm, care, "it", 0.6) == pytest.approx(0.24)
    assert thinned(firm, care, "personnel", 0.6) == 0.6
    assert shadow_cost(firm, care) == round(2 * 0.08 * 4 * 800 * 10_000)
