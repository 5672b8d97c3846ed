"""Where a sweep fails: what was lost, what it cannot tell, what it leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from experiments.happenings import happenings_in
from experiments.report.grid import Grid
from experiments.report.limits import (
    Limit,
    failures,
    held_fixed,
    how_many,
    insolvent,
    made_alike,
    no_series,
    unmade,
)
from experiments.report.origin import Origin
from experiments.report.words import PERCENT
from experiments.statistics import LEVEL
from experiments.sweep.figure import headlines, kind_of
from experiments.sweep.finding import count_signs

if TYPE_CHECKING:
    from experiments.sweep.result import Sweep


def sweep_limits(result: Sweep, origin: Origin) -> list[Limit]:
    """All reasons for caution, the lost runs first."""
    events = happenings_in(origin.firms[result.regimes[0]])
    found = [
        _failed(result),
        *unmade(result.study, result.replications),
        *_unclear(result),
        *_each_by_itself(result),
        shared_luck(result.replications, len(result.regimes)),
        _between(result),
        insolvent(result.runs, result.regimes),
        how_many(
            result.study,
            result.replications,
            "differences" if len(result.regimes) > 1 else "values",
        ),
        no_series("A sweep"),
        *made_alike(events, len(result.regimes)),
        held_fixed(origin.varied),
    ]
    return [limit for limit in found if limit.text]


def _failed(result: Sweep) -> Limit:
    failed = result.runs[result.runs["status"] != "ok"]
    return failures(
        result.runs,
        ("point", "regime"),
        "A world in which a firm failed is left out at that point. If firms fail where they do "
        "badly, the rest looks better than it is, and points are no longer of the same worlds.",
        f", at {failed['point'].nunique():,} of {len(result.points):,} points",
    )


def _unclear(result: Sweep) -> Iterator[Limit]:
    """At how many points the interval holds zero, measure by measure."""
    if len(result.regimes) == 1 or result.replications == 1:
        return
    rows = []
    for other in result.regimes[1:]:
        for measure in headlines(result):
            count = count_signs(result.of(measure.key, other))
            name = f"{measure.label}, against {other}"
            rows.append((name, f"{count.unclear:,}", f"{count.points:,}"))
    text = (
        f"At these points the {PERCENT} interval of the difference holds zero. That is no proof "
        "that the firms are equal there: more worlds may tell them apart."
    )
    head = ("measure", "cannot tell at", "of points")
    grid = Grid("Points that these runs cannot tell apart", head, tuple(rows))
    yield Limit("Where these runs cannot tell the firms apart", text, (grid,))


def _each_by_itself(result: Sweep) -> Iterator[Limit]:
    """What counting points does to the error."""
    if len(result.regimes) == 1:
        return
    title, n = "Every point is judged by itself", len(result.points)
    if result.replications == 1:
        text = (
            "There is one world, so there are no intervals: points are counted by the sign of the "
            "difference, which chance alone may have given."
        )
    else:
        text = (
            "No allowance was made for looking at many points and several measures. If the firms "
            f"were equal everywhere, about {(1 - LEVEL) * n:.2g} of {n:,} points would be "
            "called clear in each measure by chance alone. A point that was picked because it is "
            "extreme looks more extreme than it is."
        )
    yield Limit(title, text)


def shared_luck(r: int, regimes: int) -> Limit:
    """What it means that all points live through the same worlds, of which there are `r`."""
    worlds, draws = ("same world", "one draw") if r == 1 else (f"same {r:,} worlds", f"{r:,} draws")
    what = "favours one firm" if regimes > 1 else "raises a measure"
    text = (
        f"All points have the {worlds}. That makes how points differ surer than each of them, but "
        f"points that agree are not independent evidence: if chance {what}, it does so at many "
        "points at once. How many points agree says nothing of how sure the answer is; it rests "
        f"on {draws} of luck."
    )
    return Limit("Points share their luck", text)


def _between(result: Sweep) -> Limit:
    text = "Nothing was run between the points or beyond them."
    if len(result.regimes) > 1:
        text += (
            " How many points favour a firm depends on the values that were chosen: it is a count "
            "of points, and no probability."
        )
    if kind_of(result) == "tornados":
        text += (
            " A rank correlation sees what rises or falls steadily with one key. It misses what "
            "turns round half-way, and what two keys do together; its interval takes the points "
            "for independent, which with shared luck they are not quite."
        )
    return Limit("Between the points", text)
