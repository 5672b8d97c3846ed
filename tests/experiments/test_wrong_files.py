"""Wrong files: each is refused with one message that says where, what, and what would be right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer
from ruamel.yaml import YAML
from typer.testing import CliRunner, Result

from experiments.scenario_commands import register

app = typer.Typer()
register(app)
runner = CliRunner()

# A whole firm in 26 lines, right in every one of them.
GOOD = """\
name: corner_shop
describes: Two departments and a boss.
horizon_years: 2
regime: customer_first
market:
  customers: 100
  active_at_start: 40
  turbulence: 0.03
  segments:
    - {name: near, share: 0.6, needs: [0.1, 0], margin_per_week: 10}
    - {name: far, share: 0.4, needs: [0, 0.2], margin_per_week: 20}
organisation:
  departments:
    - {name: counter, kind: front, seats: 3, wage_per_week: 500}
    - {name: stock, kind: service, seats: 2, wage_per_week: 400}
    - {name: boss, kind: management, seats: 1, wage_per_week: 900}
  serves:
    - {supplier: stock, requester: counter, essential_per_head_week: 0.5}
  reports_to:
    - {department: counter, to: boss}
    - {department: stock, to: boss}
  touches: [{source: counter, segment: near}]
  informs: [{source: counter, target: stock}]
routes:
  need: [{path: [counter], share: 0.5}, {path: [counter, stock], share: 0.5}]
distributors: {count: 0, share: 0}
"""


WRONG: list[dict[str, Any]] = [
    *YAML(typ="safe").load(Path(__file__).with_name("wrong_files.yaml")),
    {
        "why": "more digits than Python reads",
        "old": "100",
        "new": "9" * 5000,
        "line": 6,
        "field": "market.customers",
        "given": "'999",
        "allowed": "a number of usual length",
    },
    {
        "why": "more digits than a float has",
        "old": "100",
        "new": "9" * 900,
        "line": 6,
        "field": "market.customers",
        "given": "a number of hundreds of digits",
        "allowed": "a whole number",
    },
    {
        "why": "deep",
        "new": f"parameters: {'[' * 3000}{']' * 3000}",
        "given": "values nested too deep",
        "allowed": "40 levels at most",
    },
]


def check(result: Result, folder: Path, before: set[str]) -> str:
    """Hold what is true of every refusal, and return its message."""
    assert result.exit_code == 2, result.output
    assert isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    assert result.stdout == ""
    assert {path.name for path in folder.iterdir()} == before
    return result.stderr.strip()


def test_the_good_file_is_fine(tmp_path: Path) -> None:
    path = tmp_path / "good.yaml"
    path.write_text(GOOD)
    result = runner.invoke(app, ["validate", str(path)])
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    assert "corner_shop" in result.stdout


@pytest.mark.parametrize("wrong", WRONG, ids=[wrong["why"] for wrong in WRONG])
def test_a_wrong_value_is_refused_with_its_place(
    wrong: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = wrong.get("old", "")
    assert old in GOOD
    text = GOOD.replace(old, wrong["new"], 1) if old else f"{GOOD}{wrong['new']}\n"
    monkeypatch.chdir(tmp_path)
    Path("wrong.yaml").write_text(text)
    result = runner.invoke(app, ["validate", "wrong.yaml"])
    message = check(result, tmp_path, {"wrong.yaml"})
    assert "\n" not in message
    place = f"wrong.yaml:{wrong['line']}" if "line" in wrong else "wrong.yaml"
    field = f"{wrong['field']}: " if "field" in wrong else ""
    assert message.startswith(f"{place}: {field}given {wrong['given']}")
    allowed = message.split(", allowed ", 1)[1]
    assert wrong["allowed"] in allowed
    hint = f"; did you mean '{wrong.get('nearest')}'?"
    assert allowed.endswith(hint) if "nearest" in wrong else "did you mean" not in allowed
    assert len(message) < 500


@pytest.mark.parametrize(
    ("why", "content", "line", "given"),
    [
        ("empty", b"", "", "an empty file"),
        ("only a comment", b"# later\n", "", "an empty file"),
        ("a list", b"# firms\n- a\n- b\n", ":2", "a list of 2"),
        ("a word", b"services_firm\n", ":1", "'services_firm'"),
        ("not UTF-8", GOOD.encode() + b"# caf\xe9\n", ":27", "byte 0xe9"),
        ("a picture", b"\x89PNG\r\n\x1a\n\x00\x00", ":1", "byte 0x89"),
        ("zeros", b"\x00" * 100, ":1", "a character that is not text"),
        ("too big", b"# " + b"x" * 1_000_000, "", "a file of over 1 MB"),
    ],
)  # fmt: skip
def test_bytes_that_are_no_scenario_are_refused(
    why: str, content: bytes, line: str, given: str, tmp_path: Path
) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_bytes(content)
    message = check(runner.invoke(app, ["validate", str(path)]), tmp_path, {"wrong.yaml"})
    assert message.startswith(f"{path}{line}: given {given}, allowed "), why
    assert "\n" not in message


def test_laughs_do_not_multiply(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    path = tmp_path / "laughs.yaml"
    path.write_text("\n".join(lines))
    message = check(runner.invoke(app, ["validate", str(path)]), tmp_path, {"laughs.yaml"})
    assert message == f"{path}:1: a0: given the anchor &a0, allowed values written out"


def test_a_circle_of_files_is_told_where_it_closes(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("extends: b.yaml\n")
    (tmp_path / "b.yaml").write_text("name: b\nextends: a.yaml\n")
    result = runner.invoke(app, ["validate", str(tmp_path / "a.yaml")])
    message = check(result, tmp_path, {"a.yaml", "b.yaml"})
    assert message.startswith(f"{tmp_path / 'b.yaml'}:2: extends: given 'a.yaml'")


def test_a_fault_is_told_of_the_file_it_stands_in(tmp_path: Path) -> None:
    (tmp_path / "below.yaml").write_text("extends: small_firm\nmarket:\n  turbulence: 2\n")
    (tmp_path / "above.yaml").write_text("extends: below.yaml\nmarket: {customers: 1000}\n")
    result = runner.invoke(app, ["validate", str(tmp_path / "above.yaml")])
    message = check(result, tmp_path, {"above.yaml", "below.yaml"})
    assert message == f"{tmp_path / 'below.yaml'}:3: market.turbulence: given 2, allowed 0 to 1"


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(GOOD.replace("0.03", "3").replace("kind: front", "kind: back"))
    message = check(runner.invoke(app, ["validate", str(path)]), tmp_path, {"wrong.yaml"})
    assert [line.removeprefix(f"{path}:").split(":")[0] for line in message.split("\n")] == [
        "8",
        "14",
    ]


@pytest.mark.parametrize(
    ("asked", "given", "nearest"),
    [
        ("smal_firm", "a scenario that is not there", "small_firm"),
        ("small_firm.yaml", "a scenario that is not there", "small_firm"),
        ("nothing_like_it", "a scenario that is not there", None),
        (".", "a folder", None),
        ("x\x00y", "a scenario that is not there", None),
        ("a" * 5000, "a file that cannot be read", None),
        ("", "a folder", None),
    ],
)
def test_files_that_cannot_be_read_are_refused(
    asked: str, given: str, nearest: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    message = check(runner.invoke(app, ["validate", asked]), tmp_path, set())
    assert f"given {given}" in message
    assert ("did you mean" in message) == (nearest is not None)
    assert nearest is None or message.endswith(f"did you mean '{nearest}'?")
