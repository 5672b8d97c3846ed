"""Rooms of the game: what whom is shown, who may do what when, what the debrief tells."""

from __future__ import annotations

import math

import pytest

from experiments.webapp.game import dashboard, views
from experiments.webapp.game.capital import position_of
from experiments.webapp.game.commands import (
    AddBot,
    Advance,
    Decide,
    HandOver,
    Inject,
    Join,
    Open,
    Pause,
    Resume,
    Start,
)
from experiments.webapp.game.debrief import (
    FROM_THE_START,
    STEP_BY_STEP,
    UNTOUCHED,
    debrief,
    firms,
    references,
)
from experiments.webapp.game.decision import Cut, Decision
from experiments.webapp.game.lives import Life, firm_of, live
from experiments.webapp.game.measures import HIDDEN, SEEN
from experiments.webapp.game.preset import OTHER_WORLDS, Shock, regimes
from experiments.webapp.game.room import Phase, Room
from simulation import ScenarioError
from simulation.dials import MEASURES
from tests.webapp.games import SECRETS, opened, preset, strings

# ------------------------------------------------------------------ dashboards


def life(**weeks: list[float | None]) -> Life:
    """A life of one quarter, quiet but for what is given."""
    quiet: dict[str, list[float | None]] = {key: [0.0] * 13 for key in (*SEEN, *HIDDEN)}
    told = {key: tuple(values) for key, values in (quiet | weeks).items()}
    return Life(told, (), {}, False)


def test_quarters_add_up_counts_and_take_stocks_at_the_end() -> None:
    told = life(
        lost=[2.0] * 13,
        active=[100.0 - 2 * week for week in range(1, 14)],
        utilisation=[0.5] * 6 + [None] + [0.8] * 6,
    )
    assert dashboard.by_quarter(told, "lost") == [26]
    assert dashboard.by_quarter(told, "active") == [74]
    assert dashboard.by_quarter(told, "utilisation") == [pytest.approx(0.65)]
    before = sum(100 - 2 * week for week in range(13))
    assert dashboard.by_quarter(told, "retention") == [
        pytest.approx((1 - 26 / before) ** 52, rel=1e-4)
    ]
    assert dashboard.by_quarter(life(internal_sla=[None] * 13), "internal_sla") == [None]


def test_a_firm_sees_the_truth_in_so_far_as_it_is_measured_by_it() -> None:
    game = preset(start="customer_first")
    only = dict(zip(MEASURES, (1.0, 0.0, 0.0), strict=True))
    nothing = dict(zip(MEASURES, (0.0, 0.9, 0.1), strict=True))
    for weights, figure in ((only, "true_service"), (nothing, "reported_sla")):
        told = live(firm_of(game, 7, [], [Decision(dials=weights)]))
        shown, wanted = told.weeks["measured_service"][1:], told.weeks[figure][1:]
        assert shown == pytest.approx(wanted, rel=1e-4)
    assert told.weeks["measured_service"][1:] != told.weeks["true_service"][1:]


def test_a_firm_knows_of_satisfaction_as_late_as_it_hears() -> None:
    told = live(firm_of(preset(), 7, [], [Decision()] * 2))
    known, true, age = (
        told.weeks[key] for key in ("known_satisfaction", "satisfaction", "insight_age_weeks")
    )
    late = math.ceil(age[25] or 0)
    assert late > 3
    assert known[25] == true[25 - late] != true[25]
    assert known[0] is None


