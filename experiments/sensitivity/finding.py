"""The result of a sensitivity analysis in words, no surer than the runs are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

import numpy as np

from experiments.finding import OUTCOMES, Claim
from experiments.metrics import LOWER, metric
from experiments.sensitivity.methods import Index, samples_needed

if TYPE_CHECKING:
    from experiments.sensitivity.result import Named, Sensitivity

_TOLD = 2  # keys named for an outcome, the strongest first
_ONE_WAY = 0.5
_CLAIMED = {claim.key: claim for claim in OUTCOMES}


def finding(result: Sensitivity) -> str:
    """Say what the gap in customers kept and in profit depends on, and what turns its sign."""
    claims = [_CLAIMED[key] for key in result.headlines if key in _CLAIMED]
    if not claims:
        return "No run came to its end"
    said = [f"{_gap(result, claim)}; {_sign(result, claim)}" for claim in claims]
    count = result.replications
    worlds = f"the mean of its {count} worlds" if count > 1 else "its one world"
    return ". ".join([*said, f"Each point counts by {worlds}, clear or not"])


def doubts(result: Sensitivity) -> list[str]:
    """Say of each headline measure whose indices are too wide how many samples might do."""
    said = []
    for key in result.headlines:
        found = result.indices(key, "gap")
        label = metric(key).label
        if not found:
            said.append(f"The gap in {label} has no indices: it has no values that differ")
        elif not found[0].degree.is_resolved:
            strongest = found[0].degree
            size, ends = written(result, key, strongest), interval(result, key, strongest)
            wanted = samples_needed(result.method, result.samples, strongest)
            said.append(
                f"The indices of the gap in {label} are not resolved: of the largest ({size}) the "
                f"interval, {ends}, is as wide as itself. About --samples {wanted} might do "
                f"({result.samples} here)"
            )
    if result.blocks_lost:
        said.append(
            f"{result.blocks_lost} of {result.samples} samples do not count for every measure: at "
            "one of their points a run failed, or a measure has no value"
        )
    return said


def written(result: Sensitivity, measure: str, index: Index) -> str:
    """The strength of an index of a gap, in points or its own unit, or as a share of variance."""
    if result.method == "sobol":
        return share(index.strength)
    return metric(measure).difference(index.strength, sign=False)


def interval(result: Sensitivity, measure: str, index: Index) -> str:
    """Its interval, in the same unit."""
    if result.method == "sobol":
        return f"{share(index.low, unit=False)} to {share(index.high)}"
    write = metric(measure).difference
    return f"{write(index.low, unit=False, sign=False)} to {write(index.high, sign=False)}"


def share(x: float, *, unit: bool = True) -> str:
    """A share in per cent."""
    text = f"{100 * x:.0f}".replace("-", "−")
    return f"{text} %" if unit else text


def _gap(result: Sensitivity, claim: Claim) -> str:
    found = _leading(result.indices(claim.key, "gap"))
    if not found:
        return f"These samples do not tell what the gap in {claim.name} depends on"
    said = [
        f"{key} ({written(result, claim.key, index)}, {interval(result, claim.key, index)})"
        for key, index in found
    ]
    if result.method == "sobol":
        return f"Of the variance of the gap in {claim.name} most goes with {' and '.join(said)}"
    return f"The gap in {claim.name} moves most along {' and '.join(said)}"


def _sign(result: Sensitivity, claim: Claim) -> str:
    """At how many points which regime is better, and which keys turn that."""
    a, b = result.regimes
    better = result.values(claim.key, "sign")
    known = better[np.isfinite(better)]
    if not len(known):
        return "which firm is better is not known at any point"
    ahead = float((known > 0.5).mean()), float((known < 0.5).mean())
    most = max(ahead)
    if most == 0.0:
        return f"neither firm {claim.verb} {claim.rather} at any point"
    if ahead[0] == ahead[1]:
        each = _of_points(most, len(known))
        text = f"neither firm {claim.verb} {claim.rather} more often (each at {each})"
    else:
        leader = a if ahead[0] > ahead[1] else b
        text = f"{leader} {claim.verb} {claim.rather} at {_of_points(most, len(known))}"
    turning = [one.key for one in _leading(result.indices(claim.key, "sign"))]
    if most == 1.0 or not turning:
        return text
    return f"{text}, which turns most with {' and '.join(turning)}"


def _of_points(part: float, points: int) -> str:
    return f"all {points:,} points" if part == 1.0 else f"{share(part)} of {points:,} points"


def _leading(found: Sequence[Named]) -> list[Named]:
    """The strongest keys, down to the first that is not resolved."""
    return list(takewhile(lambda one: one.degree.is_resolved, found))[:_TOLD]


def side_of(index: Index, direction: int) -> int:
    """For which firm more of a key is better by Morris' effects: 1 for A, -1 for B.

    Zero where it is now one, now the other: less than half of the effects' size has one sign. The
    direction is that of the measure whose gap it is; of the sign, where 1 is A, it is `HIGHER`.
    """
    change = index.more["mu"]
    if abs(change) < _ONE_WAY * index.strength:
        return 0
    return int(np.sign(change)) * (-1 if direction == LOWER else 1)
