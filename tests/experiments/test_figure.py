"""The picture: its title is the finding, and its labels can be read."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from experiments.figure import course, slide, spread
from experiments.metrics import metric
from experiments.style import colour
from tests.experiments.fakes import comparison

NAMES = ["customer_first", "internal_customer", "distributor_first", "manager_pleasing", "neutral"]


def _figure(regimes: int, gap: float, replications: int = 3) -> Figure:
    def summary(place: int, r: int) -> dict[str, float]:
        retention = 0.85 - gap * place + 0.001 * r
        return {
            "retention": retention,
            "profit": 1e5 * retention,
            "lead_time_days": 3 + place * gap,
        }

    runs = {
        name: [summary(place, r) for r in range(replications)]
        for place, name in enumerate(NAMES[:regimes])
    }
    return comparison(runs).figure()


def _boxes(figure: Figure) -> list[list[Bbox]]:
    figure.draw_without_rendering()
    return [[text.get_window_extent() for text in axes.texts] for axes in figure.axes]


@pytest.mark.parametrize("gap", [0.0, 1e-4, 0.02])
@pytest.mark.parametrize("regimes", [2, 5])
def test_labels_keep_clear_of_each_other_and_stay_on_the_slide(regimes: int, gap: float) -> None:
    figure = _figure(regimes, gap)
    for boxes in _boxes(figure):
        assert len(boxes) == regimes
        for one, other in combinations(boxes, 2):
            assert not one.overlaps(other)
        for box in boxes:
            assert figure.bbox.x0 < box.x0
            assert box.x1 < figure.bbox.x1


def test_names_do_not_run_into_the_next_panel() -> None:
    figure = _figure(5, 0.02)
    boxes = _boxes(figure)
    ticks = [t.get_window_extent() for t in figure.axes[1].get_yticklabels()]
    assert max(box.x1 for box in boxes[0]) < min(box.x0 for box in ticks)


def test_the_title_is_the_finding() -> None:
    runs = {name: [{"retention": r, "profit": 9e4}] * 2 for name, r in (("a", 0.8), ("b", 0.7))}
    result = comparison(runs)
    assert result.figure().get_suptitle().replace("\n", " ") == result.finding


def test_a_measure_that_was_not_taken_has_no_panel() -> None:
    titles = [axes.get_title(loc="left") for axes in _figure(2, 0.02).axes]
    assert titles == [
        "Customers kept a year (13-week mean)",
        "Profit a week (13-week mean)",
        "Lead time, days (13-week mean)",
    ]


def test_a_regime_has_one_colour_everywhere_and_a_band_only_with_replications() -> None:
    for axes in _figure(2, 0.02).axes:
        assert [line.get_color() for line in axes.lines] == [colour(0), colour(1)]
        assert [text.get_color() for text in axes.texts] == [colour(0), colour(1)]
        assert len(axes.collections) == 2
        assert axes.get_legend() is None
    assert all(not axes.collections for axes in _figure(2, 0.02, replications=1).axes)


@pytest.mark.filterwarnings("error")
def test_weeks_that_a_run_did_not_measure_are_passed_over() -> None:
    key = "lead_time_days"
    one, other, never = (pd.DataFrame({key: np.full(104, value)}) for value in (1.0, 3.0, np.nan))
    one.loc[:51, key] = np.nan
    with slide("", "") as (figure, _):
        axes = figure.add_subplot()
        course(axes, metric(key), {"a": [one, other], "b": [never, never]}, beside=(key, "all"))
    assert [text.get_text() for text in axes.texts] == ["all", "a"]
    drawn = np.asarray(axes.lines[1].get_ydata())
    assert np.isnan(drawn[:12]).all()
    assert drawn[[12, 51, 52, 103]].tolist() == [3, 3, 2, 2]


def test_spread_moves_only_what_is_too_close() -> None:
    assert spread([10, 50], gap=5, low=0, high=100) == [10, 50]
    assert spread([10, 11], gap=5, low=0, high=100) == [8, 13]
    assert spread([99, 100], gap=5, low=0, high=100) == [95, 100]
    assert spread([1, 0], gap=5, low=0, high=100) == [5, 0]
