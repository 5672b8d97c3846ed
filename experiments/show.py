"""Results as text: tables and sparklines."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from experiments.compare import Comparison
from experiments.fates import RULE
from experiments.metrics import in_order, is_main, metric

_BARS = "▁▂▃▄▅▆▇█"
_SPARK_WIDTH = 40
_FILE_WIDTH = 120  # columns of a table that does not go to a terminal
_WIDE = 100  # a terminal with fewer leaves out the variance ratio
_SPARKS = (
    "active",
    "retention",
    "satisfaction",
    "profit",
    "cash",
    "lead_time_days",
    "backlog",
    "friction",
    "engagement",
    "utilisation",
)


def console() -> Console:
    """Standard output, with room for a table when it is a file or a pipe."""
    out = Console(highlight=False)
    return out if out.is_terminal else Console(highlight=False, width=_FILE_WIDTH)


def print_comparison(result: Comparison) -> None:
    """Print the finding, a table for every second regime and the fates."""
    out = console()
    out.print(f"\n{result.finding}.\n", style="bold", markup=False, soft_wrap=True)
    for other in result.regimes[1:]:
        out.print(f"A: {result.regimes[0]}    B: {other}", markup=False)
        out.print(_paired_table(result, other, wide=out.width >= _WIDE))
    if result.replications > 1 and out.width >= _WIDE:
        out.print(
            "×: how many times more runs the interval would take without common random numbers",
            style="dim",
        )
    if result.fates:
        out.print("\nSame people, two lives", style="bold")
        out.print(RULE, style="dim")
        for fate in result.fates:
            out.print(f"• {fate.sentence}", markup=False)


def print_run(title: str, summary: Mapping[str, float], series: pd.DataFrame) -> None:
    """Print the summary of one firm and the course of its main measures."""
    out = console()
    out.print(f"{title}\n", style="bold", markup=False, soft_wrap=True)
    table = Table("measure", box=None, pad_edge=False)
    table.add_column("value", justify="right")
    for key in in_order(
        [key for key, value in summary.items() if is_main(key) and math.isfinite(value)]
    ):
        table.add_row(metric(key).label, metric(key).value(summary[key]))
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
    out.print(course)


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


def _paired_table(result: Comparison, other: str, *, wide: bool) -> Table:
    table = Table("measure", box=None, pad_edge=False)
    columns = ["A", "B", "A − B", "95 % interval", "A better", *(["×"] if wide else [])]
    for name in columns:
        table.add_column(name, justify="right")
    for row in result.table[result.table["regime_b"] == other].to_dict("records"):
        if not is_main(str(row["metric"])):
            continue
        measure = metric(str(row["metric"]))
        known = math.isfinite(row["low"])
        low, high = (measure.difference(row[end], unit=False) for end in ("low", "high"))
        cells = [
            measure.label,
            measure.value(row["A"]),
            measure.value(row["B"]),
            measure.difference(row["difference"]),
            f"{low} to {high}" if known else "–",
            _wins(row),
            f"{row['variance_ratio']:.1f}" if math.isfinite(row["variance_ratio"]) else "",
        ]
        table.add_row(*cells[: 1 + len(columns)])
    return table


def _wins(row: Mapping[Hashable, Any]) -> str:
    never_differ = row["low"] == row["high"] == 0
    return "" if never_differ or math.isnan(row["a_wins"]) else f"{100 * row['a_wins']:.0f} %"


def _mean(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else math.nan
