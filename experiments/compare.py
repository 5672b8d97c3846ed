"""Twin firms: the same people and the same luck under different regimes, compared pair by pair."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from experiments.comparison import Comparison
from experiments.conduct import Means, carry_out
from experiments.happenings import happenings_in
from experiments.metrics import SUMMARISED
from experiments.runner import Crowd, Progress
from experiments.scenario_file import render
from experiments.statistics import LEVEL
from experiments.statistics.confidence_sequence import LEAST, TIGHTEST_AT
from experiments.study import AUTO, Precision, Study, WarmUpRule
from simulation import Regime, Scenario, ScenarioError, resolve
from simulation.errors import Problem, nearest, show
from simulation.firm import MOST_SEED

__all__ = [
    "OWN",
    "REGIMES",
    "AnyRegime",
    "Comparison",
    "Design",
    "check_seeds",
    "compare",
    "design",
]

AnyRegime = str | Path | Regime | Mapping[str, object]

OWN = "own"
"""Stands for the regime of the scenario itself in a list of regimes."""
REGIMES = ("customer_first", "internal_customer")
"""Compared unless told."""

REPLICATIONS = 8
MOST_REPLICATIONS = 1000
"""How far replications are added in search of a precision, unless told."""


def compare(
    scenario: Scenario | str | Path,
    regimes: Sequence[AnyRegime],
    replications: int | None = None,
    workers: int | None = None,
    seed: int = 0,
    years: float | None = None,
    overrides: Mapping[str, object] | None = None,
    progress: Progress | None = None,
    *,
    precision: Mapping[str, float] | None = None,
    warm_up: WarmUpRule = 0,
    folder: Path | str | None = None,
    replace: bool = False,
    retry: bool = False,
    crowd: Crowd | None = None,
) -> Comparison:
    """Run the same firm under each regime and compare the runs pair by pair.

    Replication r has seed `seed + r` under every regime (common random numbers). With three
    regimes or more, each is compared with the first.

    Parameters
    ----------
    scenario : Scenario, str or Path
        The firm: an object, a shipped name, or a file.
    regimes : sequence
        Two or more; names, files, mappings or objects. `own` is the scenario's regime.
    replications : int, optional
        Pairs to run, by default 8; one gives no interval. With a precision, the most there will be,
        by default 1,000.
    workers : int, optional
        Processes, by default one per processor; 1 runs in this process. Results do not depend on
        it.
    seed : int
        Seed of the first replication.
    years : float, optional
        Horizon, by default the scenario's.
    overrides : mapping, optional
        Dotted keys and values put over the scenario.
    progress : callable, optional
        Called with (finished, total); see `experiments.runner.run_into`.
    precision : mapping of str to float, optional
        Add replications until the confidence sequence of each of these differences is clear of zero
        or narrower than this.
    warm_up : int or "auto"
        Weeks at the start that the summary measures leave out; "auto" takes the longest that a
        headline measure needs in any regime, of those that settle at all (MSER-5).
    folder : Path or str, optional
        Where runs are kept as soon as they are finished; what is there already is not run again.
    replace : bool
        Whether another study in the folder may be replaced; runs that both share are kept.
    retry : bool
        Whether runs that failed before are run again.
    crowd : Crowd, optional
        Who runs it in place of processes on this machine: any executor, such as that of a cluster.

    Raises
    ------
    ScenarioError
        If the input is wrong. A run that fails does not raise: it is a row of `Comparison.runs`.
    StoreError
        If the folder cannot be used, or somebody else is at work on it.
    """
    _check_workers(workers)
    asked = design(scenario, regimes, replications, seed, years, overrides, precision, warm_up)
    where = Path(folder) if folder is not None else None
    return asked.carry_out(Means(where, replace, retry, workers, crowd, progress))


@dataclass(frozen=True)
class Design:
    """A comparison to be made: a study, and the resolved scenario of each of its cells."""

    study: Study
    cells: Mapping[str, Scenario]

    def carry_out(self, means: Means) -> Comparison:
        """Run what is missing; see `compare`."""
        runs, pairs = carry_out(self.study, self.cells, means)
        happenings = happenings_in(next(iter(self.cells.values())))
        return Comparison(self.study, runs, pairs, happenings, means.folder)


def design(
    scenario: Scenario | str | Path,
    regimes: Sequence[AnyRegime],
    replications: int | None = None,
    seed: int = 0,
    years: float | None = None,
    overrides: Mapping[str, object] | None = None,
    precision: Mapping[str, float] | None = None,
    warm_up: WarmUpRule = 0,
) -> Design:
    """Lay out a comparison; parameters and errors are those of `compare`."""
    if replications is None:
        replications = MOST_REPLICATIONS if precision else REPLICATIONS
    _check(regimes, replications, precision, warm_up)
    check_seeds(seed, replications)
    base = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)
    firms = [resolve(base, None if r == OWN else r, overrides, years) for r in regimes]
    _check_warm_up(warm_up, max(firm.weeks for firm in firms))
    labels = _labels([firm.regime.name for firm in firms])
    cells = dict(zip(labels, firms, strict=True))
    study = Study(
        kind="compare",
        scenario=base.name,
        regimes=tuple(labels),
        cells={label: firm.digest for label, firm in cells.items()},
        seed=seed,
        replications=replications,
        precision=Precision(dict(precision), LEAST, TIGHTEST_AT, 1 - LEVEL) if precision else None,
        warm_up=warm_up,
        asked={
            "years": years,
            "overrides": overrides,
            "regimes": {
                label: firm.regime.model_dump(mode="json", exclude_none=True)
                for label, firm in cells.items()
            },
        },
        base=render(base, base.name),
    )
    return Design(study, cells)


def _check(
    regimes: Sequence[AnyRegime],
    replications: int,
    precision: Mapping[str, float] | None,
    warm_up: WarmUpRule,
) -> None:
    problems = []
    if isinstance(regimes, str | Mapping) or len(regimes) < 2:
        given = show(
            regimes if isinstance(regimes, str | Mapping) else ", ".join(map(str, regimes))
        )
        problems.append(Problem(field="regimes", given=given, allowed="two or more regimes"))
    if replications < 1:
        problems.append(Problem(field="replications", given=str(replications), allowed="1 or more"))
    if precision and replications < LEAST:
        allowed = f"{LEAST} or more, after which a precision is looked at first"
        problems.append(Problem(field="replications", given=str(replications), allowed=allowed))
    if precision and warm_up == AUTO:
        allowed = "a number of weeks: what decides when to stop is fixed before the first run"
        problems.append(Problem(field="warm_up", given=AUTO, allowed=allowed))
    for name, width in (precision or {}).items():
        if name not in SUMMARISED:
            problems.append(
                Problem(
                    field="precision",
                    given=show(name),
                    allowed="a measure of the table",
                    nearest=nearest(name, SUMMARISED),
                )
            )
        if not 0 < width < math.inf:
            allowed = "a width of more than 0"
            problems.append(Problem(field="precision", given=show(width), allowed=allowed))
    if problems:
        raise ScenarioError(problems)


def _check_warm_up(warm_up: WarmUpRule, horizon: int) -> None:
    """Refuse to leave out as many weeks as there are, or more."""
    if not isinstance(warm_up, str) and not 0 <= warm_up < max(horizon, 1):
        allowed = f"auto, or 0 to {horizon - 1} weeks"
        raise ScenarioError([Problem(field="warm_up", given=str(warm_up), allowed=allowed)])


def _check_workers(workers: int | None) -> None:
    if workers is not None and workers < 1:
        problem = Problem(field="workers", given=str(workers), allowed="1 or more")
        raise ScenarioError([problem])


def check_seeds(seed: int, replications: int = 1) -> None:
    """Refuse seeds that a firm would refuse."""
    if not 0 <= seed <= MOST_SEED - (replications - 1):
        raise ScenarioError([Problem(field="seed", given=show(seed), allowed="0 to 2^63 - 1")])


def _labels(names: Sequence[str]) -> list[str]:
    """The names, numbered from the second use of a name on."""
    seen: Counter[str] = Counter()
    labels = []
    for name in names:
        seen[name] += 1
        labels.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return labels
