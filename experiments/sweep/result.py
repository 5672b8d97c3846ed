"""What a sweep has found: its runs, a table of every point, a sentence, a picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.conduct import finished
from experiments.disk import StoreError
from experiments.metrics import in_order, metric
from experiments.result_folder import plain
from experiments.results import Results
from experiments.runs import KEY, Runs
from experiments.statistics import half_width, paired
from experiments.store import StoredRuns
from experiments.study import STUDY, Study, nothing_finished
from experiments.study_result import StudyResult
from experiments.sweep.design import as_table, points_asked
from experiments.sweep.finding import finding

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Values = NDArray[np.float64]

_IDENTITY = [KEY, "point", "regime", "replication", "seed", "status", "error"]
_BOOKKEEPING = {*_IDENTITY, "label", "attempts", "seconds"}


def gap_at(point: int, name: str, regimes: tuple[str, str], a: Values, b: Values) -> dict[str, Any]:
    """A row of a table of points: a measure under two regimes, replication by replication."""
    found = paired(a, b, metric(name).direction)
    return {
        "point": point, "metric": name, "regime_a": regimes[0], "regime_b": regimes[1],
        "A": found.mean_a, "B": found.mean_b, "difference": found.difference,
        "low": found.low, "high": found.high, "a_wins": found.a_wins, "pairs": found.pairs,
    }  # fmt: skip


def cell_label(point: int, regime: str) -> str:
    """Name of a cell of a sweep: a regime at a point."""
    return f"point {point}, {regime}"


@dataclass(frozen=True)
class Sweep(StudyResult):
    """Results of one regime or more at every point of a design.

    Attributes
    ----------
    study : Study
        What was asked.
    points : DataFrame
        A row per point, a column per key that is varied.
    stored : Runs
        Where the runs are.
    replications : int
        How many count, of every regime at every point; replication r has seed `seed + r`.
    folder : Path, optional
        Of the study, if it is kept.
    """

    kind = "sweep"

    study: Study
    points: pd.DataFrame
    stored: Runs = field(repr=False)
    replications: int
    folder: Path | None = None

    @classmethod
    def load(cls, folder: Path | str) -> Self:
        """Read the sweep that a folder holds, as far as it has got.

        Raises
        ------
        ScenarioError
            If it holds none, or one of which no replication is finished at every point.
        StoreError
            If it cannot be read.
        """
        folder = Path(folder)
        study = cls._study_in(folder)
        stored = StoredRuns(folder)
        replications = finished(study, stored)
        if not replications:
            allowed = "a sweep with at least one replication finished at every point"
            raise nothing_finished(folder, allowed)
        points = points_asked(study.asked)
        if not points:
            raise StoreError(f"{folder / STUDY} does not say at which points the sweep was made")
        return cls(study, as_table(points), stored, replications, folder)

    @property
    def design(self) -> Literal["grid", "hypercube"]:
        """How the points were chosen."""
        return "hypercube" if self.study.asked.get("samples") else "grid"

    @cached_property
    def keys(self) -> list[str]:
        """What is varied."""
        return [str(key) for key in self.points]

    @cached_property
    def metrics(self) -> list[str]:
        """Measures of which any run has a value."""
        return [str(name) for name in self.outcomes if name not in _IDENTITY]

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """A row per run, by point, regime and replication: key, place, status, error, summary."""
        study = self.study
        results = Results(self.stored, study.cells, study.seed, self.replications)
        places = pd.DataFrame(
            [
                (cell_label(point, regime), point, regime)
                for point in self.points.index
                for regime in study.regimes
            ],
            columns=["label", "point", "regime"],
        )
        table = places.merge(results.summaries, on="label", how="left")
        measured = [str(name) for name in table if name not in _BOOKKEEPING]
        known = in_order([name for name in measured if table[name].notna().any()])
        return table[[*_IDENTITY, *known]]

    @cached_property
    def runs(self) -> pd.DataFrame:
        """A row per run.

        Columns: key, point, a column per varied key, regime, replication, seed, status, error, the
        summary.
        """
        values = self.points.loc[self.outcomes["point"]].reset_index(drop=True)
        rest = self.outcomes.drop(columns=["key", "point"])
        return pd.concat([self.outcomes[["key", "point"]], values, rest], axis=1)

    @cached_property
    def failed(self) -> int:
        """Number of runs that did not come to their end."""
        return int((self.outcomes["status"] != "ok").sum())

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row per point, metric and second regime: means, paired difference, how sure it is.

        `low` and `high` are the 95 % Student t interval of the difference A - B at this point by
        itself, `a_wins` the share of replications in which A is better for the firm. Of one regime
        alone: `mean`, its interval, and the number of `runs`.
        """
        names = list(self.points)
        rows = pd.DataFrame(self._gaps() if len(self.regimes) > 1 else self._levels())
        if rows.empty:
            return rows
        return self.points[names].join(rows.set_index("point"), how="right").reset_index()

    @cached_property
    def finding(self) -> str:
        """The result in one sentence, no surer than the runs are."""
        return finding(self)

    def of(self, name: str, regime_b: str | None = None) -> pd.DataFrame:
        """A metric at every point, and where it lies between.

        Parameters
        ----------
        name : str
            The metric.
        regime_b : str, optional
            The regime that is set against the first; by default the second one.

        Returns
        -------
        DataFrame
            By point: `value` (the difference A - B, or the mean of a regime alone), `low`, `high`
            and `pairs`, the number of pairs or runs.
        """
        rows = self.table[self.table["metric"] == name]
        if len(self.regimes) > 1:
            rows = rows[rows["regime_b"] == (regime_b or self.regimes[1])]
        named = rows.rename(columns={"difference": "value", "mean": "value", "runs": "pairs"})
        return named.set_index("point")[["value", "low", "high", "pairs"]]

    def figure(self) -> Figure:
        """A picture for a slide, with the finding as its title.

        Of one key the gap between the regimes over the values of the key; of a grid of two keys
        maps of the gap; of more keys, or a hypercube of two, which keys the gap goes with. One
        regime alone has its levels in place of gaps.
        """
        # matplotlib is slow to import, and workers do not draw
        from experiments.sweep.figure import draw_sweep

        return draw_sweep(self)

    def _tables(self) -> dict[str, pd.DataFrame]:
        return {"table": self.table}

    def as_dict(self) -> dict[str, Any]:
        """The results in plain values, for JSON, and the runs with them."""
        runs: list[dict[str, Any]] = plain(self.runs.to_dict("records"))
        return {**super().as_dict(), "runs": runs}

    def _said(self) -> dict[str, Any]:
        return {
            "scenario": self.scenario,
            "regimes": self.regimes,
            "seed": self.seed,
            "replications": self.replications,
            "design": self.design,
            "keys": self.keys,
            "points": self.points.to_dict("records"),
            "failed": self.failed,
            "finding": self.finding,
        }

    def cube(self, name: str) -> Values:
        """Values of a metric, NaN of a failed run: (points, regimes, replications)."""
        shape = (len(self.points), len(self.regimes), self.replications)
        return self.outcomes[name].to_numpy(float).reshape(shape)

    def _gaps(self) -> Iterator[dict[str, Any]]:
        first, *others = self.regimes
        cubes = {name: self.cube(name) for name in self.metrics}
        for point in range(len(self.points)):
            for place, other in enumerate(others, start=1):
                for name, cube in cubes.items():
                    yield gap_at(point, name, (first, other), cube[point, 0], cube[point, place])

    def _levels(self) -> Iterator[dict[str, Any]]:
        for point in range(len(self.points)):
            for name in self.metrics:
                values = self.cube(name)[point, 0]
                known = values[np.isfinite(values)]
                mean = float(known.mean()) if len(known) else np.nan
                half = half_width(known)
                yield {
                    "point": point, "metric": name, "regime": self.regimes[0], "mean": mean,
                    "low": mean - half, "high": mean + half, "runs": len(known),
                }  # fmt: skip
