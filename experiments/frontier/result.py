"""What a frontier has found: a map of which regime is better, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.disk import StoreError
from experiments.frontier.choice import FEWEST, chosen, unit_square
from experiments.frontier.finding import finding
from experiments.frontier.surface import SURE, Model, Surface
from experiments.metrics import HEADLINE, metric
from experiments.results import Results
from experiments.runs import Runs
from experiments.statistics import Values
from experiments.store import StoredRuns
from experiments.study import STUDY, Study, nothing_finished
from experiments.study_result import StudyResult
from experiments.sweep.design import as_table, points_asked
from experiments.sweep.result import cell_label, gap_at
from simulation.errors import Problem, ScenarioError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Frontier(StudyResult):
    """Where over two keys the better of two regimes changes.

    Attributes
    ----------
    study : Study
        What was asked.
    places : DataFrame
        A row per place of the map, a column per key.
    stored : Runs
        Where the runs are.
    points : tuple of int
        Rows of `places` that were run, in their order.
    folder : Path, optional
        Of the study, if it is kept.
    """

    kind = "frontier"

    study: Study
    places: pd.DataFrame
    stored: Runs = field(repr=False)
    points: tuple[int, ...]
    folder: Path | None = None

    @classmethod
    def load(cls, folder: Path | str) -> Self:
        """Read the frontier that a folder holds, as far as it has got.

        Raises
        ------
        ScenarioError
            If it holds none, or one with too few points.
        StoreError
            If it cannot be read.
        """
        folder = Path(folder)
        study = cls._study_in(folder)
        asked = points_asked(study.asked)
        if not asked:
            raise StoreError(f"{folder / STUDY} does not say which places the map has")
        stored, places = StoredRuns(folder), as_table(asked)
        done = Results(stored, study.cells, study.seed, study.replications).summaries
        run = set(done.loc[done["status"].notna(), "label"])
        whole = done.loc[done["status"].isna(), "label"]
        ready = run - set(whole)
        points = chosen(
            study,
            places,
            lambda point: all(cell_label(point, regime) in ready for regime in study.regimes),
            partial(gaps_at, study, stored, measure=study.asked["metric"]),
        )
        if not points:
            allowed = "a frontier with a point finished at least"
            raise nothing_finished(folder, allowed)
        return cls(study, places, stored, tuple(points), folder).checked()

    def checked(self) -> Self:
        """Refuse a frontier through which no surface can be laid."""
        known = self._known(self.metric)
        if known < FEWEST:
            errors = self.runs["error"].dropna()
            why = f"; the first error: {errors.iloc[0]}" if len(errors) else ""
            allowed = (
                f"a measure that both firms have at {FEWEST} points or more (here at {known} of "
                f"{len(self.points)}{why})"
            )
            raise ScenarioError([Problem(field="metric", given=self.metric, allowed=allowed)])
        return self

    @property
    def metric(self) -> str:
        """The measure that decided where to run."""
        return str(self.study.asked["metric"])

    @property
    def keys(self) -> tuple[str, str]:
        """What goes along the map, and what goes up."""
        x, y = (str(key) for key in self.places)
        return x, y

    @cached_property
    def runs(self) -> pd.DataFrame:
        """A row per run: label, place, status, error, the summary."""
        return summaries(self.study, self.stored, self.points)

    @cached_property
    def metrics(self) -> list[str]:
        """The measure that decided, and the headline measures that the same runs have."""
        others = [key for key in HEADLINE if key != self.metric]
        return [self.metric, *(key for key in others if self._known(key) >= FEWEST)]

    def _known(self, measure: str) -> int:
        """Points at which every replication has a value."""
        return int(np.isfinite(self._gaps(measure)).all(axis=1).sum())

    def _gaps(self, measure: str) -> Values:
        return gaps_at(self.study, self.stored, self.points, measure)

    def surface(self, measure: str, places: Values | None = None) -> Surface:
        """The gap A - B of a measure over the map, or at places of the unit square."""
        square = unit_square(self.places)
        return self._model(measure).surface(square if places is None else places)

    def _model(self, measure: str) -> Model:
        if measure not in self._models:
            gaps = self._gaps(measure)
            known = np.isfinite(gaps).all(axis=1)
            places = unit_square(self.places)[list(self.points)]
            self._models[measure] = Model(places[known], gaps[known])
        return self._models[measure]

    @cached_property
    def _models(self) -> dict[str, Model]:
        """Those that were fitted so far, for it takes a while."""
        return {}

    def b_better(self, measure: str, places: Values | None = None) -> Values:
        """Probability that B is better in a measure, over the map or at places of the square."""
        below = self.surface(measure, places).below_zero()
        return below if metric(measure).direction > 0 else 1 - below

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row per measure and place of the map.

        Columns: metric, the two keys, run (whether it was run), gap (A - B), error (its standard
        error), b_better (probability).
        """
        tables = []
        for measure in self.metrics:
            surface = self.surface(measure)
            columns = {"run": self._run, "gap": surface.mean, "error": surface.error}
            table = self.places.assign(**columns, b_better=self.b_better(measure))
            table.insert(0, "metric", measure)
            tables.append(table)
        return pd.concat(tables, ignore_index=True)

    @property
    def _run(self) -> NDArray[np.bool_]:
        """Which places of the map were run."""
        return np.isin(np.arange(len(self.places)), self.points)

    @cached_property
    def at_points(self) -> pd.DataFrame:
        """A row per measure and point that was run, in the order of the map.

        Columns: those of `Sweep.table`, and b_better, the probability that the map gives there.
        """
        a, b = self.regimes
        better = self.table.set_index("metric")["b_better"]
        rows = []
        for measure in self.metrics:
            wide = self.runs.pivot(index="label", columns="replication", values=measure)
            of_map = better[measure].to_numpy(float)
            for point in sorted(self.points):
                values = (wide.loc[cell_label(point, regime)].to_numpy(float) for regime in (a, b))
                row = gap_at(point, measure, (a, b), *values)
                rows.append({**row, "b_better": of_map[point]})
        return self.places.join(pd.DataFrame(rows).set_index("point"), how="right").reset_index()

    @property
    def replications(self) -> int:
        """How many count, of both regimes at every point."""
        return self.study.replications

    @cached_property
    def areas(self) -> dict[str, dict[str, float]]:
        """By measure, the shares of the map in which A, B and neither is clearly better."""
        found = {}
        for measure in self.metrics:
            b = self.b_better(measure)
            a_share, b_share = float((b < SURE).mean()), float((b > 1 - SURE).mean())
            found[measure] = {"A": a_share, "B": b_share, "open": 1 - a_share - b_share}
        return found

    @cached_property
    def would_help(self) -> str:
        """What would narrow down where it is open: points, replications, or nothing."""
        surface = self.surface(self.metric)
        is_open = surface.is_open()
        if not is_open.any():
            return "nothing"
        left = is_open & surface.is_reducible() & ~self._run  # nowhere twice
        return "points" if left.any() else "replications"

    @cached_property
    def finding(self) -> str:
        """Where which regime is better, in words."""
        return finding(self)

    def figure(self) -> Figure:
        """The map of the measure that decided, and small ones of the others."""
        # matplotlib is slow to import, and workers do not draw
        from experiments.frontier.figure import draw_frontier

        return draw_frontier(self)

    def _tables(self) -> dict[str, pd.DataFrame]:
        return {"table": self.table}

    def _said(self) -> dict[str, Any]:
        return {
            "scenario": self.scenario,
            "regimes": self.regimes,
            "metric": self.metric,
            "keys": self.keys,
            "points": self.places.loc[list(self.points)].to_dict("records"),
            "seed": self.study.seed,
            "replications": self.study.replications,
            "failed": self.failed,
            "areas": self.areas,
            "would_help": self.would_help,
            "finding": self.finding,
        }


def summaries(study: Study, runs: Runs, points: Sequence[int]) -> pd.DataFrame:
    """The runs at some points of a map."""
    labels = [cell_label(point, regime) for point in points for regime in study.regimes]
    cells = {label: study.cells[label] for label in labels}
    return Results(runs, cells, study.seed, study.replications).summaries


def gaps_at(study: Study, runs: Runs, points: Sequence[int], measure: str) -> Values:
    """The gap A - B at some points of a map; NaN where a run has no value.

    Returns
    -------
    ndarray of float, shape (points, replications)
    """
    table = summaries(study, runs, points)
    if measure not in table:
        return np.full((len(points), study.replications), np.nan)
    wide = table.pivot(index="label", columns="replication", values=measure)
    a, b = (
        wide.loc[[cell_label(point, regime) for point in points]].to_numpy(float)
        for regime in study.regimes
    )
    return np.asarray(a - b, np.float64)
