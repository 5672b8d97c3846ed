"""The game: same luck for all, prices that take no side, firms that decisions decide."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.webapp.game import bots
from experiments.webapp.game.capital import (
    STEPS,
    STEPS_A_POINT,
    distance,
    points,
    position_of,
)
from experiments.webapp.game.commands import (
    Advance,
    Decide,
    Inject,
)
from experiments.webapp.game.decision import Cut, Decision, Opening
from experiments.webapp.game.lives import Life, firm_of, live
from experiments.webapp.game.preset import PRESETS, Shock, load_preset, regimes
from simulation import ScenarioError
from simulation.dials import DIALS, MEASURES
from tests.webapp.games import RIVALS, opened, played, preset

ALL_REGIMES = sorted(regimes())


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
    steps = distance(position, position_of(regimes()[goal]))
    quarters = math.ceil(steps / (capital * STEPS_A_POINT))
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
