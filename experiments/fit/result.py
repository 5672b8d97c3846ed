"""What a calibration has found: values, what is still possible, and data beside model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from experiments.disk import told, whole_file, write_whole
from experiments.fit.data import Data
from experiments.fit.distance import (
    Stretches,
    in_noise,
    mean_of,
    noise,
    squared,
    strangeness,
    whitening,
)
from experiments.fit.finding import TOLD, finding, remarks
from experiments.fit.free import Free, free_of
from experiments.fit.identify import Possible, Told, possible, trades
from experiments.fit.search import Found, Wanted
from experiments.fit.seen import SEEN, read_seen, write_seen
from experiments.fit.surface import Misfit, Surface, best_starts
from experiments.outputs import write_manifest
from experiments.result_folder import plain
from experiments.runs import Runs
from experiments.scenario_file import parsed, render
from experiments.statistics import Values
from experiments.store import StoredRuns
from experiments.study import Study, study_store
from simulation import Scenario
from simulation.addresses import addresses
from simulation.errors import Problem, ScenarioError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STRANGE = 0.05
"""A firm is none of the model's if fewer of the model's own lives are as far from the others."""
_DIGITS = 3  # of the ends of what is possible


@dataclass(frozen=True, slots=True)
class Key:
    """What became of a key.

    Attributes
    ----------
    key : str
        Its name.
    before, fitted : float
        What the scenario says, moved into the range given, and what was found.
    low, high : float
        What is still possible: rounded outwards, within the range given.
    given_low, given_high : float
        Where it was looked for.
    told : "told", "hardly" or "not at all"
        How much the data say of it.
    at_end : bool
        Whether it was found at an end of the range given.
    """

    key: str
    before: float
    fitted: float
    low: float
    high: float
    given_low: float
    given_high: float
    told: Told
    at_end: bool


@dataclass(frozen=True, slots=True)
class Course:
    """How near the model is to a series.

    Attributes
    ----------
    series : str
        Its name.
    data, model, before : float
        Means over the months with data; `before` with the scenario's own values.
    noise : float
        Standard deviation of the mean over the model's lives.
    off, off_before : float
        Distance from the data in units of noise; see `distance.in_noise`.
    """

    series: str
    data: float
    model: float
    before: float
    noise: float
    off: float
    off_before: float


@dataclass(frozen=True)
class Fit:
    """A scenario fitted to a firm's own months.

    Attributes
    ----------
    study : Study
        What was asked.
    data : Data
        The months.
    wanted : Wanted
        What was looked for.
    found : Found
        What the search has seen.
    stored : Runs
        Where the runs are.
    folder : Path, optional
        Of the study, if it is kept.
    """

    study: Study
    data: Data
    wanted: Wanted = field(repr=False)
    found: Found = field(repr=False)
    stored: Runs = field(repr=False)
    folder: Path | None = None

    @classmethod
    def load(cls, folder: Path | str) -> Self:
        """Read the calibration whose runs a folder holds.

        Raises
        ------
        ScenarioError
            If it holds none, or one that is not finished.
        StoreError
            If it cannot be read.
        """
        folder = Path(folder)
        study = Study.load(folder)
        if study.kind != "calibrate":
            what = "the folder of runs of `raison calibrate`"
            raise ScenarioError([Problem(field="DIR", given=f"a {study.kind}", allowed=what)])
        data, found = read_seen(folder / SEEN, study.asked["data"])
        base = parsed(study.base)
        fit = {key: (float(low), float(high)) for key, (low, high) in study.asked["fit"].items()}
        wanted = Wanted.of(
            base, free_of(base, fit, data.columns), data, int(study.warm_up), study.asked["points"],
            study.replications, study.seed,
        )  # fmt: skip
        return cls(study, data, wanted, found, StoredRuns(folder), folder)

    @property
    def replications(self) -> int:
        """Runs of each point."""
        return self.study.replications

    @property
    def free(self) -> tuple[Free, ...]:
        """What was fitted."""
        return self.wanted.free

    @property
    def failed(self) -> int:
        """Number of runs that did not come to their end."""
        return self.found.failed

    @property
    def values(self) -> dict[str, float]:
        """The fitted value of every key."""
        best = self.found.best
        return {one.key: one.value(float(x)) for one, x in zip(self.free, best, strict=True)}

    @cached_property
    def possible(self) -> list[Possible]:
        """What each key may still be, as places in its range."""
        starts = best_starts(self.found.places, self._distances)
        spare = len(self._target) - len(self.free)
        return possible(self._misfit, self.found.best, starts, len(self.found.after), spare)

    @cached_property
    def keys(self) -> list[Key]:
        """What became of every key."""
        found = []
        for one, may in zip(self.free, self.possible, strict=True):
            low = _round(one.value(may.low), up=False)
            high = _round(one.value(may.high), up=True)
            found.append(
                Key(
                    one.key, one.start, self.values[one.key], max(low, one.low),
                    min(high, one.high), one.low, one.high, may.told, may.at_end,
                )
            )  # fmt: skip
        return found

    @cached_property
    def trades(self) -> dict[tuple[str, str], float]:
        """Pairs of keys of which one can make up for the other, with their correlation."""
        names = [one.key for one in self.free]
        found = trades(self._misfit, self.found.best)
        return {(names[i], names[j]): close for (i, j), close in found.items()}

    @cached_property
    def strangeness(self) -> float:
        """In which part of the fitted model's own lives a firm is as far from the others."""
        return strangeness(self.found.after, self.wanted.data, self._stretches, self._covariance)

    @property
    def is_strange(self) -> bool:
        """Whether the model with these values cannot be the firm."""
        return self.strangeness < STRANGE

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """A row per key; the columns are those of `Key`."""
        return pd.DataFrame([asdict(key) for key in self.keys])

    @cached_property
    def courses(self) -> list[Course]:
        """How near the model is to every series."""
        lives = (self.found.before, self.found.after)
        known = np.isfinite(self.wanted.data)
        data = mean_of(self.wanted.data.T)
        before, after = (
            np.array([mean_of(life.T) for life in np.where(known, of_one, np.nan)])
            for of_one in lives
        )
        off_before, off = (
            in_noise(
                self._target - mean_of(self._stretches.means(of_one)),
                self._covariance, self._stretches, len(data),
            )
            for of_one in lives
        )  # fmt: skip
        spread = np.nanstd(after, axis=0, ddof=1)
        columns = (data, mean_of(after), mean_of(before), spread, off, off_before)
        return [
            Course(name, *map(float, row))
            for name, *row in zip(self.data.columns, *columns, strict=True)
        ]

    @cached_property
    def series(self) -> pd.DataFrame:
        """A row per column of the data; the columns are those of `Course`."""
        return pd.DataFrame([asdict(course) for course in self.courses])

    @cached_property
    def months(self) -> pd.DataFrame:
        """A row per column and month: series, month, data, model (mean over its lives), low, high
        (between which 95 % of its lives are)."""
        rows = []
        for place, name in enumerate(self.data.columns):
            lives = self.found.after[:, place]
            low, high = np.nanquantile(lives, (0.025, 0.975), axis=0)
            rows.append(
                pd.DataFrame(
                    {
                        "series": name, "month": self.data.months, "data": self.wanted.data[place],
                        "model": np.nanmean(lives, axis=0), "low": low, "high": high,
                    }
                )
            )  # fmt: skip
        return pd.concat(rows, ignore_index=True)

    @cached_property
    def finding(self) -> str:
        """What the data tell, in words, no surer than they are."""
        return finding(self)

    @cached_property
    def remarks(self) -> list[str]:
        """What a reader has to mind."""
        return remarks(self)

    def scenario(self, name: str) -> Scenario:
        """The fitted scenario: values in place, what is still possible under `uncertain`.

        Ranges of keys that were not fitted stay.
        """
        fitted = self.wanted.base.replace(self.values)
        document = fitted.model_dump()
        known = addresses(self.wanted.base.model_dump())
        steps = {known[one.key] for one in self.free}
        others = {key: ends for key, ends in fitted.uncertain.items() if known[key] not in steps}
        document["uncertain"] = {**others, **{key.key: (key.low, key.high) for key in self.keys}}
        document["name"] = name
        return Scenario.from_mapping(document)

    def render(self, name: str) -> str:
        """The fitted scenario as the text of a file."""
        said = [
            f"Fitted by raison to {len(self.data.months)} months "
            f"({self.data.months[0]} to {self.data.months[-1]}) of {', '.join(self.data.columns)}.",
            *(f"{key.key}: {key.before:g} before, {key.fitted:g} now; {TOLD[key.told]}"
              for key in self.keys),
        ]  # fmt: skip
        return render(self.scenario(name), name, said)

    def figure(self) -> Figure:
        """Data beside model, and what is possible of each key."""
        # matplotlib is slow to import, and workers do not draw
        from experiments.fit.figure import draw_fit

        return draw_fit(self)

    def save(self, file: Path | str, folder: Path | str | None = None) -> None:
        """Write the scenario, and beside it the figure under the same name with `.png`.

        Each appears whole or not at all, the scenario last.

        Parameters
        ----------
        file : Path or str
            Of the scenario.
        folder : Path or str, optional
            That of the study, for the tables and a manifest.

        Raises
        ------
        ScenarioError
            If the folder holds anything but this study.
        StoreError
            If they cannot be written.
        """
        file = Path(file)
        if folder is not None:
            with study_store(Path(folder), self.study), told(Path(folder)):
                self._write_tables(Path(folder))
        with told(file):
            with whole_file(file.with_suffix(".png")) as out:
                self.figure().savefig(out, format="png")
            write_whole(file, self.render(file.stem).encode())

    def _write_tables(self, folder: Path) -> None:
        tables = {"parameters": self.parameters, "series": self.series, "months": self.months}
        for name, table in tables.items():
            write_whole(folder / f"{name}.csv", table.to_csv(index=False).encode())
        write_seen(folder / SEEN, self.data, self.found)
        write_manifest(folder, self.as_dict())

    def as_dict(self) -> dict[str, Any]:
        """The results in plain values, for JSON."""
        said: Mapping[str, Any] = {
            "scenario": self.study.scenario,
            "regime": self.study.regimes[0],
            "months": len(self.data.months),
            "seed": self.wanted.seed,
            "replications": self.replications,
            "points": len(self.found.places),
            "failed": self.failed,
            "finding": self.finding,
            "remarks": self.remarks,
            "strangeness": self.strangeness,
            "could_be_the_model": not self.is_strange,
            "parameters": self.parameters.to_dict("records"),
            "trade_offs": [
                {"keys": pair, "correlation": close} for pair, close in self.trades.items()
            ],
            "series": self.series.to_dict("records"),
        }
        data: dict[str, Any] = plain(said)
        return data

    @cached_property
    def _stretches(self) -> Stretches:
        return Stretches.of(self.wanted.data)

    @cached_property
    def _target(self) -> Values:
        return self._stretches.means(self.wanted.data)

    @cached_property
    def _covariance(self) -> Values:
        """Of data less model at the chosen point."""
        return noise(self.found.after, self.wanted.data, self._stretches)

    @cached_property
    def _distances(self) -> Values:
        gaps = self._target - self.found.means
        return squared(whitening(self._covariance), gaps)

    @cached_property
    def _misfit(self) -> Misfit:
        surface = Surface.of(self.found.places, self.found.means, self._distances)
        return Misfit.of(surface, self._covariance, self._target)


def _round(value: float, *, up: bool) -> float:
    """To few digits, away from the middle."""
    if value == 0.0:
        return 0.0
    unit = 10.0 ** (np.floor(np.log10(abs(value))) - _DIGITS + 1)
    steps = np.ceil(value / unit - 1e-9) if up else np.floor(value / unit + 1e-9)
    return float(f"{steps * unit:.{_DIGITS}g}")
