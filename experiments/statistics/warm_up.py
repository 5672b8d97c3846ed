"""How many weeks a simulation takes to forget how it was started."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.statistics.paired import Values

BATCH_WEEKS = 5
_LEAST_BATCHES = 10  # fewer say nothing about where a transient ends
_LAST_BATCHES = 5  # a spread of fewer batches than this is small by chance
_ROUNDING = 1e-12  # what varies by less, relative to its size, does not vary


@dataclass(frozen=True, slots=True)
class WarmUp:
    """The weeks to cut from the start of a series.

    Attributes
    ----------
    weeks : int
        Where the error of the mean of the remaining weeks is least; not to be cut if not settled.
    settled : bool
        Whether that lies in the first half of the series. If not, or if the series is too short,
        the series never settles within the horizon.
    """

    weeks: int
    settled: bool


def warm_up(courses: Values) -> WarmUp:
    """Find the warm-up by MSER-5: cut so that the rest has the smallest standard error.

    The mean over the runs is taken in batches of five weeks. For every number d
    of batches cut, the marginal standard error is the sum of squared deviations of the k - d
    batches that remain over (k - d)^2; the d that makes it least is the warm-up.

    Parameters
    ----------
    courses : array, shape (runs, weeks)
        The weekly series of each run; missing values (NaN) are left out of the means. Weeks that do
        not fill the last batch are left out, too.

    References
    ----------
    White (1997), An effective truncation heuristic for bias reduction in simulation output,
    Simulation 69. White, Cobb & Spratt (2000), A comparison of five steady-state truncation
    heuristics for simulation, Proceedings of the Winter Simulation Conference.
    """
    batches = _batches(np.asarray(courses, dtype=float))
    measured = np.flatnonzero(np.isfinite(batches))
    means = batches[measured]
    k = len(means)
    if k < _LEAST_BATCHES:
        return WarmUp(0, False)
    if np.ptp(means) <= _ROUNDING * np.abs(means).max():
        return WarmUp(0, True)
    error = [means[d:].var() / (k - d) for d in range(k - _LAST_BATCHES + 1)]
    best = int(np.argmin(error))
    return WarmUp(int(measured[best]) * BATCH_WEEKS, 2 * best < k)


def _batches(courses: Values) -> Values:
    """Means over all runs of whole batches of weeks; NaN for a batch that has no value."""
    batches = courses.shape[1] // BATCH_WEEKS
    parts = courses[:, : batches * BATCH_WEEKS].reshape(len(courses), batches, BATCH_WEEKS)
    known = np.isfinite(parts)
    count = known.sum(axis=(0, 2))
    total = np.where(known, parts, 0.0).sum(axis=(0, 2))
    means: Values = np.divide(total, count, out=np.full(batches, np.nan), where=count > 0)
    return means
