"""`raison new FILE --ask`: at a terminal, over a pipe, and when it is left before the end."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner, Result

from experiments import compare
from experiments.interview import scenario_from_answers
from experiments.interview.questions import QUESTIONS
from experiments.interview.terminal import interview
from experiments.scenario_commands import register
from simulation import Scenario

app = typer.Typer()
register(app)
runner = CliRunner()

# Without distributors and groups the questions `voice` and `focus` do not come up.
ASKED = [question.key for question in QUESTIONS if question.key not in ("voice", "focus")]
ANSWERS = {
    "departments": "counter 6, bakers 9, office 2",
    "kinds": "front: counter; offer: bakers",
    "customers": "900 of 4000",
    "needs": "weekly",
    "leaving": "?",
    "bonus": "50/30/20",
    "settles": "the customer",
}
PAGE = (Path(__file__).parents[2] / "docs" / "your-firm.md").read_text(encoding="utf-8")
(PRINTED,) = re.findall(r"```text\n(departments: .*?)```", PAGE, re.DOTALL)


def ask(path: Path, said: dict[str, str], *more: str) -> Result:
    lines = [said.get(key, "") for key in ASKED]
    return runner.invoke(app, ["new", str(path), "--ask", *more], input="\n".join(lines) + "\n")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "our bakery.yaml"


def test_an_interview_over_a_pipe_writes_what_the_answers_mean(path: Path) -> None:
    result = ask(path, ANSWERS)
    assert result.exit_code == 0, result.output
    for question in QUESTIONS:
        plain = " ".join(result.stdout.split())
        assert (" ".join(question.text.split()) in plain) == (question.key in ASKED)
    scenario = Scenario.load(path)
    expected = scenario_from_answers({**dict.fromkeys(ASKED, ""), **ANSWERS}, "our bakery")
    assert scenario == expected
    assert scenario.uncertain == expected.uncertain
    assert scenario.name == "our bakery"
    assert "# bonus: 50/30/20" in path.read_text()
    assert "raison compare '" in result.stdout
    assert "--regimes own,customer_first" in result.stdout


def test_the_next_command_that_is_offered_works(path: Path) -> None:
    ask(path, ANSWERS)
    result = compare(path, ["own", "customer_first"], replications=1, workers=1, years=0.25)
    assert result.regimes == ("own", "customer_first")
    assert result.failed == 0


class Keyboard(io.StringIO):
    """Lines that somebody types at a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_wrong_answer_at_a_terminal_is_told_and_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = [ANSWERS.get(key, "") for key in ASKED]
    lines.insert(ASKED.index("bonus"), "50/30")
    monkeypatch.setattr(sys, "stdin", Keyboard("\n".join(lines) + "\n"))
    shown = io.StringIO()
    draft, answers = interview(Console(file=shown, width=200))
    assert "given '50/30', allowed three shares that add up to 100" in shown.getvalue()
    assert answers["bonus"] == "50/30/20"
    assert draft.dials["customer_metric"] == 0.5


def test_a_wrong_answer_over_a_pipe_ends_it_and_writes_nothing(path: Path) -> None:
    result = ask(path, {**ANSWERS, "bonus": "50/30"})
    assert result.exit_code == 2
    assert result.stderr == (
        "bonus: given '50/30', allowed three shares that add up to 100, such as 20/60/20\n"
    )
    asked = {question.key: question.text for question in QUESTIONS}
    said = " ".join(result.stdout.split())
    assert asked["bonus"] in said
    assert asked["listening"] not in said
    assert not path.exists()


def test_the_name_of_its_question_may_stand_before_an_answer(path: Path) -> None:
    named = {key: f"{key}: {ANSWERS.get(key, '')}" for key in ASKED}
    assert ask(path, named).exit_code == 0
    bare = path.with_name("bare.yaml")
    ask(bare, ANSWERS)
    # Also the answers at the top of the file are without it, or it would stand there twice.
    assert path.read_text() == bare.read_text().replace("name: bare", 'name: "our bakery"')


def test_the_answers_on_the_page_can_be_piped_as_printed(tmp_path: Path) -> None:
    path = tmp_path / "nordheat.yaml"
    result = runner.invoke(app, ["new", str(path), "--ask"], input=PRINTED)
    assert result.exit_code == 0, result.output
    answers = dict(line.split(": ", 1) for line in PRINTED.splitlines())
    assert Scenario.load(path) == scenario_from_answers(answers, "nordheat")
    text = path.read_text()
    assert "null" not in text
    assert "    - {name: it, kind: service, seats: 4, wage_per_week: 1474.42, hours: {int" in text


def test_an_input_that_ends_early_writes_nothing(path: Path) -> None:
    result = runner.invoke(app, ["new", str(path), "--ask"], input="counter 6\n\n\n")
    assert result.exit_code == 2
    assert result.stderr.startswith("asks: given the end of the input before the last question")
    assert not path.exists()


def test_ctrl_c_writes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(Console, "input", interrupt)
    result = runner.invoke(app, ["new", str(path), "--ask"])
    assert result.exit_code == 130
    assert "nothing was written" in result.stderr
    assert not path.exists()


@pytest.mark.parametrize(
    ("name", "more", "words"),
    [
        ("there.yaml", (), "a file that exists"),
        ("ours.txt", (), "a name ending in .yaml"),
        ("no/folder/ours.yaml", (), "a folder that is not there"),
        ("ours.yaml", ("--like", "small_firm"), "given --like as well"),
    ],
)
def test_a_wrong_file_is_refused_before_the_first_question(
    name: str, more: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    (tmp_path / "there.yaml").write_text("mine")
    result = ask(tmp_path / name, ANSWERS, *more)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""
    assert [entry.name for entry in tmp_path.iterdir()] == ["there.yaml"]
    assert (tmp_path / "there.yaml").read_text() == "mine"


def test_machines_get_json_and_nothing_else_on_standard_output(path: Path) -> None:
    result = ask(path, ANSWERS, "--json")
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    assert data["file"] == str(path)
    assert list(data["answers"]) == ASKED
    assert data["answers"]["leaving"] == "?"
    assert data["answers"]["pay"] == "1300 a week"
    assert data["nearest"] in ("neutral", "customer_first")
    assert "Which departments" in result.stderr


def test_an_answer_cannot_break_the_file(path: Path) -> None:
    result = ask(path, {**ANSWERS, "departments": "counter\x07 6, bakers\x1b 9, #office: 2"})
    assert result.exit_code == 0, result.output
    assert {d.name for d in Scenario.load(path).organisation.departments} == {
        *("counter", "bakers", "office")
    }
