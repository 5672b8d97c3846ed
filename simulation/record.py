"""What a run leaves behind: weekly series, departments, people at the end, events."""

from __future__ import annotations

import platform
import resource
import sys
import time
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from simulation.frames import History, customer_frame, flow_frame, weekly_frames
from simulation.record_io import EventSpool, read_record, write_record
from simulation.scenario import Scenario
from simulation.tables import DEPARTMENTS, DISTRIBUTORS, FIRM, SEGMENTS, TALLY
from simulation.version import MODEL_VERSION
from simulation.world import (
    WEEKS_A_YEAR,
    World,
)

NOT_SUMMARISED = ("seed", "week", "active", "cash", "seats", "quits")
"""Columns of the weekly series whose mean over the weeks says nothing by itself."""
_LIBRARIES = ("mesa", "numpy", "numba", "networkx", "pandas", "pyarrow", "pydantic")


@cache
def _library_versions() -> dict[str, str]:
    return {name: version(name) for name in _LIBRARIES}


class Recorder:
    """Keeps each week's counters and the event log; makes frames of them when asked."""

    def __init__(self, scenario: Scenario, seed: int, department_names: tuple[str, ...]) -> None:
        self.scenario = scenario
        self.seed = seed
        self.names = department_names
        self.events = EventSpool(department_names)
        self.started = time.perf_counter()
        # per week: these tables, and seats filled per department
        self._weeks: tuple[list[bytes], ...] = ([], [], [], [], [], [])

    def end_week(self, world: World) -> None:
        """Keep the week that closes, take over its events, set its counters to zero."""
        self.take_events(world)
        filled = world.employees.view(np.ndarray)["filled"]
        first_seats = world.departments.view(np.ndarray)["first_seat"]
        seats = np.add.reduceat(filled, first_seats, dtype=np.int64)
        tables = (world.firm, world.tally, world.departments, world.segments, world.distributors)
        for kept, part in zip(self._weeks, (*tables, seats), strict=True):
            kept.append(part.tobytes())
        world.tally.view(np.ndarray)[:] = np.zeros(1, TALLY)

    def take_events(self, world: World, only_if_many: bool = False) -> None:
        """Take over the events in the log buffer (or only if it is half full), and empty it."""
        firm = world.firm[0]
        if only_if_many and 2 * firm.log_count < len(world.log):
            return
        if firm.log_missed:
            raise RuntimeError(
                f"{firm.log_missed} events of one day did not fit into the log; "
                "log losses only, or make the firm smaller"
            )
        self.events.append(world.log[: firm.log_count])
        firm.log_count = 0

    def record(self, world: World) -> Record:
        """The record so far, as data frames."""
        self.take_events(world)
        labels: dict[str, str | int] = {
            "scenario": self.scenario.name,
            "regime": self.scenario.regime.name,
            "seed": self.seed,
        }
        off = [name for name, on in self.scenario.mechanisms.items() if not on]
        segments = [s.name for s in self.scenario.market.segments]
        frames = {
            **weekly_frames(self._history(world), self.names, segments, len(world.customers), off),
            "flows": flow_frame(world, self.names),
            "customers": customer_frame(world, segments),
        }
        for frame in frames.values():
            for position, (name, value) in enumerate(labels.items()):
                frame.insert(position, name, value)
        manifest = {
            **labels,
            "model_version": MODEL_VERSION,
            "digest": self.scenario.digest,
            "resolved_scenario": self.scenario.run_document(),
            "weeks": len(self._weeks[0]),
            "insolvent_week": int(world.firm[0].insolvent_week),
            "wall_seconds": round(time.perf_counter() - self.started, 3),
            "peak_memory_mb": round(_peak_memory_mb(), 1),
            "python": platform.python_version(),
            "libraries": _library_versions(),
        }
        return Record(frames, manifest, self.events)

    def _history(self, world: World) -> History:
        weeks, departments = len(self._weeks[0]), len(world.departments)
        kinds = (FIRM, TALLY, DEPARTMENTS, SEGMENTS, DISTRIBUTORS, np.dtype(np.int64))
        rows = (1, 1, departments, len(world.segments), len(world.distributors), departments)
        return History(
            *(
                np.frombuffer(b"".join(kept), kind).reshape(weeks, count)
                for kept, kind, count in zip(self._weeks, kinds, rows, strict=True)
            )
        )


