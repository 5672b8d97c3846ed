"""Boxes of a sweep: a planted one is found, noise is not, and the sweep stays as it was."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from experiments.cli import app
from experiments.discovery import Discovery, discover
from experiments.discovery.boxes import Limit, find_box, inside
from experiments.discovery.result import Share, Side
from experiments.study import Study
from experiments.sweep import Sweep, sweep
from experiments.sweep.result import cell_label
from simulation import Scenario, ScenarioError
from tests.experiments.summaries import Summaries
from tests.experiments.swept import PAIR, swept

KEYS = ("market.turbulence", "care", "h0")
YEARS = 0.3


def drawn(count: int, seed: int) -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(seed).random((count, len(KEYS))), columns=KEYS)


def planted(points: pd.DataFrame) -> np.ndarray:
    return ((points["care"] < 0.4) & (points["h0"] > 0.5)).to_numpy()


def made_up(points: pd.DataFrame, gap: np.ndarray, metric: str = "profit") -> Sweep:
    """A sweep over these points in which A has so much more of a measure than B."""
    labels = [cell_label(place, name) for place in range(len(points)) for name in PAIR]
    study = Study(
        kind="sweep", scenario="made_up", regimes=PAIR, cells={label: label for label in labels},
        seed=0, replications=1,
        asked={"samples": len(points), "points": {k: points[k].tolist() for k in points}},
    )  # fmt: skip
    a, b = (
        {cell_label(place, name): {metric: worth} for place, worth in enumerate(values)}
        for name, values in zip(PAIR, (100.0 + gap, np.full(len(points), 100.0)), strict=True)
    )
    return Sweep(study, points.rename_axis("point"), Summaries(a | b), 1)


@pytest.fixture(scope="module")
def found() -> Discovery:
    """A is better in the planted box and nowhere else."""
    points = drawn(160, 1)
    return discover(made_up(points, np.where(planted(points), 5.0, -3.0)), "profit")


def test_a_planted_box_is_recovered(found: Discovery) -> None:
    first, other = found.sides
    assert first.better == PAIR[0]
    assert first.is_found
    limits = {limit.key: limit for limit in first.box}
    assert set(limits) == {"care", "h0"}
    assert limits["care"].low is None
    assert limits["care"].high == pytest.approx(0.4, abs=0.06)
    assert limits["h0"].high is None
    assert limits["h0"].low == pytest.approx(0.5, abs=0.06)
    assert first.density.value > 0.8
    assert first.coverage.value > 0.8
    assert other.better == PAIR[1]
    assert f"{PAIR[0]} earns more a week when care < 0." in found.finding
    assert "Judged by 80 points" in found.finding


def test_a_box_is_judged_by_points_it_was_not_found_in(found: Discovery) -> None:
    side = found.sides[0]
    held = found.points[found.held_out]
    cases = planted(held)
    there = inside(side.box, held)
    assert found.held_out.sum() == 80
    assert abs(cases.sum() - planted(found.points[~found.held_out]).sum()) <= 1  # in both halves
    assert side.density == Share(int((there & cases).sum()), int(there.sum()))
    assert side.coverage == Share(int((there & cases).sum()), int(cases.sum()))
    assert side.base == Share(int(cases.sum()), 80)


@pytest.mark.long
def test_less_is_better_of_friction() -> None:
    points = drawn(160, 2)
    gap = np.where(planted(points), -0.2, 0.1)  # A loses less in the box
    result = discover(made_up(points, gap, "friction"), "friction")
    assert result.sides[0].is_found
    assert f"{PAIR[0]} loses less of its hours to friction when" in result.finding


def test_pure_noise_is_no_finding() -> None:
    points = drawn(160, 3)
    gap = np.random.default_rng(4).normal(size=160)
    result = discover(made_up(points, gap), "profit")
    assert not any(side.is_found for side in result.sides)
    assert "no box tells where" in result.finding
    assert " when " not in result.finding
    result.figure()


def test_a_box_of_luck_does_not_pass() -> None:
    """What the search holds for a box is no finding if unseen points do not agree."""
    rng = np.random.default_rng(0)
    points = drawn(200, 5)
    cases = rng.random(200) < 0.4
    side = Side.judged("A", [Limit("care", high=0.5)], points, cases)
    assert side.density.value == pytest.approx(0.4, abs=0.1)
    assert not side.is_found
    assert Side.judged("A", [Limit("care", high=0.5)], points, planted(points)).is_found


@pytest.mark.long
def test_noise_is_rarely_told_as_a_finding() -> None:
    told = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        points, cases = drawn(100, seed), rng.random(100) < 0.3
        seen = np.arange(100) % 2 == 0
        box = find_box(points[seen], cases[seen])
        told += Side.judged("A", box, points[~seen], cases[~seen]).is_found
    assert told <= 4


def test_exact_interval() -> None:
    assert Share(8, 10).interval == pytest.approx((0.4439, 0.9748), abs=1e-4)
    assert Share(0, 0).interval == (0.0, 1.0)


@pytest.mark.long
def test_names_and_whole_numbers() -> None:
    rng = np.random.default_rng(1)
    points = pd.DataFrame(
        {
            "cco": rng.random(200) < 0.5,
            "kind": rng.choice(["a", "b", "c"], 200),
            "seats": rng.integers(1, 9, 200),
            "care": rng.random(200),
        }
    )
    cases = (points["cco"] & (points["kind"] != "b") & (points["seats"] >= 4)).to_numpy()
    box = find_box(points, cases)
    assert {str(limit) for limit in box} >= {"cco is true", "kind is a or c"}
    assert (inside(box, points) == cases).mean() > 0.95


def test_one_regime_better_nearly_everywhere() -> None:
    points = drawn(100, 6)
    gap = np.where(np.arange(100) < 97, -1.0, 1.0)
    result = discover(made_up(points, gap), "profit")
    assert not result.sides
    assert result.finding == f"{PAIR[1]} earns more a week at 97 % of 100 points: nearly everywhere"
    assert result.table.empty


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        (Limit("h0", high=0.02), "h0 < 0.02"),
        (Limit("h0", low=1.4123), "h0 > 1.41"),
        (Limit("h0", low=0.1, high=0.2), "h0 is 0.1 to 0.2"),
        (Limit("cco", values=("true",)), "cco is true"),
    ],
)
def test_limits_in_words(limit: Limit, told: str) -> None:
    assert str(limit) == told


def test_the_command_writes_into_the_sweep_and_leaves_it(tmp_path: Path) -> None:
    folder = tmp_path / "cube"
    swept("tornados").save(folder)
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    result = CliRunner().invoke(app, ["discover", str(folder), "--outcome", "profit", "--json"])
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert data["points"] == 12
    assert "too few to look for a box, which takes 40" in data["finding"]
    assert (folder / "discover-profit.png").stat().st_size > 1000
    assert (folder / "discover-profit.svg").exists()
    for file, content in before.items():
        assert file.read_bytes() == content, file
    assert Sweep.load(folder).finding == swept("tornados").finding


def test_what_is_found_is_written(tmp_path: Path, found: Discovery) -> None:
    found.save(tmp_path)
    rows = pd.read_csv(tmp_path / "discover-profit.csv")
    first = rows[rows["better"] == PAIR[0]]
    assert set(first["key"]) == {"care", "h0"}
    assert first["found"].all()
    assert (first["held_out"] == 80).all()
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "discover-profit.csv",
        "discover-profit.png",
        "discover-profit.svg",
    ]


def test_refusals(tmp_path: Path) -> None:
    points = drawn(4, 0)
    good = made_up(points, np.ones(4))
    over_grid = replace(good, study=replace(good.study, asked={}))
    of_one = replace(good, study=replace(good.study, regimes=PAIR[:1]))
    with pytest.raises(ScenarioError, match="a Latin hypercube"):
        discover(over_grid, "profit")
    with pytest.raises(ScenarioError, match="did you mean 'profit'"):
        discover(good, "profits")
    with pytest.raises(ScenarioError, match="one of two"):
        discover(of_one, "profit")
    result = CliRunner().invoke(app, ["discover", str(tmp_path), "--outcome", "profit"])
    assert result.exit_code == 2
    assert not list(tmp_path.iterdir())


def test_without_the_workbench(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ema_workbench", "ema_workbench.analysis"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ScenarioError, match=r"pip install 'raison\[research\]'"):
        discover(made_up(drawn(4, 0), np.ones(4)), "profit")


def test_all_ranges_that_a_scenario_calls_uncertain(tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    ranges = "{care: [0.2, 0.8], market.turbulence: [0.0, 0.1]}"
    file.write_text(f"extends: small_firm\nname: ours\nuncertain: {ranges}\n")
    out = tmp_path / "out"
    common = [
        "sweep", str(file), "--vary", "uncertain", "--regimes", "neutral", "--replications", "1",
        "--years", str(YEARS), "--workers", "1", "--out",
    ]  # fmt: skip
    drawn_of = ["--samples", "3", "--vary", "care=0:0.1"]
    result = CliRunner().invoke(app, [*common, str(out), *drawn_of])
    assert result.exit_code == 0, result.output
    loaded = Sweep.load(out)
    ours = Scenario.load(file)
    assert set(loaded.keys) == set(ours.uncertain) > {"care", "market.turbulence"}
    assert loaded.points["care"].max() <= 0.1  # what is said of the key itself counts
    same = sweep(ours, ours.uncertain, ["neutral"], 1, 3, years=YEARS, workers=1)
    assert same.points["market.turbulence"].between(0, 0.1).all()
    nowhere = [*common, str(tmp_path / "none")]
    for arguments, said in (
        (nowhere, "--samples N"),
        (["sweep", "call_centre", *nowhere[2:], "--samples", "3"], "ranges under `uncertain:`"),
    ):
        refused = CliRunner().invoke(app, arguments)
        assert refused.exit_code == 2
        assert said in refused.output
    assert not (tmp_path / "none").exists()
