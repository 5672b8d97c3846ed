"""The runs of a design by cell and replication, wherever they lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from experiments.runs import KEY, Runs, run_key
from simulation.record import summarise

PLACE = ["label", "replication", "seed"]


class Results:
    """What came of a design: cells times replications.

    Parameters
    ----------
    runs : Runs
        Finished runs, these among them.
    cells : mapping of str to str
        Digest of the scenario of each cell, by the cell's label.
    seed, replications : int
        Replication r has seed `seed + r` in every cell.
    warm_up : int
        Weeks that summaries leave out; only of runs whose weekly series was kept.
    """

    def __init__(
        self,
        runs: Runs,
        cells: Mapping[str, str],
        seed: int,
        replications: int,
        warm_up: int = 0,
    ) -> None:
        self._runs = runs
        self._warm_up = warm_up
        self._courses: dict[str, dict[str, NDArray[np.float64]]] = {}
        rows = [
            (run_key(digest, seed + r), label, r, seed + r)
            for r in range(replications)
            for label, digest in cells.items()
        ]
        self._placed = pd.DataFrame(rows, columns=[KEY, *PLACE])

    def after(self, warm_up: int) -> Results:
        """The same with summaries that leave out so many weeks at the start."""
        if warm_up == self._warm_up:
            return self
        other = copy(self)
        other._warm_up = warm_up
        vars(other).pop("summaries", None)
        return other

    @cached_property
    def summaries(self) -> pd.DataFrame:
        """A row per cell and replication: key, place, status, error, attempts, the summary."""
        index = self._runs.index()[["status", "error", "attempts", "seconds"]]
        table = self._placed.join(index, on=KEY)
        if self._warm_up:
            measured = self._after_warm_up()
        else:
            pieces = [piece.to_pandas() for piece in self._pieces("summary")]
            measured = pd.concat(pieces) if pieces else pd.DataFrame({KEY: []})
        return table.merge(measured.astype({KEY: str}), on=KEY, how="left")

    def wide(self, measure: str) -> pd.DataFrame:
        """One measure of the summary: a row per replication, a column per cell."""
        return self.summaries.pivot(index="replication", columns="label", values=measure)

    def tables(
        self, name: str, columns: Sequence[str] | None = None
    ) -> dict[str, dict[int, pd.DataFrame]]:
        """A table of every run that has it: by label and replication."""
        by_key = dict(self._by_key(name, columns))
        found: dict[str, dict[int, pd.DataFrame]] = {}
        for key, label, r in zip(*(self._placed[name] for name in (KEY, "label", "replication"))):
            if key in by_key:
                found.setdefault(label, {})[r] = by_key[key]
        return found

    def courses(self, column: str) -> dict[str, NDArray[np.float64]]:
        """A weekly column as an array (replications, weeks) by label; NaN where it is missing."""
        if column not in self._courses:
            self._courses[column] = self._find_courses(column)
        return self._courses[column]

    def _find_courses(self, column: str) -> dict[str, NDArray[np.float64]]:
        runs = pd.Index(self._placed[KEY].unique())
        found = []
        for piece in self._pieces("series", ["week", column]):
            keys = piece[KEY].unify_dictionaries().combine_chunks()
            run = runs.get_indexer(pd.Index(keys.dictionary.to_pylist()))[keys.indices.to_numpy()]
            if column in piece.schema.names:
                found.append((run, piece["week"].to_numpy(), piece[column].to_numpy()))
        weeks = max((int(week.max()) + 1 for _, week, _ in found if len(week)), default=0)
        # one row more, of NaN, for runs that are not there
        every = np.full((len(runs) + 1, weeks), np.nan)
        for run, week, values in found:
            every[run, week] = values
        return {
            str(label): every[runs.get_indexer(pd.Index(keys))]
            for label, keys in self._placed.groupby("label", sort=False)[KEY]
        }

    def stacked(self, name: str) -> Iterator[pd.DataFrame]:
        """A table of all runs under each other, some runs at a time, with their place in front."""
        for piece in self._pieces(name):
            frame = piece.to_pandas().astype({KEY: str})
            placed = self._placed.merge(frame, on=KEY)
            yield placed.drop(columns=KEY)

    def table(self, name: str, label: str, replication: int = 0) -> pd.DataFrame | None:
        """A table of one run; None if that run has none."""
        place = (self._placed["label"] == label) & (self._placed["replication"] == replication)
        for key in self._placed.loc[place, KEY]:
            for piece in self._runs.pieces(name):
                rows = piece.filter(pc.equal(piece[KEY], key))
                if len(rows):
                    frame: pd.DataFrame = rows.drop_columns([KEY]).to_pandas()
                    return frame
        return None

    def _after_warm_up(self) -> pd.DataFrame:
        insolvent: dict[str, float] = {}
        for piece in self._pieces("summary", ["insolvent"]):
            insolvent |= dict(zip(piece[KEY].to_pylist(), piece["insolvent"].to_pylist()))
        rows = [
            {KEY: key, **summarise(series, bool(insolvent[key]), self._warm_up)}
            for key, series in self._by_key("series", None)
        ]
        return pd.DataFrame(rows or {KEY: []})

    def _by_key(
        self, name: str, columns: Sequence[str] | None
    ) -> Iterator[tuple[str, pd.DataFrame]]:
        for piece in self._pieces(name, columns):
            frame = piece.to_pandas()
            for key, table in frame.groupby(KEY, sort=False, observed=True):
                yield str(key), table.drop(columns=KEY).reset_index(drop=True)

    def _pieces(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The runs of this design alone: a folder may hold those of another as well."""
        keys = pa.array(self._placed[KEY].unique())
        for piece in self._runs.pieces(name, columns):
            yield piece.filter(pc.is_in(piece[KEY], keys))
