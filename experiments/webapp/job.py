"""A job of a server: what is asked, how far it is, and what it has found."""

from __future__ import annotations

import math
import os
import threading
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Literal

from experiments import attribution, frontier
from experiments.attribution import Attribution
from experiments.compare import Design
from experiments.comparison import Comparison
from experiments.conduct import finished
from experiments.disk import StoreError
from experiments.frontier import Frontier
from experiments.frontier.choice import ROUND, START
from experiments.happenings import happenings_in
from experiments.runs import Runs
from experiments.store import StoredRuns
from experiments.webapp.frontier_map import frontier_map
from experiments.webapp.shares import shares
from experiments.webapp.snapshot import snapshot
from simulation import ScenarioError
from simulation.jit import is_warm

GROWTH = 2
"""Results are told whenever there are so many times as many replications."""

_NOTED_SECONDS = 60.0  # a folder is told that somebody looks no more often than that

State = Literal["waiting", "running", "done", "stopped", "failed"]
OVER: frozenset[State] = frozenset({"done", "stopped", "failed"})

type Asked = Design | attribution.Plan | frontier.Plan


@dataclass
class Job[A: Asked, Found: Comparison | Attribution | Frontier](ABC):
    """Something that is carried out, and how far it is.

    Attributes
    ----------
    id : str
        Digest of what is asked.
    design : Asked
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
        What was found last, as data for a page.
    version : int
        How often anything of this has changed.
    error : str
        Why it failed.
    seen : float
        When somebody last looked, on the monotonic clock.
    """

    id: str
    design: A
    folder: Path
    visitor: str
    state: State = "waiting"
    runs: int = 0
    total: int = 0
    result: dict[str, Any] | None = None
    version: int = 0
    error: str = ""
    seen: float = field(default_factory=time.monotonic)
    _noted: float = -math.inf
    _told: int = 0
    _finding: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.state in OVER

    def look(self) -> None:
        """Note that somebody is watching."""
        self.seen = time.monotonic()
        if self.seen - self._noted > _NOTED_SECONDS:
            self._noted = self.seen
            with suppress(OSError):  # it may not be there yet
                os.utime(self.folder)

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
        with self._lock:
            self.state, self.error = state or self.state, error
            self.version += 1

    @abstractmethod
    def found(self) -> Found | None:
        """What is finished; None if it says nothing yet."""

    @abstractmethod
    def due(self) -> int:
        """Finished runs after which a result is told next."""

    @staticmethod
    @abstractmethod
    def size(found: Found) -> int:
        """How much a result rests on: one that rests on no more than the last is not told."""

    @staticmethod
    @abstractmethod
    def say(found: Found) -> dict[str, Any]:
        """A result as data for a page."""

    def tell(self, done: int, total: int) -> None:
        """Take a step of progress, with a new result if one is due."""
        self.runs, self.total = done, total
        busy = self._finding is not None and self._finding.is_alive()
        if self.due() <= done < total and not busy:
            # beside the runs: the processes wait for whoever takes their results
            self._finding = threading.Thread(target=self._find_meanwhile, daemon=True)
            self._finding.start()
        self.changed()

    def end(self) -> None:
        """Work out the last result, once all runs are there."""
        if self._finding:
            self._finding.join()
        self.find()
        self.changed("done")

    def rest(self) -> None:
        """Let go of what only the runs needed."""
        self._finding = None

    def _find_meanwhile(self) -> None:
        with suppress(StoreError):  # the last result will say what is wrong
            self.find()
            self.changed()

    def find(self) -> None:
        """Work out the result of what is finished."""
        found = self.found()
        if found is not None and self.size(found) > self._told:
            self.result = self.say(found)
            self._told = self.size(found)


class Replicating[A: Design | attribution.Plan, Found: Comparison | Attribution](Job[A, Found]):
    """Some firms, replication by replication."""

    first: ClassVar[int]
    """Replications after which a result is told first."""

    def found(self) -> Found | None:
        """See `Job.found`: None without a whole replication."""
        stored = StoredRuns(self.folder)
        count = finished(self.design.study, stored)
        return self.of(stored, count) if count else None

    @abstractmethod
    def of(self, stored: Runs, count: int) -> Found:
        """What so many replications say."""

    def due(self) -> int:
        """See `Job.due`."""
        return len(self.design.cells) * max(self.first, GROWTH * self._told)

    @staticmethod
    def size(found: Found) -> int:
        """See `Job.size`."""
        return found.replications


class Comparing(Replicating[Design, Comparison]):
    """Two firms, pair by pair."""

    first = 1

    def of(self, stored: Runs, count: int) -> Comparison:
        """See `Replicating.of`."""
        happenings = happenings_in(next(iter(self.design.cells.values())))
        return Comparison(self.design.study, stored, count, happenings, self.folder)

    @staticmethod
    def say(found: Comparison) -> dict[str, Any]:
        """See `Job.say`."""
        return snapshot(found)


class Attributing(Replicating[attribution.Plan, Attribution]):
    """The gap between two firms, divided among their dials."""

    first = 2  # with one there are no intervals

    def of(self, stored: Runs, count: int) -> Attribution:
        """See `Replicating.of`."""
        game = self.design.game
        return Attribution(self.design.study, game.of, game.players, stored, count, self.folder)

    @staticmethod
    def say(found: Attribution) -> dict[str, Any]:
        """See `Job.say`."""
        return shares(found)


class Surveying(Job[frontier.Plan, Frontier]):
    """Over two keys, where which firm is better, round of points by round of points."""

    def found(self) -> Frontier | None:
        """See `Job.found`: None while there are too few points for a surface."""
        try:
            return Frontier.load(self.folder)
        except ScenarioError:
            return None

    def rest(self) -> None:
        """See `Job.rest`: the firms at all places of a map take some 20 MB."""
        super().rest()
        self.design = replace(self.design, cells=())

    def due(self) -> int:
        """See `Job.due`."""
        study = self.design.study
        points = self._told + ROUND if self._told else START
        return points * len(study.regimes) * study.replications

    @staticmethod
    def size(found: Frontier) -> int:
        """See `Job.size`."""
        return len(found.points)

    @staticmethod
    def say(found: Frontier) -> dict[str, Any]:
        """See `Job.say`."""
        return frontier_map(found)
