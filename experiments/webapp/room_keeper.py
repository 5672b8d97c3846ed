"""A room of a server: kept on disk, lived by worker processes, watched by those who are in it.

Everything here happens in one event loop, so that commands come one after another. What is lost
when the process dies can be worked out again from the room's file.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, Protocol

from experiments.webapp.debriefing import live_debrief
from experiments.webapp.game import views
from experiments.webapp.game.commands import Command
from experiments.webapp.game.decision import Decision
from experiments.webapp.game.lives import Life, live_team
from experiments.webapp.game.preset import Shock
from experiments.webapp.game.room import Phase, Room, Team
from experiments.webapp.game.room_file import RoomFile
from experiments.webapp.limits import STREAMS, STREAMS_OF_FACILITATOR, STREAMS_OF_TEAM
from simulation import ScenarioError
from simulation.errors import Problem

_TOKEN_BYTES = 32
_HEARTBEAT_SECONDS = 15.0
_TRIES = 2

_log = logging.getLogger(__name__)

Watcher = Team | None
"""Whose eyes: those of a team, or None for the facilitator."""


class Crew(Protocol):
    """Somebody who makes calls elsewhere: any executor, or the processes of the server."""

    def submit[**P, T](
        self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Have a call made."""
        ...


class NotAllowedError(Exception):
    """Whoever asks is not who they would have to be."""


def digest(token: str) -> str:
    """What the room's file knows of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """A secret that nobody guesses."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


_Asked = tuple[tuple[Decision, ...], tuple[Shock, ...]]
"""What tells two lives of one team's firm apart."""


