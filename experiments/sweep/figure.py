"""The picture of a sweep: lines over one key, maps over two, correlations over more."""

from __future__ import annotations

from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from experiments.figure import PANEL_TITLE_POINTS, slide
from experiments.metrics import LOWER, Metric, metric, short_money
from experiments.style import TEXT, colour
from experiments.sweep.design import as_text
from experiments.sweep.finding import HEADLINES
from experiments.sweep.result import Sweep
from experiments.wording import capital
from simulation.version import MODEL_VERSION

Kind = Literal["lines", "maps", "tornados"]

PANELS = 4  # the first of the headlines that the runs measured
_KEY_LETTERS = 34
_SIDE_ROOM = 0.13  # of the height of a panel, for the name of the better regime


def draw_sweep(result: Sweep) -> Figure:
    """Draw a sweep; see `Sweep.figure`."""
    # they take from this module what all pictures share
    from experiments.sweep.lines import draw_lines
    from experiments.sweep.maps import draw_maps
    from experiments.sweep.tornado import draw_tornados

    draw = {"lines": draw_lines, "maps": draw_maps, "tornados": draw_tornados}
    kind = kind_of(result)
    with slide(result.finding, f"{_reading(result, kind)}\n{_origin(result)}") as (figure, top):
        draw[kind](figure, top, result)
    return figure


def headlines(result: Sweep) -> list[Metric]:
    """The measures that are drawn."""
    return [metric(key) for key in HEADLINES if key in result.metrics][:PANELS]


def is_gap(result: Sweep) -> bool:
    """Whether regimes are set against each other, and not the levels of one told."""
    return len(result.regimes) > 1


def title_of(result: Sweep, measure: Metric, regime_b: str | None = None) -> str:
    """What a panel shows, and against which regime if there are several."""
    name = capital(measure.label)
    if not is_gap(result):
        return name
    unit = {"share": " in points", "days": " in days"}.get(measure.unit, "")
    against = f"\nagainst {regime_b}" if regime_b else ""
    return f"{name}: difference{unit}{against}"


def tick_format(measure: Metric, *, gap: bool) -> FuncFormatter:
    """Ticks of a difference in points or its own unit, or of a level."""

    def tick(x: float, _: int) -> str:
        if measure.unit == "share":
            text = f"{100 * x:.4g}" + ("" if gap else " %")
        else:
            text = short_money(x) if measure.unit == "money" else f"{x:,.4g}"
        return text.replace("-", "\N{MINUS SIGN}")

    return FuncFormatter(tick)


def ink_of(result: Sweep, place: int) -> str:
    """Colour of the line of the regime at this place; that of a single difference is neither's."""
    if not is_gap(result):
        return colour(0)
    return colour(place) if len(result.regimes) > 2 else TEXT


def name_sides(axes: Axes, result: Sweep, measure: Metric) -> None:
    """Draw the line of no difference, and say which regime is better for the firm beyond it."""
    first, *others = result.regimes
    other, ink = (others[0], colour(1)) if len(others) == 1 else ("the other", TEXT)
    sides = [(other, ink), (first, colour(0))]
    below, above = sides[::-1] if measure.direction == LOWER else sides
    low, high = axes.get_ylim()
    room = _SIDE_ROOM * (max(high, 0.0) - min(low, 0.0))
    axes.set_ylim(low - room if low < 0 else 0.0, high + room if high > 0 else 0.0)
    axes.axhline(0, color=TEXT, linewidth=1.0, zorder=1.5)
    for is_there, y, va, (name, hue) in (
        (high > 0, 0.97, "top", above),
        (low < 0, 0.03, "bottom", below),
    ):
        if is_there:
            axes.text(
                0.99, y, f"{name} better", transform=axes.transAxes, ha="right", va=va,
                fontsize=8.5, color=hue,
            )  # fmt: skip


def set_title(axes: Axes, text: str) -> None:
    """Head a panel."""
    axes.set_title(text, fontsize=PANEL_TITLE_POINTS, pad=8)


def short_key(key: str) -> str:
    """A key, or the end of a long one."""
    return key if len(key) <= _KEY_LETTERS else f"…{key[-_KEY_LETTERS:]}"


def short_value(value: object) -> str:
    """A value of a key beside an axis, to three digits."""
    return f"{value:.3g}" if isinstance(value, float) else as_text(value)


def kind_of(result: Sweep) -> Kind:
    """What serves best to show so many keys."""
    if len(result.keys) == 1:
        return "lines"
    return "maps" if len(result.keys) == 2 and result.design == "grid" else "tornados"


def _reading(result: Sweep, kind: Kind) -> str:
    """How to read the picture."""
    first, *others = result.regimes
    said = first
    if len(others) > 1 and kind == "tornados":
        said = f"difference: {first} less {others[0]}; table.csv has the other regimes"
    elif others:
        said = f"difference: {first} less {others[0] if len(others) == 1 else 'each of the others'}"
    if kind == "tornados":
        said += " · bar: rank correlation; line: its interval, 95 % for all keys together"
    elif result.replications > 1 and kind == "lines":
        said += " · band or bar: 95 % interval, each point by itself"
    elif result.replications > 1 and others:
        said += " · dot: the 95 % interval there leaves out zero"
    return said


def _origin(result: Sweep) -> str:
    """Where the picture comes from."""
    n = result.replications
    kind = "grid" if result.design == "grid" else "Latin hypercube"
    seeds = f"seed {result.seed}" if n == 1 else f"seeds {result.seed} to {result.seed + n - 1}"
    shared = "at every point: with shared luck, how points differ is surer than each of them"
    return (
        f"{result.scenario}, {kind} of {len(result.points)} points · {seeds} {shared} · "
        f"raison {MODEL_VERSION}"
    )
