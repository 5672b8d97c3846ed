"""The pictures of the gap: what they show, and that it can be read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.compare import Comparison
from experiments.gap_figure import CANDIDATES, draw_distribution, draw_gap
from experiments.gap_panels import Ahead
from experiments.statistics import LEVEL, Values, band
from experiments.statistics.confidence_sequence import LEAST, TIGHTEST_AT
from experiments.study import Precision
from experiments.style import colour
from tests.experiments.fakes import comparison

OTHERS = ["internal_customer", "manager_pleasing", "neutral", "siloed", "lean", "distributor_first"]
WEEKS = 104


def _noise(*shape: int, seed: int = 1) -> Values:
    return np.random.default_rng(seed).normal(0.01, 0.05, shape)


def _gap(
    replications: int = 8, others: int = 1, more: Mapping[str, Values] | None = None
) -> Figure:
    gaps = {
        key: {name: _noise(replications, WEEKS, seed=i) for i, name in enumerate(OTHERS[:others])}
        for key in ("retention", "profit", "friction")
    }
    return draw_gap(
        {**gaps, **{k: {OTHERS[0]: v} for k, v in (more or {}).items()}}, "first", "It", "f"
    )


def _distribution(pairs: int, others: int = 1, months: list[float] | None = None) -> Figure:
    differences = {
        key: {name: _noise(pairs, seed=i) for i, name in enumerate(OTHERS[:others])}
        for key in ("retention", "profit", "friction", "agility_speed")
    }
    even = [] if months is None else [Ahead("one ahead", 1, np.array(months))]
    intervals = {
        key: {
            name: (float(of.mean()) - 0.02, float(of.mean()) + 0.02) for name, of in found.items()
        }
        for key, found in differences.items()
    }
    return draw_distribution(differences, intervals, even, "first", 2.0, "It", "f")


def _dots(axes: Axes, place: int = 1) -> np.ndarray:
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    return np.column_stack([np.asarray(dots[place - 1].get_xdata()), dots[place - 1].get_ydata()])


def test_profit_is_added_up_and_the_rest_is_a_mean_of_13_weeks() -> None:
    figure = _gap(replications=8)
    retention, profit, _ = figure.axes
    assert retention.get_title(loc="left") == "Customers kept a year: gap, points (13-week mean)"
    assert profit.get_title(loc="left") == "Profit, added up: gap"
    weekly = _noise(8, WEEKS, seed=0)
    drawn = np.asarray(profit.lines[1].get_ydata())
    assert drawn == pytest.approx(weekly.cumsum(axis=1).mean(axis=0))
    drawn = np.asarray(retention.lines[1].get_ydata())
    assert np.isnan(drawn[:12]).all()
    assert drawn[-1] == pytest.approx(weekly[:, -13:].mean())


def test_the_band_is_the_simultaneous_one() -> None:
    profit = _gap(replications=8).axes[1]
    found = band(_noise(8, WEEKS, seed=0).cumsum(axis=1))
    corners = profit.collections[0].get_paths()[0].vertices
    assert np.asarray(corners)[:, 1].min() == pytest.approx(found.low.min())
    assert np.asarray(corners)[:, 1].max() == pytest.approx(found.high.max())


def test_a_second_regime_has_the_colour_of_its_place_in_the_comparison() -> None:
    for axes in _gap(others=3).axes:
        assert [line.get_color() for line in axes.lines[1:]] == [colour(i) for i in (1, 2, 3)]
        assert {t.get_text() for t in axes.texts} == {"first higher", "first lower", *OTHERS[:3]}


def test_a_measure_without_values_has_no_panel_and_no_more_than_four_are_drawn() -> None:
    never = np.full((8, WEEKS), math.nan)
    assert len(_gap(more={"agility_speed": never}).axes) == 3
    more = {key: _noise(8, WEEKS) for key in CANDIDATES[3:]}
    assert len(_gap(more=more).axes) == 4


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("replications", [1, 2, 5])
def test_few_replications_and_missing_weeks_can_be_drawn(replications: int) -> None:
    late = _noise(replications, WEEKS)
    late[:, :30] = math.nan
    figure = _gap(replications, more={"agility_speed": late})
    figure.draw_without_rendering()
    drawn = np.asarray(figure.axes[3].lines[1].get_ydata())
    assert np.isnan(drawn[:30]).all()
    assert np.isfinite(drawn[30:]).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("pairs", "dots"), [(1, 1), (2, 2), (50, 50), (5000, 50)])
def test_pairs_are_dots_and_many_are_fifty_quantiles(pairs: int, dots: int) -> None:
    figure = _distribution(pairs)
    figure.draw_without_rendering()
    for axes in figure.axes:
        found = _dots(axes)
        assert len(found) == dots
        assert len(np.unique(found, axis=0)) == dots  # none hides another
    x = _dots(figure.axes[0])[:, 0]
    step = np.diff(np.unique(x)).min() if dots > 2 else 0.05
    assert np.median(x) == pytest.approx(np.median(_noise(pairs, seed=0)), abs=step)


@pytest.mark.parametrize("others", [1, 3, 6])
def test_words_of_the_rows_keep_clear_of_each_other(others: int) -> None:
    figure = _distribution(12, others)
    figure.draw_without_rendering()
    for axes in figure.axes:
        boxes = [text.get_window_extent() for text in axes.texts]
        assert len(boxes) == others
        assert not any(one.overlaps(other) for one, other in pairwise(boxes))
        dots = [line for line in axes.lines if line.get_marker() == "o"]
        assert len(dots) == (others if others <= 3 else 0)


def test_the_words_say_the_mean_and_how_often_the_first_is_higher() -> None:
    differences = {"retention": {"b": np.array([0.01, 0.02, -0.01, 0.02])}}
    intervals = {"retention": {"b": (-0.014, 0.034)}}
    figure = draw_distribution(differences, intervals, [], "first", 2.0, "It", "f")
    assert [t.get_text() for t in figure.axes[0].texts] == ["against b: +1.0, higher in 75 %"]


def test_the_bar_is_the_interval_of_the_table_also_where_replications_were_added() -> None:
    waves = np.random.default_rng(3).normal(0, 0.01, (2, 64))
    a, b = ([{"retention": 0.8 + float(x)} for x in of] for of in waves)
    made = comparison({"a": a, "b": b}, weeks=26)
    until = Precision({"retention": 0.001}, LEAST, TIGHTEST_AT, 1 - LEVEL)
    sequential = Comparison(replace(made.study, precision=until), made.stored, 64)
    widths = []
    for result in (made, sequential):
        (row,) = result.table.query("metric == 'retention'").to_dict("records")
        bars = [line.get_xdata() for line in result.figure("distribution").axes[0].lines]
        assert [row["low"], row["high"]] in [list(np.asarray(bar)) for bar in bars]
        widths.append(row["high"] - row["low"])
    assert widths[0] < widths[1]


def test_break_even_steps_up_with_every_pair_and_says_how_many_never_do() -> None:
    axes = _distribution(4, months=[6.0, math.inf, 0.0, 12.0]).axes[-1]
    line = axes.lines[0]
    assert np.asarray(line.get_xdata()).tolist() == [0, 0, 6, 12, 24]
    assert np.asarray(line.get_ydata()).tolist() == [0, 0.25, 0.5, 0.75, 0.75]
    assert [text.get_text() for text in axes.texts] == [
        "one ahead",
        "never within 24 months: 25 %; half by month 6",
    ]


def test_without_break_even_nothing_is_said_of_it() -> None:
    never = _distribution(3, months=[math.inf] * 3).axes[-1]
    assert never.texts[1].get_text() == "never within 24 months: 100 %"
    assert len(_distribution(3).axes) == 4
