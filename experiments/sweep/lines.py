"""A sweep of one key: the gap between regimes, or the level of one, over its values."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from pandas.api.types import is_integer_dtype

from experiments.figure import BETWEEN, BOTTOM, LEFT, label_ends, room_for_names
from experiments.metrics import Metric
from experiments.sweep.figure import (
    headlines,
    ink_of,
    is_gap,
    name_sides,
    set_title,
    short_key,
    short_value,
    tick_format,
    title_of,
)
from experiments.sweep.finding import is_scale
from experiments.sweep.result import Sweep

_RIGHT = 0.975
_MARKED = 15  # points; more make a line without marks
_BAND_ALPHA = 0.22
_X_TICKS = 8
_APART = 0.5  # of the room between two names, for all regimes


def draw_lines(figure: Figure, top: float, result: Sweep) -> None:
    """Draw a panel for each headline measure, a line for each second regime."""
    others = _lines(result)
    names = room_for_names(others) if len(others) > 1 else 1 - _RIGHT
    panel = (1 - LEFT - BETWEEN) / 2 - names
    grid = figure.add_gridspec(
        2, 2, left=LEFT, right=1 - names, bottom=BOTTOM + 0.045, top=top,
        hspace=0.42, wspace=(names + BETWEEN) / panel,
    )  # fmt: skip
    for place, measure in enumerate(headlines(result)):
        axes = figure.add_subplot(grid[divmod(place, 2)])
        _draw_panel(axes, result, measure)
        if place >= 2:
            axes.set_xlabel(short_key(result.keys[0]), fontsize=10)


def _lines(result: Sweep) -> tuple[str, ...]:
    return result.regimes[1:] if is_gap(result) else result.regimes


def _draw_panel(axes: Axes, result: Sweep, measure: Metric) -> None:
    column = result.points[result.keys[0]]
    scale = is_scale(column)
    order = np.argsort(column.to_numpy(), kind="stable") if scale else np.arange(len(column))
    at = column.to_numpy(float)[order] if scale else np.arange(len(column), dtype=float)
    lines = _lines(result)
    ends = []
    for place, other in enumerate(lines, start=1):
        rows = result.of(measure.key, other).reindex(column.index).iloc[order]
        value, low, high = (rows[name].to_numpy(float) for name in ("value", "low", "high"))
        ink = ink_of(result, place)
        if scale:
            axes.fill_between(at, low, high, color=ink, alpha=_BAND_ALPHA, linewidth=0)
            axes.plot(at, value, color=ink, marker="o" if len(at) <= _MARKED else "", markersize=5)
        else:
            shifted = at + _APART * (place - (len(lines) + 1) / 2) / len(lines)
            half = np.nan_to_num(high - value)
            axes.errorbar(shifted, value, half, fmt="o", color=ink, markersize=7, capsize=4)
        known = np.flatnonzero(np.isfinite(value))
        if len(known):
            ends.append((other, ink, float(value[known[-1]])))
    if scale:
        whole = is_integer_dtype(column)
        axes.xaxis.set_major_locator(MaxNLocator(_X_TICKS, integer=whole))
    else:
        axes.set_xticks(at, [short_value(value) for value in column])
        axes.set_xlim(-0.5, len(at) - 0.5)
        axes.grid(axis="x", visible=False)
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=(1, 2, 5, 10), min_n_ticks=3))
    axes.yaxis.set_major_formatter(tick_format(measure, gap=is_gap(result)))
    set_title(axes, title_of(result, measure))
    if is_gap(result):
        name_sides(axes, result, measure)
    if len(lines) > 1:
        label_ends(axes, ends)
