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
    ended = result.replications < result.study.replications
    yield (
        f"{result.replications} replications: {'' if ended else 'not '}enough to tell the firms "
        f"apart or to know {wanted}. The intervals hold whenever one stops (confidence sequences)."
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
            when = f"by month {math.ceil(median)}" if median else "from the first week"
            half = f", in half of them {when}" if share < 1 else f", in half {when}"
        yield (
            f"Profit added up: {row['ahead']} is ahead of {other} for good in {_SHARE(share)} of "
            f"the replications ({_SHARE(row['low'])} to {_SHARE(row['high'])}){half}."
        )


def _settled(result: Comparison) -> Iterator[str]:
    settling = result.settling
    known = [found.weeks for found in settling.values() if found.settled]
    if not known:
        return
    slow = {metric(key).label: None for (key, _), found in settling.items() if not found.settled}
    but = f"; not settled within the horizon: {', '.join(slow)}" if slow else ""
    left_out = (
        f"the first {result.warm_up} weeks are left out"
        if result.warm_up
        else "the measures are over all weeks"
    )
    yield f"The firms settle within {max(known)} weeks (MSER-5){but}; {left_out}."
