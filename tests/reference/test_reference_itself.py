"""The reference against what can be known without any program: vectors, means, conservation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import pytest

from simulation.parameters import PARAMETERS
from simulation.scenario import Scenario

from .draws import block, gamma_mean_one, name_key, normals, philox, poisson
from .firm import ReferenceFirm
from .state import (
    ACTIVE,
    CHANGE,
    CHANNEL,
    COURTESY,
    ESSENTIAL,
    HIRE,
    LEAD,
    MECHANISMS,
    NEED,
    OUTREACH,
    REPORT,
)
from .workload import CAUSES_LEFT, customer_visits, internal_visits, neutral_dials, standard_hours

HOURS = {"customer": 3.0, "internal": 1.5}
TINY: dict[str, object] = {
    "horizon_years": 1.0,
    "regime": {
        "customer_priority": 0.6,
        "line_of_sight": 0.4,
        "colleague_as_customer": 0.5,
        "captivity": 0.5,
        "customer_metric": 0.4,
        "local_metric": 0.4,
        "manager_metric": 0.2,
        "listening": 0.2,
        "risk_aversion": 0.3,
        "distributor_voice": 0.3,
        "focus": 0.2,
        "care": 0.3,
    },
    "market": {
        "customers": 400,
        "active_at_start": 150,
        "turbulence": 0.01,
        "segments": [
            {"name": "homes", "share": 0.7, "needs": [0.0, 0.0], "margin_per_week": 60.0},
            {"name": "shops", "share": 0.3, "needs": [0.4, -0.2], "margin_per_week": 110.0},
        ],
    },
    "organisation": {
        "departments": [
            {"name": n, "kind": k, "seats": s, "wage_per_week": w, "hours": HOURS}
            for n, k, s, w in (
                ("sales", "front", 3, 900.0),
                ("care", "front", 4, 800.0),
                ("it", "service", 2, 1000.0),
                ("personnel", "service", 3, 950.0),
                ("board", "management", 1, 2000.0),
            )
        ],
        "serves": [
            {"supplier": s, "requester": r, "essential_per_head_week": 0.6}
            for s, r in (
                ("it", "care"),
                ("it", "sales"),
                ("it", "personnel"),
                ("personnel", "it"),
                ("board", "it"),
                ("personnel", "care"),
            )
        ],
        "reports_to": [
            {"department": d, "to": "board"} for d in ("care", "it", "personnel", "sales")
        ],
        "touches": [
            {"source": "care", "segment": "homes"},
            {"source": "sales", "segment": "shops"},
        ],
        "informs": [
            {"source": "care", "target": "personnel"},
            {"source": "personnel", "target": "it"},
            {"source": "sales", "target": "it"},
        ],
    },
    "routes": {
        "need": [{"path": ["care"], "share": 0.6}, {"path": ["care", "it"], "share": 0.4}],
        "lead": [{"path": ["sales"], "share": 1.0}],
        "essential": [{"path": ["it", "personnel"], "share": 0.2}],
        "hire": [{"path": ["personnel", "it"], "share": 1.0}],
        "change": [{"path": ["it", "personnel"], "share": 0.6}, {"path": ["it"], "share": 0.4}],
        "channel": [{"path": ["sales"], "share": 0.5}, {"path": ["care", "it"], "share": 0.5}],
    },
    "distributors": {"count": 3, "share": 0.25},
    "mechanisms": dict.fromkeys(MECHANISMS, False),
}


CALM: Mapping[str, float] = {}
TROUBLE: Mapping[str, float] = {
    "quit_rate": 1.0, "block_share": 0.3, "escalation_mean_days": 2.0, "escalation_grace_days": 0.0,
    "patience_days": 6.0, "expiry_days": 15.0, "resolution_base": 0.6, "h0": 0.02,
    "lead_rate": 0.03, "cash_weeks": 0.0, "need_rate": 0.2,
}  # fmt: skip
POOR: Mapping[str, float] = {"cash_weeks": 0.0, "concession_weeks": 20.0, "overhead_share": 2.0}


def tiny(
    parameters: Mapping[str, float] = CALM,
    on: Iterable[str] = (),
    dials: Mapping[str, float] = CALM,
) -> Scenario:
    """A firm of thirteen people that every rule visits; the mechanisms named are on."""
    switches = {name: name in on for name in MECHANISMS}
    given = {**TINY, "parameters": dict(parameters), "mechanisms": switches}
    return Scenario.from_mapping(given).replace({f"regime.{d}": x for d, x in dials.items()})


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        (
            (0xFFFFFFFF,) * 4,
            (0xFFFFFFFF,) * 2,
            (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
        ),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_known_answers(
    counter: tuple[int, int, int, int], key: tuple[int, int], words: tuple[int, int, int, int]
) -> None:
    """The three vectors published with Random123."""
    assert philox(counter, key) == words


def test_block_lays_out_counter_and_key() -> None:
    seed, uid = 5 + 7 * 2**32, 11 + 13 * 2**32
    stream = 0xCBF43926  # the CRC-32 of "123456789", its published check value
    assert block(seed, "123456789", uid, 3) == philox((3, 11, 13, stream), (5, 7))


def test_poisson_by_hand() -> None:
    assert poisson(0.0, 0.999) == 0
    assert poisson(1.0, 0.36) == 0  # exp(-1) = 0.3679
    assert poisson(1.0, 0.37) == 1
    assert poisson(1.0, 0.74) == 2  # 2 exp(-1) = 0.7358
    assert poisson(100.0, 0.5) == 15


def test_means_of_the_draws() -> None:
    n = 4000
    draws = [block(1, "test", uid, 0) for uid in range(n)]
    assert sum(poisson(1.7, draw.u0) for draw in draws) / n == pytest.approx(1.7, abs=0.1)
    pairs = [normals(draw.w0, draw.w1) for draw in draws]
    for side in range(2):
        assert sum(pair[side] for pair in pairs) / n == pytest.approx(0.0, abs=0.07)
        assert sum(pair[side] ** 2 for pair in pairs) / n == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("shape", [0.3, 0.7, 1.0, 4.0])
def test_gamma_has_mean_one_and_variance_of_its_shape(shape: float) -> None:
    n = 6000
    values = [gamma_mean_one(1, "test.gamma", uid, shape) for uid in range(n)]
    mean = sum(values) / n
    assert mean == pytest.approx(1.0, abs=0.1)
    variance = sum((value - mean) ** 2 for value in values) / n
    assert variance == pytest.approx(1.0 / shape, rel=0.15)


def test_name_key_is_the_head_of_the_hash() -> None:
    assert name_key("") == 0xE3B0  # SHA-256 of nothing begins e3b0c442


def test_start() -> None:
    firm = ReferenceFirm(tiny({"overhead_share": 0.2}), 1)
    assert [d.name for d in firm.departments] == ["board", "care", "it", "personnel", "sales"]
    assert sum(person.status == ACTIVE for person in firm.customers) == 150
    assert [d.filled for d in firm.departments] == [1, 4, 2, 3, 3]
    assert [len(d.seats) for d in firm.departments] == [2, 6, 3, 4, 4]
    wages = 2000 + 4 * 800 + 2 * 1000 + 3 * 950 + 3 * 900
    assert firm.cash == 8 * 12 * wages * 1000  # eight weeks of wages and a fifth, in 1e-4
    for person in firm.customers:
        assert len(person.hears) == 6
        assert person.uid not in person.hears
        assert person.joined_week <= 0
        assert person.status == ACTIVE or person.joined_week == 0


def lived(
    days: int,
    parameters: Mapping[str, float] = CALM,
    seed: int = 1,
    on: Iterable[str] = (),
    dials: Mapping[str, float] = CALM,
) -> ReferenceFirm:
    """A firm after so many days, its hours checked every evening."""
    firm = ReferenceFirm(tiny(parameters, on, dials), seed)
    for _ in range(days):
        firm.day()
        for d in firm.departments:
            assert d.gross + d.overtime == d.paid + d.work + d.switching + d.idle
            assert min(d.gross, d.overtime, d.paid, d.work, d.switching, d.idle, d.debt) >= 0
            for klass, queue in enumerate(d.queues):
                assert [(i.key, i.turn) for i in queue] == sorted((i.key, i.turn) for i in queue)
                for item in queue:
                    assert item.place == "queue"
                    assert item.klass == klass
                    assert item.department == d.name
                    assert 0 < item.hours_left <= item.time
    return firm


@pytest.mark.parametrize("on", [(), MECHANISMS], ids=["off", "on"])
@pytest.mark.parametrize("parameters", [CALM, TROUBLE], ids=["calm", "trouble"])
def test_nothing_is_lost(parameters: Mapping[str, float], on: Iterable[str]) -> None:
    firm = lived(60, parameters, on=on)
    count = Counter(event.name for event in firm.events)
    begun = {event.item for event in firm.events if event.name == "opened"}
    in_queues = [item for d in firm.departments for queue in d.queues for item in queue]
    on_calendar = {uid for uids in firm.calendar.values() for uid in uids}

    # Items: what was begun is open still or has ended, once, in one of the known ways.
    assert {item.uid for item in in_queues} | on_calendar >= set(firm.items)
    assert not {item.uid for item in in_queues} & on_calendar
    cancelled = {event.item for event in firm.events if event.name == "cancelled"}
    verdicts = {e.item for e in firm.events if e.name in ("resolved", "unresolved")}
    leads = sum(e.name == "closed" and e.item not in verdicts for e in firm.events)
    ended = count["resolved"] + leads + count["given_up"] + count["abandoned"] + count["expired"]
    ended += count["declined"] + count["answered"]
    still = sum(item.opened >= 0 for item in firm.items.values())
    assert count["opened"] == still + ended + len(cancelled & begun)
    assert count["closed"] == count["resolved"] + count["unresolved"] + leads

    # Requesters: open requests are the open essential items of those who are still there.
    for seat in firm.seats:
        mine = [
            item
            for item in firm.items.values()
            if item.kind == ESSENTIAL and item.owner == seat.uid and item.opened >= 0
            if item.generation == seat.generation and seat.filled
        ]
        assert seat.open_requests == len(mine)
        assert not seat.blocked or seat.blocking_item in {item.uid for item in mine}
        hires = [i for i in firm.items.values() if i.kind == HIRE and i.owner == seat.uid]
        assert len(hires) == seat.hire_under_way
    for person in firm.customers:
        raised = [i for i in firm.items.values() if i.owner == person.uid and i.requester is None]
        kinds = Counter(item.kind for item in raised)
        assert (kinds[LEAD], kinds[OUTREACH]) == (person.open_lead, person.open_outreach)

    # People: everyone who is active joined, or was there, and has not left since.
    assert (
        sum(person.status == ACTIVE for person in firm.customers)
        == 150 + count["join"] - count["loss"]
    )
    assert sum(seat.filled for seat in firm.seats) == (
        13 + count["hire"] - count["quit"] - count["dismissal"]
    )

    # Money: the till and the customers' accounts tell the same story.
    c = {name: parameters.get(name, p.default) for name, p in PARAMETERS.items()}
    paid = (
        "distributor_margin", "concessions", "wages", "overtime", "overhead", "hiring",
        "outside", "incidents", "perks", "shadow_cost", "project_cost", "office_cost",
        "marketing_cost",
    )  # fmt: skip
    flow = sum(week["revenue"] - sum(week[line] for line in paid) for week in firm.weeks)
    start = c["cash_weeks"] * (1 + c["overhead_share"]) * 12750 * 10_000  # in 1e-4
    assert firm.cash == round(start) + flow
    for line in ("revenue", "distributor_margin", "concessions"):
        booked = sum(week[line] for week in firm.weeks)
        assert booked == sum(getattr(person, line) for person in firm.customers)


def test_trouble_visits_every_event() -> None:
    names = {event.name for event in lived(200, TROUBLE).events}
    assert names >= {
        "opened", "closed", "resolved", "unresolved", "given_up", "abandoned", "expired",
        "cancelled", "escalated", "blocked", "join", "loss", "quit", "hire",
    }  # fmt: skip


def test_a_year_without_cash_dismisses() -> None:
    firm = lived(65 * 4 + 1, POOR)
    assert firm.insolvent_week == 52
    assert any(event.name == "dismissal" for event in firm.events)


def test_same_seed_same_life_other_seed_another() -> None:
    assert lived(20).events == lived(20).events
    assert lived(20).events != lived(20, seed=2).events


def test_every_internal_kind_occurs() -> None:
    firm = ReferenceFirm(tiny({"channel_rate": 0.1}, on=("agility", "distributors")), 3)
    kinds: set[int] = set()
    for _ in range(60):
        firm.day()
        kinds |= {item.kind for item in firm.items.values()}
    assert kinds >= {NEED, ESSENTIAL, COURTESY, REPORT, CHANGE, CHANNEL}


def test_derived_hours_fill_a_neutral_department() -> None:
    """Hours times visits, with rework, come to the target share of a neutral day (section 10)."""
    firm = tiny()
    c = {name: p.default for name, p in PARAMETERS.items()}
    bare = [d.model_copy(update={"hours": None}) for d in firm.organisation.departments]
    organisation = firm.organisation.model_copy(update={"departments": tuple(bare)})
    open_hours = firm.model_copy(update={"organisation": organisation})
    hours = standard_hours(open_hours, c)
    outside, inside = customer_visits(open_hours, c), internal_visits(open_hours, c)
    assert outside["sales"] == pytest.approx(c["lead_rate"] * 250 / 5)
    left = CAUSES_LEFT * (1 - 0.25 * c["first_line"] * c["distributor_quality"])
    assert outside["it"] == pytest.approx(0.4 * 150 * 0.1 / 5 * left)
    assert outside["board"] == hours["board"][0] == 0.0
    asked = 150 * 0.25 * c["channel_rate"] * (1 + 2 * 0.2) / 5
    assert inside["sales"] == pytest.approx(0.5 * asked)  # by nobody but distributors
    dials = neutral_dials()
    v, m = dials.line_of_sight, dials.manager_metric
    for name, seats, target in (("care", 4, 0.80), ("it", 2, 0.84), ("board", 1, 0.84)):
        away = 0.08 * v + 0.15 * m
        away += 0.0 if name == "board" else c["listening_time"] * dials.listening
        seat = 6.4 * 0.96 * (0.7 + 0.5 * 0.56) * 0.97 * (1 - away) * (1 + 0.15 * m) * 0.98
        load = 1.15 * (hours[name][0] * outside[name] + hours[name][1] * inside[name])
        assert load == pytest.approx(target * seats * seat)
    assert hours["it"][0] * outside["it"] / (hours["it"][1] * inside["it"]) == pytest.approx(
        45 / 55
    )
