"""Many runs over any executor: nothing lost when a worker dies, nothing waiting for nothing.

Calls are handed out a few at a time, short runs several to a call. What was in flight when a worker
died is run again at the end, one run at a time: the one that kills its worker once more is a result
with its error.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    wait,
)
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Protocol

from experiments.interrupts import interrupts_held
from experiments.runs import (
    MemoryRuns,
    Packed,
    Run,
    RunResult,
    Runs,
    RunSpec,
    failed,
    pack,
    run_one,
    run_packed,
    unpack,
)
from experiments.workers import available_cores, crew
from simulation import warm_up

# One call waits behind every running one: no worker is idle, and little is thrown away.
IN_FLIGHT_PER_WORKER = 2
# How long Ctrl-C may have to wait for an answer.
LOOK_SECONDS = 0.2
# Runs that are shorter than this share a call, so that handing them out costs little beside them.
CALL_SECONDS = 0.2

# So many lost calls per worker, and none that came back: the fault is not in a run.
_LOST_AT_START = 3

Progress = Callable[[int, int], None]


class WorkersDiedError(Exception):
    """Workers die before they have finished anything."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Somebody who works: an executor, and how many calls it works on at once.

    Attributes
    ----------
    executor : Executor
        Any; it may lose calls by raising `BrokenExecutor` (or one of `losses`) from their futures,
        but has to take new ones afterwards.
    workers : int
        Calls at once.
    losses : tuple of exception types
        What a future raises whose worker died.
    """

    executor: Executor
    workers: int
    losses: tuple[type[BaseException], ...] = (BrokenExecutor,)


class Keeper(Runs, Protocol):
    """Where finished runs go."""

    def missing(self, specs: Sequence[RunSpec]) -> list[RunSpec]:
        """Those of these runs that are not there yet, each once."""
        ...

    def add(self, run: Packed) -> None:
        """Keep a finished run."""
        ...


def local(workers: int | None) -> AbstractContextManager[Crowd | None]:
    """Processes on this machine, one per processor unless told; None for this process itself."""
    count = workers or available_cores()
    return nullcontext(None) if count == 1 else _local_crew(count)


@contextmanager
def _local_crew(workers: int) -> Iterator[Crowd]:
    with crew(workers) as executor:
        yield Crowd(executor, workers)


def run_into(
    keeper: Keeper,
    specs: Sequence[RunSpec],
    crowd: Crowd | None = None,
    progress: Progress | None = None,
    run: Run = run_one,
) -> None:
    """Run what a keeper has not got yet.

    Parameters
    ----------
    keeper : Keeper
        Gets every run as soon as it is finished.
    crowd : Crowd, optional
        Who does it; None is this process.
    progress : callable, optional
        Called with (finished, total) after every run, and with what the keeper had already before
        and after the model is compiled.
    run : callable
        A module-level function, so that another process can find it.

    Raises
    ------
    ScenarioError
        The input is wrong. A run that fails does not raise: it is kept with its error.
    """
    missing = keeper.missing(specs)
    total = len({spec.key for spec in specs})
    done = total - len(missing)
    tell = progress or (lambda done, total: None)
    if not missing:
        return
    tell(done, total)
    if run is run_one:
        warm_up()  # compile once here, not once in every worker
    tell(done, total)
    results = _here(missing, run) if crowd is None else _handed_out(missing, crowd, run)
    with closing(results) as finished:
        for packed in finished:
            keeper.add(packed)
            done += 1
            tell(done, total)


def run_many(
    specs: Sequence[RunSpec],
    workers: int | None = None,
    progress: Progress | None = None,
    run: Run = run_one,
) -> list[RunResult]:
    """Run them all over processes on this machine; results in the order of the specifications.

    See `run_into`; a run that is asked for twice is made once.
    """
    if not specs:
        return []
    runs = MemoryRuns()
    with local(min(workers or available_cores(), len(specs))) as crowd:
        run_into(runs, specs, crowd, progress, run)
    done = {packed.key: packed for packed in runs.packed()}
    return [unpack(done[spec.key], spec.label) for spec in specs]


def _here(specs: Sequence[RunSpec], run: Run) -> Generator[Packed]:
    for spec in specs:
        yield run_packed(run, spec)


def _handed_out(specs: Sequence[RunSpec], crowd: Crowd, run: Run) -> Generator[Packed]:
    suspects: list[RunSpec] = []
    most = IN_FLIGHT_PER_WORKER * crowd.workers
    with interrupts_held() as let_in:
        yield from _in_flight(specs, crowd, run, most, suspects, let_in)
        # Whatever was in flight when a worker died is run again, alone: the guilty one dies again.
        for spec in suspects:
            guilty: list[RunSpec] = []
            for packed in _in_flight([spec], crowd, run, 1, guilty, let_in):
                yield replace(packed, attempts=2)
            if guilty:
                error = "the worker process died twice (out of memory?)"
                yield replace(pack(spec, failed(spec, error)), attempts=2)


def _in_flight(
    specs: Sequence[RunSpec],
    crowd: Crowd,
    run: Run,
    most: int,
    suspects: list[RunSpec],
    let_in: Callable[[], None],
) -> Generator[Packed]:
    """Work off runs with so many calls in flight at most; those of lost calls become suspects.

    Whoever leaves early takes back the calls that have not begun. Interrupts are let in before
    calls are handed out.
    """
    waiting = deque(specs)
    flying: dict[Future[list[Packed]], list[RunSpec]] = {}
    share, came_back = 1, False
    try:
        while waiting or flying:
            let_in()
            while waiting and len(flying) < most:
                given = [waiting.popleft() for _ in range(min(share, len(waiting)))]
                flying[crowd.executor.submit(run_call, run, given)] = given
            finished, _ = wait(flying, LOOK_SECONDS, FIRST_COMPLETED)
            for future in finished:
                given = flying.pop(future)
                try:
                    packed = future.result()
                except crowd.losses as error:
                    suspects.extend(given)
                    if not came_back and len(suspects) >= _LOST_AT_START * most:
                        raise WorkersDiedError(
                            "The worker processes die before they have finished a single run. They "
                            "may have too little memory; --workers 1 runs without them"
                        ) from error
                    continue
                came_back = True
                share = _share(packed, len(waiting), most)
                yield from packed
    finally:
        for future in flying:
            future.cancel()


def run_call(run: Run, specs: Sequence[RunSpec]) -> list[Packed]:
    """Runs that share a call."""
    return [run_packed(run, spec) for spec in specs]


def _share(packed: Sequence[Packed], waiting: int, most: int) -> int:
    """How many runs the next call gets, by how long the last ones took."""
    mean = sum(run.seconds for run in packed) / len(packed)
    wanted = math.ceil(CALL_SECONDS / max(mean, CALL_SECONDS / 1000))
    return max(1, min(wanted, waiting // most))
