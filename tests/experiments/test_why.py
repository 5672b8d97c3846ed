"""One customer's life in two firms: what is told is what was."""

from __future__ import annotations

import io
import json
import math
import shlex
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from rich.console import Console
from rich.text import Text
from typer.testing import CliRunner

from experiments import compare, why
from experiments.biography import command
from experiments.biography.command import command_for, print_story
from experiments.biography.journeys import Journey
from experiments.biography.life import Life
from experiments.biography.tracer import watch
from experiments.biography.twin_needs import explain, telling_pairs
from experiments.biography.twins import compare_lives
from experiments.biography.wording import number
from experiments.cli import app
from simulation import Scenario, ScenarioError, resolve, simulate
from simulation.world import HOUR, NEED, QUEUE
from tests.firms import EVENTFUL, FIERCE, PLAIN, frames, tiny

YEARS = 1.4
UIDS = (25, 50, 60, 75)
ROUGH: Mapping[str, object] = {
    **FIERCE,
    "horizon_years": YEARS,
    "events": [dict(event) for event in EVENTFUL],
}
STILL: Mapping[str, object] = {
    **PLAIN,
    "market.turbulence": 0.0,
    "parameters.shift_rate": 0.0,
    "parameters.taste_sd": 0.0,
    "parameters.patience_days": 0.0,
    "parameters.policy_start": 0.0,
    "parameters.need_rate": 0.2,
    "parameters.need_sd": 0.0,
    "parameters.h0": 0.002,
}
"""A firm whose offer always fits perfectly, with patient customers and no approvals."""
ACTIVE = (5, 6, 16)  # some of its customers
WORDS = [number(n) for n in range(60)]


