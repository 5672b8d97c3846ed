"""Who brings the profit and who stays, against answers worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.customer_base import (
    full_cost_profit,
    newcomers,
    share_of_top,
    survival,
    whale_curve,
)


def test_whale_curve_begins_with_the_best_and_falls_where_customers_cost() -> None:
    customers, profit = whale_curve(np.array([-2.0, 6.0, 0.0, 4.0, 2.0]))
    assert customers.tolist() == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert profit.tolist() == pytest.approx([0, 0.6, 1.0, 1.2, 1.2, 1.0])


def test_share_of_the_best_fifth() -> None:
    assert share_of_top(np.array([1.0, 1, 1, 1, 6])) == pytest.approx(0.6)
    assert share_of_top(np.ones(7)) == pytest.approx(0.2)


def test_there_is_no_share_of_a_loss() -> None:
    assert np.isnan(whale_curve(np.array([1.0, -2.0]))[1]).all()


def test_survival_of_a_cohort_with_lives_cut_off() -> None:
    # Kaplan-Meier: 1 of 5 lost at 1, one cut off at 2, 1 of 3 lost at 3, two cut off at 4
    cohort = pd.DataFrame(
        {"years": [1.0, 2.0, 3.0, 4.0, 4.0], "lost": [True, False, True, False, False]}
    )
    years, share = survival(cohort)
    assert years.tolist() == [0, 1, 2, 3, 4]
    assert share.tolist() == pytest.approx([1, 0.8, 0.8, 0.8 * 2 / 3, 0.8 * 2 / 3])


def test_newcomers_are_followed_from_their_first_joining_to_their_first_loss() -> None:
    events = pd.DataFrame(
        [
            (0, "loss", 1),  # a customer from before, who comes back: not new
            (10, "join", 1),
            (20, "join", 2),  # stays
            (30, "join", 3),  # is lost after half a year, and comes back
            (40, "hire", 3),  # of another kind of uid
            (160, "loss", 3),
            (200, "join", 3),
            (260, "join", 4),  # too late
        ],
        columns=["day", "event", "uid"],
    )
    found = newcomers(events, days=540)
    assert found.to_dict("list") == {"years": [2.0, 0.5], "lost": [False, True]}


def test_a_firm_whom_nobody_joins_has_no_newcomers() -> None:
    nothing = pd.DataFrame({"day": [3], "event": ["loss"], "uid": [5]})
    assert newcomers(nothing, days=100).empty


def test_full_costs_are_shared_by_hours_and_leave_the_profit_of_the_firm() -> None:
    """Revenue 100, traced 40 (30 of it hours): a cost of 85 leaves 45 to share by 20 to 10."""
    people = pd.DataFrame(
        {"revenue": [70.0, 30.0], "cost_to_serve": [20.0, 10.0], "profit": [45.0, 15.0]}
    )
    assert full_cost_profit(people, 85.0).tolist() == pytest.approx([15.0, 0.0])
    assert full_cost_profit(people, 85.0).sum() == pytest.approx(100.0 - 85.0)
