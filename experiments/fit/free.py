"""What is fitted: keys of the scenario, the range of each, and what it is now."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.fit.columns import MOVED_BY
from experiments.statistics import Values
from simulation import Scenario, ScenarioError
from simulation.addresses import addresses, item_name
from simulation.dials import is_number
from simulation.errors import Problem, nearest, show
from simulation.parameters import PARAMETERS

MOST_KEYS = 8
FORM = "KEY=LOW:HIGH"
FACTOR = 3.0  # of the default ranges, up and down; of a share it is the odds
_LOG_FROM = 3.0  # times its low a high is from which on steps are factors
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Free:
    """A key that is fitted.

    Attributes
    ----------
    key : str
        Dotted key, or the bare name of a dial or coefficient.
    low, high : float
        The range in which it is looked for.
    start : float
        What the scenario says, moved into the range.
    """

    key: str
    low: float
    high: float
    start: float

    @property
    def by_factors(self) -> bool:
        """Whether even steps are even factors."""
        return self.low > 0 and self.high >= _LOG_FROM * self.low

    def place(self, value: float) -> float:
        """Where a value lies in the range, from 0 to 1."""
        low, high = self._ends
        return (self._scaled(value) - low) / (high - low)

    def value(self, place: float) -> float:
        """The value at this place, with as many digits as are written down."""
        low, high = self._ends
        scaled = low + place * (high - low)
        value = float(f"{math.exp(scaled) if self.by_factors else scaled:.{_DIGITS}g}")
        return min(max(value, self.low), self.high)

    @property
    def _ends(self) -> tuple[float, float]:
        return self._scaled(self.low), self._scaled(self.high)

    def _scaled(self, value: float) -> float:
        return math.log(value) if self.by_factors else value


def parse_fit(texts: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Read options `KEY=LOW:HIGH`.

    Raises
    ------
    ScenarioError
        If a text is not of this form, or a key is given twice.
    """
    found: dict[str, tuple[float, float]] = {}
    for text in texts:
        key, _, span = (part.strip() for part in text.partition("="))
        low, colon, high = span.partition(":")
        if not (key and colon):
            raise ScenarioError([Problem(field="--fit", given=show(text), allowed=FORM)])
        if key in found:
            raise ScenarioError([Problem(field=f"--fit {key}", given="twice", allowed="it once")])
        try:
            found[key] = float(low), float(high)
        except ValueError:
            allowed = f"numbers, {FORM}"
            raise ScenarioError(
                [Problem(field="--fit", given=show(text), allowed=allowed)]
            ) from None
    return found


def free_of(
    base: Scenario, fit: Mapping[str, tuple[float, float]] | None, columns: Sequence[str]
) -> tuple[Free, ...]:
    """What is fitted.

    Parameters
    ----------
    base : Scenario
        The firm.
    fit : mapping, optional
        Low and high by key. By default the ranges under `uncertain`, if there are any and at most
        `MOST_KEYS`; else of a few coefficients those that chiefly move the columns there are.
    columns : sequence of str
        Of the data.

    Raises
    ------
    ScenarioError
        If a key is unknown or none that takes any number of its range, or a range is wrong.
    """
    wanted = dict(fit) if fit else _default(base, columns)
    known = addresses(base.model_dump())
    problems: list[Problem] = []
    if not 1 <= len(wanted) <= MOST_KEYS:
        given = f"{len(wanted)} keys" if wanted else "nothing that these columns say much about"
        problems.append(
            Problem(field="--fit", given=given, allowed=f"1 to {MOST_KEYS} keys, {FORM}")
        )
    taken: dict[tuple[str, ...], str] = {}
    for key, (low, high) in wanted.items():
        field = f"--fit {key}"
        if key not in known:
            allowed = "a dotted key of the scenario, a dial or a coefficient"
            problems.append(
                Problem("", None, field, "an unknown key", allowed, nearest(key, known))
            )
        elif known[key] in taken:
            given = f"the same as {taken[known[key]]}"
            problems.append(Problem(field=field, given=given, allowed="every key once"))
        elif not (math.isfinite(low) and math.isfinite(high) and low < high):
            given = f"{show(float(low))}:{show(float(high))}"
            problems.append(Problem(field=field, given=given, allowed="a LOW that is below HIGH"))
        else:
            problems += _refused_values(base, key, (low, high))
        if key in known:
            taken[known[key]] = key
    if problems:
        raise ScenarioError(problems)
    for end in (0, 1):  # what is allowed for each may not be for all together
        base.replace({key: ends[end] for key, ends in wanted.items()})
    found = []
    for key, (low, high) in wanted.items():
        now = now_of(base, key)
        start = min(max(now, low), high) if math.isfinite(now) else (low + high) / 2
        found.append(Free(key, low, high, start))
    return tuple(found)


def resolved(base: Scenario, free: Sequence[Free], place: Values) -> dict[str, float]:
    """The values of all keys at a point of the unit cube."""
    return {one.key: one.value(float(x)) for one, x in zip(free, place, strict=True)}


def places_of(free: Sequence[Free], values: Mapping[str, float]) -> Values:
    """The point of the unit cube that has these values."""
    return np.array([one.place(values[one.key]) for one in free], np.float64)


def _default(base: Scenario, columns: Sequence[str]) -> dict[str, tuple[float, float]]:
    if 1 <= len(base.uncertain) <= MOST_KEYS:
        return dict(base.uncertain)
    said = {key.removeprefix("parameters."): ends for key, ends in base.uncertain.items()}
    moved = [key for key, about in MOVED_BY.items() if any(name in about for name in columns)]
    return {key: said.get(key) or _around(base, key) for key in moved[:MOST_KEYS]}


def _around(base: Scenario, name: str) -> tuple[float, float]:
    """The default range of a coefficient: around what the scenario says."""
    parameter = PARAMETERS[name]
    now = base.parameters.get(name, parameter.default)
    if parameter.share:
        rest = 1 - now
        low, high = (now * times / (now * times + rest) for times in (1 / FACTOR, FACTOR))
    else:
        low, high = now / FACTOR, now * FACTOR
    low, high = (float(f"{end:.2g}") for end in (low, high))
    return max(low, parameter.low), min(high, parameter.high)


def _refused_values(base: Scenario, key: str, ends: tuple[float, float]) -> list[Problem]:
    """What the scenario says against the ends of a range, and against a number within."""
    low, high = ends
    between = low + (high - low) / math.pi  # not a whole number by chance
    for value in (low, high, between):
        try:
            base.replace({key: value})
        except ScenarioError as error:
            return [
                Problem(field=f"--fit {key}", given=show(value), allowed=problem.allowed)
                for problem in error.problems
            ]
    return []


def now_of(base: Scenario, key: str) -> float:
    """What a key is in the scenario; NaN if it says nothing."""
    data: dict[str, Any] = base.model_dump()
    steps = list(addresses(data)[key])
    if steps[0] == "parameters":
        return base.parameters.get(steps[1], PARAMETERS[steps[1]].default)
    if steps[:2] == ["regime", "departments"]:
        own = data["regime"]["departments"].get(steps[2], {})
        return float(own.get(steps[3], data["regime"][steps[3]]))
    place: Any = data
    while steps:
        if isinstance(place, Mapping):
            place = place.get(steps.pop(0))
        elif isinstance(place, Sequence) and steps[0].isdigit():
            place = place[int(steps.pop(0))]
        else:
            named = {item_name(item): item for item in place}
            length = 1 if steps[0] in named else 2
            place = named.get(".".join(steps[:length]))
            del steps[:length]
        if place is None:
            return math.nan
    return float(place) if is_number(place) else math.nan
