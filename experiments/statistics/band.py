"""A band that holds the whole course of a mean, not only each of its weeks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from experiments.statistics.paired import LEVEL, Values

LEAST = 4
"""Courses below which there is no band."""

DRAWS = 2000
SEED = 20_011

_CHUNK = 250  # draws at once, so that thousands of courses fit into memory
_ROUNDING = 1e-12  # what varies by less, relative to its size, does not vary


@dataclass(frozen=True, slots=True)
class Band:
    """A mean course and the band around it, an element a week.

    Attributes
    ----------
    mean : array, shape (weeks,)
        Mean of the courses that have a value; NaN where none has.
    low, high : array, shape (weeks,)
        The band; NaN with fewer values than `LEAST`, of no width where the values are all the same.
    """

    mean: Values
    low: Values
    high: Values


def band(courses: Values, level: float = LEVEL, seed: int = SEED) -> Band:
    """Draw a band that holds the true mean in every week at once, with probability `level`.

    Its half width is c standard errors, in every week the same c: the quantile of the largest
    studentised deviation of any week.

    Parameters
    ----------
    courses : array, shape (replications, weeks)
        Paired gaps over time; NaN where a replication has none.
    level : float
        Chance that the true mean course lies within the band everywhere.
    seed : int
        Seed of the draws: the same courses always give the same band.

    Notes
    -----
    Montiel Olea & Plagborg-Moller and Degras take c from a bootstrap of the maximum. With few
    replications it comes out too small if the deviations are multiplied by normal numbers: with 8
    autocorrelated courses of 156 weeks the band held in 14 to 72 % of the simulations in place of
    95 %. Here they are multiplied by random signs, and each draw is divided by its own standard
    error (a wild bootstrap of t, as Davidson & Flachaire). Over white noise, AR(1) with 0.5 and
    0.9, random walks and 13-week means, with normal errors, it then held in 95 to 96 % of 400
    simulations with 4 courses, 92 to 98 % with 8, 95 to 97 % with 20 and 94 to 96 % with 100
    (give or take 1 %). Random walks with exponential errors: 93 % with 8, 92 % with 20, 96 % with
    100. Skewed noise without any memory remains beyond it: 25 % with 8 courses, 68 % with 100.

    c is never more than Bonferroni's bound, which holds for normal values whatever their
    dependence.

    References
    ----------
    Montiel Olea & Plagborg-Moller (2019), Simultaneous confidence bands: theory, implementation,
    and an application to SVARs, Journal of Applied Econometrics 34. Degras (2011), Simultaneous
    confidence bands for nonparametric regression with functional data, Statistica Sinica 21.
    Davidson & Flachaire (2008), The wild bootstrap, tamed at last, Journal of Econometrics 146.
    """
    courses = np.asarray(courses, dtype=float)
    known = np.isfinite(courses)
    n = known.sum(axis=0)
    filled = np.where(known, courses, 0.0)
    mean = np.divide(filled.sum(axis=0), n, out=np.full(len(n), np.nan), where=n > 0)
    deviation = np.where(known, filled - np.nan_to_num(mean), 0.0)
    norm = np.sqrt((deviation**2).sum(axis=0))
    enough = n >= LEAST
    varies = enough & (norm > _ROUNDING * np.abs(filled).max(axis=0, initial=0.0))
    half = np.where(enough, 0.0, np.nan)
    if varies.any():
        n, norm = n[varies], norm[varies]
        c = min(
            _largest(deviation[:, varies] / norm, n, level, np.random.default_rng(seed)),
            float(stdtrit(n.min() - 1, 1 - (1 - level) / (2 * len(n)))),
        )
        half[varies] = c * norm / np.sqrt(n * (n - 1))
    return Band(mean, mean - half, mean + half)


def _largest(unit: Values, n: Values, level: float, rng: np.random.Generator) -> float:
    """Quantile of the largest |t| of any week when the signs of the deviations are drawn.

    Parameters
    ----------
    unit : array, shape (replications, weeks)
        Deviations from the mean, with a sum of squares of one in every week; 0 where missing.
    n : array, shape (weeks,)
        Number of values in each week.
    """
    largest = []
    for _ in range(DRAWS // _CHUNK):
        signs = rng.choice([-1.0, 1.0], size=(_CHUNK, len(unit)))
        # Signs leave the sum of squares as it is, so t needs only the square s of the new sum:
        # t^2 = s (n - 1) / (n - s).
        s = (signs @ unit) ** 2
        with np.errstate(divide="ignore"):  # all deviations of one size and sign: t is infinite
            t_squared = s * (n - 1) / np.maximum(n - s, 0.0)
        largest.append(t_squared.max(axis=1))
    return float(np.sqrt(np.quantile(np.concatenate(largest), level, method="higher")))
