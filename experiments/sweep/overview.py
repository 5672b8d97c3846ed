"""A sweep at a glance: over all points, what becomes of each headline measure."""

from __future__ import annotations

from experiments.metrics import metric
from experiments.sweep.drivers import drivers
from experiments.sweep.finding import HEADLINES, count_signs
from experiments.sweep.result import Sweep

_DASH = "–"


def overview(result: Sweep, other: str | None) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """A row per measure: from where to where it goes, how often it is clear, the strongest key.

    Parameters
    ----------
    result : Sweep
        What was found.
    other : str or None
        The regime that is set against the first; None for the levels of one regime alone.

    Returns
    -------
    head : tuple of str
        Names of the columns.
    rows : list of tuple of str
        As many cells as there are columns, the measure first.
    """
    ends = ("least A − B", "greatest A − B") if other else ("least mean", "greatest mean")
    clearly = "clearly " if result.replications > 1 else ""
    counts = (f"A {clearly}more", f"B {clearly}more") if other else ()
    rows = []
    for key in (key for key in HEADLINES if key in result.metrics):
        found, measure = result.of(key, other), metric(key)
        write = measure.difference if other else measure.value
        low, high = (write(float(found["value"].agg(end))) for end in ("min", "max"))
        count = count_signs(found)
        counted = (str(count.more), str(count.less)) if other else ()
        rows.append((measure.label, low, high, *counted, _strongest(result, key, other)))
    return ("measure", *ends, *counts, "goes most with (rank correlation)"), rows


def _strongest(result: Sweep, key: str, other: str | None) -> str:
    """The key that a measure goes most with, if that is clear."""
    rows = result.of(key, other)
    found = drivers(result.points.loc[rows.index], rows["value"].to_numpy(float))
    if not found or not found[0].is_clear:
        return _DASH
    rho = f"{found[0].rho:+.2f}".replace("-", "−")
    return f"{found[0].name} ({rho})"
