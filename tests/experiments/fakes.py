"""Made-up runs, and runs that go wrong, for tests that need no simulation."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from experiments.compare import Comparison
from experiments.runner import RunResult, RunSpec

FAILING_SEED = 2


def result(
    regime: str, seed: int, summary: Mapping[str, float] | None, weeks: int = 104
) -> RunResult:
    """A run with this summary and a wavy weekly series around it; no summary means it failed."""
    if summary is None:
        return RunResult("key", regime, seed, error="ValueError: on purpose")
    wave = np.sin(np.arange(weeks) / 9 + seed)
    series = pd.DataFrame(
        {"week": np.arange(weeks), **{k: v * (1 + 0.02 * wave) for k, v in summary.items()}}
    )
    return RunResult("key", regime, seed, summary=summary, series=series, manifest={"seed": seed})


def comparison(runs: Mapping[str, Sequence[Mapping[str, float] | None]]) -> Comparison:
    """A comparison of made-up summaries, a list of replications for every regime."""
    replications = len(next(iter(runs.values())))
    results = tuple(
        result(regime, seed, summaries[seed])
        for seed in range(replications)
        for regime, summaries in runs.items()
    )
    return Comparison("fake_firm", tuple(runs), 0, replications, results)


def quick(spec: RunSpec) -> RunResult:
    """A run that only says who it was."""
    return result(spec.label, spec.seed, {"retention": 0.8})


def killer(spec: RunSpec) -> RunResult:
    """A run that takes its worker process with it, for one seed."""
    if spec.seed == FAILING_SEED:
        os._exit(1)
    return quick(spec)
