"""Boxes in the space of a sweep's keys: found by PRIM, told in words."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from experiments.sweep.design import as_text
from experiments.sweep.finding import is_scale
from simulation.errors import Problem, ScenarioError

Flags = NDArray[np.bool_]

NEEDED = "with the EMA Workbench installed: pip install 'raison[research]'"
FEWEST = 40
"""Points that a search takes: half to look in, half to judge by."""
LEAST_MASS = 0.05
"""A box has at least this share of the points that it was found in."""

_PEELS = (0.05, 0.1)  # shares of the points that are peeled off at a time; both are tried
_ALPHA = 0.05  # a limit that chance alone makes look so useful more often than this is dropped


@dataclass(frozen=True, slots=True)
class Limit:
    """What a box asks of one key.

    Attributes
    ----------
    key : str
        The key.
    low, high : float, optional
        Of a number: between which it lies, ends included; open where there is none.
    values : tuple of str, optional
        Of anything else: one of which it is, as text.
    """

    key: str
    low: float | None = None
    high: float | None = None
    values: tuple[str, ...] | None = None

    def holds(self, points: pd.DataFrame) -> Flags:
        """At which points it is met."""
        column = points[self.key]
        if self.values is not None:
            return np.array([as_text(value) in self.values for value in column], np.bool_)
        numbers = column.to_numpy(np.float64)
        low = -np.inf if self.low is None else self.low
        high = np.inf if self.high is None else self.high
        return np.asarray((numbers >= low) & (numbers <= high), np.bool_)

    def __str__(self) -> str:
        if self.values is not None:
            return f"{self.key} is {' or '.join(self.values)}"
        low, high = (None if end is None else f"{end:.3g}" for end in (self.low, self.high))
        if low and high:
            return f"{self.key} is {low} to {high}"
        return f"{self.key} > {low}" if low else f"{self.key} < {high}"


Box = Sequence[Limit]


def inside(box: Iterable[Limit], points: pd.DataFrame) -> Flags:
    """Which points lie in a box."""
    found = np.ones(len(points), np.bool_)
    for limit in box:
        found &= limit.holds(points)
    return found


def needs_workbench() -> Any:
    """The module of the EMA Workbench that has PRIM.

    Raises
    ------
    ScenarioError
        If it is not installed.
    """
    try:
        with warnings.catch_warnings():
            # it names parts of its own that are not used here
            warnings.simplefilter("ignore")
            from ema_workbench.analysis import prim
    except ImportError:
        problem = Problem(field="discover", given="without it", allowed=NEEDED)
        raise ScenarioError([problem]) from None
    return prim


def find_box(points: pd.DataFrame, cases: Flags) -> list[Limit]:
    """Look for a box in which cases are frequent (PRIM; Friedman & Fisher 1999).

    Of all boxes on the way from the whole to the smallest, that with the largest surplus is taken:
    cases beyond those that as many points have anywhere. Limits that do not matter are dropped.

    Parameters
    ----------
    points : DataFrame
        A row per point, a column per key.
    cases : ndarray of bool
        At which points it happens; at some it does, at some not.

    Returns
    -------
    list of Limit
        The tightest first; empty if no box is better than the whole.
    """
    found, narrowed = _search(points, cases, []), len(points.columns)
    # Without the keys that do nothing, the edges of the others are found more closely.
    while 0 < len(found) < narrowed:
        narrowed = len(found)
        found = _search(points[[limit.key for limit in found]], cases, found)
    return sorted(found, key=lambda limit: limit.holds(points).sum())


def _search(points: pd.DataFrame, cases: Flags, best: list[Limit]) -> list[Limit]:
    """Of all boxes that PRIM comes by, without their needless limits, the one with most surplus.

    That is `best`, unless one is better.
    """
    boxes = (_without_needless(box, points, cases) for box in _trail(points, cases))
    return max([best, *boxes], key=lambda box: _surplus(box, points, cases))


def _surplus(box: list[Limit], points: pd.DataFrame, cases: Flags) -> float:
    return float((cases[inside(box, points)] - cases.mean()).sum())


def _trail(points: pd.DataFrame, cases: Flags) -> Iterator[list[Limit]]:
    """The boxes on the ways from the whole to the smallest, by fine and by coarse peels."""
    prim = needs_workbench()
    for peel in _PEELS:
        with warnings.catch_warnings():
            # of pandas, about how the workbench writes its tables
            warnings.simplefilter("ignore")
            # The workbench's own objective ends the way at the first slice without which the rest
            # is not denser; with a hundred points that is luck. This one goes on to the end.
            search = prim.Prim(
                _plain(points), cases, prim.PRIMObjectiveFunctions.ORIGINAL, peel, peel, LEAST_MASS
            )
            boxes = search.find_box().box_lims
        for limits in boxes:
            yield _told(limits, boxes[0])


def _without_needless(box: list[Limit], points: pd.DataFrame, cases: Flags) -> list[Limit]:
    """Drop one limit after the other, the most needless first, until all that are left matter.

    A limit is needless if without it so many cases would be in the box by chance too often (quasi-p
    value; Bryant & Lempert 2010).
    """
    while box:
        there = inside(box, points)
        hits, members = int(cases[there].sum()), int(there.sum())
        wider = list(_widened(box))
        shares = [cases[inside(other, points)].mean() for other in wider]
        p_values = stats.binom.sf(hits - 1, members, shares)
        if p_values.max() < _ALPHA:
            break
        box = wider[int(p_values.argmax())]
    return box


def _widened(box: list[Limit]) -> Iterator[list[Limit]]:
    """The box without one of its limits, each in turn."""
    for place, limit in enumerate(box):
        rest = box[:place] + box[place + 1 :]
        if limit.low is None or limit.high is None:
            yield rest
        else:
            yield [*rest, Limit(limit.key, low=limit.low)]
            yield [*rest, Limit(limit.key, high=limit.high)]


def _plain(points: pd.DataFrame) -> pd.DataFrame:
    """Numbers as floats, which alone may get limits between them; all else as text."""
    columns = {
        str(key): column.astype(float)
        if is_scale(column)
        else pd.Series([as_text(value) for value in column], dtype=object)
        for key, column in points.reset_index(drop=True).items()
    }
    return pd.DataFrame(columns)


def _told(limits: pd.DataFrame, whole: pd.DataFrame) -> list[Limit]:
    found = []
    for key in limits:
        low, high = limits[key]
        least, most = whole[key]
        if isinstance(low, set):
            if low != least:
                found.append(Limit(str(key), values=tuple(sorted(low))))
        elif low != least or high != most:
            ends = (float(low) if low != least else None, float(high) if high != most else None)
            found.append(Limit(str(key), *ends))
    return found
