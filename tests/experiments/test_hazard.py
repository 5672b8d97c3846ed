"""The causes of a change of hazard: worked out by hand, and adding up in every life."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from experiments.biography.hazard import LONGEST_SPELL, PARTS, spells, split
from experiments.biography.life import Life, taste_of
from experiments.biography.weeks import Week
from simulation.parameters import pack
from simulation.world import Row
from tests.firms import EVENTFUL, FIERCE, tiny

P: Row = pack({"fit_sd": 1.0, "churn_satisfaction": 4.0, "price_sensitivity": 2.0}).view(
    np.recarray
)[0]
TASTE = (0.0, 0.0)
CALM = Week(
    week=0,
    customer=True,
    experience=0.8,
    satisfaction=0.8,
    by_experience=0.4,
    by_fit=0.4,
    needs=(0.0, 0.0),
    offer=(0.0, 0.0),
    competitor=(0.0, 0.0),
    fit=1.0,
    competitor_fit=1.0,
    price=1.0,
    hazard=0.01,
    draw=0.5,
    carried=False,
    word=0.0,
    said=math.nan,
    friend=-1,
    friend_left=-1,
)


def changed(**values: object) -> Week:
    return Week(**{**{name: getattr(CALM, name) for name in CALM.__slots__}, **values})


def test_parts_by_hand() -> None:
    # needs move by 1, the offer follows by half of it, the competitor stays: with sd 1 the firm's
    # half squared distance goes from 0 to 1/8, the competitor's from 0 to 1/2. Needs alone would
    # add 1/2 to the firm's before its move and nothing (1/8 - 1/8) after it: mean 1/4; the offer
    # 1/8 before and -3/8 after: mean -1/8. Against the competitor needs are worth 1/2.
    after = changed(needs=(1.0, 0.0), offer=(0.5, 0.0), by_experience=0.3, by_fit=0.45, price=1.1)
    parts = split(P, TASTE, CALM, after)
    assert list(parts) == list(PARTS)
    assert parts == pytest.approx(
        {
            "experience": 0.4,  # 4 x 0.1
            "felt": -0.2,
            "needs": 0.25 - 0.5,
            "offer": -0.125,
            "competitor": 0.0,
            "price": 0.2,
        }
    )


def test_what_does_not_move_has_no_part() -> None:
    after = changed(competitor=(0.0, 0.6))
    parts = split(P, TASTE, CALM, after)
    assert parts["competitor"] == pytest.approx(-0.18)
    assert sum(map(abs, parts.values())) == abs(parts["competitor"])


def test_spells_are_the_steepest_rises_and_do_not_overlap() -> None:
    hazards = [0.01, 0.01, 0.02, 0.03, 0.02, 0.02, 0.05, 0.05, 0.01, math.nan, 0.04]
    weeks = [changed(week=n, hazard=hazard) for n, hazard in enumerate(hazards)]
    # the rise from week 1 to week 6 is the steepest; what is left only falls, and nobody compares
    # across week 9, in which the person was no customer
    found = spells(P, TASTE, weeks)
    assert [(spell.first, spell.last) for spell in found] == [(1, 6)]
    assert found[0].rise == pytest.approx(math.log(5))


def test_a_hazard_that_hardly_rises_has_no_spell() -> None:
    weeks = [changed(week=n, hazard=0.01 * 1.001**n) for n in range(20)]
    assert spells(P, TASTE, weeks) == []


@pytest.fixture(scope="module")
def lives() -> list[Life]:
    scenario = tiny({**FIERCE, "horizon_years": 1.4, "events": [dict(e) for e in EVENTFUL]})
    return [Life.live(scenario, "firm", uid, 3) for uid in (25, 50, 75, 130)]


def test_parts_add_up_in_every_week_of_lives_in_which_everything_moves(lives: list[Life]) -> None:
    checked, moved = 0, dict.fromkeys(PARTS, 0.0)
    for life in lives:
        weeks = [week for week in life.weeks if week.hazard > 0]
        for before, after in pairwise(weeks):
            parts = split(life.sight.p, taste_of(life.sight), before, after)
            change = math.log(after.hazard / before.hazard)
            assert sum(parts.values()) == pytest.approx(change, abs=1e-9)
            moved = {cause: moved[cause] + abs(part) for cause, part in parts.items()}
            checked += 1
    assert checked > 60
    assert min(moved.values()) > 0.01  # every cause had its hour


def test_shares_of_a_spell_add_up_to_one(lives: list[Life]) -> None:
    found = [spell for life in lives for spell in life.spells]
    assert len(found) > 3
    for spell in found:
        assert sum(spell.shares.values()) == pytest.approx(1.0, abs=1e-9)
        assert sum(spell.parts.values()) == pytest.approx(spell.rise, abs=1e-9)
        assert 0 < spell.last - spell.first <= LONGEST_SPELL


def test_hazard_and_draw_say_who_leaves_and_when(lives: list[Life]) -> None:
    left = 0
    for life in lives:
        log = life.sight.events.query("event == 'loss' and cause != 'distributor'")
        told = dict(zip((log["day"] // 5).tolist(), log["value"].tolist(), strict=True))
        for week in life.weeks:
            if week.hazard > 0:
                assert (week.draw < week.threshold) == (week.week in told)
            if week.week in told:
                assert week.hazard == told[week.week]
                left += 1
    assert left
