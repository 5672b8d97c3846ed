"""From which month on one firm has earned more than its twin."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv

from experiments.statistics.paired import LEVEL, Values
from simulation.world import WEEKS_A_YEAR

MONTHS_A_YEAR = 12
_QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The break-even month in every replication, and how it is distributed.

    Attributes
    ----------
    months : array, shape (replications,)
        0 for A ahead from the first week to the horizon; else the month at whose week A gets ahead
        and stays so; infinite if A is not ahead at the horizon.
    share : float
        Share of the replications that break even within the horizon; NaN without any.
    low, high : float
        Clopper-Pearson interval of the share.
    lower_quartile, median, upper_quartile : float
        The month by which a quarter, half, and three quarters of all replications have broken even;
        infinite if they do not within the horizon.
    """

    months: Values
    share: float
    low: float
    high: float
    lower_quartile: float
    median: float
    upper_quartile: float


def break_even(gaps: Values, level: float = LEVEL) -> BreakEven:
    """Find the month from which A's cumulative profit stays above B's until the horizon.

    For the month from which B stays above A, pass `-gaps`; a replication that ends in a tie has
    neither.

    Parameters
    ----------
    gaps : array, shape (replications, weeks)
        Cumulative paired profit A - B at the end of each week. A replication with a missing week
        (NaN) is left out.
    level : float
        Level of the interval of the share.
    """
    gaps = np.asarray(gaps, dtype=float)
    gaps = gaps[np.isfinite(gaps).all(axis=1)]
    runs, weeks = gaps.shape
    if runs == 0 or weeks == 0:
        return BreakEven(np.empty(0), *[math.nan] * 6)
    not_ahead = gaps <= 0
    # weeks up to and with the last one in which A is not ahead
    until = np.where(not_ahead.any(axis=1), weeks - np.argmax(not_ahead[:, ::-1], axis=1), 0)
    month = (until + 1) * MONTHS_A_YEAR / WEEKS_A_YEAR
    months = np.where(until == 0, 0.0, np.where(until < weeks, month, np.inf))
    even = int(np.isfinite(months).sum())
    low, high = _clopper_pearson(even, runs, level)
    # an observed month for every quantile: there is nothing between a month and never
    quarter, half, three = np.quantile(months, _QUARTILES, method="inverted_cdf")
    return BreakEven(
        months, even / runs, low, high, float(quarter), float(half), float(three)
    )  # fmt: skip


def _clopper_pearson(k: int, n: int, level: float) -> tuple[float, float]:
    """Exact interval of a share, k of n (Clopper & Pearson 1934, Biometrika 26)."""
    tail = (1 - level) / 2
    low = float(betaincinv(k, n - k + 1, tail)) if k > 0 else 0.0
    high = float(betaincinv(k + 1, n - k, 1 - tail)) if k < n else 1.0
    return low, high
