"""The boxes that were discovered in a sweep: where in it which regime is better."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from experiments.discovery.result import Discovery, Side, discover, discovered
from experiments.figure import PANEL_TITLE_POINTS
from experiments.metrics import metric
from experiments.report.figures import About, Shown, show_panels
from experiments.report.grid import Grid
from experiments.report.panels import title_of
from experiments.report.words import PERCENT
from experiments.wording import capital
from simulation.errors import ScenarioError

if TYPE_CHECKING:
    from experiments.sweep.result import Sweep

_DASH = "–"
_PLACE, _PLACE_OF_LIMITS = (0.1, 0.2, 0.5, 0.6), (0.1, 0.2, 0.5, 0.24)  # on the slide
_TITLE_LETTERS = 60
_ABOUT = About(
    "Where in the ranges",
    "A dot is a point, in the colour of the firm that is better there; strong dots judge, pale "
    "ones were searched. A frame is the box along two keys; under it, the part of the range of "
    "each key that is in the box.",
)


@dataclass(frozen=True, slots=True)
class Boxes:
    """What was discovered about one measure.

    Attributes
    ----------
    key : str
        The measure.
    heading, finding : str
        Its name, and what was found or why it cannot be told.
    shown : Shown or None
        The figure.
    grid : Grid or None
        Every box, judged by the points that it was not found in.
    """

    key: str
    heading: str
    finding: str
    shown: Shown | None = None
    grid: Grid | None = None


def boxes_of(result: Sweep) -> list[Boxes]:
    """What `raison discover` has found in a sweep, for each measure that it was asked about."""
    return [_boxes(result, key) for key in discovered(result.folder)] if result.folder else []


def _boxes(result: Sweep, key: str) -> Boxes:
    heading = capital(metric(key).label)
    try:
        found = discover(result, key)
    except ScenarioError as error:
        return Boxes(key, heading, f"It cannot be told here: {error}")
    rows = tuple(_row(side) for side in found.sides)
    grid = Grid(f"{heading}: boxes, and how they do on points not seen before", _HEAD, rows, True)
    return Boxes(key, heading, found.finding, _shown(found), grid if rows else None)


_HEAD = (
    "better", "when", "density: of the points there, such cases", f"{PERCENT} interval",
    "of all points", "coverage: of such cases, there", "reading",
)  # fmt: skip


def _row(side: Side) -> tuple[str, ...]:
    base = f"{side.base.some} of {side.base.all}"
    if not side.box:
        return side.better, "no box", _DASH, _DASH, base, _DASH, "no finding"
    low, high = side.density.interval
    return (
        side.better,
        " and ".join(map(str, side.box)),
        f"{side.density.some} of {side.density.all}",
        f"{100 * low:.0f} to {100 * high:.0f} %",
        base,
        f"{side.coverage.some} of {side.coverage.all}",
        "holds" if side.is_found else "no finding: it may be chance",
    )


def _shown(found: Discovery) -> Shown:
    figure = found.figure()
    judged = len(found.points[found.held_out])
    sides = [side for side in found.sides if side.is_found]
    names: dict[Axes, str] = {}
    for axes in figure.axes:
        axes.set_position(_PLACE if axes.get_xlabel() else _PLACE_OF_LIMITS)  # drawn by itself
        title = textwrap.fill(title_of(axes), _TITLE_LETTERS)
        axes.set_title(title, loc="left", fontsize=PANEL_TITLE_POINTS)
        over = f"points over {axes.get_xlabel()} and {axes.get_ylabel()}"
        names[axes] = title_of(axes) or (over if axes.get_xlabel() else "limits of the box")

    def says(axes: Axes) -> str:
        if axes.get_xlabel() or not sides:
            return f"{len(found.points)} points, {judged} of them judge. The table has the counts."
        return "; ".join(f"{side.better}: {' and '.join(map(str, side.box))}" for side in sides)

    shown = show_panels(figure, f"boxes-{found.outcome}", _ABOUT, names, says)
    points = f"{capital(metric(found.outcome).label)} at {len(found.points)} points"
    return replace(shown, finding=points)
