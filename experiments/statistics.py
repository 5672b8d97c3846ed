"""Paired comparison of two firms that lived through the same luck."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

LEVEL = 0.95

_ROUNDING = 1e-12  # differences that vary by less, relative to the values, do not vary

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Paired:
    """What the pairs (A, B) say about A - B.

    Attributes
    ----------
    pairs : int
        Number of pairs in which both firms have a value.
    mean_a, mean_b, difference : float
        Means over the pairs; NaN without a pair.
    low, high : float
        Student t interval of the mean difference; NaN with fewer than two pairs.
    a_wins : float
        Share of the pairs in which A is strictly better; NaN for a measure without direction.
    variance_ratio : float
        (var A + var B) / var(A - B): how many times more runs unpaired firms would need for the
        same interval. NaN if A - B does not vary.
    """

    pairs: int
    mean_a: float
    mean_b: float
    difference: float
    low: float
    high: float
    a_wins: float
    variance_ratio: float


def half_width(values: Values, level: float = LEVEL) -> float:
    """Half the width of the Student t interval of the mean; NaN with fewer than two values."""
    n = len(values)
    if n < 2:
        return math.nan
    return float(stdtrit(n - 1, (1 + level) / 2) * values.std(ddof=1) / math.sqrt(n))


def paired(a: Values, b: Values, direction: int = 0, level: float = LEVEL) -> Paired:
    """Compare A with B, replication by replication; a pair with a missing value is left out."""
    both = np.isfinite(a) & np.isfinite(b)
    a, b = a[both], b[both]
    if len(a) == 0:
        return Paired(0, *[math.nan] * 7)
    gap = a - b
    mean = float(gap.mean())
    half = half_width(gap, level)
    varies = len(gap) > 1 and bool(np.ptp(gap) > _ROUNDING * np.abs(a).max())
    return Paired(
        pairs=len(gap),
        mean_a=float(a.mean()),
        mean_b=float(b.mean()),
        difference=mean,
        low=mean - half,
        high=mean + half,
        a_wins=float((direction * gap > 0).mean()) if direction else math.nan,
        variance_ratio=float((a.var(ddof=1) + b.var(ddof=1)) / gap.var(ddof=1))
        if varies
        else math.nan,
    )
