"""The picture of what happens inside each firm, ready for a slide."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from experiments.figure import BOTTOM, LEFT, Series, course, measured, room_for_names, slide
from experiments.metrics import metric
from experiments.rows import HEADER, NUMBER, SPACE, SWATCH, Rows, width_of
from experiments.statistics import half_width
from experiments.style import colour

# The first two that the runs measured are drawn over time.
CANDIDATES = ("entitlement", "resentment", "engagement", "fatigue", "blocked_share", "backlog")
_NOTES = {"entitlement": ": feeling owed", "resentment": " at being imposed on"}

CAUSES = {
    "friction_courtesy": "courtesy",
    "friction_escalations": "escalations",
    "friction_disputes": "disputes",
}
COLUMNS = (*CANDIDATES, *CAUSES, "friction", "reported_sla", "illusion_gap")
_TINTS = dict(zip(CAUSES, (0.85, 0.5, 0.22), strict=True))  # of a regime's colour
_SHADE = 0.22  # of a regime's colour, between truth and report

# Places in fractions of the figure.
_RIGHT, _ROWS_BOTTOM, _GUTTER = 0.97, 0.075, 0.025
_MIDDLE, _PER_NAME = 0.40, 0.5  # where the right begins: here, and further for longer names

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
    with slide(title, footer) as (figure, top):
        names = room_for_names(series)
        middle = _MIDDLE + _PER_NAME * names
        left = figure.add_gridspec(
            2, 1, left=LEFT, right=middle - names - _GUTTER, bottom=BOTTOM, top=top, hspace=0.42
        )
        for place, measure in enumerate(measured(series, CANDIDATES, 2)):
            axes = figure.add_subplot(left[place, 0])
            course(axes, measure, series, note=_NOTES.get(measure.key, ""), zero=True)
        right = figure.add_gridspec(
            2, 1, left=middle, right=_RIGHT, bottom=_ROWS_BOTTOM, top=top, hspace=0.3
        )
        _reports(Rows(figure, right[0, 0], series), series)
        _friction(Rows(figure, right[1, 0], series), series)
    return figure


def _reports(rows: Rows, series: Series) -> None:
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
    number = width_of("100.0 %", NUMBER) + SPACE
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
        rows.text(true - SPACE, i, write(known[regime][0]), side="right")
        if width_of(gap, NUMBER) + 2 * rows.bar < said - true:
            rows.text((true + said) / 2, i, gap, side="center", weight="bold")
            rows.text(said + SPACE, i, after)
        elif said + SPACE + width_of(f"{after}, gap {gap}", NUMBER) < rows.end:
            rows.text(said + SPACE, i, f"{after}, gap {gap}")
        else:
            rows.text(said + SPACE, i, after)
            before = true - SPACE - number
            rows.text(before, i, f"gap {gap}", side="right")
    first = next(iter(known))
    true, said = (start + (x - low) * scale for x in known[first])
    rows.header(true + rows.dot / 2, "true", "right")
    rows.header(said - rows.dot / 2, "reported", "left")


def _friction(rows: Rows, series: Series) -> None:
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
        x -= width_of(widest, NUMBER) + (SPACE if key == "all" else SWATCH + SPACE)
    scale = max(x - rows.start - SPACE, 0) / max(known) if max(known) > 0 else 0.0
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
        name = columns[cause] - width_of(CAUSES[cause], HEADER)
        rows.header(name, CAUSES[cause], "left")
        rows.swatch(name - SWATCH - 3, _TINTS[cause])
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
