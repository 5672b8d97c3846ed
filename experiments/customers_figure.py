"""The picture of the customer base: who brings the profit, and which new customers stay."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from experiments.customer_base import HIGH_END, TOP, share_of_top, survival, whale_curve
from experiments.figure import (
    BOTTOM,
    LEFT,
    PANEL_TITLE_POINTS,
    label_ends,
    room_for_names,
    slide,
)
from experiments.style import QUIET, TEXT, colour
from experiments.tables import Tables

_BETWEEN = 0.09  # panels, in fractions of the figure
_POINTS = 10.5
_LINE = 0.062  # height of a line of text, in fractions of a panel
_GRID = np.linspace(0.0, 1.0, 401)  # of the customers: enough for a smooth curve


def draw_customers(firms: Mapping[str, Tables], title: str, footer: str) -> Figure:
    """Draw cumulative profit over customers, and the share of new customers never lost.

    Parameters
    ----------
    firms : mapping of regime to Tables
        Of the first replication.
    title : str
        The finding.
    footer : str
        Scenario, seed and version.
    """
    with slide(title, footer) as (figure, top):
        if not firms:
            return figure
        width = (1 - room_for_names(firms) - LEFT - _BETWEEN) / 2
        for place, draw in enumerate((_draw_whale, _draw_survival)):
            left = LEFT + place * (width + _BETWEEN)
            draw(figure.add_axes((left, BOTTOM, width, top - BOTTOM)), firms)
    return figure


def _draw_whale(axes: Axes, firms: Mapping[str, Tables]) -> None:
    said: list[tuple[str, str]] = []
    for place, (regime, tables) in enumerate(firms.items()):
        people = tables.customers
        profit = people.loc[people["status"] != "prospect", "profit"].to_numpy(float)
        customers, share = whale_curve(profit)
        if not np.isfinite(share).all():
            continue
        axes.plot(_GRID, np.interp(_GRID, customers, share), color=colour(place))
        top = share_of_top(profit)
        axes.plot(TOP, top, "o", color=colour(place), markersize=6, zorder=3)
        said.append((f"{regime} {100 * top:.0f} %", colour(place)))
    axes.axvline(TOP, color=QUIET, linewidth=0.9, linestyle=(0, (4, 2)), zorder=1)
    axes.axhline(1, color=QUIET, linewidth=0.9, zorder=1)
    y = 0.04 + _LINE * len(said)
    for text, ink in [("Profit from the best fifth of the customers", TEXT), *said]:
        axes.text(
            0.97, y, text, transform=axes.transAxes, ha="right", color=ink, fontsize=_POINTS,
            fontweight="normal" if ink == TEXT else "bold",
        )  # fmt: skip
        y -= _LINE
    axes.set_title(
        "Cumulative profit, customers sorted by profit",
        fontsize=PANEL_TITLE_POINTS, pad=8,
    )  # fmt: skip
    axes.set_xlabel("share of all who ever were customers", fontsize=10)
    _in_per_cent(axes)
    axes.xaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    axes.set(xlim=(0, 1), ylim=(0, None))


def _draw_survival(axes: Axes, firms: Mapping[str, Tables]) -> None:
    ends: list[tuple[str, str, float]] = []
    longest = 0.0
    for place, (regime, tables) in enumerate(firms.items()):
        if tables.newcomers.empty:
            continue
        years, share = survival(tables.newcomers)
        axes.step(years, share, where="post", color=colour(place))
        longest = max(longest, float(years[-1]))
        ends.append((regime, colour(place), float(share[-1])))
    published = [(n, share) for n, share in enumerate(HIGH_END, start=1) if n <= longest]
    if published:
        axes.plot(*zip(*published, strict=True), "x", color=TEXT, markersize=7, clip_on=False)
        axes.annotate(
            "published: Fader & Hardie 2007,\n‘High End’ data", published[0],
            xytext=(9, -2), textcoords="offset points", fontsize=9, va="bottom",
        )  # fmt: skip
    axes.set_title(
        "New customers of the first year who were never lost",
        fontsize=PANEL_TITLE_POINTS, pad=8,
    )  # fmt: skip
    counts = [len(tables.newcomers) for tables in firms.values()]
    some = f"{min(counts):,}" + (f" to {max(counts):,}" if min(counts) < max(counts) else "")
    axes.set_xlabel(f"years since they joined ({some} new customers)", fontsize=10)
    _in_per_cent(axes)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=(1, 2, 5, 10)))
    axes.set(xlim=(0, longest or 1), ylim=(0, 1))
    label_ends(axes, ends)


def _in_per_cent(axes: Axes) -> None:
    axes.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    axes.tick_params(length=0, labelsize=10)
