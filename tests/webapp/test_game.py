"""The game: same luck for all, prices that take no side, dashboards that show what is looked at."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.webapp.game import bots, dashboard, views
from experiments.webapp.game.capital import STEPS, distance, points, position_of
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
    OTHER_WORLDS,
    STEP_BY_STEP,
    UNTOUCHED,
    debrief,
    firms,
    references,
)
from experiments.webapp.game.decision import Cut, Decision, Opening
from experiments.webapp.game.lives import Life, firm_of, live
from experiments.webapp.game.measures import HIDDEN, SEEN
from experiments.webapp.game.preset import PRESETS, Preset, Shock, load_preset, read, regimes
from experiments.webapp.game.room import Phase, Room
from simulation import ScenarioError
from simulation.dials import DIALS, MEASURES

SECRETS = {name: f"{number:064x}" for number, name in enumerate(("f", "t1", "t2"), start=1)}
ALL_REGIMES = sorted(regimes())
RIVALS = ("customer_first", "internal_customer")


def preset(**changes: object) -> Preset:
    """A short game."""
    data = load_preset("thirty").model_dump()
    return read(Preset, data | {"quarters": 3, "shocks": (), "references": RIVALS} | changes)


def opened(game: Preset | None = None, seed: int = 7) -> Room:
    """A room with two teams of people, in its first quarter."""
    room = Room(
        Open(at=0, code="ROOM", preset=game or preset(), seed=seed, facilitator=SECRETS["f"])
    )
    for team, name in (("t1", "North"), ("t2", "South")):
        room.take(Join(at=1, team=team, name=name, token=SECRETS[team]))
    room.take(Start(at=2))
    return room


def played(room: Room, decisions: Mapping[str, Mapping[int, Decision]]) -> Room:
    """The room after all quarters, with these decisions."""
    for quarter in range(room.preset.quarters):
        for team, by_quarter in decisions.items():
            if quarter in by_quarter:
                decision = by_quarter[quarter]
                room.take(Decide(at=3, team=team, quarter=quarter, decision=decision))
        room.take(Advance(at=4, quarter=quarter))
    return room


def strings(value: object) -> Iterator[str]:
    """Every string and key in nested plain values."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value


# ------------------------------------------------------------------ games as data


@pytest.mark.parametrize("key", PRESETS)
def test_a_shipped_game_fits_into_its_time(key: str) -> None:
    game = load_preset(key)
    assert sum(step.minutes for step in game.plan) == game.minutes
    assert game.quarters * game.seconds_a_quarter <= 60 * game.minutes * 0.6
    assert game.questions
    assert game.goals


@pytest.mark.parametrize("key", PRESETS)
def test_in_a_shipped_game_both_rivals_can_be_reached_and_equally_soon(key: str) -> None:
    game = load_preset(key)
    start, purse = position_of(game.firm.regime), game.capital
    far = [distance(start, position_of(regimes()[name])) for name in RIVALS]
    assert far[0] == far[1]
    assert points(far[0]) <= purse.opening + (game.quarters - 1) * purse.per_quarter


@pytest.mark.parametrize(
    ("changes", "field", "allowed"),
    [
        ({"scenario": "small_frim"}, "scenario", "small_firm"),
        ({"start": "transformation"}, "start", "neutral"),
        (
            {"shocks": [{"quarter": 3, "happens": {"recession": 0.1, "weeks": 4}}]},
            "quarter",
            "0 to 2",
        ),
        ({"shocks": [{"quarter": 0, "happens": {"regime": "neutral"}}]}, "happens", "recession"),
        ({"shocks": [{"quarter": 0, "happens": {"recession": 0.1}}]}, "weeks", "whole number"),
        (
            {"shocks": [{"quarter": 0, "happens": {"need_shift": "privat", "size": 0.2}}]},
            "shocks.0.happens.need_shift",
            "private",
        ),
        ({"quarters": 0}, "quarters", "1"),
    ],
)
def test_a_wrong_game_is_refused_in_words(
    changes: dict[str, object], field: str, allowed: str
) -> None:
    with pytest.raises(ScenarioError) as refused:
        preset(**changes)
    assert field in str(refused.value)
    assert allowed in str(refused.value)


# ------------------------------------------------------------------ capital