def test_a_team_sees_nothing_of_others_nor_what_is_to_come() -> None:
    coming = Shock(quarter=1, happens={"recession": 0.1, "weeks": 4}, text="the secret slump")
    room = opened(preset(shocks=[coming.model_dump()]))
    room.take(HandOver(at=3, team="t2", regime="manager_pleasing"))
    room.take(HandOver(at=3, team="t2", regime=None))
    decision = Decision(dials={"focus": 0.7777}, cut=Cut(department="support", share=0.4321))
    room.take(Decide(at=3, team="t2", quarter=0, decision=Decision(dials={"focus": 0.7})))
    seen = views.team_view(room, room.teams["t1"], {}, now=4)
    assert [t for t in seen["teams"] if t["id"] == "t2"] == [
        {"id": "t2", "name": "South", "bot": False, "decided": True}
    ]
    assert seen["team"]["pending"] is None
    assert "the secret slump" not in set(strings(seen))
    assert not set(SECRETS.values()) & set(strings(seen))

    with pytest.raises(ScenarioError, match="points"):
        room.take(Decide(at=3, team="t2", quarter=0, decision=decision))
    room.take(Advance(at=5, quarter=0))
    lives = {team: live(room.firm(room.teams[team])) for team in room.teams}
    seen = views.team_view(room, room.teams["t1"], lives, now=6)
    told = set(strings(seen))
    assert not told & set(HIDDEN)
    assert "the secret slump" not in told
    # whatever the others decided, and whatever became of it: the view is the same
    other = opened(preset(shocks=[coming.model_dump()]))
    other.take(Decide(at=3, team="t2", quarter=0, decision=Decision(dials={"care": 0.123})))
    other.take(Advance(at=5, quarter=0))
    assert other.teams["t2"].turns != room.teams["t2"].turns
    same = views.team_view(other, other.teams["t1"], {"t1": lives["t1"], "t2": lives["t1"]}, now=6)
    assert seen == {**same, "version": seen["version"]}

    everything = views.facilitator_view(room, lives, now=6)
    assert "the secret slump" in set(strings(everything))
    assert {"true_service", "entitlement"} <= set(everything["room"][1]["true"]["quarters"])
    assert not set(SECRETS.values()) & set(strings(everything))


def test_a_warning_is_given_while_there_is_something_to_decide() -> None:
    room = opened()
    shock = Shock(quarter=0, happens={"recession": 0.1, "weeks": 4})
    room.take(Inject(at=3, shock=shock.model_copy(update={"warned": True, "text": "beware"})))
    room.take(Inject(at=3, shock=shock.model_copy(update={"text": "surprise"})))
    told = views.public_view(room, now=4)["news"]
    assert [news["text"] for news in told] == ["beware"]
    room.take(Advance(at=5, quarter=0))
    told = views.public_view(room, now=6)["news"]
    assert [news["text"] for news in told] == ["beware", "surprise"]


# ------------------------------------------------------------------ rooms


def test_late_teams_keep_their_dials_and_handed_over_ones_follow() -> None:
    room = opened()
    moved = Decision(dials={"care": 0.9})
    room.take(Decide(at=3, team="t1", quarter=0, decision=moved))
    room.take(Advance(at=4, quarter=0))
    room.take(HandOver(at=5, team="t2", regime="internal_customer"))
    room.take(Advance(at=6, quarter=1))
    north, south = room.teams["t1"].turns, room.teams["t2"].turns
    assert [turn.late for turn in north] == [False, True]
    assert north[1].after["care"] == 900
    assert [turn.late for turn in south] == [True, False]
    assert [turn.bot for turn in south] == [False, True]
    assert south[1].spent > 0
    room.take(HandOver(at=7, team="t2", regime=None))
    room.take(Decide(at=8, team="t2", quarter=2, decision=Decision()))


def test_asked_twice_to_advance_it_advances_once() -> None:
    room = opened()
    room.take(Advance(at=3, quarter=0))
    with pytest.raises(ScenarioError, match="quarter 2, which is open"):
        room.take(Advance(at=3, quarter=0))
    assert room.quarter == 1


def test_the_timer_waits_while_it_is_paused() -> None:
    room = opened()
    seconds = room.preset.seconds_a_quarter
    assert room.seconds_left(12) == seconds - 10
    room.take(Pause(at=32))
    assert room.seconds_left(9999) == seconds - 30
    room.take(Resume(at=132))
    assert room.seconds_left(142) == seconds - 40
    assert room.seconds_left(9999) == 0
    room.take(Pause(at=150))
    room.take(Advance(at=160, quarter=0))
    assert room.seconds_left(9999) == seconds


def test_names_are_one_line_of_visible_letters_and_nobody_else_s() -> None:
    room = Room(Open(at=0, code="ROOM", preset=preset(), seed=0, facilitator=SECRETS["f"]))
    room.take(Join(at=1, team="t1", name="  the   North ", token=SECRETS["t1"]))
    assert room.teams["t1"].name == "the North"
    with pytest.raises(ScenarioError, match="no other team"):
        room.take(AddBot(at=1, team="t2", name="THE north", regime="neutral"))
    with pytest.raises(ScenarioError, match="did you mean 'neutral'"):
        room.take(AddBot(at=1, team="t2", name="bot", regime="nuetral"))
    for strange in ("", "   ", "a\x00b", "right\u202eleft", "x" * 41):
        with pytest.raises(ValueError, match=r"character|should have"):
            Join(at=1, team="t2", name=strange, token=SECRETS["t2"])
    assert list(room.teams) == ["t1"]


