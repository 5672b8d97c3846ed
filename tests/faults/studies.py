"""Studies of made-up runs that leave a trace: a line in the file that RUN_LOG names."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.runs import RunResult, Runs, RunSpec, run_one
from experiments.study import Study
from simulation import Scenario

WEEKS = 52
SECONDS = 0.004
SLOW_SECONDS = 0.05
KILLING_SEED = 3


def study(replications: int, seed: int = 0) -> tuple[Study, dict[str, Scenario]]:
    """A study of two small firms."""
    firm = Scenario.load("small_firm")
    cells = {"a": firm, "b": firm.replace({"market.turbulence": 0.05})}
    digests = {label: cell.digest for label, cell in cells.items()}
    asked = Study("compare", "small_firm", tuple(cells), digests, seed, replications, base="text")
    return asked, cells


def steady(spec: RunSpec) -> RunResult:
    """A run that takes a moment, and whose numbers follow from what decides it."""
    with Path(os.environ["RUN_LOG"]).open("a") as log:
        log.write(f"{spec.label} {spec.seed}\n")
    time.sleep(SECONDS)
    return _result(spec)


def slowly(spec: RunSpec) -> RunResult:
    """A run of the model that leaves time to disturb it."""
    time.sleep(SLOW_SECONDS)
    return run_one(spec)


def kills_while_running(spec: RunSpec) -> RunResult:
    """As `steady`, but one seed kills its worker."""
    if spec.seed == KILLING_SEED:
        os.kill(os.getpid(), signal.SIGKILL)
    return steady(spec)


def kills_while_sending(spec: RunSpec) -> RunResult:
    """As `steady`, but the worker of one seed is killed halfway through its result."""
    if spec.seed != KILLING_SEED:
        return steady(spec)

    def half(connection: Connection, data: memoryview, *_: object) -> None:
        os.write(connection.fileno(), data[: len(data) // 2])
        os.kill(os.getpid(), signal.SIGKILL)

    Connection._send = half  # type: ignore[attr-defined]
    return steady(spec)


def begun() -> Counter[str]:
    """How often each run was begun."""
    log = Path(os.environ["RUN_LOG"])
    return Counter(log.read_text().splitlines()) if log.exists() else Counter()


def content(runs: Runs, name: str = "series") -> pd.DataFrame:
    """A table of all runs, in the order of their keys."""
    pieces = [piece.to_pandas().astype({"key": str}) for piece in runs.pieces(name)]
    table: pd.DataFrame = pd.concat(pieces).sort_values("key", kind="stable", ignore_index=True)
    return table


def _result(spec: RunSpec) -> RunResult:
    level = int(spec.key[:8], 16) / 2**32
    series = pd.DataFrame({"week": np.arange(WEEKS), "profit": level * np.arange(WEEKS)})
    return RunResult(spec.key, spec.label, spec.seed, summary={"profit": level}, series=series)
