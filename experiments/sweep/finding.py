"""The result of a sweep in one sentence that claims no more than the runs show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from experiments.finding import OUTCOMES, Claim
from experiments.metrics import HEADLINE, metric
from experiments.sweep.design import as_text
from experiments.sweep.drivers import Driver, drivers

if TYPE_CHECKING:
    from experiments.sweep.result import Sweep

HEADLINES = (*HEADLINE, "lead_time_days", "satisfaction", "engagement")
"""The measures that are drawn and printed, as far as the runs measured them."""


class Count(NamedTuple):
    """At how many points the first regime has more, the other has, and neither clearly."""

    more: int
    less: int
    unclear: int

    @property
    def points(self) -> int:
        """Number of points with a pair of runs."""
        return sum(self)


def finding(result: Sweep) -> str:
    """Say at how many points which regime has more, or between which levels one regime moves.

    A point counts for a regime if the 95 % interval of the difference at this point leaves out
    zero; with a single replication there is none, and the sign of the difference counts.
    """
    claims = [claim for claim in OUTCOMES if claim.key in result.metrics]
    if not claims:
        return "No run came to its end"
    if len(result.regimes) == 1:
        return _levels(result, claims)
    others = result.regimes[1:]
    n = max(count_signs(result.of(claims[0].key, other)).points for other in others)
    if n == 0:
        return "At no point did a replication come to its end in both firms"
    if len(others) == 1:
        said = _of_two(result, claims)
    else:
        said = _of_many(result, claims[0])
    one = result.replications == 1
    how = "one replication, so no intervals" if one else "95 % intervals, each point by itself"
    return f"Over {n} points {said} ({how})"


def count_signs(rows: pd.DataFrame) -> Count:
    """Count the points by the sign of the gap, given `Sweep.of`."""
    signs = clear_signs(rows)
    known = int((rows["pairs"] > 0).sum())
    more, less = int((signs > 0).sum()), int((signs < 0).sum())
    return Count(more, less, known - more - less)


def clear_signs(rows: pd.DataFrame) -> pd.Series[int]:
    """Sign of the gap at each point, 0 where the interval spans zero; by one pair, as it is."""
    one = rows["pairs"] == 1
    above = (rows["low"] > 0) | (one & (rows["value"] > 0))
    below = (rows["high"] < 0) | (one & (rows["value"] < 0))
    return above.astype(int) - below.astype(int)


def crossings(column: pd.Series, signs: pd.Series) -> list[tuple[float, float]]:
    """Between which neighbouring values of a key the sign of the gap turns, unclear ones apart."""
    order = column.to_numpy(float).argsort(kind="stable")
    at, sign = column.to_numpy(float)[order], signs.to_numpy()[order]
    at, sign = at[sign != 0], sign[sign != 0]
    turns = np.flatnonzero(sign[1:] != sign[:-1])
    return [(float(at[i]), float(at[i + 1])) for i in turns]


def is_scale(column: pd.Series) -> bool:
    """Whether the values of a key are numbers on a scale, and not names or truth values."""
    return bool(is_numeric_dtype(column) and not is_bool_dtype(column))


def strongest(result: Sweep, rows: pd.DataFrame) -> Driver | None:
    """The key that a result goes most with, if there are several and the correlation is clear."""
    if len(result.keys) == 1:
        return None
    found = drivers(result.points.loc[rows.index], rows["value"].to_numpy(float))
    return found[0] if found and found[0].is_clear else None


def _of_two(result: Sweep, claims: Sequence[Claim]) -> str:
    a, b = result.regimes
    said: list[str] = []
    before = ""
    for claim in claims:
        rows = result.of(claim.key)
        more, less, unclear = count_signs(rows)
        n = more + less + unclear
        if more == less == 0:
            no = "no difference" if result.replications == 1 else "no clear difference"
            said.append(f"there is {no} in {claim.name} at any")
            continue
        sign, leader, other = (1, a, b) if more >= less else (-1, b, a)
        than = "" if before else f" than {other}"
        text = "it" if leader == before else leader
        text += f" {claim.verb} {claim.rather}{than} at {_of_all(max(more, less), n)}"
        if min(more, less):
            text += f", {claim.less} at {min(more, less)}"
        if unclear:
            text += f", unclear at {unclear}"
        said.append(text + _turning(result, rows) + _growing(result, rows, sign))
        before = leader
    return "; ".join(said)


def _turning(result: Sweep, rows: pd.DataFrame) -> str:
    """Where the sign of the gap turns, along a single key."""
    column = result.points[result.keys[0]]
    if len(result.keys) > 1 or not is_scale(column):
        return ""
    turns = crossings(column.loc[rows.index], clear_signs(rows))
    if len(turns) > 1:
        return f", turning {len(turns)} times"
    ends = [f"{as_text(low)} and {as_text(high)}" for low, high in turns]
    return f", turning between {result.keys[0]} {ends[0]}" if ends else ""


def _growing(result: Sweep, rows: pd.DataFrame, sign: int) -> str:
    """What the lead of the regime that is mostly ahead goes with."""
    first = strongest(result, rows)
    if first is None:
        return ""
    return f", its lead {'growing' if sign * first.rho > 0 else 'shrinking'} with {first.name}"


def _of_many(result: Sweep, claim: Claim) -> str:
    first, *others = result.regimes
    told, unclear = [], []
    for other in others:
        count = count_signs(result.of(claim.key, other))
        if count.more == count.less == 0:
            unclear.append(other)
            continue
        less = f" and {claim.less} at {count.less}" if count.less else ""
        told.append(f"than {other} at {_of_all(count.more, count.points)}{less}")
    parts = [f"{claim.verb} {claim.rather} {', '.join(told)}"] if told else []
    if unclear:
        parts.append(f"shows no clear difference in {claim.name} from {', '.join(unclear)} at any")
    return f"{first} {'; it '.join(parts)}"


def _levels(result: Sweep, claims: Sequence[Claim]) -> str:
    """Least and greatest mean of one regime over the points."""
    said = []
    for claim in claims:
        rows = result.of(claim.key)
        low, high = (
            f"{_value(claim, rows, at)}{_where(result, rows, at)}" for at in ("min", "max")
        )
        measure = metric(claim.key)
        text = f"{measure.label} from {low} to {high}"
        if first := strongest(result, rows):
            text += f", {'rising' if first.rho > 0 else 'falling'} with {first.name}"
        said.append(text)
    n = result.replications
    mean = "one run each" if n == 1 else f"means of {n} runs"
    return f"{result.regimes[0]} over {len(result.points)} points: {'; '.join(said)} ({mean})"


def _value(claim: Claim, rows: pd.DataFrame, end: str) -> str:
    return metric(claim.key).value(float(rows["value"].agg(end)))


def _where(result: Sweep, rows: pd.DataFrame, end: str) -> str:
    """At which value of a single key a measure is least or greatest."""
    if len(result.keys) > 1:
        return ""
    key = result.keys[0]
    return f" ({key} {as_text(result.points[key].loc[rows['value'].agg(f'idx{end}')])})"


def _of_all(some: int, points: int) -> str:
    return f"all {points}" if some == points else f"{some} of {points}"