def call(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture(scope="module")
def rough() -> list[Life]:
    scenario = tiny(ROUGH)
    return [Life.live(scenario, "firm", uid, 3) for uid in UIDS]


# --- watching


def test_a_watched_firm_lives_the_same_life_to_the_last_bit(rough: list[Life]) -> None:
    unwatched = simulate(tiny(ROUGH), seed=3, events="all")
    alike = frames(unwatched)
    log = alike.pop("events")
    for sight in (rough[0].sight, watch(tiny(ROUGH), 399, 3)):
        watched = frames(sight.record)
        for name, frame in alike.items():
            pd.testing.assert_frame_equal(frame, watched[name], check_exact=True, obj=name)
        own = log["item"].isin({seen.uid for seen in sight.seen})
        own |= (log["uid"] == sight.uid) & log["event"].isin(["join", "loss"])
        pd.testing.assert_frame_equal(log[own].reset_index(drop=True), sight.events)
        incidents = log[log["event"] == "incident"]
        assert sight.happened["event"].value_counts()["incident"] == len(incidents) > 0


def test_the_trace_agrees_with_the_firms_own_count(rough: list[Life]) -> None:
    for life in rough:
        ends = [visit.end for need in life.needs for visit in need.visits]
        row = life.sight.record.customers.iloc[life.sight.uid]
        assert len(life.needs) == row["needs"]
        assert sum(end in ("unresolved", "given_up") for end in ends) == row["unresolved"]
        assert ends.count("abandoned") == row["abandoned"]
    assert sum(len(life.needs) for life in rough) > 40


def test_the_trace_agrees_with_the_event_log(rough: list[Life]) -> None:
    log = simulate(tiny(ROUGH), seed=3, events="all").events
    for life in rough:
        needs = {need.uid for need in life.needs}
        closed = log[(log["event"] == "closed") & log["item"].isin(needs)]
        told = sorted(
            (visit.ended, need.uid, visit.days)
            for need in life.needs
            for visit in need.visits
            if visit.end in ("resolved", "unresolved", "given_up")
        )
        days = closed["value"].astype(int)
        assert told == sorted(zip(closed["day"], closed["item"], days, strict=True))


def test_every_closing_follows_from_its_chance_and_draw(rough: list[Life]) -> None:
    closings = [
        visit
        for life in rough
        for need in life.needs
        for visit in need.visits
        if math.isfinite(visit.chance)
    ]
    assert len(closings) > 10
    for visit in closings:
        assert (visit.draw < visit.chance) == (visit.end == "resolved")
        parts = visit.by_people * visit.by_time * visit.by_handoffs
        assert visit.chance == pytest.approx(min(1.0, parts))


def test_hours_given_are_those_of_the_items_that_were_seen_waiting(rough: list[Life]) -> None:
    checked = 0
    for life in rough:
        needs = {need.uid: need for need in life.needs}
        for seen in life.sight.seen:
            if seen.place != QUEUE or seen.kind != NEED:
                continue
            visit = next(v for v in needs[seen.uid].visits if v.attempt == seen.attempt)
            stages = visit.stages[: seen.stage + 1]
            assert round(sum(stage.time for stage in stages) * HOUR) == seen.time
            assert round(sum(stage.standard for stage in stages) * HOUR) == seen.standard
            checked += 1
    assert checked > 10


# --- a firm in which the cause is known


def needs_of(changes: Mapping[str, object], uid: int = 3) -> list[Journey]:
    return Life.live(tiny({**STILL, **changes}), "firm", uid, 0).needs


def first_active(scenario: Scenario) -> int:
    people = simulate(scenario.replace({"horizon_years": 0.02}), seed=0).customers
    return int(people.index[people["joined_week"] < 0][0])


def test_where_nothing_is_ever_solved_experience_is_the_whole_cause() -> None:
    firm = tiny({**STILL, "parameters.resolution_base": 0.0, "parameters.returns_most": 1.0})
    busiest = int(simulate(firm, seed=0).customers["needs"].argmax())
    story = why(firm, busiest, [firm.regime, firm.regime])
    life = story.lives[0]
    assert len(life.needs) > 2
    ends = {tuple(visit.end for visit in need.visits) for need in life.needs}
    assert ("unresolved", "given_up") in ends
    assert "resolved" not in {end for group in ends for end in group}
    for spell in life.spells:
        assert spell.shares["experience"] == pytest.approx(1.0, abs=1e-9)
        assert spell.parts["needs"] == spell.parts["offer"] == spell.parts["competitor"] == 0.0
    text = " ".join(story.told[0])
    assert "but not solved" in text
    assert "Causes: experience of service 100 %." in text


def test_line_of_sight_decides_who_is_seen_behind_the_front_line() -> None:
    firm = tiny({**STILL, "parameters.expiry_days": 0.0})
    uid = first_active(firm)
    for sight, seen in ((0.0, False), (1.0, True)):
        needs = needs_of({"regime.line_of_sight": sight, "parameters.expiry_days": 0.0}, uid)
        stages = [s for need in needs for visit in need.visits for s in visit.stages]
        assert {s.seen for s in stages if s.meets_customers} == {True}
        behind = {s.seen for s in stages if not s.meets_customers and s.entered >= 0}
        assert behind == {seen}


def test_without_approvals_nothing_is_delayed_and_with_many_something_is() -> None:
    uid = first_active(tiny(STILL))
    for policy, delayed in ((0.0, False), (8.0, True)):
        needs = needs_of({"parameters.policy_start": policy}, uid)
        delays = [s.delay for need in needs for visit in need.visits for s in visit.stages]
        assert any(delays) == delayed


def test_the_dial_behind_a_need_that_failed_in_one_firm_is_named() -> None:
    hasty = {"regime.customer_metric": 0.0, "regime.local_metric": 1.0}
    careful = {"regime.customer_metric": 1.0, "regime.local_metric": 0.0}
    firms = [tiny({**STILL, **dials}) for dials in (hasty, careful)]
    told: list[str] = []
    for uid in ACTIVE:
        a, b = (Life.live(firm, name, uid, 0) for firm, name in zip(firms, "AB", strict=True))
        for pair in telling_pairs(a, b):
            assert pair.failed.failed
            assert pair.solved.end == "resolved"
            told += explain(pair)
    causes = [text for text in told if "the draw of" in text and "in A and" in text]
    assert causes
    assert all(
        "customer_metric (0 against 1.00), local_metric (1.00 against 0)" in t for t in causes
    )
    assert all("Causes: time taken" in text for text in causes)


def test_a_shift_of_needs_is_told_and_split() -> None:
    event = {"week": 3, "need_shift": "homes", "size": 0.5, "direction": 0}
    quiet = {**STILL, "parameters.resolution_base": 1.0, "events": [event]}
    firm = tiny(quiet)
    people = simulate(firm.replace({"horizon_years": 0.02}), seed=0).customers
    homes = people[(people["joined_week"] < 0) & (people["segment"] == "homes")]
    life = Life.live(firm, "firm", int(homes.index[0]), 0)
    assert [week for week, _ in life.shifts()] == [3]
    # sd of fit is sqrt(1/2): exp(-0.5^2), but for what the competitor has gained on it that week
    assert life.week(3).fit == pytest.approx(math.exp(-0.25), rel=0.05)


# --- telling


def test_the_same_regime_twice_is_the_same_life() -> None:
    story = why("small_firm", 11, ["customer_first", "customer_first"], seed=4, years=0.5)
    assert story.regimes == ("customer_first", "customer_first (2)")
    assert story.told[0] == story.told[1]
    assert story.between == ("Both lives are the same, day by day.",)


def test_full_tells_every_need() -> None:
    story = why("small_firm", 11, years=2, full=True)
    for life, told in zip(story.lives, story.told, strict=True):
        needs = [text for text in told if "a need" in text]
        assert len(needs) == len(life.needs) > 0


def test_a_busy_customers_story_is_short_and_keeps_its_turns() -> None:
    short, full = (why("small_firm", 75, full=whole) for whole in (False, True))
    for life, told, everything in zip(short.lives, short.told, full.told, strict=True):
        assert len(told) <= 12 < len(everything)
        weeks = [int(text.split()[1]) for text in told if text.startswith("Week ")]
        assert weeks == sorted(weeks)
        for loss in life.losses:
            left = [text for text in told if text.startswith(f"Week {loss.week} (")]
            assert any("leaves." in text for text in left)
        needs = sum(": a need " in text for text in told)
        others = sum(life.sight.record.customers.loc[[75], "needs"]) - needs
        said = next(text for text in told if "other need" in text)
        numbers = [WORDS.index(word) for word in said.lower().split() if word in WORDS]
        assert sum(numbers) == others
        assert sum("left out; --full tells all" in text for text in told) == 1
        assert not any("left out" in text for text in everything)


def test_a_person_to_whom_nothing_happened_is_told_in_a_sentence() -> None:
    firm = tiny({**PLAIN, "parameters.lead_rate": 0.0, "parameters.need_rate": 0.0})
    people = simulate(firm, seed=0).customers
    never = int(people.index[people["status"] == "prospect"][0])
    story = why(firm, never, [firm.regime, firm.regime])
    assert len(story.told[0]) == 1
    assert "never a customer: never asked" in story.told[0][0]
    needless = why(firm, first_active(firm), [firm.regime, firm.regime])
    assert "No need ever came up." in needless.told[0]


def test_a_loss_is_told_with_the_draw_of_the_twin() -> None:
    result = compare("small_firm", ["customer_first", "internal_customer"], 1, 1, years=3)
    tables = result.tables
    a, b = (tables[name].customers.set_index("uid") for name in result.regimes)
    both = (a["joined_week"] < 0) & (b["joined_week"] < 0)
    only = both & (a["status"] == "active") & (b["status"] == "lost")
    uid = int(only.index[only][0])
    story = why("small_firm", uid, years=3)
    week = int(b["lost_week"][uid])
    kept, lost = story.lives
    assert kept.week(week).threshold < kept.week(week).draw == lost.week(week).draw
    assert lost.week(week).draw < lost.week(week).threshold
    assert any(text.startswith(f"Week {week} (") and "leaves." in text for text in story.told[1])
    assert any(f"Week {week} (" in text and "loses this customer" in text for text in story.between)


def test_wrong_input_is_refused() -> None:
    for uid in (-1, 400, True, 1.5, "3", None):
        with pytest.raises(ScenarioError, match=r"customer: given .*, allowed a whole"):
            why(tiny(), uid)  # type: ignore[arg-type]
    for regimes in (["neutral"], ["neutral"] * 3, "neutral"):
        with pytest.raises(ScenarioError, match="two regimes"):
            why(tiny(), 1, regimes)
    with pytest.raises(ScenarioError, match="customer_first"):
        why(tiny(), 1, ["custmer_first", "neutral"])
    with pytest.raises(ScenarioError, match="seed"):
        why(tiny(), 1, seed=-1)


def test_weeks_are_a_data_frame() -> None:
    weeks = why("small_firm", 11, years=0.5).weeks
    assert isinstance(weeks, pd.DataFrame)
    assert weeks.groupby("regime")["week"].count().tolist() == [26, 26]


def test_lives_that_only_differ_in_name_are_the_same() -> None:
    life = Life.live(resolve("small_firm", "neutral", None, 0.3), "A", 5, 0)
    assert compare_lives(life, replace(life, regime="B")) == [
        "Both lives are the same, day by day."
    ]


# --- the command


def test_the_command_prints_plain_lines_one_after_another() -> None:
    result = call("why", "small_firm", "--customer", "11", "--years", "1")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "Customer 11 of small_firm, seed 0"
    assert [line for line in lines if line.startswith("In ")] == [
        "In customer_first",
        "In internal_customer",
    ]
    assert "Between the two" in lines
    assert "one with a minus sign worked against the change" in lines[2]
    assert "\x1b" not in result.stdout


def test_a_wide_terminal_shows_the_firms_side_by_side() -> None:
    story = why("small_firm", 11, years=1)
    for width, side_by_side in ((120, True), (80, False)):
        text = io.StringIO()
        print_story(story, Console(file=text, width=width, force_terminal=True, highlight=False))
        lines = Text.from_ansi(text.getvalue()).plain.splitlines()
        headings = [line for line in lines if line.split() == list(story.regimes)]
        assert len(headings) == side_by_side
        assert max(map(len, lines)) <= width


def test_json_has_the_facts_and_the_sentences() -> None:
    result = call("why", "small_firm", "--customer", "11", "--years", "1", "--json")
    data = json.loads(result.stdout)
    assert data["customer"] == 11
    assert [life["regime"] for life in data["lives"]] == ["customer_first", "internal_customer"]
    for life in data["lives"]:
        assert life["sentences"]
        for rise in life["hazard_rises"]:
            assert sum(rise["shares"].values()) == pytest.approx(1.0)


def test_the_command_refuses_with_one_line_before_it_compiles(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(command, "warm_up", lambda: pytest.fail("compiles"))
    for arguments, said in (
        (["--customer", "1000000"], "customer: given 1000000, allowed a whole number, 0 to "),
        (["--customer", "1", "--regimes", "neutral"], "regimes: given 'neutral', allowed two"),
    ):
        result = call("why", "small_firm", *arguments)
        assert result.exit_code == 2
        assert result.stderr.startswith(said)
        assert len(result.stderr.splitlines()) == 1
        assert result.stdout == ""


def test_a_run_that_fails_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr(command, "tell_why", fails)
    result = call("why", "small_firm", "--customer", "1")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == "The run failed: RuntimeError: no room"


def test_compare_ends_with_commands_that_run() -> None:
    given = ["small_firm", "--years", "1.5", "--seed", "2", "--set", "market.turbulence=0.05"]
    result = call("compare", *given, "--replications", "1", "--workers", "1")
    commands = [line.strip() for line in result.stdout.splitlines() if " why " in line]
    assert len(commands) == 3
    words = shlex.split(commands[0])
    assert words[0] == "raison"
    told = call(*words[1:])
    assert told.exit_code == 0, told.output
    assert f"Customer {words[4]} of small_firm, seed 2" in told.stdout
    data = json.loads(
        call("compare", *given, "--replications", "1", "--workers", "1", "--json").stdout
    )
    assert data["stories"] == commands


def test_a_command_is_quoted_for_the_shell() -> None:
    command = command_for("my firms/a.yaml", 7, ["a b", "c"], 1, 2.5, ["x={y: 1}"])
    assert shlex.split(command) == [
        "raison", "why", "my firms/a.yaml", "--customer", "7", "--regimes", "a b,c",
        "--seed", "1", "--years", "2.5", "--set", "x={y: 1}",
    ]  # fmt: skip
