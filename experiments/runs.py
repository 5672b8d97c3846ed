"""One run: what decides it, what it brings back, and how that travels and is kept."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import IntEnum
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from experiments.recovery import recoveries
from experiments.tables import Tables, without_labels
from simulation import Scenario, ScenarioError, simulate
from simulation.version import MODEL_VERSION, code_digest

KEPT_VERSION = 1
"""Raised when something else is kept of the same run."""
KEY = "key"
"""Column of a run's key in every table of runs."""


class Keep(IntEnum):
    """How much of a run is brought back; each level has all of the one before."""

    SUMMARY = 0
    SERIES = 1
    ALL = 2


@dataclass(frozen=True, slots=True)
class RunSpec:
    """Everything that decides a run, and what to bring back from it.

    Attributes
    ----------
    scenario : Scenario
        Resolved: with its regime, horizon and overrides.
    label : str
        Name of the cell of the design this run belongs to.
    seed : int
        Seed of the run.
    keep : Keep
        The summary alone, the weekly series as well, or also people, departments, flows and the
        manifest.
    """

    scenario: Scenario
    label: str
    seed: int
    keep: Keep = Keep.SERIES

    @property
    def key(self) -> str:
        """Digest of what decides a run; see `run_key`."""
        return run_key(self.scenario.digest, self.seed)


def run_key(scenario_digest: str, seed: int) -> str:
    """Digest of the model's source, the resolved scenario (regime and horizon in it), the seed."""
    parts = {
        "model": MODEL_VERSION,
        "code": code_digest(),
        "kept": KEPT_VERSION,
        "scenario": scenario_digest,
        "seed": seed,
    }
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class RunResult:
    """What came back: a summary, the weekly series and the shifts of needs, or the error."""

    key: str
    label: str
    seed: int
    error: str = ""
    summary: Mapping[str, float] | None = None
    series: pd.DataFrame | None = None
    recoveries: pd.DataFrame | None = None
    tables: Tables | None = None
    manifest: Mapping[str, Any] | None = None

    @property
    def ok(self) -> bool:
        """Whether the run came to its end."""
        return not self.error


Run = Callable[[RunSpec], RunResult]


def run_one(spec: RunSpec) -> RunResult:
    """Simulate one firm.

    Raises
    ------
    ScenarioError
        The input is wrong: no other run would fare better. Any other exception becomes the result.
    """
    try:
        everything = spec.keep == Keep.ALL
        record = simulate(spec.scenario, seed=spec.seed, events="losses" if everything else "none")
        weekly = spec.keep >= Keep.SERIES
        return RunResult(
            key=spec.key,
            label=spec.label,
            seed=spec.seed,
            summary=record.summary(),
            series=without_labels(record.series) if weekly else None,
            recoveries=recoveries(record) if weekly else None,
            tables=Tables.of(record) if everything else None,
            manifest=record.manifest if everything else None,
        )
    except ScenarioError:
        raise
    except Exception as error:  # a failed run is a row, whatever the reason
        return failed(spec, f"{type(error).__name__}: {error}")


def failed(spec: RunSpec, error: str) -> RunResult:
    """The result of a run that did not come to its end."""
    return RunResult(spec.key, spec.label, spec.seed, error)


@dataclass(frozen=True, slots=True)
class Packed:
    """A result as it travels between processes and lies on disk.

    Attributes
    ----------
    key, seed, keep, error
        As in `RunSpec` and `RunResult`; `keep` is the level that was asked for.
    seconds : float
        Wall-clock time of the run.
    frames : mapping of str to bytes
        Tables by name, each an Arrow stream: `summary` (one row), `series`, `recoveries`, those of
        `Tables`, and `manifest` (one row, one column of JSON). Empty if the run failed.
    attempts : int
        How often it was begun, as far as anybody knows.
    """

    key: str
    seed: int
    keep: Keep
    error: str
    seconds: float
    frames: Mapping[str, bytes] = field(default_factory=dict)
    attempts: int = 1


def pack(spec: RunSpec, result: RunResult, seconds: float = 0.0) -> Packed:
    """Make a result ready to travel."""
    frames: dict[str, pd.DataFrame | None] = {
        "series": result.series,
        "recoveries": result.recoveries,
    }
    if result.summary is not None:
        frames["summary"] = pd.DataFrame([dict(result.summary)])
    if result.tables is not None:
        frames |= result.tables.frames()
    if result.manifest is not None:
        frames["manifest"] = pd.DataFrame({"json": [json.dumps(result.manifest)]})
    packed = {
        name: _to_bytes(_to_arrow(frame)) for name, frame in frames.items() if frame is not None
    }
    return Packed(spec.key, spec.seed, spec.keep, result.error, seconds, packed)


def run_packed(run: Run, spec: RunSpec) -> Packed:
    """Run, and pack what comes back: what a worker does."""
    start = time.perf_counter()
    result = run(spec)
    return pack(spec, result, time.perf_counter() - start)


