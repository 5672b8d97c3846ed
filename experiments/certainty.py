"""What a reader of a comparison has to know of its runs, in a few sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from experiments.metrics import metric

if TYPE_CHECKING:
    from experiments.comparison import Comparison

_SHARE = metric("market_share").value  # any share is written alike
_WORTH_TELLING = 0.05  # of the replications


def certainty(result: Comparison) -> Iterator[str]:
    """Say when the replications ended, who earns more for good from when on, and what settles."""
    if result.replications > 1:
        yield from _stopped(result)
        yield from _break_even(result)
    yield from _settled(result)


def _stopped(result: Comparison) -> Iterator[str]:
    precision = result.study.precision
    if precision is None:
        return
    wanted = ", ".join(
        f"{metric(name).label} within {metric(name).difference(width, sign=False)}"
        for name, width in precision.widths.items()
    )
    told = {
        "reached": "enough",
        "at most": "as many as there may be, and not enough",
        "unfinished": "so far not enough",
    }
    yield (
        f"{result.replications} replications: {told[result.ended]} to tell the firms apart or to "
        f"know {wanted}. The intervals of the table hold whenever one stops (confidence sequences)."
    )


def _break_even(result: Comparison) -> Iterator[str]:
    first = result.regimes[0]
    for row in result.break_even_table.to_dict("records"):
        share, median = float(row["share"]), float(row["median"])
        if not share >= _WORTH_TELLING:
            continue
        other = row["regime_b"] if row["ahead"] == first else first
        half = ""
        if math.isfinite(median):
            since = f"month {math.ceil(median)}" if median else "the first week"
            half = f"; in half of all replications since {since} without interruption"
        yield (
            f"Profit added up: {row['ahead']} is ahead of {other} at the end in {_SHARE(share)} of "
            f"the replications ({_SHARE(row['low'])} to {_SHARE(row['high'])}){half}."
        )


def _settled(result: Comparison) -> Iterator[str]:
    settling = result.settling
    known = [found.weeks for found in settling.values() if found.settled]
    slow = {metric(key).label: None for (key, _), found in settling.items() if not found.settled}
    but = f"; not settled within the horizon: {', '.join(slow)}" if slow else ""
    left_out = (
        f"the first {result.warm_up} weeks are left out"
        if result.warm_up
        else "the measures are over all weeks"
    )
    settle = f"The firms settle within {max(known)} weeks (MSER-5)" if known else "MSER-5"
    yield f"{settle}{but}; {left_out}."
