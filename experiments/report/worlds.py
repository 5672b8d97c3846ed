"""When one firm has earned more than the other for good."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from experiments.metrics import metric
from experiments.report.grid import Grid
from experiments.report.words import PERCENT

if TYPE_CHECKING:
    from experiments.compare import Comparison

_QUARTILES = {
    "lower_quartile": "a quarter of worlds by",
    "median": "half by",
    "upper_quartile": "three quarters by",
}
_SHARE = metric("market_share").value  # any share is written alike


def break_even_grid(result: Comparison) -> Grid:
    """From which month on each firm is ahead in profit added up, and in how many worlds."""
    rows = tuple(
        (
            f"{row['ahead']} against {_other(result, row)}",
            _SHARE(row["share"]),
            f"{_SHARE(row['low'])} to {_SHARE(row['high'])}",
            *(_month(row[name]) for name in _QUARTILES),
        )
        for row in result.break_even_table.to_dict("records")
    )
    head = ("firm", "ahead in", f"{PERCENT} interval", *_QUARTILES.values())
    return Grid("Ahead in profit added up, to the end of the horizon", head, rows)


def _other(result: Comparison, row: Mapping[Hashable, Any]) -> Any:
    first = result.regimes[0]
    return row["regime_b"] if row["ahead"] == first else first


def _month(month: float) -> str:
    if math.isnan(month):
        return "–"
    if math.isinf(month):
        return "never"
    return "from the start" if month == 0 else f"month {math.ceil(month)}"
