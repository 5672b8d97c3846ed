"""The picture of the offer in its market: how far off, how old its insight, how soon it follows."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from experiments import timeline
from experiments.figure import (
    BETWEEN,
    BOTTOM,
    LEFT,
    POINTS_AN_INCH,
    Series,
    course,
    measured,
    room_for_names,
    slide,
)
from experiments.happenings import Happening
from experiments.rows import NUMBER, SPACE, Rows, width_of
from experiments.style import SLIDE_INCHES

# The first two that the runs measured are drawn below the offer.
CANDIDATES = (
    "agility_speed",
    "agility",
    "insight_age_weeks",
    "belief_gap",
    "change_lead_time_days",
)
_NOTES = {"agility_speed": ", 1 / days"}
RIVAL = ("competitor_gap", "competitor")
_OFFER = "product_gap"
COLUMNS = (*CANDIDATES, _OFFER, RIVAL[0])

# Places in fractions of the figure.
_RIGHT, _BETWEEN_ROWS = 0.97, 0.15
_ASIDE, _PER_NAME = 0.25, 0.6  # width of the recoveries: this, and more for longer names

_PAD = 8.0  # points between a panel, or what stands over it, and its title
_SHADE = 0.5  # of a regime's colour, in a bar


def draw_market(
    series: Series,
    happenings: Sequence[Happening],
    recoveries: pd.DataFrame,
    title: str,
    footer: str,
) -> Figure:
    """Draw the distance of the offer from the need, what happened, and how soon it was made good.

    Parameters
    ----------
    series : mapping of regime to weekly tables
        One table per replication, all of one length.
    happenings : sequence of mapping
        The events of the scenario.
    recoveries : DataFrame
        `Comparison.recoveries`.
    title : str
        The finding.
    footer : str
        Scenario, replications, seeds and version.
    """
    with slide(title, footer) as (figure, top):
        names = room_for_names([*series, RIVAL[1]])
        middle = (top + BOTTOM) / 2
        bottom = middle + _BETWEEN_ROWS / 2
        aside = _ASIDE + _PER_NAME * names if len(recoveries) else 0.0
        right = _RIGHT - aside - BETWEEN / 2 if aside else 1.0
        if offer := measured(series, (_OFFER,), 1):
            width, room = _points(right - names - LEFT), _points(right - LEFT)
            placed = timeline.labels(happenings, _weeks(series), width, room)
            above = timeline.height(placed)
            ceiling = top - above / POINTS_AN_INCH / SLIDE_INCHES[1]
            axes = figure.add_axes((LEFT, bottom, right - names - LEFT, ceiling - bottom))
            rival = RIVAL if measured(series, (RIVAL[0],), 1) else None
            course(axes, offer[0], series, zero=True, beside=rival, pad=_PAD + above)
            timeline.mark(axes, happenings, placed)
        if aside:
            place = figure.add_gridspec(
                1, 1, left=_RIGHT - aside, right=_RIGHT, bottom=bottom, top=top
            )
            _draw_recoveries(Rows(figure, place[0, 0], series), series, recoveries)
        panel = (1 - LEFT - BETWEEN) / 2 - names
        lower = figure.add_gridspec(
            1, 2, left=LEFT, right=1 - names, bottom=BOTTOM, top=middle - _BETWEEN_ROWS / 2,
            wspace=(names + BETWEEN) / panel,
        )  # fmt: skip
        for column, measure in enumerate(measured(series, CANDIDATES, 2)):
            axes = figure.add_subplot(lower[0, column])
            course(axes, measure, series, note=_NOTES.get(measure.key, ""), zero=True)
            timeline.mark(axes, happenings)
    return figure


def _draw_recoveries(rows: Rows, series: Series, recoveries: pd.DataFrame) -> None:
    """Bars of the median time to regain half of the fit lost, and how often the run was over."""
    rows.title("Days to regain half of the fit\nlost in a sudden shift of needs")
    days = {regime: recoveries[recoveries["regime"] == regime]["days"] for regime in series}
    medians = {regime: _median(found) for regime, found in days.items()}
    never = width_of("not regained", NUMBER)
    number = width_of("1,234 days", NUMBER) + SPACE
    longest = max((x for x in medians.values() if math.isfinite(x)), default=0.0)
    room = rows.end - never - number - SPACE - rows.start
    for i, regime in enumerate(series):
        found, median = days[regime], medians[regime]
        if not len(found):
            continue
        if math.isfinite(median):
            long = max(room, 0.0) * median / longest
            rows.block(rows.start, i, long, _SHADE)
            rows.text(rows.start + long + SPACE, i, f"{median:,.0f} days", weight="bold")
        else:
            rows.text(rows.start, i, "most not regained", weight="bold")
        rows.text(rows.end, i, f"{np.isinf(found).sum():,} of {len(found):,}", side="right")
    rows.header(rows.start, "median", "left")
    rows.header(rows.end, "not regained", "right")


def _median(days: pd.Series[float]) -> float:
    """The middle one, those that the run was too short for counting as the longest."""
    return float(np.median(days)) if len(days) else math.nan


def _points(width: float) -> float:
    """A width in fractions of the figure, in points."""
    return width * SLIDE_INCHES[0] * POINTS_AN_INCH


def _weeks(series: Series) -> int:
    return max(len(table) for tables in series.values() for table in tables)
