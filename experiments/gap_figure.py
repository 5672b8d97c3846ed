"""The pictures of the paired gap: over time with its band, and how it is distributed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from experiments.figure import BOTTOM, PANELS, room_for_names, slide
from experiments.gap_panels import (
    Ahead,
    Interval,
    OfOthers,
    draw_break_even,
    draw_course,
    draw_differences,
)
from experiments.metrics import metric

Gaps = Mapping[str, OfOthers]  # of each metric

# The first four that the runs measured are drawn.
CANDIDATES = ("retention", "profit", "friction", "agility_speed", "lead_time_days", "satisfaction")

# How to read the pictures, for their footers.
GAP_NOTE = (
    "line: mean gap of the pairs, band (from 4 pairs on): about 95 % sure to hold the whole course"
)
DISTRIBUTION_NOTE = (
    "dots: the pairs (fifty stand for more), thin line: the middle 80 % of them, "
    "bar: mean with its 95 % interval"
)

# Places in fractions of the figure.
_LEFT, _BETWEEN = 0.075, 0.085
_EDGE, _MIDDLE, _AXIS, _RIGHT = 0.035, 0.65, 0.065, 0.975
_HSPACE, _WSPACE = 0.42, 0.1


def draw_gap(gaps: Gaps, first: str, title: str, footer: str) -> Figure:
    """Draw the mean paired gap over time with its simultaneous band, a panel a measure.

    Parameters
    ----------
    gaps : mapping of metric to mapping of second regime to array, shape (replications, weeks)
        Weekly differences A - B, the regimes in the order of the comparison. Profit is added up;
        everything else is averaged over 13 weeks. A measure without a value has no panel.
    first : str
        Regime A.
    title : str
        The finding.
    footer : str
        Scenario, replications, seeds and version; `GAP_NOTE` says how to read the picture.
    """
    keys = _shown(gaps)
    with slide(title, footer) as (figure, top):
        names = room_for_names({first, *(name for key in keys for name in gaps[key])})
        panel = (1 - _LEFT - _BETWEEN) / 2 - names
        grid = figure.add_gridspec(
            2, 2, left=_LEFT, right=1 - names, bottom=BOTTOM, top=top,
            hspace=_HSPACE, wspace=(names + _BETWEEN) / panel,
        )  # fmt: skip
        for place, key in enumerate(keys):
            axes = figure.add_subplot(grid[divmod(place, 2)])
            draw_course(axes, metric(key), gaps[key], first)
    return figure


def draw_distribution(
    differences: Gaps,
    intervals: Mapping[str, Mapping[str, Interval]],
    ahead: Sequence[Ahead],
    first: str,
    horizon_years: float,
    title: str,
    footer: str,
) -> Figure:
    """Draw how the paired differences and the break-even month are distributed.

    Parameters
    ----------
    differences : mapping of metric to mapping of second regime to array, shape (replications,)
        Paired differences A - B, the regimes in the order of the comparison. A measure without a
        value has no panel.
    intervals : mapping of metric to mapping of second regime to interval
        Of the mean differences.
    ahead : sequence of Ahead
        Who gets ahead of whom in profit added up, and when; no panel for none.
    first : str
        Regime A.
    horizon_years : float
        Length of the runs.
    title : str
        The finding.
    footer : str
        Scenario, replications, seeds and version; `DISTRIBUTION_NOTE` says how to read the picture.
    """
    with slide(title, footer) as (figure, top):
        right = _MIDDLE if ahead else _RIGHT
        grid = figure.add_gridspec(
            2, 2, left=_EDGE, right=right, bottom=BOTTOM, top=top, hspace=_HSPACE, wspace=_WSPACE
        )
        for place, key in enumerate(_shown(differences)):
            axes = figure.add_subplot(grid[divmod(place, 2)])
            draw_differences(axes, metric(key), differences[key], intervals[key], first)
        if ahead:
            side = (_MIDDLE + _AXIS, BOTTOM, _RIGHT - _MIDDLE - _AXIS, top - BOTTOM)
            draw_break_even(figure.add_axes(side), ahead, horizon_years)
    return figure


def _shown(measures: Gaps) -> list[str]:
    """The first four of the candidates that have any value."""

    def has_values(key: str) -> bool:
        return any(bool(np.isfinite(values).any()) for values in measures.get(key, {}).values())

    return [key for key in CANDIDATES if has_values(key)][:PANELS]
