"""A gap as a surface over two keys, and how sure its sign is between the points that were run.

Every replication has a surface of its own, for at every point it had the same luck. How much these
differ is what luck leaves open; what a smooth surface leaves open between points comes on top.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from experiments.statistics import LEVEL, Values

SURE = (1 - LEVEL) / 2
"""Where one side has less than this probability, the other is clearly better."""

_REDUCIBLE = 0.5
"""Of the error by luck: an error between points that is less than this widens an interval by less
than an eighth."""
_RESTARTS = 4
_LENGTHS = (0.1, 10.0)  # of the surface, in ranges of a key
_NOISE = (1e-6, 1.0)  # of the variance between points
_JITTER = 1e-9
_TINY = 1e-100
_WRITABLE = 0.05  # of a map
_MANY = 1e6  # degrees of freedom of what is as good as known


@dataclass(frozen=True)
class Surface:
    """What is known of a gap at some places.

    Attributes
    ----------
    mean : ndarray of float, shape (places,)
        The gap A - B.
    luck : ndarray of float, shape (places,)
        Standard error from a limited number of replications.
    between : ndarray of float, shape (places,)
        Standard error from a limited number of points.
    replications : int
        From which `luck` was estimated: with few of them it is itself unsure, and the tails are
        those of Student's t.
    """

    mean: Values
    luck: Values
    between: Values
    replications: int

    @property
    def error(self) -> Values:
        """Standard error in all."""
        return np.hypot(self.luck, self.between)

    def below_zero(self) -> Values:
        """Probability that the gap is less than zero at each place.

        Only `luck` is estimated from replications; the degrees of freedom of both errors together
        are those of Welch (1947) and Satterthwaite (1946).
        """
        error = np.maximum(self.error, _TINY)
        share = np.maximum(self.luck / error, _TINY) ** 2  # of the variance, by luck
        freedom = (self.replications - 1) / np.maximum(share, _TINY) ** 2
        return np.asarray(stdtr(np.minimum(freedom, _MANY), -self.mean / error), np.float64)

    def is_open(self) -> NDArray[np.bool_]:
        """Where neither side is sure: the interval of the gap holds zero."""
        below = self.below_zero()
        return np.asarray((below > SURE) & (below < 1 - SURE))

    def is_reducible(self) -> NDArray[np.bool_]:
        """Where runs nearby would make the interval narrower, and not more replications alone."""
        return np.asarray(self.between > _REDUCIBLE * self.luck)


def middle_of(found: NDArray[np.bool_]) -> tuple[int, int] | None:
    """Row and column of the place of a map to write on, near the middle of what was found.

    None if that is too little to be written on.
    """
    if found.mean() < _WRITABLE:
        return None
    rows, columns = np.nonzero(found)
    middle = np.argmin((rows - np.median(rows)) ** 2 + (columns - np.median(columns)) ** 2)
    return int(rows[middle]), int(columns[middle])


class Model:
    """A smooth surface through the gaps of some points: a Gaussian process (kriging).

    The covariance (Matern 5/2, a length for each key) and the roughness are fitted to the mean gaps
    by maximum likelihood; with them, the surface of each replication is linear in its gaps.

    Parameters
    ----------
    points : ndarray of float, shape (n, 2)
        Within [0, 1] by key.
    gaps : ndarray of float, shape (n, replications)
        A - B.
    """

    def __init__(self, points: Values, gaps: Values) -> None:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.gaussian_process import GaussianProcessRegressor
        from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

        self._points, self._gaps = points, gaps
        means = gaps.mean(axis=1)
        self._scale = float(means.std()) or 1.0
        shape = ConstantKernel(1.0, (1e-2, 1e2)) * Matern([0.5, 0.5], _LENGTHS, nu=2.5)
        process = GaussianProcessRegressor(
            shape + WhiteKernel(1e-2, _NOISE), n_restarts_optimizer=_RESTARTS, random_state=0
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # a length at its bound is fine
            process.fit(points, (means - means.mean()) / self._scale)
        self._shape = process.kernel_.k1
        self._noise = process.kernel_.k2.noise_level

    def surface(self, places: Values, more: Values | None = None) -> Surface:
        """What is known at these places; `between` as if `more` points had been run as well.

        Parameters
        ----------
        places : ndarray of float, shape (m, 2)
            Within [0, 1] by key.
        more : ndarray of float, shape (k, 2), optional
            Points that are about to be run.
        """
        weights = self._weights(self._points, places)
        middle = self._gaps.mean(axis=0)
        by_replication = middle + weights.T @ (self._gaps - middle)
        replications = self._gaps.shape[1]
        spread = by_replication.std(axis=1, ddof=1) if replications > 1 else np.zeros(len(places))
        known = self._points if more is None else np.vstack([self._points, more])
        return Surface(
            by_replication.mean(axis=1),
            spread / np.sqrt(replications),
            self._between(known, places),
            replications,
        )

    def _weights(self, known: Values, places: Values) -> Values:
        covariance = self._shape(known) + (self._noise + _JITTER) * np.eye(len(known))
        return np.linalg.solve(covariance, self._shape(known, places))

    def _between(self, known: Values, places: Values) -> Values:
        explained = np.einsum("ij,ij->j", self._shape(known, places), self._weights(known, places))
        left = np.maximum(self._shape.diag(places) - explained, 0.0)
        return np.asarray(self._scale * np.sqrt(left), np.float64)


def next_points(model: Model, candidates: Values, taken: set[int], count: int) -> list[int]:
    """Where the sign is open and a run would say most, each as if those before it had been run.

    A run says nothing about luck, which is the same everywhere: where that alone keeps the sign
    open, more replications would help, and no point is chosen.

    Parameters
    ----------
    model : Model
        Of what has been run.
    candidates : ndarray of float, shape (m, 2)
        Within [0, 1] by key.
    taken : set of int
        Rows that have been run.
    count : int
        How many are wanted.

    Returns
    -------
    list of int
        Rows; fewer than wanted, or none, where no run would help.
    """
    chosen: list[int] = []
    for _ in range(count):
        surface = model.surface(candidates, candidates[chosen] if chosen else None)
        score = np.where(surface.is_open() & surface.is_reducible(), surface.between, -np.inf)
        score[[*taken, *chosen]] = -np.inf
        best = int(score.argmax())
        if not np.isfinite(score[best]):
            break
        chosen.append(best)
    return chosen
