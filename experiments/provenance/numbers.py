"""Every number that is reported has a name; by its name, what it is and which runs are behind it.

A comparison   MEASURE.COLUMN            such as retention.difference
               MEASURE.COLUMN.REGIME     with three regimes or more, against which one
A sweep        MEASURE.COLUMN.POINT      such as profit.difference.12; and .REGIME if there are more
An attribution MEASURE.share.PLAYER      such as profit.share.line-of-sight
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.attribution.result import Attribution
from experiments.comparison import Comparison
from experiments.metrics import Metric, metric
from experiments.results import Results
from experiments.statistics import LEVEL
from experiments.study import Study, made_with
from experiments.sweep.result import Sweep, cell_label
from simulation.errors import Problem, ScenarioError, nearest, show
from simulation.version import code_digest

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

_T = f"Student t interval, {LEVEL:.0%}"
_SEQUENCE = "confidence sequence, which holds whenever one stops"
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


def number(folder: Path | str, name: str) -> Number:
    """Find a number of the study in a folder by its name.

    Raises
    ------
    ScenarioError
        If there is no such study, or no such number in it.
    StoreError
        If the folder cannot be read.
    """
    folder = Path(folder)
    study = Study.load(folder)
    if made_with(folder) != code_digest():
        allowed = "a study that this version of the model has made: no other can make it again"
        raise ScenarioError([Problem(field="DIR", given="runs of another", allowed=allowed)])
    finders = {"compare": _of_comparison, "sweep": _of_sweep, "attribute": _of_attribution}
    if study.kind not in finders:
        allowed = f"a study of the kind {', '.join(finders)}"
        raise ScenarioError([Problem(field="DIR", given=f"a {study.kind}", allowed=allowed)])
    return finders[study.kind](folder, name)


def _of_comparison(folder: Path, name: str) -> Number:
    result = Comparison.load(folder)
    rows = {
        ".".join([row["metric"], *_against(result.regimes, row["regime_b"])]): row
        for row in result.table.to_dict("records")
    }
    measure, column, *rest = _parts(name)
    row = rows.get(".".join([measure, *rest]))
    if row is None or column not in COLUMNS or pd.isna(row.get(column)):
        known = (
            ".".join([key.split(".")[0], column, *key.split(".")[1:]])
            for key in rows
            for column in COLUMNS
        )
        raise _unknown(name, known)
    labels = [str(row["regime_a"]), str(row["regime_b"])]
    runs = _runs(result.results, labels, measure)
    interval = _SEQUENCE if result.study.precision else _T
    return _paired(name, row, column, result.study, runs, interval, result.warm_up)


def _of_sweep(folder: Path, name: str) -> Number:
    result = Sweep.load(folder)
    two = len(result.regimes) > 1
    rows = {
        ".".join(
            [
                row["metric"],
                str(row["point"]),
                *(_against(result.regimes, row["regime_b"]) if two else []),
            ]
        ): row
        for row in result.table.to_dict("records")
    }
    measure, column, *rest = _parts(name)
    row = rows.get(".".join([measure, *rest]))
    if row is None or column not in row or column not in {*COLUMNS, "mean"}:
        columns = COLUMNS if two else {"mean", "low", "high"}
        known = (
            ".".join([key.split(".")[0], column, *key.split(".")[1:]])
            for key in rows
            for column in columns
        )
        raise _unknown(name, known)
    regimes = [str(row["regime_a"]), str(row["regime_b"])] if two else [str(row["regime"])]
    labels = [cell_label(int(row["point"]), regime) for regime in regimes]
    cells = {label: result.study.cells[label] for label in labels}
    results = Results(result.stored, cells, result.study.seed, result.replications)
    return _paired(name, row, column, result.study, _runs(results, labels, measure), _T, 0)


def _of_attribution(folder: Path, name: str) -> Number:
    result = Attribution.load(folder)
    _parts(name)
    known = {
        f"{key}.share.{slug(player)}": (key, player)
        for key in result.metrics
        for player in result.parts(key)
    }
    if name not in known:
        raise _unknown(name, known)
    key, player = known[name]
    part, told = result.parts(key)[player], metric(key)
    a, b = result.regimes
    runs = _runs(
        Results(result.stored, result.study.cells, result.study.seed, result.replications),
        list(result.study.cells), key,
    )  # fmt: skip
    interval = f"{told.difference(part.low, unit=False)} to {told.difference(part.high)}"
    return Number(
        id=name,
        value=part.mean,
        text=f"{told.difference(part.mean)} ({_T}: {interval})",
        what=f"{told.label}: what {player!r} adds to {a} - {b}",
        method=f"Shapley value over {len(result.players)} players, mean over the replications",
        measure=told,
        study=result.study,
        runs=runs,
    )


def slug(player: str) -> str:
    """The name of a player as a part of the name of a number."""
    return "-".join("".join(c if c.isalnum() else " " for c in player).split())


def number_id(measure: str, column: str, regime_b: str, regimes: Sequence[str]) -> str:
    """The name of a number of a comparison, as a report writes it."""
    return ".".join([measure, column, *_against(regimes, regime_b)])


def _against(regimes: Sequence[str], regime_b: str) -> list[str]:
    return [regime_b] if len(regimes) > 2 else []


def _parts(name: str) -> list[str]:
    parts = name.strip().split(".")
    if len(parts) < 2:
        allowed = "MEASURE.COLUMN, such as retention.difference"
        raise ScenarioError([Problem(field="ID", given=show(name), allowed=allowed)])
    return parts


def _unknown(name: str, known: Iterator[str] | Mapping[str, object]) -> ScenarioError:
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


def _runs(results: Results, labels: Sequence[str], measure: str) -> pd.DataFrame:
    """The runs behind a number, and what each of them measured."""
    table = results.summaries
    table = table[table["label"].isin(labels)]
    columns = ["label", "replication", "seed", "key", measure]
    return table[columns].rename(columns={measure: "value"}).reset_index(drop=True)


def _paired(
    name: str, row: Mapping[Hashable, Any], column: str, study: Study, runs: pd.DataFrame,
    interval: str, warm_up: int,
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
