"""An interval that may be looked at after every replication.

An ordinary 95 % interval that is looked at after each of the replications 8 to 500 misses the truth
at least once in about four of ten studies, and a study that stops at the first clear difference
stops there. A confidence sequence misses it at any time in at most one of twenty.

How often it did, tightest at 100, over 16 000 simulated studies of 500 replications, with a first
look after 20, 50 or 80 replications:

======================  ==================  ==================
differences             alpha 0.05          alpha 0.0125
======================  ==================  ==================
normal                  2.9, 2.4, 2.0 %     0.7, 0.6, 0.5 %
skewness 1 (gamma)      3.8, 2.9, 2.4 %     1.2, 0.9, 0.7 %
skewness 2 (exp.)       7.3, 5.1, 3.8 %     3.5, 2.1, 1.5 %
skewness 6 (lognormal)  15.9, 10.5, 8.1 %   9.9, 6.1, 4.5 %
======================  ==================  ==================

So the first look is after 50 unless declared otherwise. It is too early for differences that are
skewed by two or more and share their alpha with other measures, and for those that differ from
zero in few of the replications only (one in ten: 8.2 % after 50, 5.7 % after 80).
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import lambertw, ndtr, stdtrit

from experiments.statistics.paired import LEVEL, Values

LEAST = 50
"""Replications before the first look; the module says what fewer would cost."""

TIGHTEST_AT = 100
"""Number of replications at which the sequence is as narrow as it can be."""


def confidence_sequence(
    values: Values,
    alpha: float = 1 - LEVEL,
    tightest_at: int = TIGHTEST_AT,
    least: int = LEAST,
) -> tuple[float, float]:
    """Low and high end of the sequence for the mean, at the number of values given.

    The whole line before the first look. All else as for `running_sequence`, of which this is the
    last element.
    """
    low, high = running_sequence(values, alpha, tightest_at, least)
    return (float(low[-1]), float(high[-1])) if len(low) else (-math.inf, math.inf)


def running_sequence(
    values: Values,
    alpha: float = 1 - LEVEL,
    tightest_at: int = TIGHTEST_AT,
    least: int = LEAST,
) -> tuple[Values, Values]:
    """Low and high end of the sequence for the mean, after each value.

    Parameters
    ----------
    values : array, shape (n,)
        Paired differences in the order of their replications; values that are missing (NaN) are
        left out.
    alpha : float
        Chance that the sequence ever misses the mean. Several measures or regimes that decide
        together share it: alpha divided by their number (Bonferroni).
    tightest_at : int
        Number of values at which the sequence is tightest; declared before the first look.
    least : int
        Number of values before the first look, at least two; declared before it, too.

    Returns
    -------
    low, high : array, shape (finite values,)
        The whole line before the first look; of no width where the values do not vary.

    Notes
    -----
    Theorem 2.2 of Waudby-Smith et al. bounds the standardised mean at n by

        sqrt(2 (n rho^2 + 1) / (n rho^2) log(sqrt(n rho^2 + 1) / alpha))

    with sigma estimated. They leave open from which n on the limit is a good guide. The bound is a
    normal quantile; here it is exchanged for the quantile of Student's t at the same level, as for
    an interval at a single n. The two become one as n grows, so their theorem still holds.

    References
    ----------
    Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2024), Time-uniform central limit theory and
    asymptotic confidence sequences, Annals of Statistics 52.
    """
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values)]
    low, high = np.full(len(values), -np.inf), np.full(len(values), np.inf)
    least = max(least, 2)
    if len(values) < least:
        return low, high
    centre = values.mean()  # cumulative squares of what is far from zero would lose digits
    n = np.arange(1.0, len(values) + 1)
    mean = np.cumsum(values - centre) / n
    squares = np.maximum(np.cumsum((values - centre) ** 2) - n * mean**2, 0.0)
    looks = slice(least - 1, None)
    n, mean = n[looks], mean[looks]
    error = np.sqrt(squares[looks] / (n - 1) / n)
    half = _bound(n, alpha, tightest_at) * error
    low[looks], high[looks] = centre + mean - half, centre + mean + half
    return low, high


def settled(low: float, high: float, width: float) -> bool:
    """Whether an interval is narrower than `width` (of the whole interval) or clear of zero."""
    return high - low < width or low > 0 or high < 0


def _bound(n: Values, alpha: float, tightest_at: int) -> Values:
    """How many standard errors the sequence reaches to either side of the mean."""
    x = n * _rho_squared(alpha, tightest_at)
    normal = np.sqrt(2 * (x + 1) / x * np.log(np.sqrt(x + 1) / alpha))
    student: Values = -stdtrit(n - 1, ndtr(-normal))
    return student


def _rho_squared(alpha: float, tightest_at: int) -> float:
    """The parameter of the mixture that makes the sequence tightest at this number of values.

    With x = n rho^2 the square of the width goes as (1 + 1/x) log((x + 1) / alpha^2). Where its
    derivative is zero, x = log((x + 1) / alpha^2), which the lower branch of Lambert's W solves.
    """
    x = -1 - float(lambertw(-(alpha**2) / math.e, k=-1).real)
    return x / tightest_at
