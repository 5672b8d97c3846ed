"""The commands about scenarios: lists, new files, the schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from experiments.scenario_commands import register
from simulation.dials import DIALS
from simulation.io import shipped
from simulation.parameters import PARAMETERS
from simulation.scenario import Scenario
from simulation.scenario_events import KINDS

app = typer.Typer()
register(app)
runner = CliRunner()


def output(*arguments: str) -> str:
    result = runner.invoke(app, [*arguments])
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    return result.stdout


def test_scenarios_are_listed_with_a_line_each() -> None:
    assert {"services_firm", "small_firm"} <= {
        line.split()[0] for line in output("scenarios").splitlines()
    }
    found = json.loads(output("scenarios", "--json"))
    assert {entry["name"]: entry["describes"] for entry in found} == {
        name: Scenario.load(name).describes for name in shipped("scenario")
    }


def test_regimes_are_listed_with_their_dials() -> None:
    text = output("regimes")
    for name in (*shipped("regime"), *DIALS):
        assert name in text
    found = json.loads(output("regimes", "--json"))
    assert [dial["name"] for dial in found["dials"]] == list(DIALS)
    care = {regime["name"]: regime["care"] for regime in found["regimes"]}
    assert care["employees_first"] == 0.95


@pytest.mark.parametrize("like", shipped("scenario"))
def test_a_new_file_is_complete_and_means_the_same(like: str, tmp_path: Path) -> None:
    path = tmp_path / "my firm.yaml"
    output("new", str(path), "--like", like)
    text = path.read_text()
    assert "extends" not in text
    assert all(f"  {name}: " in text for name in PARAMETERS)
    assert all(f"#   {kind}" in text for kind in KINDS)
    assert Scenario.load(path) == Scenario.load(like)
    assert Scenario.load(path).name == "my firm"
    assert json.loads(output("validate", str(path), "--json"))["valid"] is True


def test_a_new_file_keeps_everything_a_scenario_can_say(tmp_path: Path) -> None:
    changes: dict[str, object] = {
        "h0": 0.01,
        "regime.departments.it.care": 0.9,
        "regime.serves.it.sales.colleague_as_customer": 0.4,
        "organisation.departments.it.hours.customer": 1.25,
    }
    start = Scenario.load("small_firm").replace(changes).model_dump(mode="json")
    start["name"], start["describes"] = "odd", "No: really? #1 [x] {y} 'z' \"w\" \\"
    start["regime"]["schedule"] = [{"week": 4, "over_weeks": 8, "regime": "with_care"}]
    start["policies"] = {"marketing": 0.25, "hire_for_willingness": 1.0}
    start["offices"]["cco"] = True
    start["events"] = [
        {"week": 52, "cut": "it", "share": 0.3},
        {"week": 60, "need_shift": "private", "size": 0.5},
        {"week": 60, "need_shift": "business", "size": 0.5, "direction": 90.0},
        {"week": 70, "price_war": 0.2, "weeks": 13},
        {"week": 80, "merger": ["finance", "legal"]},
        {"week": 90, "regime": "with_care", "over_weeks": 8},
    ]
    start["uncertain"] = {"h0": [0.006, 0.01], "market.turbulence": [0.01, 0.05]}
    odd = Scenario.from_mapping(start)
    first, second = tmp_path / "first.yaml", tmp_path / "second.yaml"
    first.write_text(json.dumps(odd.model_dump(mode="json")))
    output("new", str(second), "--like", str(first))
    found = Scenario.load(second)
    assert found == odd
    assert found.describes == odd.describes
    assert found.uncertain == odd.uncertain
    assert found.policies == odd.policies
    assert found.events == odd.events


def test_a_file_that_exists_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("mine")
    result = runner.invoke(app, ["new", str(path)])
    assert result.exit_code == 2
    assert f"{path}: given a file that exists" in result.stderr
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["new", "x.txt"], "x.txt: given another ending"),
        (["new", "no/such/folder/x.yaml"], "a path that cannot be written"),
        (["new", "x.yaml", "--like", "smal_firm"], "did you mean 'small_firm'?"),
    ],
)
def test_a_wrong_new_writes_nothing(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = runner.invoke(app, arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""
    assert not list(tmp_path.iterdir())


def test_validate_tells_machines_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text("extends: small_firm\nmarket:\n  turbulance: 1\n")
    result = runner.invoke(app, ["validate", str(path), "--json"])
    assert result.exit_code == 2
    assert json.loads(result.stdout) == {
        "valid": False,
        "problems": [
            {
                "file": str(path),
                "line": 3,
                "field": "market.turbulance",
                "given": "'turbulance'",
                "allowed": "customers, active_at_start, turbulence or segments",
                "nearest": "turbulence",
            }
        ],
    }


def test_the_schema_speaks_of_files() -> None:
    schema: dict[str, Any] = json.loads(output("schema"))
    assert schema == json.loads(output("schema", "--json"))
    assert "extends" in schema["properties"]
    assert set(schema["properties"]["parameters"]["properties"]) == set(PARAMETERS)
    turbulence = schema["$defs"]["Market"]["properties"]["turbulence"]
    assert (turbulence["minimum"], turbulence["maximum"]) == (0, 1)
    seats = schema["$defs"]["Department"]["properties"]["seats"]
    assert (seats["minimum"], seats["maximum"]) == (1, 20_000)
    assert {option.get("type") for option in schema["properties"]["regime"]["anyOf"]} == {
        "string",
        None,
    }
