"""A frontier in words: who is better in how much of the map, and where it changes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from experiments.frontier.surface import SURE
from experiments.metrics import metric
from experiments.statistics import Values
from experiments.sweep.design import as_text

if TYPE_CHECKING:
    from experiments.frontier.result import Frontier

_LEVELS = (0.1, 0.5, 0.9)  # of the range of y, at which the way along x is told
_FINE = 201  # places along x


def finding(result: Frontier) -> str:
    """Say who is better where, no surer than the map is."""
    a, b = result.regimes
    label = metric(result.metric).label
    share = result.areas[result.metric]
    if share["A"] == 1 or share["B"] == 1:
        better = a if share["A"] == 1 else b
        return f"In {label}, {better} is clearly better everywhere on this map"
    told = f"In {label}, {a} is clearly better in {_per_cent(share['A'])} of the map, {b} in "
    told += f"{_per_cent(share['B'])}, and {_per_cent(share['open'])} is open"
    if share["A"] == share["B"] == 0:
        return told
    return ". ".join([told, *ways(result)])


def ways(result: Frontier) -> list[str]:
    """What happens along x at a low, a middle and a high y."""
    _, y = result.keys
    column = result.places[y]
    at = [column.min() + share * (column.max() - column.min()) for share in _LEVELS]
    if all(float(value).is_integer() for value in column):
        at = [round(value) for value in at]
    texts = [_way(result, float(value)) for value in at]
    if len(set(texts)) == 1:
        return [f"At every {y}, {texts[0]}"]
    return [f"At {y} {as_text(_short(v))}, {text}" for v, text in zip(at, texts, strict=True)]


def stretches(probability: Values) -> list[tuple[int, int, int]]:
    """A line cut where it changes who is clearly better.

    Returns
    -------
    list of (side, first, last)
        -1 from `first` to `last` if A is clearly better there, 1 if B is, 0 if it is open.
    """
    sides = np.where(probability < SURE, -1, np.where(probability > 1 - SURE, 1, 0))
    cuts = [0, *(np.flatnonzero(np.diff(sides)) + 1), len(sides)]
    return [(int(sides[i]), int(i), int(j) - 1) for i, j in pairwise(cuts)]


def _way(result: Frontier, level: float) -> str:
    """What happens along x at a level of y."""
    x, y = result.keys
    low, high = (float(f(result.places[y])) for f in (np.min, np.max))
    up = (level - low) / (high - low)
    along = np.linspace(0, 1, _FINE)
    probability = result.b_better(result.metric, np.column_stack([along, np.full(_FINE, up)]))
    return told_along(x, result.regimes, [_value(result, place) for place in along], probability)


def told_along(
    x: str, regimes: tuple[str, ...], values: Sequence[float], probability: Values
) -> str:
    """What happens along a line, no surer than its probabilities that B is better."""
    does = {
        -1: f"{regimes[0]} is clearly better", 1: f"{regimes[1]} is clearly better", 0: "it is open"
    }  # fmt: skip
    found = stretches(probability)
    match found:
        case [(side, _, _)]:
            return f"{does[side]} at every {x}"
        case [(before, _, _), (0, first, last), (after, _, _)] if before == -after:
            inside = probability[first : last + 1] - 0.5
            at = first + int(np.abs(inside).argmin())
            return (
                f"it changes from {regimes[(before + 1) // 2]} to {regimes[(after + 1) // 2]} at "
                f"{x} {_said(values[at])} (open from {_said(values[first])} to "
                f"{_said(values[last])})"
            )
    told = [f"{does[side]} up to {_said(values[last])}" for side, _, last in found[:-1]]
    told[0] = told[0].replace(" up to ", f" up to {x} ")
    return f"{', then '.join(told)}, and then {does[found[-1][0]]}"


def _said(value: float) -> str:
    return as_text(_short(value))


def _value(result: Frontier, share: float) -> float:
    column = result.places[result.keys[0]]
    return float(column.min() + share * (column.max() - column.min()))


def _short(value: float) -> float:
    return float(f"{value:.2g}")


def _per_cent(share: float) -> str:
    return f"{100 * share:.0f} %"
