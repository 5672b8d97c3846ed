"""What the model would say between the points that were run: a quadratic in all keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Self

import numpy as np
from scipy.optimize import least_squares

from experiments.fit.distance import whitening
from experiments.statistics import Values

_NEAR = 0.1  # part of the points that count most: those nearest to the data
_STARTS = 5
_STEP = 0.1


def terms_of(keys: int) -> int:
    """How many coefficients a quadratic in so many keys has."""
    return 1 + keys + keys * (keys + 1) // 2


@dataclass(frozen=True)
class Surface:
    """Means of all stretches as quadratics in the keys, and how far they are off.

    The quadratics are fitted to all points, those nearer to the data counting more: they have to be
    right where the answer is.

    Attributes
    ----------
    coefficients : ndarray, shape (terms, stretches)
    error : ndarray, shape (stretches,)
        Variance of what the quadratics leave over.
    """

    coefficients: Values
    error: Values

    @classmethod
    def of(cls, places: Values, means: Values, distances: Values) -> Self:
        """Fit to points.

        Parameters
        ----------
        places : ndarray, shape (points, keys)
            In the unit cube.
        means : ndarray, shape (points, stretches)
        distances : ndarray, shape (points,)
            Squared, of each point from the data.
        """
        near = np.sort(distances)[max(int(_NEAR * len(distances)), terms_of(places.shape[1])) - 1]
        weight = 1 / (near + distances)
        weight /= weight.sum()
        features = _features(places)
        root = np.sqrt(weight)[:, None]
        found, *_ = np.linalg.lstsq(root * features, root * means, rcond=None)
        left = means - features @ found
        effective = 1 / (weight**2).sum()
        lost = min(features.shape[1] / effective, 0.5)  # degrees of freedom, as a share
        error = (weight[:, None] * left**2).sum(axis=0) / (1 - lost)
        return cls(np.asarray(found, np.float64), np.asarray(error, np.float64))

    def at(self, place: Values) -> Values:
        """Means of all stretches at a point, or at points in rows."""
        found: Values = _features(np.atleast_2d(place)) @ self.coefficients
        return found[0] if place.ndim == 1 else found


@dataclass(frozen=True)
class Misfit:
    """The squared distance of the surface from the data, anywhere in the cube.

    Attributes
    ----------
    surface : Surface
    white : ndarray
        Makes noise, errors of the surface included, of unit spread.
    data : ndarray, shape (stretches,)
    pull, home : float, ndarray
        Weight and place of a pull back to the start (see `search.PULL`); none by default.
    """

    surface: Surface
    white: Values
    data: Values
    pull: float = 0.0
    home: Values | None = None

    @classmethod
    def of(
        cls, surface: Surface, covariance: Values, data: Values, pull: float = 0.0,
        home: Values | None = None,
    ) -> Self:  # fmt: skip
        """With the noise of `distance.noise`, to which the error of the surface is added."""
        return cls(surface, whitening(covariance + np.diag(surface.error)), data, pull, home)

    def residuals(self, place: Values) -> Values:
        """Of unit spread; their squares add up to the misfit."""
        found = self.white @ (self.data - self.surface.at(place))
        if self.home is None:
            return np.asarray(found, np.float64)
        return np.concatenate([found, np.sqrt(self.pull) * (place - self.home)])

    def at(self, place: Values) -> float:
        """The misfit at a point."""
        return float((self.residuals(place) ** 2).sum())

    def least(
        self, starts: Sequence[Values], held: tuple[int, float] | None = None
    ) -> tuple[Values, float]:
        """The point of the cube with the least misfit, and its misfit.

        Parameters
        ----------
        starts : sequence of ndarray
            Where to look from.
        held : tuple of int and float, optional
            A key that is held, and its place.
        """
        keys = len(starts[0])
        moving = [key for key in range(keys) if held is None or key != held[0]]

        def whole(part: Values) -> Values:
            place = np.empty(keys)
            place[moving] = part
            if held:
                place[held[0]] = held[1]
            return place

        found = []
        for start in starts:
            part = np.clip(start[moving], 0.0, 1.0)
            if moving:
                part = least_squares(
                    lambda part: self.residuals(whole(part)),
                    part,
                    jac=lambda part: self.slope(whole(part))[:, moving],
                    bounds=(0.0, 1.0),
                ).x
            place = whole(part)
            found.append((place, self.at(place)))
        return min(found, key=lambda pair: pair[1])

    def slope(self, place: Values) -> Values:
        """Derivatives of the residuals by the keys; of a quadratic, differences are exact."""
        moves = _STEP * np.eye(len(place))
        ends = self.surface.at(place + moves) - self.surface.at(place - moves)
        slope: Values = -self.white @ ends.T / (2 * _STEP)
        if self.home is None:
            return slope
        return np.concatenate([slope, np.sqrt(self.pull) * np.eye(len(place))])


def best_starts(places: Values, distances: Values) -> list[Values]:
    """The points from which to look for the least misfit: the nearest ones, and the middle."""
    nearest = np.argsort(distances, kind="stable")[:_STARTS]
    return [*places[nearest], np.full(places.shape[1], 0.5)]


def _features(places: Values) -> Values:
    """1, every key, and every product of two, around the middle of the cube."""
    x = 2 * places - 1
    pairs = combinations_with_replacement(range(x.shape[1]), 2)
    columns = [np.ones(len(x)), *x.T, *(x[:, i] * x[:, j] for i, j in pairs)]
    return np.stack(columns, axis=1)
