"""What the interview tells back, and the page about it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from experiments.interview import draft_from_answers, scenario_from_answers
from experiments.interview.questions import QUESTIONS
from experiments.interview.summary import distances, summary
from experiments.scenario_file import render
from simulation import Regime
from tests.experiments.interviewed import FIRM


def told(**changes: str) -> str:
    answers = {**FIRM, **changes}
    return "\n".join(summary(draft_from_answers(answers), scenario_from_answers(answers)))


def test_the_summary_says_whether_the_firm_pays() -> None:
    # 39 people at 1300 and 40 at 1100 a week are 94 700; overhead .195, care .14 x .4, the rest .1:
    # 127 940 a week, 6.65 M a year. Margin 30 x 6200 x 52 = 9.672 M, of which 1 - .15 x .25 stay.
    assert "Costs of about 6.65 M a year against a margin of 9.31 M" in told()
    assert "2.66 M profit (29% of it)" in told()
    assert "LOSS. As told, the firm loses money" in told(margin="80 a month")


def test_the_summary_names_what_was_added() -> None:
    added = (
        "Handed on although nobody had said so (for these matters only): dispatch asks technicians"
    )
    assert added in told()
    asks = f"{FIRM['asks']}; dispatch: technicians"
    assert "dispatch asks technicians" not in told(asks=asks)


def test_the_summary_warns_of_a_firm_that_does_not_listen() -> None:
    assert "nobody listens to customers" in told(listening="none")
    assert "nobody listens to customers" not in told(listening="half an hour")


def test_departments_without_work_are_named_and_changes_of_the_offer_still_take_time() -> None:
    asks = "front: parts"
    assert "Nobody asks for anything from: it. They have nothing to do." in told(asks=asks)
    hours = {
        one.name: one.hours
        for one in scenario_from_answers({**FIRM, "asks": asks}).organisation.departments
    }
    assert hours["it"] is None
    assert hours["planning"] is not None
    assert hours["planning"].internal == 10.0


def test_the_nearest_regime_is_the_nearest() -> None:
    for name in ("customer_first", "manager_pleasing"):
        near, second, *_ = distances(Regime.load(name))
        assert near == (name, 0.0)
        assert second[1] > 0.0
    moved = Regime.load("neutral").with_dial("care", 0.0)  # .6 lower in one of twelve
    name, distance = distances(moved)[0]
    assert name == "neutral"
    assert distance == pytest.approx(0.05)


def test_the_page_tells_what_comes_of_its_answers() -> None:
    page = (Path(__file__).parents[2] / "docs" / "your-firm.md").read_text(encoding="utf-8")
    assert all(f"| `{question.key}` |" in page for question in QUESTIONS)
    answers, heard = re.findall(r"```text\n(departments: .*?|Costs .*?)```", page, re.DOTALL)
    said = dict(line.split(": ", 1) for line in answers.splitlines())
    draft, scenario = draft_from_answers(said), scenario_from_answers(said, "nordheat")
    for paragraph in heard.strip().split("\n\n"):
        assert paragraph in summary(draft, scenario)
    lines = render(scenario, "nordheat").splitlines()
    (excerpt,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    for line in excerpt.splitlines():
        assert line in lines
    low, high = scenario.uncertain["h0"]
    assert f"--set h0={low}\n" in page
    assert f"--set h0={high}\n" in page
    assert scenario.regime.listening == 0
    assert Regime.load("customer_first").listening == 0.06
