"""Records on disk: the event log as it grows, and a finished record's folder."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from simulation.log import CAUSES, EVENTS

IN_MEMORY_MOST = 200_000  # rows of the event log; more go to a temporary file
FRAMES = ("series", "departments", "segments", "flows", "customers", "events")

_SCHEMA = pa.schema(
    [
        ("day", pa.int32()),
        ("event", pa.string()),
        ("uid", pa.int64()),
        ("department", pa.string()),
        ("item", pa.int64()),
        ("cause", pa.string()),
        ("value", pa.float64()),
    ]
)


class EventSpool:
    """The event log of one run: in memory while it is short, in parts on disk when it is not."""

    def __init__(self, department_names: tuple[str, ...]) -> None:
        self._departments = np.array([*department_names, ""], dtype=object)
        self._recent: list[np.ndarray] = []
        self._rows = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._parts: list[Path] = []

    def append(self, rows: np.ndarray) -> None:
        """Add a copy of the rows of a log buffer."""
        if len(rows) == 0:
            return
        self._recent.append(np.array(rows.view(np.ndarray)))
        self._rows += len(rows)
        if self._rows > IN_MEMORY_MOST:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="raison-events-")
            part = Path(self._folder.name) / f"{len(self._parts):06d}.npy"
            np.save(part, np.concatenate(self._recent))
            self._parts.append(part)
            self._recent, self._rows = [], 0

    def _arrays(self) -> Iterator[np.ndarray]:
        yield from (np.load(part) for part in self._parts)
        yield from self._recent

    def _tables(self) -> Iterator[pa.Table]:
        yield _SCHEMA.empty_table()
        for rows in self._arrays():
            columns = [
                rows["day"],
                np.array(EVENTS, dtype=object)[rows["event"]],
                rows["uid"],
                self._departments[rows["department"]],
                rows["item_uid"],
                np.array(CAUSES, dtype=object)[rows["cause"]],
                rows["value"],
            ]
            yield pa.table(columns, schema=_SCHEMA)

    def table(self) -> pa.Table:
        """All events so far."""
        return pa.concat_tables(self._tables())

    def write(self, file: Path) -> None:
        """Write all events to one Parquet file, a part at a time."""
        with pq.ParquetWriter(file, _SCHEMA) as writer:
            for table in self._tables():
                writer.write_table(table)

    def __getstate__(self) -> dict[str, Any]:
        """A copy holds in memory what the original has on disk."""
        arrays = list(self._arrays())
        rows = sum(map(len, arrays))
        return self.__dict__ | {"_recent": arrays, "_rows": rows, "_folder": None, "_parts": []}


def write_record(
    folder: Path,
    frames: Mapping[str, pd.DataFrame],
    events: EventSpool | pd.DataFrame,
    manifest: Mapping[str, Any],
    csv: bool,
) -> None:
    """Write a record's tables and its manifest (last, so that its presence means complete)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        frame.to_parquet(folder / f"{name}.parquet", index=False)
        if csv:
            frame.to_csv(folder / f"{name}.csv", index=False)
    if isinstance(events, EventSpool):
        events.write(folder / "events.parquet")
    else:
        events.to_parquet(folder / "events.parquet", index=False)
    if csv:
        pd.read_parquet(folder / "events.parquet").to_csv(folder / "events.csv", index=False)
    text = json.dumps(manifest, indent=1, sort_keys=True)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")


def read_record(folder: Path) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Read what `write_record` wrote.

    Raises
    ------
    FileNotFoundError
        If the folder holds no complete record; the message says which file is missing.
    """
    for name in ("manifest.json", *(f"{frame}.parquet" for frame in FRAMES)):
        if not (folder / name).is_file():
            raise FileNotFoundError(f"{folder}: no record of a run here ({name} is missing)")
    frames = {name: pd.read_parquet(folder / f"{name}.parquet") for name in FRAMES}
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return frames, manifest