class LiveRoom:
    """A room, the lives of its firms, and those who watch it.

    Parameters
    ----------
    file : RoomFile
        The room and its memory.
    crew : Crew
        Who lives firms.
    clock : callable
        Seconds since 1970.
    """

    def __init__(self, file: RoomFile, crew: Crew, clock: Callable[[], float]) -> None:
        self._file = file
        self._crew = crew
        self._clock = clock
        self._lives: dict[str, Life] = {}
        self._ahead: dict[str, tuple[_Asked, Future[Life]]] = {}
        self._living: asyncio.Task[None] | None = None
        self._debrief: dict[str, Any] | None = None
        self._debriefing: asyncio.Task[None] | None = None
        self._done = self._total = 0
        self._trouble = ""
        self._watchers: list[asyncio.Event] = []
        self._present: Counter[str] = Counter()
        self._follow_up()

    @property
    def room(self) -> Room:
        """The room as it stands."""
        return self._file.room

    # ------------------------------------------------------------------ who asks

    def who(self, token: str) -> Watcher:
        """The team a token belongs to, or None for the facilitator's.

        Raises
        ------
        NotAllowedError
            If it is nobody's.
        """
        told = digest(token)
        if hmac.compare_digest(told, self.room.facilitator):
            return None
        for team in self.room.teams.values():
            if team.token and hmac.compare_digest(told, team.token):
                return team
        raise NotAllowedError

    # ------------------------------------------------------------------ what happens

    def take(self, command: Command) -> None:
        """Let a command happen, see `RoomFile.take`, and tell those who watch."""
        self._file.take(command)
        self._follow_up()
        self._tell()

    def view(self, watcher: Watcher) -> dict[str, Any]:
        """What somebody may see now."""
        now = self._clock()
        own = (
            views.facilitator_view(self.room, self._lives, now)
            if watcher is None
            else views.team_view(self.room, watcher, self._lives, now)
        )
        return {
            **own,
            "role": "facilitator" if watcher is None else "team",
            "present": sorted(team for team, count in self._present.items() if count),
            "living": self._stale() != [],
            "trouble": self._trouble,
            "debrief": {
                "open": views.may_see_debrief(self.room, watcher is None),
                "ready": self._debrief is not None,
                "done": self._done,
                "of": self._total,
            },
        }

    def debrief(self, watcher: Watcher) -> dict[str, Any] | None:
        """The debrief; None while its firms are being lived.

        Raises
        ------
        NotAllowedError
            If it is not open to whoever asks.
        """
        if not views.may_see_debrief(self.room, watcher is None):
            raise NotAllowedError
        return self._debrief

    def watch(self, watcher: Watcher) -> AsyncIterator[dict[str, Any] | None]:
        """What somebody may see, each time that it changes; None to show that one is still there.

        Raises
        ------
        ScenarioError
            If too many are watching.
        """
        if full := self._full(watcher):
            raise ScenarioError([Problem(field="room", given="one more watcher", allowed=full)])
        return self._watch(watcher)

    @property
    def watched(self) -> bool:
        """Whether anybody is watching."""
        return bool(self._watchers)

    def _full(self, watcher: Watcher) -> str:
        """How many may watch, if there are so many already; otherwise nothing."""
        if len(self._watchers) >= STREAMS:
            return f"{STREAMS} at the same time"
        if watcher is None:
            return ""
        if self._present[watcher.id] >= STREAMS_OF_TEAM:
            return f"{STREAMS_OF_TEAM} of one team at the same time"
        left = STREAMS - STREAMS_OF_FACILITATOR
        return f"{left} of teams at the same time" if self._present.total() >= left else ""

    async def _watch(self, watcher: Watcher) -> AsyncIterator[dict[str, Any] | None]:
        if self._full(watcher):  # others were let in before this one began
            return
        changed = asyncio.Event()
        with self._watching(changed, watcher):
            while True:
                changed.clear()
                yield self.view(watcher)
                while not changed.is_set():
                    try:
                        await asyncio.wait_for(changed.wait(), _HEARTBEAT_SECONDS)
                    except TimeoutError:
                        yield None

    def close(self) -> None:
        """Stop what is going on, and let go of the file."""
        for task in (self._living, self._debriefing):
            if task is not None:
                task.cancel()
        for _, life in self._ahead.values():
            life.cancel()
        self._file.close()

    @contextmanager
    def _watching(self, changed: asyncio.Event, watcher: Watcher) -> Iterator[None]:
        self._watchers.append(changed)
        if watcher is not None:
            self._present[watcher.id] += 1
        self._tell()
        try:
            yield
        finally:
            self._watchers.remove(changed)
            if watcher is not None:
                self._present[watcher.id] -= 1
            self._tell()

    def _tell(self) -> None:
        for changed in self._watchers:
            changed.set()

    # ------------------------------------------------------------------ lives

    def _stale(self) -> list[Team]:
        """Teams whose firm has more quarters than were lived."""
        return [
            team
            for team in self.room.teams.values()
            if team.turns and self._lived(team) < len(team.turns)
        ]

    def _lived(self, team: Team) -> int:
        life = self._lives.get(team.id)
        return life.quarters if life else 0

    def _follow_up(self) -> None:
        """Begin what the room now needs, unless it is on its way."""
        if self._stale() and (self._living is None or self._living.done()):
            self._living = asyncio.create_task(self._guarded(self._live_all))
        self._think_ahead()
        over = self.room.phase in (Phase.OVER, Phase.REVEALED)
        if (
            over
            and self._debrief is None
            and not (self._debriefing and not self._debriefing.done())
        ):
            self._debriefing = asyncio.create_task(self._guarded(self._live_debrief))

    async def _guarded(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Work that may lose a worker process is tried once more, and then told of."""
        for attempt in range(_TRIES):
            try:
                await work()
                self._trouble = ""
                break
            except Exception:
                _log.exception("room %s, attempt %d", self.room.code, attempt + 1)
                self._trouble = "The firms could not be run; the server's log says why."
        self._tell()

    async def _live_all(self) -> None:
        while stale := self._stale():
            calls = [self._life(team, tuple(team.decisions)) for team in stale]
            lives = await asyncio.gather(*map(asyncio.wrap_future, calls))
            for team, life in zip(stale, lives, strict=True):
                self._lives[team.id] = life
            self._tell()
        self._think_ahead()

    def _think_ahead(self) -> None:
        """Live the open quarter as it would close now: people think longer than firms take."""
        if self.room.phase == Phase.PLAYING and not self._stale():
            for team in self.room.teams.values():
                self._life(team, (*team.decisions, self.room.standing(team)))

    def _life(self, team: Team, decisions: tuple[Decision, ...]) -> Future[Life]:
        """The life of a team's firm, if it was begun already; otherwise it is begun."""
        room = self.room
        shocks = tuple(shock for shock in room.shocks if shock.quarter < len(decisions))
        kept = self._ahead.get(team.id)
        if kept and kept[0] == (decisions, shocks) and not _failed(kept[1]):
            return kept[1]
        if kept:
            kept[1].cancel()
        begun = self._crew.submit(live_team, room.preset, room.seed, shocks, decisions)
        self._ahead[team.id] = ((decisions, shocks), begun)
        return begun

    async def _live_debrief(self) -> None:
        self._debrief = await live_debrief(self.room, self._crew, self._note)

    def _note(self, done: int, total: int) -> None:
        """How far the debrief is."""
        self._done, self._total = done, total
        self._tell()


def _failed(life: Future[Life]) -> bool:
    return life.cancelled() or (life.done() and life.exception() is not None)
