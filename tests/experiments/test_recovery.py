"""How soon an offer catches up with a shift of needs, on frames worked out by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from experiments.recovery import LEAST_JUMP, recoveries, recoveries_in
from simulation import resolve, simulate

FIT_SD = math.sqrt(0.5)  # fit is then exp(-gap²)


def _segment(needs_x: list[float], gap: list[float], name: str = "business") -> pd.DataFrame:
    weeks = len(gap)
    return pd.DataFrame(
        {
            "week": range(weeks),
            "segment": [name] * weeks,
            "product_gap": gap,
            "needs_x": needs_x,
            "needs_y": [0.0] * weeks,
        }
    )


def _gap(fit: float) -> float:
    return math.sqrt(-math.log(fit))


def test_recovery_is_counted_in_working_days_to_half_of_the_fit_lost() -> None:
    # fit falls from 1 to 0.6 in week 2; 0.8 is reached in week 5
    fits = [1.0, 1.0, 0.6, 0.7, 0.79, 0.81, 0.9]
    found = recoveries_in(
        _segment([0, 0, 1, 1, 1, 1, 1], [_gap(fit) for fit in fits]), LEAST_JUMP, FIT_SD
    )
    assert len(found) == 1
    row = found.iloc[0]
    assert (row["segment"], row["week"], row["days"]) == ("business", 2, 15)
    assert row["lost"] == pytest.approx(0.4)


def test_a_run_that_is_over_first_has_no_recovery() -> None:
    found = recoveries_in(_segment([0, 1, 1], [0.0, 1.0, 1.0]), LEAST_JUMP, FIT_SD)
    assert found["days"].tolist() == [math.inf]


def test_drift_and_shifts_towards_the_offer_cost_nothing() -> None:
    drift = _segment([0.0, 0.1, 0.2, 0.3], [0.0, 0.1, 0.2, 0.3])
    nearer = _segment([0.0, 1.0, 1.0], [1.0, 0.1, 0.1], "private")
    found = recoveries_in(pd.concat([drift, nearer]), LEAST_JUMP, FIT_SD)
    assert found.empty
    assert found["days"].dtype == float


def test_segments_are_apart() -> None:
    one = _segment([0, 1, 1, 1], [0.0, 1.0, 0.1, 0.1])
    other = _segment([1, 1, 1, 2], [0.1, 0.1, 0.1, 1.0], "private")
    both = pd.concat([one, other]).sort_values("week", kind="stable")  # as a record has them
    found = recoveries_in(both, LEAST_JUMP, FIT_SD)
    assert dict(zip(found["segment"], found["days"], strict=True)) == {
        "business": 5,
        "private": math.inf,
    }


def test_a_shift_of_the_scenario_is_found_in_its_week() -> None:
    firm = resolve("small_firm", "customer_first", {"shift_rate": 0.0}, years=0.3)
    data = firm.model_dump()
    data["events"] = [{"week": 4, "need_shift": "private", "size": 0.8, "direction": 0.0}]
    found = recoveries(simulate(type(firm).from_mapping(data), seed=1))
    assert found[["segment", "week"]].to_numpy().tolist() == [["private", 4]]
    assert 0 < found["lost"].iloc[0] < 1
