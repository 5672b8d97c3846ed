"""The coordinator of a study is killed: no finished run is lost, none is made twice for nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest

from experiments.conduct import Means, carry_out
from experiments.disk import StoreError
from experiments.runner import IN_FLIGHT_PER_WORKER
from experiments.store import PARTS, Store, StoredRuns
from tests.faults.studies import begun, content, steady, study

REPLICATIONS = 60
WORKERS = 2


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "log"
    monkeypatch.setenv("RUN_LOG", str(path))
    return path


def start(folder: Path, workers: int = WORKERS) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.faults.coordinator", str(folder), str(REPLICATIONS)]
    return subprocess.Popen([*command, str(workers)], start_new_session=True)


def finished(folder: Path) -> int:
    try:
        return len(StoredRuns(folder).index())
    except StoreError:  # not there yet
        return 0


def wait_for(folder: Path, runs: int, process: subprocess.Popen[bytes]) -> None:
    while finished(folder) < runs and process.poll() is None:
        time.sleep(0.02)


@pytest.fixture(scope="module")
def undisturbed() -> Iterator[pd.DataFrame]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUN_LOG", os.devnull)
        asked, cells = study(REPLICATIONS)
        runs, _ = carry_out(asked, cells, Means(workers=1), run=steady)
        yield content(runs)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_killed_again_and_again_and_resumed(
    tmp_path: Path, log: Path, undisturbed: pd.DataFrame, seed: int
) -> None:
    folder, kills = tmp_path / "study", 5
    rng = np.random.default_rng(seed)
    before = 0
    for _ in range(kills):
        process = start(folder)
        wait_for(folder, before + int(rng.integers(1, 20)), process)
        time.sleep(rng.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        process.wait()
        now = finished(folder)
        assert now >= before
        before = now
        if now:  # whatever can be read is right
            part = content(StoredRuns(folder))
            expected = undisturbed[undisturbed["key"].isin(part["key"])].reset_index(drop=True)
            pd.testing.assert_frame_equal(part, expected, check_exact=True)
    assert start(folder).wait() == 0
    pd.testing.assert_frame_equal(content(StoredRuns(folder)), undisturbed, check_exact=True)
    times = begun()
    assert len(times) == 2 * REPLICATIONS
    in_flight = IN_FLIGHT_PER_WORKER * WORKERS
    calls = sum(times.values()) - len(times)
    assert calls <= kills * in_flight * 50  # runs as short as these share a call
    held = {file.stem.split("-")[1] for file in (folder / PARTS).iterdir()}
    assert not any(file.suffix == ".tmp" for file in (folder / PARTS).iterdir())
    assert len(held) > 1


@pytest.mark.long
def test_workers_end_with_their_coordinator(tmp_path: Path, log: Path) -> None:
    process = start(tmp_path / "study")
    wait_for(tmp_path / "study", 3, process)
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) >= WORKERS
    process.send_signal(signal.SIGKILL)
    process.wait()
    gone, alive = psutil.wait_procs(family, timeout=10)
    assert not alive
    assert len(gone) == len(family)


@pytest.mark.long
def test_a_second_coordinator_is_refused(tmp_path: Path, log: Path) -> None:
    folder = tmp_path / "study"
    process = start(folder)
    try:
        wait_for(folder, 1, process)
        with pytest.raises(StoreError, match=rf"at work on .*process {process.pid}"):
            Store(folder)
    finally:
        process.kill()
        process.wait()
    Store(folder).close()  # a dead one is in nobody's way
