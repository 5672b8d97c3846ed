"""The picture of a sensitivity analysis: what the gaps depend on, and what turns their signs."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from experiments.figure import BOTTOM, LETTER, slide
from experiments.metrics import HIGHER, Metric, metric
from experiments.sensitivity.factors import is_assumed
from experiments.sensitivity.finding import share, side_of
from experiments.sensitivity.methods import Index
from experiments.style import QUIET, TEXT, colour, tint
from experiments.sweep.figure import set_title, short_key, tick_format
from experiments.wording import capital
from simulation.version import MODEL_VERSION

if TYPE_CHECKING:
    from experiments.sensitivity.result import Of, Sensitivity

_ROWS: tuple[Of, ...] = ("gap", "sign")
_MOST_KEYS = 8
_MARK = " °"
_RIGHT, _EDGE = 0.985, 0.02
_LETTER = 0.78 * LETTER
_TITLE_LETTERS = 27
_TICK_POINTS = 9
_BAR, _ALONE = 0.64, 0.3  # thickness of a bar, and of the part of it that a key makes by itself
_PALE, _WIDE = 0.3, 0.5  # parts of the colour: of what is not resolved, of the wide bar
_MARGIN = 1.04


def draw_sensitivity(result: Sensitivity) -> Figure:
    """Draw a sensitivity analysis; see `Sensitivity.figure`."""
    with slide(result.finding, f"{_reading(result)}\n{_origin(result)}") as (figure, top):
        measures = [metric(key) for key in result.headlines]
        names = _LETTER * max(len(short_key(key)) + len(_MARK) for key in result.keys) + _EDGE
        panels = figure.add_gridspec(
            2, len(measures), left=names, right=_RIGHT, bottom=BOTTOM + 0.04, top=top - 0.04,
            hspace=0.42, wspace=0.2,
        )  # fmt: skip
        for row, of in enumerate(_ROWS):
            keys = _strongest(result, of)
            for column, measure in enumerate(measures):
                axes = figure.add_subplot(panels[row, column])
                _draw_bars(axes, keys, result, measure, of)
                if column:
                    axes.tick_params(axis="y", labelleft=False)
    return figure


def _strongest(result: Sensitivity, of: Of) -> list[str]:
    """Keys by how strong they are in any of the measures' gaps, or signs."""
    most = dict.fromkeys(result.keys, 0.0)
    for measure in result.headlines:
        found = result.indices(measure, of)
        in_units = of == "gap" and result.method == "morris"  # shares can be compared as they are
        scale = max((one.degree.strength for one in found), default=1.0) if in_units else 1.0
        for key, index in found:
            most[key] = max(most[key], index.strength / scale)
    return sorted(most, key=lambda key: -most[key])[:_MOST_KEYS]


def _draw_bars(
    axes: Axes, keys: Sequence[str], result: Sensitivity, measure: Metric, of: Of
) -> None:
    found = dict(result.indices(measure.key, of))
    for row, key in enumerate(keys):
        if key in found:
            _draw_index(axes, row, found[key], _ink(measure, found[key], of))
    axes.set_yticks(range(len(keys)), [_named(key) for key in keys])
    axes.set_ylim(len(keys) - 0.5, -0.5)
    end = max((index.high for key, index in found.items() if key in keys), default=0.0)
    axes.set_xlim(0, _MARGIN * end or 1.0)
    axes.xaxis.set_major_locator(MaxNLocator(3, steps=(1, 2, 5, 10)))
    axes.xaxis.set_major_formatter(_ticks(result, measure, of))
    axes.tick_params(labelsize=_TICK_POINTS)
    axes.tick_params(axis="y", length=0, labelcolor=TEXT)
    axes.grid(axis="y", visible=False)
    set_title(axes, textwrap.fill(_titled(result, measure, of), _TITLE_LETTERS))
    if not found:
        axes.set_xticks([])
        axes.text(
            0.5, 0.5, textwrap.fill(_why_none(result, measure, of), _TITLE_LETTERS), ha="center",
            va="center", transform=axes.transAxes, color=QUIET, fontsize=10,
        )  # fmt: skip


def _titled(result: Sensitivity, measure: Metric, of: Of) -> str:
    if of == "sign":
        return "Which firm is better in it"
    unit = {"share": " in points", "days": " in days"}.get(measure.unit, "")
    return f"{capital(measure.label)}: difference{unit if result.method == 'morris' else ''}"


def _draw_index(axes: Axes, row: int, index: Index, ink: str) -> None:
    strength = 1.0 if index.is_resolved else _PALE
    face = tint(ink, strength)
    alone = index.more.get("S1", math.nan)
    if math.isfinite(alone):
        axes.barh(row, index.strength, color=tint(ink, _WIDE * strength), height=_BAR)
        axes.barh(row, max(alone, 0.0), color=face, height=_ALONE)
    else:
        axes.barh(row, index.strength, color=face, height=_BAR)
    axes.hlines(row, index.low, index.high, color=TEXT, linewidth=1.1)


def _ink(measure: Metric, index: Index, of: Of) -> str:
    """Blue if more of the key is better for A, orange if for B, grey if that is not one way."""
    if "mu" not in index.more:
        return colour(0)
    side = side_of(index, measure.direction if of == "gap" else HIGHER)
    return {1: colour(0), -1: colour(1), 0: QUIET}[side]


def _why_none(result: Sensitivity, measure: Metric, of: Of) -> str:
    values = set(result.values(measure.key, of).tolist())
    if of == "sign" and values in ({0.0}, {1.0}):
        leader = result.regimes[0] if values == {1.0} else result.regimes[1]
        return f"{leader} is better at every point"
    return "too few values that differ"


def _named(key: str) -> str:
    return short_key(key) + (_MARK if is_assumed(key) else "")


def _ticks(result: Sensitivity, measure: Metric, of: Of) -> FuncFormatter:
    if result.method == "sobol" or of == "sign":
        return FuncFormatter(lambda x, _: share(x))
    return tick_format(measure, gap=True)


def _reading(result: Sensitivity) -> str:
    a, b = result.regimes
    mark = f"{_MARK.strip()} assumed coefficient · line: 95 % interval"
    if result.method == "sobol":
        return (
            "wide bar: share of the variance in which the key takes part; narrow bar: by itself · "
            f"paler: not resolved · {mark}"
        )
    return (
        f"bar: change over the whole range, mean size; below: share of steps that turn the sign · "
        f"pale: not resolved · {mark}\n"
        f"more of it is better for {a} (blue), for {b} (orange), now one, now the other (grey)"
    )


def _origin(result: Sensitivity) -> str:
    n, seed = result.replications, result.study.seed
    seeds = f"seed {seed}" if n == 1 else f"seeds {seed} to {seed + n - 1}"
    kind = "Morris trajectories" if result.method == "morris" else "points of Sobol's sequence"
    return (
        f"{result.scenario}, {len(result.keys)} keys, {result.samples} {kind}: "
        f"{len(result.points):,} points · {seeds} at every point · raison {MODEL_VERSION}"
    )
