"""Comparisons that a server carries out: one crew of processes for everybody, all of it kept.

What is asked decides the job's name, so the same question, by whomever and whenever, is one job;
after a restart, it is answered from its folder.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from experiments.compare import Design
from experiments.comparison import Comparison
from experiments.conduct import Means, finished
from experiments.disk import StoreError, write_whole
from experiments.happenings import happenings_in
from experiments.runner import Crowd, WorkersDiedError
from experiments.store import StoredRuns
from experiments.webapp.limits import (
    JOBS,
    JOBS_PER_VISITOR,
    STUDIES_KEPT,
    UNWATCHED_SECONDS,
    TooManyError,
)
from experiments.webapp.settings import Settings
from experiments.webapp.snapshot import snapshot
from experiments.webapp.trace import trace_pair
from experiments.workers import Crew
from simulation import ScenarioError, warm_up
from simulation.jit import is_warm

FIRST, GROWTH = 1, 2
"""Results are told after the first pair, and whenever there are twice as many."""

State = Literal["waiting", "running", "done", "stopped", "failed"]
OVER: frozenset[State] = frozenset({"done", "stopped", "failed"})


class StoppedError(Exception):
    """Nobody looks at a job any more, or the server ends."""


@dataclass
class Job:
    """A comparison and how far it is.

    Attributes
    ----------
    id : str
        Digest of what is asked.
    design : Design
        What is asked.
    folder : Path
        Where its runs are kept.
    visitor : str
        Who asked first.
    state : str
        Of `State`.
    runs, total : int
        Finished runs, and how many there will be.
    result : dict, optional
        The last `snapshot`.
    version : int
        How often anything of this has changed.
    error : str
        Why it failed.
    seen : float
        When somebody last looked, on the monotonic clock.
    """

    id: str
    design: Design
    folder: Path
    visitor: str
    state: State = "waiting"
    runs: int = 0
    total: int = 0
    result: dict[str, Any] | None = None
    version: int = 0
    error: str = ""
    seen: float = field(default_factory=time.monotonic)
    _told: int = 0

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.state in OVER

    def look(self) -> None:
        """Note that somebody is watching."""
        self.seen = time.monotonic()

    def as_dict(self) -> dict[str, Any]:
        """How far it is, without the result."""
        return {
            "id": self.id,
            "state": self.state,
            "runs": self.runs,
            "total": self.total,
            "error": self.error,
            "compiling": not is_warm(),
        }

    def changed(self, state: State | None = None, error: str = "") -> None:
        """Note a change for those who watch."""
        self.state, self.error = state or self.state, error
        self.version += 1

    def comparison(self) -> Comparison | None:
        """What is finished, as a comparison; None without a whole pair."""
        study = self.design.study
        stored = StoredRuns(self.folder)
        pairs = finished(study, stored)
        if not pairs:
            return None
        happenings = happenings_in(next(iter(self.design.cells.values())))
        return Comparison(study, stored, pairs, happenings, self.folder)

    def tell(self, done: int, total: int) -> None:
        """Take a step of progress, with a new result when there are twice as many pairs."""
        self.runs, self.total = done, total
        firms = len(self.design.cells)
        due = max(FIRST, GROWTH * self._told)
        if done < total and done >= firms * due:
            self.find()
        self.changed()

    def find(self) -> None:
        """Work out the result of what is finished."""
        found = self.comparison()
        if found is not None and found.replications > self._told:
            self._told = found.replications
            self.result = snapshot(found)


class Jobs:
    """All comparisons of a server.

    Parameters
    ----------
    settings : Settings
        Where they are kept, and how many processes there are.
    """

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.data / "studies"
        self._workers = settings.crew
        self._warm = settings.warm
        self._crew: Crew | None = None
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._ended = False

    def start(self) -> None:
        """Start the processes."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._crew = Crew(self._workers)
        if self._warm:
            threading.Thread(target=self._warm_up, daemon=True).start()

    def _warm_up(self) -> None:
        """Have the model compiled and every process ready before anybody asks."""
        warm_up()
        if not self._ended:
            for _ in range(self._workers):
                self.submit(warm_up)

    def end(self) -> None:
        """End the processes; jobs that are under way stop."""
        self._ended = True
        if self._crew:
            self._crew.end()

    def submit[**P, T](self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a call made by one of the processes."""
        return self.crew.submit(call, *args, **kwargs)

    @property
    def crew(self) -> Crew:
        """The processes, once they are started."""
        assert self._crew is not None
        return self._crew

    def get(self, name: str) -> Job | None:
        """A job by its id, if it was asked since the server started."""
        return self._jobs.get(name)

    def ask(self, design: Design, visitor: str) -> Job:
        """Begin a comparison, or find the one that was begun or finished before.

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
            job = Job(name, design, self._folder / name, visitor)
            self._jobs[name] = job
        threading.Thread(target=self._carry_out, args=(job,), daemon=True).start()
        return job

    def trace(self, job: Job) -> bytes:
        """The first pair week by week, as JSON for the player; kept once it is made."""
        file = job.folder / "analysis" / "trace.json"
        if not file.exists():
            (label_a, a), (label_b, b), *_ = job.design.cells.items()
            seed = job.design.study.seed
            trace = self.submit(trace_pair, a, b, (label_a, label_b), seed).result()
            file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(file, json.dumps(trace, separators=(",", ":")).encode())
        return file.read_bytes()

    def _carry_out(self, job: Job) -> None:
        def progress(done: int, total: int) -> None:
            if self._ended or time.monotonic() - job.seen > UNWATCHED_SECONDS:
                raise StoppedError
            job.tell(done, total)

        job.changed("running")
        try:
            crowd = Crowd(self.crew, self._workers)
            job.design.carry_out(Means(job.folder, crowd=crowd, progress=progress))
            job.runs = job.total = len(job.design.cells) * job.design.study.replications
            job.find()
            job.changed("done")
        except StoppedError:
            job.changed("stopped")
        except (ScenarioError, StoreError, WorkersDiedError) as error:
            job.changed("failed", str(error))
        except Exception as error:  # whoever waits for it has to learn that nothing will come
            job.changed("failed", f"{type(error).__name__}: {error}")

    def _tidy(self) -> None:
        """Make room: drop the studies that were not used for longest."""
        there = sorted(self._folder.iterdir(), key=lambda folder: folder.stat().st_mtime)
        for folder in there[: max(0, len(there) - STUDIES_KEPT + 1)]:
            job = self._jobs.get(folder.name)
            if job is None or job.over:
                self._jobs.pop(folder.name, None)
                shutil.rmtree(folder, ignore_errors=True)


def _name(design: Design) -> str:
    text = json.dumps(design.study.document(), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:24]
