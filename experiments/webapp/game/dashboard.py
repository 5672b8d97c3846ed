"""Lives by quarter: what a firm sees of itself, and what is the case (see `measures`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from experiments.webapp.game.lives import Life, plain
from experiments.webapp.game.measures import AGAINST, HIDDEN, SEEN
from simulation.world import WEEKS_A_QUARTER, WEEKS_A_YEAR

Weekly = Sequence[float | None]

_SUMS = ("joined", "lost", "quits")
_ENDS = ("active", "cash", "seats")


def by_quarter(life: Life, key: str) -> list[float | None]:
    """A measure for each quarter: what was counted is added up, what there is taken at the end."""
    if key == "retention":
        return [_kept(life, quarter) for quarter in range(life.quarters)]
    rule = _sum if key in _SUMS else _end if key in _ENDS else _mean
    return [rule(part) for part in _parts(life.weeks[key])]


def seen(life: Life) -> dict[str, Any]:
    """A dashboard by quarter: only what the firm sees."""
    return {
        "quarters": {key: by_quarter(life, key) for key in SEEN},
        "departments": [
            {key: row[key] for key in ("name", "seats", "utilisation", "reported")}
            for row in life.departments
        ],
        "insolvent": life.insolvent,
    }


def seen_weekly(life: Life) -> dict[str, list[float | None]]:
    """The figures of the dashboard by week, to be drawn."""
    return {key: list(life.weeks[key]) for key in SEEN}


def true(life: Life) -> dict[str, Any]:
    """What is the case beside it, by quarter."""
    return {
        "quarters": {key: by_quarter(life, key) for key in HIDDEN},
        "departments": [{key: row[key] for key in ("name", "true")} for row in life.departments],
    }


def gaps(life: Life) -> dict[str, dict[str, list[float | None]]]:
    """Each figure of the dashboard beside what it stands for, by quarter."""
    return {
        figure: {"seen": by_quarter(life, figure), "true": by_quarter(life, truth)}
        for figure, truth in AGAINST.items()
    }


def _parts(values: Weekly) -> list[Weekly]:
    return [values[i : i + WEEKS_A_QUARTER] for i in range(0, len(values), WEEKS_A_QUARTER)]


def _reduced(rule: Callable[[list[float]], float]) -> Callable[[Weekly], float | None]:
    def reduce(values: Weekly) -> float | None:
        known = [value for value in values if value is not None]
        return plain(rule(known)) if known else None

    return reduce


_sum = _reduced(sum)
_end = _reduced(lambda known: known[-1])
_mean = _reduced(lambda known: sum(known) / len(known))


def _kept(life: Life, quarter: int) -> float | None:
    """Customers kept in a quarter, as a share a year; losses and stocks are summed first."""
    weeks = slice(quarter * WEEKS_A_QUARTER, (quarter + 1) * WEEKS_A_QUARTER)
    joined, lost, active = (
        _numbers(life.weeks, key, weeks) for key in ("joined", "lost", "active")
    )
    before = sum(active) + sum(lost) - sum(joined)
    return plain((1 - sum(lost) / before) ** WEEKS_A_YEAR) if before else None


def _numbers(weeks: Mapping[str, Weekly], key: str, part: slice) -> list[float]:
    return [value for value in weeks[key][part] if value is not None]
