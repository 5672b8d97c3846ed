"""The picture of agents beside averages: who stays, how long things wait, what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import fill

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter
from numpy import float64
from numpy.typing import NDArray

from experiments.figure import LEFT, PANEL_TITLE_POINTS, slide
from experiments.metrics import metric
from experiments.style import BLUE, COLOURS, ORANGE, QUIET, TEXT

Values = NDArray[float64]

AGENTS, MEAN, MARKET = "agents", "mean field", "mean field, market's propensity"
_INK = {AGENTS: BLUE, MEAN: ORANGE, MARKET: COLOURS[3]}
_MARK = {AGENTS: "o", MEAN: "D", MARKET: "s"}
_RIGHT, _MIDDLE, _BETWEEN, _FLOOR = 0.975, 0.53, 0.14, 0.125
_SMALL = 9.5
_BAND = 0.2
_YEARS_SHOWN = 4
_LEGEND = 24  # characters in a line of a legend inside the curves


@dataclass(frozen=True)
class Drawn:
    """What is drawn.

    Attributes
    ----------
    stays : mapping of model to (years, share)
        Share of new customers still there.
    priority : DataFrame
        Columns `customer_priority`, `agents`, `half`, `mean`: lead times in days.
    gaps : DataFrame
        Differences between the regimes, one measure a row, in shares of the level: `metric`,
        `agents`, `half`, `mean`, `market`.
    steps : DataFrame
        What has been made alike so far (`step`), and by measure mean field over agents. The last
        step makes another firm, and stands apart.
    """

    stays: Mapping[str, tuple[Values, Values]]
    priority: pd.DataFrame
    gaps: pd.DataFrame
    steps: pd.DataFrame


def draw(drawn: Drawn, title: str, footer: str) -> Figure:
    """Draw the four panels.

    Parameters
    ----------
    drawn : Drawn
        Their contents.
    title, footer : str
        What stands above and below.
    """
    with slide(title, footer) as (figure, top):
        upper = figure.add_gridspec(
            1, 2, left=LEFT, right=_RIGHT, bottom=_MIDDLE + _BETWEEN / 2, top=top, wspace=0.15
        )  # fmt: skip
        lower = figure.add_gridspec(
            1, 2, left=LEFT, right=_RIGHT, bottom=_FLOOR, top=_MIDDLE - _BETWEEN / 2, wspace=0.42
        )  # fmt: skip
        _stays(figure.add_subplot(upper[0, 0]), drawn.stays)
        _priority(figure.add_subplot(upper[0, 1]), drawn.priority)
        _steps(figure.add_subplot(lower[0, 0]), drawn.steps)
        _gaps(figure.add_subplot(lower[0, 1]), drawn.gaps)
    return figure


def _stays(axes: Axes, stays: Mapping[str, tuple[Values, Values]]) -> None:
    _title(axes, "New customers who have never left, by years since they joined")
    for model, (years, share) in stays.items():
        drawn = "steps-post" if model == AGENTS else "default"
        axes.plot(years, share, color=_INK[model], drawstyle=drawn, label=fill(model, _LEGEND))
    axes.set_ylim(0.0, 1.0)
    axes.set_xlim(0.0, _YEARS_SHOWN)
    axes.set_xticks(range(_YEARS_SHOWN + 1))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.legend(frameon=False, fontsize=_SMALL, labelcolor="linecolor", loc="lower left")


def _priority(axes: Axes, table: pd.DataFrame) -> None:
    _title(axes, "Lead time of a need, days, by customer_priority")
    x, middle, half = table["customer_priority"], table["agents"], table["half"]
    axes.plot(x, middle, color=_INK[AGENTS], marker=_MARK[AGENTS], markersize=5)
    axes.fill_between(x, middle - half, middle + half, color=_INK[AGENTS], alpha=_BAND, lw=0)
    axes.plot(x, table["mean"], color=_INK[MEAN], marker=_MARK[MEAN], markersize=5)
    axes.set_xticks(x)
    axes.set_ylim(bottom=0.0)
    _name(axes, float(x.iloc[0]), float(middle.iloc[0]), AGENTS)
    _name(axes, float(x.iloc[0]), float(table["mean"].iloc[0]), MEAN)


def _steps(axes: Axes, table: pd.DataFrame) -> None:
    _title(axes, "Mean field over agents, as agents are made alike")
    places = range(len(table))
    inks = (BLUE, COLOURS[2], COLOURS[3])
    for key, ink in zip(table.columns[1:], inks, strict=False):
        axes.plot(places[:-1], table[key][:-1], "o-", c=ink, ms=5, label=metric(key).label)
        axes.plot(places[-1:], table[key][-1:], "o", c=ink, ms=5, mfc="white")
    axes.axhline(1.0, color=QUIET, linewidth=1.0)
    axes.set_xticks(list(places), list(table["step"]), fontsize=_SMALL - 1)
    axes.set_ylim(bottom=0.0)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.legend(frameon=False, fontsize=_SMALL, labelcolor="linecolor", loc="lower right")


def _gaps(axes: Axes, table: pd.DataFrame) -> None:
    _title(axes, "customer_first less internal_customer, % of the agents' level")
    places = range(len(table))
    axes.axvline(0.0, color=QUIET, linewidth=1.0)
    axes.errorbar(
        table["agents"], places, xerr=table["half"], fmt=_MARK[AGENTS], color=_INK[AGENTS],
        capsize=3, markersize=5, label=f"{AGENTS}, 95 % interval",
    )  # fmt: skip
    for key, model, shift in (("mean", MEAN, 0.22), ("market", MARKET, 0.44)):
        at = [place + shift for place in places]
        axes.plot(table[key], at, _MARK[model], color=_INK[model], markersize=4.5, label=model)
    axes.set_yticks([p + 0.22 for p in places], [metric(key).label for key in table["metric"]])
    axes.tick_params(axis="y", labelsize=_SMALL, labelcolor=TEXT)
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda x, _: f"{100 * x:+.0f} %".replace("-", "−") if x else "0")
    )
    means, agents = axes.get_legend_handles_labels()[0], []
    agents.append(means.pop())  # bars of error are listed last
    axes.legend(
        handles=agents + means, frameon=False, fontsize=_SMALL - 1, labelcolor="linecolor"
    )  # fmt: skip


def _title(axes: Axes, text: str) -> None:
    axes.set_title(text, fontsize=PANEL_TITLE_POINTS, pad=8.0)
    axes.tick_params(length=0, labelsize=10)


def _name(axes: Axes, x: float, y: float, model: str) -> None:
    axes.annotate(
        model, (x, y), xytext=(10, 5), textcoords="offset points", ha="left",
        color=_INK[model], fontsize=_SMALL, fontweight="bold",
    )  # fmt: skip
