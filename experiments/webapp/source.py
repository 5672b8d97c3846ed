"""Where the numbers of a page come from."""

from __future__ import annotations

from typing import Any

from experiments.statistics import LEVEL
from experiments.study import Study
from simulation.version import MODEL_VERSION, code_digest


def source(study: Study, replications: int) -> dict[str, Any]:
    """What all results of a study have in common: scenario, seeds, model, level of intervals."""
    return {
        "scenario": study.scenario,
        "seeds": [study.seed, study.seed + replications - 1],
        "level": LEVEL,
        "model": MODEL_VERSION,
        "code": code_digest(),
    }
