"""Indices against functions with known ones, and the command from end to end."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from experiments.cli import app
from experiments.sensitivity import Sensitivity, plan, sensitivity
from experiments.sensitivity.factors import Factor, is_assumed, plausible_ranges
from experiments.sensitivity.methods import (
    STEP,
    Index,
    Method,
    block_size,
    design,
    indices,
    samples_needed,
)
from experiments.sensitivity.result import as_columns, from_columns
from experiments.study import Study
from experiments.sweep.result import cell_label
from simulation import Scenario, ScenarioError, resolve
from simulation.parameters import PARAMETERS
from tests.experiments.summaries import Summaries

PAIR = ("customer_first", "internal_customer")
VARY = {"care": (0.0, 1.0), "courtesy_ratio": PARAMETERS["courtesy_ratio"].plausible}
YEARS = 0.3


def ishigami(x: np.ndarray) -> np.ndarray:
    """Ishigami & Homma 1990, with a = 7 and b = 0.1."""
    return np.asarray(
        np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    )


def test_sobol_indices_of_ishigami() -> None:
    points = design("sobol", 3, 2048, seed=0)
    found = indices("sobol", points, ishigami(np.pi * (2 * points - 1)))
    assert [index.strength for index in found] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)
    alone = [index.more["S1"] for index in found]
    assert alone == pytest.approx([0.3139, 0.4424, 0.0], abs=0.03)
    for index, known in zip(found, (0.5576, 0.4424, 0.2437), strict=True):
        assert index.low < known < index.high
        assert index.is_resolved


def test_sobol_intervals_are_the_same_each_time() -> None:
    points = design("sobol", 2, 16, seed=0)
    outcome = points[:, 0] + points[:, 1] ** 2
    assert indices("sobol", points, outcome) == indices("sobol", points, outcome)


def test_morris_ranks_keys_and_knows_signs() -> None:
    points = design("morris", 4, 20, seed=1)
    outcome = 5 * points[:, 0] - 2 * points[:, 1] + points[:, 2] * (points[:, 0] - 0.5)
    found = indices("morris", points, outcome)
    strengths = [index.strength for index in found]
    assert sorted(range(4), key=lambda key: -strengths[key]) == [0, 1, 2, 3]
    assert strengths[1] == pytest.approx(2)
    assert found[1].more["mu"] == pytest.approx(-2)
    assert found[1].more["sigma"] == pytest.approx(0, abs=1e-9)
    assert found[0].more["sigma"] > 0.1  # it acts through another
    assert strengths[3] == pytest.approx(0, abs=1e-9)
    assert found[0].low <= strengths[0] <= found[0].high


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_a_block_with_a_failed_run_is_left_out(method: Method) -> None:
    points = design(method, 3, 16, seed=2)
    outcome = points @ np.array([3.0, 2.0, 1.0])
    size = block_size(method, 3)
    assert len(points) == 16 * size
    holed = outcome.copy()
    holed[size + 1] = np.nan
    kept = np.delete(np.arange(16), 1)
    rows = np.concatenate([np.arange(block * size, (block + 1) * size) for block in kept])
    assert indices(method, points, holed) == indices(method, points[rows], outcome[rows])
    assert indices(method, points, np.ones(len(points))) == []
    assert indices(method, points, np.repeat(np.arange(16.0), size)) == []  # no step moves it
    holed[:: size + 1] = np.nan
    holed[::size] = np.nan
    assert indices(method, points, holed) == []


def test_how_many_samples_might_do() -> None:
    index = Index(1.0, 0.0, 2.0, {})
    assert not index.is_resolved
    assert samples_needed("morris", 10, index) == 160  # four times narrower
    assert samples_needed("sobol", 64, index) == 1024
    assert Index(1.0, 0.8, 1.2, {}).is_resolved


def test_scales_of_keys() -> None:
    base = Scenario.load("small_firm")
    places = np.array([0.0, 0.5, 1.0])
    ratio = PARAMETERS["courtesy_ratio"]
    factor = Factor.of(base, "courtesy_ratio", ratio.plausible)
    assert factor.scale == "ratio"
    assert factor.at(places)[1] == pytest.approx(np.sqrt(np.prod(ratio.plausible)))
    share = next(p for p in PARAMETERS.values() if p.share and p.assumed)
    odds = Factor.of(base, share.name, share.plausible)
    assert odds.at(places) == pytest.approx([share.plausible[0], share.default, share.plausible[1]])
    assert Factor.of(base, "care", (0.0, 1.0)).at(places) == [0.0, 0.5, 1.0]
    seats = Factor.of(base, "organisation.departments.it.seats", (3, 6))
    assert seats.at(np.array([0.0, 1 / 3, 2 / 3, 1.0])) == [3, 4, 5, 6]
    assert is_assumed("parameters.courtesy_ratio")
    assert not is_assumed("care")
    assert not is_assumed("h0")


def test_by_default_all_that_is_assumed_is_varied() -> None:
    ranges = plausible_ranges()
    names = {key.removeprefix("parameters.") for key in ranges}
    assert names == {n for n, p in PARAMETERS.items() if p.plausible[0] < p.plausible[1]}
    assert all(is_assumed(key) for key in ranges)


def test_points_survive_the_file() -> None:
    points = pd.DataFrame({"a": [0.1, 1e-7, 3.0], "b": [1, 2, 3]}).rename_axis("point")
    pd.testing.assert_frame_equal(from_columns(as_columns(points)), points)


def test_luck_and_everything_else_is_the_same_at_every_point() -> None:
    asked = plan("small_firm", "morris", PAIR, VARY, 4, 2, years=YEARS)
    assert len(asked.points) == 4 * 3
    assert len(asked.cells) == 2 * len(asked.points)
    values = {key: asked.points[key].tolist()[5] for key in VARY}
    same = resolve("small_firm", PAIR[1], values, YEARS)
    assert asked.cells[f"point 5, {PAIR[1]}"].digest == same.digest
    assert (asked.study.seed, asked.study.replications) == (0, 2)


def made_up(method: Method, samples: int) -> Sensitivity:
    """Firms in which A earns care and B half of another key: the sign hangs on both."""
    cube = design(method, 2, samples, seed=0)
    points = pd.DataFrame(cube, columns=["care", "listening"]).rename_axis("point")
    labels = [cell_label(place, name) for place in points.index for name in PAIR]
    study = Study(
        kind="sensitivity", scenario="made_up", regimes=PAIR,
        cells={label: label for label in labels}, seed=0, replications=1,
        asked={"method": method, "samples": samples, "vary": {}},
    )  # fmt: skip
    profits = np.column_stack([1000 * points["care"], 500 * points["listening"]]).ravel()
    runs = Summaries(
        {
            label: {"profit": profit, "retention": 0.8}
            for label, profit in zip(labels, profits, strict=True)
        }
    )
    return Sensitivity(study, points, runs, 1)


def test_each_outcome_depends_on_what_it_is_made_of() -> None:
    result = made_up("morris", 12)

    def strengths(of: str) -> dict[str, float]:
        rows = result.table[(result.table["metric"] == "profit") & (result.table["outcome"] == of)]
        return dict(zip(rows["key"], rows["mu_star"], strict=True))

    assert strengths("A") == pytest.approx({"care": 1000, "listening": 0})
    assert strengths("B") == pytest.approx({"care": 0, "listening": 500})
    assert strengths("gap") == pytest.approx({"care": 1000, "listening": 500})
    turned = strengths("sign")
    assert 0 < turned["care"] <= 1
    steps = result.values("profit", "sign").reshape(-1, 3)
    moved = np.abs(np.diff(steps, axis=1)).sum()
    assert sum(turned.values()) == pytest.approx(moved / len(steps))
    assert pytest.approx(2 / 3) == STEP
    assert "The gap in profit moves most along care (1.00 k" in result.finding
    assert result.indices("retention", "gap") == []
    assert "The gap in customers kept a year has no indices" in result.doubts[0]
    result.figure()


def test_a_leader_is_named_only_if_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    result = made_up("morris", 12)
    assert "neither firm keeps more customers a year at any point" in result.finding
    assert result.finding.endswith("Each point counts by its one world, clear or not")
    tied = np.resize([0.0, 1.0], len(result.points))
    monkeypatch.setattr(Sensitivity, "values", lambda *_: tied)
    found = made_up("morris", 12).finding
    assert "neither firm earns more a week more often (each at 50 % of 36 points)" in found


def test_samples_without_a_value_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert made_up("morris", 12).blocks_lost == 0
    holed = np.arange(36.0)
    holed[[4, 5, 20]] = np.nan  # in two samples
    monkeypatch.setattr(Sensitivity, "values", lambda *_: holed)
    result = made_up("morris", 12)
    assert result.blocks_lost == 2
    assert "2 of 12 samples do not count for every measure" in result.doubts[-1]


def test_indices_that_are_not_resolved_are_said_to_be_so() -> None:
    result = made_up("sobol", 4)
    assert any("not resolved" in doubt and "--samples" in doubt for doubt in result.doubts)
    many = made_up("sobol", 128)
    assert not any("profit" in doubt for doubt in many.doubts)
    total = {key: index.strength for key, index in many.indices("profit", "gap")}
    assert total == pytest.approx({"care": 0.8, "listening": 0.2}, abs=0.05)
    assert "Of the variance of the gap in profit most goes with care (80 %" in many.finding


ARGUMENTS = [
    "sensitivity", "small_firm", "--vary", "care=0:1", "--vary", "market.turbulence=0:0.1",
    "--samples", "4", "--replications", "1", "--years", str(YEARS), "--workers", "1",
]  # fmt: skip


def test_the_command_writes_what_python_finds(tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = CliRunner().invoke(app, [*ARGUMENTS, "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "A: customer_first" in result.stdout
    for name in ("figure.png", "figure.svg", "table.csv", "runs.parquet", "manifest.json"):
        assert (out / name).stat().st_size > 100, name
    vary = {"care": (0.0, 1.0), "market.turbulence": (0.0, 0.1)}
    same = sensitivity("small_firm", vary=vary, samples=4, replications=1, years=YEARS, workers=1)
    loaded = Sensitivity.load(out)
    pd.testing.assert_frame_equal(loaded.table, same.table)
    again = CliRunner().invoke(app, [*ARGUMENTS, "--out", str(out), "--json"])
    data = json.loads(again.stdout)
    assert data["finding"] == same.finding
    assert {row["outcome"] for row in data["table"]} >= {"A", "B", "gap"}


@pytest.mark.long
def test_it_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert CliRunner().invoke(app, [*ARGUMENTS, "--out", str(whole)]).exit_code == 0
    first = CliRunner().invoke(app, [*ARGUMENTS, "--out", str(parts), "--shard", "1/2"])
    assert first.exit_code == 0, first.output
    assert not (parts / "table.csv").exists()
    rest = CliRunner().invoke(app, [*ARGUMENTS, "--out", str(parts)])
    assert rest.exit_code == 0, rest.output
    assert (parts / "table.csv").read_bytes() == (whole / "table.csv").read_bytes()
    other = CliRunner().invoke(app, [*ARGUMENTS, "--seed", "9", "--out", str(parts)])
    assert other.exit_code == 2
    assert "--replace" in other.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--method", "sobol", "--samples", "100"], "such as 64 or 128"),
        (["--samples", "2"], "4 or more"),
        (["--vary", "care=0:1"], "2 or more"),
        (["--vary", "care=0:1", "--vary", "h0=0.1,0.2"], "a range, KEY=LOW:HIGH"),
        (["--vary", "care=0:1", "--vary", "h0=0.02:0.01"], "a LOW that is less than HIGH"),
        (["--vary", "care=0:1", "--vary", "lissening=0:1"], "did you mean"),
        (["--regimes", "own"], "two regimes"),
        (["--method", "sobol", "--samples", "4096"], "or fewer"),
    ],
)
def test_refusals(arguments: list[str], said: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = CliRunner().invoke(app, ["sensitivity", "small_firm", "--out", str(out), *arguments])
    assert result.exit_code == 2, result.output
    assert said in result.output
    assert not out.exists()


def test_a_scenario_without_ranges_of_its_own(tmp_path: Path) -> None:
    asked = ["sensitivity", "call_centre", "--vary", "uncertain", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 2, result.output
    assert "ranges under `uncertain:`" in result.output


def test_without_salib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "SALib", None)
    with pytest.raises(ScenarioError, match=r"pip install 'raison\[research\]'"):
        plan("small_firm", vary=VARY)
