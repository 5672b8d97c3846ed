"""A room on disk: a line for each command, added and never changed.

A line counts once it is whole, newline and all. Whatever the process was writing when it was killed
or the power failed is cut off when the file is opened again; nobody was told that it had happened.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout
from pydantic import ValidationError

from experiments.disk import StoreError, sync_folder, told
from experiments.webapp.game.commands import Command, Open, command_from
from experiments.webapp.game.room import Room
from simulation import ScenarioError

SUFFIX = ".jsonl"


class RoomFile:
    """A room, and the file that remembers it; for one process at a time.

    Parameters
    ----------
    path : Path
        The file; one that is there is folded up to its last whole line.
    first : Open, optional
        Opens a new room; there must be no file of its name.

    Raises
    ------
    StoreError
        If the file is in use, is no room's, or cannot be read or written.
    """

    def __init__(self, path: Path, first: Open | None = None) -> None:
        self.path = path
        with told(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(path.with_suffix(".lock"))
            try:
                self._lock.acquire(timeout=0)
            except Timeout:
                raise StoreError(f"{path} is in use by another process") from None
        try:
            with told(path):
                if first is None:
                    self.room, self._whole = _read(path)
                    self._end = os.open(path, os.O_WRONLY | os.O_APPEND)
                    os.ftruncate(self._end, self._whole)
                else:
                    self._begin(first)
        except BaseException:
            self._lock.release()
            raise

    def take(self, command: Command) -> None:
        """Let a command happen and remember it, or neither.

        Raises
        ------
        ScenarioError
            If the room refuses it.
        StoreError
            If it cannot be written; the room then is as the file says.
        """
        self.room.take(command)
        try:
            with told(self.path):
                self._write(command)
        except StoreError:
            with told(self.path):
                self.room, _ = _read(self.path, self._whole)
            raise

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._end)
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _begin(self, first: Open) -> None:
        """Make the file with its first line, or none."""
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL
        self._end, self._whole = os.open(self.path, flags, 0o600), 0
        try:
            self.room = Room(first)
            self._write(first)
            sync_folder(self.path.parent)
        except BaseException:
            os.close(self._end)
            self.path.unlink(missing_ok=True)
            raise

    def _write(self, command: Command) -> None:
        """Add a line that is there after a power cut, or no line."""
        if os.fstat(self._end).st_size != self._whole:
            os.ftruncate(self._end, self._whole)  # what a disk that failed has left
        line = json.dumps(command.model_dump(mode="json"), separators=(",", ":")) + "\n"
        data = line.encode()
        size = len(data)
        try:
            while data:
                data = data[os.write(self._end, data) :]
            os.fsync(self._end)
        except OSError:
            with suppress(OSError):  # otherwise it is done before the next line
                os.ftruncate(self._end, self._whole)
            raise
        self._whole += size


def remove(path: Path) -> None:
    """Remove a room's file, unless another process has it."""
    lock = FileLock(path.with_suffix(".lock"))
    try:
        with lock.acquire(timeout=0):
            path.unlink(missing_ok=True)
    except Timeout:
        return
    path.with_suffix(".lock").unlink(missing_ok=True)


def _read(path: Path, most: int | None = None) -> tuple[Room, int]:
    """The room in a file, or in its beginning, and how many bytes of it are whole lines."""
    data = path.read_bytes()[:most]
    whole = data.rfind(b"\n") + 1
    lines = data[:whole].splitlines()
    try:
        return Room.fold(command_from(json.loads(line)) for line in lines), whole
    except (ValidationError, ScenarioError, ValueError) as error:
        raise StoreError(
            f"{path} is not the file of a room, or of another version: {error}"
        ) from None
