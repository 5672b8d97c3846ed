"""Plain answers read: amounts, counts, rates, shares and words; wrong ones refused in a line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

from simulation.errors import Problem, ScenarioError, nearest, show

WEEKS_IN = {"day": 1 / 5, "week": 1.0, "month": 52 / 12, "quarter": 13.0, "year": 52.0}
"""Length of a period in weeks; a day is a working day."""

_ADVERBS = {f"{period}ly": period for period in WEEKS_IN} | {"daily": "day", "annually": "year"}
_NUMBER_WORDS = {"a": 1, "an": 1, "one": 1, "once": 1, "two": 2, "twice": 2, "three": 3, "four": 4}
_TENS = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}
_SHARE_WORDS = {
    "none": 0.0,
    "nobody": 0.0,
    "a tenth": 0.1,
    "a fifth": 0.2,
    "a quarter": 0.25,
    "a third": 1 / 3,
    "half": 0.5,
    "two thirds": 2 / 3,
    "three quarters": 0.75,
    "most": 0.8,
    "all": 1.0,
}
_NUMBER = r"\d+(?:[ ,']\d{3})*(?:\.\d+)?"
# a period may be said in three ways: `a week`, `per week`, `/week`
_PER = r"\s*(?:an?|per|every|/)\s*(?P<period>day|week|month|quarter|year)s?$"


def refused(given: object, allowed: str, near: str | None = None) -> ScenarioError:
    """The error for an answer that cannot be understood."""
    return ScenarioError([Problem(given=show(given), allowed=allowed, nearest=near)])


def plain(text: str) -> str:
    """An answer in small letters, single spaces, without a full stop."""
    return " ".join(text.casefold().split()).strip(" .;,!")


def number(text: str, allowed: str) -> float:
    """Read a number such as 12, 8 000, 1,200, 68k or `1.5 million`."""
    found = re.fullmatch(rf"({_NUMBER})\s*({'|'.join(_TENS)})?", plain(text))
    if not found:
        raise refused(text, allowed)
    return float(re.sub("[ ,']", "", found[1])) * _TENS.get(found[2], 1.0)


def whole(text: str, low: int, high: int, allowed: str) -> int:
    """Read a whole number in a range."""
    value = number(text, allowed)
    if not value.is_integer() or not low <= value <= high:
        raise refused(text, allowed)
    return int(value)


def share(text: str, allowed: str) -> float:
    """Read a percentage, or words such as `a third`; returns a share in [0, 1].

    A number between 0 and 1 without a percent sign is refused: it may be a share or a percentage.
    """
    words = plain(text)
    if words in _SHARE_WORDS:
        return _SHARE_WORDS[words]
    bare = re.sub(r"\s*(%|percent|per cent)$", "", words)
    value = number(bare, allowed)
    if value > 100 or (0 < value < 1 and bare == words):
        raise refused(text, allowed)
    return value / 100


def money_a_week(text: str, allowed: str) -> float:
    """Read an amount with its period, such as `5600 a month`; returns it per week.

    The period is wanted: 5600 alone may be a week's or a month's.
    """
    found = re.fullmatch(rf"(?P<amount>.+?){_PER}", plain(text))
    if not found:
        raise refused(text, allowed)
    value = number(found["amount"], allowed) / WEEKS_IN[found["period"]]
    if not 0 < value <= 1_000_000:
        raise refused(text, allowed)
    return value


def times_a_week(text: str, allowed: str) -> float:
    """Read how often: `5 a year`, `twice a month`, `weekly`, `every quarter`; times per week."""
    words = plain(text)
    if words in _ADVERBS:
        return 1 / WEEKS_IN[_ADVERBS[words]]
    found = re.fullmatch(rf"(?P<count>.*?)(?:\s*times)?{_PER}", words)
    if not found:
        raise refused(text, allowed)
    said = found["count"].strip() or "once"
    count = _NUMBER_WORDS[said] if said in _NUMBER_WORDS else number(said, allowed)
    if not 0 < count / WEEKS_IN[found["period"]] <= 5:
        raise refused(text, allowed)
    return count / WEEKS_IN[found["period"]]


def hours_of_week(text: str, allowed: str) -> float:
    """Read hours of a 40-hour week, or a percentage of it; returns a share of at most a half."""
    words = plain(text)
    found = re.fullmatch(r"(.+?)\s*(?:hours?|h)(?: a week)?", words)
    if words in ("none", "no time", "nothing"):
        return 0.0
    if found and found[1] in ("half an", "half"):
        value = 0.5 / 40
    elif found:
        said = found[1]
        value = (_NUMBER_WORDS.get(said) or number(said, allowed)) / 40
    elif words == "half a day":
        value = 0.1
    elif words.endswith(("%", "percent")):
        value = share(words, allowed)
    else:
        raise refused(text, allowed)
    if value > 0.5:
        raise refused(text, allowed)
    return value


def yes_or_no(text: str) -> bool:
    """Read yes or no."""
    words = plain(text)
    if words in ("yes", "y", "true"):
        return True
    if words in ("no", "n", "none", "false"):
        return False
    raise refused(text, "yes or no")


def scale(words: Mapping[str, float], low: str, high: str) -> Callable[[str], float]:
    """Make a reader of one of some words, or of a number from 0 (`low`) to 100 (`high`).

    Parameters
    ----------
    words : mapping of str to float
        What may be said, and what it means, in [0, 1].
    low, high : str
        What the ends mean, for the refusal.

    Returns
    -------
    callable
        From an answer to a value in [0, 1].
    """
    allowed = f"{', '.join(words)}, or a number from 0 ({low}) to 100 ({high})"

    def read(text: str) -> float:
        said = plain(text)
        for word, value in words.items():
            if said.removeprefix("the ") == word.removeprefix("the "):
                return value
        try:
            return share(text, allowed)
        except ScenarioError:
            raise refused(text, allowed, nearest(said, words)) from None

    return read


def parts(text: str, separator: str) -> list[str]:
    """Split a list in an answer; empty pieces are left out."""
    return [piece.strip() for piece in text.split(separator) if piece.strip()]


def known_name(text: str, names: Iterable[str]) -> str:
    """Find one of some names, however it is capitalised and spaced."""
    listed = list(names)
    name = slug(text)
    if name not in listed:
        raise refused(text, ", ".join(listed) or "nothing", nearest(name, listed))
    return name


def slug(text: str) -> str:
    """A name as a scenario file writes it: `Customer Support` becomes customer_support."""
    letters = unicodedata.normalize("NFKD", plain(text.replace("&", " and ")))
    words = "".join(sign for sign in letters if not unicodedata.combining(sign))
    words = re.sub(r"[^a-z0-9]+", "_", words).strip("_")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", words):
        raise refused(text, "a name of up to 40 letters and digits that begins with a letter")
    return words


def hundred(values: Iterable[float], given: str, allowed: str) -> list[float]:
    """Turn percentages that add up to 100 into shares that add up to one."""
    listed = list(values)
    total = sum(listed)
    if abs(total - 100) > 0.5:
        raise refused(f"{given} (adds up to {total:g})", allowed)
    return [value / total for value in listed]
