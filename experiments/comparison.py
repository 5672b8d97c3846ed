"""What a comparison has found: runs, pairs, tables, sentences, pictures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.conduct import finished, reached_at
from experiments.fates import RULE, Fate, tell_fates
from experiments.finding import INSIDE, finding
from experiments.happenings import Happening, happenings_in
from experiments.metrics import in_order
from experiments.paired_table import paired_table
from experiments.result_folder import Picture, plain
from experiments.results import Results
from experiments.runs import KEY, Runs
from experiments.statistics import BreakEven, WarmUp, break_even
from experiments.statistics import warm_up as find_warm_up
from experiments.store import StoredRuns
from experiments.study import SCENARIO, Study, nothing_finished
from experiments.tables import Tables
from simulation import Scenario, ScenarioError, resolve
from simulation.errors import Problem

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

Values = NDArray[np.float64]

_IDENTITY = [KEY, "scenario", "regime", "replication", "seed", "status", "error"]


@dataclass(frozen=True)
class Comparison:
    """Paired results of two or more regimes.

    Attributes
    ----------
    study : Study
        What was asked.
    stored : Runs
        Where the runs are.
    replications : int
        How many count; replication r has seed `seed + r`.
    happenings : tuple of mapping
        The events that the scenario lets happen, as its file says them.
    folder : Path, optional
        Of the study, if it is kept.
    """

    study: Study
    stored: Runs = field(repr=False)
    replications: int
    happenings: tuple[Happening, ...] = field(default=(), repr=False)
    folder: Path | None = None

    @classmethod
    def load(cls, folder: Path | str) -> Self:
        """Read the comparison that a folder holds, as far as it has got.

        Raises
        ------
        ScenarioError
            If it holds none, or one of which nothing is finished.
        StoreError
            If it cannot be read.
        """
        folder = Path(folder)
        study = Study.load(folder)
        if study.kind != "compare":
            what = "a folder that `raison compare --out` wrote"
            raise ScenarioError([Problem(field="DIR", given=f"a {study.kind}", allowed=what)])
        stored = StoredRuns(folder)
        replications = finished(study, stored)
        if not replications:
            allowed = "a comparison with at least one replication finished"
            raise nothing_finished(folder, allowed)
        base = Scenario.load(folder / SCENARIO)
        firm = resolve(base, None, study.asked.get("overrides"), study.asked.get("years"))
        return cls(study, stored, replications, happenings_in(firm), folder)

    @property
    def scenario(self) -> str:
        """Name of the scenario."""
        return self.study.scenario

    @property
    def regimes(self) -> tuple[str, ...]:
        """The first is A; every other is a B."""
        return self.study.regimes

    @property
    def seed(self) -> int:
        """Seed of the first replication."""
        return self.study.seed

    @cached_property
    def results(self) -> Results:
        """The runs by regime and replication; their summaries without the warm-up."""
        return self._all_weeks.after(self.warm_up)

    @cached_property
    def _all_weeks(self) -> Results:
        study = self.study
        return Results(self.stored, study.cells, study.seed, self.replications)

    @cached_property
    def runs(self) -> pd.DataFrame:
        """A row per run: key, scenario, regime, replication, seed, status, error, the summary."""
        table = self.results.summaries.rename(columns={"label": "regime"})
        table = table.assign(scenario=self.scenario)
        measured = [name for name in table if name not in {*_IDENTITY, "attempts", "seconds"}]
        known = [str(name) for name in measured if table[name].notna().any()]
        return table[[*_IDENTITY, *in_order(known)]]

    @property
    def failed(self) -> int:
        """Number of runs that did not come to their end."""
        return int((self.runs["status"] != "ok").sum())

    @cached_property
    def paired(self) -> pd.DataFrame:
        """A row per metric and replication: A, B and the difference A - B."""
        measured = [name for name in self.runs.columns if name not in _IDENTITY]
        wide = {
            label: rows.set_index("replication")[measured].astype(float)
            for label, rows in self.runs.groupby("regime")
        }
        first = self.regimes[0]
        columns = ["metric", "regime_a", "regime_b", "replication", "seed", "A", "B", "difference"]
        parts = []
        for other in self.regimes[1:]:
            a, b = wide[first], wide[other].reindex(wide[first].index)
            part = a.melt(ignore_index=False, var_name="metric", value_name="A").reset_index()
            part["B"] = b.to_numpy().ravel(order="F")  # measure by measure, as `melt` does
            part["difference"] = part["A"] - part["B"]
            part["seed"] = part["replication"] + self.seed
            part = part.assign(regime_a=first, regime_b=other)
            parts.append(part.dropna(subset=["A", "B", "difference"]))
        return pd.concat(parts, ignore_index=True)[columns]

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row per metric (and second regime): means, paired difference and how sure it is.

        See `experiments.paired_table.paired_table`.
        """
        return paired_table(self.paired, self.study)

    @cached_property
    def finding(self) -> str:
        """The result in one sentence, no surer than the runs are."""
        return finding(self.table)

    @cached_property
    def inside(self) -> str:
        """What happens inside the firms in one sentence, no surer than the runs are."""
        return finding(self.table, INSIDE)

    @cached_property
    def fates(self) -> list[Fate]:
        """Up to three customers whose lives differ most between the first two firms.

        They are picked by `experiments.fates.RULE`; none if the first replication failed.
        """
        a, b = (self.tables.get(label) for label in self.regimes[:2])
        if a is None or b is None:
            return []
        return tell_fates(a.customers, b.customers, *self.regimes[:2])

    @cached_property
    def tables(self) -> dict[str, Tables]:
        """People, departments and flows of each regime whose first replication came to its end."""
        found = {}
        for label in self.regimes:
            frames = {
                item.name: frame
                for item in fields(Tables)
                if (frame := self.results.table(item.name, label)) is not None
            }
            if frames:
                found[label] = Tables(**frames)
        return found

    @property
    def series(self) -> pd.DataFrame:
        """The weekly series of all runs, with their scenario, regime, replication and seed."""
        return self._stacked("series")

    @cached_property
    def recoveries(self) -> pd.DataFrame:
        """The sudden shifts of needs in all runs; see `experiments.recovery.recoveries_in`."""
        return self._stacked("recoveries")

    def manifest(self, regime: str) -> dict[str, Any] | None:
        """What the first replication under a regime was made with; None if it failed."""
        frame = self.results.table("manifest", regime)
        return None if frame is None else json.loads(frame["json"].iloc[0])

    def gap(self, column: str) -> dict[str, Values]:
        """A weekly column of A less that of B, by second regime: arrays (replications, weeks)."""
        first, *others = self.regimes
        courses = self.results.courses(column)
        return {other: courses[first] - courses[other] for other in others}

    def differences(self, measure: str) -> dict[str, Values]:
        """A measure of A less that of B in every pair, by second regime."""
        found = self.paired[self.paired["metric"] == measure]
        return {
            other: found.loc[found["regime_b"] == other, "difference"].to_numpy(float)
            for other in self.regimes[1:]
        }

    @property
    def weeks(self) -> int:
        """Length of the longest run."""
        return max(int(course.shape[1]) for course in self.results.courses("week").values())

    @cached_property
    def break_even(self) -> dict[str, tuple[BreakEven, BreakEven]]:
        """From when on A has earned more than B, and B than A, by second regime."""
        earned = {other: np.cumsum(gap, axis=1) for other, gap in self.gap("profit").items()}
        return {other: (break_even(gap), break_even(-gap)) for other, gap in earned.items()}

    @property
    def break_even_table(self) -> pd.DataFrame:
        """A row per second regime and direction: how often, and in which month.

        `ahead` is the regime that has earned more from then on, `share` of the replications in
        which it does so within the horizon, with its 95 % interval `low` to `high`; months of the
        quartiles are infinite where it does not.
        """
        rows = []
        for other, (a, b) in self.break_even.items():
            for ahead, found in ((self.regimes[0], a), (other, b)):
                row = asdict(found)
                del row["months"]
                rows.append({"regime_b": other, "ahead": ahead, **row})
        return pd.DataFrame(rows)

    @cached_property
    def settling(self) -> dict[tuple[str, str], WarmUp]:
        """When each headline measure has forgotten how the firm began, by regime (MSER-5)."""
        return {
            (name, regime): find_warm_up(course)
            for name in self.study.estimates
            for regime, course in self._all_weeks.courses(name).items()
            if np.isfinite(course).any()
        }

    @cached_property
    def warm_up(self) -> int:
        """Weeks at the start that summaries leave out."""
        rule = self.study.warm_up
        if not isinstance(rule, str):
            return rule
        return max((found.weeks for found in self.settling.values() if found.settled), default=0)

    @cached_property
    def ended(self) -> Literal["planned", "reached", "at most", "unfinished"]:
        """Why there are no more replications."""
        study = self.study
        if reached_at(study, self.stored, self.replications):
            return "reached"
        if self.replications < study.replications:
            return "unfinished"
        return "at most" if study.precision else "planned"

    def to_xarray(self) -> xr.DataTree:
        """Runs and weekly series on named axes; see `experiments.labelled.labelled`."""
        from experiments.labelled import labelled

        return labelled(self.runs, self.series)

    def figure(self, of: Picture = "outcomes") -> Figure:
        """A picture for a slide, with its finding as the title.

        "outcomes" has four measures over time under each regime; "gap" how far the firms are apart
        over time, with a band that holds the whole course; "distribution" the difference in every
        replication, and the month of break-even; "inside" what happens between colleagues:
        entitlement and resentment, reports against the truth, hours lost to friction;
        "organisation" the departments, what waits there and what flows between them; "market" how
        far the offer is from what is needed, and how soon it catches up; "customers" who brings the
        profit and who stays.
        """
        # matplotlib is slow to import, and workers do not draw
        from experiments.pictures import draw_picture

        return draw_picture(self, of)

    def save(self, path: Path | str, csv: bool = False) -> None:
        """Write runs, pairs, tables, weekly series, manifest and pictures to a folder.

        Raises
        ------
        ScenarioError
            If the folder holds another study, or anything that raison did not write.
        StoreError
            If it cannot be written to.
        """
        from experiments.outputs import save

        save(self, Path(path), csv=csv)

    def as_dict(self) -> dict[str, Any]:
        """The results in plain values, for JSON."""
        data: dict[str, Any] = plain(
            {
                "scenario": self.scenario,
                "regimes": self.regimes,
                "seed": self.seed,
                "replications": self.replications,
                "warm_up": self.warm_up,
                "failed": self.failed,
                "finding": self.finding,
                "inside": self.inside,
                "table": self.table.to_dict("records"),
                "break_even": self.break_even_table.to_dict("records"),
                "fates": [fate.as_dict() for fate in self.fates],
                "fates_rule": RULE,
                "runs": self.runs.to_dict("records"),
            }
        )
        return data

    def _stacked(self, name: str) -> pd.DataFrame:
        """These tables of all runs, one under the other."""
        parts = list(self.pieces(name))
        if not parts:
            return pd.DataFrame()
        table = pd.concat(parts, ignore_index=True)
        # whatever order the runs were finished in
        places = {name: i for i, name in enumerate(self.regimes)}
        place = table["regime"].map(places).astype(int)  # of an empty table it would be text
        order = (table["replication"] * len(self.regimes) + place).argsort(kind="stable")
        return table.iloc[order].reset_index(drop=True)

    def pieces(self, name: str) -> Iterator[pd.DataFrame]:
        """A table of all runs, some runs at a time, with their place in front."""
        for piece in self.results.stacked(name):
            placed = piece.rename(columns={"label": "regime"})
            placed.insert(0, "scenario", self.scenario)
            yield placed
