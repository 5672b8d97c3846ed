"""Make the example for `raison calibrate` (`python -m tools.example_data`): a firm that never was.

One life of the small firm with coefficients that are planted here, written down as a firm would: to
few digits, with errors of measurement, satisfaction asked once a quarter.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from experiments.fit.columns import in_months, monthly, weeks_of
from simulation import resolve, simulate
from simulation.scenario import WEEKS_PER_YEAR

FILE = Path(__file__).parent.parent / "scenarios" / "data" / "example.csv"
SCENARIO = "small_firm"
PLANTED = {"h0": 0.012, "lead_rate": 0.0105, "need_rate": 0.085, "resolution_base": 0.82}
MONTHS = 36
FIRST = "2021-01"
LIFE, ERRORS = 424242, 7  # seeds of the firm's luck and of the errors
SURVEY_EVERY, SURVEY_ERROR = 3, 0.015
RECORDED_ERROR = 0.01  # of resolved
MISCOUNT = 0.02  # of requests, as a share
DIGITS = {"satisfaction": 3, "resolved": 3}
COLUMNS = ["active", "joined", "lost", "satisfaction", "requests", "resolved"]


def example() -> pd.DataFrame:
    """A row per month."""
    weeks = weeks_of(MONTHS)
    firm = resolve(SCENARIO, None, PLANTED, weeks / WEEKS_PER_YEAR)
    weekly = simulate(firm, seed=LIFE).series
    values = monthly(weekly, COLUMNS, in_months(weeks, MONTHS))
    table = pd.DataFrame(dict(zip(COLUMNS, values, strict=True)))
    errors = np.random.default_rng(ERRORS)
    table["satisfaction"] += SURVEY_ERROR * errors.normal(size=MONTHS)
    table["resolved"] += RECORDED_ERROR * errors.normal(size=MONTHS)
    table["requests"] *= 1 + MISCOUNT * errors.normal(size=MONTHS)
    asked = np.arange(MONTHS) % SURVEY_EVERY == SURVEY_EVERY - 1
    table.loc[~asked, "satisfaction"] = np.nan
    for name in COLUMNS:
        table[name] = table[name].round(DIGITS.get(name, 0))
    table.insert(0, "month", pd.period_range(FIRST, periods=MONTHS, freq="M").astype(str))
    return table


def main() -> None:
    """Write the file."""
    FILE.parent.mkdir(exist_ok=True)
    whole = {name: "Int64" for name in COLUMNS if name not in DIGITS}
    example().astype(whole).to_csv(FILE, index=False, lineterminator="\n")
    print(f"Written: {FILE}")


if __name__ == "__main__":
    main()
