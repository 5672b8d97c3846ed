"""The neutral firm over ten years shows the facts it was calibrated on (docs/calibration.md)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from simulation import Record, simulate
from tools.calibrate import FRESH_SEEDS
from tools.facts import FACTS, REGIME, SCENARIO, YEARS, Fact, fickle_over_loyal, means, measure

FITTED = [fact for fact in FACTS if not fact.emergent]


@pytest.fixture(scope="module")
def found() -> dict[str, float]:
    return means(measure(simulate(SCENARIO, REGIME, seed, years=YEARS)) for seed in FRESH_SEEDS)


@pytest.mark.long
@pytest.mark.parametrize("fact", FITTED, ids=lambda fact: fact.name)
def test_fact(found: dict[str, float], fact: Fact) -> None:
    value = found[fact.name]
    assert fact.distance(value) == 0, f"{value:.4f}, not {fact.low:g} to {fact.high:g}"


def life(uid: int, joined: int, lost: int | None) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [{"event": "join", "uid": uid, "day": joined}]
    return rows if lost is None else [*rows, {"event": "loss", "uid": uid, "day": lost}]


def test_fickle_over_loyal_by_hand() -> None:
    """Of 64 newcomers 32 leave in the first two years, 16 of the rest in years five to seven."""
    lives = [life(uid, 0, 200) for uid in range(32)]
    lives += [life(uid, 0, 6 * 260) for uid in range(32, 48)]
    lives += [life(uid, 0, None) for uid in range(48, 64)]
    record = Record.__new__(Record)
    record.series = pd.DataFrame({"week": np.arange(520)})
    record._events = pd.DataFrame([row for one in lives for row in one])
    assert fickle_over_loyal(record) == pytest.approx((np.log(2) / 2) / (np.log(2) / 3))
