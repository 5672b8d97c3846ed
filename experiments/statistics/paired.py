"""Paired comparison of two firms that lived through the same luck."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

LEVEL = 0.95

_ROUNDING = 1e-12  # differences that vary by less, relative to the values, do not vary
_QUANTILES = (0.1, 0.5, 0.9)

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
    p : float
        Two-sided p-value of the paired t test that the mean difference is zero; NaN with fewer than
        two pairs. Differences that do not vary give 1 if they are zero and 0 if they are not.
    p10, p50, p90 : float
        A tenth, half and nine tenths of the pairs have a smaller difference; NaN without a pair.
    """

    pairs: int
    mean_a: float
    mean_b: float
    difference: float
    low: float
    high: float
    a_wins: float
    variance_ratio: float
    p: float
    p10: float
    p50: float
    p90: float


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
        return Paired(0, *[math.nan] * 11)
    gap = a - b
    mean = float(gap.mean())
    half = half_width(gap, level)
    smallest = _ROUNDING * float(np.abs([a, b]).max())
    varies = len(gap) > 1 and bool(np.ptp(gap) > smallest)
    if varies:
        p = _t_test(gap)
    elif len(gap) > 1:
        p = float(abs(mean) <= smallest)
    else:
        p = math.nan
    p10, p50, p90 = (float(x) for x in np.quantile(gap, _QUANTILES))
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
        p=p,
        p10=p10,
        p50=p50,
        p90=p90,
    )


def _t_test(gap: Values) -> float:
    """Two-sided p-value of the t test that the mean is zero."""
    t = gap.mean() / (gap.std(ddof=1) / math.sqrt(len(gap)))
    return float(2 * stdtr(len(gap) - 1, -abs(t)))
