"""All rooms of a server: opened, found by their codes, and cleared away when nobody came."""

from __future__ import annotations

import ipaddress
import os
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from experiments.webapp.game.commands import Open
from experiments.webapp.game.preset import Preset, read
from experiments.webapp.game.room_file import SUFFIX, RoomFile, remove
from experiments.webapp.limits import EMPTY_SECONDS, ROOMS, ROOMS_AN_HOUR, TooManyError
from experiments.webapp.room_keeper import Crew, LiveRoom, digest, new_token
from simulation import ScenarioError
from simulation.errors import Problem

_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is taken for another
_CODE_LENGTH = 6
_HOUR = 3600.0


class NoSuchRoomError(Exception):
    """There is no room of this code."""


class Rooms:
    """All rooms of a server.

    Parameters
    ----------
    folder : Path
        Where their files are.
    crew : Crew
        Who lives firms.
    clock : callable
        Seconds since 1970.
    """

    def __init__(
        self,
        folder: Path,
        crew: Crew,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._crew = crew
        self._rooms: dict[str, LiveRoom] = {}
        self._opened: dict[str, list[float]] = {}  # when, by address of whoever did
        self.clock = clock

    def open(self, preset: Preset, seed: int, visitor: str = "") -> tuple[LiveRoom, str]:
        """Open a room; returns it and its facilitator's token.

        Parameters
        ----------
        preset : Preset
            Its game.
        seed : int
            Its luck.
        visitor : str
            Address of whoever opens it.

        Raises
        ------
        ScenarioError
            If there are too many, or the seed is none.
        TooManyError
            If the visitor has opened too many within an hour.
        StoreError
            If it cannot be kept.
        """
        opened = self._opened_by(visitor)
        self._tidy()
        known = len(list(self._folder.glob(f"*{SUFFIX}")))
        if known >= ROOMS:
            allowed = f"{ROOMS}; whoever runs the server can remove old ones from its data"
            given = f"room {known + 1}"
            raise ScenarioError([Problem(field="rooms", given=given, allowed=allowed)])
        code = self._new_code()
        token = new_token()
        told = {"at": self.clock(), "code": code, "seed": seed, "facilitator": digest(token)}
        first = read(Open, told | {"preset": preset.model_dump()})
        room = self._keep(code, RoomFile(self._path(code), first))
        opened.append(self.clock())
        return room, token

    def get(self, code: str) -> LiveRoom:
        """A room by its code, however it is typed.

        Raises
        ------
        NoSuchRoomError
            If there is none.
        StoreError
            If its file is damaged or in use.
        """
        plain = code.upper()
        if plain in self._rooms:
            return self._rooms[plain]
        strange = len(plain) != _CODE_LENGTH or set(plain) - set(_CODE_LETTERS)
        if strange or not self._path(plain).is_file():
            raise NoSuchRoomError
        return self._keep(plain, RoomFile(self._path(plain)))

    def close(self) -> None:
        """Close all rooms; their files stay."""
        for room in self._rooms.values():
            room.close()
        self._rooms.clear()

    def strip(self, words: str) -> str:
        """These words without the place of the rooms' files, which is of no concern to visitors."""
        return words.replace(f"{self._folder}{os.sep}", "").replace(str(self._folder), "the server")

    def _opened_by(self, visitor: str) -> list[float]:
        """When somebody opened rooms within the last hour; more may be added."""
        if _at_home(visitor):
            return []
        since = self.clock() - _HOUR
        recent = {who: [at for at in times if at > since] for who, times in self._opened.items()}
        self._opened = {who: times for who, times in recent.items() if times}
        opened = self._opened.setdefault(visitor, [])
        if len(opened) >= ROOMS_AN_HOUR:
            raise TooManyError(f"at most {ROOMS_AN_HOUR} rooms of yours in an hour")
        return opened

    def _tidy(self) -> None:
        """Remove old rooms into which nobody ever came: their files have no second line."""
        for path in self._folder.glob(f"*{SUFFIX}"):
            with suppress(OSError):
                old = self.clock() - path.stat().st_mtime > EMPTY_SECONDS
                if not old or path.read_bytes().count(b"\n") > 1:
                    continue
                if live := self._rooms.get(path.stem):
                    if live.watched:
                        continue
                    live.close()
                    del self._rooms[path.stem]
                remove(path)

    def _keep(self, code: str, file: RoomFile) -> LiveRoom:
        self._rooms[code] = LiveRoom(file, self._crew, self.clock)
        return self._rooms[code]

    def _new_code(self) -> str:
        while True:
            code = "".join(secrets.choice(_CODE_LETTERS) for _ in range(_CODE_LENGTH))
            if not self._path(code).exists():
                return code

    def _path(self, code: str) -> Path:
        return self._folder / f"{code}{SUFFIX}"


def _at_home(visitor: str) -> bool:
    """Whether an address is that of this machine, or none."""
    try:
        return ipaddress.ip_address(visitor).is_loopback
    except ValueError:
        return True
