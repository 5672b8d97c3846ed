"""Sweeps: designs and intervals against known answers, sentences, pictures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from experiments.runs import MemoryRuns
from experiments.study import Study
from experiments.sweep import Sweep
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
from simulation import ScenarioError


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
