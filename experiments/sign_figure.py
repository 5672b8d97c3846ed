"""The picture of `docs/sign.md`: how often each regime is best, over draws of coefficients."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from experiments.figure import BOTTOM, PANEL_TITLE_POINTS, slide
from experiments.metrics import metric
from experiments.sign import MARKETS, OUTCOMES, Cell
from experiments.style import BLUE, ORANGE, QUIET, TEXT, tint

Shares = Mapping[Cell, Mapping[str, float]]

INK = {"customer_first": BLUE, "internal_customer": ORANGE}
_LEFT, _RIGHT = 0.15, 0.97
_BAR = 0.38
_PALE = 0.45
_LEAST, _LONG, _GAP = 0.005, 0.9, 0.008  # of the axis


def draw_leaders(shares: Shares, title: str, footer: str) -> Figure:
    """Draw bars of `experiments.sign.leaders`, a panel per outcome.

    Parameters
    ----------
    shares : mapping of (outcome, market) to mapping of regime to share
        Regimes in the order in which they are drawn.
    title : str
        The finding.
    footer : str
        Scenario, draws and version.
    """
    with slide(title, footer) as (figure, top):
        grid = figure.add_gridspec(
            2, 2, left=_LEFT, right=_RIGHT, bottom=BOTTOM, top=top, hspace=0.32, wspace=0.38
        )
        for place, outcome in enumerate(OUTCOMES):
            axes = figure.add_subplot(grid[divmod(place, 2)])
            _draw_panel(axes, outcome, shares, last_row=place > 1)
    return figure


def _draw_panel(axes: Axes, outcome: str, shares: Shares, *, last_row: bool) -> None:
    regimes = list(shares[outcome, next(iter(MARKETS))])
    rows = np.arange(len(regimes))
    ink: Mapping[str, str] = {name: INK.get(name, QUIET) for name in regimes}
    for half, market in enumerate(MARKETS):
        values = np.array([shares[outcome, market][name] for name in regimes])
        colours = [tint(ink[name], _PALE if half == 0 else 1.0) for name in regimes]
        at = rows + (half - 0.5) * _BAR
        axes.barh(at, values, height=_BAR, color=colours)
        for y, value in zip(at, values, strict=True):
            _label(axes, y, value, on_full=half > 0)
    axes.set_yticks(rows, [name.replace("_", " ") for name in regimes])
    for label, name in zip(axes.get_yticklabels(), regimes, strict=True):
        label.set_color(ink[name] if name in INK else TEXT)
    axes.invert_yaxis()
    axes.set(xlim=(0, 1))
    axes.xaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)
    best = "Most" if OUTCOMES[outcome] > 0 else "Least"
    axes.set_title(f"{best} {metric(outcome).label}", fontsize=PANEL_TITLE_POINTS, pad=6)
    if last_row:
        axes.set_xlabel("share of draws; pale: calm market, full: turbulent", fontsize=10)


def _label(axes: Axes, y: float, value: float, *, on_full: bool) -> None:
    if value < _LEAST:
        return
    inside = value > _LONG
    axes.text(
        value + (-_GAP if inside else _GAP), y, f"{100 * value:.0f} %",
        va="center", ha="right" if inside else "left", fontsize=8,
        color="white" if inside and on_full else TEXT,
    )  # fmt: skip
