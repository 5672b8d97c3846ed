"""Sweeps: designs against known answers, points against single comparisons, sentences, folders."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import typer
from scipy import stats
from typer.testing import CliRunner

import experiments.runs
from experiments import compare
from experiments.disk import StoreError
from experiments.runs import MemoryRuns
from experiments.study import Study
from experiments.sweep import Sweep, sweep
from experiments.sweep.command import register
from experiments.sweep.design import (
    Span,
    as_table,
    axes_of,
    grid,
    hypercube,
    parse_vary,
    size_of_grid,
)
from experiments.sweep.drivers import as_numbers, drivers, rank_correlation
from experiments.sweep.finding import count_signs, crossings
from simulation import Scenario, ScenarioError, resolve, simulate

YEARS = 0.3
PAIR = ["customer_first", "internal_customer"]

app = typer.Typer()
app.callback()(lambda: None)  # so that the command keeps its name
register(app)


def call(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["sweep", *arguments])


def fake(
    points: Mapping[str, Sequence[Any]],
    runs: Mapping[str, Mapping[str, Sequence[Sequence[float]]]],
    samples: int | None = None,
) -> Sweep:
    """A sweep of made-up runs: by regime and metric, values by point and replication."""
    replications = len(next(iter(next(iter(runs.values())).values()))[0])
    rows = [
        {
            "key": "key", "point": p, "regime": regime, "replication": r, "seed": r,
            "status": "ok", "error": "", **{name: at[p][r] for name, at in metrics.items()},
        }
        for p in range(len(next(iter(points.values()))))
        for regime, metrics in runs.items()
        for r in range(replications)
    ]  # fmt: skip

    class Made(Sweep):
        outcomes = pd.DataFrame(rows)

    study = Study("sweep", "fake", tuple(runs), {}, 0, replications, asked={"samples": samples})
    return Made(study, pd.DataFrame(points).rename_axis("point"), MemoryRuns(), replications)


# --- what is to be varied


def test_options_are_ranges_and_lists() -> None:
    texts = ["market.turbulence=0:0.1:5", "h0 = 1e-3:2e-2", "offices.cco=true, false"]
    assert parse_vary([*texts, "offices.insight_program=continuous,4"]) == {
        "market.turbulence": (0.0, 0.1, 5),
        "h0": (0.001, 0.02),
        "offices.cco": [True, False],
        "offices.insight_program": ["continuous", 4],
    }


def test_a_grid_has_every_combination_and_the_last_key_is_the_fastest() -> None:
    axes = axes_of({"a": (0.0, 0.3, 4), "b": ["x", "y"]}, None)
    assert size_of_grid(axes) == 8
    found = [tuple(point.values()) for point in grid(axes)]
    assert found == [(a, b) for a in (0.0, 0.1, 0.2, 0.3) for b in ("x", "y")]


def test_whole_numbers_are_rounded_and_no_point_is_lost() -> None:
    axes = axes_of({"seats": (2, 11, 4)}, None)
    assert [point["seats"] for point in grid(axes, ["seats"])] == [2, 5, 8, 11]
    with pytest.raises(ScenarioError, match="given 1:4:5, allowed at most 4 steps"):
        grid(axes_of({"seats": (1, 4, 5)}, None), ["seats"])


def test_every_stratum_of_a_hypercube_has_one_point() -> None:
    n = 40
    points = as_table(hypercube({"a": Span(2.0, 6.0), "b": Span(-1.0, 1.0)}, n, seed=3))
    for column, (low, high) in {"a": (2, 6), "b": (-1, 1)}.items():
        strata = np.floor((points[column] - low) / (high - low) * n)
        assert sorted(strata) == list(range(n))
    again = as_table(hypercube({"a": Span(2.0, 6.0), "b": Span(-1.0, 1.0)}, n, seed=3))
    pd.testing.assert_frame_equal(points, again)


def test_values_of_a_list_and_whole_numbers_are_drawn_evenly() -> None:
    axes = {"a": ("x", "y", "z"), "n": Span(1, 4), "h": Span(0.0, 1.0)}
    points = as_table(hypercube(axes, 12, seed=0, whole=["n"]))
    assert points["a"].value_counts().to_dict() == {"x": 4, "y": 4, "z": 4}
    assert points["n"].value_counts().to_dict() == {1: 3, 2: 3, 3: 3, 4: 3}


def test_mixed_values_become_text_and_others_stay_what_they_are() -> None:
    table = as_table([{"a": "continuous", "b": True, "c": 1}, {"a": 4, "b": False, "c": 2.5}])
    assert table["a"].tolist() == ["continuous", "4"]
    assert table["b"].tolist() == [True, False]
    assert table["c"].tolist() == [1, 2.5]


# --- what a result goes with


def test_rank_correlation_and_its_interval() -> None:
    x, y = np.arange(10.0), np.array([1.0, 3, 2, 5, 4, 7, 6, 9, 8, 0])
    rho, low, high = rank_correlation(x, y)
    # squares of the rank differences: 1 + 4 + 4 + 4 + 4 + 81 = 98
    assert rho == pytest.approx(1 - 6 * 98 / (10 * 99))
    half = 1.959964 * math.sqrt((1 + rho**2 / 2) / 7)
    ends = np.arctanh(rho) + np.array([-half, half])
    assert np.arctanh([low, high]) == pytest.approx(ends, rel=1e-6)
    assert math.isnan(rank_correlation(x[:9], y[:9])[1])


def test_the_interval_of_a_rank_correlation_covers_the_truth() -> None:
    rng = np.random.default_rng(1)
    truth = 6 / math.pi * math.asin(0.5 / 2)  # Spearman of a normal pair with correlation 0.5
    inside = 0
    for _ in range(400):
        x = rng.standard_normal(60)
        y = 0.5 * x + math.sqrt(0.75) * rng.standard_normal(60)
        _, low, high = rank_correlation(x, y)
        inside += low <= truth <= high
    assert stats.binomtest(inside, 400, 0.95).pvalue > 0.001


def test_drivers_find_the_key_that_matters_and_clear_no_other() -> None:
    rng = np.random.default_rng(0)
    points = pd.DataFrame({"a": rng.random(80), "b": rng.random(80), "c": ["u", "v"] * 40})
    result = -3 * points["a"].to_numpy() + 0.1 * rng.standard_normal(80)
    found = drivers(points, result)
    assert [driver.name for driver in found if driver.is_clear] == ["a"]
    assert found[0].rho < -0.9
    assert {driver.name for driver in found} == {"a", "b", "c = v"}


def test_names_become_columns_of_their_own() -> None:
    numbers = as_numbers(pd.DataFrame({"k": ["x", "y", "z"], "t": [True, False, True]}))
    assert numbers.to_dict("list") == {
        "k = x": [1, 0, 0], "k = y": [0, 1, 0], "k = z": [0, 0, 1], "t": [1, 0, 1],
    }  # fmt: skip


# --- the sentence


def _gaps(gaps: Sequence[float]) -> Sweep:
    """Two firms over turbulence 0, 1, 2 ..., whose retention differs by about so much."""
    noise = np.array([-0.001, 0.0, 0.001])
    a = [[0.8 + gap + e for e in noise] for gap in gaps]
    b = [[0.8, 0.8, 0.8] for _ in gaps]
    points = {"market.turbulence": [float(i) for i in range(len(gaps))]}
    return fake(points, {"a": {"retention": a}, "b": {"retention": b}})


def test_points_are_counted_by_clear_signs_and_the_turn_is_between_clear_ones() -> None:
    result = _gaps([0.05, 0.03, 0.0005, -0.02])
    assert count_signs(result.of("retention")) == (2, 1, 1)
    assert result.finding == (
        "Over 4 points a keeps more customers a year than b at 2 of 4, fewer at 1, unclear at 1, "
        "turning between market.turbulence 1 and 3 (95 % intervals, each point by itself)"
    )


def test_nothing_clear_is_said_to_be_so() -> None:
    assert _gaps([0.0005, -0.0005]).finding == (
        "Over 2 points there is no clear difference in customers kept at any "
        "(95 % intervals, each point by itself)"
    )


def test_crossings_follow_the_order_of_the_key_and_not_of_the_points() -> None:
    column, signs = pd.Series([3.0, 1.0, 2.0, 4.0]), pd.Series([1, 1, -1, 1])
    assert crossings(column, signs) == [(1.0, 2.0), (2.0, 3.0)]


def test_several_regimes_are_each_counted_against_the_first() -> None:
    a, b, c = ([[x, x + 0.001]] * 2 for x in (0.82, 0.80, 0.82))
    result = fake({"k": [0.0, 1.0]}, {n: {"retention": v} for n, v in zip("abc", (a, b, c))})
    assert result.finding == (
        "Over 2 points a keeps more customers a year than b at all 2; it shows no clear difference "
        "in customers kept from c at any (95 % intervals, each point by itself)"
    )


def test_one_regime_is_told_by_its_levels() -> None:
    result = fake({"k": [0.0, 1.0]}, {"a": {"retention": [[0.8, 0.9], [0.7, 0.7]]}})
    assert result.finding == (
        "a over 2 points: customers kept a year from 70.0 % (k 1) to 85.0 % (k 0) (means of 2 runs)"
    )
    row = result.table.iloc[0]
    half = 12.7062 * math.sqrt(0.005) / math.sqrt(2)  # t(0.975, 1) times the standard error
    assert row["mean"] == pytest.approx(0.85)
    assert row["high"] - row["low"] == pytest.approx(2 * half, rel=1e-5)


# --- the picture


@pytest.mark.parametrize("regimes", ["a", "ab", "abc"])
@pytest.mark.parametrize(
    ("points", "samples", "panels"),
    [
        ({"k": [0.0, 1.0, 2.0, 3.0]}, None, {1: 2, 2: 2, 3: 2}),
        ({"k": ["x", "y", "z", "u"]}, None, {1: 2, 2: 2, 3: 2}),
        # a map and its scale for each measure, or for each measure and second regime
        ({"k": [0, 0, 1, 1], "t": [False, True] * 2}, None, {1: 4, 2: 4, 3: 8}),
        # bars and a scatter for each measure
        ({"k": [0.1, 0.7, 0.4, 0.9], "t": [True, False] * 2}, 4, {1: 4, 2: 4, 3: 4}),
    ],
)
def test_every_kind_of_sweep_has_its_picture(
    regimes: str, points: dict[str, list[Any]], samples: int | None, panels: dict[int, int]
) -> None:
    def runs(i: int) -> dict[str, list[list[float]]]:
        at = [[0.8 + 0.1 * i * (p - 1) + 0.01 * r for r in range(3)] for p in range(4)]
        return {"retention": at, "profit": [[1000 * x for x in row] for row in at]}

    result = fake(points, {name: runs(i) for i, name in enumerate(regimes)}, samples)
    figure = result.figure()
    figure.draw_without_rendering()
    assert len(figure.axes) == panels[len(regimes)]


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
