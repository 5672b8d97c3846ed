"""What is varied in a sensitivity analysis: keys, and how each goes through its range."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np

from experiments.metrics import is_listed
from experiments.statistics import Values
from experiments.sweep.cells import takes_whole
from experiments.sweep.design import FEWEST, Span, clean, refused
from simulation import Scenario
from simulation.errors import show
from simulation.parameters import PARAMETERS, Parameter

ASSUMED = "assumed"
"""Stands for all assumed coefficients, each within the range that is plausible for it."""
FORM = "KEY=LOW:HIGH"

Scale = Literal["even", "ratio", "odds", "whole"]
Ranges = Mapping[str, tuple[float, float]]


def plausible_ranges() -> dict[str, tuple[float, float]]:
    """The ranges of all coefficients that are assumed, by key."""
    ranges = {
        f"parameters.{name}" if is_listed(name) else name: parameter.plausible
        for name, parameter in PARAMETERS.items()
    }
    return {key: ends for key, ends in ranges.items() if ends[0] < ends[1]}


def parameter_of(key: str) -> Parameter | None:
    """The coefficient that a key stands for, if it stands for one."""
    return PARAMETERS.get(key.removeprefix("parameters."))


def is_assumed(key: str) -> bool:
    """Whether a key is a coefficient of which no published value is known and none was fitted."""
    parameter = parameter_of(key)
    return parameter is not None and parameter.assumed


@dataclass(frozen=True, slots=True)
class Factor:
    """One key that is varied.

    Attributes
    ----------
    key : str
        As for `--set`.
    low, high : float
        Its range.
    scale : "even", "ratio", "odds" or "whole"
        On which scale its values lie evenly: as they are; on that of logarithms, or for a share of
        log odds (the range of an assumed coefficient is a factor up and down); or whole numbers.
    """

    key: str
    low: float
    high: float
    scale: Scale = "even"

    @classmethod
    def of(cls, base: Scenario, key: str, ends: Sequence[Any]) -> Self:
        """Choose the scale.

        Raises
        ------
        ScenarioError
            If the range is not one, or has too few whole numbers for a key that takes no others.
        """
        _check_range(key, ends)
        low, high = ends
        parameter = parameter_of(key)
        if parameter and ends == parameter.plausible:
            return cls(key, low, high, "odds" if parameter.share else "ratio")
        if takes_whole(base, key, Span(low, high)):
            if math.floor(high) - math.ceil(low) + 1 < FEWEST:
                allowed = f"a range with {FEWEST} whole numbers or more"
                raise refused(f"vary {key}", f"{show(low)}:{show(high)}", allowed)
            return cls(key, math.ceil(low), math.floor(high), "whole")
        return cls(key, low, high)

    def at(self, places: Values) -> list[Any]:
        """Its values at places from 0 (low) to 1 (high) in its range."""
        if self.scale == "whole":
            room = int(self.high - self.low) + 1
            return [int(self.low) + min(int(place * room), room - 1) for place in places]
        ends = np.array([self.low, self.high], np.float64)
        if self.scale == "odds":
            ends = ends / (1.0 - ends)
        if self.scale != "even":
            ends = np.log(ends)
        drawn = ends[0] + places * (ends[1] - ends[0])
        if self.scale != "even":
            drawn = np.exp(drawn)
        if self.scale == "odds":
            drawn = drawn / (1.0 + drawn)
        return [clean(min(max(x, self.low), self.high)) for x in drawn]


def _check_range(key: str, ends: Any) -> None:
    field = f"vary {key}"
    if not isinstance(ends, tuple) or len(ends) != 2:
        text = ":".join(map(show, ends)) if isinstance(ends, tuple) else show(ends)
        raise refused(field, text, f"a range, {FORM}")
    text = ":".join(map(show, ends))
    if not all(isinstance(end, int | float) and math.isfinite(end) for end in ends):
        raise refused(field, text, f"numbers ({FORM})")
    if not ends[0] < ends[1]:
        raise refused(field, text, "a LOW that is less than HIGH")
