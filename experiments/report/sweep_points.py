"""The points of a sweep as tables: all of them, or as many as a page can bear."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.metrics import Metric
from experiments.report.grid import Grid
from experiments.report.measures import line_of
from experiments.report.words import PERCENT
from experiments.sweep.design import as_text
from experiments.sweep.drivers import drivers
from experiments.sweep.figure import headlines
from experiments.wording import capital

if TYPE_CHECKING:
    from experiments.sweep.result import Sweep

_ALL = 25  # points; of more, those at the ends come first
_END = 5  # points at either end
_KEYS = 4  # columns of keys that paper can bear
_LETTERS = 450_000  # of all tables of points together
_TAGS = 9  # letters around a cell
_DASH = "–"
_GAP = ("A", "B", "A − B", f"{PERCENT} interval", "reading", "A better in")
_LEVEL = ("mean", f"{PERCENT} interval", "runs")

_Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Points:
    """One measure at the points of a sweep.

    Attributes
    ----------
    first : Grid
        All points if they are few, else those with the least and the greatest values.
    rest : Grid or None
        The points in order, as many as fit, if `first` has not got them all.
    """

    first: Grid
    rest: Grid | None


def points_of(result: Sweep) -> list[Points]:
    """Tables of the headline measures: each for each regime that is set against the first."""
    asked: list[tuple[Metric, str | None]] = [
        (measure, other)
        for other in (result.regimes[1:] or (None,))
        for measure in headlines(result)
    ]
    return [_points(result, *pair, _LETTERS // len(asked)) for pair in asked]


def _points(result: Sweep, measure: Metric, other: str | None, letters: int) -> Points:
    table = result.table[result.table["metric"] == measure.key]
    if other:
        table = table[table["regime_b"] == other]
    keys = _keys(result, table, "difference" if other else "mean")
    head = ("point", *keys, *(_GAP if other else _LEVEL))
    name = capital(measure.label)
    against = f"{result.regimes[0]} (A) against {other} (B)" if other else result.regimes[0]
    heading = f"{name}: {against}"
    ends = _ends(table, "difference" if other else "mean")
    if len(ends) == len(table):
        return Points(Grid(heading, head, tuple(_rows(table, keys, measure))), None)
    what = "differences" if other else "means"
    first = Grid(
        f"{heading}; the {_END} least and the {_END} greatest {what}",
        head,
        tuple(_rows(ends, keys, measure)),
    )
    rows = tuple(_that_fit(_rows(table, keys, measure), letters))
    told = f"all {len(table):,} points"
    if len(rows) < len(table):
        told = f"the first {len(rows):,} of {len(table):,} points; table.csv has all of them"
    return Points(first, Grid(f"{heading}; {told}", head, rows))


def _keys(result: Sweep, table: pd.DataFrame, value: str) -> list[str]:
    """The keys that have a column: all, or of many those that the measure goes most with."""
    if len(result.keys) <= _KEYS:
        return result.keys
    found = drivers(result.points.loc[table["point"]], table[value].to_numpy(float))
    names = dict.fromkeys(driver.name.partition(" = ")[0] for driver in found)
    return [*names, *(key for key in result.keys if key not in names)][:_KEYS]


def _ends(table: pd.DataFrame, value: str) -> pd.DataFrame:
    """All rows if they are few, else those with the least and the greatest values, in order."""
    if len(table) <= _ALL:
        return table
    order = table.dropna(subset=value).sort_values(value, kind="stable")
    return order if len(order) <= 2 * _END else pd.concat([order[:_END], order[-_END:]])


def _rows(table: pd.DataFrame, keys: Sequence[str], measure: Metric) -> Iterator[_Row]:
    for row in table.to_dict("records"):
        place = (str(row["point"]), *(as_text(row[key]) for key in keys))
        yield (*place, *(_gap(row) if "difference" in row else _level(row, measure)))


def _gap(row: Mapping[Any, Any]) -> _Row:
    line = line_of(row)
    return line.a, line.b, line.gap, line.interval, line.reading, line.wins


def _level(row: Mapping[Any, Any], measure: Metric) -> _Row:
    low, high = float(row["low"]), float(row["high"])
    interval = f"{measure.value(low)} to {measure.value(high)}" if math.isfinite(low) else _DASH
    return measure.value(float(row["mean"])), interval, str(row["runs"])


def _that_fit(rows: Iterator[_Row], letters: int) -> Iterator[_Row]:
    """Rows up to so many letters, with what HTML puts around them."""
    for row in rows:
        letters -= sum(len(cell) + _TAGS for cell in row)
        if letters < 0:
            return
        yield row
