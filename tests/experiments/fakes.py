"""Made-up runs, and runs that go wrong, for tests that need no simulation."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from experiments.compare import Comparison
from experiments.runs import Keep, MemoryRuns, RunResult, RunSpec, failed, pack
from experiments.study import Study
from simulation import Scenario

FAILING_SEED = 2


def summary_result(spec: RunSpec, summary: Mapping[str, float] | None, weeks: int) -> RunResult:
    """A run with this summary and a wavy weekly series around it; no summary means it failed."""
    if summary is None:
        return failed(spec, "ValueError: on purpose")
    wave = np.sin(np.arange(weeks) / 9 + spec.seed)
    series = pd.DataFrame(
        {"week": np.arange(weeks), **{k: v * (1 + 0.02 * wave) for k, v in summary.items()}}
    )
    return RunResult(
        spec.key,
        spec.label,
        spec.seed,
        summary=summary,
        series=series,
        manifest={"seed": spec.seed},
    )


def comparison(
    runs: Mapping[str, Sequence[Mapping[str, float] | None]], weeks: int = 104
) -> Comparison:
    """A comparison of made-up summaries, a list of replications for every regime."""
    replications = len(next(iter(runs.values())))
    base = Scenario.load("small_firm")
    cells = {
        label: base.replace({"market.turbulence": (place + 1) / 1000})
        for place, label in enumerate(runs)
    }
    study = Study(
        kind="compare",
        scenario="fake_firm",
        regimes=tuple(runs),
        cells={label: cell.digest for label, cell in cells.items()},
        seed=0,
        replications=replications,
    )
    made = MemoryRuns()
    for seed in range(replications):
        for label, summaries in runs.items():
            spec = RunSpec(cells[label], label, seed, Keep.ALL)
            made.add(pack(spec, summary_result(spec, summaries[seed], weeks)))
    return Comparison(study, made, replications)


def quick(spec: RunSpec) -> RunResult:
    """A run that only says who it was."""
    return summary_result(spec, {"retention": 0.8}, weeks=10)


def killer(spec: RunSpec) -> RunResult:
    """A run that takes its worker process with it, for one seed."""
    if spec.seed == FAILING_SEED:
        os._exit(1)
    return quick(spec)
