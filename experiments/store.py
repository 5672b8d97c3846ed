"""Runs on disk: an index in SQLite, tables in Parquet, and nothing lost when the process is killed.

    index.sqlite                a row per run: key, seed, status, error, the part that holds it
    parts/<table>-<id>.parquet  some hundred runs each, zstd, with the run's key in every row

A finished run goes into the index in one transaction, tables and all, and from there into a part
when there are enough of them: the part's files are written under another name, synced and renamed,
and only then does the index, again in one transaction, say that they hold these runs. Whatever
moment the process is killed at, a finished run is in exactly one of the two places.
"""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Self

import filelock
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from experiments.disk import StoreError, sync_folder, told, write_whole
from experiments.runs import (
    KEY,
    Keep,
    Packed,
    RunSpec,
    index_frame,
    missing_of,
    selected,
    stacked,
    unstacked,
)

INDEX, PARTS, LOCK = "index.sqlite", "parts", ".lock"

# A part is closed at so many runs or bytes, whichever comes first: files large enough to be read
# quickly, an index that stays small.
RUNS_A_PART = 200
BYTES_A_PART = 64 * 2**20

_PART_FILE = re.compile(r"[a-z]+-[0-9a-f]{16}\.parquet(\.tmp)?")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    key TEXT PRIMARY KEY, seed INTEGER NOT NULL, keep INTEGER NOT NULL, error TEXT NOT NULL,
    attempts INTEGER NOT NULL, seconds REAL NOT NULL, part TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS waiting (
    key TEXT NOT NULL, name TEXT NOT NULL, frame BLOB NOT NULL, PRIMARY KEY (key, name)
) STRICT;
CREATE TABLE IF NOT EXISTS files (
    part TEXT NOT NULL, name TEXT NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (part, name)
) STRICT;
CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL, since TEXT NOT NULL) STRICT;
"""


class StoredRuns:
    """Runs in a folder, to be read; somebody may be writing to it at the same time.

    Parameters
    ----------
    folder : Path
        With an index in it.

    Raises
    ------
    StoreError
        From any method, if the folder or a file in it cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def index(self) -> pd.DataFrame:
        """See `Runs.index`."""
        with self._reading() as base:
            columns = "key, seed, keep, error, attempts, seconds"
            return index_frame(base.execute(f"SELECT {columns} FROM runs").fetchall())

    def pieces(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """See `Runs.pieces`."""
        with self._reading() as base:
            # one snapshot: a run that moves from the index to a part meanwhile is met once
            base.execute("BEGIN")
            found = "SELECT part FROM files WHERE name = ? ORDER BY part"
            parts = [part for (part,) in base.execute(found, (name,))]
            held = {part: self._keys_of(base, part) for part in parts}
            frames = "SELECT key, frame FROM waiting WHERE name = ? ORDER BY key"
            waiting = base.execute(frames, (name,)).fetchall()
        for part in parts:
            table = self._read(name, part, columns)
            # a run that was done again has its old rows there as well
            yield table.filter(pc.is_in(table[KEY], pa.array(held[part])))
        if waiting:
            table = stacked(waiting)
            yield table.select(selected(table.schema, columns))

    def packed(self, keys: Collection[str] | None = None) -> Iterator[Packed]:
        """See `Runs.packed`."""
        with self._reading() as base:
            base.execute("BEGIN")
            rows = base.execute("SELECT key, seed, keep, error, seconds, attempts, part FROM runs")
            runs = [row for row in rows.fetchall() if keys is None or row[0] in keys]
            files = base.execute("SELECT part, name FROM files").fetchall()
            waiting = base.execute("SELECT name, key, frame FROM waiting").fetchall()
        for part in dict.fromkeys(run[-1] for run in runs):
            inside = {run[0]: run for run in runs if run[-1] == part}
            frames: dict[str, dict[str, bytes]] = {key: {} for key in inside}
            for name in (name for of, name in files if of == part):
                table = self._read(name, part, None)
                table = table.filter(pc.is_in(table[KEY], pa.array([*inside])))
                for key, frame in unstacked(table):
                    frames[key][name] = frame
            for name, key, frame in waiting if part is None else ():
                if key in frames:
                    frames[key][name] = frame
            for key, (_, seed, keep, error, seconds, attempts, _) in inside.items():
                yield Packed(key, seed, Keep(keep), error, seconds, frames[key], attempts)

    def _read(self, name: str, part: str, columns: Sequence[str] | None) -> pa.Table:
        """What a file of a part has of these columns."""
        with told(self.folder):
            file = _part_file(self.folder, name, part)
            with pq.ParquetFile(file, page_checksum_verification=True) as data:
                return data.read(selected(data.schema_arrow, columns))

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with told(self.folder), closing(self._opened()) as base:
            yield base

    def _opened(self) -> sqlite3.Connection:
        address = (self.folder / INDEX).absolute().as_uri()
        base = sqlite3.connect(f"{address}?mode=ro", uri=True, isolation_level=None)
        try:
            base.execute("SELECT count(*) FROM runs")
        except sqlite3.OperationalError:
            base.close()
            journals = [self.folder / f"{INDEX}-{kind}" for kind in ("wal", "journal")]
            if any(file.exists() and file.stat().st_size for file in journals):
                raise  # without them the index would be that of another moment
            # a folder that may not be written to, after its last writer has left
            base = sqlite3.connect(f"{address}?immutable=1", uri=True, isolation_level=None)
        return base

    @staticmethod
    def _keys_of(base: sqlite3.Connection, part: str) -> list[str]:
        return [key for (key,) in base.execute("SELECT key FROM runs WHERE part = ?", (part,))]


class Store(StoredRuns):
    """Runs in a folder, held for writing by one process alone.

    Parameters
    ----------
    folder : Path
        Made if it is not there.

    Attributes
    ----------
    lost : int
        Runs whose part was missing or cut short when the store was opened; they count as not done.

    Raises
    ------
    StoreError
        If another process writes to the folder, or it cannot be written to.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        with told(folder):
            (folder / PARTS).mkdir(parents=True, exist_ok=True)
            self._lock = filelock.FileLock(folder / LOCK)
            try:
                self._lock.acquire(timeout=0)
            except filelock.Timeout:
                raise StoreError(f"Another raison is at work on {folder}{self._holder()}") from None
            with ExitStack() as undone:
                undone.callback(self._lock.release)
                self._base = sqlite3.connect(folder / INDEX, isolation_level=None)
                undone.callback(self._base.close)
                self._base.execute("PRAGMA journal_mode = WAL")
                # A killed process loses nothing; a power cut at most the last moments before it.
                self._base.execute("PRAGMA synchronous = NORMAL")
                self._base.executescript(_SCHEMA)
                with self._transaction() as base:
                    base.execute("DELETE FROM holder")
                    now = (os.getpid(), time.strftime("%Y-%m-%d %H:%M:%S"))
                    base.execute("INSERT INTO holder VALUES (?, ?)", now)
                self.lost = self._mend()
                undone.pop_all()
            waits = "SELECT key, sum(length(frame)) FROM waiting GROUP BY key"
            self._waiting: dict[str, int] = dict(self._base.execute(waits))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def missing(self, specs: Iterable[RunSpec]) -> list[RunSpec]:
        """Those of these runs that are not here yet, each once."""
        return missing_of(self.index(), specs)

    def forget_failures(self) -> None:
        """Let runs that failed count as missing."""
        with told(self.folder), self._transaction() as base:
            base.execute("DELETE FROM runs WHERE error != ''")

    def add(self, run: Packed) -> None:
        """Keep a finished run; an error does not replace what has been done already.

        Raises
        ------
        StoreError
            If it cannot be kept; those before it are.
        """
        with told(self.folder), self._transaction() as base:
            done = base.execute("SELECT 1 FROM runs WHERE key = ? AND error = ''", (run.key,))
            if run.error and done.fetchone():
                return
            base.execute(
                "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, NULL) ON CONFLICT (key) DO UPDATE SET "
                "keep = excluded.keep, error = excluded.error, seconds = excluded.seconds, "
                "attempts = attempts + excluded.attempts, part = NULL",
                (run.key, run.seed, int(run.keep), run.error, run.attempts, run.seconds),
            )
            base.execute("DELETE FROM waiting WHERE key = ?", (run.key,))
            frames = [(run.key, name, frame) for name, frame in run.frames.items()]
            base.executemany("INSERT INTO waiting VALUES (?, ?, ?)", frames)
        self._waiting[run.key] = sum(map(len, run.frames.values()))
        if len(self._waiting) >= RUNS_A_PART or sum(self._waiting.values()) >= BYTES_A_PART:
            self.close_part()

    def take(self, other: StoredRuns, keys: Collection[str]) -> int:
        """Take over those of these runs that another store has and this one has not.

        Returns
        -------
        int
            How many.
        """
        here = self.index()
        done = set(here.index[here["status"] == "ok"])
        there = other.index()
        fresh = {
            str(key)
            for key, status in there["status"].items()
            if key in keys and key not in done and (status == "ok" or key not in here.index)
        }
        if fresh:
            for run in other.packed(fresh):
                self.add(run)
        return len(fresh)

    def close_part(self) -> None:
        """Move what waits in the index to a part of its own.

        Raises
        ------
        StoreError
            If it cannot be written; then it goes on waiting.
        """
        if not self._waiting:
            return
        keys = sorted(self._waiting)
        part = hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16]
        files = []
        with told(self.folder):
            for (name,) in self._base.execute("SELECT DISTINCT name FROM waiting").fetchall():
                query = "SELECT key, frame FROM waiting WHERE name = ? ORDER BY key"
                table = stacked(self._base.execute(query, (name,)).fetchall())
                sink = pa.BufferOutputStream()
                pq.write_table(table, sink, compression="zstd", write_page_checksum=True)
                data = sink.getvalue()
                write_whole(_part_file(self.folder, name, part), data)
                files.append((part, name, data.size))
            sync_folder(self.folder / PARTS)
            with self._transaction() as base:
                base.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", files)
                moved = [(part, key) for key in keys]
                base.executemany("UPDATE runs SET part = ? WHERE key = ?", moved)
                base.execute("DELETE FROM waiting")
        self._waiting = {}

    def close(self) -> None:
        """Leave the folder; what waits in the index stays there."""
        try:
            with suppress(sqlite3.Error):  # no room, or a reader: tidiness can wait
                # in one file, so that readers leave none beside it in turn
                self._base.execute("PRAGMA journal_mode = DELETE")
                if not self._waiting:
                    self._base.execute("VACUUM")
            self._base.close()
        finally:
            self._lock.release()

    def _mend(self) -> int:
        """Forget runs whose part is gone, and clear files that nothing refers to."""
        found = self._base.execute("SELECT part, name, bytes FROM files").fetchall()
        expected = {_part_file(self.folder, name, part): (part, size) for part, name, size in found}
        gone = {
            part
            for file, (part, size) in expected.items()
            if not file.exists() or file.stat().st_size != size
        }
        lost = [key for part in gone for key in self._keys_of(self._base, part)]
        with self._transaction() as base:
            base.executemany("DELETE FROM runs WHERE key = ?", [(key,) for key in lost])
            base.executemany("DELETE FROM files WHERE part = ?", [(part,) for part in gone])
            base.execute(
                "DELETE FROM files WHERE part NOT IN (SELECT part FROM runs WHERE part IS NOT NULL)"
            )
            kept = base.execute("SELECT part, name FROM files").fetchall()
        referred = {_part_file(self.folder, name, part) for part, name in kept}
        for file in (self.folder / PARTS).iterdir():
            if file not in referred and _PART_FILE.fullmatch(file.name):
                file.unlink()
        return len(lost)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._base.execute("BEGIN IMMEDIATE")
        try:
            yield self._base
            self._base.execute("COMMIT")
        except BaseException:
            if self._base.in_transaction:
                self._base.execute("ROLLBACK")
            raise

    def _holder(self) -> str:
        """Who is at work on the folder, as far as it is known."""
        try:
            with self._reading() as base:
                pid, since = base.execute("SELECT pid, since FROM holder").fetchone()
        except (StoreError, TypeError):
            return ""
        return f" (process {pid}, since {since})"


def _part_file(folder: Path, name: str, part: str) -> Path:
    return folder / PARTS / f"{name}-{part}.parquet"
