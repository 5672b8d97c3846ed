"""The boxes of a discovery in words, no surer than the points are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.discovery.boxes import FEWEST
from experiments.finding import CUSTOMERS, INSIDE, MARKET, ORGANISATION, OUTCOMES
from experiments.metrics import LOWER, metric

if TYPE_CHECKING:
    from experiments.discovery.result import Discovery, Share, Side

_CLAIMS = {claim.key: claim for claim in (*OUTCOMES, *INSIDE, *ORGANISATION, *MARKET, *CUSTOMERS)}

_HALF = 0.5


def finding(result: Discovery) -> str:
    """Say when which regime is better, as far as a box holds on points not seen before."""
    leader, share = result.ahead
    does = does_better(result.outcome)
    if not len(result.points):
        return "At no point did a replication come to its end in both firms"
    overall = f"{leader} {does} at {of_points(share)}"
    if not result.is_searched:
        too_few = len(result.points) < FEWEST
        why = f"too few to look for a box, which takes {FEWEST}" if too_few else "nearly everywhere"
        return f"{overall}: {why}"
    found = [_found(side, does) for side in result.sides if side.is_found]
    missing = [side.better for side in result.sides if not side.is_found]
    if not found:
        return f"{overall}; no box tells where. {_judged(result)}"
    text = f"{'; '.join(found)}. {_judged(result)}; {overall}"
    return f"{text}; for {missing[0]} no box held" if missing else text


def does_better(outcome: str) -> str:
    """What the better regime does."""
    measure = metric(outcome)
    if outcome not in _CLAIMS:
        return f"{'is better' if measure.direction else 'has more'} in {measure.label}"
    claim = _CLAIMS[outcome]
    rather = claim.rather
    if measure.direction == LOWER:
        rather = rather.replace("more", claim.less, 1)
    return f"{claim.verb} {rather}"


def of_points(share: Share) -> str:
    """So many of all points."""
    if share.some == share.all:
        return f"all {share.all} points"
    return f"{percent(share.value)} of {share.all} points"


def percent(x: float) -> str:
    """A share in per cent."""
    return f"{100 * x:.0f} %"


def dense(side: Side) -> str:
    """The density of a box with its interval, and what it is set against."""
    low, high = side.density.interval
    return (
        f"{percent(side.density.value)} of those points ({100 * low:.0f} to {percent(high)}; "
        f"{percent(side.base.value)} of all)"
    )


def _found(side: Side, does: str) -> str:
    when = " and ".join(map(str, side.box))
    covered = percent(side.coverage.value)
    # A box may hold far more such cases than the rest, and yet as many others.
    mostly = "" if side.density.interval[0] > _HALF else ", more often than elsewhere,"
    return f"{side.better} {does}{mostly} when {when}: {covered} of such cases, {dense(side)}"


def _judged(result: Discovery) -> str:
    held = int(result.held_out.sum())
    seen = len(result.points) - held
    return f"Judged by {held} points that the search in the other {seen} had not seen"
