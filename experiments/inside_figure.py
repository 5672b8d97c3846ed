"""The picture of what happens inside each firm, ready for a slide."""

from __future__ import annotations

import math
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.patches import Rectangle

from experiments.figure import (
    EDGE,
    LEFT,
    LETTER,
    NAME_GAP,
    PANEL_TITLE_POINTS,
    POINTS_AN_INCH,
    TOP,
    Series,
    course,
    measured,
    set_title,
)
from experiments.metrics import metric
from experiments.statistics import half_width
from experiments.style import QUIET, RC, SLIDE_DPI, SLIDE_INCHES, TEXT, colour

# The first two that the runs measured are drawn over time.
CANDIDATES = ("entitlement", "resentment", "engagement", "fatigue", "blocked_share", "backlog")
_NOTES = {"entitlement": ": feeling owed", "resentment": " at being imposed on"}

CAUSES = {
    "friction_courtesy": "courtesy",
    "friction_escalations": "escalations",
    "friction_disputes": "disputes",
}
_TINTS = dict(zip(CAUSES, (0.85, 0.5, 0.22), strict=True))  # of a regime's colour
_SHADE = 0.22  # of a regime's colour, between truth and report

# Places in fractions of the figure.
_RIGHT, _BOTTOM, _GUTTER = 0.97, 0.075, 0.025
_MIDDLE, _PER_NAME = 0.40, 0.5  # where the right begins: here, and further for longer names

# Sizes in points of type.
_NUMBER, _HEADER, _HEAD_HEIGHT = 9.5, 9.0, 17.0
_ROW, _BAR = (12.0, 60.0), 20.0  # least and greatest height of a row; greatest of a bar
_LETTER_EM, _BOLD_EM = 0.58, 0.65  # mean width of a letter
_SWATCH = 7.0
_DOT = 8.0
_SPACE = 8.0
_LEAST_PART = 0.0005  # of the hours: less is written as less


class _Mean(NamedTuple):
    """A mean over the runs, and half of its 95 % interval."""

    value: float
    half: float


def draw_inside(series: Series, title: str, footer: str) -> Figure:
    """Draw feelings over time, reports against the truth, and hours lost to friction.

    What the runs did not measure, because its mechanism is switched off, is left out.

    Parameters
    ----------
    series : mapping of regime to weekly tables
        One table per replication, all of one length.
    title : str
        The finding.
    footer : str
        Scenario, replications, seeds and version.
    """
    with mpl.rc_context(RC):
        figure = Figure(figsize=SLIDE_INCHES, dpi=SLIDE_DPI)
        FigureCanvasAgg(figure)
        top = TOP - set_title(figure, title) - 0.075
        names = LETTER * max(len(regime) for regime in series) + NAME_GAP
        middle = _MIDDLE + _PER_NAME * names
        left = figure.add_gridspec(
            2, 1, left=LEFT, right=middle - names - _GUTTER, bottom=0.11, top=top, hspace=0.42
        )
        for place, measure in enumerate(measured(series, CANDIDATES, 2)):
            axes = figure.add_subplot(left[place, 0])
            course(axes, measure, series, note=_NOTES.get(measure.key, ""), zero=True)
        right = figure.add_gridspec(
            2, 1, left=middle, right=_RIGHT, bottom=_BOTTOM, top=top, hspace=0.3
        )
        _reports(_Rows(figure, right[0, 0], series), series)
        _friction(_Rows(figure, right[1, 0], series), series)
        figure.text(EDGE, 0.025, footer, fontsize=9, color=QUIET, va="bottom")
    return figure


class _Rows:
    """A panel with a row for each regime, measured in points from its upper left corner."""

    def __init__(self, figure: Figure, place: SubplotSpec, series: Series) -> None:
        self.axes: Axes = figure.add_subplot(place)
        box = self.axes.get_position()
        self.width = box.width * SLIDE_INCHES[0] * POINTS_AN_INCH
        height = box.height * SLIDE_INCHES[1] * POINTS_AN_INCH
        self.axes.set(xlim=(0, self.width), ylim=(height, 0))
        self.axes.set_axis_off()
        low, high = _ROW
        self.row = min(max((height - _HEAD_HEIGHT) / len(series), low), high)
        self.bar = min(self.row * 0.62, _BAR)
        self.name = min(10.5, self.row * 0.62)
        self.start = len(max(series, key=len)) * self.name * _BOLD_EM + _SPACE
        self.end = self.width
        self.dot = min(self.bar * 0.6, _DOT)
        for i, regime in enumerate(series):
            self.text(0, i, regime, size=self.name, color=colour(i), weight="bold")

    def middle(self, i: int) -> float:
        """Down to the middle of the row."""
        return _HEAD_HEIGHT + (i + 0.5) * self.row

    def title(self, text: str) -> None:
        """Say what the panel shows."""
        self.axes.set_title(text, fontsize=PANEL_TITLE_POINTS, pad=8)

    def header(self, x: float, text: str, side: str) -> None:
        """Write over a column."""
        self.axes.text(
            x, _HEAD_HEIGHT / 2, text, fontsize=_HEADER, color=QUIET, ha=side, va="center"
        )

    def swatch(self, x: float, share: float) -> None:
        """Show in the header what bars of this tint are."""
        corner = (x, (_HEAD_HEIGHT - _SWATCH) / 2)
        self.axes.add_patch(
            Rectangle(corner, _SWATCH, _SWATCH, facecolor=_tint(TEXT, share), linewidth=0)
        )

    def text(
        self, x: float, i: int, text: str, *, side: str = "left", size: float = _NUMBER,
        color: str = TEXT, weight: str = "normal",
    ) -> None:  # fmt: skip
        """Write into a row."""
        self.axes.text(
            x, self.middle(i), text, ha=side, va="center_baseline", fontsize=size, color=color,
            fontweight=weight,
        )  # fmt: skip

    def block(self, x: float, i: int, width: float, share: float) -> None:
        """Draw a bar in this share of the regime's colour."""
        corner = (x, self.middle(i) - self.bar / 2)
        tint = _tint(colour(i), share)
        self.axes.add_patch(Rectangle(corner, width, self.bar, facecolor=tint, linewidth=0))


