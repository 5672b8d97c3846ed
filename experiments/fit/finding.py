"""The result of a calibration in words, no surer than the data are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from experiments.fit.columns import COLUMNS
from experiments.fit.free import now_of
from experiments.wording import listed

if TYPE_CHECKING:
    from experiments.fit.result import Fit

FAR = 2.0
"""A series is off if it is farther than so many times its noise."""
TOLD = {
    "told": "told by the data",
    "hardly": "hardly told by the data",
    "not at all": "cannot be told from these data",
}
"""What the data say of a key, in words."""
_LARGE = 1000.0
_NAMED = 3
_ADDS_UP = 0.01  # of the customers, by which their number may change without a reason
_OTHER_START = 0.1  # by which the customers at the start may differ


def finding(result: Fit) -> str:
    """What the data tell and cannot tell, and whether the model can be the firm."""
    if result.is_strange:
        return _missed(result)
    told = [
        f"{key.key} is {number(key.fitted)} ({number(key.low)} to {number(key.high)})"
        for key in result.keys
        if key.told == "told"
    ]
    hardly = [key.key for key in result.keys if key.told == "hardly"]
    untold = [key.key for key in result.keys if key.told == "not at all"]
    sentences = []
    if told:
        sentences.append(f"As far as the model is right, {listed(told)}")
    if hardly:
        sentences.append(f"These data hardly tell {listed(hardly)}")
    if untold:
        sentences.append(f"{listed(untold)} cannot be told from these data")
    return ". ".join([*sentences, "With these values the model could be this firm"])


def number(value: float) -> str:
    """A value of a key to three digits; large ones in full."""
    return f"{value:.3g}" if abs(value) < _LARGE else f"{value:,.0f}"


def _missed(result: Fit) -> str:
    far = [
        f"{COLUMNS[course.series].label} {course.off:.1f} times its noise"
        for course in sorted(result.courses, key=lambda course: -course.off)
        if course.off > FAR
    ]
    which = f" (off by {listed(far[:_NAMED])})" if far else ""
    nearest = listed([f"{key.key} {number(key.fitted)}" for key in result.keys])
    return (
        f"No values in these ranges make the model look like this firm{which}. Nearest is {nearest}"
    )


def remarks(result: Fit) -> list[str]:
    """What a reader has to mind: trade-offs, ends of ranges, a start that does not fit."""
    said = [
        f"{a} and {b} trade off: more of one makes up for {'more' if close > 0 else 'less'} of the "
        "other; the data tell at best the two together"
        for (a, b), close in result.trades.items()
    ]
    if ends := [key.key for key in result.keys if key.at_end]:
        said.append(
            f"{listed(ends)}: fitted at the end of the range given. A wider range may fit better, "
            "or something else is wrong"
        )
    if result.is_strange:
        said.append(
            "What is still possible is widened in proportion to the misfit, and says little while "
            "the model misses the data: look for what is missing, or fit what the series hang on"
        )
    for one in result.free:
        now = now_of(result.wanted.base, one.key)
        if np.isfinite(now) and now != one.start:
            said.append(
                f"{one.key} is {number(now)} in the scenario, outside the range given; before is "
                f"{number(one.start)}"
            )
    return [*said, *_strange_start(result), *_strange_moves(result)]


def _strange_start(result: Fit) -> list[str]:
    """A firm of another size than the data is the commonest cause of a bad fit."""
    columns = result.data.columns
    if "active" not in columns or result.wanted.first_week:
        return []
    first = result.wanted.data[columns.index("active")][0]
    here = result.wanted.base.market.active_at_start
    if abs(first - here) <= _OTHER_START * here or not np.isfinite(first):
        return []
    return [
        f"The scenario begins with {here:,} customers, the data with {first:,.0f}: set "
        "market.active_at_start, and market.customers with it"
    ]


def _strange_moves(result: Fit) -> list[str]:
    """Customers who join and leave explain how their number changes, or the figures mean others."""
    columns = result.data.columns
    if not {"active", "joined", "lost"} <= set(columns):
        return []
    active, joined, lost = (
        result.wanted.data[columns.index(c)] for c in ("active", "joined", "lost")
    )
    gaps = np.diff(active) - (joined - lost)[1:]
    known = np.isfinite(gaps)
    wrong = int((np.abs(gaps[known]) > _ADDS_UP * active[1:][known]).sum())
    if 2 * wrong <= known.sum():
        return []
    return [
        f"active does not change by joined less lost in {wrong} of {int(known.sum())} months: do "
        "the three columns count the same customers?"
    ]
