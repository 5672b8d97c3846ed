"""Which keys of a scenario matter, to two regimes, to the gap between them, and to its sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.compare import OWN, REGIMES, AnyRegime, check_seeds
from experiments.conduct import Means, carry_out
from experiments.runner import Crowd, Progress
from experiments.runs import Keep
from experiments.scenario_file import render
from experiments.sensitivity.factors import Factor, Ranges, plausible_ranges
from experiments.sensitivity.methods import (
    SAMPLES,
    Method,
    block_size,
    check_samples,
    design,
    needs_salib,
)
from experiments.sensitivity.result import Sensitivity, as_columns
from experiments.study import Study
from experiments.sweep.cells import check_keys, check_size
from experiments.sweep.design import Span, refused
from experiments.sweep.result import cell_label
from simulation import Scenario, resolve
from simulation.errors import one_of, show

__all__ = ["REPLICATIONS", "Plan", "Sensitivity", "plan", "sensitivity"]

REPLICATIONS = 4
_FEWEST_KEYS = 2


def sensitivity(
    scenario: Scenario | str | Path,
    method: Method = "morris",
    regimes: Sequence[AnyRegime] = REGIMES,
    vary: Ranges | None = None,
    samples: int | None = None,
    replications: int = REPLICATIONS,
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
) -> Sensitivity:
    """Find out which keys two firms, the gap between them, and its sign depend on.

    Replication r has seed `seed + r` under both regimes and at every point (common random numbers).

    Parameters
    ----------
    scenario : Scenario, str or Path
        The firm: an object, a shipped name, or a file.
    method : "morris" or "sobol"
        Screening by elementary effects (Morris 1991; Campolongo et al. 2007), for many keys; or
        shares of the variance (Saltelli et al. 2010), for a few.
    regimes : sequence
        A and B; names, files, mappings or objects. `own` is the scenario's regime.
    vary : mapping of str to (float, float), optional
        A range for each key; by default all coefficients that are assumed, each within the range
        that is plausible for it (`Parameter.plausible`), evenly on a logarithmic scale. The
        scenario's own ranges are `scenario.uncertain`.
    samples : int, optional
        Trajectories of Morris' screening, each of one point more than there are keys; or points of
        Sobol's sequence, a power of two, each with as many relatives as there are keys and one.
    replications : int
        Runs of either regime at every point; outcomes are means over them.
    seed : int
        Seed of the first replication, and of the points.
    years, overrides, workers, progress, folder, replace, retry, crowd
        As for `experiments.sweep`.

    Raises
    ------
    ScenarioError
        If the input is wrong at any point, or SALib is missing; then nothing has run. A run that
        fails does not raise: it is a row of `Sensitivity.runs`, and its block does not count.
    StoreError
        If the folder cannot be used, or somebody else is at work on it.

    Examples
    --------
    >>> ranges = {"h0": (0.006, 0.014), "care": (0.0, 1.0)}
    >>> found = sensitivity("small_firm", "sobol", vary=ranges)  # doctest: +SKIP
    >>> found.table.query("metric == 'profit' and outcome == 'gap'")  # doctest: +SKIP
    """
    asked = plan(scenario, method, regimes, vary, samples, replications, seed, years, overrides)
    where = Path(folder) if folder is not None else None
    return asked.carry_out(Means(where, replace, retry, workers, crowd, progress))


@dataclass(frozen=True)
class Plan:
    """A sensitivity analysis to be made: a study, its points, and the firm of every cell."""

    study: Study
    points: pd.DataFrame
    cells: Mapping[str, Scenario]

    def carry_out(self, means: Means) -> Sensitivity:
        """Run what is missing; see `sensitivity`."""
        runs, replications = carry_out(self.study, self.cells, means, keep=Keep.SUMMARY)
        return Sensitivity(self.study, self.points, runs, replications, means.folder)


def plan(
    scenario: Scenario | str | Path,
    method: Method = "morris",
    regimes: Sequence[AnyRegime] = REGIMES,
    vary: Mapping[str, Sequence[Any]] | None = None,
    samples: int | None = None,
    replications: int = REPLICATIONS,
    seed: int = 0,
    years: float | None = None,
    overrides: Mapping[str, object] | None = None,
) -> Plan:
    """Lay out a sensitivity analysis; parameters and errors are those of `sensitivity`."""
    if method not in SAMPLES:
        raise refused("method", show(method), one_of(SAMPLES))
    needs_salib()
    samples = SAMPLES[method] if samples is None else samples
    check_samples(method, samples)
    _check(regimes, replications, seed)
    vary = plausible_ranges() if vary is None else vary
    if len(vary) < _FEWEST_KEYS:
        raise refused("vary", f"{len(vary)} keys", f"{_FEWEST_KEYS} or more; a sweep goes over one")
    size = samples * block_size(method, len(vary))
    check_size(size, len(regimes), replications)
    base = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)
    factors = [Factor.of(base, key, ends) for key, ends in vary.items()]
    overrides = dict(overrides or {})
    check_keys(base, {f.key: Span(f.low, f.high) for f in factors}, overrides, years)
    firms = [base if regime == OWN else base.with_regime(regime) for regime in regimes]
    a, b = (firm.regime.name for firm in firms)
    if a == b:
        raise refused("regimes", f"{show(a)} twice", "regimes of different names")
    cube = design(method, len(factors), samples, seed)
    columns = {factor.key: factor.at(cube[:, i]) for i, factor in enumerate(factors)}
    points = pd.DataFrame(columns).rename_axis("point")
    cells = {
        cell_label(place, firm.regime.name): resolve(firm, None, {**overrides, **point}, years)
        for place, point in enumerate(_records(points))
        for firm in firms
    }
    study = Study(
        kind="sensitivity",
        scenario=base.name,
        regimes=(a, b),
        cells={label: firm.digest for label, firm in cells.items()},
        seed=seed,
        replications=replications,
        asked={
            "method": method,
            "samples": samples,
            "years": years,
            "overrides": overrides,
            "vary": {f.key: f"{show(f.low)}:{show(f.high)} {f.scale}" for f in factors},
            "points": as_columns(points),
            "regimes": {
                firm.regime.name: firm.regime.model_dump(mode="json", exclude_none=True)
                for firm in firms
            },
        },
        base=render(base, base.name),
    )
    return Plan(study, points, cells)


def _records(points: pd.DataFrame) -> list[dict[str, Any]]:
    columns = {str(key): points[key].tolist() for key in points}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _check(regimes: Sequence[AnyRegime], replications: int, seed: int) -> None:
    if isinstance(regimes, str | Mapping) or len(regimes) != 2:
        listed = regimes if isinstance(regimes, str | Mapping) else ", ".join(map(str, regimes))
        raise refused("regimes", show(listed), "two regimes")
    if replications < 1:
        raise refused("replications", show(replications), "1 or more")
    check_seeds(seed, replications)
