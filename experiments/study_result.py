"""What the results of studies have in common: a study, its runs, tables, a figure, a folder."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from experiments.disk import whole_file, write_whole
from experiments.outputs import held, write_manifest, write_picture
from experiments.result_folder import plain
from experiments.runs import Runs
from experiments.study import Kind, Study
from simulation.errors import Problem, ScenarioError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class StudyResult(ABC):
    """What came of a study whose result is some tables and one figure."""

    kind: ClassVar[Kind]
    study: Study
    stored: Runs
    folder: Path | None

    @classmethod
    def _study_in(cls, folder: Path) -> Study:
        """Read the study of a folder, which must be one of this kind."""
        study = Study.load(folder)
        if study.kind != cls.kind:
            what = f"a folder that `raison {cls.kind} --out` wrote"
            raise ScenarioError([Problem(field="DIR", given=f"a {study.kind}", allowed=what)])
        return study

    @property
    def scenario(self) -> str:
        """Name of the scenario."""
        return self.study.scenario

    @property
    def regimes(self) -> tuple[str, ...]:
        """The first is A; every other is a B, and a gap is A - B."""
        return self.study.regimes

    @property
    def seed(self) -> int:
        """Seed of the first replication of every firm."""
        return self.study.seed

    @property
    @abstractmethod
    def runs(self) -> pd.DataFrame:
        """A row per run: its place, status, error, and its summary."""

    @property
    def failed(self) -> int:
        """Number of runs that did not come to their end."""
        return int((self.runs["status"] != "ok").sum())

    @abstractmethod
    def figure(self) -> Figure:
        """A picture for a slide, with the finding as its title."""

    @abstractmethod
    def _tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables of results, by the names of their files."""

    @abstractmethod
    def _said(self) -> Mapping[str, Any]:
        """What was asked and found, in short."""

    def save(self, path: Path | str, *, csv: bool = False) -> None:
        """Write runs, tables, manifest and figure to a folder, and the study if it is not there.

        Every file appears whole or not at all.

        Parameters
        ----------
        path : Path or str
            A new folder, or that of the same study.
        csv : bool
            Whether to write the runs as CSV as well.

        Raises
        ------
        ScenarioError
            If the folder holds anything else.
        StoreError
            If it cannot be written.
        """
        folder = Path(path)
        with held(folder, self.study, self.stored, self.folder):
            for name, table in {"runs": self.runs, **self._tables()}.items():
                with whole_file(folder / f"{name}.parquet") as out:
                    table.to_parquet(out, index=False)
                if csv or name != "runs":
                    write_whole(folder / f"{name}.csv", table.to_csv(index=False).encode())
            write_manifest(folder, self._said())
            write_picture(folder, "figure", self.figure())

    def as_dict(self) -> dict[str, Any]:
        """The results in plain values, for JSON."""
        tables = {name: table.to_dict("records") for name, table in self._tables().items()}
        data: dict[str, Any] = plain({**self._said(), **tables})
        return data
