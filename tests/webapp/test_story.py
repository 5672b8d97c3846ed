"""The story: chapters as data, what is told of made-up and of real results."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

pytest.importorskip("fastapi")
import tomllib

import tomli_w
from fastapi.testclient import TestClient

from experiments.conduct import Means
from experiments.webapp.app import create_app
from experiments.webapp.question import Question
from experiments.webapp.settings import Settings
from experiments.webapp.snapshot import snapshot
from experiments.webapp.story.chapters import CHAPTERS, Chapter, Try, read, story
from experiments.webapp.story.told import Guess, tell
from simulation import ScenarioError, simulate
from simulation.mechanisms import MECHANISMS

NUMBERS = range(1, CHAPTERS + 1)
PLACE = "experiments.webapp.story"


def _file() -> dict[str, Any]:
    return tomllib.loads(files(PLACE).joinpath("story.toml").read_text("utf-8"))


def _chapter(key: str) -> Chapter:
    return next(chapter for chapter in story().chapters if chapter.key == key)


# --- the data


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda data: data["chapters"].pop(), "chapters"),
        (lambda data: data["chapters"][1].update(key="who_pays"), "chapters"),
        (lambda data: data["chapters"][0].update(colour="red"), "colour"),
        (lambda data: data["chapters"][0]["question"].update(measure="profits"), "measure"),
        (lambda data: data["chapters"][0]["question"].update(says="{higher} wins"), "says"),
        (lambda data: data["chapters"][0]["question"].update(claim="{a} wins"), "claim"),
        (lambda data: data["chapters"][1]["question"].update(step=3), "step"),
        (lambda data: data["chapters"][0]["because"][0].update(says="Well, {high}."), "says"),
        (lambda data: data["chapters"][0]["tries"][0].update(start=9), "start"),
        (lambda data: data["chapters"][0]["tries"][1].update(key="customer"), "key"),
        (lambda data: data["chapters"][0].update(scenario="tiny_firm"), "scenario"),
        (lambda data: data["chapters"][0]["a"].update(regime="../x"), "regime"),
        (lambda data: data["chapters"][0].update(overrides={"market.colour": 1}), "market.colour"),
        (
            lambda data: data["parts"][2]["off"].update({"mechanisms.love": False}),
            "mechanisms.love",
        ),
        (lambda data: data["parts"][0].update(since=0), "since"),
    ],
)
def test_a_wrong_file_is_refused(change: Any, field: str) -> None:
    data = _file()
    change(data)
    with pytest.raises(ScenarioError) as refused:
        read(tomli_w.dumps(data))
    assert any(field in problem.field for problem in refused.value.problems)
    assert all(problem.given and problem.allowed for problem in refused.value.problems)


def test_a_file_that_is_no_toml_is_refused() -> None:
    with pytest.raises(ScenarioError, match="TOML"):
        read("chapters = [")


def test_parts_come_in_one_after_the_other() -> None:
    neutral = [set(story().neutral(number)) for number in NUMBERS]
    assert all(later <= earlier for earlier, later in pairwise(neutral))
    assert {f"mechanisms.{name}" for name in MECHANISMS} <= neutral[0]
    assert neutral[-1] == set()
    assert [len(before - after) > 0 for before, after in pairwise(neutral)] == [
        True, True, True, True, True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
def test_firms_differ_by_their_dials_alone(number: int) -> None:
    a, b = story().question(number).design().cells.values()
    assert a.regime != b.regime
    assert a == b.with_regime(a.regime)


@pytest.mark.parametrize("number", NUMBERS)
def test_what_may_be_tried_starts_where_the_chapter_stands(number: int) -> None:
    chapter, asked = story().chapters[number - 1], story().question(number)
    own = [cell.digest for cell in asked.design().cells.values()]
    started = _moved(asked, chapter.tries, [one.start for one in chapter.tries])
    assert [cell.digest for cell in started.design().cells.values()] == own
    for place, one in enumerate(chapter.tries):
        for end in (one.low, one.high):
            values = [other.start for other in chapter.tries]
            values[place] = end
            moved = _moved(asked, chapter.tries, values)
            if end != one.start:
                assert [cell.digest for cell in moved.design().cells.values()] != own


def _moved(asked: Question, tries: tuple[Try, ...], values: list[float]) -> Question:
    """As `moved` in static/story/words.js, but with what has not been moved written down too."""
    data = asked.model_dump()
    for one, value in zip(tries, values, strict=True):
        if one.where == "firm" and one.key == "years":
            data["years"] = value
        elif one.where == "firm":
            data["overrides"][one.key] = value
        else:
            for place in {"a": (0,), "b": (1,), "both": (0, 1)}[one.where]:
                data["firms"][place]["dials"][one.key] = value
    return Question.model_validate(data)


# --- the runs


@cache
def _series(number: int) -> pd.DataFrame:
    """Both firms of a chapter, week by week, for a year."""
    cells = story().question(number).design().cells.values()
    return pd.concat([simulate(cell, seed=1, years=1).series for cell in cells])


def _happens(number: int, column: str) -> bool:
    values = _series(number)[column].dropna()
    return bool((values != 0).any())


@pytest.mark.parametrize(
    ("since", "columns"),
    [
        (2, ("blocked_share", "blocks")),
        (3, ("disputes", "friction_disputes")),
        (5, ("courtesy_share", "friction_courtesy", "cost_perks", "favours")),
        (6, ("heard", "changes", "cost_distributor_margin", "channel_requests", "product_gap")),
    ],
)
def test_a_part_is_off_until_its_chapter(since: int, columns: tuple[str, ...]) -> None:
    for column in columns:
        assert [_happens(number, column) for number in range(1, since)] == [False] * (since - 1)
        assert _happens(since, column)


def test_before_the_seventh_chapter_nothing_comes_from_outside() -> None:
    columns = ("incidents", "policy_load", "cost_incident_cost", "shadow_built", "relearning")
    assert not any(_happens(number, column) for number in range(1, 7) for column in columns)
    assert all(_happens(7, column) for column in ("incidents", "policy_load"))


def test_morale_stands_still_until_the_fifth_chapter() -> None:
    moves = [_series(number)["engagement"].dropna().nunique() > 1 for number in range(1, 6)]
    assert moves == [False] * 4 + [True]


def test_budgets_do_not_follow_figures_before_the_fourth_chapter() -> None:
    cells = [next(iter(story().question(number).design().cells.values())) for number in (3, 4)]
    assert [cell.mechanisms.get("measurement", True) for cell in cells] == [False, True]


@pytest.mark.parametrize("number", NUMBERS)
def test_the_question_of_a_chapter_runs_and_is_told(number: int) -> None:
    chapter = story().chapters[number - 1]
    asked = story().question(number).model_copy(update={"years": 0.25, "replications": 2})
    found = asked.design().carry_out(Means(workers=1))
    told = tell(chapter, snapshot(found), "a" if chapter.question.kind == "choice" else 0)
    assert (told["pairs"], told["failed"]) == (2, "")
    assert told["state"] in ("unsure", "clear")
    assert told["low"] <= told["difference"] <= told["high"]
    assert not any("nothing is known" in said for said in told["because"])


# --- what is told of it


Made = tuple[float, float, float]
"""Mean in A, mean in B, and half of the interval."""


def _result(chapter: Chapter, pairs: int = 12, **given: Made) -> dict[str, Any]:
    """A made-up snapshot."""
    keys = {chapter.question.measure, *(one.measure for one in chapter.because)}
    rows = []
    for key in keys:
        a, b, half = given.get(key, (0.5, 0.5, 0.1))
        known = pairs > 1
        numbers = {
            "A": a, "B": b, "difference": a - b, "pairs": pairs,
            "low": a - b - half if known else None, "high": a - b + half if known else None,
        }  # fmt: skip
        rows.append({"key": key, "numbers": numbers})
    return {"measures": rows, "failed": 0}


MORE, LESS, UNSURE = (9e3, 7e3, 500.0), (7e3, 9e3, 500.0), (9e3, 8.9e3, 500.0)


@pytest.mark.parametrize(
    ("profit", "guess", "mark", "answer"),
    [
        (MORE, "a", "right", "A earns 2.00 k more a week than B."),
        (MORE, "b", "wrong", "A earns 2.00 k more a week than B."),
        (MORE, "neither", "wrong", "A earns 2.00 k more a week than B."),
        (LESS, "a", "wrong", "B earns 2.00 k more a week than A."),
        (LESS, "b", "right", "B earns 2.00 k more a week than A."),
        (UNSURE, "neither", "right", "cannot tell"),
        (UNSURE, "a", "open", "cannot tell"),
        (UNSURE, None, "none", "cannot tell"),
    ],
)
def test_choices_are_told_as_they_came_out(
    profit: Made, guess: Guess | None, mark: str, answer: str
) -> None:
    chapter = _chapter("who_pays")
    told = tell(chapter, _result(chapter, profit=profit), guess)
    assert told["mark"] == mark
    assert answer in told["answer"]
    assert bool(told["verdict"]) == (guess is not None)
    assert told["pairs"] == 12


@pytest.mark.parametrize(
    ("gap", "guess", "mark", "verdict"),
    [
        ((0.10, 0.15, 0.01), 5, "right", "within the interval"),
        ((0.10, 0.15, 0.012), 6, "right", "within the interval"),
        ((0.10, 0.15, 0.006), 5.8, "right", "by less than the slider can tell"),
        ((0.10, 0.15, 0.01), 12, "direction", "smaller than you thought"),
        ((0.10, 0.15, 0.01), 2, "direction", "larger than you thought"),
        ((0.10, 0.15, 0.01), -5, "wrong", "other way round"),
        ((0.10, 0.15, 0.01), 0, "wrong", "expected no difference"),
        ((0.15, 0.10, 0.01), -5, "right", "within the interval"),
        ((0.10, 0.11, 0.02), 2, "right", "no difference at all"),
        ((0.10, 0.11, 0.02), 10, "open", "stays open"),
    ],
)
def test_amounts_are_told_as_they_came_out(
    gap: Made, guess: float, mark: str, verdict: str
) -> None:
    chapter = _chapter("dashboard")  # told as B - A, in points
    told = tell(chapter, _result(chapter, illusion_gap=gap), guess)
    assert (told["mark"], verdict in told["verdict"]) == (mark, True)
    assert told["difference"] == pytest.approx(100 * (gap[1] - gap[0]))
    assert told["low"] == pytest.approx(100 * (gap[1] - gap[0] - gap[2]))
    assert told["low"] < told["high"]
    assert told["interval"].startswith("B − A: ")


def test_a_guess_is_said_as_it_was_meant() -> None:
    chapter = _chapter("dashboard")
    said = [tell(chapter, _result(chapter), guess)["guess"] for guess in (5, -5, 0)]
    assert said == [
        "You expected: The dashboard of B flatters by 5.0 points more than that of A.",
        "You expected: The dashboard of A flatters by 5.0 points more than that of B.",
        "You expected: no difference.",
    ]


def test_what_stands_beside_follows_the_numbers() -> None:
    chapter = _chapter("who_pays")
    given: dict[str, Any] = {
        "revenue": (9e3, 7e3, 10.0), "cost_concessions": (700.0, 900.0, 10.0),
        "cost_overtime_pay": (500.0, 501.0, 10.0), "retention": (math.nan, math.nan, 0.1),
    }  # fmt: skip
    assert tell(chapter, _result(chapter, **given))["because"] == [
        "Customers pay 9.00 k a week in A and 7.00 k in B.",
        "Making amends to customers costs 900 a week in B, 700 in A.",
        "Overtime pay a week: 500 in A, 501 in B; these runs cannot tell them apart.",
        "Customers kept a year: nothing is known of it from these runs.",
    ]


def test_one_pair_is_no_answer_yet() -> None:
    chapter = _chapter("who_pays")
    told = tell(chapter, _result(chapter, pairs=1, profit=MORE), "b")
    assert told["state"] == "early"
    assert "one pair may be luck" in told["answer"]
    assert (told["mark"], told["verdict"], told["low"]) == ("none", "", None)
    assert "no interval yet" in told["interval"]


def test_firms_that_are_the_same_are_called_the_same() -> None:
    chapter = _chapter("who_pays")
    told = tell(chapter, _result(chapter, profit=(5.0, 5.0, 0.0)), "neither")
    assert told["answer"] == "The two firms do not differ at all in this."
    assert told["mark"] == "right"


def test_no_result_and_a_failed_run_are_told() -> None:
    chapter = _chapter("who_pays")
    told = tell(chapter, {"measures": [], "failed": 3}, "a")
    assert told["state"] == "nothing"
    assert told["answer"].startswith("No pair")
    assert (told["mark"], told["interval"], told["difference"]) == ("none", "", None)
    assert told["failed"].startswith("3 runs failed and are")
    told = tell(chapter, {**_result(chapter, profit=MORE), "failed": 1}, "a")
    assert told["failed"].startswith("1 run failed and is")
    assert told["mark"] == "right"


@pytest.mark.parametrize(
    ("key", "guess"),
    [("who_pays", 3.0), ("who_pays", "c"), ("queue", "a"), ("queue", 2.5), ("queue", math.nan)],
)
def test_a_guess_of_another_kind_is_refused(key: str, guess: Any) -> None:
    chapter = _chapter(key)
    with pytest.raises(ScenarioError) as refused:
        tell(chapter, _result(chapter), guess)
    assert refused.value.problems[0].field == "guess"


def test_texts_name_no_winner() -> None:
    """Names of firms stand in what is asked and what differs, never in what came of it."""
    for chapter in story().chapters:
        for paragraph in chapter.text:
            for boast in ("keeps more", "earns more", "is better", "wins"):
                assert boast not in paragraph, chapter.key


def test_texts_mock_nobody_and_claim_no_more_than_is_run() -> None:
    said = files(PLACE).joinpath("story.toml").read_text("utf-8")
    for phrase in ("poster", "Many say", "In the end", "docs/"):
        assert phrase not in said


# --- over HTTP


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = create_app(Settings(tmp_path_factory.mktemp("data"), workers=1, warm=False))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


@pytest.mark.long
def test_a_run_is_told_over_http(client: TestClient) -> None:
    chapters = client.get("/api/story").json()["chapters"]
    assert [chapter["title"] for chapter in chapters] == [one.title for one in story().chapters]
    asked = {**chapters[1]["asked"], "years": 0.25, "replications": 2}
    job = client.post("/api/compare", json=asked)
    assert job.status_code == 200, job.text
    assert "state" in client.get(f"/api/jobs/{job.json()['id']}/events").text
    address = f"/api/story/2/told/{job.json()['id']}"
    told = client.get(address, params={"guess": 0.5}).json()
    assert told["pairs"] == 2
    assert "0.50 days" in told["guess"]
    for guess in ("much", "nan", 3, "a"):
        wrong = client.get(address, params={"guess": guess})
        assert wrong.status_code == 422
        assert wrong.json()["error"]["allowed"]


def test_what_is_not_there_is_told(client: TestClient) -> None:
    assert client.get("/api/story/9/told/x").status_code == 422
    missing = client.get("/api/story/1/told/x")
    assert missing.status_code == 404
    assert missing.json()["error"]["allowed"]
