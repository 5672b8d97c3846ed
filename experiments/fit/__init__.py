"""A scenario fitted to a firm's own monthly figures, and what these figures cannot tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from experiments.compare import check_seeds
from experiments.conduct import Means, closed, crowd_of, keeper_of
from experiments.fit.data import Data
from experiments.fit.free import free_of
from experiments.fit.result import Fit
from experiments.fit.search import LIVES, Firms, Wanted, find, require_optuna
from experiments.fit.surface import terms_of
from experiments.runner import Crowd, Progress
from experiments.runs import Run, run_one
from experiments.scenario_file import render
from experiments.study import Study
from simulation import Scenario, ScenarioError
from simulation.errors import Problem, show

__all__ = ["REPLICATIONS", "Data", "Fit", "Plan", "calibrate", "plan"]

REPLICATIONS = 4
_POINTS_LEAST, _POINTS_A_TERM = 48, 4
_LEAST_A_TERM = 2


def calibrate(
    scenario: Scenario | str | Path,
    data: Data | Path | str,
    fit: Mapping[str, tuple[float, float]] | None = None,
    replications: int = REPLICATIONS,
    trials: int | None = None,
    seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
    *,
    warm_up: int = 0,
    folder: Path | str | None = None,
    replace: bool = False,
    retry: bool = False,
    crowd: Crowd | None = None,
) -> Fit:
    """Fit a scenario to a firm's own months.

    Every point has the same luck: replication r has seed `seed + r`. The model's own noise is taken
    from runs with seeds that the search does not see.

    Parameters
    ----------
    scenario : Scenario, str or Path
        The firm: an object, a shipped name, or a file; under its own regime.
    data : Data, Path or str
        The months: a CSV file (see `docs/your-data.md`), or `example`.
    fit : mapping, optional
        Low and high of what is fitted, by key. By default the scenario's `uncertain` ranges if
        there are at most eight, else coefficients that the columns say most about.
    replications : int
        Runs of each point.
    trials : int, optional
        Points that are looked at; by default more for more keys.
    seed : int
        Of the first replication, and of the search.
    warm_up : int
        Weeks that the model lives before the first month.
    workers, progress, folder, replace, retry, crowd
        As for `experiments.compare`.

    Raises
    ------
    ScenarioError
        If the input is wrong, or runs fail nearly everywhere.
    StoreError
        If the folder cannot be used, or somebody else is at work on it.

    Examples
    --------
    >>> found = calibrate("small_firm", "example")  # doctest: +SKIP
    >>> found.parameters  # doctest: +SKIP
    """
    asked = plan(scenario, data, fit, replications, trials, seed, warm_up=warm_up)
    where = Path(folder) if folder is not None else None
    return asked.carry_out(Means(where, replace, retry, workers, crowd, progress))


@dataclass(frozen=True)
class Plan:
    """A calibration to be made: a study, and what is looked for."""

    study: Study
    wanted: Wanted
    data: Data

    def carry_out(self, means: Means, run: Run = run_one) -> Fit:
        """Run what is missing; see `calibrate`."""
        with (
            keeper_of(self.study, means) as runs,
            crowd_of(means, self.wanted.runs) as crowd,
        ):
            firms = Firms(self.wanted, runs, crowd, means.progress, run)
            found = find(self.wanted, firms)
            kept = closed(runs)
        return Fit(self.study, self.data, self.wanted, found, kept, means.folder)


def plan(
    scenario: Scenario | str | Path,
    data: Data | Path | str,
    fit: Mapping[str, tuple[float, float]] | None = None,
    replications: int = REPLICATIONS,
    trials: int | None = None,
    seed: int = 0,
    *,
    warm_up: int = 0,
) -> Plan:
    """Lay out a calibration; parameters and errors are those of `calibrate`."""
    require_optuna()
    base = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)
    months = data if isinstance(data, Data) else Data.read(data)
    free = free_of(base, fit, months.columns)
    points = trials or max(_POINTS_LEAST, _POINTS_A_TERM * terms_of(len(free)))
    _check(replications, trials, len(free), warm_up)
    check_seeds(seed, replications + LIVES)
    wanted = Wanted.of(base, free, months, warm_up, points, replications, seed)
    study = Study(
        kind="calibrate",
        scenario=base.name,
        regimes=(base.regime.name,),
        cells={"start": wanted.firm(wanted.home).digest},
        seed=seed,
        replications=replications,
        estimates=tuple(months.columns),
        warm_up=warm_up,
        asked={
            "data": months.digest,
            "months": len(months.months),
            "fit": {one.key: [one.low, one.high] for one in free},
            "points": points,
            "lives": LIVES,
            "regime": base.regime.model_dump(mode="json", exclude_none=True),
        },
        base=render(base, base.name),
    )
    return Plan(study, wanted, months)


def _check(replications: int, trials: int | None, keys: int, warm_up: int) -> None:
    problems = []
    if replications < 1:
        problems.append(
            Problem(field="replications", given=show(replications), allowed="1 or more")
        )
    least = _LEAST_A_TERM * terms_of(keys)
    if trials is not None and trials < least:
        allowed = f"{least} or more for {keys} {'key' if keys == 1 else 'keys'}"
        problems.append(Problem(field="trials", given=show(trials), allowed=allowed))
    if warm_up < 0:
        problems.append(Problem(field="warm-up", given=show(warm_up), allowed="0 weeks or more"))
    if problems:
        raise ScenarioError(problems)
