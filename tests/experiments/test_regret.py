"""Regret and domain against tables that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.statistics import robustness

PROFIT = np.array([[10.0, 8.0, 5.0], [2.0, 6.0, 5.0], [np.nan, 0.0, 9.0], [4.0, 4.0, 5.0]])


def test_regret_of_profits() -> None:
    a, b, c = robustness(PROFIT, 1, enough=5)
    assert (a.best, b.best, c.best) == pytest.approx((1 / 3, 1 / 3, 1 / 3))
    assert a.mean_regret == pytest.approx((0 + 4 + 1) / 3)
    assert (a.worst_regret, a.worst_future) == (4, 1)
    assert (c.worst_regret, c.worst_future) == (5, 0)  # the third future is not known for a
    assert (a.enough, b.enough, c.enough) == pytest.approx((1 / 3, 2 / 3, 1))


def test_of_costs_less_is_better() -> None:
    a, b = robustness(np.array([[1.0, 3.0], [2.0, 2.0]]), -1)
    assert (a.best, b.best) == (1, 0.5)
    assert (a.worst_regret, b.worst_regret) == (0, 2)
    assert np.isnan(a.enough)


def test_nothing_known_is_nothing_told() -> None:
    assert robustness(np.full((3, 2), np.nan), 1) == []
