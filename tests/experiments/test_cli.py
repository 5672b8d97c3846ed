"""The command line: exit codes, JSON, and folders that are whole or not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import experiments.cli
import experiments.runs
from experiments.cli import app
from experiments.options import parse_sets
from experiments.result_folder import OUTPUTS, PICTURES
from experiments.show import sparkline
from simulation import ScenarioError

SMALL = ["small_firm", "--years", "0.3"]
PAIR = [*SMALL, "--replications", "2", "--workers", "1"]


def call(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


def test_compare_prints_the_finding_and_leaves_a_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = call("compare", *PAIR, "--out", str(out))
    assert result.exit_code == 0, result.output
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["finding"] in " ".join(result.stdout.split())
    assert "customers kept a year" in result.stdout
    assert "2 of 4 runs" in result.stderr
    for picture in PICTURES.values():
        assert (out / f"{picture}.png").stat().st_size > 10_000
        assert f"{picture}.png" in result.stdout


def test_seven_regimes_fit_the_width_of_a_page() -> None:
    regimes = ["customer_first", "internal_customer", "distributor_first", "manager_pleasing"]
    many = [*regimes, "engine_room", "employees_first", "with_care"]
    result = call("compare", *PAIR, "--regimes", ",".join(many))
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 120
    rows = [line for line in lines if line.startswith("customers kept a year")]
    assert len(rows) == 1
    assert rows[0].count("±") == len(many) - 1


def test_json_is_all_there_is_on_standard_output() -> None:
    result = call("compare", *PAIR, "--json")
    data = json.loads(result.stdout)
    assert data["regimes"] == ["customer_first", "internal_customer"]
    row = next(row for row in data["table"] if row["metric"] == "retention")
    assert row["low"] <= row["difference"] <= row["high"]
    assert [run["seed"] for run in data["runs"]] == [0, 0, 1, 1]


def test_run_prints_and_saves(tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ["--regime", "internal_customer", "--seed", "3", "--csv"]
    result = call("run", *SMALL, *arguments, "--out", str(out))
    assert result.exit_code == 0, result.output
    assert "internal_customer" in result.stdout
    assert "█" in result.stdout
    series = pd.read_parquet(out / "series.parquet")
    assert set(series["seed"]) == {3}
    assert (out / "customers.csv").exists()


def test_run_prints_what_happens_and_can_be_saved_again(tmp_path: Path) -> None:
    path = tmp_path / "cut.yaml"
    path.write_text("extends: small_firm\nevents:\n  - {week: 5, cut: it, share: 0.5}\n")
    for _ in range(2):
        result = call("run", str(path), "--years", "0.3", "--out", str(tmp_path / "out"))
        assert result.exit_code == 0, result.output
    assert "▼ week 5: it cut by 50 %" in result.stdout
    assert "distance of the offer from the need" in result.stdout


def test_run_as_json() -> None:
    data = json.loads(call("run", *SMALL, "--json").stdout)
    assert data["scenario"] == "small_firm"
    assert 0 < data["summary"]["retention"] < 1


def test_set_changes_the_firm() -> None:
    plain = json.loads(call("run", *SMALL, "--json").stdout)
    changed = json.loads(call("run", *SMALL, "--json", "--set", "h0=0.05").stdout)
    assert changed["summary"]["lost"] > plain["summary"]["lost"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["compare", "smal_firm"], "small_firm"),
        (["compare", *SMALL, "--regimes", "custmer_first,neutral"], "customer_first"),
        (["compare", *SMALL, "--regimes", "neutral"], "two or more"),
        (["compare", *SMALL, "--replications", "0"], "replications"),
        (["compare", *SMALL, "--workers", "0"], "workers"),
        (["compare", *SMALL, "--seed=-1"], "seed"),
        (["compare", *SMALL, "--set", "market.turbulance=1"], "market.turbulence"),
        (["compare", *SMALL, "--set", "h0"], "KEY=VALUE"),
        (["compare", "small_firm", "--years", "0"], "horizon_years"),
        (["run", *SMALL, "--set", "h0=fast"], "h0"),
        (["run", *SMALL, "--regime", "nobody_first"], "customer_first"),
        (["run", *SMALL, "--out", "/dev/null/x"], "--out"),
        (["run", *SMALL, "--seed=-1"], "seed"),
    ],
)
def test_wrong_input_is_refused_in_one_message(arguments: list[str], said: str) -> None:
    result = call(*arguments)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""


def test_a_folder_with_other_things_in_it_is_refused_before_anything_runs(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("mine")
    result = call("compare", *PAIR, "--out", str(tmp_path))
    assert result.exit_code == 2
    assert "thesis.docx" in result.stderr
    assert "runs" not in result.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.docx"]


def test_failed_runs_give_exit_code_1_and_no_half_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise MemoryError("on purpose")

    monkeypatch.setattr(experiments.runs, "simulate", fails)
    monkeypatch.setattr(experiments.cli, "simulate", fails)
    for command in (["run", *SMALL], ["compare", *PAIR]):
        result = call(*command, "--out", str(tmp_path / "out"))
        assert result.exit_code == 1, result.output
        assert "MemoryError: on purpose" in result.stderr
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert "study.toml" in written  # which says what failed, and waits for --retry
    assert not written & {*OUTPUTS}


def test_values_of_set_are_yaml() -> None:
    assert parse_sets(["a=3", "b.c=0.5", "d=true", "e=calm", "f=x=y"]) == {
        "a": 3,
        "b.c": 0.5,
        "d": True,
        "e": "calm",
        "f": "x=y",
    }
    with pytest.raises(ScenarioError, match="YAML"):
        parse_sets(["a=[1"])


def test_sparkline_runs_from_least_to_greatest() -> None:
    values = np.arange(8.0)
    assert sparkline(values) == "▁▂▃▄▅▆▇█"
    assert sparkline(values * 0 + 5) == "▄" * 8
    assert sparkline(np.array([np.nan, 1, 2])) == " ▁█"
