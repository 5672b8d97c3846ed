"""The robustness card: what each regime costs in the futures in which another is better."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from experiments.metrics import NEUTRAL, Metric, metric
from experiments.report.grid import Grid
from experiments.statistics import Values, robustness
from experiments.sweep.design import as_text

if TYPE_CHECKING:
    from experiments.comparison import Comparison
    from experiments.sweep.result import Sweep

_HEAD = (
    "measure", "regime", "best in", "good enough in", "lost in the mean", "lost at worst",
    "where that is",
)  # fmt: skip
_ENOUGH = {"profit": 0.0}  # what a firm needs to bear its costs; of the others nothing says it

_Cards = Iterable[tuple[Metric, Values]]


def card_of_comparison(result: Comparison) -> Grid:
    """Over worlds: replications that all regimes lived through."""
    cards = []
    for key in result.study.estimates:
        if metric(key).direction == NEUTRAL or key not in result.runs:
            continue
        wide = result.runs.pivot(index="replication", columns="regime", values=key)
        cards.append((metric(key), wide[list(result.regimes)].to_numpy(float)))
    where = {r: f"world {r + 1}, seed {result.seed + r}" for r in range(result.replications)}
    return _grid("How each regime holds up, world by world", result.regimes, cards, where, "worlds")


def card_of_sweep(result: Sweep) -> Grid:
    """Over futures: the points of a sweep, each the mean of the replications all lived through."""
    cards = []
    for key in result.study.estimates:
        if metric(key).direction == NEUTRAL or key not in result.metrics:
            continue
        cards.append((metric(key), _means(result.cube(key))))
    where = {
        place: ", ".join(f"{key} {as_text(value)}" for key, value in list(row.items())[:2])
        for place, row in enumerate(result.points.to_dict("records"))
    }
    return _grid("How each regime holds up over all points", result.regimes, cards, where, "points")


def _means(cube: Values) -> Values:
    """Means over the replications, paired: (points, regimes, replications) to (points, regimes)."""
    whole = np.isfinite(cube).all(axis=1, keepdims=True)
    sums = np.where(whole, cube, 0.0).sum(axis=2)
    count = whole.sum(axis=2)
    means = np.full(sums.shape, np.nan)
    np.divide(sums, count, out=means, where=count > 0)
    return means


def _grid(
    caption: str, regimes: tuple[str, ...], cards: _Cards, where: Mapping[int, str], what: str
) -> Grid:
    rows = []
    for measure, values in cards:
        known = int(np.isfinite(values).all(axis=1).sum())
        enough = _ENOUGH.get(measure.key, np.nan)
        for regime, found in zip(regimes, robustness(values, measure.direction, enough)):
            good = np.isfinite(found.enough)
            rows.append(
                (
                    measure.label,
                    regime,
                    f"{round(found.best * known)} of {known} {what}",
                    f"{round(found.enough * known)} of {known} {what}" if good else "–",
                    measure.difference(found.mean_regret, sign=False),
                    measure.difference(found.worst_regret, sign=False),
                    where.get(found.worst_future, "") if found.worst_regret else "nowhere",
                )
            )
    return Grid(caption, _HEAD, tuple(rows))
