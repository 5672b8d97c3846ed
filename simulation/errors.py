"""What is wrong with an input, told so that its author can mend it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

_SHOWN_MOST = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in a scenario, a regime or an override.

    Attributes
    ----------
    file : str
        File the value stands in; empty when it came from Python or the command line.
    line : int or None
        Line in that file, counted from 1, where there is one.
    field : str
        Dotted path of the field; items of lists go by their name.
    given : str
        What was found there, ready to print.
    allowed : str
        What may stand there, ready to print.
    nearest : str or None
        The right name closest to a misspelt one.
    """

    file: str = ""
    line: int | None = None
    field: str = ""
    given: str = ""
    allowed: str = ""
    nearest: str | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.file and self.line else self.file
        lead = "".join(f"{part}: " for part in (place, self.field) if part)
        hint = f"; did you mean '{self.nearest}'?" if self.nearest else ""
        return f"{lead}given {self.given}, allowed {self.allowed}{hint}"


class ScenarioError(ValueError):
    """The input was refused before anything ran.

    Parameters
    ----------
    problems : iterable of Problem
        Everything that was found wrong, in the order of discovery.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: list[Problem] = list(problems)
        # The list is the only argument so that the error survives a trip between processes.
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def show(value: object) -> str:
    """Write a value the way a scenario file would, cut to a readable length."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:.10g}" if math.isfinite(value) else f".{str(value).lstrip('-')}"
        case Mapping():
            return "a mapping" if value else "an empty mapping"
        case str():
            text = repr(value)
        case Sequence():
            return f"a list of {len(value)}" if value else "an empty list"
        case _:
            text = _digits(value) if isinstance(value, int) else str(value)
    return text if len(text) <= _SHOWN_MOST else f"{text[: _SHOWN_MOST - 3]}..."


def _digits(value: int) -> str:
    # Python refuses to print integers of thousands of digits.
    return str(value) if value.bit_length() < 1000 else "a number of hundreds of digits"


def nearest(name: object, candidates: Iterable[str]) -> str | None:
    """Return the candidate that `name` is probably a misspelling of, if any."""
    if not isinstance(name, str):
        return None
    by_folded = {candidate.lower(): candidate for candidate in candidates}
    found = get_close_matches(name.lower(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def one_of(names: Iterable[str]) -> str:
    """Join names into a phrase for `Problem.allowed`."""
    listed = list(names)
    if not listed:
        return "nothing (there is none)"
    if len(listed) > 12:
        return f"{', '.join(listed[:10])} and {len(listed) - 10} more"
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} or {listed[-1]}"
