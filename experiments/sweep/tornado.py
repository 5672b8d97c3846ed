"""A sweep of many keys: which of them a result goes with, and how it goes with the strongest."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.figure import BOTTOM, LETTER
from experiments.metrics import LOWER, Metric
from experiments.style import GRID, QUIET, TEXT, colour
from experiments.sweep.drivers import Driver, as_numbers, drivers
from experiments.sweep.figure import (
    headlines,
    is_gap,
    name_sides,
    set_title,
    short_key,
    tick_format,
    title_of,
)
from experiments.sweep.finding import clear_signs
from experiments.sweep.result import Sweep

_MOST_KEYS = 9
_TITLE_LETTERS = 24
_TICK_POINTS = 9
_RIGHT, _EDGE = 0.985, 0.02
_LETTER = 0.78 * LETTER  # a letter of a key is smaller than one of a name
_HEIGHTS = (1.15, 1.0)
_TICKS = (-0.5, 0.0, 0.5)
_OF_TWO = (-0.35, 1.35)  # the axis of a key that is false or true


def draw_tornados(figure: Figure, top: float, result: Sweep) -> None:
    """Draw the correlations of each headline measure over a scatter of the strongest.

    Differences are those from the second regime.
    """
    measures = headlines(result)
    found = {measure.key: drivers(result.points, _values(result, measure)) for measure in measures}
    keys = _strongest(found.values()) or _names(result)[:_MOST_KEYS]
    names = _LETTER * max(len(short_key(key)) for key in keys) + _EDGE
    panels = figure.add_gridspec(
        2, len(measures), left=names, right=_RIGHT, bottom=BOTTOM + 0.05, top=top - 0.02,
        hspace=0.3, wspace=0.34, height_ratios=_HEIGHTS,
    )  # fmt: skip
    for place, measure in enumerate(measures):
        bars = figure.add_subplot(panels[0, place])
        _draw_bars(bars, keys, found[measure.key], result, measure)
        set_title(bars, textwrap.fill(title_of(result, measure), _TITLE_LETTERS))
        if place:
            bars.tick_params(axis="y", labelleft=False)
        strongest = found[measure.key][0].name if found[measure.key] else keys[0]
        _draw_scatter(figure.add_subplot(panels[1, place]), strongest, result, measure)


def _names(result: Sweep) -> list[str]:
    return [str(name) for name in as_numbers(result.points)]


def _values(result: Sweep, measure: Metric) -> np.ndarray:
    rows = result.of(measure.key).reindex(result.points.index)
    return rows["value"].to_numpy(float)


def _strongest(found: Iterable[Sequence[Driver]]) -> list[str]:
    """Keys by the strongest correlation that any measure has with them."""
    most: dict[str, float] = {}
    for driver in chain.from_iterable(found):
        most[driver.name] = max(most.get(driver.name, 0.0), abs(driver.rho))
    return sorted(most, key=lambda name: -most[name])[:_MOST_KEYS]


def _draw_bars(
    axes: Axes, keys: Sequence[str], found: Sequence[Driver], result: Sweep, measure: Metric
) -> None:
    by_name = {driver.name: driver for driver in found}
    for row, key in enumerate(keys):
        if key in by_name:
            driver = by_name[key]
            face = _side(driver.rho, result, measure) if driver.is_clear else GRID
            axes.barh(row, driver.rho, color=face, height=0.62)
            axes.hlines(row, driver.low, driver.high, color=TEXT, linewidth=1.1)
    axes.set_yticks(range(len(keys)), [short_key(key) for key in keys])
    axes.set(xlim=(-1, 1), ylim=(len(keys) - 0.5, -0.5))
    axes.set_xticks(_TICKS)
    axes.axvline(0, color=TEXT, linewidth=1.0)
    axes.tick_params(labelsize=_TICK_POINTS)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)


def _draw_scatter(axes: Axes, key: str, result: Sweep, measure: Metric) -> None:
    rows = result.of(measure.key).reindex(result.points.index)
    x = as_numbers(result.points)[key].to_numpy(float)
    inks = [
        _side(sign, result, measure) if sign or not is_gap(result) else QUIET
        for sign in clear_signs(rows)
    ]
    axes.scatter(x, rows["value"], c=inks, s=16, alpha=0.8, linewidths=0)
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=(1, 2, 5, 10), min_n_ticks=3))
    axes.yaxis.set_major_formatter(tick_format(measure, gap=is_gap(result)))
    if set(x) == {0.0, 1.0}:
        axes.set_xticks([0, 1], ["false", "true"])
        axes.set_xlim(_OF_TWO)
        axes.grid(axis="x", visible=False)
    else:
        axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.set_xlabel(short_key(key), fontsize=9)
    axes.tick_params(labelsize=_TICK_POINTS)
    if is_gap(result):
        name_sides(axes, result, measure)


def _side(sign: float, result: Sweep, measure: Metric) -> str:
    """Colour of the regime for which more of this difference is better."""
    is_worse = sign * (-1 if measure.direction == LOWER else 1) < 0
    return colour(1) if is_gap(result) and is_worse else colour(0)
