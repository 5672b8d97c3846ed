"""How far a firm of the model is from the data, in units of the model's own luck.

A series is compared in the means of a few stretches of months: single months hold little but noise,
and what is left of a season in a stretch of half a year or more is small.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from experiments.statistics import Values

STRETCH_MONTHS = 6
STRETCHES_MOST = 4
TOLERANCE = 0.01
"""No model of a firm is right to more than such a part of a level, however large the firm."""
_TINY = 1e-12


@dataclass(frozen=True)
class Stretches:
    """The stretches of months in whose means data and model are compared.

    Attributes
    ----------
    masks : ndarray of bool, shape (stretches, columns, months)
        Which months of which column each has; only months with data.
    """

    masks: np.ndarray

    @classmethod
    def of(cls, data: Values) -> Self:
        """Even stretches of the months that have data, for every column.

        Parameters
        ----------
        data : ndarray, shape (columns, months)
            NaN where there are none.
        """
        masks = []
        for column, values in enumerate(data):
            known = np.flatnonzero(np.isfinite(values))
            count = min(STRETCHES_MOST, max(1, len(known) // STRETCH_MONTHS))
            for months in np.array_split(known, count):
                mask = np.zeros(data.shape, bool)
                mask[column, months] = True
                masks.append(mask)
        return cls(np.array(masks))

    @cached_property
    def columns(self) -> np.ndarray:
        """The column of each stretch."""
        return np.array([int(mask.any(axis=1).argmax()) for mask in self.masks])

    @cached_property
    def months(self) -> np.ndarray:
        """How many months each stretch has."""
        return np.asarray(self.masks.sum(axis=(1, 2)))

    def means(self, months: Values) -> Values:
        """The mean of every stretch.

        Parameters
        ----------
        months : ndarray, shape (..., columns, months)

        Returns
        -------
        ndarray of float, shape (..., stretches)
            NaN where a stretch has no value at all.
        """
        columns = []
        for mask in self.masks:
            inside = np.where(mask & np.isfinite(months), months, 0.0).sum(axis=(-2, -1))
            count = (mask & np.isfinite(months)).sum(axis=(-2, -1))
            columns.append(
                np.divide(inside, count, out=np.full(np.shape(inside), np.nan), where=count > 0)
            )
        return np.stack(columns, axis=-1)


def noise(lives: Values, data: Values, stretches: Stretches) -> Values:
    """Covariance of data less model, were the model right.

    The luck of one firm, what is left of it in the mean over lives, errors of measurement (what the
    data jump from month to month more than the model does), and `TOLERANCE`. Correlations are
    shrunk towards none as Schäfer & Strimmer (2005) have it, for there are few lives.

    Parameters
    ----------
    lives : ndarray, shape (lives, columns, months)
        Months of the same firm with different luck.
    data : ndarray, shape (columns, months)
    stretches : Stretches

    Returns
    -------
    ndarray of float, shape (stretches, stretches)
    """
    means = stretches.means(lives)
    means = np.where(np.isfinite(means), means, mean_of(means))
    spread = means.std(axis=0, ddof=1)
    standard = (means - means.mean(axis=0)) / np.maximum(spread, _TINY)
    luck = _correlation(standard) * np.outer(spread, spread) * (1 + 1 / len(means))
    jumps = np.maximum(0.0, _jumps(data) - _jumps(lives).mean(axis=0))
    measured = jumps[stretches.columns] / stretches.months
    tolerated = (TOLERANCE * stretches.means(data)) ** 2
    covariance: Values = luck + np.diag(np.maximum(measured + tolerated, _TINY))
    return covariance


def mean_of(means: Values) -> Values:
    """The mean over lives (rows), of those that have a value; NaN where none has."""
    known = np.isfinite(means)
    total = np.where(known, means, 0.0).sum(axis=0)
    count = known.sum(axis=0)
    mean: Values = np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0)
    return mean


def whitening(covariance: Values) -> Values:
    """A matrix W with W' W the inverse of a covariance: what it makes of noise has unit spread."""
    lower = np.linalg.cholesky(covariance)
    return np.asarray(np.linalg.inv(lower), np.float64)


def squared(white: Values, gaps: Values) -> Values:
    """Squared Mahalanobis distance of gaps, shape (..., stretches)."""
    return np.asarray(((gaps @ white.T) ** 2).sum(axis=-1), np.float64)


def strangeness(lives: Values, data: Values, stretches: Stretches, covariance: Values) -> float:
    """In which part of the model's own lives a firm is at least as far from the others as the data.

    Small if the model cannot be the firm; each life is measured from the mean of all others.

    Parameters
    ----------
    lives : ndarray, shape (lives, columns, months)
    data : ndarray, shape (columns, months)
    stretches : Stretches
    covariance : ndarray
        See `noise`.
    """
    means = stretches.means(lives)
    means = np.where(np.isfinite(means), means, mean_of(means))
    white, count = whitening(covariance), len(means)
    others = (means.sum(axis=0) - means) / (count - 1)
    own = squared(white, means - others)
    theirs = squared(white, stretches.means(data) - means.mean(axis=0))
    return float((1 + (own >= theirs).sum()) / (count + 1))


def _jumps(months: Values) -> Values:
    """Variance of single months around a smooth course (von Neumann 1941), by column."""
    steps = np.diff(months, axis=-1)
    known = np.isfinite(steps)
    total = np.where(known, steps**2, 0.0).sum(axis=-1)
    return np.asarray(total / np.maximum(2 * known.sum(axis=-1), 1), np.float64)


def _correlation(standard: Values) -> Values:
    """Correlation matrix of standardised rows, shrunk by the intensity that errs least."""
    count, size = standard.shape
    products = standard[:, :, None] * standard[:, None, :]
    mean = products.mean(axis=0)
    found = mean * count / (count - 1)
    variance = products.var(axis=0) * count**2 / (count - 1) ** 3
    off = ~np.eye(size, dtype=bool)
    strength = (found[off] ** 2).sum()
    intensity = min(1.0, variance[off].sum() / strength) if strength > 0 else 1.0
    correlation: Values = np.where(off, (1 - intensity) * found, 1.0)
    return correlation


def in_noise(gaps: Values, covariance: Values, stretches: Stretches, columns: int) -> Values:
    """How far each column is off: root mean square over its stretches, in units of its noise."""
    squares = gaps**2 / np.diag(covariance)
    means: Sequence[float] = [
        float(squares[stretches.columns == column].mean()) for column in range(columns)
    ]
    return np.sqrt(means)
