"""What the scenario lets happen, marked in a panel over time and named above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes

from experiments.figure import POINTS_AN_INCH
from experiments.happenings import Happening, in_words, lasts
from experiments.rows import width_of
from experiments.style import QUIET
from simulation.world import WEEKS_A_YEAR

# Sizes in points.
LEVEL = 12.0  # height of a line of names
_SIZE = 9.0
_GAP = 4.0  # between a name, its line and the panel
_LEVELS = 4  # most names one over the other; who finds no room is a line without a name
_LINE, _SPELL_ALPHA = 0.9, 0.10


class Label(NamedTuple):
    """The name of an event over a panel: where it begins, in points, and on which level."""

    event: Happening
    x: float
    level: int


def labels(happenings: Sequence[Happening], weeks: int, width: float, room: float) -> list[Label]:
    """Place names over a panel so that they keep clear of each other.

    Parameters
    ----------
    happenings : sequence of mapping
        The events of a scenario.
    weeks : int
        Length of the run.
    width : float
        Of the panel, in points.
    room : float
        Where the last name has to end, in points from the left of the panel.
    """
    placed: list[Label] = []
    free = [room] * _LEVELS  # from the left up to here
    for event in sorted(happenings, key=lambda event: -event["week"]):
        long = width_of(in_words(event), _SIZE)
        x = min(event["week"] / weeks * width + _GAP, room - long)
        level = next((i for i, end in enumerate(free) if x + long <= end), None)
        if level is None or event["week"] >= weeks:
            continue
        placed.append(Label(event, x, level))
        free[level] = x - 2 * _GAP
    return placed


def height(placed: Sequence[Label]) -> float:
    """Room that names take above a panel, in points."""
    return LEVEL * max((label.level + 1 for label in placed), default=0)


def mark(axes: Axes, happenings: Sequence[Happening], placed: Sequence[Label] = ()) -> None:
    """Draw a line where something happens, a shade while it lasts, and its name if it has one."""
    tall = axes.bbox.height / axes.figure.dpi * POINTS_AN_INCH
    levels = {id(label.event): label.level for label in placed}
    end = axes.get_xlim()[1]
    for event in happenings:
        year = event["week"] / WEEKS_A_YEAR
        if year >= end:
            continue
        level = levels.get(id(event))
        top = 1.0 if level is None else 1 + (_GAP + LEVEL * level + _SIZE) / tall
        axes.plot(
            [year, year], [0, top], transform=axes.get_xaxis_transform(), color=QUIET,
            linewidth=_LINE, linestyle=(0, (4, 2)), clip_on=False, zorder=1,
        )  # fmt: skip
        if lasts(event):
            until = min(year + lasts(event) / WEEKS_A_YEAR, end)
            axes.axvspan(year, until, color=QUIET, alpha=_SPELL_ALPHA, linewidth=0, zorder=0)
    for label in placed:
        axes.annotate(
            in_words(label.event), (0, 1), xycoords="axes fraction",
            xytext=(label.x, _GAP + LEVEL * label.level), textcoords="offset points",
            fontsize=_SIZE, color=QUIET,
            bbox={"facecolor": "white", "linewidth": 0, "pad": 0.8},  # over the lines of others
        )  # fmt: skip