def test_the_facilitator_lets_something_happen_now_or_later_but_not_before() -> None:
    room = opened()
    room.take(Advance(at=3, quarter=0))
    slump = {"recession": 0.1, "weeks": 4}
    for quarter in (1, 2):
        shock = Shock(quarter=quarter, happens=slump, text=f"slump {quarter}", warned=True)
        room.take(Inject(at=4, shock=shock))
    for quarter in (0, 3):
        with pytest.raises(ScenarioError, match="quarter 2 to 3, which are to come"):
            room.take(Inject(at=4, shock=Shock(quarter=quarter, happens=slump)))
    coming = views.facilitator_view(room, {}, now=5)["coming"]
    assert [news["text"] for news in coming] == ["slump 1", "slump 2"]
    assert [news["text"] for news in views.public_view(room, now=5)["news"]] == ["slump 1"]
    room.take(Advance(at=6, quarter=1))
    told = views.public_view(room, now=7)["news"]
    assert [news["text"] for news in told] == ["slump 1", "slump 2"]


def test_the_facilitator_is_told_who_can_be_given_back_their_firm() -> None:
    room = Room(Open(at=0, code="ROOM", preset=preset(), seed=0, facilitator=SECRETS["f"]))
    room.take(Join(at=1, team="t1", name="North", token=SECRETS["t1"]))
    room.take(AddBot(at=1, team="t2", name="Bot", regime="neutral"))
    seen = views.facilitator_view(room, {}, now=2)
    assert [team["people"] for team in seen["room"]] == [True, False]
    assert set(seen["bots"]) <= set(views.rules(room.preset)["regimes"])
    assert set(seen["against"].values()) <= set(seen["truth"])


# ------------------------------------------------------------------ debrief


@pytest.fixture(scope="module")
def finished() -> tuple[Room, dict[str, Life]]:
    """A game with a bot and an idle team, over, and all lives of its debrief."""
    game = preset(quarters=2, bots=("internal_customer",), references=("internal_customer",))
    room = Room(Open(at=0, code="ROOM", preset=game, seed=11, facilitator=SECRETS["f"]))
    room.take(Join(at=1, team="t1", name="North", token=SECRETS["t1"]))
    room.take(AddBot(at=1, team="t2", name="South", regime="internal_customer"))
    room.take(Start(at=2))
    for quarter in range(2):
        room.take(Advance(at=3, quarter=quarter))
    return room, {firm.key: live(firm) for firm in firms(room)}


def test_references_have_the_luck_of_the_room(finished: tuple[Room, dict[str, Life]]) -> None:
    room, lives = finished
    assert room.phase == Phase.OVER
    told = debrief(room, lives)
    idle, bot = told["teams"]
    by_way = {row["way"]: row for row in told["references"]}
    assert set(by_way) == {UNTOUCHED, STEP_BY_STEP, FROM_THE_START}
    # whoever did nothing has the firm that was left alone; whoever follows has the one that follows
    assert by_way[UNTOUCHED]["outcomes"] == idle["outcomes"]
    assert by_way[STEP_BY_STEP]["outcomes"] == bot["outcomes"]
    assert by_way[FROM_THE_START]["outcomes"] != bot["outcomes"]
    whole = next(r for r in references(room) if r.way == FROM_THE_START)
    assert position_of(whole.firm.scenario.regime) == position_of(regimes()["internal_customer"])
    assert whole.firm.seed == room.seed


def test_leads_are_counted_in_other_worlds(finished: tuple[Room, dict[str, Life]]) -> None:
    room, lives = finished
    leads = debrief(room, lives)["leads"]
    for counts in leads.values():
        assert sum(counts["elsewhere"].values()) >= OTHER_WORLDS
        assert all(0 <= worlds <= OTHER_WORLDS for worlds in counts["elsewhere"].values())
    kept = {team: lives[room.firm(room.teams[team]).key].summary["friction"] for team in room.teams}
    assert leads["friction"]["here"] == [min(kept, key=lambda team: kept[team] or math.inf)]


def test_the_debrief_opens_when_the_facilitator_says(
    finished: tuple[Room, dict[str, Life]],
) -> None:
    room, _ = finished
    assert views.may_see_debrief(room, facilitator=True)
    assert not views.may_see_debrief(room, facilitator=False)
    assert not views.may_see_debrief(opened(), facilitator=True)
