"""A made-up firm whose months are known functions of its coefficients, for tests of fits."""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.fit.columns import in_months, monthly
from experiments.fit.data import Data
from experiments.runs import RunResult, RunSpec
from simulation import Scenario
from simulation.parameters import PARAMETERS

COLUMNS = ["lost", "satisfaction", "requests"]
_SPREAD = 0.05


def weekly(firm: Scenario, seed: int) -> pd.DataFrame:
    """Losses follow h0, satisfaction resolution_base, requests need_rate times fit_sd."""
    value = {name: firm.parameters.get(name, PARAMETERS[name].default) for name in _USED}
    luck = np.random.default_rng(seed)
    weeks = firm.weeks

    def course(level: float) -> np.ndarray:
        slow = _SPREAD * luck.normal()
        return np.asarray(level * np.exp(slow + _SPREAD * luck.normal(size=weeks)))

    lost = course(1000 * value["h0"])
    return pd.DataFrame(
        {
            "week": np.arange(weeks),
            "active": 1000.0,
            "joined": lost,
            "lost": lost,
            "satisfaction": course(0.2 + 0.6 * value["resolution_base"] ** 2),
            "needs": course(1000 * value["need_rate"] * value["fit_sd"]),
        }
    )


_USED = ("h0", "resolution_base", "need_rate", "fit_sd")


def known_firm(spec: RunSpec) -> RunResult:
    """A run of that firm."""
    series = weekly(spec.scenario, spec.seed)
    return RunResult(spec.key, spec.label, spec.seed, summary={"lost": 1.0}, series=series)


def months_of(firm: Scenario, seed: int, columns: list[str], months: int = 24) -> Data:
    """What such a firm would write down."""
    part = in_months(firm.weeks, months)
    values = monthly(weekly(firm, seed), columns, part)
    names = tuple(str(month + 1) for month in range(months))
    return Data("made up", names, pd.DataFrame(dict(zip(columns, values, strict=True))))
