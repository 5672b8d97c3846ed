"""The paired table in words and numbers: every measure, what differs and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd

from experiments.finding import CUSTOMERS, INSIDE, MARKET, ORGANISATION, OUTCOMES
from experiments.metrics import DETAILS, MAIN, Metric, in_order, metric
from experiments.metrics import INSIDE as WITHIN
from experiments.statistics import LEVEL
from experiments.wording import capital

HEADLINES = tuple(
    claim.key for claims in (OUTCOMES, CUSTOMERS, INSIDE, ORGANISATION, MARKET) for claim in claims
)
"""What the sentences of a comparison speak of, in that order."""


class Verdict(StrEnum):
    """What an interval says of a difference."""

    CLEAR = "clear"
    UNCLEAR = "cannot tell"
    EQUAL = "the same"
    SINGLE = "one world only"
    NONE = "no world"


_SMALLEST = 0.001  # p values below are not written out
_DASH = "–"
_TENTHS = ("p10", "p50", "p90")


@dataclass(frozen=True, slots=True)
class Line:
    """One measure of the first firm A against another, B.

    Attributes
    ----------
    measure : Metric
        What is measured.
    a, b, gap, interval, wins, ratio, p, p_holm : str
        Means, their difference A - B, its interval, in how many worlds A did better for the firm,
        how many times more worlds it would take without common random numbers, and the p values
        of the paired t test, alone and after Holm; a dash where there is none.
    spread : tuple of str
        The first tenth, the middle and the last tenth of the differences, world by world.
    verdict : Verdict
        What the interval says.
    reading : str
        The verdict in words that name the firm with more.
    survives : bool or None
        Whether a clear difference stays clear after Holm; None where that is not known.
    worlds, against : int
        Pairs; those in which the difference has the sign opposite to the mean's.
    """

    measure: Metric
    a: str
    b: str
    gap: str
    interval: str
    wins: str
    ratio: str
    p: str
    p_holm: str
    spread: tuple[str, ...]
    verdict: Verdict
    reading: str
    survives: bool | None
    worlds: int
    against: int

    @property
    def name(self) -> str:
        """The measure in plain words, as a sentence begins."""
        return capital(self.measure.label)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines under one heading."""

    caption: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Against:
    """The first firm against one other.

    Attributes
    ----------
    a, b : str
        The two regimes.
    headlines : Block
        What the findings speak of.
    others : tuple of Block
        All other measures.
    """

    a: str
    b: str
    headlines: Block
    others: tuple[Block, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """All of them."""
        return (*self.headlines.lines, *(line for block in self.others for line in block.lines))


def measures_of(
    table: pd.DataFrame, pairs: pd.DataFrame, estimates: Sequence[str] = ()
) -> list[Against]:
    """Prepare the table of a comparison for reading.

    Measures that are zero in all firms are left out: what they are about does not exist there.

    Parameters
    ----------
    table, pairs : DataFrame
        `Comparison.table` and `Comparison.paired`.
    estimates : sequence of str
        What the study is about; these come first.
    """
    if table.empty:
        return []
    against = _against(pairs)
    first_of_all = tuple(dict.fromkeys([*estimates, *HEADLINES]))
    result = []
    for other, rows in table.groupby("regime_b", sort=False):
        found = {
            str(row["metric"]): line_of(row, against.get((str(other), str(row["metric"])), 0))
            for row in rows.to_dict("records")
            if not _never_was(row)
        }
        first = str(rows["regime_a"].iloc[0])
        result.append(Against(first, str(other), *_blocks(found, first_of_all)))
    return result


def _blocks(
    found: Mapping[str, Line], first_of_all: Sequence[str]
) -> tuple[Block, tuple[Block, ...]]:
    headlines = tuple(found[key] for key in first_of_all if key in found)
    rest = [key for key in in_order(list(found)) if key not in first_of_all]
    listed = {measure.key: place for place, group in enumerate((MAIN, WITHIN, DETAILS))
              for measure in group}  # fmt: skip
    captions = ("Customers, offer and money", "Inside the firm", "Further detail")
    blocks = (
        Block(caption, tuple(found[key] for key in rest if listed.get(key, 2) == place))
        for place, caption in enumerate(captions)
    )
    return Block("Headline measures", headlines), tuple(block for block in blocks if block.lines)


def line_of(row: Mapping[Hashable, Any], against: int = 0) -> Line:
    """A row of the table of a comparison, or of a point of a sweep, in words and numbers."""
    measure = metric(str(row["metric"]))
    low, high, pairs = float(row["low"]), float(row["high"]), int(row["pairs"])
    near = min(low, high, key=abs)
    difference = measure.difference
    ends = (difference(low, unit=False, beside=near), difference(high, beside=near))
    holm, ratio = _number(row, "p_holm"), _number(row, "variance_ratio")
    verdict = _verdict(pairs, float(row["difference"]), low, high)
    return Line(
        measure=measure,
        a=measure.value(float(row["A"])),
        b=measure.value(float(row["B"])),
        gap=difference(float(row["difference"]), beside=near),
        interval=" to ".join(ends) if math.isfinite(low) else _DASH,
        wins=_wins(row, pairs),
        ratio=f"{ratio:.1f}" if math.isfinite(ratio) else _DASH,
        p=_p(_number(row, "p")),
        p_holm=_p(holm),
        spread=tuple(difference(_number(row, name)) for name in _TENTHS),
        verdict=verdict,
        reading=_reading(verdict, row),
        survives=None if verdict != Verdict.CLEAR or math.isnan(holm) else holm < 1 - LEVEL,
        worlds=pairs,
        against=against,
    )


def _verdict(pairs: int, gap: float, low: float, high: float) -> Verdict:
    if pairs == 0:
        return Verdict.NONE
    if not math.isfinite(low):
        return Verdict.SINGLE
    if gap == low == high == 0:
        return Verdict.EQUAL
    return Verdict.CLEAR if low > 0 or high < 0 else Verdict.UNCLEAR


def _reading(verdict: Verdict, row: Mapping[Hashable, Any]) -> str:
    if verdict == Verdict.CLEAR:
        return f"{row['regime_a'] if row['difference'] > 0 else row['regime_b']} higher"
    return verdict.value


def _wins(row: Mapping[Hashable, Any], pairs: int) -> str:
    share = float(row["a_wins"])
    if math.isnan(share) or row["low"] == row["high"] == 0:
        return _DASH
    return f"{round(share * pairs)} of {pairs}"


def _number(row: Mapping[Hashable, Any], name: str) -> float:
    """A value that not every row has."""
    return float(row.get(name, math.nan))


def _p(value: float) -> str:
    if math.isnan(value):
        return _DASH
    return f"< {_SMALLEST}" if value < _SMALLEST else f"{value:.3f}"


def _never_was(row: Mapping[Hashable, Any]) -> bool:
    return not any(row[name] for name in ("A", "difference", "low", "high"))


def _against(pairs: pd.DataFrame) -> dict[tuple[str, str], int]:
    """In how many worlds a difference has the sign opposite to its mean's."""
    if pairs.empty:
        return {}
    by = pairs.groupby(["regime_b", "metric"])["difference"]
    contrary = pairs["difference"] * by.transform("mean") < 0
    counted = contrary.groupby([pairs["regime_b"], pairs["metric"]]).sum().reset_index()
    return {(str(b), str(name)): int(n) for b, name, n in counted.itertuples(index=False)}