def _peak_memory_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def summarise(series: pd.DataFrame, insolvent: bool, from_week: int = 0) -> dict[str, float]:
    """A run in one number per metric.

    Rates are ratios of sums where the parts are counted, otherwise means of the weekly values.

    Parameters
    ----------
    series : DataFrame
        The weekly series of one run.
    insolvent : bool
        Whether the firm ran out of money.
    from_week : int
        Weeks before this one are left out (warm-up).
    """
    if from_week:
        series = series[series["week"] >= from_week]
    mean = {str(name): value for name, value in series.select_dtypes("number").mean().items()}
    weeks = len(series)
    before = series["active"] + series["lost"] - series["joined"]
    weekly_loss = series["lost"].sum() / before.sum()
    seats = series["seats"].mean()
    result = {
        "retention": (1.0 - weekly_loss) ** WEEKS_A_YEAR,
        "margin": series["profit"].sum() / series["revenue"].sum(),
        "active_end": series["active"].iloc[-1] if weeks else np.nan,
        "joined": series["joined"].sum(),
        "lost": series["lost"].sum(),
        "cash_end": series["cash"].iloc[-1] if weeks else np.nan,
        "seats_end": series["seats"].iloc[-1] if weeks else np.nan,
        "turnover": series["quits"].sum() * WEEKS_A_YEAR / (seats * weeks),
        "insolvent": float(insolvent),
    }
    skip = {*NOT_SUMMARISED, *result}
    result.update({name: value for name, value in mean.items() if name not in skip})
    return {name: float(value) for name, value in result.items()}


class Record:
    """What one run left behind.

    Attributes
    ----------
    series : pandas.DataFrame
        One row a week. Rates and shares in [0, 1], retention annualised, money in currency a week,
        `backlog` in hours; columns of mechanisms that do not exist are NaN.
    departments : pandas.DataFrame
        One row per week and department.
    segments : pandas.DataFrame
        One row per week and segment: customers, gaps between needs, offers and belief (distances).
    flows : pandas.DataFrame
        Items that went from one department (or from customers) to another, over the run.
    customers : pandas.DataFrame
        One row per person of the market at the end; money in currency.
    manifest : dict
        Resolved scenario, digest, seed, versions, time, memory.
    """

    def __init__(
        self,
        frames: Mapping[str, pd.DataFrame],
        manifest: dict[str, Any],
        events: EventSpool | pd.DataFrame,
    ) -> None:
        self.series = frames["series"]
        self.departments = frames["departments"]
        self.segments = frames["segments"]
        self.flows = frames["flows"]
        self.customers = frames["customers"]
        self.manifest = manifest
        self._events = events

    @property
    def scenario(self) -> str:
        """Name of the scenario."""
        return str(self.manifest["scenario"])

    @property
    def regime(self) -> str:
        """Name of the regime."""
        return str(self.manifest["regime"])

    @property
    def seed(self) -> int:
        """Seed of the run."""
        return int(self.manifest["seed"])

    @property
    def events(self) -> pd.DataFrame:
        """The event log: day, event, uid, department, item, cause, value."""
        if isinstance(self._events, EventSpool):
            frame: pd.DataFrame = self._events.table().to_pandas()
            return frame
        return self._events

    def summary(self, from_week: int = 0) -> dict[str, float]:
        """The run in one number per metric; see `summarise`."""
        return summarise(self.series, self.manifest["insolvent_week"] >= 0, from_week)

    def save(self, folder: str | Path, csv: bool = False) -> None:
        """Write the record to a folder.

        Parameters
        ----------
        folder : str or pathlib.Path
            Made if it does not exist.
        csv : bool
            Also write CSV files.
        """
        frames = {
            "series": self.series,
            "departments": self.departments,
            "segments": self.segments,
            "flows": self.flows,
            "customers": self.customers,
        }
        write_record(Path(folder), frames, self._events, self.manifest, csv)

    @classmethod
    def load(cls, folder: str | Path) -> Record:
        """Read a record from a folder.

        Raises
        ------
        FileNotFoundError
            If the folder holds no complete record.
        """
        frames, manifest = read_record(Path(folder))
        return cls(frames, manifest, frames["events"])
