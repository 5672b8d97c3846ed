"""The picture of the organisation: departments, what waits there, what flows between them."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, Rectangle
from matplotlib.patheffects import withStroke

from experiments.figure import EDGE, PANEL_TITLE_POINTS, POINTS_AN_INCH, slide
from experiments.organisation_layout import Flow, Layout, layout, main_flows
from experiments.rows import width_of
from experiments.style import QUIET, SLIDE_INCHES, TEXT, colour, tint
from experiments.tables import Tables
from simulation.frames import CUSTOMERS_END

MOST_FIRMS, MOST_IN_WORDS = 3, "three"

# Places in fractions of the figure.
_RIGHT, _BOTTOM, _BETWEEN = 0.97, 0.165, 0.02
_DAYS_BAR = (EDGE, 0.108, 0.2, 0.016)
_KEY = 0.275  # where the words beside it begin

# Sizes in points.
_LARGEST, _SMALLEST = 25.0, 4.5  # radius of a department
_NAME, _NUMBER, _HOURS, _WORDS = 8.5, 8.5, 7.5, 9.0
_BACKLOG, _THICK = 34.0, 4.5  # longest bar of what waits, and its height
_WORDS_ROOM, _SPACE = 23.0, 2.0  # height of name and bar; between a bar and its number
_WIDEST, _FINEST, _HEAD = 12.0, 0.7, 5.0  # arrows
_BEND, _BEND_UPRIGHT = 0.14, 0.34
_CUSTOMERS = 15.0  # radius

_DAYS = LinearSegmentedColormap.from_list("days", ["#F1EBF8", "#B193D3", "#47176F"])
_DARK = 0.55  # of that scale: from here on numbers are white
_FLOW = 0.45  # of a regime's colour
_LINKED, _INTERNAL = 0.85, 0.3  # of the text's colour

Department = Mapping[Hashable, Any]


class _Scale(NamedTuple):
    """What is largest in any of the firms; the same for all of them."""

    seats: float
    days: float
    hours: float
    items: float


def draw_organisation(firms: Mapping[str, Tables], title: str, footer: str) -> Figure:
    """Draw the departments of each firm, of the first three at most, and the flows between them.

    Parameters
    ----------
    firms : mapping of regime to Tables
        Of the first replication.
    title : str
        The finding.
    footer : str
        Scenario, seed and version.
    """
    shown = dict(islice(firms.items(), MOST_FIRMS))
    with slide(title, footer) as (figure, top):
        if not shown:
            return figure
        flows = main_flows([tables.flows for tables in shown.values()])
        scale = _scale([*shown.values()], flows)
        width = (_RIGHT - EDGE + _BETWEEN) / len(shown) - _BETWEEN
        for place, (regime, tables) in enumerate(shown.items()):
            left = EDGE + place * (width + _BETWEEN)
            axes = figure.add_axes((left, _BOTTOM, width, top - _BOTTOM))
            axes.set_title(
                regime, fontsize=PANEL_TITLE_POINTS, fontweight="bold", color=colour(place), pad=6
            )
            _draw_firm(axes, tables, flows, scale, colour(place))
        _draw_key(figure, scale)
    return figure


def _draw_firm(axes: Axes, tables: Tables, flows: Sequence[Flow], scale: _Scale, ink: str) -> None:
    """Draw one firm in points from the upper left corner of its panel."""
    box = axes.get_position()
    width = box.width * SLIDE_INCHES[0] * POINTS_AN_INCH
    height = box.height * SLIDE_INCHES[1] * POINTS_AN_INCH
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
    kinds = {str(name): str(kind) for name, kind in tables.departments["kind"].items()}
    found = layout(kinds, width, height, _LARGEST + _WORDS_ROOM)
    largest = min(_LARGEST, max(_SMALLEST, (found.room - _WORDS_ROOM) / 2))
    departments = tables.departments.to_dict("index")
    radii = {
        str(name): max(_SMALLEST, largest * math.sqrt(department["seats"] / scale.seats))
        for name, department in departments.items()
    }
    radii[CUSTOMERS_END] = _CUSTOMERS
    items = {(str(a), str(b)): n for a, b, n in tables.flows.itertuples(index=False)}
    for flow in flows:
        if flow in items:
            _draw_flow(axes, flow, items[flow] / scale.items, found, radii, ink)
    _draw_customers(axes, found)
    for name, department in departments.items():
        _draw_department(axes, str(name), department, found, radii[str(name)], scale)


def _draw_flow(
    axes: Axes, flow: Flow, share: float, found: Layout, radii: Mapping[str, float], ink: str
) -> None:
    """An arrow as wide as this share of the widest."""
    source, target = (found.places[end] for end in flow)
    upright = abs(source[0] - target[0]) < found.column / 2
    wide = max(_FINEST, _WIDEST * share)
    style = f"simple,tail_width={wide},head_width={wide + _HEAD},head_length={_HEAD + wide / 3}"
    axes.add_patch(
        FancyArrowPatch(
            source, target, connectionstyle=f"arc3,rad={_BEND_UPRIGHT if upright else _BEND}",
            arrowstyle=style, mutation_scale=1, shrinkA=radii[flow[0]], shrinkB=radii[flow[1]] + 1,
            facecolor=tint(ink, _FLOW), linewidth=0, zorder=1,
        )
    )  # fmt: skip


def _draw_customers(axes: Axes, found: Layout) -> None:
    x, y = found.places[CUSTOMERS_END]
    axes.add_patch(Circle((x, y), _CUSTOMERS, facecolor="white", edgecolor=TEXT, linewidth=1.2))
    _write(axes, x, y + _CUSTOMERS + _NAME, CUSTOMERS_END, _NAME, weight="bold")


def _draw_department(
    axes: Axes, name: str, department: Department, found: Layout, radius: float, scale: _Scale
) -> None:
    """A circle of its seats in the colour of its days, its name, and a bar of what waits."""
    x, y = found.places[name]
    days = days_at(department) / scale.days
    axes.add_patch(
        Circle((x, y), radius, facecolor=_DAYS(days), edgecolor=TEXT, linewidth=0.8, zorder=2)
    )
    seats = f"{department['seats']:.0f}"
    inside = radius > _NUMBER
    if inside:
        axes.text(
            x, y, seats, fontsize=_NUMBER, ha="center", va="center_baseline",
            color="white" if days > _DARK else TEXT, zorder=3,
        )  # fmt: skip
    # Arrows come from the middle of the panel; the words stand on the other side.
    upper = y < axes.get_ylim()[0] / 2 - 1
    at = y - radius - _WORDS_ROOM if upper else y + radius
    _write(axes, x, at + _NAME, name if inside else f"{name} {seats}", _NAME)
    hours = [department["backlog_hours_linked"], department["backlog_hours_internal"]]
    longs = [_BACKLOG * part / scale.hours for part in hours]
    number = f"{sum(hours):,.0f} h"
    start = x - (sum(longs) + _SPACE + width_of(number, _HOURS)) / 2
    top = at + 1.75 * _NAME
    for long, share in zip(longs, (_LINKED, _INTERNAL), strict=True):
        axes.add_patch(
            Rectangle((start, top), long, _THICK, facecolor=tint(TEXT, share), lw=0, zorder=3)
        )
        start += long
    _write(axes, start + _SPACE, top + _THICK / 2, number, _HOURS, side="left", ink=QUIET)


def _write(
    axes: Axes, x: float, y: float, text: str, size: float, *, side: str = "center",
    ink: str = TEXT, weight: str = "normal",
) -> None:  # fmt: skip
    """Write over arrows so that it can be read."""
    axes.text(
        x, y, text, fontsize=size, ha=side, va="center_baseline", color=ink, fontweight=weight,
        path_effects=[withStroke(linewidth=2.2, foreground="white")], zorder=4,
    )  # fmt: skip


def _draw_key(figure: Figure, scale: _Scale) -> None:
    """Say what colours, sizes and widths mean."""
    bar = figure.colorbar(
        ScalarMappable(Normalize(0, scale.days), _DAYS),
        cax=figure.add_axes(_DAYS_BAR),
        orientation="horizontal",
    )
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0, labelsize=_WORDS, pad=2)
    bar.ax.set_title("days that an item stays at a department", fontsize=_WORDS, color=TEXT, pad=4)
    lines = (
        "circle: seats      bar: hours of work waiting, "
        "dark: treated as customer work, light: the rest",
        f"arrow: items a week, the widest {scale.items:,.0f}; the finest flows are left out",
    )
    for line, y in zip(lines, (0.118, 0.085), strict=True):
        figure.text(_KEY, y, line, fontsize=_WORDS, va="center")


def days_at(department: Department) -> float:
    """Mean days that an item stays at a department; 0 where none ever was."""
    days = float(department["stage_days"])
    return days if math.isfinite(days) else 0.0


def _scale(firms: Sequence[Tables], flows: Sequence[Flow]) -> _Scale:
    departments = [d for tables in firms for d in tables.departments.to_dict("records")]
    waiting = ("backlog_hours_linked", "backlog_hours_internal")
    return _Scale(
        seats=max(d["seats"] for d in departments),
        days=max(*(days_at(d) for d in departments), 1e-9),
        hours=max(*(sum(d[part] for part in waiting) for d in departments), 1e-9),
        items=max(
            (
                n
                for tables in firms
                for a, b, n in tables.flows.itertuples(index=False)
                if (a, b) in flows
            ),
            default=1.0,
        ),
    )
