"""Where the better regime changes: against known surfaces, and end to end."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from experiments.cli import app
from experiments.conduct import Means
from experiments.frontier import Frontier, frontier, plan
from experiments.frontier.finding import stretches, told_along
from experiments.frontier.surface import Model, Surface, next_points
from experiments.runs import RunResult, RunSpec
from experiments.statistics import Values
from simulation import ScenarioError

REGIMES = ("customer_first", "internal_customer")
X, Y = ("market.turbulence", 0.0, 0.1), ("courtesy_ratio", 0.5, 1.5)


def places(n: int) -> Values:
    side = np.linspace(0, 1, n)
    return np.array([(x, y) for x in side for y in side])


def known(points: Values, replications: int, luck: float = 0.0, seed: int = 1) -> Values:
    """A gap that changes its sign at y = x**2, the same luck at all points, a little noise."""
    rng = np.random.default_rng(seed)
    gap = points[:, 1] - points[:, 0] ** 2
    noise = rng.normal(scale=0.01, size=(len(points), replications))
    return gap[:, None] + luck * rng.normal(size=replications) + noise


def test_a_known_frontier_is_found_with_few_points() -> None:
    candidates = places(21)
    taken = [0, 20, 420, 440, 110, 230, 350, 200]
    for _ in range(6):
        points = candidates[taken]
        taken += next_points(Model(points, known(points, 6)), candidates, set(taken), 4)
    model = Model(candidates[taken], known(candidates[taken], 6))
    fine = np.linspace(0, 1, 401)
    for x in (0.2, 0.5, 0.8):
        below = model.surface(np.column_stack([np.full(401, x), fine])).below_zero()
        (before, _, _), (open_, first, last), (after, _, _) = stretches(below)
        assert (before, open_, after) == (1, 0, -1)
        assert fine[np.abs(below - 0.5).argmin()] == pytest.approx(x**2, abs=0.03)
        assert fine[first - 1] <= x**2 <= fine[last + 1]
    near = np.abs(candidates[taken[8:], 1] - candidates[taken[8:], 0] ** 2)
    assert near.mean() < 0.15  # of points spread evenly: .27


def test_luck_that_all_points_share_makes_the_frontier_no_surer_than_it_is() -> None:
    """Over many firms the interval holds the true sign about as often as it says."""
    points = places(5)
    place = np.array([[0.6, 0.45]])  # the gap is .09
    wrong = 0
    for seed in range(60):
        surface = Model(points, known(points, 8, luck=0.15, seed=seed)).surface(place)
        low = surface.mean - 1.96 * surface.error
        high = surface.mean + 1.96 * surface.error
        wrong += bool(not low[0] <= 0.09 <= high[0])
    assert wrong <= 12  # 5 % wanted; a normal interval of eight values misses some 9 %


def test_where_only_luck_keeps_it_open_no_point_is_added() -> None:
    candidates = places(9)
    even = np.random.default_rng(2).normal(size=6) * 0.5
    gaps = np.tile(even - even.mean(), (len(candidates), 1)) + 1e-3 * candidates[:, :1]
    assert next_points(Model(candidates[::3], gaps[::3]), candidates, set(), 3) == []


def test_signs_and_where_they_are_open() -> None:
    surface = Surface(np.array([-2.0, 0.0, 2.0]), np.array([0.6, 0.6, 0.6]), np.full(3, 0.8), 10**6)
    assert surface.error == pytest.approx([1, 1, 1])
    assert surface.below_zero() == pytest.approx([0.97725, 0.5, 0.02275], abs=1e-5)
    assert surface.is_open().tolist() == [False, True, False]
    assert surface.is_reducible().all()


SURE_A, SURE_B = 0.01, 0.99


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        ([SURE_A, SURE_A, 0.4, 0.7, SURE_B],
         "it changes from here to there at x 2 (open from 2 to 3)"),
        ([SURE_B] * 5, "there is clearly better at every x"),
        ([0.4] * 5, "it is open at every x"),
        ([SURE_B, SURE_B, SURE_B, 0.7, 0.45],
         "there is clearly better up to x 2, and then it is open"),
        ([0.3, SURE_A, SURE_A, 0.5, SURE_A],
         "it is open up to x 0, then here is clearly better up to 2, then it is open up to 3, "
         "and then here is clearly better"),
    ],
)  # fmt: skip
def test_what_happens_along_a_line(probability: list[float], said: str) -> None:
    assert told_along("x", ("here", "there"), range(5), np.array(probability)) == said


@pytest.mark.parametrize("replications", [2, 4, 8])
def test_few_replications_make_nothing_surer_than_they_are(replications: int) -> None:
    """Where both firms are equal, a side is called clearly better about as often as it says."""
    draws = np.random.default_rng(5).normal(size=(4000, replications))
    luck = draws.std(axis=1, ddof=1) / np.sqrt(replications)
    surface = Surface(draws.mean(axis=1), luck, 0.01 * luck, replications)
    assert 1 - surface.is_open().mean() == pytest.approx(0.05, abs=0.012)


def planted(spec: RunSpec) -> RunResult:
    """A run in which A keeps more customers where turbulence is under a line, and B above it."""
    firm = spec.scenario
    line = 0.03 + 0.04 * (firm.parameters["courtesy_ratio"] - 0.5)
    luck = np.random.default_rng(spec.seed).normal(scale=0.02)
    better = firm.regime.name == REGIMES[0]
    kept = 0.8 + luck + (5 * (line - firm.market.turbulence) if better else 0.0)
    summary = {"retention": kept, "insolvent": 0.0}
    return RunResult(spec.key, spec.label, spec.seed, summary=summary)


def test_a_planted_line_is_found_and_told(tmp_path: Path) -> None:
    asked = plan("small_firm", X, Y, REGIMES, points=24, replications=4, years=0.1, steps=11)
    found = asked.carry_out(Means(tmp_path, workers=1), run=planted)
    assert 12 <= len(found.points) <= 24
    at = found.b_better("retention", np.array([[0.2, 0.1], [0.9, 0.1], [0.5, 0.9], [0.9, 0.9]]))
    assert at[0] < 0.01
    assert at[1] > 0.99
    assert at[2] < 0.01
    assert "it changes from customer_first to internal_customer at market.turbulence" in (
        found.finding
    )
    share = found.areas["retention"]
    assert share["A"] == pytest.approx(0.5, abs=0.06)
    loaded = Frontier.load(tmp_path)
    assert sorted(loaded.points) == sorted(found.points)
    assert loaded.finding == found.finding
    # The same question again makes no run, and finds the same points.
    again = asked.carry_out(Means(tmp_path, workers=1), run=fails)
    assert again.points == found.points
    # Of the runs of more points a smaller question takes its own.
    fewer = plan("small_firm", X, Y, REGIMES, points=12, replications=4, years=0.1, steps=11)
    small = fewer.carry_out(Means(tmp_path, workers=1, replace=True), run=fails)
    assert sorted(Frontier.load(tmp_path).points) == sorted(small.points) != sorted(found.points)


def at_random(spec: RunSpec) -> RunResult:
    """A gap that is pure luck, another at every point: a rough surface."""
    kept = np.random.default_rng(int(spec.key[:12], 16)).normal(0.8, 0.01)
    return RunResult(spec.key, spec.label, spec.seed, summary={"retention": kept, "insolvent": 0.0})


def test_where_every_place_was_run_more_points_are_no_help(tmp_path: Path) -> None:
    asked = plan("small_firm", X, Y, REGIMES, points=16, replications=2, years=0.1, steps=4)
    found = asked.carry_out(Means(tmp_path, workers=1), run=at_random)
    assert sorted(found.points) == list(range(16))
    assert found.areas["retention"]["open"] > 0.5
    assert found.would_help == "replications"


def fails(spec: RunSpec) -> RunResult:
    raise AssertionError("nothing was left to run")


def nothing(spec: RunSpec) -> RunResult:
    """A run that measures nothing."""
    return RunResult(spec.key, spec.label, spec.seed, summary={"insolvent": 0.0})


def test_a_measure_that_no_firm_has_is_told(tmp_path: Path) -> None:
    asked = plan("small_firm", X, Y, REGIMES, points=12, replications=2, years=0.1)
    with pytest.raises(ScenarioError, match="here at 0 of 12"):
        asked.carry_out(Means(tmp_path, workers=1), run=nothing)
    with pytest.raises(ScenarioError, match="here at 0 of 12"):
        Frontier.load(tmp_path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"metric": "retntion"}, "did you mean 'retention'?"),
        ({"metric": "utilisation"}, "of which more, or less, is better"),
        ({"points": 3}, "12 or more"),
        ({"replications": 1}, "2 or more"),
        ({"regimes": REGIMES[:1]}, "two regimes"),
        ({"y": X}, "another key"),
        ({"x": ("market.turbulance", 0.0, 0.1)}, "market.turbulence"),
    ],
)
def test_wrong_questions_are_refused(change: dict[str, object], said: str) -> None:
    given = {"x": X, "y": Y, "regimes": REGIMES, "years": 0.1, **change}
    with pytest.raises(ScenarioError) as refused:
        plan("small_firm", **given)  # type: ignore[arg-type]
    assert said in str(refused.value)


def test_a_key_of_whole_numbers_has_as_many_places() -> None:
    asked = plan("small_firm", X, ("distributors.count", 2, 6), REGIMES, years=0.1)
    assert sorted(asked.places["distributors.count"].unique()) == [2, 3, 4, 5, 6]


@pytest.mark.long
def test_the_command_writes_a_map(tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = [
        "frontier", "small_firm", "--x", "market.turbulence=0:0.1", "--y", "courtesy_ratio=0.5:1.5",
        "--metric", "friction", "--points", "12", "--replications", "2", "--years", "0.2",
        "--workers", "2", "--out", str(out),
    ]  # fmt: skip
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "clearly better in" in result.stdout
    for name in ("figure.png", "figure.svg", "table.csv", "runs.parquet", "manifest.json"):
        assert (out / name).stat().st_size > 100, name
    table = pd.read_parquet(out / "table.parquet")
    assert len(table) == 441 * table["metric"].nunique()
    assert table.loc[table["metric"] == "friction", "run"].sum() == 12
    again = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)
    assert again["metric"] == "friction"
    python = frontier(
        "small_firm", X, Y, REGIMES, "friction", 12, 2, years=0.2, folder=out, workers=1
    )
    assert python.finding == again["finding"]
    refused = CliRunner().invoke(app, [*arguments[:3], "turbulence", *arguments[4:]])
    assert refused.exit_code == 2
