"""Panels of the paired gap: its course, its distribution, and the break-even month."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import (
    FixedLocator,
    FuncFormatter,
    MaxNLocator,
    MultipleLocator,
    PercentFormatter,
)

from experiments.figure import (
    PANEL_TITLE_POINTS,
    POINTS_AN_INCH,
    SMOOTH_WEEKS,
    label_ends,
)
from experiments.metrics import Metric, short_money
from experiments.statistics import Values, band
from experiments.statistics.break_even import MONTHS_A_YEAR
from experiments.style import QUIET, SLIDE_INCHES, TEXT, colour
from experiments.wording import capital
from simulation.world import WEEKS_A_YEAR

OfOthers = Mapping[str, Values]  # an array of each second regime, in the order of the comparison
Interval = tuple[float, float]  # lower and upper end, NaN if there is none

CUMULATED = "profit"  # drawn over time as what it adds up to

_AXIS_POINTS, _NOTE_POINTS = 10, 9
_STEPS = (1, 2, 5, 10)
_ZERO = 1e-12  # a tick closer to zero than this is zero

# Course
_BAND_ALPHA = 0.22  # of one regime
_HEADROOM = 0.12  # of the range, for the words in the corners
_WHOLE_YEARS_FROM = 3  # shorter horizons have ticks within the year

# Differences
_DOTS = 50  # more pairs than this are drawn as so many quantiles
_ROWS_OF_DOTS = 3  # more second regimes than this have a line in their place
_EIGHT_IN_TEN = (0.1, 0.9)
_BINS = range(24, 61)  # the first with which the stacks do not grow into the words
_DOT_SHARE, _LARGEST = 0.92, 11.0  # of the width of a bin; points
_BASE, _CEILING = 0.22, 0.76  # heights in a row of height one: of the dots
_INTERVAL, _WORDS = 0.12, 0.88  # beside dots
_INTERVAL_ALONE, _WORDS_ALONE = 0.28, 0.72
_MARGIN = 0.04  # beside the dots, of their range
_THICK, _THIN, _MEAN_SIZE = 2.5, 1.0, 4.5

# Break-even
_LINE_POINTS = 13.0
_FLOOR = -0.015  # so that a line at zero can be seen
_QUARTERS = (0, 0.25, 0.5, 0.75, 1)
_MONTH_STEPS, _MOST_TICKS = (1, 3, 6, 12, 24, 60, 120), 6


# --- over time


def draw_course(axes: Axes, measure: Metric, gaps: OfOthers, first: str) -> None:
    """Draw mean weekly gaps with bands that hold their whole course.

    Parameters
    ----------
    gaps : mapping of second regime to array, shape (replications, weeks)
        Profit is added up, everything else is averaged over 13 weeks.
    """
    cumulated = measure.key == CUMULATED
    name = "Profit, added up" if cumulated else capital(measure.label)
    how = "" if cumulated else f" ({SMOOTH_WEEKS}-week mean)"
    axes.set_title(f"{name}: gap{_unit(measure)}{how}", fontsize=PANEL_TITLE_POINTS, pad=8)
    axes.axhline(0, color=TEXT, linewidth=1)
    ends: list[tuple[str, str, float]] = []
    for place, (regime, weekly) in enumerate(gaps.items(), start=1):
        found = band(np.cumsum(weekly, axis=1) if cumulated else _smooth(weekly))
        known = found.mean[np.isfinite(found.mean)]
        if len(known) == 0:
            continue
        year = (np.arange(len(found.mean)) + 1) / WEEKS_A_YEAR
        axes.plot(year, found.mean, color=colour(place))
        axes.fill_between(
            year, found.low, found.high, color=colour(place), linewidth=0,
            alpha=_BAND_ALPHA / math.sqrt(len(gaps)),
        )  # fmt: skip
        ends.append((regime, colour(place), float(known[-1])))
    horizon = max(weekly.shape[1] for weekly in gaps.values()) / WEEKS_A_YEAR
    axes.set_xlim(0, horizon)
    axes.margins(y=_HEADROOM)
    axes.set_xlabel("year", fontsize=_AXIS_POINTS)
    axes.tick_params(length=0, labelsize=_AXIS_POINTS)
    whole = horizon >= _WHOLE_YEARS_FROM
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=_STEPS, integer=whole))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=_STEPS))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda x, _: _tick(measure, x)))
    label_ends(axes, ends)
    for height, side, word in ((0.98, "top", "higher"), (0.02, "bottom", "lower")):
        axes.annotate(
            f"{first} {word}", (0.01, height), xycoords="axes fraction", ha="left", va=side,
            fontsize=_NOTE_POINTS, color=QUIET,
        )  # fmt: skip


def _smooth(courses: Values) -> Values:
    """Trailing means; missing weeks are passed over, and the first weeks have no mean.

    A run that is too short to have any has the mean of all its weeks.
    """
    means = pd.DataFrame(courses.T).rolling(SMOOTH_WEEKS, min_periods=1).mean()
    means.iloc[: min(SMOOTH_WEEKS, len(means)) - 1] = np.nan
    return means.to_numpy(float).T


# --- differences


def draw_differences(
    axes: Axes,
    measure: Metric,
    differences: OfOthers,
    intervals: Mapping[str, Interval],
    first: str,
) -> None:
    """Draw paired differences, a row for every second regime, with their mean and its interval.

    Up to fifty pairs are a dot each; of more, fifty evenly spaced quantiles are drawn. With more
    than three second regimes a line holds the middle eight in ten of the pairs.

    Parameters
    ----------
    differences : mapping of second regime to array, shape (replications,)
        Missing pairs (NaN) are left out.
    intervals : mapping of second regime to interval
        Of the means.
    """
    title = f"{capital(measure.label)}: difference{_unit(measure)}"
    axes.set_title(title, fontsize=PANEL_TITLE_POINTS, pad=8)
    known = {name: of[np.isfinite(of)] for name, of in differences.items()}
    spreads = [_spread(of, len(known)) for of in known.values()]
    reach = [end for name in known for end in intervals[name] if math.isfinite(end)]
    everything = np.concatenate([[0.0], reach, *spreads])
    room = float(np.ptp(everything)) * _MARGIN or 1.0
    axes.set_xlim(float(everything.min()) - room, float(everything.max()) + room)
    axes.set_ylim(len(known), 0)
    axes.axvline(0, color=TEXT, linewidth=1, zorder=1)
    dots = len(known) <= _ROWS_OF_DOTS
    if dots:
        _draw_dots(axes, spreads)
    interval, words = (_INTERVAL, _WORDS) if dots else (_INTERVAL_ALONE, _WORDS_ALONE)
    for row, (name, of) in enumerate(known.items()):
        ink, ground = colour(row + 1), row + 1 - interval
        if not dots:
            axes.plot(spreads[row], [ground] * len(spreads[row]), color=ink, linewidth=_THIN)
        if len(of):
            axes.plot(of.mean(), ground, "D", color=ink, markersize=_MEAN_SIZE)
            axes.plot(intervals[name], [ground, ground], color=ink, linewidth=_THICK)
        axes.text(
            0.0, row + 1 - words, _difference_in_words(measure, name, of, intervals[name]),
            color=ink, transform=axes.get_yaxis_transform(), fontsize=_NOTE_POINTS, va="center",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )  # fmt: skip
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.tick_params(length=0, labelsize=_AXIS_POINTS)
    axes.set_xlabel(f"← {first} lower · higher →", fontsize=_NOTE_POINTS)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=_STEPS))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _tick(measure, x)))


def _spread(values: Values, rows: int) -> Values:
    """What is drawn of the pairs: every value, quantiles of many, or the ends of a line; sorted."""
    if len(values) and rows > _ROWS_OF_DOTS:
        return np.quantile(values, _EIGHT_IN_TEN)
    if len(values) > _DOTS:
        return np.quantile(values, (np.arange(_DOTS) + 0.5) / _DOTS)
    return np.sort(values)


def _difference_in_words(measure: Metric, name: str, values: Values, interval: Interval) -> str:
    if len(values) == 0:
        return f"against {name}: no pair"
    mean, half = float(values.mean()), (interval[1] - interval[0]) / 2
    if half > 0:  # two digits of the interval are enough for the mean
        mean = round(mean, 1 - math.floor(math.log10(half)))
    higher = 100 * float((values > 0).mean())
    return f"against {name}: {measure.difference(mean, unit=False)}, higher in {higher:.0f} %"


def _draw_dots(axes: Axes, dots: list[Values]) -> None:
    """Stack the dots of every row, as large as the highest stack allows."""
    box = axes.get_position()
    width = box.width * SLIDE_INCHES[0] * POINTS_AN_INCH
    row_height = box.height * SLIDE_INCHES[1] * POINTS_AN_INCH / len(dots)
    room = row_height * (_CEILING - _BASE)
    for bins in _BINS:
        size = min(_DOT_SHARE * width / bins, _LARGEST)
        stacks = [_stack(of, axes.get_xlim(), bins) for of in dots]
        highest = 1 + max(float(level.max(initial=0)) for _, level in stacks)
        if highest * size <= room:
            break
    size = min(size, room / highest)
    for row, (x, level) in enumerate(stacks):
        y = row + 1 - _BASE - (level + 0.5) * size / row_height
        axes.plot(x, y, "o", color=colour(row + 1), alpha=0.75, markersize=size, markeredgewidth=0)


def _stack(dots: Values, span: tuple[float, float], bins: int) -> tuple[Values, Values]:
    """Middle of the bin of every dot, and how many dots are below it there."""
    width = (span[1] - span[0]) / bins
    column = np.floor((dots - span[0]) / width)
    below = np.arange(len(dots)) - np.searchsorted(column, column)  # the dots are sorted
    return span[0] + (column + 0.5) * width, below.astype(float)


# --- break-even


class Ahead(NamedTuple):
    """When a regime gets ahead of another for good.

    Attributes
    ----------
    words : str
        Which of which.
    place : int
        Of the regime in the comparison that lends its colour.
    months : array, shape (replications,)
        As in `experiments.statistics.BreakEven`.
    """

    words: str
    place: int
    months: Values


def draw_break_even(axes: Axes, ahead: Sequence[Ahead], horizon_years: float) -> None:
    """Draw the share of the pairs that have broken even by each month; say how many never do."""
    axes.set_title("Break-even: ahead, and stays so", fontsize=PANEL_TITLE_POINTS, pad=8)
    horizon = MONTHS_A_YEAR * horizon_years
    height = axes.get_position().height * SLIDE_INCHES[1] * POINTS_AN_INCH
    line = _LINE_POINTS / height  # of the panel
    headroom = (2 * len(ahead) + 1) * line
    axes.set(xlim=(0, horizon), ylim=(_FLOOR, 1 / (1 - headroom)))
    for row, one in enumerate(ahead):
        known = np.sort(one.months[~np.isnan(one.months)])
        even = known[np.isfinite(known)]
        share = np.arange(len(even) + 1) / max(len(known), 1)
        axes.step([0.0, *even, horizon], [*share, share[-1]], where="post", color=colour(one.place))
        words = ((one.words, "bold"), (_month_in_words(known, horizon), "normal"))
        for below, (text, weight) in enumerate(words):
            axes.text(
                0.02, 1 - (2 * row + below) * line, text, transform=axes.transAxes, va="top",
                color=colour(one.place), fontsize=_NOTE_POINTS, weight=weight,
            )  # fmt: skip
    axes.set_xlabel("month", fontsize=_AXIS_POINTS)
    axes.set_ylabel("pairs in which it has earned more since", fontsize=_NOTE_POINTS)
    axes.yaxis.set_major_locator(FixedLocator(_QUARTERS))
    axes.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    step = next((s for s in _MONTH_STEPS if horizon <= s * _MOST_TICKS), _MONTH_STEPS[-1])
    axes.xaxis.set_major_locator(MultipleLocator(step))
    axes.tick_params(length=0, labelsize=_AXIS_POINTS)


def _month_in_words(months: Values, horizon: float) -> str:
    """How many never break even, and by when half have done so."""
    if len(months) == 0:
        return "no pair"
    never = f"never within {horizon:.3g} months: {100 * float(np.isinf(months).mean()):.0f} %"
    median = float(np.quantile(months, 0.5, method="inverted_cdf"))
    return never if math.isinf(median) else f"{never}; half by month {math.ceil(median)}"


# --- words of an axis


def _unit(measure: Metric) -> str:
    """What differences of a measure are counted in, to go behind its name."""
    unit = "points" if measure.unit == "share" else measure.unit
    return f", {unit}" if unit in ("points", "days", "hours", "weeks") else ""


def _tick(measure: Metric, x: float) -> str:
    """A difference with its sign."""
    if abs(x) < _ZERO:
        return "0"
    scale = 100 if measure.unit == "share" else 1
    text = short_money(x) if measure.unit == "money" else f"{scale * x:,.3g}"
    return text.replace("-", "−") if x < 0 else f"+{text}"
