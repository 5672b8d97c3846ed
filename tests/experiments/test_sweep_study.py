"""Sweeps of the real model: points against single comparisons, folders, the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

import experiments.runs
from experiments import compare
from experiments.disk import StoreError
from experiments.sweep import Sweep, sweep
from experiments.sweep.command import register
from simulation import Scenario, ScenarioError, resolve, simulate

YEARS = 0.3
PAIR = ["customer_first", "internal_customer"]

app = typer.Typer()
app.callback()(lambda: None)  # so that the command keeps its name
register(app)


def call(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["sweep", *arguments])


# --- with the real model


def test_a_point_of_a_sweep_is_a_comparison_with_the_same_override() -> None:
    vary = {"market.turbulence": (0.0, 0.15, 3)}
    result = sweep("small_firm", vary, PAIR, replications=2, seed=5, years=YEARS, workers=1)
    assert result.points["market.turbulence"].tolist() == [0.0, 0.075, 0.15]
    alone = compare(
        "small_firm", PAIR, 2, workers=1, seed=5, years=YEARS,
        overrides={"market.turbulence": 0.075},
    )  # fmt: skip
    there = result.table.query("point == 1").set_index("metric")
    here = alone.table.set_index("metric")
    columns = ["A", "B", "difference", "low", "high", "a_wins", "pairs"]
    pd.testing.assert_frame_equal(there[columns], here[columns], check_exact=True)
    assert set(result.runs.query("point == 1")["key"]) == set(alone.runs["key"])
    seeds = result.runs.groupby(["point", "regime"])["seed"].agg(list)
    assert all(found == [5, 6] for found in seeds)


def test_a_dial_is_moved_in_every_regime_and_other_overrides_stay() -> None:
    result = sweep(
        "small_firm", {"customer_priority": [0.2, 0.9]}, PAIR, 1, years=YEARS, workers=1,
        overrides={"h0": 0.02},
    )  # fmt: skip
    for priority in (0.2, 0.9):
        for regime in PAIR:
            moved = {"h0": 0.02, "customer_priority": priority}
            summary = simulate(resolve("small_firm", regime, moved, YEARS), seed=0).summary()
            rows = result.runs[result.runs["regime"] == regime]
            row = rows[rows["customer_priority"] == priority].iloc[0]
            assert row["lost"] == summary["lost"]
            assert row["profit"] == summary["profit"]


def test_a_failing_run_is_a_row_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails_once(scenario: Scenario, seed: int, events: str) -> Any:
        if seed == 1 and scenario.market.turbulence > 0 and scenario.regime.name == PAIR[0]:
            raise ZeroDivisionError("on purpose")
        return simulate(scenario, seed=seed, events=events)

    monkeypatch.setattr(experiments.runs, "simulate", fails_once)
    vary = {"market.turbulence": [0.0, 0.05]}
    result = sweep("small_firm", vary, PAIR, replications=3, years=YEARS, workers=1)
    failed = result.runs[result.runs["status"] == "failed"]
    assert result.failed == len(failed) == 1
    assert failed[["point", "seed", "error"]].to_numpy().tolist() == [
        [1, 1, "ZeroDivisionError: on purpose"]
    ]
    assert result.of("retention")["pairs"].tolist() == [3, 2]


def test_whole_numbers_of_a_real_key() -> None:
    key = "organisation.departments.it.seats"
    result = sweep("small_firm", {key: (1, 4)}, ["own"], 1, samples=4, years=YEARS, workers=1)
    assert sorted(result.points[key]) == [1, 2, 3, 4]


# --- in a folder

MIXED = {"offices.insight_program": ["continuous", 4], "market.turbulence": (0.0, 0.1, 2)}


def kept(folder: Path | None) -> Sweep:
    return sweep("small_firm", MIXED, PAIR, 2, years=YEARS, workers=1, folder=folder)


def assert_same(one: Sweep, other: Sweep) -> None:
    for table in ("points", "runs", "table"):
        a, b = getattr(one, table), getattr(other, table)
        pd.testing.assert_frame_equal(a, b, check_exact=True)
    assert one.finding == other.finding
    assert one.study.document() == other.study.document()


def test_a_sweep_read_from_its_folder_is_the_one_that_was_made(tmp_path: Path) -> None:
    made = kept(tmp_path / "out")
    loaded = Sweep.load(tmp_path / "out")
    assert_same(loaded, made)
    assert_same(loaded, kept(None))
    assert loaded.replications == 2
    assert loaded.points["offices.insight_program"].tolist() == ["continuous"] * 2 + ["4"] * 2


def test_a_hypercube_is_read_with_the_points_that_were_drawn(tmp_path: Path) -> None:
    vary = {"market.turbulence": (0.0, 0.1), "organisation.departments.it.seats": (1, 4)}
    options: dict[str, Any] = {"samples": 3, "years": YEARS, "workers": 1, "seed": 7}
    made = sweep("small_firm", vary, ["own"], 1, folder=tmp_path / "out", **options)
    assert_same(Sweep.load(tmp_path / "out"), made)
    assert Sweep.load(tmp_path / "out").design == "hypercube"


def test_an_interrupted_sweep_is_read_as_far_as_it_got(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = 0

    def stops_after(most: int) -> None:
        def simulated(*arguments: Any, **options: Any) -> Any:
            nonlocal made
            if made == most:
                raise KeyboardInterrupt
            made += 1
            return simulate(*arguments, **options)

        monkeypatch.setattr(experiments.runs, "simulate", simulated)
        with pytest.raises(KeyboardInterrupt):
            kept(tmp_path / "out")

    stops_after(7)  # of the 8 runs of the first replication
    with pytest.raises(ScenarioError, match="at least one replication finished at every point"):
        Sweep.load(tmp_path / "out")
    stops_after(10)
    part = Sweep.load(tmp_path / "out")
    assert part.replications == 1
    monkeypatch.undo()
    whole = kept(tmp_path / "out")
    first = whole.runs[whole.runs["replication"] == 0].reset_index(drop=True)
    pd.testing.assert_frame_equal(part.runs, first[part.runs.columns])
    assert set(part.table["pairs"]) == {1}
    assert_same(Sweep.load(tmp_path / "out"), whole)


def test_a_folder_without_a_sweep_or_its_points_is_told_apart(tmp_path: Path) -> None:
    compare("small_firm", PAIR, 1, workers=1, years=YEARS, folder=tmp_path / "pair")
    with pytest.raises(ScenarioError, match="given a compare, allowed a folder that `raison sweep"):
        Sweep.load(tmp_path / "pair")
    kept(tmp_path / "out")
    study = tmp_path / "out" / "study.toml"
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace("[asked.points]", "[asked.places]"), encoding="utf-8")
    with pytest.raises(StoreError, match=r"study\.toml does not say at which points"):
        Sweep.load(tmp_path / "out")


# --- the command


def test_a_sweep_leaves_a_folder_and_runs_nothing_twice(tmp_path: Path) -> None:
    out = tmp_path / "out"
    given = ["--vary", "market.turbulence=0:0.1:2", "--vary", "offices.cco=false,true"]
    options = ["--years", "0.3", "--replications", "2", "--workers", "1", "--out", str(out)]
    result = call("small_firm", *given, *options)
    assert result.exit_code == 0, result.output
    assert "of 16 runs" in result.stderr
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["finding"] in " ".join(result.stdout.split())
    runs, table = (pd.read_parquet(out / f"{name}.parquet") for name in ("runs", "table"))
    assert len(runs) == 16
    assert {*manifest["keys"]} == {"market.turbulence", "offices.cco"} <= {*runs} & {*table}
    assert (out / "figure.png").stat().st_size > 10_000
    assert "of 16 runs" not in call("small_firm", *given, *options).stderr
    other = call("small_firm", *given[:2], *options)
    assert other.exit_code == 2
    assert "--replace" in other.stderr


def test_json_is_all_there_is_on_standard_output(tmp_path: Path) -> None:
    options = ["--vary", "h0=0.005,0.015", "--years", "0.3", "--replications", "1"]
    out = ["--workers", "1", "--json", "--out", str(tmp_path / "out")]
    data = json.loads(call("small_firm", *options, "--regimes", "neutral", *out).stdout)
    assert [row["h0"] for row in data["points"]] == [0.005, 0.015]
    lost = {run["h0"]: run["lost"] for run in data["runs"]}
    assert lost[0.015] > lost[0.005]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["market.turbulance=0:1:3"], "market.turbulence"),
        (["market.turbulence=0:1:1"], "2 or more"),
        (["market.turbulence=0:1:2.5"], "whole"),
        (["market.turbulence=0.1:0.1:3"], "less than HIGH"),
        (["market.turbulence=0:much:3"], "a number"),
        (["market.turbulence=0:nan:3"], "numbers"),
        (["market.turbulence=0:0.1"], "KEY=LOW:HIGH:N"),
        (["market.turbulence=0.1"], "2 or more values"),
        (["market.turbulence=0.1,0.1"], "every value once"),
        (["market.turbulence=0.1,,0.2"], "between two commas"),
        (["market.turbulence"], "KEY=LOW:HIGH:N"),
        (["market.turbulence=0:2:3"], "given 2, allowed 0 to 1"),
        (["market.turbulence=0:0.1:3", "--vary", "market.turbulence=0,1"], "every key once"),
        (["h0=0.01,0.02", "--vary", "parameters.h0=0.01,0.02"], "every key once"),
        (["h0=0.01,0.02", "--set", "parameters.h0=0.01"], "every key once"),
        (["dispute_hours=1,2"], "parameters.dispute_hours"),
        (["horizon_years=1,2"], "--years"),
        (["market.turbulence=0:0.1:3", "--samples", "5"], "--samples"),
        (["market.turbulence=0:0.1", "--samples", "1"], "2 or more"),
        (["h0=0.01:0.02:300", "--vary", "market.turbulence=0:0.1:300"], "720,000 runs"),
        (["organisation.departments.it.seats=1:3:4"], "at most 3 steps"),
        (["h0=0.01,0.02", "--regimes", "custmer_first"], "customer_first"),
        (["h0=0.01,0.02", "--regimes", "neutral,neutral"], "twice"),
        (["h0=0.01,0.02", "--replications", "0"], "replications"),
        (["h0=0.01,0.02", "--workers", "0"], "workers"),
        (["h0=0.01,0.02", "--seed=-1"], "seed"),
    ],
)
def test_wrong_input_is_refused_before_anything_runs(
    arguments: list[str], said: str, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    result = call("small_firm", "--years", "0.3", "--vary", *arguments, "--out", str(out))
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert not out.exists()
