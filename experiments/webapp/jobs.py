"""What a server carries out: one crew of processes for everybody, all of it kept.

What is asked decides the job's name, so the same question, by whomever and whenever, is one job;
after a restart, it is answered from its folder.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from experiments import attribution, frontier
from experiments.biography import why
from experiments.compare import design
from experiments.conduct import Means
from experiments.disk import StoreError, write_whole
from experiments.player.trace import trace_pair
from experiments.runner import Crowd, WorkersDiedError
from experiments.webapp.job import Asked, Attributing, Comparing, Job, Surveying
from experiments.webapp.limits import (
    ANSWERS_KEPT,
    JOBS,
    JOBS_PER_VISITOR,
    LIVES,
    READINGS,
    STAY_SECONDS,
    STUDIES_KEPT,
    UNWATCHED_SECONDS,
    TooManyError,
)
from experiments.webapp.settings import Settings
from experiments.workers import Crew
from simulation import Scenario, ScenarioError, warm_up

__all__ = ["Attributing", "Comparing", "Job", "Jobs", "StoppedError", "Surveying"]

TRIED_YEARS = 0.1
"""Length of the runs with which the processes are made ready."""


class StoppedError(Exception):
    """Nobody looks at a job any more, or the server ends."""


class Jobs:
    """All comparisons, attributions and maps of a server.

    Parameters
    ----------
    settings : Settings
        Where they are kept, and how many processes there are.

    Attributes
    ----------
    drawing : asyncio.Lock
        Held by whoever draws figures, whose settings belong to the whole process.
    """

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.data / "studies"
        self._workers = settings.crew
        self._warm = settings.warm
        self._crew: Crew | None = None
        self._own: Crew | None = None
        self._turns = cycle([True] + [False] * self._workers)
        self._jobs: dict[str, Job[Any, Any]] = {}
        self._lock = threading.Lock()
        self._saying: dict[Path, asyncio.Task[bytes]] = {}  # what is being said, for all who ask
        self._lives = 0
        self._readings = asyncio.Semaphore(READINGS)
        self.drawing = asyncio.Lock()
        self._ended = False

    def start(self) -> None:
        """Start the processes."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._crew, self._own = Crew(self._workers), Crew(1)
        if self._warm:
            threading.Thread(target=self._warm_up, daemon=True).start()

    def _warm_up(self) -> None:
        """Have the model compiled and every process ready before anybody asks."""
        warm_up()
        if self._jobs:
            return  # somebody asks already
        # a comparison of weeks that nobody asked for: what is needed is loaded, here and there
        with TemporaryDirectory() as folder, suppress(Exception):
            tried = design(
                "small_firm", ("customer_first", "neutral"), self._workers, 0, TRIED_YEARS
            )
            self._carry_out(Comparing("", tried, Path(folder), ""))
            labels, (a, b) = tuple(tried.cells), tried.cells.values()
            for _ in range(self._workers):
                self.crew.submit(trace_pair, a, b, labels)
            assert self._own is not None
            self._own.submit(trace_pair, a, b, labels)

    def end(self) -> None:
        """End the processes; jobs that are under way stop."""
        self._ended = True
        for crew in (self._crew, self._own):
            if crew:
                crew.end()

    def submit[**P, T](self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a call made that cannot wait for comparisons: above all, one of a room of the game.

        There is a process for nothing else, so that no comparison keeps a class waiting. While
        nothing is compared the others take their turns too.
        """
        assert self._own is not None
        busy = bool(self._saying) or not all(job.over for job in list(self._jobs.values()))
        crew = self._own if busy or next(self._turns) else self.crew
        return crew.submit(call, *args, **kwargs)

    @property
    def crew(self) -> Crew:
        """The processes of the comparisons, once they are started."""
        assert self._crew is not None
        return self._crew

    def get(self, name: str) -> Job[Any, Any] | None:
        """A job by its id, if it was asked since the server started."""
        return self._jobs.get(name)

    def ask(self, design: Asked, visitor: str) -> Job[Any, Any]:
        """Begin what is asked, or find it if it was begun or finished before.

        Raises
        ------
        TooManyError
            If the visitor, or everybody together, has too many under way.
        """
        name = _name(design)
        with self._lock:
            job = self._jobs.get(name)
            if job and job.state not in ("stopped", "failed"):
                job.look()
                return job
            busy = [other for other in self._jobs.values() if not other.over]
            if sum(other.visitor == visitor for other in busy) >= JOBS_PER_VISITOR:
                raise TooManyError(f"at most {JOBS_PER_VISITOR} comparisons of yours at a time")
            if len(busy) >= JOBS:
                raise TooManyError(f"at most {JOBS} comparisons at a time")
            self._tidy()
            job = self._jobs[name] = self._new(name, design, visitor)
        threading.Thread(target=self._carry_out, args=(job,), daemon=True).start()
        return job

    def _new(self, name: str, design: Asked, visitor: str) -> Job[Any, Any]:
        folder = self._folder / name
        match design:
            case attribution.Plan():
                return Attributing(name, design, folder, visitor)
            case frontier.Plan():
                return Surveying(name, design, folder, visitor)
            case _:
                return Comparing(name, design, folder, visitor)

    async def read[**P, T](self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Have something worked out of what is on the disk, by one of a few threads."""
        async with self._readings:
            return await asyncio.to_thread(call, *args, **kwargs)

    async def trace(self, job: Comparing) -> bytes:
        """The first pair week by week, as JSON for the player; kept once it is made."""
        (label_a, a), (label_b, b), *_ = job.design.cells.items()
        seed = job.design.study.seed
        return await self._kept(job, "trace", trace_pair, a, b, (label_a, label_b), seed)

    async def why(self, job: Comparing, uid: int) -> bytes:
        """One customer's life in both firms of the first pair, as JSON; kept once it is told.

        Raises
        ------
        ScenarioError
            If there is no such person.
        TooManyError
            If too many are being told.
        """
        a, b, *_ = job.design.cells.values()
        if self._lives >= LIVES:
            raise TooManyError(f"at most {LIVES} lives told at a time")
        self._lives += 1
        try:
            seed = job.design.study.seed
            return await self._kept(job, f"why-{uid}", tell_customer, a, b, uid, seed)
        finally:
            self._lives -= 1

    async def _kept[**P](
        self, job: Comparing, name: str, call: Callable[P, Any], *args: P.args, **kwargs: P.kwargs
    ) -> bytes:
        """What one of the processes says, from a file if it was said before.

        Nobody waits in a thread: those who look at pages need the threads.
        """
        file = job.folder / "analysis" / f"{name}.json"
        if file.exists():
            return await asyncio.to_thread(file.read_bytes)
        saying = self._saying.get(file)
        if saying is None:
            said = self.crew.submit(call, *args, **kwargs)
            saying = self._saying[file] = asyncio.create_task(_keep(file, said))
            saying.add_done_callback(lambda _: self._saying.pop(file))
        return await asyncio.shield(saying)  # whoever leaves takes it from nobody else

    def _carry_out(self, job: Job[Any, Any]) -> None:
        def progress(done: int, total: int) -> None:
            if self._ended or time.monotonic() - job.seen > UNWATCHED_SECONDS:
                raise StoppedError
            job.tell(done, total)

        job.changed("running")
        try:
            crowd = Crowd(self.crew, self._workers)
            found = job.design.carry_out(Means(job.folder, crowd=crowd, progress=progress))
            job.runs = job.total = len(found.runs)
            job.end()
        except StoppedError:
            job.changed("stopped")
        except (ScenarioError, StoreError, WorkersDiedError) as error:
            job.changed("failed", str(error))
        except Exception as error:  # whoever waits for it has to learn that nothing will come
            job.changed("failed", f"{type(error).__name__}: {error}")
        finally:
            job.rest()

    def _tidy(self) -> None:
        """Make room: drop the studies that were not used for longest."""
        there = sorted(self._folder.iterdir(), key=lambda folder: folder.stat().st_mtime)
        now = time.monotonic()
        for folder in there[: max(0, len(there) - STUDIES_KEPT + 1)]:
            job = self._jobs.get(folder.name)
            if job is None or (job.over and now - job.seen > STAY_SECONDS):
                self._jobs.pop(folder.name, None)
                shutil.rmtree(folder, ignore_errors=True)


async def _keep(file: Path, coming: Future[Any]) -> bytes:
    """What comes, as JSON; a file of it unless there are too many beside it."""
    found = await asyncio.wrap_future(coming)

    def keep() -> bytes:
        said = json.dumps(found, separators=(",", ":")).encode()
        file.parent.mkdir(parents=True, exist_ok=True)
        if sum(1 for _ in file.parent.iterdir()) < ANSWERS_KEPT:
            write_whole(file, said)
        return said

    return await asyncio.to_thread(keep)


def _name(design: Asked) -> str:
    text = json.dumps(design.study.document(), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def tell_customer(a: Scenario, b: Scenario, uid: int, seed: int) -> dict[str, Any]:
    """What a page tells of a person's life in two firms; for another process."""
    told = why(a, uid, (a.regime, b.regime), seed).as_dict()
    lives = [
        {key: life[key] for key in ("regime", "at_end", "profit", "sentences")}
        for life in told["lives"]
    ]
    return {"customer": uid, "who": told["who"], "lives": lives, "between": told["between"]}
