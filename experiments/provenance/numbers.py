"""By its name, what a number of a report is and which runs are behind it; see `names`."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.comparison import Comparison
from experiments.provenance.number import (
    COLUMNS,
    STUDENT,
    Number,
    paired_number,
    parts_of,
    runs_of,
    unknown,
)
from experiments.provenance.shares import of_attribution, of_frontier, of_sensitivity
from experiments.results import Results
from experiments.study import Study, made_with
from experiments.sweep.result import Sweep, cell_label
from simulation.errors import Problem, ScenarioError
from simulation.version import code_digest

_SEQUENCE = "confidence sequence, which holds whenever one stops"


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
    if study.kind not in _FINDERS:
        allowed = f"a study of the kind {', '.join(_FINDERS)}"
        raise ScenarioError([Problem(field="DIR", given=f"a {study.kind}", allowed=allowed)])
    return _FINDERS[study.kind](folder, name)


def _of_comparison(folder: Path, name: str) -> Number:
    result = Comparison.load(folder)
    rows = {
        ".".join([row["metric"], *_against(result.regimes, row["regime_b"])]): row
        for row in result.table.to_dict("records")
    }
    measure, column, *rest = parts_of(name)
    row = rows.get(".".join([measure, *rest]))
    if row is None or column not in COLUMNS or pd.isna(row.get(column)):
        raise unknown(name, _names(rows, COLUMNS))
    labels = [str(row["regime_a"]), str(row["regime_b"])]
    runs = runs_of(result.results, labels, measure)
    interval = _SEQUENCE if result.study.precision else STUDENT
    return paired_number(name, row, column, result.study, runs, interval, result.warm_up)


def _of_sweep(folder: Path, name: str) -> Number:
    result = Sweep.load(folder)
    two = len(result.regimes) > 1
    rows: dict[str, Mapping[Hashable, Any]] = {}
    for row in result.table.to_dict("records"):
        against = _against(result.regimes, row["regime_b"]) if two else []
        rows[".".join([row["metric"], str(row["point"]), *against])] = row
    measure, column, *rest = parts_of(name)
    found = rows.get(".".join([measure, *rest]))
    if found is None or column not in found or column not in {*COLUMNS, "mean"}:
        raise unknown(name, _names(rows, COLUMNS if two else {"mean", "low", "high"}))
    regimes = [str(found[key]) for key in ("regime_a", "regime_b", "regime") if key in found]
    labels = [cell_label(int(found["point"]), regime) for regime in regimes]
    cells = {label: result.study.cells[label] for label in labels}
    results = Results(result.stored, cells, result.study.seed, result.replications)
    runs = runs_of(results, labels, measure)
    return paired_number(name, found, column, result.study, runs, STUDENT)


def _names(rows: Iterable[str], columns: Iterable[str]) -> Iterable[str]:
    """Every name that a table with these rows and columns has."""
    every = [*columns]
    for key in rows:
        measure, *rest = key.split(".")
        for column in every:
            yield ".".join([measure, column, *rest])


def _against(regimes: Sequence[str], regime_b: str) -> list[str]:
    return [regime_b] if len(regimes) > 2 else []


_FINDERS: Mapping[str, Callable[[Path, str], Number]] = {
    "compare": _of_comparison,
    "sweep": _of_sweep,
    "attribute": of_attribution,
    "frontier": of_frontier,
    "sensitivity": of_sensitivity,
}
