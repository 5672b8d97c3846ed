"""What the data can tell of each key, and what they cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from scipy import stats

from experiments.fit.surface import Misfit
from experiments.statistics import LEVEL, Values

_GRID = 25
_END = 0.01  # so near to an end of its range a key is at it
UNTOLD_FROM, HARDLY_FROM = 0.9, 0.5  # of the given range
TRADE_FROM = 0.8
_PRIOR = 12.0  # precision of an even draw from a range of one

Told = Literal["told", "hardly", "not at all"]


@dataclass(frozen=True, slots=True)
class Possible:
    """What a key may still be, as places in its range.

    Attributes
    ----------
    best : float
        Where it was found to be.
    low, high : float
        Ends of its confidence interval (of 95 %), within the range that was given.
    """

    best: float
    low: float
    high: float

    @property
    def told(self) -> Told:
        """How much the data say of it."""
        width = self.high - self.low
        if width >= UNTOLD_FROM:
            return "not at all"
        return "hardly" if width >= HARDLY_FROM else "told"

    @property
    def at_end(self) -> bool:
        """Whether the data are for a value at an end of the range given, or beyond it."""
        return self.told != "not at all" and (min(self.best, 1.0 - self.best) < _END)


def possible(
    misfit: Misfit, best: Values, starts: Sequence[Values], lives: int, spare: int
) -> list[Possible]:
    """Profile-likelihood intervals (Raue et al. 2009): all other keys do what they can.

    The bound is Student's t squared, for the noise is known from so many lives. If even the best
    firm is farther off than noise explains, the bound is raised in proportion.

    Parameters
    ----------
    misfit : Misfit
        Without a pull.
    best : ndarray
        The point that was chosen.
    starts : sequence of ndarray
        Where to look from.
    lives : int
        Runs that the noise was taken from.
    spare : int
        Stretches less keys.
    """
    bottom, least = misfit.least([best, *starts])
    excess = max(1.0, least / spare) if spare > 0 else 1.0
    bound = float(stats.t.ppf(0.5 + LEVEL / 2, lives - 1)) ** 2 * excess
    found = []
    for key in range(len(best)):
        low, high = (_end(misfit, bottom, least, key, end, bound) for end in (0.0, 1.0))
        chosen = float(best[key])
        found.append(Possible(chosen, min(low, chosen), max(high, chosen)))
    return found


def _end(
    misfit: Misfit, bottom: Values, least: float, key: int, end: float, bound: float
) -> float:  # fmt: skip
    """How far towards an end of its range a key can be with a misfit below the bound.

    The whole way is looked at: what is possible may have a gap.
    """
    start = float(bottom[key])
    if start == end:
        return end
    steps = max(2, round(abs(end - start) * _GRID))
    reached, before, place = start, 0.0, bottom
    was_inside = True
    for here in np.linspace(start, end, steps + 1)[1:]:
        place, value = misfit.least([place, bottom], (key, float(here)))
        rise = np.sqrt(max(0.0, value - least))
        inside = rise**2 <= bound
        if inside:
            reached = float(here)
        elif was_inside:
            # the root of the rise is nearly straight
            share = (np.sqrt(bound) - before) / (rise - before)
            reached += float(share) * float(here - reached)
        before, was_inside = float(rise), inside
    return reached


def trades(misfit: Misfit, best: Values) -> dict[tuple[int, int], float]:
    """Pairs of keys of which one can make up for the other, and how closely, from -1 to 1.

    Correlations of the two where the misfit is least (Gauss-Newton), as far as it is told at all.
    """
    slope = misfit.slope(best)
    covariance = np.linalg.inv(slope.T @ slope + _PRIOR * np.eye(len(best)))
    spread = np.sqrt(np.diag(covariance))
    close = covariance / np.outer(spread, spread)
    return {
        (i, j): float(close[i, j])
        for i, j in combinations(range(len(best)), 2)
        if abs(close[i, j]) >= TRADE_FROM
    }
