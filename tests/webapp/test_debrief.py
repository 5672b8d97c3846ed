"""What is told after a game: other worlds, three customers, and what the model cannot tell."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="needs raison[web]")

from experiments.fates import tell_fates
from experiments.webapp.debriefing import live_debrief
from experiments.webapp.game import debrief as debriefs
from experiments.webapp.game import stories
from experiments.webapp.game.capital import distance
from experiments.webapp.game.commands import AddBot, Advance, Join, Open, Start
from experiments.webapp.game.debrief import OUTCOMES, debrief, firms, outcomes
from experiments.webapp.game.decision import Cut, Decision
from experiments.webapp.game.lives import Life, firm_of, live
from experiments.webapp.game.measures import label
from experiments.webapp.game.preset import PRESETS, load_preset
from experiments.webapp.game.room import Room
from simulation import ScenarioError, simulate
from simulation.parameters import PARAMETERS
from tests.webapp.games import SECRETS, opened, played, preset

KIND = Decision(dials={"care": 1.0})
CURT = Decision(dials={"care": 0.3})
CUT = Decision(cut=Cut(department="support", share=0.4))


def bots(*regimes: str, quarters: int = 2) -> Room:
    """A game among bots, over."""
    room = Room(
        Open(at=0, code="ROOM", preset=preset(quarters=quarters), seed=5, facilitator=SECRETS["f"])
    )
    for number, regime in enumerate(regimes, start=1):
        room.take(AddBot(at=1, team=f"t{number}", name=f"Team {number}", regime=regime))
    room.take(Start(at=2))
    for quarter in range(quarters):
        room.take(Advance(at=3, quarter=quarter))
    return room


# ------------------------------------------------------------------ whose customers are told of


def test_the_two_teams_that_decided_most_unlike_are_compared() -> None:
    room = bots("customer_first", "with_care", "internal_customer")
    far = {
        (a, b): stories.apart(room.teams[a], room.teams[b])
        for a, b in (("t1", "t2"), ("t1", "t3"), ("t2", "t3"))
    }
    pair = stories.pair_of(room)
    assert pair
    assert pair.teams == max(far, key=lambda both: far[both]) == ("t1", "t3")
    assert pair.firms == (room.firm(room.teams["t1"]), room.firm(room.teams["t3"]))
    assert pair.rule.startswith("Team 1 and Team 3 are the two teams")


def test_how_far_apart_is_added_up_over_quarters() -> None:
    # one team moves care by 40 hundredths in the first quarter and keeps it there for three
    room = played(opened(), {"t1": {0: KIND}})
    north, south = room.teams["t1"], room.teams["t2"]
    assert stories.apart(north, south) == 3 * 400
    assert stories.apart(north, north) == 0
    assert distance(north.position, south.position) == 400


def test_a_cut_alone_makes_two_firms_unlike() -> None:
    room = played(opened(), {"t1": {1: CUT}})
    assert stories.apart(room.teams["t1"], room.teams["t2"]) == 0
    pair = stories.pair_of(room)
    assert pair
    assert pair.teams == ("t1", "t2")


def test_a_lone_team_is_laid_beside_the_firm_left_alone() -> None:
    room = bots("customer_first")
    pair = stories.pair_of(room)
    assert pair
    assert pair.teams == ("t1", None)
    assert pair.names == ("Team 1", stories.LEFT_ALONE)
    assert pair.firms[1] == firm_of(room.preset, room.seed, room.shocks, (), room.preset.quarters)


def test_where_nobody_decided_there_is_nobody_to_tell_of() -> None:
    room = played(opened(), {})
    assert stories.pair_of(room) is None
    assert stories.stories(None)["customers"] == []
    alone = Room(Open(at=0, code="ROOM", preset=preset(), seed=7, facilitator=SECRETS["f"]))
    alone.take(Join(at=1, team="t1", name="North", token=SECRETS["t1"]))
    alone.take(Start(at=2))
    assert stories.pair_of(played(alone, {})) is None


# ------------------------------------------------------------------ what is told of them


@pytest.fixture(scope="module")
def pair() -> stories.Pair:
    found = stories.pair_of(bots("customer_first", "internal_customer"))
    assert found
    return found


@pytest.fixture(scope="module")
def told(pair: stories.Pair) -> list[dict[str, Any]]:
    return [one | stories.tell(pair, one["uid"]) for one in stories.choose(pair)]


def test_customers_are_those_whom_the_rule_of_fates_picks(
    pair: stories.Pair, told: list[dict[str, Any]]
) -> None:
    tables = [simulate(firm.scenario, seed=firm.seed).customers for firm in pair.firms]
    fates = tell_fates(tables[0], tables[1], *pair.names)
    assert [one["uid"] for one in told] == [fate.uid for fate in fates]
    assert len({one["uid"] for one in told}) == stories.MOST_STORIES
    for one, fate in zip(told, fates, strict=True):
        assert one["sentence"] == fate.sentence
        assert f"{fate.profit_a:,.0f}".replace("-", "−") in one["sentence"]


def test_a_life_that_is_told_ends_as_it_ended_in_the_firm(
    pair: stories.Pair, told: list[dict[str, Any]]
) -> None:
    tables = [
        simulate(firm.scenario, seed=firm.seed).customers.set_index("uid") for firm in pair.firms
    ]
    for one in told:
        rows = [table.loc[one["uid"]] for table in tables]
        assert one["ends"] == [row["status"] == "active" for row in rows]
        for life, row, ends in zip(one["lives"], rows, one["ends"], strict=True):
            last = life[-1]
            assert last.startswith(f"After {2 * 13} weeks: ")
            assert ("still a customer" in last) == ends
            if row["status"] == "lost":
                assert any(f"Week {row['lost_week']} " in sentence for sentence in life)


def test_the_cause_of_a_loss_is_told_with_its_luck(
    pair: stories.Pair, told: list[dict[str, Any]]
) -> None:
    losses = [one for one in told if one["ends"][0] != one["ends"][1]]
    assert losses
    for one in losses:
        loser = pair.names[one["ends"].index(False)]
        text = " ".join(one["between"])
        assert f"{loser} loses this customer" in text or "asks" in text


def test_sentences_are_for_a_page_and_in_the_order_of_time(told: list[dict[str, Any]]) -> None:
    for one in told:
        assert "--" not in " ".join([*one["lives"][0], *one["lives"][1], *one["between"]])
        for life in one["lives"]:
            weeks = [int(n) for line in life for n in re.findall(r"^Week (\d+) \(year", line)]
            assert weeks == sorted(weeks)
            assert weeks


def test_what_was_left_out_is_said_without_the_terminal_s_option() -> None:
    told = ["Week 1.", "Two lesser moments are left out; --full tells all."]
    assert stories._for_a_page(told) == ["Week 1.", "Two lesser moments are left out."]


# ------------------------------------------------------------------ the debrief


@pytest.fixture(scope="module")
def over() -> tuple[Room, dict[str, Life]]:
    """A short game of two teams, over, with all lives of its debrief."""
    game = preset(quarters=2, references=["internal_customer"])
    room = played(opened(game), {"t1": {0: KIND}, "t2": {0: CURT}})
    return room, {firm.key: live(firm) for firm in firms(room)}


def test_other_worlds_are_the_same_for_all_teams(over: tuple[Room, dict[str, Life]]) -> None:
    room, lives = over
    found = debrief(room, lives)
    worlds = range(debriefs.OTHER_WORLDS)
    for team in found["teams"]:
        firm = [room.firm(room.teams[team["id"]], room.seed + 1 + world) for world in worlds]
        assert team["elsewhere"] == [outcomes(live(one)) for one in firm]
    # who leads in a world is who has the better figure in it
    for key, leads in found["leads"].items():
        better = label(key).direction
        for team in found["teams"]:
            other = next(one for one in found["teams"] if one["id"] != team["id"])
            ahead = sum(
                better * team["elsewhere"][world][key] >= better * other["elsewhere"][world][key]
                for world in worlds
            )
            assert leads["elsewhere"][team["id"]] == ahead


def test_there_is_no_total(over: tuple[Room, dict[str, Life]]) -> None:
    found = debrief(*over)
    for row in (*found["teams"], *found["references"]):
        assert set(row["outcomes"]) == set(OUTCOMES)
    text = str(found).casefold()
    assert "score" not in text.replace("there is no single score", "")
    assert "winner" not in text


def test_dials_are_told_as_they_stood_at_first_and_at_last(
    over: tuple[Room, dict[str, Life]],
) -> None:
    found = debrief(*over)
    assert found["start"]["care"] == 0.6
    assert [team["dials"]["care"] for team in found["teams"]] == [1.0, 0.3]
    assert [team["turns"][0]["spent"] for team in found["teams"]] == [40, 30]


def test_limits_count_what_is_assumed_and_what_was_lived(
    over: tuple[Room, dict[str, Life]], monkeypatch: pytest.MonkeyPatch
) -> None:
    room, _ = over
    assumed = sum("assumed" in parameter.source for parameter in PARAMETERS.values())
    said = " ".join(debriefs.limits(room))
    assert f"{assumed} of the model's {len(PARAMETERS)} coefficients are assumed" in said
    assert "beside it, in 5 others" in said
    assert "2 quarters were played" in said
    monkeypatch.setattr(debriefs, "OTHER_WORLDS", 9)
    assert "beside it, in 9 others" in " ".join(debriefs.limits(room))


def test_a_debrief_is_made_by_the_crew_and_tells_how_far_it_is(
    over: tuple[Room, dict[str, Life]], monkeypatch: pytest.MonkeyPatch
) -> None:
    room, lives = over
    monkeypatch.setattr(debriefs, "OTHER_WORLDS", 1)
    steps: list[tuple[int, int]] = []
    asked: list[str] = []

    class Crew:
        """Threads that count what they are asked for."""

        def __init__(self, threads: ThreadPoolExecutor) -> None:
            self.threads = threads

        def submit[**P, T](
            self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
        ) -> Future[T]:
            asked.append(call.__name__)
            return self.threads.submit(call, *args, **kwargs)

    with ThreadPoolExecutor(1) as threads:
        found: Mapping[str, Any] = asyncio.run(
            live_debrief(room, Crew(threads), lambda done, of: steps.append((done, of)))
        )
    people = len(found["stories"]["customers"])
    assert 1 <= people <= stories.MOST_STORIES
    assert asked.count("choose") == 1
    assert asked.count("tell") == people
    assert asked.count("live") == len({firm.key for firm in firms(room)})
    total = asked.count("live") + 1 + stories.MOST_STORIES
    assert steps == [(done, total) for done in range(len(asked) + 1)]
    assert found["teams"] == debrief(room, lives)["teams"]
    assert found["stories"]["names"] == ["North", "South"]


# ------------------------------------------------------------------ lessons


@pytest.mark.parametrize("key", PRESETS)
def test_a_lesson_says_what_to_listen_for_and_what_may_go_wrong(key: str) -> None:
    game = load_preset(key)
    assert len(game.listen) == len(game.questions)
    assert all(step.wrong for step in game.plan)


def test_a_lesson_that_listens_for_too_little_is_refused() -> None:
    with pytest.raises(ScenarioError, match="listen"):
        preset(listen=["only this"])
