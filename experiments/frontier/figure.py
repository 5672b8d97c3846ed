"""The picture of a frontier: who is better where, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure

from experiments.figure import BOTTOM, slide
from experiments.frontier.surface import SURE, middle_of
from experiments.metrics import metric
from experiments.style import QUIET, TEXT, colour, tint
from experiments.sweep.figure import set_title, short_key
from experiments.wording import capital
from simulation.version import MODEL_VERSION

if TYPE_CHECKING:
    from experiments.frontier.result import Frontier

_FINE = 81  # places of the drawn map along each key
_PALE = "#F7F7F7"
_STRONG = 0.8  # of the colour where a regime is surely better


def draw_frontier(result: Frontier) -> Figure:
    """Draw a frontier; see `Frontier.figure`."""
    first, *others = result.metrics
    with slide(result.finding, f"{_reading(result)}\n{_origin(result)}") as (figure, top):
        grid = figure.add_gridspec(
            max(len(others), 1), 2, left=0.07, right=0.985, bottom=BOTTOM + 0.06, top=top - 0.01,
            width_ratios=(2.2, 1.0) if others else (1.0, 0.001), hspace=0.55, wspace=0.14,
        )  # fmt: skip
        x, y = result.keys
        main = figure.add_subplot(grid[:, 0])
        _draw_map(main, result, first)
        main.set_xlabel(short_key(x), fontsize=10)
        main.set_ylabel(short_key(y), fontsize=10)
        for place, measure in enumerate(others):
            axes = figure.add_subplot(grid[place, 1])
            _draw_map(axes, result, measure, small=True)
            axes.tick_params(labelsize=8)
    return figure


def _draw_map(axes: Axes, result: Frontier, measure: str, *, small: bool = False) -> None:
    x, y = result.keys
    columns = (result.places[x], result.places[y])
    across, up = (np.linspace(float(c.min()), float(c.max()), _FINE) for c in columns)
    side = np.linspace(0, 1, _FINE)
    square = np.array([(i, j) for j in side for i in side])
    b_better = result.b_better(measure, square).reshape(_FINE, _FINE)
    better = LinearSegmentedColormap.from_list(
        "better", [tint(colour(0), _STRONG), to_rgb(_PALE), tint(colour(1), _STRONG)]
    )
    axes.pcolormesh(across, up, b_better, cmap=better, vmin=0, vmax=1, shading="nearest",
                    rasterized=True)  # fmt: skip
    axes.contour(across, up, b_better, levels=[0.5], colors=TEXT, linewidths=2.0)
    axes.contour(
        across, up, b_better, levels=[SURE, 1 - SURE], colors=TEXT, linewidths=0.9,
        linestyles="dashed",
    )  # fmt: skip
    run = result.places.loc[list(result.points)]
    axes.plot(run[x], run[y], "o", color=QUIET, markersize=2 if small else 3.5, clip_on=False)
    axes.grid(visible=False)
    set_title(axes, capital(metric(measure).label))
    if not small:
        _name_sides(axes, result, b_better)


def _name_sides(axes: Axes, result: Frontier, b_better: np.ndarray) -> None:
    """Write who is better into the middle of where that is sure."""
    for place, sure in enumerate((b_better < SURE, b_better > 1 - SURE)):
        if (middle := middle_of(sure)) is None:
            continue
        row, column = middle
        axes.text(
            column / (_FINE - 1), row / (_FINE - 1),
            f"{result.regimes[place]}\nbetter", transform=axes.transAxes, ha="center",
            va="center", fontsize=11, fontweight="bold", color=TEXT,
        )  # fmt: skip


def _reading(result: Frontier) -> str:
    a, b = result.regimes
    return (
        f"blue: {a} is better · orange: {b} · line: as likely the one as the other · broken lines: "
        f"{100 * (1 - SURE):.1f} % sure · dots: what was run"
    )


def _origin(result: Frontier) -> str:
    n, seed = result.study.replications, result.study.seed
    return (
        f"{result.scenario}, {len(result.points)} points chosen for "
        f"{metric(result.metric).label} · seeds {seed} to {seed + n - 1} at each, with the same "
        f"luck everywhere · raison {MODEL_VERSION}"
    )
