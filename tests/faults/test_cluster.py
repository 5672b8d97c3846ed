"""Runs on a Dask cluster: a real scheduler and real workers on this machine, and what befalls them.

Everything that is started here is ended here, by its process id.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import psutil
import pytest

from experiments import compare
from experiments.cluster import CONNECT_SECONDS, ClusterError, cluster
from experiments.compare import Comparison, Design, design
from experiments.conduct import Means, carry_out
from experiments.runs import MemoryRuns, run_one
from experiments.store import StoredRuns
from simulation import ScenarioError, warm_up
from tests.faults.studies import (
    KILLING_SEED,
    content,
    kills_while_running,
    slowly,
    steady,
    study,
)

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
WORKERS = 2
REGIMES = ["customer_first", "internal_customer"]
YEARS = 0.3
START_SECONDS = 60
WORKER = "from distributed.cli.dask_worker import main; main()"
SCHEDULER = "from distributed.cli.dask_scheduler import main; main()"


class Machines:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, folder: Path, root: Path = ROOT) -> None:
        self.folder, self.root = folder, root
        self.file = folder / "scheduler.json"
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []

    def start(self, workers: int = WORKERS, nanny: str = "--no-nanny", **settings: str) -> str:
        """Start them, wait until all workers are known, and give the scheduler's address."""
        options = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(self.file)]
        self.scheduler = self._process(SCHEDULER, *options, "--port", "0", **settings)
        for i in range(workers):
            own = ["--nthreads", "1", nanny, "--local-directory", str(self.folder / f"worker{i}")]
            self.workers.append(self._process(WORKER, *options, *own, **settings))
        while not self.file.exists():
            assert self.scheduler.poll() is None
            time.sleep(0.05)
        address = str(json.loads(self.file.read_text())["address"])
        if workers:
            with distributed.Client(address, set_as_default=False) as client:
                client.wait_for_workers(workers, timeout=START_SECONDS)
        return address

    def end(self) -> None:
        """End whoever is left, and what they have started."""
        ours = [process for process in (self.scheduler, *self.workers) if process]
        for process in ours:
            with contextlib.suppress(psutil.NoSuchProcess):
                family = psutil.Process(process.pid).children(recursive=True)
                process.kill()
                for child in family:
                    with contextlib.suppress(psutil.NoSuchProcess):
                        child.kill()
            process.wait()

    def _process(self, code: str, *options: str, **settings: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": str(self.root), **settings}
        log = (self.folder / "log").open("ab")
        with log:
            command = [sys.executable, "-c", code, *options]
            return subprocess.Popen(command, cwd=self.root, env=environment, stdout=log, stderr=log)


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    made = Machines(tmp_path)
    yield made
    made.end()


@pytest.fixture(autouse=True)
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUN_LOG", str(tmp_path / "runs.log"))


def asked(replications: int) -> Design:
    return design("small_firm", REGIMES, replications, years=YEARS)


def assert_same(one: Comparison, other: Comparison) -> None:
    for table in ("runs", "series", "recoveries", "table"):
        pd.testing.assert_frame_equal(getattr(one, table), getattr(other, table), check_exact=True)


def test_a_killed_worker_changes_no_number(machines: Machines) -> None:
    address = machines.start()
    what = asked(20)
    victim, *_ = machines.workers
    warm_up()

    def kills_one(done: int, total: int) -> None:
        if done * 4 > total and victim.poll() is None:
            victim.send_signal(signal.SIGKILL)

    with cluster(address) as crowd:
        assert crowd.workers == WORKERS
        means = Means(crowd=crowd, progress=kills_one)
        found, _ = carry_out(what.study, what.cells, means, run=slowly)
    assert victim.wait() == -signal.SIGKILL
    here, _ = carry_out(what.study, what.cells, Means(workers=1), run=run_one)
    assert (found.index()["status"] == "ok").all()
    assert len(found.index()) == 40
    for name in ("series", "summary", "recoveries", "customers"):
        pd.testing.assert_frame_equal(content(found, name), content(here, name), check_exact=True)


def test_the_scheduler_is_killed_and_the_study_goes_on_here(
    machines: Machines, tmp_path: Path
) -> None:
    address = machines.start()
    what, folder = asked(15), tmp_path / "out"
    scheduler = machines.scheduler
    assert scheduler is not None

    def kills_it(done: int, _: int) -> None:
        if done >= 6 and scheduler.poll() is None:
            scheduler.send_signal(signal.SIGKILL)

    warm_up()

    def until_it_is_gone() -> None:
        with cluster(address) as crowd:
            means = Means(folder, crowd=crowd, progress=kills_it)
            carry_out(what.study, what.cells, means, run=slowly)

    with pytest.raises(ClusterError, match=f"scheduler at {address} is gone"):
        until_it_is_gone()
    kept = len(StoredRuns(folder).index())
    assert 6 <= kept < 30
    seen: list[tuple[int, int]] = []
    found = what.carry_out(Means(folder, workers=1, progress=lambda *now: seen.append(now)))
    assert seen[0] == (kept, 30)
    assert_same(found, what.carry_out(Means(workers=1)))


def test_a_run_that_keeps_killing_workers_is_set_aside(machines: Machines) -> None:
    address = machines.start(nanny="--nanny", DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")
    what, cells = study(8)
    only = {"a": cells["a"]}
    with cluster(address) as crowd:
        found, _ = carry_out(what, only, Means(crowd=crowd), run=kills_while_running)
    index = found.index()
    failed = index[index["status"] == "failed"]
    assert len(index) == 8
    assert failed["seed"].tolist() == [KILLING_SEED]
    assert failed["error"].str.contains("died twice").all()
    here, _ = carry_out(what, only, Means(workers=1), run=steady)
    assert isinstance(here, MemoryRuns)
    same = content(here)
    lived = same[same["key"].isin(index.index[index["status"] == "ok"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(content(found), lived, check_exact=True)


def test_from_the_command_line(machines: Machines, tmp_path: Path) -> None:
    address, out = machines.start(), tmp_path / "out"
    command = [sys.executable, "-m", "experiments.cli", "compare", "small_firm"]
    options = ["--years", str(YEARS), "--replications", "3", "--out", str(out)]
    ended = subprocess.run(
        [*command, *options, "--cluster", address], cwd=ROOT, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    assert "Written to" in ended.stdout
    assert "6 of 6 runs" in ended.stderr
    assert_same(Comparison.load(out), compare("small_firm", REGIMES, 3, 1, years=YEARS))


def test_a_cluster_without_workers_is_refused(machines: Machines) -> None:
    address = machines.start(workers=0)
    with pytest.raises(ScenarioError, match="at least one worker"), cluster(address):
        pass


def test_workers_with_another_model_are_refused(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    for package in ("simulation", "experiments"):
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("*.pyc"))
    with (copy / "simulation" / "firm.py").open("a") as source:
        source.write("\n# one line more\n")
    machines = Machines(tmp_path, copy)
    try:
        address = machines.start(workers=1)
        with pytest.raises(ScenarioError, match="this version of the model"), cluster(address):
            pass
    finally:
        machines.end()


def test_workers_without_raison_are_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    # These tests may run where it is installed: a module that is not there stands before it.
    (elsewhere / "simulation.py").write_text("raise ModuleNotFoundError(__name__, name=__name__)\n")
    machines = Machines(tmp_path, elsewhere)
    try:
        address = machines.start(workers=1)
        with pytest.raises(ScenarioError, match="have raison installed"), cluster(address):
            pass
    finally:
        machines.end()


def test_nobody_at_the_address_is_told_in_one_line() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    begun = time.monotonic()
    allowed = "the address of a Dask scheduler"
    with pytest.raises(ScenarioError, match=allowed) as caught, cluster(address):
        pass
    assert time.monotonic() - begun < 2 * CONNECT_SECONDS
    assert "\n" not in str(caught.value)
    assert address in str(caught.value)