def _reports(rows: _Rows, series: Series) -> None:
    """Where the service level is, where it is reported, and the gap between them."""
    gaps = {regime: _mean(series, regime, "illusion_gap") for regime in series}
    reported = {regime: _mean(series, regime, "reported_sla") for regime in series}
    known = {
        regime: (reported[regime].value - gap.value, reported[regime].value)
        for regime, gap in gaps.items()
        if math.isfinite(gap.value)
    }
    rows.title("Service level: true, as reported, and the illusion between")
    if not known:
        return
    write = metric("reported_sla").value
    number = _width_of("100.0 %", _NUMBER) + _SPACE
    low, high = min(true for true, _ in known.values()), max(said for _, said in known.values())
    start, room = rows.start + number, rows.end - rows.start - 2 * number
    scale = room / (high - low) if high > low else 0.0
    for i, regime in enumerate(series):
        if regime not in known:
            continue
        true, said = (start + (x - low) * scale for x in known[regime])
        gap = metric("illusion_gap").difference(gaps[regime].value, sign=False)
        after = write(known[regime][1])
        rows.block(true, i, said - true, _SHADE)
        for x, face in ((true, "white"), (said, colour(i))):
            rows.axes.plot(
                x, rows.middle(i), "o", markersize=rows.dot, color=colour(i),
                markerfacecolor=face, markeredgewidth=1.8, clip_on=False,
            )  # fmt: skip
        rows.text(true - _SPACE, i, write(known[regime][0]), side="right")
        if _width_of(gap, _NUMBER) + 2 * rows.bar < said - true:
            rows.text((true + said) / 2, i, gap, side="center", weight="bold")
            rows.text(said + _SPACE, i, after)
        elif said + _SPACE + _width_of(f"{after}, gap {gap}", _NUMBER) < rows.end:
            rows.text(said + _SPACE, i, f"{after}, gap {gap}")
        else:
            rows.text(said + _SPACE, i, after)
            before = true - _SPACE - number
            rows.text(before, i, f"gap {gap}", side="right")
    first = next(iter(known))
    true, said = (start + (x - low) * scale for x in known[first])
    rows.header(true + rows.dot / 2, "true", "right")
    rows.header(said - rows.dot / 2, "reported", "left")


def _friction(rows: _Rows, series: Series) -> None:
    """Bars of the hours lost by cause, and the numbers beside them."""
    parts = {cause: {regime: _mean(series, regime, cause) for regime in series} for cause in CAUSES}
    parts = {
        cause: of
        for cause, of in parts.items()
        if any(math.isfinite(mean.value) for mean in of.values())
    }
    totals = {regime: _mean(series, regime, "friction") for regime in series}
    sure = any(math.isfinite(total.half) for total in totals.values())
    rows.title(
        f"Hours lost to friction, % of hours available{' (± 95 % interval)' if sure else ''}"
    )
    known = [total.value for total in totals.values() if math.isfinite(total.value)]
    if not known or not parts:
        return
    columns: dict[str, float] = {}
    x = rows.end
    for key, widest in (("all", "12.3 ± 0.1"), *((c, CAUSES[c]) for c in reversed(parts))):
        columns[key] = x
        x -= _width_of(widest, _NUMBER) + (_SPACE if key == "all" else _SWATCH + _SPACE)
    scale = max(x - rows.start - _SPACE, 0) / max(known) if max(known) > 0 else 0.0
    for i, regime in enumerate(series):
        at = rows.start
        for cause, of in parts.items():
            value = of[regime].value
            if not math.isfinite(value):
                continue
            rows.block(at, i, value * scale, _TINTS[cause])
            at += value * scale
            rows.text(columns[cause], i, _part(value), side="right")
        rows.text(rows.end, i, _total(totals[regime]), side="right", weight="bold")
    for cause in parts:
        name = columns[cause] - _width_of(CAUSES[cause], _HEADER)
        rows.header(name, CAUSES[cause], "left")
        rows.swatch(name - _SWATCH - 3, _TINTS[cause])
    rows.header(columns["all"], "all", "right")


def _mean(series: Series, regime: str, key: str) -> _Mean:
    """Mean of the weeks of every run, over the runs that have any."""
    runs = [table[key].mean() for table in series[regime] if key in table]
    values = np.array([run for run in runs if math.isfinite(run)])
    return _Mean(float(values.mean()) if len(values) else math.nan, half_width(values))


def _part(value: float) -> str:
    return "< 0.1" if 0 < value < _LEAST_PART else f"{100 * value:.1f}"


def _total(mean: _Mean) -> str:
    if not math.isfinite(mean.value):
        return "–"
    half = f" ± {100 * mean.half:.1f}" if math.isfinite(mean.half) else ""
    return f"{100 * mean.value:.1f}{half}"


def _width_of(text: str, points: float) -> float:
    """About how wide a text is, in points; rather more than less."""
    return len(text) * points * _LETTER_EM


def _tint(ink: str, share: float) -> tuple[float, float, float]:
    """A colour mixed with white."""
    red, green, blue = (1 - share * (1 - part) for part in to_rgb(ink))
    return red, green, blue
