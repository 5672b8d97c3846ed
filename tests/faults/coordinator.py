"""`python -m tests.faults.coordinator FOLDER REPLICATIONS WORKERS`: a study, to be killed."""

from __future__ import annotations

import sys
from pathlib import Path

import experiments.store
from experiments.conduct import Means, carry_out
from tests.faults.studies import steady, study


def main() -> None:
    """Carry out a study in small parts, so that many files are written."""
    folder, replications, workers = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    experiments.store.RUNS_A_PART = 7
    asked, cells = study(replications)
    carry_out(asked, cells, Means(folder, workers=workers), run=steady)


if __name__ == "__main__":
    main()
