"""Many runs: a pure function of a specification, over processes or in this one.

A run that fails is a result with its error. A run that kills its worker twice, the second time
alone, is such a result too; what happened to be running beside it is run again.
"""

from __future__ import annotations

import hashlib
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import pandas as pd

from experiments.recovery import recoveries
from experiments.tables import Tables, without_labels
from simulation import Scenario, ScenarioError, simulate, warm_up
from simulation.version import MODEL_VERSION

# One specification waits behind every running one: no worker is idle, and little is thrown away.
IN_FLIGHT_PER_WORKER = 2

# A worker computes on one core; libraries that would start threads of their own read these.
_ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class RunSpec:
    """Everything that decides a run, and what to bring back from it.

    Attributes
    ----------
    scenario : Scenario
        Resolved: with its regime, horizon and overrides.
    label : str
        Name of the cell of the design this run belongs to.
    seed : int
        Seed of the run.
    keep_all : bool
        Whether to bring back people, departments, flows and the manifest as well.
    """

    scenario: Scenario
    label: str
    seed: int
    keep_all: bool = False

    @property
    def key(self) -> str:
        """Digest of the model's version, the resolved scenario and the seed: what decides a run."""
        parts = (MODEL_VERSION, self.scenario.digest, str(self.seed))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class RunResult:
    """What came back: a summary, the weekly series and the shifts of needs, or the error."""

    key: str
    label: str
    seed: int
    error: str = ""
    summary: Mapping[str, float] | None = None
    series: pd.DataFrame | None = None
    recoveries: pd.DataFrame | None = None
    tables: Tables | None = None
    manifest: Mapping[str, Any] | None = None

    @property
    def ok(self) -> bool:
        """Whether the run came to its end."""
        return not self.error


Run = Callable[[RunSpec], RunResult]
Placed = tuple[int, RunResult]  # place in the list of specifications


def run_one(spec: RunSpec) -> RunResult:
    """Simulate one firm.

    Raises
    ------
    ScenarioError
        The input is wrong: no other run would fare better. Any other exception becomes the result.
    """
    try:
        events = "losses" if spec.keep_all else "none"
        record = simulate(spec.scenario, seed=spec.seed, events=events)
        return RunResult(
            key=spec.key,
            label=spec.label,
            seed=spec.seed,
            summary=record.summary(),
            series=without_labels(record.series),
            recoveries=recoveries(record),
            tables=Tables.of(record) if spec.keep_all else None,
            manifest=record.manifest if spec.keep_all else None,
        )
    except ScenarioError:
        raise
    except Exception as error:  # a failed run is a row, whatever the reason
        return _failed(spec, f"{type(error).__name__}: {error}")


def run_many(
    specs: Sequence[RunSpec],
    workers: int | None = None,
    progress: Progress | None = None,
    run: Run = run_one,
) -> list[RunResult]:
    """Run them all; results in the order of the specifications.

    Parameters
    ----------
    workers : int, optional
        Processes, by default one per processor; 1 runs in this process.
    progress : callable, optional
        Called with (finished, total) after every run, and with 0 finished before and after the
        model is compiled.
    run : callable
        A module-level function, so that another process can find it.
    """
    workers = min(workers or os.cpu_count() or 1, len(specs))
    if workers < 1:
        return []
    tell = progress or (lambda done, total: None)
    tell(0, len(specs))
    if run is run_one:
        warm_up()  # compile once here, not once in every worker
    tell(0, len(specs))
    done: dict[int, RunResult] = {}
    finished = _in_this_process if workers == 1 else _in_processes
    for place, result in finished(specs, workers, run):
        done[place] = result
        tell(len(done), len(specs))
    return [done[place] for place in range(len(specs))]


def _in_this_process(specs: Sequence[RunSpec], workers: int, run: Run) -> Iterator[Placed]:
    for place, spec in enumerate(specs):
        yield place, run(spec)


def _in_processes(specs: Sequence[RunSpec], workers: int, run: Run) -> Iterator[Placed]:
    waiting = deque(range(len(specs)))
    suspects: deque[int] = deque()
    while waiting:
        broken = yield from _until_broken(specs, waiting, workers, run)
        suspects.extend(broken)
    # Whoever was in flight when a worker died is run again, alone: the guilty one dies again.
    for place in suspects:
        alone = deque([place])
        if (yield from _until_broken(specs, alone, 1, run)):
            yield place, _failed(specs[place], "the worker process died twice (out of memory?)")


def _until_broken(
    specs: Sequence[RunSpec], waiting: deque[int], workers: int, run: Run
) -> Generator[Placed, None, list[int]]:
    """Work off `waiting`; returns the places that were in flight when a worker died, if one did."""
    flying: dict[Future[RunResult], int] = {}
    with _pool(workers) as pool:
        while waiting or flying:
            try:
                while waiting and len(flying) < IN_FLIGHT_PER_WORKER * workers:
                    with _plain_children():
                        flying[pool.submit(run, specs[waiting[0]])] = waiting[0]
                    waiting.popleft()
                finished, _ = wait(flying, return_when=FIRST_COMPLETED)
                for future in finished:
                    yield flying[future], future.result()
                    del flying[future]
            except BrokenProcessPool:
                return list(flying.values())
    return []


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """A pool whose workers end at once when this block is left early or this process dies."""
    context = get_context("spawn")
    theirs, ours = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(workers, context, initializer=_start_worker, initargs=(theirs,))
    try:
        yield pool
    except BaseException:
        _expect_nothing_more(pool)
        ours.close()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        ours.close()
        theirs.close()


def _expect_nothing_more(pool: ProcessPoolExecutor) -> None:
    """Let the pool's thread see the end of what dying workers were about to send.

    A worker that ends halfway through a result leaves the reader waiting for the rest, for as long
    as this process holds the writing end of that pipe as well; the pool has no public way to let go
    of it.
    """
    writer = getattr(getattr(pool, "_result_queue", None), "_writer", None)
    if writer is not None:
        writer.close()


def _start_worker(lifeline: Connection) -> None:
    """Leave Ctrl-C to the parent, and end when the parent closes its end of the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def follow() -> None:
        lifeline.poll(None)
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


@contextmanager
def _plain_children() -> Iterator[None]:
    """Children started in this block use one thread each and do not run the caller's script again.

    Without the second, a script that calls `compare` outside `if __name__ == "__main__"` would
    start itself anew in every worker; nothing in a specification needs the caller's script.
    """
    main = vars(sys.modules["__main__"])
    hidden = {name: main[name] for name in main if name in ("__file__", "__spec__")}
    environment = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    main.pop("__file__", None)
    main["__spec__"] = None
    try:
        yield
    finally:
        del main["__spec__"]
        main.update(hidden)
        for name, value in environment.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _failed(spec: RunSpec, error: str) -> RunResult:
    return RunResult(spec.key, spec.label, spec.seed, error)
