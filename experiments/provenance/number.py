"""A number of a report, and what all kinds of numbers are made with."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from experiments.metrics import Metric, metric
from experiments.results import Results
from experiments.statistics import LEVEL
from experiments.study import Study
from simulation.errors import Problem, ScenarioError, nearest, show

COLUMNS: Mapping[str, str] = {
    "A": "mean over the replications under A",
    "B": "mean over the replications under B",
    "difference": "mean over the replications of A - B",
    "low": "lower end of the interval of the mean difference A - B",
    "high": "upper end of the interval of the mean difference A - B",
    "a_wins": "share of the replications in which A is better for the firm",
    "variance_ratio": "(var A + var B) / var(A - B): worlds saved by sharing their luck",
    "p": "two-sided p-value of the paired t test that the mean difference is zero",
    "p_holm": "the same, adjusted by Holm's method for the number of measures",
    "p10": "a tenth of the replications have a smaller difference A - B",
    "p50": "half of the replications have a smaller difference A - B",
    "p90": "nine tenths of the replications have a smaller difference A - B",
}
"""What the columns of a paired table are."""
B_BETTER = "b_better"

STUDENT = f"Student t interval, {100 * LEVEL:.0f} %"
_INTERVAL = {"low", "high"}
_PLAIN = {"a_wins", "variance_ratio", "p", "p_holm"}  # not in the unit of the measure
_LEVELS = {"A", "B"}
_MOST_NEAR = 3000  # names that a wrong one is compared with


@dataclass(frozen=True)
class Number:
    """A number of a report.

    Attributes
    ----------
    id : str
        Its name.
    value : float
        In the unit of the measure; shares as such, not in per cent.
    text : str
        As a reader would write it.
    what : str
        What it is.
    method : str
        How it was made from the runs.
    measure : Metric
        What was measured in each run.
    study : Study
        What was asked.
    runs : DataFrame
        A row per run behind it: label, replication, seed, key, value.
    warm_up : int
        Weeks that each run's value leaves out.
    """

    id: str
    value: float
    text: str
    what: str
    method: str
    measure: Metric
    study: Study
    runs: pd.DataFrame
    warm_up: int = 0


def parts_of(name: str) -> list[str]:
    """The parts of a name, two at least.

    Raises
    ------
    ScenarioError
        If it has fewer.
    """
    parts = name.strip().split(".")
    if len(parts) < 2:
        allowed = "MEASURE.COLUMN, such as retention.difference"
        raise ScenarioError([Problem(field="ID", given=show(name), allowed=allowed)])
    return parts


def unknown(name: str, known: Iterable[str]) -> ScenarioError:
    """The error for a name that no number has."""
    names = [one for one, _ in zip(known, range(_MOST_NEAR), strict=False)]
    return ScenarioError(
        [
            Problem(
                field="ID",
                given=show(name),
                allowed=f"a number of this study, such as {names[0]}",
                nearest=nearest(name, names),
            )
        ]
    )


def runs_of(results: Results, labels: Sequence[str], measure: str) -> pd.DataFrame:
    """The runs behind a number, and what each of them measured."""
    table = results.summaries
    table = table[table["label"].isin(labels)]
    columns = ["label", "replication", "seed", "key", measure]
    return table[columns].rename(columns={measure: "value"}).reset_index(drop=True)


def paired_number(
    name: str, row: Mapping[Hashable, Any], column: str, study: Study, runs: pd.DataFrame,
    interval: str, warm_up: int = 0,
) -> Number:  # fmt: skip
    """A number of a paired table."""
    told = metric(str(row["metric"]))
    value = float(row[column])
    what = COLUMNS.get(column, "mean over the replications")
    regimes = [str(row[k]) for k in ("regime_a", "regime_b", "regime") if k in row]
    names = dict(zip("AB", regimes))
    return Number(
        id=name,
        value=value,
        text=_text(told, column, value),
        what=f"{told.label}: {what}; " + ", ".join(f"{k}: {v}" for k, v in names.items()),
        method=interval if column in _INTERVAL else "computed from the runs as they are",
        measure=told,
        study=study,
        runs=runs,
        warm_up=warm_up,
    )


def _text(told: Metric, column: str, value: float) -> str:
    if column in _PLAIN:
        return f"{value:.4g}"
    if column in _LEVELS or column == "mean":
        return told.value(value)
    return told.difference(value)