def unpack(packed: Packed, label: str) -> RunResult:
    """The result as it was, under the name of its cell."""
    frames = {name: _from_bytes(data).to_pandas() for name, data in packed.frames.items()}
    summary, manifest = frames.get("summary"), frames.get("manifest")
    tables = [item.name for item in fields(Tables)]
    return RunResult(
        key=packed.key,
        label=label,
        seed=packed.seed,
        error=packed.error,
        summary=None if summary is None else {k: float(v[0]) for k, v in summary.items()},
        series=frames.get("series"),
        recoveries=frames.get("recoveries"),
        tables=Tables(**{name: frames[name] for name in tables}) if tables[0] in frames else None,
        manifest=None if manifest is None else json.loads(manifest["json"].iloc[0]),
    )


class Runs(Protocol):
    """Finished runs, wherever they lie."""

    def index(self) -> pd.DataFrame:
        """A row per run by key: `seed`, `keep`, `error`, `attempts`, `seconds`, `status`."""
        ...

    def pieces(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """A table of all runs that have it, some runs at a time, with their `key` in every row.

        Parameters
        ----------
        name : str
            Of the table; see `Packed`.
        columns : sequence of str, optional
            Those wanted, of which a table has what it has.
        """
        ...

    def packed(self, keys: Collection[str] | None = None) -> Iterator[Packed]:
        """Runs as they were when they were finished, by default all."""
        ...


class MemoryRuns:
    """Runs that nobody asked to keep."""

    def __init__(self, runs: Iterable[Packed] = ()) -> None:
        self._packed = {run.key: run for run in runs}
        self._tables: dict[str, pa.Table | None] = {}  # unpacked, until another run is added

    def index(self) -> pd.DataFrame:
        """See `Runs.index`."""
        return index_frame(
            [
                (run.key, run.seed, int(run.keep), run.error, run.attempts, run.seconds)
                for run in self._packed.values()
            ]
        )

    def pieces(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """See `Runs.pieces`."""
        if name not in self._tables:
            found = [(run.key, run.frames[name]) for run in self.packed() if name in run.frames]
            self._tables[name] = stacked(found) if found else None
        table = self._tables[name]
        if table is not None:
            yield table.select(selected(table.schema, columns))

    def packed(self, keys: Collection[str] | None = None) -> Iterator[Packed]:
        """See `Runs.packed`."""
        yield from (run for run in self._packed.values() if keys is None or run.key in keys)

    def missing(self, specs: Iterable[RunSpec]) -> list[RunSpec]:
        """Those of these runs that are not here yet, each once."""
        return missing_of(self.index(), specs)

    def add(self, run: Packed) -> None:
        """Keep a run."""
        self._packed[run.key] = run
        self._tables.clear()


def index_frame(rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    """The table of `Runs.index` from rows of key, seed, keep, error, attempts, seconds."""
    columns = ["key", "seed", "keep", "error", "attempts", "seconds"]
    table = pd.DataFrame(rows, columns=columns).set_index("key")
    table["status"] = np.where(table["error"] == "", "ok", "failed")
    return table


def missing_of(index: pd.DataFrame, specs: Iterable[RunSpec]) -> list[RunSpec]:
    """Runs that are not in an index, or with less than is wanted; each once, with most to keep."""
    wanted: dict[str, RunSpec] = {}
    for spec in specs:
        key = spec.key
        if key not in wanted or wanted[key].keep < spec.keep:
            wanted[key] = spec
    kept = dict(zip(index.index, index["keep"].where(index["status"] == "ok", Keep.ALL)))
    return [spec for key, spec in wanted.items() if kept.get(key, -1) < spec.keep]


def stacked(frames: Sequence[tuple[str, bytes]]) -> pa.Table:
    """One table of the same table of several runs, given as keys and bytes, with a `key` column."""
    tables = []
    for key, data in frames:
        table = _from_bytes(data)
        keys = pa.DictionaryArray.from_arrays(np.zeros(len(table), np.int32), [key])
        tables.append(table.add_column(0, KEY, keys))
    return pa.concat_tables(tables, promote_options="permissive").unify_dictionaries()


def selected(schema: pa.Schema, columns: Sequence[str] | None) -> list[str]:
    """The columns of a table of runs that are wanted and there, by default all; the key first."""
    return [name for name in schema.names if columns is None or name == KEY or name in columns]


def unstacked(table: pa.Table) -> Iterator[tuple[str, bytes]]:
    """The inverse of `stacked`; a run without a row is not there."""
    keys = table[KEY]
    bare = table.drop_columns([KEY])
    for key in pc.unique(keys):
        yield key.as_py(), _to_bytes(bare.filter(pc.equal(keys, key)))


def _to_arrow(frame: pd.DataFrame) -> pa.Table:
    """The frame as an Arrow table; quicker than pandas' own way where there are numbers alone."""
    plain = isinstance(frame.index, pd.RangeIndex) and all(t.kind in "iuf" for t in frame.dtypes)
    if plain:
        return pa.table({name: column.to_numpy() for name, column in frame.items()})
    return pa.Table.from_pandas(frame)


def _from_bytes(data: bytes) -> pa.Table:
    return pa.ipc.open_stream(data).read_all()


def _to_bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.ipc.new_stream(sink, table.schema, options=options) as stream:
        stream.write_table(table)
    data: bytes = sink.getvalue().to_pybytes()
    return data
