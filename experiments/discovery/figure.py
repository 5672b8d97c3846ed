"""The picture of a discovery: the points by who is better, the boxes, and their limits."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from experiments.discovery.boxes import Limit
from experiments.discovery.finding import dense
from experiments.figure import BOTTOM, LETTER, slide
from experiments.metrics import metric
from experiments.statistics import Values
from experiments.style import GRID, QUIET, TEXT, colour
from experiments.sweep.design import as_text
from experiments.sweep.drivers import drivers
from experiments.sweep.figure import set_title, short_key, short_value
from experiments.sweep.finding import is_scale
from simulation.version import MODEL_VERSION

if TYPE_CHECKING:
    from experiments.discovery.result import Discovery

_LEFT, _RIGHT, _EDGE = 0.075, 0.985, 0.02
_LETTER = 0.78 * LETTER
_HEIGHTS = (2.2, 1.0)
_MOST_LIMITS = 5
_TICK_POINTS = 9
_TITLE_LETTERS = 124
_HELD, _SEEN = 0.9, 0.3  # opacity of points that judge, and of those that were searched
_BAR = 0.5


def draw_discovery(result: Discovery) -> Figure:
    """Draw a discovery; see `Discovery.figure`."""
    with slide(result.finding, f"{_reading(result)}\n{_origin(result)}") as (figure, top):
        found = [(place, side) for place, side in enumerate(result.sides) if side.is_found]
        keys = [short_key(limit.key) for _, side in found for limit in side.box]
        left = max(_LEFT, _LETTER * max(map(len, keys), default=0) + _EDGE)
        columns = len(found) or 1
        grid = figure.add_gridspec(
            2 if found else 1, columns, left=left, right=_RIGHT, bottom=BOTTOM + 0.05,
            top=top - 0.03, hspace=0.36, wspace=left * columns / (1 - left),
            height_ratios=_HEIGHTS if found else None,
        )  # fmt: skip
        if not found:
            _draw_points(figure.add_subplot(grid[0, 0]), result, ())
        for column, (place, side) in enumerate(found):
            panels = [figure.add_subplot(grid[row, column]) for row in range(2)]
            _draw_points(panels[0], result, side.box, colour(place))
            said = f"{side.better} better: in the box {dense(side)}"
            set_title(panels[0], textwrap.fill(said, _TITLE_LETTERS // columns))
            _draw_limits(panels[1], result.points, side.box, colour(place))
    return figure


def _draw_points(axes: Axes, result: Discovery, box: Sequence[Limit], ink: str = TEXT) -> None:
    """The points over two keys: those that the box narrows most, or that the gap goes most with."""
    across, up = _two_keys(result, box)
    x, y = (_places(result.points[key]) for key in (across, up))
    for sign, hue in ((1, colour(0)), (-1, colour(1)), (0, QUIET)):
        for held, alpha in ((False, _SEEN), (True, _HELD)):
            which = (result.better == sign) & (result.held_out == held)
            axes.scatter(x[which], y[which], color=hue, s=20, alpha=alpha, linewidths=0)
    for key, set_label in ((across, axes.set_xlabel), (up, axes.set_ylabel)):
        set_label(short_key(key), fontsize=9)
    for axis, key in ((axes.xaxis, across), (axes.yaxis, up)):
        names = _names(result.points[key])
        if names:
            axis.set_ticks(range(len(names)), names)
        else:
            axis.set_major_locator(MaxNLocator(5))
    axes.tick_params(labelsize=_TICK_POINTS, length=0)
    if box:
        ends = [_ends(box, key, result.points, axes_lim) for key, axes_lim in
                ((across, axes.get_xlim()), (up, axes.get_ylim()))]  # fmt: skip
        (left, right), (low, high) = ends
        axes.add_patch(
            Rectangle((left, low), right - left, high - low, fill=False, edgecolor=ink,
                      linewidth=2.2, zorder=3)
        )  # fmt: skip


def _two_keys(result: Discovery, box: Sequence[Limit]) -> tuple[str, str]:
    narrowed = [limit.key for limit in box]
    scales = result.points[[key for key in result.points if is_scale(result.points[key])]]
    others = [driver.name for driver in drivers(scales, result.gap)]
    keys = list(dict.fromkeys([*narrowed, *others, *map(str, result.points)]))
    return keys[0], keys[1] if len(keys) > 1 else keys[0]


def _places(column: pd.Series) -> Values:
    names = _names(column)
    if not names:
        return column.to_numpy(np.float64)
    return np.array([names.index(as_text(value)) for value in column], np.float64)


def _names(column: pd.Series) -> list[str]:
    """The values of a key that is no number; none of one that is."""
    return [] if is_scale(column) else sorted({as_text(value) for value in column})


def _ends(
    box: Sequence[Limit], key: str, points: pd.DataFrame, whole: tuple[float, float]
) -> tuple[float, float]:
    """From where to where a box goes along a key; to the edges of the panel where it is open."""
    limit = next((limit for limit in box if limit.key == key), None)
    if limit is None:
        return whole
    if limit.values is not None:
        places = [_names(points[key]).index(value) for value in limit.values]
        return min(places) - _BAR / 2, max(places) + _BAR / 2
    low, high = limit.low, limit.high
    return whole[0] if low is None else low, whole[1] if high is None else high


def _draw_limits(axes: Axes, points: pd.DataFrame, box: Sequence[Limit], ink: str) -> None:
    """Which part of the range of each key is in the box."""
    shown = box[:_MOST_LIMITS]
    for row, limit in enumerate(shown):
        column = points[limit.key]
        axes.barh(row, 1.0, color=GRID, height=_BAR)
        if limit.values is not None:
            names = _names(column)
            for value in limit.values:
                axes.barh(row, 1 / len(names), left=names.index(value) / len(names), color=ink,
                          height=_BAR)  # fmt: skip
            axes.text(0.0, row - _BAR, " or ".join(limit.values), fontsize=_TICK_POINTS)
            continue
        least, most = float(column.min()), float(column.max())
        low = least if limit.low is None else limit.low
        high = most if limit.high is None else limit.high
        places = [(end - least) / (most - least) for end in (low, high)]
        axes.barh(row, places[1] - places[0], left=places[0], color=ink, height=_BAR)
        for place, end, ha in ((0.0, least, "left"), (1.0, most, "right")):
            axes.text(place, row + _BAR / 2, short_value(end), ha=ha, va="top",
                      fontsize=_TICK_POINTS - 1, color=QUIET)  # fmt: skip
        for place, limit_end in zip(places, (limit.low, limit.high), strict=True):
            if limit_end is not None:
                axes.text(place, row - _BAR / 2, short_value(limit_end), ha="center", va="bottom",
                          fontsize=_TICK_POINTS, fontweight="bold")  # fmt: skip
    axes.set_yticks(range(len(shown)), [short_key(limit.key) for limit in shown])
    axes.set(ylim=(max(len(shown), 2) - 0.3, -0.7), xlim=(0, 1))
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.tick_params(axis="y", length=0, labelsize=_TICK_POINTS, labelcolor=TEXT)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _reading(result: Discovery) -> str:
    a, b = result.regimes
    what = metric(result.outcome).label
    text = f"dot: a point; blue: {a} better in {what}, orange: {b}"
    if result.is_searched:
        text += " · strong: points that judge, pale: points that were searched"
    if any(side.is_found for side in result.sides):
        text += "\nframe: the box, along two keys · below: its part of the range of each key"
    return text


def _origin(result: Discovery) -> str:
    sweep, n = result.sweep, result.sweep.replications
    seeds = f"seed {sweep.seed}" if n == 1 else f"seeds {sweep.seed} to {sweep.seed + n - 1}"
    return (
        f"{sweep.scenario}, Latin hypercube of {len(sweep.points)} points · {seeds} at every "
        f"point · PRIM (EMA Workbench) · raison {MODEL_VERSION}"
    )
