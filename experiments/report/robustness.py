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

_HEAD = ("measure", "regime", "best in", "lost in the mean", "lost at worst", "where that is")

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
    """Over futures: the points of a sweep, each the mean of its replications."""
    cards = []
    for key in result.study.estimates:
        if metric(key).direction == NEUTRAL or key not in result.metrics:
            continue
        means = result.outcomes.pivot_table(index="point", columns="regime", values=key)
        cards.append((metric(key), means[list(result.regimes)].to_numpy(float)))
    where = {
        int(point): ", ".join(f"{key} {as_text(value)}" for key, value in list(row.items())[:2])
        for point, row in zip(result.points.index, result.points.to_dict("records"), strict=True)
    }
    return _grid("How each regime holds up over all points", result.regimes, cards, where, "points")


def _grid(
    caption: str, regimes: tuple[str, ...], cards: _Cards, where: Mapping[int, str], what: str
) -> Grid:
    rows = []
    for measure, values in cards:
        known = int(np.isfinite(values).all(axis=1).sum())
        for regime, found in zip(regimes, robustness(values, measure.direction)):
            rows.append(
                (
                    measure.label,
                    regime,
                    f"{round(found.best * known)} of {known} {what}",
                    measure.difference(found.mean_regret, sign=False),
                    measure.difference(found.worst_regret, sign=False),
                    where.get(found.worst_future, "") if found.worst_regret else "nowhere",
                )
            )
    return Grid(caption, _HEAD, tuple(rows))
