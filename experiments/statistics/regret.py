"""How well options hold up over futures of which nobody knows which will come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.statistics.paired import Values


@dataclass(frozen=True, slots=True)
class Robustness:
    """One option over all futures.

    Attributes
    ----------
    best : float
        Share of the futures in which no option is better.
    mean_regret : float
        What is lost against the best option of each future, in the mean.
    worst_regret : float
        The same where most is lost.
    worst_future : int
        Row of that future.
    enough : float
        Share of the futures in which it is good enough (the domain criterion of Starr 1963); NaN
        if nothing was said to be enough.
    """

    best: float
    mean_regret: float
    worst_regret: float
    worst_future: int
    enough: float


def robustness(values: Values, direction: int, enough: float = np.nan) -> list[Robustness]:
    """Regret (Savage 1951) and domain of each option; futures with a missing value are left out.

    Parameters
    ----------
    values : ndarray of float, shape (futures, options)
        Each future is the same for all options.
    direction : int
        +1 if more is better, -1 if less is.
    enough : float
        From where on an option is good enough.

    Returns
    -------
    list of Robustness
        An option each; empty if no future is known.
    """
    known = np.flatnonzero(np.isfinite(values).all(axis=1))
    if not len(known):
        return []
    good = direction * values[known]
    lost = good.max(axis=1, keepdims=True) - good
    reached = np.full(good.shape[1], np.nan)
    if np.isfinite(enough):
        reached = (good >= direction * enough).mean(axis=0)
    return [
        Robustness(
            best=float((lost[:, option] == 0).mean()),
            mean_regret=float(lost[:, option].mean()),
            worst_regret=float(lost[:, option].max()),
            worst_future=int(known[lost[:, option].argmax()]),
            enough=float(reached[option]),
        )
        for option in range(good.shape[1])
    ]
