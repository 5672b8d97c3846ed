"""The picture of a calibration: months of data beside those of the model, and what is possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from experiments.figure import BOTTOM, LEFT, PANEL_TITLE_POINTS, slide
from experiments.fit.columns import COLUMNS
from experiments.fit.distance import mean_of
from experiments.fit.finding import number
from experiments.style import BLUE, ORANGE, QUIET, TEXT, tint
from experiments.sweep.figure import set_title, short_key, tick_format
from experiments.wording import capital
from simulation.version import MODEL_VERSION

if TYPE_CHECKING:
    from experiments.fit.result import Fit

SERIES_MOST = 6
_COLUMNS = 2
_SPLIT, _GAP, _RIGHT = 0.62, 0.05, 0.965  # of the width: series, and beside them the keys
_SMALL = 9.0
_BAND, _BAR = 0.25, 0.3
_TICKS = 4
_MANY, _ROOM, _ROOM_MANY = 5, 1.1, 1.9  # more keys than this are drawn with less room
_TITLE_LETTERS = 44
_TOLD = {"told": "told", "hardly": "hardly told", "not at all": "cannot be told"}


def draw_fit(result: Fit) -> Figure:
    """Draw a calibration; see `Fit.figure`."""
    shown = _shown(result)
    with slide(result.finding, f"{_reading(result, len(shown))}\n{_origin(result)}") as (
        figure,
        top,
    ):
        across = min(_COLUMNS, len(shown))
        rows = -(-len(shown) // across)
        grid = figure.add_gridspec(
            rows, across, left=LEFT, right=_SPLIT, bottom=BOTTOM + 0.035, top=top, hspace=0.55,
            wspace=0.24,
        )  # fmt: skip
        for place, name in enumerate(shown):
            axes = figure.add_subplot(grid[divmod(place, across)])
            _draw_series(axes, result, name, last=place >= len(shown) - across)
        keys = figure.add_gridspec(
            len(result.free), 1, left=_SPLIT + _GAP, right=_RIGHT, bottom=BOTTOM + 0.035, top=top,
            hspace=_ROOM_MANY if len(result.free) > _MANY else _ROOM,
        )  # fmt: skip
        for place in range(len(result.free)):
            _draw_key(figure.add_subplot(keys[place]), result, place)
    return figure


def _shown(result: Fit) -> list[str]:
    """The series that are drawn: all, or of many those that are farthest off."""
    names = [course.series for course in result.courses]
    far = sorted(result.courses, key=lambda course: -course.off)[:SERIES_MOST]
    return [name for name in names if name in {course.series for course in far}]


def _draw_series(axes: Axes, result: Fit, name: str, *, last: bool) -> None:
    place = result.data.columns.index(name)
    months = result.months[result.months["series"] == name].reset_index(drop=True)
    before = mean_of(result.found.before[:, place])
    month = months.index.to_numpy() + 1
    axes.fill_between(
        month, months["low"], months["high"], color=BLUE, alpha=_BAND, linewidth=0, zorder=1
    )
    axes.plot(month, before, color=QUIET, linewidth=1.0, linestyle=(0, (4, 2)), zorder=2)
    axes.plot(month, months["model"], color=BLUE, linewidth=1.8, zorder=3)
    axes.plot(month, months["data"], color=TEXT, linewidth=0.7, zorder=4)
    axes.plot(
        month, months["data"], linestyle="none", marker="o", markersize=2.6, color=TEXT, zorder=5
    )
    column = COLUMNS[name]
    off = result.courses[place].off
    unit = ", days" if column.kind == "days" else ""
    set_title(axes, f"{capital(column.label)}{unit} (off by {off:.1f})")
    axes.set_xlim(0.5, len(month) + 0.5)
    ticks = np.unique(np.linspace(1, len(month), _TICKS).round().astype(int))
    axes.set_xticks(ticks, [result.data.months[tick - 1] for tick in ticks] if last else [])
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=(1, 2, 5, 10)))
    axes.yaxis.set_major_formatter(tick_format(column.metric, gap=False))
    axes.tick_params(length=0, labelsize=_SMALL)


def _draw_key(axes: Axes, result: Fit, place: int) -> None:
    """The range given, what is possible of it, the value before and now."""
    one, key = result.free[place], result.keys[place]
    ink = {"told": BLUE, "hardly": tint(BLUE, 0.55), "not at all": tint(QUIET, 0.4)}[key.told]
    axes.barh(0, key.high - key.low, left=key.low, height=_BAR, color=ink, zorder=2)
    axes.plot(
        key.before, 0, marker="|", markersize=15, markeredgewidth=1.6, color=QUIET, zorder=3
    )  # fmt: skip
    axes.plot(key.fitted, 0, marker="o", markersize=8, color=ORANGE, zorder=4)
    if one.by_factors:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.xaxis.set_minor_locator(NullLocator())
    else:
        axes.xaxis.set_major_locator(MaxNLocator(4, steps=(1, 2, 5, 10)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: number(x)))
    axes.set_xlim(one.low, one.high)
    axes.set_ylim(-0.5, 0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="x", length=0, labelsize=_SMALL)
    title = f"{short_key(one.key)} {number(key.fitted)}: {_TOLD[key.told]}"
    points = min(PANEL_TITLE_POINTS, PANEL_TITLE_POINTS * _TITLE_LETTERS / len(title))
    many = len(result.free) > _MANY
    axes.set_title(title, fontsize=min(points, 10.0) if many else points, pad=4 if many else 8)
    if many:
        axes.tick_params(axis="x", labelsize=_SMALL - 1, pad=2)


def _reading(result: Fit, shown: int) -> str:
    said = (
        "dots: data · blue: model now, and between which 95 % of its firms are · dashed: model "
        "before · off by: in units of luck alone"
    )
    if shown < len(result.data.columns):
        said += f" · the {shown} series that are farthest off, of {len(result.data.columns)}"
    return said + "\nright: bar: still possible of the range given · dot: now · grey mark: before"


def _origin(result: Fit) -> str:
    wanted, months = result.wanted, result.data.months
    points, lives = len(result.found.places), len(result.found.after)
    return (
        f"{result.study.scenario}, {result.study.regimes[0]} · {len(months)} months, {months[0]} "
        f"to {months[-1]} · {points} points in {_worlds(wanted.replications)} each, "
        f"{_worlds(lives, 'fresh ')} at the end · raison {MODEL_VERSION}"
    )


def _worlds(count: int, which: str = "") -> str:
    return f"{count} {which}world{'' if count == 1 else 's'}"