_POSITIONS = st.builds(
    lambda free, a, b: dict(free) | dict(zip(MEASURES, (a, b - a, STEPS - b), strict=True)),
    st.fixed_dictionaries({d: st.integers(0, STEPS) for d in DIALS if d not in MEASURES}),
    st.integers(0, STEPS // 2),
    st.integers(STEPS // 2, STEPS),
)


@given(_POSITIONS, _POSITIONS, _POSITIONS)
def test_a_price_depends_on_how_far_and_on_nothing_else(
    a: dict[str, int], b: dict[str, int], c: dict[str, int]
) -> None:
    assert distance(a, b) == distance(b, a)
    assert distance(a, c) <= distance(a, b) + distance(b, c)
    assert (distance(a, b) == 0) == (a == b)
    free = [dial for dial in DIALS if dial not in MEASURES]
    turned = dict(zip(free, [*free[1:], free[0]], strict=True))
    swapped = [{turned.get(dial, dial): x for dial, x in where.items()} for where in (a, b)]
    assert distance(*swapped) == distance(a, b)


def test_prices_are_as_the_rules_say() -> None:
    game = preset()
    start = position_of(game.firm.regime)
    assert Decision(dials={"care": 0.9}).price(start, game) == 30
    assert Decision(dials={"care": 0.3}).price(start, game) == 30
    # .45, .40, .15: a tenth of the weight moves
    weight = dict(zip(MEASURES, (0.55, 0.30, 0.15), strict=True))
    assert Decision(dials=weight).price(start, game) == 10
    assert Decision(dials={"customer_priority": 0.626}).price(start, game) == 1
    assert Decision(cut=Cut(department="it", share=0.2)).price(start, game) == 20
    opening = Opening(office=True, marketing=0.25)
    assert Decision(opening=opening).price(start, game) == game.capital.office + 25


@given(
    st.dictionaries(st.sampled_from(DIALS), st.integers(0, 100).map(lambda x: x / 100)),
    st.none() | st.builds(Cut, department=st.sampled_from(["it", "sales"]), share=st.just(0.3)),
    st.none() | st.builds(Opening, office=st.booleans(), marketing=st.sampled_from([0.0, 0.5])),
)
@settings(deadline=None)
def test_no_decision_overdraws(
    dials: dict[str, float], cut: Cut | None, opening: Opening | None
) -> None:
    room = opened()
    decision = Decision(dials=dials, cut=cut, opening=opening)
    try:
        room.take(Decide(at=3, team="t1", quarter=0, decision=decision))
    except ScenarioError:
        assert room.teams["t1"].pending is None
    room.take(Advance(at=4, quarter=0))
    turn, purse = room.teams["t1"].turns[0], room.preset.capital
    assert 0 <= turn.spent <= turn.capital == purse.opening
    assert room.teams["t1"].capital == min(
        purse.most, turn.capital - turn.spent + purse.per_quarter
    )
    assert sum(turn.after[dial] for dial in MEASURES) == STEPS


def test_what_is_saved_has_a_limit() -> None:
    room = played(opened(preset(quarters=6)), {})
    assert room.teams["t1"].capital == room.preset.capital.most


@pytest.mark.parametrize(
    ("decision", "quarter", "words"),
    [
        (Decision(dials={"cares": 0.5}), 0, "did you mean 'care'"),
        (Decision(dials={"customer_metric": 0.9}), 0, "measures that add up to 1.45"),
        (
            Decision(dials={"care": 0.0, "captivity": 0.2}),
            0,
            "a decision of 120 points, allowed 80",
        ),
        (Decision(cut=Cut(department="itt", share=0.1)), 0, "did you mean 'it'"),
        (Decision(cut=Cut(department="legal", share=0.1)), 0, "cut.department"),
        (Decision(), 1, "quarter 1, which is open"),
    ],
)
def test_a_wrong_decision_is_refused_in_words(decision: Decision, quarter: int, words: str) -> None:
    room = opened()
    with pytest.raises(ScenarioError) as refused:
        room.take(Decide(at=3, team="t1", quarter=quarter, decision=decision))
    assert words in str(refused.value)
    assert room.teams["t1"].pending is None


def test_standing_choices_are_made_once() -> None:
    room = opened()
    room.take(Advance(at=3, quarter=0))
    late = Decide(at=4, team="t1", quarter=1, decision=Decision(opening=Opening(office=True)))
    with pytest.raises(ScenarioError, match="quarter 1 only"):
        room.take(late)


# ------------------------------------------------------------------ bots


@pytest.mark.parametrize("goal", ALL_REGIMES)
@pytest.mark.parametrize("capital", [7, 40, 300])
def test_a_bot_reaches_its_regime_as_soon_as_can_be(goal: str, capital: int) -> None:
    game = preset()
    position = position_of(game.firm.regime)
    quarters = bots.quarters_to(goal, position, capital)
    for _ in range(quarters):
        assert position != position_of(regimes()[goal])
        decision = bots.follow(goal, position, capital)
        assert decision.price(position, game) <= capital
        position = decision.after(position)
    assert position == position_of(regimes()[goal])
    assert bots.follow(goal, position, capital) == Decision()


# ------------------------------------------------------------------ firms


def numbers(of: Life, key: str) -> list[float]:
    """A measure by week, where it always has a value."""
    return [value for value in of.weeks[key] if value is not None]


def test_a_firm_is_decided_by_game_seed_and_decisions_alone() -> None:
    decision = {0: Decision(dials={"care": 0.9}), 2: Decision(cut=Cut(department="it", share=0.5))}
    one, other = (played(opened(), {"t1": decision, "t2": decision}) for _ in range(2))
    lives = [live(room.firm(room.teams[team])) for room in (one, other) for team in ("t1", "t2")]
    assert lives[0] == lives[1] == lives[2] == lives[3]
    luck = live(one.firm(one.teams["t1"], seed=8))
    assert luck.weeks["joined"] != lives[0].weeks["joined"]


def test_what_is_decided_later_leaves_the_past_alone() -> None:
    game = preset()
    first = Decision(dials={"captivity": 0.3})
    later = Decision(dials={"care": 0.1}, cut=Cut(department="operations", share=0.5))
    shock = Shock(quarter=1, happens={"recession": 0.3, "weeks": 8})
    short = live(firm_of(game, 7, [], [first]))
    long = live(firm_of(game, 7, [shock], [first, later]))
    assert {key: values[:13] for key, values in long.weeks.items()} == short.weeks
    assert long.quarters == 2
    # announced in week 13, in force from week 14; the shock comes in the fifth week
    same = live(firm_of(game, 7, [], [first, Decision()]))
    seats, revenue = (numbers(long, key) for key in ("seats", "revenue"))
    assert revenue[13] == numbers(same, "revenue")[13]
    assert seats[13] > seats[14]
    assert revenue[16] > 1.1 * revenue[17]


def test_a_first_decision_has_to_be_learned_as_well() -> None:
    game = preset()
    moved = live(firm_of(game, 7, [], [Decision(dials={"captivity": 0.3})]))
    assert moved.weeks["relearning"][0] == 0
    assert (moved.weeks["relearning"][1] or 0) > 0


def test_the_same_shock_befalls_all_teams() -> None:
    room = opened()
    room.take(
        Inject(at=3, shock=Shock(quarter=0, happens={"demand_surge": 0.8, "weeks": 9}, warned=True))
    )
    room = played(room, {"t1": {0: Decision(dials={"care": 1.0})}})
    quiet = played(opened(), {"t1": {0: Decision(dials={"care": 1.0})}})
    for team in ("t1", "t2"):
        hit, spared = (live(which.firm(which.teams[team])) for which in (room, quiet))
        ratio = [(a or 0) / (b or 1) for a, b in zip(hit.weeks["demand"], spared.weeks["demand"])]
        assert ratio[3] == pytest.approx(1.0)
        assert ratio[4:13] == pytest.approx([1.8] * 9, rel=1e-3)
        assert ratio[13] == pytest.approx(1.0)


def test_standing_choices_reach_the_firm() -> None:
    game = preset()
    chosen = Decision(opening=Opening(office=True, marketing=0.3, hire_for_willingness=0.1))
    scenario = firm_of(game, 7, [], [chosen, Decision()]).scenario
    assert scenario.offices.cco
    assert scenario.policies.marketing == 0.3
    assert scenario.policies.hire_for_willingness == 0.1
    assert not firm_of(game, 7, [], [Decision()]).scenario.offices.cco


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
