"""A sweep laid out: its points, and every regime at every point as a cell of a study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from experiments.compare import OWN, REGIMES, AnyRegime, check_seeds
from experiments.conduct import Means, carry_out
from experiments.metrics import is_listed
from experiments.runs import Keep
from experiments.scenario_file import render
from experiments.study import Study
from experiments.sweep.design import (
    Axis,
    Span,
    Vary,
    as_table,
    axes_of,
    grid,
    hypercube,
    refused,
    size_of_grid,
)
from experiments.sweep.result import Sweep, cell_label
from simulation import Scenario, ScenarioError, resolve
from simulation.addresses import addresses
from simulation.errors import Problem, show

MOST_RUNS = 100_000
MOST_CELLS = 20_000  # all are resolved before the first run, at about 70 kB each
REPLICATIONS = 4

_HORIZON = "horizon_years"


class Cell(NamedTuple):
    """A regime at a point of the design.

    Attributes
    ----------
    label : str
        Names the cell among all of a sweep.
    point : int
        Row of the point in the table of points.
    regime : str
        Name of the regime.
    scenario : Scenario
        Resolved: with the regime, the horizon, the overrides and the values of the point.
    """

    label: str
    point: int
    regime: str
    scenario: Scenario


@dataclass(frozen=True)
class Plan:
    """A sweep to be made: a study, its points, and every regime at every point, point by point."""

    study: Study
    points: pd.DataFrame
    cells: Sequence[Cell]

    @property
    def scenarios(self) -> Mapping[str, Scenario]:
        """The resolved scenario of each cell, by label."""
        return {cell.label: cell.scenario for cell in self.cells}

    def carry_out(self, means: Means) -> Sweep:
        """Run what is missing; see `sweep`."""
        runs, replications = carry_out(self.study, self.scenarios, means, keep=Keep.SUMMARY)
        return Sweep(self.study, self.points, runs, replications, means.folder)


def plan(
    scenario: Scenario | str | Path,
    vary: Vary,
    regimes: Sequence[AnyRegime] = REGIMES,
    replications: int = REPLICATIONS,
    samples: int | None = None,
    seed: int = 0,
    years: float | None = None,
    overrides: Mapping[str, object] | None = None,
) -> Plan:
    """Lay out a sweep; parameters and errors are those of `sweep`."""
    axes = axes_of(vary, samples)
    _check(regimes, replications, seed)
    overrides = dict(overrides or {})
    size = size_of_grid(axes) if samples is None else samples
    check_size(size, len(regimes), replications)
    base = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)
    check_keys(base, axes, overrides, years)
    firms = [base if regime == OWN else base.with_regime(regime) for regime in regimes]
    names = [firm.regime.name for firm in firms]
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        raise refused("regimes", f"{show(twice[0])} twice", "regimes of different names")
    whole = [key for key, axis in axes.items() if takes_whole(base, key, axis)]
    points = grid(axes, whole) if samples is None else hypercube(axes, samples, seed, whole)
    cells = [
        Cell(cell_label(place, name), place, name,
             resolve(firm, None, {**overrides, **point}, years))
        for place, point in enumerate(points)
        for name, firm in zip(names, firms, strict=True)
    ]  # fmt: skip
    study = Study(
        kind="sweep",
        scenario=base.name,
        regimes=tuple(names),
        cells={cell.label: cell.scenario.digest for cell in cells},
        seed=seed,
        replications=replications,
        asked={
            "years": years,
            "overrides": overrides,
            "vary": {k: str(axis) if isinstance(axis, Span) else axis for k, axis in axes.items()},
            "samples": samples,
            "points": {key: [point[key] for point in points] for key in axes},
            "regimes": {
                name: firm.regime.model_dump(mode="json", exclude_none=True)
                for name, firm in zip(names, firms, strict=True)
            },
        },
        base=render(base, base.name),
    )
    return Plan(study, as_table(points), cells)


def _check(regimes: Sequence[AnyRegime], replications: int, seed: int) -> None:
    problems = []
    if isinstance(regimes, str | Mapping) or not regimes:
        given = show(regimes) if regimes else "none"
        problems.append(Problem(field="regimes", given=given, allowed="a list of one or more"))
    if replications < 1:
        problems.append(
            Problem(field="replications", given=show(replications), allowed="1 or more")
        )
    if problems:
        raise ScenarioError(problems)
    check_seeds(seed, replications)


def check_size(points: int, regimes: int, replications: int) -> None:
    """Refuse more runs, or more firms, than one study can hold."""
    cells, runs = points * regimes, points * regimes * replications
    if runs > MOST_RUNS or cells > MOST_CELLS:
        given = (
            f"{points:,} points × {regimes} regimes × {replications} replications: {runs:,} runs"
        )
        allowed = f"{MOST_RUNS:,} runs, and {MOST_CELLS:,} points times regimes, or fewer"
        raise refused("vary", given, allowed)


def check_keys(
    base: Scenario, axes: Mapping[str, Axis], overrides: Mapping[str, object], years: float | None
) -> None:
    """Refuse keys that stand for the same value; unknown ones are refused where they are used."""
    if years is not None and _HORIZON in axes:
        raise refused(f"vary {_HORIZON}", "together with --years", "one of the two")
    known = addresses(base.model_dump())
    taken = {known[key]: f"--set {key}" for key in overrides if key in known}
    for key in axes:
        if key in known and known[key] in taken:
            raise refused(f"vary {key}", f"also {taken[known[key]]}", "every key once")
        if key in known:
            taken[known[key]] = f"vary {key}"
        if key in known and is_listed(key):
            full = ".".join(known[key])
            raise refused(f"vary {key}", "a name that a measure has too", f"the full key, {full}")


def takes_whole(base: Scenario, key: str, axis: Axis) -> bool:
    """Whether the scenario refuses a fraction of this range because it takes whole numbers."""
    if not isinstance(axis, Span):
        return False
    try:
        resolve(base, None, {key: int(axis.low) + 0.5})
    except ScenarioError as error:
        return any("whole number" in problem.allowed for problem in error.problems)
    return False
