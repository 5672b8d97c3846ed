"""The picture of a sweep as it stands on a page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from experiments.metrics import Metric
from experiments.report.figures import About, Shown, show_panels
from experiments.report.grid import Grid
from experiments.report.panels import title_of
from experiments.report.svg import scales_of
from experiments.report.words import PERCENT
from experiments.sweep.drivers import Driver, drivers
from experiments.sweep.figure import Kind, headlines, kind_of, short_key
from experiments.sweep.overview import overview
from experiments.wording import capital

if TYPE_CHECKING:
    from experiments.sweep.result import Sweep

_KEY = "sweep"
_DASH = "–"

_ABOUT: Mapping[Kind, About] = {
    "lines": About(
        "Over the values",
        "A line, or a dot for each name, is the mean of all worlds at a value of the key. Where "
        "the band or bar keeps clear of zero the firms differ at that value.",
    ),
    "maps": About(
        "Over both keys",
        "A cell is a point; its colour is the mean of all worlds there, as the scale beside it "
        "says. Of a difference the colour is that of the firm that does better, and a dot says "
        f"that the {PERCENT} interval leaves out zero.",
    ),
    "tornados": About(
        "What the result goes with",
        "Left: how closely the result goes with a key from point to point, from −1 (always the "
        "other way) over 0 (not at all) to 1 (always the same way); grey where that may be chance. "
        "Right: every point over the key that the result goes most with.",
    ),
}
_OF_LEVELS = About(
    "Over the values",
    "The mean of all worlds at each value, with its interval.",
)


def show_sweep(result: Sweep) -> Shown:
    """Prepare the picture of a sweep of which there is something to draw."""
    figure, kind = result.figure(), kind_of(result)
    scales = {scale for axes in figure.axes for scale in scales_of(axes)}
    names = _named([axes for axes in figure.axes if axes not in scales])
    for axes in names:
        _complete(axes, result, kind)
    about = _OF_LEVELS if kind == "lines" and len(result.regimes) == 1 else _ABOUT[kind]
    grids = _correlations(result) if kind == "tornados" else ()
    return show_panels(figure, _KEY, about, names, lambda axes: _says(result, names[axes]), grids)


def _named(panels: list[Axes]) -> dict[Axes, str]:
    """Panels with their titles; one without goes by the panel before it."""
    named: dict[Axes, str] = {}
    before = ""
    for axes in panels:
        before = title_of(axes) or before
        named[axes] = title_of(axes) or f"{before}, over {axes.get_xlabel()}"
    return named


def _complete(axes: Axes, result: Sweep, kind: Kind) -> None:
    """Give a panel the names that it takes from its neighbours on a slide."""
    if kind == "tornados":
        axes.tick_params(labelleft=True)
        return
    axes.set_xlabel(short_key(result.keys[-1]), fontsize=10)
    if kind == "maps":
        axes.set_ylabel(short_key(result.keys[0]), fontsize=10)


def _says(result: Sweep, name: str) -> str:
    """What becomes of the measure of a panel over all points, for those who do not see it."""
    told = [
        f"{f'against {other}: ' if other else ''}"
        + ", ".join(f"{what} {cell}" for what, cell in zip(head[1:], row[1:], strict=True))
        for other in (result.regimes[1:] or (None,))
        for head, rows in [overview(result, other)]
        for row in rows
        if name.lower().startswith(row[0])
    ]
    return f"{'; '.join(told)}. The tables below have every point."


def _correlations(result: Sweep) -> list[Grid]:
    """The bars of each measure in numbers."""
    head = ("key", "rank correlation", "interval", "reading")
    return [
        Grid(
            f"{capital(measure.label)}: what it goes with",
            head,
            tuple(_correlation(driver) for driver in _drivers(result, measure)),
        )
        for measure in headlines(result)
    ]


def _drivers(result: Sweep, measure: Metric) -> list[Driver]:
    rows = result.of(measure.key)
    return drivers(result.points.loc[rows.index], rows["value"].to_numpy(float))


def _correlation(driver: Driver) -> tuple[str, ...]:
    low, high = (f"{end:+.2f}".replace("-", "−") for end in (driver.low, driver.high))
    interval = f"{low} to {high}" if math.isfinite(driver.low) else _DASH
    rho = f"{driver.rho:+.2f}".replace("-", "−")
    return driver.name, rho, interval, "clear" if driver.is_clear else "cannot tell"
