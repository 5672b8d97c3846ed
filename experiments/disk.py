"""Writing that is whole or not there, and disks that speak plainly."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Buffer, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_BASE_FULL = ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE")
_UNWRITTEN = ("SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC")
"""What SQLite makes of a quota or a limit on the size of files, and of a disk that fails."""
_CLOSED = (errno.EACCES, errno.EPERM, errno.EROFS)


class StoreError(Exception):
    """Results cannot be kept or read; the message says why."""


class DiskFullError(StoreError):
    """No more can be written; what was kept so far is safe."""


@contextmanager
def whole_file(file: Path) -> Iterator[BinaryIO]:
    """Open a file that nobody ever sees half of: under another name, synced, then renamed."""
    part = file.with_name(f"{file.name}.tmp")
    try:
        with part.open("wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write_whole(file: Path, data: Buffer) -> None:
    """Write all of a file; see `whole_file`."""
    with whole_file(file) as out:
        out.write(data)


def sync_folder(folder: Path) -> None:
    """Make names that were written into a folder outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """Turn what a disk and a database may answer into a `StoreError` that a person understands."""
    try:
        yield
    except StoreError:
        raise
    except (OSError, sqlite3.Error, pa.ArrowException, UnicodeDecodeError) as error:
        raise _plainly(folder, error) from error


def _plainly(folder: Path, error: Exception) -> StoreError:
    number = getattr(error, "errno", None)
    name = getattr(error, "sqlite_errorname", "")
    if number in _FULL or name in _BASE_FULL:
        return DiskFullError(
            f"There is no room left for {folder}. What is finished is kept: make room, and the "
            "same command goes on"
        )
    if name in _UNWRITTEN:
        return DiskFullError(
            f"{folder} takes no more: a quota, a limit on the size of files, or a failing disk "
            f"({error}). What is finished is kept: mend that, and the same command goes on"
        )
    if number in _CLOSED or name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return StoreError(f"{folder} cannot be used: no permission, or a read-only disk")
    return StoreError(f"{folder} cannot be used: {error}")
