"""Worker processes that may die without taking anybody with them."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import override

# A worker computes on one core; libraries that would start threads of their own read these.
_ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)


def available_cores() -> int:
    """Processors that this process may use: what a batch system or a container allows."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Crew(Executor):
    """Spawned worker processes, each in a `ProcessPoolExecutor` of its own.

    When a process dies, only the calls that it had been given fail, with `BrokenProcessPool`; the
    next call finds a new process in its place. All end at once with this process, however it ends.

    Parameters
    ----------
    workers : int
        Processes.
    """

    def __init__(self, workers: int) -> None:
        self._context = get_context("spawn")
        self._theirs, self._ours = self._context.Pipe(duplex=False)
        self._pools = [self._pool() for _ in range(workers)]
        self._given = [0] * workers  # calls whose answer has not been counted yet
        # Answers come from threads that hold locks of their pool: they leave a note, and no more.
        self._answered: deque[int] = deque()
        self._lock = threading.Lock()

    @override
    def submit[**P, T](
        self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Give a call to the process that has least to do; see `Executor.submit`."""
        with self._lock:
            while self._answered:
                self._given[self._answered.popleft()] -= 1
            place = min(range(len(self._given)), key=self._given.__getitem__)
            try:
                future = self._start(place, function, *args, **kwargs)
            except BrokenProcessPool:
                self._pools[place].shutdown(wait=False)
                self._pools[place] = self._pool()
                future = self._start(place, function, *args, **kwargs)
            self._given[place] += 1
        future.add_done_callback(lambda _: self._answered.append(place))
        return future

    @override
    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """See `Executor.shutdown`."""
        for pool in self._pools:
            pool.shutdown(wait, cancel_futures=cancel_futures)
        if wait:
            self._ours.close()
            self._theirs.close()

    def end(self) -> None:
        """End all processes, whatever they are doing, as soon as they have started."""
        self._ours.close()
        self.shutdown(cancel_futures=True)

    def _pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            1, self._context, initializer=_start_worker, initargs=(self._theirs,)
        )

    def _start[**P, T](
        self, place: int, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        with _plain_children():
            future = self._pools[place].submit(function, *args, **kwargs)
        _hold_no_end(self._pools[place])
        return future


@contextmanager
def crew(workers: int) -> Iterator[Crew]:
    """A crew whose processes end at once when this block is left early."""
    made = Crew(workers)
    try:
        yield made
    except BaseException:
        made.end()
        raise
    made.shutdown()


def _hold_no_end(pool: ProcessPoolExecutor) -> None:
    """Leave the worker as the only one who can write its results.

    A worker that is killed halfway through a result leaves the reader waiting for the rest as long
    as anybody holds the writing end of that pipe, and this process does; the pool has no public
    way to let go of it.
    """
    writer = getattr(getattr(pool, "_result_queue", None), "_writer", None)
    if writer is not None and not writer.closed:
        writer.close()


def _start_worker(lifeline: Connection) -> None:
    """Leave Ctrl-C to the parent, and end when the parent closes its end of the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)

    def follow() -> None:
        lifeline.poll(None)
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


@contextmanager
def _plain_children() -> Iterator[None]:
    """Children started here use one thread each, leave Ctrl-C alone, and run no script again.

    A child can leave Ctrl-C to its parent only once it runs; until then it inherits that the
    signal is blocked. Without the last, a script that calls `compare` outside
    `if __name__ == "__main__"` would start itself anew in every worker; nothing in a specification
    needs the caller's script.
    """
    main = vars(sys.modules["__main__"])
    hidden = {name: main[name] for name in main if name in ("__file__", "__spec__")}
    environment = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    blocks = hasattr(signal, "pthread_sigmask")  # Windows has no signals to block
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if blocks else set()
    main.pop("__file__", None)
    main["__spec__"] = None
    try:
        yield
    finally:
        del main["__spec__"]
        main.update(hidden)
        if blocks:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for name, value in environment.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
