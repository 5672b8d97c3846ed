"""Results as text: tables and sparklines."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments.certainty import certainty
from experiments.compare import Comparison
from experiments.fates import RULE
from experiments.happenings import Happening, in_words, note_of_one_regime
from experiments.metrics import INSIDE, MAIN, metric

_BARS = "▁▂▃▄▅▆▇█"
_SPARK_WIDTH = 40
_FILE_WIDTH = 120  # columns of a table that does not go to a terminal
_LABEL, _FIRST, _CELL, _GAP = 29, 9, 11, 2  # columns of a table of many regimes
_WIDE = 100  # a terminal with fewer leaves out the p-value and the variance ratio
_SURPRISING, _LEAST_CHANCE = 0.1, 0.001
_SPARKS = (
    "active",
    "retention",
    "satisfaction",
    "profit",
    "cash",
    "lead_time_days",
    "product_gap",
    "agility_speed",
    "backlog",
    "friction",
    "engagement",
    "utilisation",
)


def console() -> Console:
    """Standard output, with room for a table when it is a file or a pipe."""
    out = Console(highlight=False)
    return out if out.is_terminal else Console(highlight=False, width=_FILE_WIDTH)


def print_comparison(result: Comparison, stories: Sequence[str] = ()) -> None:
    """Print the finding, a table for every second regime and the fates.

    Parameters
    ----------
    result : Comparison
        What to print.
    stories : sequence of str
        For each fate the command that tells the whole story.
    """
    out = console()
    for said in (result.finding, result.inside):
        out.print(f"\n{said}.", style="bold", markup=False)
    if note := note_of_one_regime(result.happenings, len(result.regimes)):
        out.print(f"\n{note}", markup=False)
    out.print()
    if len(result.regimes) == 2:
        _print_two(out, result)
    else:
        _print_many(out, result)
    for said in certainty(result):
        out.print(said, style="dim", markup=False)
    if result.fates:
        out.print("\nSame people, two lives", style="bold")
        out.print(RULE, style="dim")
        for fate, story in zip_longest(result.fates, stories):
            out.print(f"• {fate.sentence}", markup=False)
            if story:
                out.print(f"  {story}", style="dim", markup=False, soft_wrap=True)


def print_run(
    title: str,
    summary: Mapping[str, float],
    series: pd.DataFrame,
    happenings: Sequence[Happening],
) -> None:
    """Print the summary of one firm, the course of its main measures and what happened to it."""
    out = console()
    out.print(f"{title}\n", style="bold", markup=False, soft_wrap=True)
    table = Table("measure", box=None, pad_edge=False)
    table.add_column("value", justify="right")
    _fill(table, {k: [metric(k).value(x)] for k, x in summary.items() if math.isfinite(x) and x})
    out.print(table)
    course = Table("\ncourse", box=None, pad_edge=False)
    course.add_column("\nfirst quarter", justify="right")
    course.add_column("")
    course.add_column("\nlast quarter", justify="right")
    for key in _SPARKS:
        if key in series and series[key].notna().any():
            values = series[key].to_numpy(float)
            first, last = _mean(values[:13]), _mean(values[-13:])
            course.add_row(
                metric(key).label,
                metric(key).value(first),
                sparkline(values),
                metric(key).value(last),
            )
    lived = [event for event in happenings if event["week"] < len(series)]
    if lived:
        course.add_row("events", "", _marks([event["week"] for event in lived], len(series)))
    out.print(course)
    for event in lived:
        out.print(f"▼ week {event['week']}: {in_words(event)}", markup=False)


def sparkline(values: NDArray[np.float64], width: int = _SPARK_WIDTH) -> str:
    """The values as one line of bars from their least to their greatest; blanks where missing."""
    parts = np.array_split(values, min(width, len(values)))
    means = [_mean(part) for part in parts]
    known = [mean for mean in means if math.isfinite(mean)]
    low, high = min(known, default=0.0), max(known, default=0.0)
    if low == high:
        return "".join(_BARS[3] if math.isfinite(mean) else " " for mean in means)
    scale = (len(_BARS) - 1) / (high - low)
    return "".join(
        _BARS[round((mean - low) * scale)] if math.isfinite(mean) else " " for mean in means
    )


def _marks(weeks: Sequence[int], horizon: int) -> str:
    """A line as long as that of a sparkline, with a mark where something happens."""
    happens = np.isin(np.arange(horizon), weeks)
    parts = np.array_split(happens, min(_SPARK_WIDTH, horizon))
    return "".join("▼" if part.any() else " " for part in parts)


def _fill(table: Table, rows: Mapping[str, Sequence[str | Text]]) -> None:
    """Add the rows of measures that are printed, those of the inside under a heading."""
    for heading, group in (("", MAIN), ("inside", INSIDE)):
        found = [measure for measure in group if measure.key in rows]
        if heading and found:
            table.add_row(Text(f"\n{heading}", style="dim"))
        for measure in found:
            table.add_row(measure.label, *rows[measure.key])


def _print_two(out: Console, result: Comparison) -> None:
    """Two firms side by side."""
    a, b = result.regimes
    wide = out.width >= _WIDE
    out.print(f"A: {a}    B: {b}", markup=False)
    out.print(_paired_table(result, b, wide=wide))
    if result.replications > 1 and wide:
        out.print(
            "p, Holm: chance of such a difference between equal firms, allowing for several "
            "measures\n×: how many times more runs the interval would take without common random "
            "numbers",
            style="dim",
        )


def _print_many(out: Console, result: Comparison) -> None:
    """The first firm, and by how much each of the others differs from it."""
    others = result.regimes[1:]
    room = out.width - _LABEL - _GAP - _FIRST
    at_once = max(1, room // (_GAP + _CELL))
    blocks = math.ceil(len(others) / at_once)
    size = math.ceil(len(others) / blocks)
    first = result.regimes[0]
    how = "± half of the 95 % interval; " if result.replications > 1 else ""
    out.print(
        f"{first}, and how much more or less each of the others has ({how}shares in points)",
        markup=False,
    )
    for start in range(0, len(others), size):
        out.print(_differences(result, others[start : start + size]))
        out.print()
    if result.replications > 1:
        said = "A difference smaller than its ± is not clear; a terminal shows it dimmed."
        out.print(said, style="dim")


def _differences(result: Comparison, others: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0))
    table.add_column("measure", vertical="bottom")
    for name in (result.regimes[0], *others):
        table.add_column(_broken(name), justify="right")
    found = result.table[result.table["regime_b"].isin(others)]
    rows: dict[str, list[str | Text]] = {}
    for key, of_key in found.groupby("metric", sort=False):
        if _never_was(of_key):
            continue
        by_regime = of_key.set_index("regime_b").reindex(list(others))
        means = (-by_regime["difference"]).tolist()
        halves = ((by_regime["high"] - by_regime["low"]) / 2).tolist()
        first, *cells = metric(str(key)).row(float(by_regime["A"].mean()), means, halves)
        texts = [
            Text(cell, style="dim" if abs(mean) <= half else "")
            for cell, mean, half in zip(cells, means, halves, strict=True)
        ]
        rows[str(key)] = [first, *texts]
    _fill(table, rows)
    return table


def _broken(name: str) -> str:
    """A name in two lines where it would be wider than its column."""
    if len(name) <= _CELL or "_" not in name:
        return name
    cuts = [i + 1 for i, letter in enumerate(name) if letter == "_"]
    cut = min(cuts, key=lambda i: max(i, len(name) - i))
    return f"{name[:cut]}\n{name[cut:]}"


def _paired_table(result: Comparison, other: str, *, wide: bool) -> Table:
    table = Table("measure", box=None, pad_edge=False)
    columns = ["A", "B", "A − B", "95 % interval", "A better", *(["p, Holm", "×"] if wide else [])]
    for name in columns:
        table.add_column(name, justify="right")
    found = result.table[result.table["regime_b"] == other]
    rows: dict[str, list[str | Text]] = {}
    for key, of_key in found.groupby("metric", sort=False):
        if _never_was(of_key):
            continue
        row = of_key.iloc[0].to_dict()
        measure = metric(str(key))
        known = math.isfinite(row["low"])
        low, high = (measure.difference(row[end], unit=False) for end in ("low", "high"))
        cells = [
            measure.value(row["A"]),
            measure.value(row["B"]),
            measure.difference(row["difference"]),
            f"{low} to {high}" if known else "–",
            _wins(row),
            _chance(row["p_holm"]),
            f"{row['variance_ratio']:.1f}" if math.isfinite(row["variance_ratio"]) else "",
        ]
        rows[measure.key] = [*cells[: len(columns)]]
    _fill(table, rows)
    return table


def _never_was(rows: pd.DataFrame) -> bool:
    """Whether a measure is zero in all firms: what it is about does not exist in them."""
    return not rows[["A", "difference", "low", "high"]].any(axis=None)


def _chance(p: float) -> str:
    """A p-value; those of measures that are hardly surprising are left out."""
    if not p < _SURPRISING:
        return ""
    return "< 0.001" if p < _LEAST_CHANCE else f"{p:.3f}"


def _wins(row: Mapping[Hashable, Any]) -> str:
    never_differ = row["low"] == row["high"] == 0
    return "" if never_differ or math.isnan(row["a_wins"]) else f"{100 * row['a_wins']:.0f} %"


def _mean(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else math.nan
