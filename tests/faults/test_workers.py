"""Workers are killed: what they were doing is done again, and who kills them twice is set aside."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from experiments.conduct import Means, carry_out
from experiments.runner import Crowd, local, run_into
from experiments.runs import MemoryRuns, Run, Runs, RunSpec
from experiments.workers import Crew, crew
from simulation import Scenario
from tests.faults.studies import (
    KILLING_SEED,
    begun,
    content,
    kills_while_running,
    kills_while_sending,
    steady,
    study,
)

REPLICATIONS = 12


@pytest.fixture(autouse=True)
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUN_LOG", str(tmp_path / "log"))


def carried_out(run: Run, means: Means) -> Runs:
    asked, cells = study(REPLICATIONS)
    return carry_out(asked, cells, means, run=run)[0]


@pytest.mark.long
@pytest.mark.parametrize("run", [kills_while_running, kills_while_sending])
def test_a_run_that_kills_its_worker_twice_is_set_aside(run: Run) -> None:
    runs = carried_out(run, Means(workers=2))
    index = runs.index()
    failed = index[index["status"] == "failed"]
    assert len(index) == 2 * REPLICATIONS
    assert failed["seed"].tolist() == [KILLING_SEED] * 2
    assert failed["attempts"].tolist() == [2, 2]
    assert failed["error"].str.contains("died twice").all()
    untouched = content(carried_out(steady, Means(workers=1)))
    lived = untouched[untouched["key"].isin(index.index[index["status"] == "ok"])]
    assert content(runs).equals(lived.reset_index(drop=True))


@pytest.mark.long
def test_only_the_calls_of_the_dead_fail_and_another_takes_its_place() -> None:
    firm = Scenario.load("small_firm")
    crew = Crew(2)
    fine = [crew.submit(steady, RunSpec(firm, "a", 0)) for _ in range(2)]
    assert [future.result().seed for future in fine] == [0, 0]
    deadly = crew.submit(kills_while_running, RunSpec(firm, "a", KILLING_SEED))
    with pytest.raises(BrokenProcessPool):
        deadly.result()
    after = [crew.submit(steady, RunSpec(firm, "a", seed)) for seed in (7, 8, 9)]
    assert [future.result().seed for future in after] == [7, 8, 9]
    crew.shutdown()


def test_a_worker_that_has_hardly_begun_leaves_ctrl_c_to_its_parent() -> None:
    before = set(multiprocessing.active_children())
    with crew(1) as one:
        answer = one.submit(steady, RunSpec(Scenario.load("small_firm"), "a", 7))
        (worker,) = set(multiprocessing.active_children()) - before
        assert worker.pid is not None
        for _ in range(40):
            os.kill(worker.pid, signal.SIGINT)
            time.sleep(0.005)
        assert answer.result(timeout=60).seed == 7


def test_any_executor_will_do() -> None:
    asked, cells = study(REPLICATIONS)
    with ThreadPoolExecutor(3) as threads:
        found, _ = carry_out(asked, cells, Means(crowd=Crowd(threads, 3)), run=steady)
    assert content(found).equals(content(carried_out(steady, Means(workers=1))))


def test_what_is_there_is_not_run_again() -> None:
    firm = Scenario.load("small_firm")
    specs = [RunSpec(firm, "a", seed) for seed in range(5)]
    runs, seen = MemoryRuns(), []
    with local(1) as nobody:
        run_into(runs, specs[:3], nobody, run=steady)
        run_into(runs, [*specs, specs[0]], nobody, lambda *now: seen.append(now), steady)
    assert seen == [(3, 5), (3, 5), (4, 5), (5, 5)]
    assert set(begun().values()) == {1}
