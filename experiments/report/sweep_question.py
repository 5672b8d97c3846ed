"""What a sweep asks, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from experiments.report.grid import Grid
from experiments.report.study_origin import places_of
from experiments.report.words import in_years
from experiments.sweep.design import as_text
from experiments.wording import listed
from simulation import Scenario
from simulation.addresses import Steps
from simulation.dials import DIAL_NOTES
from simulation.parameters import PARAMETERS
from simulation.scenario import WEEKS_PER_YEAR

if TYPE_CHECKING:
    from experiments.study import Study
    from experiments.sweep.result import Sweep

_HORIZON = "horizon_years"
_NAMED = 3  # keys that a sentence can bear
_VALUES = 12  # of a key, that a table can bear


def sweep_title(result: Sweep) -> str:
    """Scenario, regimes and what is varied."""
    return f"{result.scenario}: {listed(result.regimes)} over {_what(result.keys)}"


def sweep_question(result: Sweep, first: Scenario) -> str:
    """What was asked, in words that need no knowledge of the program."""
    horizon = f" over {in_years(first.weeks / WEEKS_PER_YEAR)}"
    if _HORIZON in result.keys:
        horizon = ""
    does = "rewards and informs its people as in"
    firm = f"the firm {result.scenario}"
    return (
        f"What comes of it{horizon} when {firm} {does} {listed(result.regimes, 'or')}, and how "
        f"does that depend on {_what(result.keys)}?"
    )


def design_in_words(result: Sweep) -> str:
    """How the points were chosen."""
    n = f"{len(result.points):,} points"
    if result.design == "grid":
        return f"{n}: a full grid, every value of a key with every value of the others."
    return (
        f"{n}: a Latin hypercube. The range of every key is cut into as many parts as there are "
        "points, and each part has one point."
    )


def varied_grid(study: Study, base: Scenario, keys: Sequence[str]) -> Grid:
    """What is varied, and what it means."""
    asked = study.asked["vary"]
    rows = tuple(
        (key, _values(asked[key]), meaning(base, steps))
        for key, steps in places_of(base, keys).items()
    )
    return Grid("What is varied", ("key", "values", "meaning"), rows, prose=True)


def _what(keys: Sequence[str]) -> str:
    return listed(keys) if len(keys) <= _NAMED else f"{len(keys)} keys"


def _values(axis: str | Sequence[Any]) -> str:
    """A range LOW:HIGH or LOW:HIGH:N, or a list."""
    if isinstance(axis, str):
        low, high, *steps = axis.split(":")
        return f"{low} to {high}, {f'{steps[0]} steps' if steps else 'drawn evenly'}"
    texts = [as_text(value) for value in axis[:_VALUES]]
    more = f" and {len(axis) - _VALUES} more" if len(axis) > _VALUES else ""
    return ", ".join(texts) + more


def meaning(base: Scenario, steps: Steps) -> str:
    """What a key of a scenario is."""
    match steps:
        case ("parameters", name):
            found = PARAMETERS[name]
            return f"{found.meaning} Unit: {found.unit}; the model's own value: {found.default:g}."
        case ("regime", dial):
            return f"A dial, set alike in every regime. {DIAL_NOTES[dial].meaning}"
        case _:
            return _described(base, steps)


def _described(base: Scenario, steps: Steps) -> str:
    """What the scenario's own description says of a value; empty if nothing."""
    place: Any = base
    for step in steps[:-1]:
        if isinstance(place, Sequence):
            place = next((item for item in place if getattr(item, "name", None) == step), None)
        else:
            place = getattr(place, step, None)
    found = getattr(type(place), "model_fields", {}).get(steps[-1])
    return (found and found.description) or ""
