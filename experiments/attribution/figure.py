"""The picture of an attribution: from firm B to firm A, a step for each player."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.attribution.finding import headline, named, numbers
from experiments.figure import BOTTOM, LETTER, slide
from experiments.metrics import LOWER, Metric, metric
from experiments.style import QUIET, TEXT, colour, tint
from experiments.sweep.figure import set_title, tick_format
from experiments.wording import capital
from simulation.version import MODEL_VERSION

if TYPE_CHECKING:
    from experiments.attribution.result import Attribution, Part

_COLUMNS = 2
_RIGHT, _EDGE = 0.985, 0.02
_SMALL = 9.0
_LETTER = 0.72 * LETTER  # a letter of a name here is smaller than one of a regime
_BAR = 0.62
_UNCLEAR = 0.35  # share of the colour of a step that may be none
_MARGIN = 0.02
_ROOM = 0.36  # of the width of a panel, beside the longest bar, for its number


def draw_attribution(result: Attribution) -> Figure:
    """Draw an attribution; see `Attribution.figure`."""
    with slide(headline(result), f"{_reading(result)}\n{_origin(result)}") as (figure, top):
        rows = -(-len(result.headlines) // _COLUMNS) or 1
        names = _LETTER * max(len(_named(result, name)) for name in _order(result)) + _EDGE
        grid = figure.add_gridspec(
            rows, _COLUMNS, left=names, right=_RIGHT, bottom=BOTTOM + 0.02, top=top - 0.01,
            hspace=0.42, wspace=0.08,
        )  # fmt: skip
        for place, key in enumerate(result.headlines):
            axes = figure.add_subplot(grid[divmod(place, _COLUMNS)])
            _draw_steps(axes, result, metric(key))
            if place % _COLUMNS:
                axes.tick_params(axis="y", labelleft=False)
    return figure


def _order(result: Attribution) -> list[str]:
    """From B's end to A's: what remains without mechanisms, the players, the whole."""
    first = ["remains"] if result.of == "mechanisms" else []
    return [*first, *(player.name for player in result.players), "gap"]


def _named(result: Attribution, name: str) -> str:
    return f"{result.regimes[0]} in all" if name == "gap" else named(name)


def _draw_steps(axes: Axes, result: Attribution, measure: Metric) -> None:
    parts = result.parts(measure.key)
    order = _order(result)
    heading, texts = numbers(result, measure)
    reached, ends = 0.0, [0.0]
    for place, name in enumerate(order):
        part = parts[name]
        start = 0.0 if name == "gap" else reached
        low, high, end = start + part.low, start + part.high, start + part.mean
        axes.barh(
            place, part.mean, left=start, height=_BAR, color=_ink(part, name, measure), zorder=2
        )
        axes.hlines(place, low, high, color=TEXT, linewidth=1.1, zorder=3)
        axes.text(
            0.99, place, texts[name], transform=axes.get_yaxis_transform(), ha="right", va="center",
            fontsize=_SMALL, fontweight="bold" if name == "gap" else "normal",
        )  # fmt: skip
        ends += [x for x in (end, low, high) if math.isfinite(x)]
        if name != "gap":
            axes.plot([end] * 2, [place, place + 1], color=QUIET, linewidth=0.7, zorder=1)
            reached = end
    least, most = min(ends), max(ends)
    axes.set_xlim(least - _MARGIN * (most - least), most + _ROOM * ((most - least) or 1.0))
    axes.axvline(0, color=TEXT, linewidth=1.0, zorder=1)
    axes.set_yticks(range(len(order)), [_named(result, name) for name in order])
    axes.set_ylim(len(order) - 0.5, -0.5)
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0, labelsize=_SMALL, labelcolor=TEXT)
    axes.tick_params(axis="x", labelsize=_SMALL)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=(1, 2, 5, 10)))
    axes.xaxis.set_major_formatter(tick_format(measure, gap=True))
    set_title(axes, f"{capital(heading)}: from {result.regimes[1]}")


def _ink(part: Part, name: str, measure: Metric) -> str | tuple[float, float, float]:
    """Blue if the step speaks for A, orange if for B, pale if it may be none."""
    if name == "gap":
        return TEXT
    for_a = part.mean * (-1 if measure.direction == LOWER else 1) >= 0
    ink = colour(0 if for_a else 1)
    return ink if part.is_clear else tint(ink, _UNCLEAR)


def _reading(result: Attribution) -> str:
    a, b = result.regimes
    said = f"blue: better for {a} · orange: better for {b} · pale: the interval holds zero"
    if result.replications > 1:
        said += " · line: 95 % interval of the step"
    return said


def _origin(result: Attribution) -> str:
    n, seed = result.replications, result.study.seed
    seeds = f"seed {seed}" if n == 1 else f"seeds {seed} to {seed + n - 1}"
    firms = len(result.study.cells)
    return (
        f"{result.scenario}, Shapley shares of {len(result.players)} groups of {result.of} over "
        f"{firms} firms · {seeds} in each · raison {MODEL_VERSION}"
    )
