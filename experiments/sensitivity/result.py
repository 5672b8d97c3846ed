"""What a sensitivity analysis has found: how much each outcome depends on each key."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self, cast

import numpy as np
import pandas as pd

from experiments.conduct import finished
from experiments.metrics import HEADLINE, LOWER, metric
from experiments.runs import Runs
from experiments.sensitivity.factors import is_assumed
from experiments.sensitivity.finding import doubts, finding
from experiments.sensitivity.methods import (
    STEP,
    STRENGTH,
    Index,
    Method,
    block_size,
    indices,
    needs_salib,
)
from experiments.statistics import Values
from experiments.store import StoredRuns
from experiments.study import Study, nothing_finished
from experiments.study_result import StudyResult
from experiments.sweep.result import Sweep

if TYPE_CHECKING:
    from matplotlib.figure import Figure


Of = Literal["A", "B", "gap", "sign"]
OUTCOMES: tuple[Of, ...] = ("A", "B", "gap", "sign")
"""What may depend on a key: a measure of either firm, the gap A - B, and which firm is better."""


class Named(NamedTuple):
    """A key and how much an outcome depends on it."""

    key: str
    degree: Index


@dataclass(frozen=True)
class Sensitivity(StudyResult):
    """How much two firms, the gap between them and its sign depend on keys of a scenario.

    Attributes
    ----------
    study : Study
        What was asked.
    points : DataFrame
        A row per point, a column per key, block by block.
    stored : Runs
        Where the runs are.
    replications : int
        How many count, of either regime at every point.
    folder : Path, optional
        Of the study, if it is kept.
    """

    kind = "sensitivity"

    study: Study
    points: pd.DataFrame
    stored: Runs = field(repr=False)
    replications: int
    folder: Path | None = None

    @classmethod
    def load(cls, folder: Path | str) -> Self:
        """Read the sensitivity analysis that a folder holds, as far as it has got.

        Raises
        ------
        ScenarioError
            If it holds none, or one of which no replication is finished at every point, or SALib is
            missing.
        StoreError
            If it cannot be read.
        """
        folder = Path(folder)
        study = cls._study_in(folder)
        needs_salib()
        stored = StoredRuns(folder)
        replications = finished(study, stored)
        if not replications:
            allowed = "an analysis with at least one replication finished at every point"
            raise nothing_finished(folder, allowed)
        return cls(study, from_columns(study.asked["points"]), stored, replications, folder)

    @property
    def method(self) -> Method:
        """By which it was made."""
        return cast(Method, self.study.asked["method"])

    @property
    def samples(self) -> int:
        """Trajectories, or points of Sobol's sequence."""
        return int(self.study.asked["samples"])

    @cached_property
    def keys(self) -> list[str]:
        """What is varied."""
        return [str(key) for key in self.points]

    @cached_property
    def sweep(self) -> Sweep:
        """The same runs as a sweep over the points."""
        return Sweep(self.study, self.points, self.stored, self.replications, self.folder)

    @property
    def runs(self) -> pd.DataFrame:
        """A row per run; see `Sweep.runs`."""
        return self.sweep.runs

    @cached_property
    def headlines(self) -> list[str]:
        """The measures that are looked at."""
        return [key for key in HEADLINE if key in self.sweep.metrics]

    @cached_property
    def blocks_lost(self) -> int:
        """How many samples lack the gap in a headline measure: a run failed, or had no value."""
        outcomes = self.sweep.outcomes
        known = (outcomes["status"] == "ok").groupby(outcomes["point"]).all().to_numpy()
        for measure in self.headlines:
            known = known & np.isfinite(self.values(measure, "gap"))
        whole = known.reshape(-1, block_size(self.method, len(self.keys))).all(axis=1)
        return int((~whole).sum())

    def values(self, measure: str, of: Of) -> Values:
        """An outcome at every point, the mean over replications; NaN where a run has no value.

        The sign is 1 where A is better for the firm (has more, of a measure that is neither good
        nor bad), 0 where B is, and 1/2 where they are equal.

        Returns
        -------
        ndarray of float, shape (points,)
        """
        a, b = np.moveaxis(self.sweep.cube(measure), 1, 0)
        if of in ("A", "B"):
            return np.asarray((a if of == "A" else b).mean(axis=1), np.float64)
        gap = np.asarray((a - b).mean(axis=1), np.float64)
        if of == "gap":
            return gap
        better = -gap if metric(measure).direction == LOWER else gap
        return 0.5 + 0.5 * np.sign(better)

    def indices(self, measure: str, of: Of) -> list[Named]:
        """How much an outcome depends on each key, the strongest first.

        Morris' effects of the sign are not stretched to the whole range: `strength` is then the
        share of the steps along a key that change which firm is better.

        Returns
        -------
        list of Named
            Empty if the outcome is the same everywhere.
        """
        return self._indices[measure, of]

    @cached_property
    def _indices(self) -> dict[tuple[str, Of], list[Named]]:
        found: dict[tuple[str, Of], list[Named]] = {}
        points = self.points.to_numpy(np.float64)
        for measure in self.headlines:
            for of in OUTCOMES:
                values = self.values(measure, of)
                if of == "sign" and self.method == "morris":
                    values = STEP * values
                named = map(Named, self.keys, indices(self.method, points, values))
                found[measure, of] = sorted(named, key=lambda one: -one.degree.strength)
        return found

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row per measure, outcome (A, B, gap, sign) and key.

        Columns: metric, outcome, key, assumed, `mu_star` or `ST` with its 95 % interval `low` to
        `high`, and `mu` and `sigma`, or `S1` with `S1_low` and `S1_high`; see `Index`. An outcome
        that is the same everywhere has no rows.
        """
        strength = STRENGTH[self.method]
        return pd.DataFrame(
            {
                "metric": measure, "outcome": of, "key": key, "assumed": is_assumed(key),
                strength: index.strength, "low": index.low, "high": index.high, **index.more,
            }
            for (measure, of), found in self._indices.items()
            for key, index in found
        )  # fmt: skip

    @cached_property
    def finding(self) -> str:
        """What the gap and its sign depend on most, in words, no surer than the runs are."""
        return finding(self)

    @cached_property
    def doubts(self) -> list[str]:
        """What these samples do not tell, and with how many they might."""
        return doubts(self)

    def figure(self) -> Figure:
        """Of each headline measure what the gap depends on, and below it its sign."""
        # matplotlib is slow to import, and workers do not draw
        from experiments.sensitivity.figure import draw_sensitivity

        return draw_sensitivity(self)

    def _tables(self) -> dict[str, pd.DataFrame]:
        return {"table": self.table}

    def _said(self) -> dict[str, Any]:
        return {
            "scenario": self.scenario,
            "regimes": self.regimes,
            "method": self.method,
            "samples": self.samples,
            "points": len(self.points),
            "vary": self.study.asked["vary"],
            "seed": self.study.seed,
            "replications": self.replications,
            "failed": self.failed,
            "finding": self.finding,
            "doubts": self.doubts,
        }


def as_columns(points: pd.DataFrame) -> dict[str, str]:
    """Points as a line of numbers per key: a list of so many would take long to read as TOML."""
    return {str(key): " ".join(map(repr, points[key].tolist())) for key in points}


def from_columns(columns: dict[str, str]) -> pd.DataFrame:
    """The points again."""
    numbers = {
        key: [float(x) if "." in x or "e" in x else int(x) for x in line.split()]
        for key, line in columns.items()
    }
    return pd.DataFrame(numbers).rename_axis("point")
