"""A frontier laid out: every place of a grid is a cell; which are run is decided on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.compare import AnyRegime
from experiments.conduct import Means, closed, crowd_of, keeper_of
from experiments.frontier.choice import ROUND, START, first_round, next_round
from experiments.frontier.result import Frontier, gaps_at
from experiments.metrics import NEUTRAL, SUMMARISED
from experiments.metrics import metric as measure_of
from experiments.runner import Progress, run_into
from experiments.runs import Keep, Run, RunSpec, run_one
from experiments.study import Study
from experiments.sweep.cells import Cell
from experiments.sweep.cells import Plan as Grid
from experiments.sweep.cells import plan as grid_plan
from simulation import Scenario, ScenarioError
from simulation.errors import Problem, nearest, show

STEPS = 21
"""Places along each key: its range in twentieths."""
POINTS = 40
REPLICATIONS = 8
_WHOLE = "whole numbers"  # in the refusal of more steps than a key has whole numbers


@dataclass(frozen=True)
class Plan:
    """A frontier to be found: a study, the places of the map, and both firms at each of them."""

    study: Study
    places: pd.DataFrame
    cells: Sequence[Cell]
    points: int

    def carry_out(self, means: Means, run: Run = run_one) -> Frontier:
        """Run where it is open which regime is better; see `frontier`.

        What comes next hangs on nothing but the runs before: after an interruption the same points
        are found again.
        """
        study = self.study
        total = self.points * len(study.regimes) * study.replications
        with keeper_of(study, means) as runs, crowd_of(means, total) as crowd:
            taken: list[int] = []
            found = first_round(study, self.places)
            while found:
                taken += found
                tell = means.progress and _out_of(means.progress, total)
                run_into(runs, self._specs(taken), crowd, tell, run)
                gaps = partial(gaps_at, study, runs, measure=study.asked["metric"])
                found = next_round(study, self.places, taken, gaps)
            kept = closed(runs)
        return Frontier(study, self.places, kept, tuple(taken), means.folder).checked()

    def _specs(self, taken: Sequence[int]) -> list[RunSpec]:
        chosen = set(taken)
        return [
            RunSpec(cell.scenario, cell.label, self.study.seed + r, Keep.SUMMARY)
            for cell in self.cells
            if cell.point in chosen
            for r in range(self.study.replications)
        ]


def _out_of(progress: Progress, total: int) -> Progress:
    """Tell how much is done of the most that there may be."""
    return lambda done, _: progress(done, total)


def plan(
    scenario: Scenario | str | Path,
    x: tuple[str, float, float],
    y: tuple[str, float, float],
    regimes: Sequence[AnyRegime],
    metric: str = "retention",
    points: int = POINTS,
    replications: int = REPLICATIONS,
    seed: int = 0,
    years: float | None = None,
    overrides: Mapping[str, object] | None = None,
    steps: int = STEPS,
) -> Plan:
    """Lay out a frontier of so many places along each key; all else is as for `frontier`."""
    _check(x, y, regimes, metric, points, replications)
    vary = {key: (low, high, steps) for key, low, high in (x, y)}
    laid_out = _on_grid(scenario, vary, regimes, replications, seed, years, overrides)
    asked = {
        **laid_out.study.asked,
        "metric": metric,
        "most_points": points,
        "start": START,
        "round": ROUND,
    }
    study = replace(laid_out.study, kind="frontier", asked=asked, estimates=(metric,))
    return Plan(study, laid_out.points, laid_out.cells, points)


def _on_grid(
    scenario: Scenario | str | Path,
    vary: Mapping[str, tuple[float, float, int]],
    regimes: Sequence[AnyRegime],
    replications: int,
    seed: int,
    years: float | None,
    overrides: Mapping[str, object] | None,
) -> Grid:
    """The grid of a sweep; of keys that take whole numbers, all of them or every so many."""
    try:
        return grid_plan(scenario, vary, regimes, replications, None, seed, years, overrides)
    except ScenarioError as error:
        fewer = {
            key: (low, high, room)
            for key, (low, high, _) in vary.items()
            if any(
                p.field == f"vary {key}" and "whole numbers" in p.allowed for p in error.problems
            )
            and (room := int(np.floor(high) - np.ceil(low)) + 1) > 1
        }
        if not fewer:
            raise
        return _on_grid(scenario, {**vary, **fewer}, regimes, replications, seed, years, overrides)


def _check(
    x: tuple[str, float, float],
    y: tuple[str, float, float],
    regimes: Sequence[AnyRegime],
    metric: str,
    points: int,
    replications: int,
) -> None:
    problems = []
    if x[0] == y[0]:
        problems.append(Problem(field="y", given=show(y[0]), allowed="another key than that of x"))
    if isinstance(regimes, str | Mapping) or len(regimes) != 2:
        listed = regimes if isinstance(regimes, str | Mapping) else ", ".join(map(str, regimes))
        problems.append(Problem(field="regimes", given=show(listed), allowed="two regimes"))
    directed = [name for name in SUMMARISED if measure_of(name).direction != NEUTRAL]
    if metric not in directed:
        allowed = "a measure of which more, or less, is better"
        near = nearest(metric, directed)
        problems.append(Problem(field="metric", given=show(metric), allowed=allowed, nearest=near))
    if points < START:
        problems.append(Problem(field="points", given=show(points), allowed=f"{START} or more"))
    if replications < 2:
        allowed = "2 or more, to tell luck from difference"
        problems.append(Problem(field="replications", given=show(replications), allowed=allowed))
    if problems:
        raise ScenarioError(problems)
