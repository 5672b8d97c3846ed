"""The neutral firm over ten years shows the facts it was calibrated on (docs/model.md, 13)."""

from __future__ import annotations

import pandas as pd
import pytest

from simulation import Scenario, simulate

SEEDS = range(100, 108)  # fresh ones: calibration looked at seeds below 10

FACTS = {
    "active customers, end over start": (0.9, 1.1),
    "seats, end over start": (0.9, 1.1),
    "utilisation": (0.75, 0.92),
    "lead_time_days": (1.0, 6.0),
    "resolution_rate": (0.75, 0.9),
    "retention": (0.75, 0.88),
    "margin": (0.05, 0.15),
    "engagement": (0.45, 0.7),
    "turnover": (0.1, 0.2),
    "reopened_rate": (0.08, 0.2),
    "blocked_share": (0.01, 0.03),
    "illusion_gap": (0.02, 0.15),
    "backlog, last two years over first two": (0.5, 1.5),
    "top fifth's share of revenue": (0.63, 0.73),
}


@pytest.fixture(scope="module")
def means() -> pd.Series:
    """Means over the seeds of what each fact is about."""
    scenario = Scenario.load("services_firm")
    planned = sum(d.seats for d in scenario.organisation.departments)
    runs = []
    for seed in SEEDS:
        record = simulate(scenario, "neutral", seed, years=10)
        series, summary = record.series, record.summary()
        bought = record.customers["revenue"].sort_values(ascending=False)
        bought = bought[bought > 0]
        runs.append(
            {
                **summary,
                "active customers, end over start": summary["active_end"]
                / scenario.market.active_at_start,
                "seats, end over start": summary["seats_end"] / planned,
                "backlog, last two years over first two": series["backlog"].iloc[-104:].mean()
                / series["backlog"].iloc[:104].mean(),
                "top fifth's share of revenue": bought.iloc[: len(bought) // 5].sum()
                / bought.sum(),
            }
        )
    return pd.DataFrame(runs).mean()


@pytest.mark.long
@pytest.mark.parametrize("fact", FACTS)
def test_fact(means: pd.Series, fact: str) -> None:
    low, high = FACTS[fact]
    assert low <= means[fact] <= high, f"{fact}: {means[fact]:.4f}, not {low} to {high}"
