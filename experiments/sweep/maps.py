"""A sweep of two keys on a grid: maps of the gap between regimes, or of the level of one."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from experiments.figure import BOTTOM
from experiments.metrics import LOWER, Metric
from experiments.style import TEXT, colour
from experiments.sweep.figure import (
    headlines,
    is_gap,
    set_title,
    short_key,
    short_value,
    tick_format,
    title_of,
)
from experiments.sweep.finding import clear_signs, is_scale
from experiments.sweep.result import Sweep

_MOST_REGIMES = 4  # second ones that there is room for
_MEASURES_OF_MANY = 2  # that are drawn of several second regimes
_MOST_TICKS = 9
_CONTOUR_FROM = 3  # values of each key
_LEVELS = "cividis"  # told apart with any of the common colour deficiencies (Nunez et al. 2018)
_PALE = "#F7F7F7"

Signs = NDArray[np.int64]
Panel = tuple[Metric, str | None]


def draw_maps(figure: Figure, top: float, result: Sweep) -> None:
    """Draw a map for each headline measure, or for two of them and every second regime."""
    panels, columns = _panels(result)
    grid = figure.add_gridspec(
        -(-len(panels) // columns), columns, left=0.08, right=0.94, bottom=BOTTOM + 0.045, top=top,
        hspace=0.46, wspace=0.3,
    )  # fmt: skip
    for place, (measure, other) in enumerate(panels):
        axes = figure.add_subplot(grid[divmod(place, columns)])
        _draw_map(axes, result, measure, other)
        if place >= len(panels) - columns:
            axes.set_xlabel(short_key(result.keys[1]), fontsize=10)
        if place % columns == 0:
            axes.set_ylabel(short_key(result.keys[0]), fontsize=10)


def _panels(result: Sweep) -> tuple[list[Panel], int]:
    """What is drawn, and in how many columns."""
    others = result.regimes[1 : 1 + _MOST_REGIMES]
    if len(others) < 2:
        return [(measure, None) for measure in headlines(result)], 2
    few = headlines(result)[:_MEASURES_OF_MANY]
    return [(measure, other) for measure in few for other in others], len(others)


def _draw_map(axes: Axes, result: Sweep, measure: Metric, other: str | None) -> None:
    down, across = (result.points[key] for key in result.keys)
    shape = (down.nunique(), across.nunique())
    rows = result.of(measure.key, other).reindex(result.points.index)
    values = rows["value"].to_numpy(float).reshape(shape)
    gap = is_gap(result)
    most = float(np.nanmax(np.abs(values))) or 1.0
    image = axes.pcolormesh(
        np.arange(shape[1]), np.arange(shape[0]), values, shading="nearest",
        cmap=_better(result, measure, other) if gap else _LEVELS,
        vmin=-most if gap else None, vmax=most if gap else None,
    )  # fmt: skip
    bar = axes.figure.colorbar(image, ax=axes, pad=0.02, fraction=0.06)
    bar.ax.yaxis.set_major_formatter(tick_format(measure, gap=gap))
    bar.outline.set_visible(False)
    if gap:
        signs = np.asarray(clear_signs(rows), dtype=np.int64).reshape(shape)
        clear = np.argwhere(signs)
        if result.replications > 1:
            axes.plot(clear[:, 1], clear[:, 0], "o", color=TEXT, markersize=3.5)
        if _has_border(signs) and is_scale(down) and is_scale(across):
            axes.contour(values, levels=[0.0], colors=TEXT, linewidths=1.6)
    _set_ticks(axes, result)
    set_title(axes, title_of(result, measure, other))


def _has_border(signs: Signs) -> bool:
    """Whether there are points enough, and some clear on either side, to draw where it turns."""
    return min(signs.shape) >= _CONTOUR_FROM and bool((signs > 0).any() and (signs < 0).any())


def _better(result: Sweep, measure: Metric, other: str | None) -> Colormap:
    """Colours in which the better regime has its own; pale where there is no gap."""
    place = result.regimes.index(other) if other else 1
    ends = [colour(place), _PALE, colour(0)]
    if measure.direction == LOWER:
        ends.reverse()
    return LinearSegmentedColormap.from_list("better", ends)


def _set_ticks(axes: Axes, result: Sweep) -> None:
    """Name the rows and columns of a map."""
    for key, axis in zip(result.keys, (axes.yaxis, axes.xaxis), strict=True):
        names = [short_value(value) for value in result.points[key].unique().tolist()]
        step = -(-len(names) // _MOST_TICKS)
        axis.set_ticks(range(0, len(names), step), names[::step])
    axes.grid(visible=False)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
