"""A frontier in words: who is better in how much of the map, and where it changes."""

from __future__ import annotations

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


def crossings(probability: Values) -> list[tuple[int, int, int]]:
    """Where a probability along a line passes one half, and from where to where it is unsure.

    Returns
    -------
    list of (first, at, last)
        Places: from `first` to `last` the side is open.
    """
    sign = np.sign(probability - 0.5)
    turns = [int(i) for i in np.flatnonzero(sign[1:] != sign[:-1])]
    sure = (probability < SURE) | (probability > 1 - SURE)
    found = []
    for at in turns:
        before = np.flatnonzero(sure[: at + 1])
        after = np.flatnonzero(sure[at + 1 :])
        first = int(before[-1]) if len(before) else 0
        last = at + 1 + int(after[0]) if len(after) else len(probability) - 1
        found.append((first, at, last))
    return found


def _way(result: Frontier, level: float) -> str:
    """What happens along x at a level of y."""
    x, y = result.keys
    low, high = (float(f(result.places[y])) for f in (np.min, np.max))
    up = (level - low) / (high - low)
    along = np.linspace(0, 1, _FINE)
    probability = result.b_better(result.metric, np.column_stack([along, np.full(_FINE, up)]))
    found = crossings(probability)
    a, b = result.regimes
    if not found:
        if probability.max() < SURE or probability.min() > 1 - SURE:
            return f"{a if probability.max() < SURE else b} is better at every {x}"
        return f"{b if probability.mean() > 0.5 else a} is rather better, but no {x} makes it sure"
    if len(found) > 1:
        return f"it changes {len(found)} times along {x}"
    first, at, last = found[0]
    values = [as_text(_short(_value(result, along[place]))) for place in (first, at, last)]
    before, after = (b, a) if probability[at] > 0.5 else (a, b)
    return (
        f"it changes from {before} to {after} at {x} {values[1]} (open from {values[0]} to "
        f"{values[2]})"
    )


def _value(result: Frontier, share: float) -> float:
    column = result.places[result.keys[0]]
    return float(column.min() + share * (column.max() - column.min()))


def _short(value: float) -> float:
    return float(f"{value:.2g}")


def _per_cent(share: float) -> str:
    return f"{100 * share:.0f} %"
