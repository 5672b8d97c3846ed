"""The picture of a comparison: four measures over time, ready for a slide."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import blended_transform_factory
from numpy.typing import NDArray

from experiments.metrics import Metric, metric, short_money
from experiments.statistics import half_width
from experiments.style import QUIET, RC, SLIDE_DPI, SLIDE_INCHES, colour
from experiments.wording import capital
from simulation.world import WEEKS_A_YEAR

# The first four that the runs measured are drawn.
CANDIDATES = (
    "retention",
    "profit",
    "friction",
    "lead_time_days",
    "satisfaction",
    "active",
    "engagement",
    "utilisation",
)
PANELS = 4
SMOOTH_WEEKS = 13

# Places in fractions of the figure.
EDGE, LEFT, TOP, BETWEEN, BOTTOM = 0.03, 0.065, 0.965, 0.06, 0.11
UNDER_TITLE = 0.075
LETTER, NAME_GAP = 0.0079, 0.012  # widest mean width of a bold letter of a name, space beside it

PANEL_TITLE_POINTS = 11.5
_TITLE_POINTS = (16, 14, 12)  # the first at which the title takes no more than these lines
_TITLE_LINES = 3
_TITLE_WIDTH = 1460  # characters in a line at one point
_MANY, _THIN = 4, 1.5  # more lines than this are thinner
_BESIDE = 1.0  # of what the regimes are set against
_BAND_ALPHA = 0.32  # shared by all regimes
_LABEL_POINTS = 10.5
_LINE_HEIGHT = 1.3
POINTS_AN_INCH = 72
_STEPS = (1, 2, 5, 10)
_WHOLE_YEARS_FROM = 3  # shorter horizons have ticks within the year

# A number stays on the line of its unit.
_NO_BREAK = "\N{NO-BREAK SPACE}"
_UNIT = re.compile(r"(?<=\d) (?=%|k\b|M\b|bn\b|points\b)")

Values = NDArray[np.float64]
Series = Mapping[str, Sequence[pd.DataFrame]]  # weekly tables of each regime, one a replication


def draw(series: Series, title: str, footer: str) -> Figure:
    """Draw the weekly course of each regime with its interval.

    Parameters
    ----------
    series : mapping of regime to weekly tables
        One table per replication, all of one length.
    title : str
        The finding.
    footer : str
        Scenario, replications, seeds and version.
    """
    with slide(title, footer) as (figure, top):
        names = room_for_names(series)
        panel = (1 - LEFT - BETWEEN) / 2 - names
        grid = figure.add_gridspec(
            2, 2, left=LEFT, right=1 - names, bottom=BOTTOM, top=top,
            hspace=0.42, wspace=(names + BETWEEN) / panel,
        )  # fmt: skip
        for place, measure in enumerate(measured(series, CANDIDATES, PANELS)):
            axes = figure.add_subplot(grid[divmod(place, 2)])
            course(axes, measure, series)
    return figure


@contextmanager
def slide(title: str, footer: str) -> Iterator[tuple[Figure, float]]:
    """Give an empty slide and the height at which its panels begin, as a fraction of it.

    Parameters
    ----------
    title : str
        The finding.
    footer : str
        Scenario, replications, seeds and version.
    """
    with mpl.rc_context(RC):
        figure = Figure(figsize=SLIDE_INCHES, dpi=SLIDE_DPI)
        FigureCanvasAgg(figure)
        height = _set_title(figure, title)
        figure.text(EDGE, 0.025, footer, fontsize=9, color=QUIET, va="bottom")
        yield figure, TOP - height - UNDER_TITLE


def room_for_names(names: Iterable[str]) -> float:
    """Room that names beside a panel take, as a fraction of the figure's width."""
    return LETTER * max(map(len, names)) + NAME_GAP


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move positions as little as needed so that neighbours are `gap` apart within [low, high].

    Labels that do not fit between the two ends keep their distance and run over at the bottom.
    """
    order = np.argsort(wanted, kind="stable")
    placed = [float(wanted[i]) for i in order]
    for _ in range(len(placed)):
        for i in range(1, len(placed)):
            lack = gap - (placed[i] - placed[i - 1])
            if lack > 0:
                placed[i - 1] -= lack / 2
                placed[i] += lack / 2
    ceiling = high
    for i in reversed(range(len(placed))):
        placed[i] = min(placed[i], ceiling)
        ceiling = placed[i] - gap
    if placed and placed[0] < low <= high - gap * (len(placed) - 1):
        floor = low
        for i in range(len(placed)):
            placed[i] = max(placed[i], floor)
            floor = placed[i] + gap
    result = [0.0] * len(placed)
    for i, position in zip(order, placed, strict=True):
        result[i] = position
    return result


def _set_title(figure: Figure, title: str) -> float:
    """Set a finding over the panels; its height as a fraction of the figure."""
    title = _UNIT.sub(_NO_BREAK, title)
    for points in _TITLE_POINTS:
        lines = textwrap.wrap(title, int(_TITLE_WIDTH / points))
        if len(lines) <= _TITLE_LINES:
            break
    figure.suptitle(
        "\n".join(lines).replace(_NO_BREAK, " "), x=EDGE, y=TOP, ha="left", va="top",
        fontsize=points, fontweight="bold", linespacing=_LINE_HEIGHT,
    )  # fmt: skip
    return len(lines) * points * _LINE_HEIGHT / POINTS_AN_INCH / SLIDE_INCHES[1]


def measured(series: Series, candidates: Sequence[str], most: int) -> list[Metric]:
    """The first of these measures that any of the runs has values of."""

    def has_values(key: str) -> bool:
        return any(
            key in table and bool(table[key].notna().any())
            for tables in series.values()
            for table in tables
        )

    return [metric(key) for key in candidates if has_values(key)][:most]


def course(
    axes: Axes,
    measure: Metric,
    series: Series,
    *,
    note: str = "",
    zero: bool = False,
    beside: tuple[str, str] | None = None,
    pad: float = 8.0,
) -> None:
    """Draw a measure over time: a line and a band for each regime, named at its end.

    Parameters
    ----------
    axes : Axes
        The panel.
    measure : Metric
        What is drawn.
    series : mapping of regime to weekly tables
        As for `draw`.
    note : str
        Goes into the title of the panel, behind the name of the measure.
    zero : bool
        Whether the axis reaches down to zero.
    beside : tuple of str, optional
        Column and name of something to set the regimes against: a thin grey line, the mean of all
        runs.
    pad : float
        Points between the panel and its title.
    """
    unit = f", {measure.unit}" if measure.unit in ("days", "hours", "weeks") else ""
    axes.set_title(
        f"{capital(measure.label)}{unit}{note} ({SMOOTH_WEEKS}-week mean)",
        fontsize=PANEL_TITLE_POINTS, pad=pad,
    )  # fmt: skip
    ends: list[tuple[str, str, float]] = []
    if beside:
        key, name = beside
        mean = _mean(_smooth([table for tables in series.values() for table in tables], key))
        if np.isfinite(mean).any():
            axes.plot(_years(mean), mean, color=QUIET, linewidth=_BESIDE)
            ends.append((name, QUIET, _last(mean)))
    for place, (regime, tables) in enumerate(series.items()):
        courses = _smooth(tables, measure.key)
        mean = _mean(courses)
        if not np.isfinite(mean).any():
            continue
        year = _years(mean)
        thin = len(series) > _MANY
        axes.plot(year, mean, color=colour(place), linewidth=_THIN if thin else None)
        if len(courses) > 1:
            half = np.array([half_width(week[np.isfinite(week)]) for week in courses.T])
            axes.fill_between(
                year,
                mean - half,
                mean + half,
                color=colour(place),
                alpha=_BAND_ALPHA / len(series),
                linewidth=0,
            )
        ends.append((regime, colour(place), _last(mean)))
    axes.set_xlabel("year", fontsize=10)
    axes.tick_params(length=0, labelsize=10)
    horizon = max(len(table) for tables in series.values() for table in tables) / WEEKS_A_YEAR
    axes.set_xlim(0, horizon)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=_STEPS, integer=horizon >= _WHOLE_YEARS_FROM))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=_STEPS))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda x, _: _tick(measure, x)))
    if zero:
        low, high = axes.get_ylim()
        axes.set_ylim(0.0 if axes.dataLim.y0 >= 0 else low, max(high, 0.0))
    label_ends(axes, ends)


def _years(weekly: Values) -> Values:
    """The end of each week, in years from the start."""
    return (np.arange(len(weekly)) + 1) / WEEKS_A_YEAR


def _mean(courses: Values) -> Values:
    """Mean of the replications that have a value, week by week; NaN where none has."""
    known = np.isfinite(courses)
    count = known.sum(axis=0)
    total = np.where(known, courses, 0.0).sum(axis=0)
    mean: Values = np.divide(total, count, out=np.full(len(count), np.nan), where=count > 0)
    return mean


def _last(course: Values) -> float:
    """The last value there is."""
    return float(course[np.isfinite(course)][-1])


def _smooth(tables: Sequence[pd.DataFrame], key: str) -> Values:
    """Trailing means, replications in rows; missing weeks are passed over.

    The first weeks have no mean, except in a run that is too short to have any.
    """
    courses = np.array(
        [table[key].rolling(SMOOTH_WEEKS, min_periods=1).mean().to_numpy(float) for table in tables]
    )
    if courses.shape[1] >= SMOOTH_WEEKS:
        courses[:, : SMOOTH_WEEKS - 1] = np.nan
    return courses


def label_ends(axes: Axes, ends: Sequence[tuple[str, str, float]]) -> None:
    """Name each line at its end, given as name, colour and height; names keep clear."""
    axes.set_ylim(axes.get_ylim())
    figure = axes.figure
    to_pixel = axes.transData
    gap = _LABEL_POINTS * 1.25 / POINTS_AN_INCH * figure.dpi
    box = axes.bbox
    wanted = [float(to_pixel.transform((0, y))[1]) for _, _, y in ends]
    pixels = spread(wanted, gap, box.y0 + gap / 2, box.y1 - gap / 2)
    across = blended_transform_factory(axes.transAxes, to_pixel)
    for (regime, ink, _), pixel in zip(ends, pixels, strict=True):
        y = float(to_pixel.inverted().transform((0, pixel))[1])
        axes.text(
            1.02, y, regime, transform=across, color=ink, va="center", ha="left",
            fontsize=_LABEL_POINTS, fontweight="bold",
        )  # fmt: skip


def _tick(measure: Metric, x: float) -> str:
    if measure.unit == "share":
        return f"{100 * x:.3g} %"
    return short_money(x) if measure.unit == "money" else f"{x:,.4g}"
