"""The robustness card of a sweep against numbers that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.report.robustness import card_of_sweep
from experiments.runs import MemoryRuns
from experiments.study import Study
from experiments.sweep import Sweep

REGIMES = ("a", "b")
NAN = np.nan


def swept(**measured: list[list[list[float]]]) -> Sweep:
    """A sweep of made-up values of measures: points, regimes, replications."""
    points, _, replications = np.shape(next(iter(measured.values())))
    rows = pd.DataFrame(
        [
            {"key": "", "point": p, "regime": regime, "replication": r, "seed": r}
            for p in range(points)
            for regime in REGIMES
            for r in range(replications)
        ]
    ).assign(status="ok", error="", **{key: np.ravel(cube) for key, cube in measured.items()})

    class Made(Sweep):
        outcomes = rows

    study = Study(
        kind="sweep", scenario="made_up", regimes=REGIMES, cells={}, seed=0,
        replications=replications,
    )  # fmt: skip
    table = pd.DataFrame({"care": np.arange(points) / 10}).rename_axis("point")
    return Made(study, table, MemoryRuns(), replications)


def test_points_keep_their_names_and_futures_are_paired() -> None:
    unknown = [[NAN, NAN], [NAN, NAN]]
    half_known = [[10.0, 100.0], [8.0, NAN]]  # the world that only one lived through is left out
    card = card_of_sweep(swept(profit=[unknown, half_known, [[-1.0, -1.0], [3.0, 3.0]]]))
    assert card.head[2:4] == ("best in", "good enough in")
    (a, b) = card.rows
    assert a[1:4] == ("a", "1 of 2 points", "1 of 2 points")
    assert a[4:] == ("2", "4", "care 0.2")
    assert b[1:4] == ("b", "1 of 2 points", "2 of 2 points")
    assert b[4:] == ("1", "2", "care 0.1")


def test_a_measure_that_a_regime_has_no_value_of_is_left_out() -> None:
    card = card_of_sweep(
        swept(profit=[[[1.0], [2.0]]], retention=[[[0.8], [NAN]]], friction=[[[0.2], [0.1]]])
    )
    assert [row[0] for row in card.rows] == ["profit a week"] * 2 + ["internal friction"] * 2
    assert [row[3] for row in card.rows] == ["1 of 1 points"] * 2 + ["–"] * 2
