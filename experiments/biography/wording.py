"""Small pieces of sentences about a life: dates, names, amounts."""

from __future__ import annotations

from collections.abc import Sequence

from simulation.world import DAYS_A_WEEK, WEEKS_A_YEAR

_SHORT = 2  # letters of an abbreviation such as IT or HR
_MOST_DIGITS = 6
_NUMBERS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def date(week: int) -> str:
    """When: weeks are counted as in every table, from 0; years from 1."""
    return f"Week {week} (year {week // WEEKS_A_YEAR + 1})"


def week_of(day: int) -> int:
    """Week of a day of the run."""
    return day // DAYS_A_WEEK


def called(department: str) -> str:
    """A department's name within a sentence; `it` would read as a pronoun."""
    return department.upper() if len(department) <= _SHORT else department.replace("_", " ")


def number(n: int) -> str:
    """A whole number, in words up to twelve."""
    return _NUMBERS[n] if n < len(_NUMBERS) else f"{n:,}"


def count(n: int, what: str) -> str:
    """A number of things."""
    return f"{number(n)} {what}{'' if n == 1 else 's'}"


def after_days(n: int) -> str:
    """How long something took."""
    return "the same day" if n == 0 else f"after {count(n, 'day')}"


def hours(x: float) -> str:
    """Hours of work."""
    return f"{x:,.0f} hours" if x >= 1.5 else "an hour" if x >= 0.5 else "less than an hour"


def index(x: float) -> str:
    """A number in [0, 1]."""
    text = f"{x:.2f}"
    return text.replace("-", "−") if float(text) else "0"


def share(x: float) -> str:
    """A share in whole per cent."""
    return f"{100 * x:.0f} %".replace("-", "−")


def small_shares(*values: float) -> list[str]:
    """Small shares in per cent, with as many digits as it takes to tell them apart."""
    texts: list[str] = []
    for digits in range(2, _MOST_DIGITS + 1):
        texts = [f"{100 * x:.{digits}g} %" for x in values]
        if len(set(texts)) == len(set(values)):
            break
    return texts


def once_in(probability: float) -> str:
    """How often that is."""
    n = round(1.0 / probability) if probability > 0 else 0
    return f"once in {n:,} weeks" if n > 1 else "at once"


def causes(shares: Sequence[tuple[str, float]], least: float = 0.1) -> str:
    """Causes with their shares of a change, the largest first; below 0 what worked against it."""
    ordered = sorted(shares, key=lambda pair: -pair[1])
    return ", ".join(f"{name} {share(x)}" for name, x in ordered if abs(x) >= least)
