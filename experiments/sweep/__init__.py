"""The same comparison at many points of a scenario: where is one regime better, where the other?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from experiments.compare import REGIMES, AnyRegime
from experiments.conduct import Means
from experiments.runner import Crowd, Progress
from experiments.sweep.cells import REPLICATIONS, plan
from experiments.sweep.design import Vary
from experiments.sweep.result import Sweep
from simulation import Scenario

__all__ = ["Sweep", "plan", "sweep"]


def sweep(
    scenario: Scenario | str | Path,
    vary: Vary,
    regimes: Sequence[AnyRegime] = REGIMES,
    replications: int = REPLICATIONS,
    samples: int | None = None,
    seed: int = 0,
    years: float | None = None,
    overrides: Mapping[str, object] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    *,
    folder: Path | str | None = None,
    replace: bool = False,
    retry: bool = False,
    crowd: Crowd | None = None,
) -> Sweep:
    """Run regimes at many points of a scenario, all with the same luck.

    Replication r has seed `seed + r` under every regime and at every point (common random numbers).
    A key of the regime is varied in each of the regimes.

    Parameters
    ----------
    scenario : Scenario, str or Path
        The firm: an object, a shipped name, or a file.
    vary : mapping
        What each key takes: a tuple `(low, high, n)` is a range in n even steps, any other sequence
        (a list, an array) the values themselves. In a hypercube a range is `(low, high)`. A key
        that takes whole numbers has the steps of its range rounded; a range must have as many whole
        numbers as steps.
    regimes : sequence
        Names, files, mappings or objects; `own` is the scenario's regime. With two or more, each is
        compared with the first; of one, the levels are told.
    replications : int
        Runs of every regime at every point; one gives no intervals.
    samples : int, optional
        Points of a Latin hypercube. By default, the points are the full grid.
    seed : int
        Seed of the first replication, and of the hypercube.
    years : float, optional
        Horizon, by default the scenario's.
    overrides : mapping, optional
        Dotted keys and values put over the scenario at every point.
    workers : int, optional
        Processes, by default one per processor; 1 runs in this process. Results do not depend on
        it.
    progress : callable, optional
        Called with (finished, total); see `experiments.runner.run_into`.
    folder, replace, retry, crowd
        Where runs are kept, and who runs them; as for `experiments.compare`.

    Raises
    ------
    ScenarioError
        If the input is wrong at any point; then nothing has run. A run that fails does not raise:
        it is a row of `Sweep.runs`.
    StoreError
        If the folder cannot be used, or somebody else is at work on it.

    Examples
    --------
    >>> result = sweep("small_firm", {"market.turbulence": (0.0, 0.1, 5)})  # doctest: +SKIP
    >>> result.table.query("metric == 'retention'")  # doctest: +SKIP
    """
    asked = plan(scenario, vary, regimes, replications, samples, seed, years, overrides)
    where = Path(folder) if folder is not None else None
    return asked.carry_out(Means(where, replace, retry, workers, crowd, progress))
