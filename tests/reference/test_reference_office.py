"""Office, prices, relearning, events, policies (11.10 to 11.13): each worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pytest

from simulation.scenario import Scenario

from .by_hand import BY_HAND, EVENTS
from .disputes import dispute
from .events import cut, let_happen, shares_of_a_budget_round
from .firm import ReferenceFirm
from .items import put_in_queue
from .market import Spell
from .office import (
    begin_projects,
    change_authority,
    customer_key,
    project_cost,
    review,
    running_cost,
    time_for_it,
)
from .people import take_seat
from .prices import lead_factor, revenue_of
from .relearning import relearn, set_dials
from .service import own_gross, plan_the_day
from .state import (
    ACTIVE,
    COURTESY,
    CUSTOMER,
    INTERNAL,
    MICRO,
    NEED,
    PROSPECT,
    Item,
)
from .test_reference_itself import TINY, TROUBLE, tiny
from .world import cause_of_loss, move_market


def eventful(
    changes: Mapping[str, object] | None = None, parameters: Mapping[str, float] | None = None
) -> Scenario:
    """The tiny firm with an office, policies, every mechanism and every event."""
    given = {
        **TINY,
        "mechanisms": {},
        "offices": {"cco": True, "insight_program": 4},
        "policies": {"marketing": 0.25, "hire_for_willingness": 0.5},
        "events": EVENTS,
        "parameters": {**BY_HAND, **(parameters or {})},
    }
    return Scenario.from_mapping({**given, **(changes or {})})


def at_full_strength() -> ReferenceFirm:
    """An office to which everybody listens."""
    officer = {"positional": 1.0, "borrowed": 0.0, "hard_wired": 1.0}
    offices = {"cco": True, "officer": officer}
    firm = ReferenceFirm(eventful({"offices": offices, "events": []}), 1)
    begin_projects(firm)
    return firm


# --- customer projects, and the office


def test_projects_by_hand() -> None:
    firm = ReferenceFirm(tiny(BY_HAND, on=("customer_office",)), 1)
    care = firm.by_name["care"]
    care.kept = 0.5
    for week in range(15):
        firm.today = 5 * week
        begin_projects(firm)
        if week == 2:
            kept = 1 - 0.5 * (51 / 52) ** 3
            wages = {"board": 2000, "care": 3200, "it": 2000, "personnel": 2850, "sales": 2700}
            mean = 0.4 * (sum(wages.values()) - (1 - kept) * 3200) / sum(wages.values())
            assert firm.lift == pytest.approx(0.01 * 0.6223**2 * mean)
            assert project_cost(firm, care) == pytest.approx(
                0.01 * 0.4 * kept * 3200 * 10_000 * 1.5, abs=1
            )
    assert firm.attention == pytest.approx(0.6223)  # of the second quarter's second week
    assert time_for_it(firm) == running_cost(firm, 10_000) == 0


def test_strength_by_hand() -> None:
    firm = ReferenceFirm(eventful({"events": []}), 1)
    office = firm.office
    assert office is not None
    for week in range(3):
        firm.today = 5 * week
        begin_projects(firm)
        assert office.participation == pytest.approx(max(0.6, 0.6223**week))
        assert firm.strength("reprice") == pytest.approx(office.participation * 0.5)
    assert time_for_it(firm) == pytest.approx(0.01 * 0.6)
    assert running_cost(firm, 1_000_000) == round(0.014 * 1_000_000)


def test_authority_by_hand() -> None:
    firm = ReferenceFirm(eventful({"events": []}), 1)
    office = firm.office
    assert office is not None
    for quarter, losses in enumerate((2, 1, 4)):
        firm.weeks += [{"active": 150, "loss": losses} for _ in range(13)]
        change_authority(firm)
        assert office.borrowed == pytest.approx(0.2 * 0.9 ** (quarter + 1))
        assert office.yardstick == pytest.approx(2 / 150)
        assert office.earned == pytest.approx((0.0, 52 / 150, 0.0)[quarter])


def test_a_review_by_hand() -> None:
    firm = at_full_strength()
    for person in firm.customers[20:]:
        person.status = PROSPECT
    twenty = firm.customers[:20]
    for uid, person in enumerate(twenty):
        person.status, person.margin = ACTIVE, 1000 + uid // 2
        person.first_margin = person.margin
        person.satisfaction = 0.85 if uid == 3 else 0.5
        person.cost_at_review, person.cost_to_serve = 500, 500
    twenty[4].cost_to_serve += 14_000  # worth 13 x 1002 less that
    review(firm)
    bands = {band: [p.uid for p in twenty if p.band == band] for band in range(4)}
    assert bands[0] == [18, 19]
    assert bands[1] == [16, 17]
    assert bands[3] == [0, 1, 3, 4]  # of equals the larger uid is worth less
    assert firm.office is not None
    assert firm.office.lookalike_margin == 1007
    assert [p.uid for p in firm.customers if p.price > 1.0] == [4]
    assert twenty[4].price == pytest.approx(1.1)
    assert twenty[3].margin == round(1001 * 1.01)
    assert firm.week_cross_selling == 8 * 10
    assert (firm.tally["repriced"], firm.tally["cross_sold"]) == (1, 1)
    assert twenty[4].cost_at_review == 14_500
    twenty[4].price = 1.45
    twenty[4].cost_to_serve += 20_000  # more than 13 x 1453
    review(firm)
    assert twenty[4].price == 1.5  # and no further


def test_the_valuable_come_first_in_queues() -> None:
    firm = at_full_strength()
    firm.today = 50
    item = Item(1, NEED, 0, ("care",), 0)
    for band, key in ((0, 40), (1, 40), (2, 45), (3, 50)):
        firm.customers[0].band = band
        assert customer_key(firm, item) == key
    assert customer_key(firm, Item(1, COURTESY, 0, ("care",), 0)) == 45


def test_the_office_settles_disputes() -> None:
    firm = at_full_strength()
    firm.c.update(office_settles=1.0, dispute_rate=100.0)
    it, asks = firm.by_name["it"], firm.by_name["care"].seats[0]
    items = [Item(1, NEED, 0, ("it",), 0), Item(2, COURTESY, asks.uid, ("it",), 0, 0, asks)]
    for klass, item in enumerate(items):
        item.arrived = 0
        put_in_queue(firm, item, it, klass, 0)
    firm.today = 10
    dispute(firm)
    assert firm.events == [(10, "settled", asks.uid, "it", 2)]
    assert firm.by_name["board"].debt == MICRO // 2
    assert it.debt == it.week_disputes == 0
    assert [len(queue) for queue in it.queues] == [1, 1]


# --- prices, policies, leads


def test_prices_by_hand() -> None:
    firm = at_full_strength()
    person = firm.customers[0]
    person.distributor, person.margin = -1, 1000
    marketing = 1 + 0.5 * 0.5
    assert lead_factor(firm, person) == pytest.approx(marketing)  # nobody to look like yet
    assert firm.office is not None
    firm.office.lookalike_margin = 1000
    assert lead_factor(firm, person) == pytest.approx(marketing * 1.5)
    firm.office.lookalike_margin = 1001
    assert lead_factor(firm, person) == pytest.approx(marketing * 0.85)
    person.distributor = 1  # d = .3
    assert lead_factor(firm, person) == pytest.approx(marketing * 0.85 * 1.15)
    assert revenue_of(firm, person) == 1000
    firm.price_war, firm.recession = Spell(0.2, 1, 0.5), Spell(0.3, 1)
    dearer = 0.9 / 0.8 - 1
    assert lead_factor(firm, person) == pytest.approx(
        marketing * 0.85 * 1.15 * math.exp(-2 * dearer) * 0.7
    )
    person.price = 1.1
    assert revenue_of(firm, person) == round(1000 * 1.1 * 0.9 * 0.7)
    firm.today = 5  # all of it is over
    assert revenue_of(firm, person) == 1100


def test_why_somebody_left() -> None:
    firm = at_full_strength()
    person = firm.customers[0]
    for experience, ours, theirs, price, cause in (
        (0.7, 0.7, 0.7, 1.0, "chance"),
        (0.6, 0.7, 0.7, 1.0, "experience"),
        (0.6, 0.6, 0.6, 1.0, "experience"),  # of equals the first
        (0.7, 0.5, 0.6, 1.0, "fit"),
        (0.7, 0.6, 0.9, 1.0, "competitor"),
        (0.6, 0.7, 0.7, 1.2, "price"),
    ):
        person.experience = experience
        assert cause_of_loss(firm.c, person, ours, theirs, price) == cause


def test_hiring_for_willingness() -> None:
    firm = at_full_strength()
    care = firm.by_name["care"]
    take_seat(firm, care, care.seats[4], -1)
    assert care.seats[4].engagement == pytest.approx(0.56 + 0.2 * 0.5)


# --- relearning


def test_relearning_by_hand() -> None:
    firm = ReferenceFirm(tiny(BY_HAND, on=("relearning",)), 1)
    care = firm.by_name["care"]
    gross = own_gross(firm, care)
    new = care.dials._replace(care=0.9, focus=0.0)
    set_dials(firm, care, new)  # the first day: nothing was known that would be wrong now
    assert care.relearning == 0.0
    firm.today = 5
    set_dials(firm, care, new._replace(care=0.3))
    assert care.relearning == pytest.approx(0.4 * 0.6 / 12)
    assert own_gross(firm, care) == pytest.approx(gross * (1 - 0.02), abs=1)
    relearn(care)
    assert care.relearning == pytest.approx(0.02 * (1 - 1 / (13 * 0.9)))


# --- events


def test_the_shares_of_a_budget_round_add_up() -> None:
    firm = ReferenceFirm(tiny(BY_HAND, on=("customer_office",)), 1)
    care, it = firm.by_name["care"], firm.by_name["it"]
    care.week_work, care.week_customer_work, care.reported = 100, 50, 0.8
    it.reported = 0.0  # nothing is seen of it: worth .05
    shares = dict(zip(firm.by_name, shares_of_a_budget_round(firm, 0.1), strict=True))
    assert shares["care"] / shares["board"] == pytest.approx(0.6 / (0.4 * 0.4 * 0.5 + 0.6 * 0.8))
    assert shares["it"] / shares["board"] == pytest.approx(0.6 / 0.05)
    wages = [d.plan * d.wage for d in firm.departments]
    saved = sum(share * wage for share, wage in zip(shares.values(), wages, strict=True))
    assert saved == pytest.approx(0.1 * sum(wages))
    assert max(shares_of_a_budget_round(firm, 0.5)) == 0.9


def test_a_budget_round_cuts_projects_first() -> None:
    for office, kept in ((False, 0.7), (True, 0.9)):
        officer = {"positional": 1.0, "hard_wired": 1.0}
        event = [{"week": 1, "budget_round": 0.1}]
        offices = {"cco": office, "officer": officer}
        firm = ReferenceFirm(eventful({"offices": offices, "events": event}), 1)
        begin_projects(firm)
        firm.today = 5
        let_happen(firm, firm.scenario)
        assert [d.kept for d in firm.departments] == pytest.approx([kept] * 5)
        assert firm.events[0] == (5, "budget_round", -1, "", -1)
        assert firm.details[0] == ("", 0.1)


def test_a_cut_by_hand() -> None:
    firm = ReferenceFirm(tiny(), 1)
    care = firm.by_name["care"]
    cut(firm, care, 0.3)
    assert (care.plan, care.target, care.filled) == (2, 2, 2)
    assert [event.owner for event in firm.events] == [care.seats[3].uid, care.seats[2].uid]
    cut(firm, care, 0.9)
    assert (care.plan, care.target) == (1, 1)


def test_events_of_the_market_by_hand() -> None:
    firm = ReferenceFirm(eventful(), 1)
    homes, shops = firm.segments
    for week in range(9):
        firm.today = 5 * week
        let_happen(firm, firm.scenario)
        if week == 3:
            assert shops.needs == pytest.approx([0.4, 0.3])
        if week == 4:
            assert math.hypot(*homes.needs) == pytest.approx(0.2)
        if week == 5:
            assert homes.competitor == pytest.approx([x / 2 for x in homes.needs])
    firm.c.update(shift_rate=0.0)
    firm.turbulence = 0.0
    move_market(firm)
    assert homes.competitor == pytest.approx([x * (0.5 + 0.5 * 0.045) for x in homes.needs])
    assert (firm.surge, firm.price_war, firm.recession) == (
        (0.5, 10, 0),
        (0.2, 12, 0.5),
        (0.3, 14, 0),
    )
    told = [(firm.events[place].name, detail.value) for place, detail in firm.details.items()]
    assert told == [
        ("cut", 0.3), ("budget_round", 0.2), ("need_shift", 0.5), ("need_shift", 0.2),
        ("competitor_entry", 0.5), ("demand_surge", 0.5), ("price_war", 0.2), ("recession", 0.3),
    ]  # fmt: skip


def test_technology_moves_everybody() -> None:
    firm = ReferenceFirm(eventful({"events": [{"week": 0, "technology_change": 0.4}]}), 1)
    before = [list(segment.needs) for segment in firm.segments]
    let_happen(firm, firm.scenario)
    ways = [
        [new - old for new, old in zip(segment.needs, was, strict=True)]
        for segment, was in zip(firm.segments, before, strict=True)
    ]
    assert ways[0] == pytest.approx(ways[1])
    assert math.hypot(*ways[0]) == pytest.approx(0.4)
    assert [d.relearning for d in firm.departments] == pytest.approx([0.08] * 5)


def test_a_merger_by_hand() -> None:
    firm = ReferenceFirm(eventful({"events": [{"week": 0, "merger": ["personnel", "it"]}]}), 1)
    it, personnel = firm.by_name["it"], firm.by_name["personnel"]
    it.mean_hours, personnel.mean_hours = (0.0, 3.0), (2.0, 1.0)
    asks = firm.by_name["care"].seats[0]
    items = []
    for uid, (where, klass, key) in enumerate(
        [("it", INTERNAL, 3), ("it", CUSTOMER, 7), ("personnel", INTERNAL, 3), ("it", INTERNAL, 1)]
    ):
        item = Item(uid, COURTESY, asks.uid, (where, "it"), 0, 0, asks, opened=key)
        item.hours_left = 10
        firm.items[uid] = item
        put_in_queue(firm, item, firm.by_name[where], klass, key)
        items.append(item)
    it.debt = 5
    let_happen(firm, firm.scenario)
    assert [[item.uid for item in queue] for queue in personnel.queues] == [[1], [3, 2, 0]]
    assert it.queues == ([], [])
    assert all(item.route == ("personnel", "personnel") for item in items)
    assert (it.debt, personnel.debt) == (0, 5)
    assert personnel.mean_hours == pytest.approx((2.0, (3.0 * 2 + 1.0 * 3) / 5))
    # who asked it asks personnel now, and nobody asks within
    assert dict(firm.by_name["care"].suppliers) == {"personnel": pytest.approx(1.2)}
    assert firm.by_name["sales"].suppliers == [("personnel", 0.6)]
    assert set(it.suppliers) == {("board", 0.6), ("personnel", 0.0)}
    assert personnel.suppliers == [("personnel", 0.0)]
    assert firm.product == firm.by_name["care"].shadowed == "personnel"
    assert firm.by_name["care"].insight_path == ("personnel",)  # it took two steps before
    assert firm.by_name["sales"].insight_path == ("personnel",)
    assert (personnel.hops, it.hops, firm.by_name["board"].hops) == (2, 2, 3)
    assert [it.relearning, personnel.relearning] == pytest.approx([0.1, 0.1])
    together = own_gross(firm, it) + own_gross(firm, personnel)
    for department in (it, personnel):
        plan_the_day(firm, department)
    assert (it.gross, personnel.gross) == (0, together)
    # needs went from care to it; a hand-off inside the new department costs a day and no more
    assert [route.path for route in firm.routes[NEED]] == [("care",), ("care", "personnel")]


# --- all of it at once


def test_a_life_with_everything() -> None:
    """Hours and money are kept whole, and everything leaves its trace."""
    eager = {
        **TROUBLE, "channel_rate": 0.1, "defection_rate": 2.0, "shadow_after": 2.0,
        "shadow_until": 3.0, "block_share": 0.5, "outreach_below": 0.9, "promoter_from": 0.6,
        "dispute_rate": 1.0, "entitlement_start": 0.9, "cash_weeks": 500.0,
    }  # fmt: skip
    firm = ReferenceFirm(eventful(parameters=eager), 1)
    cash = firm.cash
    for _ in range(65 * 4 + 1):
        firm.day()
        for d in firm.departments:
            assert d.gross + d.overtime == d.paid + d.work + d.switching + d.idle
            assert all(item.department == d.name for queue in d.queues for item in queue)
    assert firm.cash - cash == sum(
        2 * week["revenue"] - sum(week[line] for line in LINES) for week in firm.weeks
    )
    sums = {name: sum(week.get(name, 0) for week in firm.weeks) for name in (*LINES, *TALLIES)}
    assert all(sums.values()), sums
    told = {event.name for event in firm.events}
    assert told >= {"answered", "change_done", "fix_done", "defection", "shadow_undone"}
    assert told >= {event.kind for event in firm.scenario.events}
    assert all(0.0 <= d.relearning <= 0.9 and 0.0 <= d.kept <= 1.0 for d in firm.departments)


LINES = (
    "revenue", "distributor_margin", "concessions", "wages", "overtime", "overhead", "hiring",
    "outside", "incidents", "perks", "shadow_cost", "project_cost", "office_cost",
    "marketing_cost",
)  # fmt: skip
TALLIES = (
    "heard", "changes_started", "changes_done", "change_days", "fixes", "channel_requests",
    "channel_answered", "defections", "outreach", "settled", "shadow_built", "repriced",
    "cross_sold",
)  # fmt: skip
