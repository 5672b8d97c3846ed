"""Which places of a map are run: some to begin with, then where the side is open."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy.stats import qmc

from experiments.frontier.surface import Model, next_points
from experiments.statistics import Values
from experiments.study import Study

START = 12
"""Points of the first round: the corners and a Latin hypercube."""
ROUND = 4
"""Points of each further round."""
FEWEST = 4
"""Points through which a surface is laid."""

_CORNERS = ([0, 0], [0, 1], [1, 0], [1, 1])

GapsAt = Callable[[Sequence[int]], Values]
"""The gap at some points of the map: (points, replications), NaN where a run has no value."""


def first_round(study: Study, places: pd.DataFrame) -> list[int]:
    """The corners, and places spread evenly."""
    square = unit_square(places)
    corners = [int(np.abs(square - corner).sum(axis=1).argmin()) for corner in _CORNERS]
    cube = qmc.LatinHypercube(2, rng=study.seed, optimization="random-cd")
    spread = cube.random(min(START, int(study.asked["most_points"])) - len(_CORNERS))
    near = [int(((square - place) ** 2).sum(axis=1).argmin()) for place in spread]
    return list(dict.fromkeys([*corners, *near]))


def next_round(
    study: Study, places: pd.DataFrame, taken: Sequence[int], gaps_at: GapsAt
) -> list[int]:
    """The points after these, chosen by their runs and nothing else; none if it is enough."""
    count = min(ROUND, int(study.asked["most_points"]) - len(taken))
    gaps = gaps_at(taken)
    known = np.isfinite(gaps).all(axis=1)
    if count <= 0 or known.sum() < FEWEST:  # too many runs failed to tell anything
        return []
    square = unit_square(places)
    return next_points(Model(square[list(taken)][known], gaps[known]), square, set(taken), count)


def chosen(
    study: Study, places: pd.DataFrame, ready: Callable[[int], bool], gaps_at: GapsAt
) -> list[int]:
    """The points of this study among those that are ready, for a folder may hold others' runs."""
    taken = first_round(study, places)
    if not all(map(ready, taken)):
        return list(filter(ready, taken))
    while found := next_round(study, places, taken, gaps_at):
        taken += filter(ready, found)
        if not all(map(ready, found)):
            break
    return taken


def unit_square(places: pd.DataFrame) -> Values:
    """The places of a map with both keys brought to [0, 1]; shape (places, 2)."""
    values = places.to_numpy(float)
    low, high = values.min(axis=0), values.max(axis=0)
    return np.asarray((values - low) / (high - low), np.float64)
