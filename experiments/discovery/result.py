"""What a sweep tells about where which regime is better, and how surely."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from scipy import stats

from experiments.discovery.boxes import FEWEST, Flags, Limit, find_box, inside, needs_workbench
from experiments.discovery.finding import finding
from experiments.disk import told, whole_file, write_whole
from experiments.metrics import LOWER, in_order, metric
from experiments.result_folder import DISCOVERED, plain
from experiments.statistics import LEVEL, Values
from experiments.sweep.design import refused
from experiments.sweep.result import Sweep
from simulation.errors import Problem, ScenarioError, nearest, one_of, show

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NEARLY_ALL = 0.95
"""Where one regime is better at this share of the points, there is no box to look for."""

_SEED = 0  # of the split; an option would invite to split until something is found
_TWO = 2


@dataclass(frozen=True, slots=True)
class Share:
    """A share, counted.

    Attributes
    ----------
    some, all : int
        The share is `some` of `all`.
    """

    some: int
    all: int

    @property
    def value(self) -> float:
        """The share; NaN of nothing."""
        return self.some / self.all if self.all else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Its exact 95 % interval (Clopper & Pearson 1934)."""
        if not self.all:
            return 0.0, 1.0
        found = stats.binomtest(self.some, self.all).proportion_ci(LEVEL, method="exact")
        return float(found.low), float(found.high)


@dataclass(frozen=True, slots=True)
class Side:
    """Where one of the two regimes is better.

    Attributes
    ----------
    better : str
        The regime.
    box : tuple of Limit
        Found in one half of the points; empty if none is better than the whole.
    density, coverage, base : Share
        By the other half: of the points in the box those that are cases, of the cases those that
        are in the box, and of all points those that are cases.
    """

    better: str
    box: tuple[Limit, ...]
    density: Share
    coverage: Share
    base: Share

    @classmethod
    def judged(cls, better: str, box: list[Limit], points: pd.DataFrame, cases: Flags) -> Self:
        """Judge a box by points that it was not found in."""
        there = inside(box, points)
        both, members, happens = (int(x.sum()) for x in (there & cases, there, cases))
        return cls(
            better, tuple(box), Share(both, members), Share(both, happens),
            Share(happens, len(points)),
        )  # fmt: skip

    @property
    def is_found(self) -> bool:
        """Whether there are clearly more cases in the box than among all points."""
        return bool(self.box) and self.density.interval[0] > self.base.value


@dataclass(frozen=True)
class Discovery:
    """In which parts of a sweep which of two regimes is better.

    Attributes
    ----------
    sweep : Sweep
        The runs.
    outcome : str
        The measure.
    points : DataFrame
        The points at which there is a gap, a row per point, a column per key.
    gap : ndarray of float, shape (points,)
        A - B at these, the mean over replications.
    held_out : ndarray of bool, shape (points,)
        The half by which boxes are judged.
    """

    sweep: Sweep
    outcome: str
    points: pd.DataFrame = field(repr=False)
    gap: Values = field(repr=False)
    held_out: Flags = field(repr=False)

    @property
    def regimes(self) -> tuple[str, ...]:
        """A and B."""
        return self.sweep.regimes

    @cached_property
    def better(self) -> Values:
        """At each point 1 where A is better for the firm, -1 where B is, 0 where they are equal.

        Of a measure that is neither good nor bad, having more of it counts as better.
        """
        signs: Values = np.sign(self.gap)
        return -signs if metric(self.outcome).direction == LOWER else signs

    @property
    def ahead(self) -> tuple[str, Share]:
        """The regime that is better at more of the points, and at how many."""
        counts = [int((self.better == side).sum()) for side in (1, -1)]
        leader = int(counts[1] > counts[0])
        return self.regimes[leader], Share(counts[leader], len(self.points))

    @property
    def is_searched(self) -> bool:
        """Whether there is anything to look for, and enough points to look in."""
        return len(self.points) >= FEWEST and self.ahead[1].value < NEARLY_ALL

    @cached_property
    def sides(self) -> list[Side]:
        """For A and for B, the box in which it is better; none if there is nothing to look for."""
        if not self.is_searched:
            return []
        return [
            self._side(name, self.better == sign)
            for name, sign in zip(self.regimes, (1, -1), strict=True)
        ]

    def _side(self, name: str, cases: Flags) -> Side:
        seen = ~self.held_out
        mixed = 0 < cases[seen].sum() < seen.sum()
        box = find_box(self.points[seen], cases[seen]) if mixed else []
        return Side.judged(name, box, self.points[self.held_out], cases[self.held_out])

    @cached_property
    def finding(self) -> str:
        """The boxes in words, those that hold on points not seen before and no others."""
        return finding(self)

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row per regime and limit of its box.

        Columns: outcome, better (the regime), found (whether the box holds on points not seen
        before), key, low, high, values; then of the box density with its exact interval, coverage,
        base_rate, and the numbers of points: in_box (held out), held_out, points (all). A regime
        without a box has one row without a key.
        """
        rows = []
        for side in self.sides:
            low, high = side.density.interval
            judged = {
                "density": side.density.value, "density_low": low, "density_high": high,
                "coverage": side.coverage.value, "base_rate": side.base.value,
                "in_box": side.density.all, "held_out": side.base.all, "points": len(self.points),
            }  # fmt: skip
            for limit in side.box or (Limit(""),):
                values = " or ".join(limit.values or ())
                named = {"outcome": self.outcome, "better": side.better, "found": side.is_found}
                limits = {
                    "key": limit.key, "low": limit.low, "high": limit.high, "values": values,
                }  # fmt: skip
                rows.append({**named, **limits, **judged})
        return pd.DataFrame(rows)

    def figure(self) -> Figure:
        """The points by which regime is better, with the boxes and their limits."""
        # matplotlib is slow to import, and workers do not draw
        from experiments.discovery.figure import draw_discovery

        return draw_discovery(self)

    def save(self, path: Path | str) -> None:
        """Write table and figure to a folder, under the names of `files_of`.

        Whatever else is there stays as it is; every file appears whole or not at all.

        Raises
        ------
        StoreError
            If they cannot be written.
        """
        folder = Path(path)
        picture = self.figure()
        with told(folder):
            table, *pictures = (folder / name for name in files_of(self.outcome))
            write_whole(table, self.table.to_csv(index=False).encode())
            for file, said in zip(pictures, (None, {"Date": None}), strict=True):
                with whole_file(file) as out:
                    picture.savefig(out, format=file.suffix[1:], metadata=said)

    def as_dict(self) -> dict[str, Any]:
        """The results in plain values, for JSON."""
        leader, share = self.ahead
        data: dict[str, Any] = plain(
            {
                "scenario": self.sweep.scenario,
                "regimes": self.regimes,
                "outcome": self.outcome,
                "points": len(self.points),
                "held_out": int(self.held_out.sum()),
                "replications": self.sweep.replications,
                "mostly_better": leader,
                "share": share.value,
                "searched": self.is_searched,
                "finding": self.finding,
                "table": self.table.to_dict("records"),
            }
        )
        return data


def files_of(outcome: str) -> tuple[str, str, str]:
    """Names of the table and the pictures of a discovery, such as `discover-profit.csv`."""
    csv, png, svg = (f"{DISCOVERED}{outcome}.{form}" for form in ("csv", "png", "svg"))
    return csv, png, svg


def discovered(folder: Path) -> list[str]:
    """The measures for which a folder holds what `discover` wrote, in their order."""
    found = [file.stem.removeprefix(DISCOVERED) for file in folder.glob(f"{DISCOVERED}*.csv")]
    return in_order(sorted(found))


def discover(sweep: Sweep | Path | str, outcome: str) -> Discovery:
    """Find in which parts of a Latin hypercube which of two regimes is better.

    Half of the points, drawn by a fixed seed, are looked in; the other half judges what was found.
    Either regime is better in one half as often as in the other.

    Parameters
    ----------
    sweep : Sweep, Path or str
        A sweep of two regimes over a Latin hypercube, or its folder.
    outcome : str
        The measure whose gap is looked at.

    Raises
    ------
    ScenarioError
        If it is another sweep, the measure is unknown or was not measured, or the EMA Workbench is
        missing.
    StoreError
        If the folder cannot be read.

    Examples
    --------
    >>> found = discover("out/cube", "profit")  # doctest: +SKIP
    >>> print(found.finding)  # doctest: +SKIP
    """
    needs_workbench()
    sweep = sweep if isinstance(sweep, Sweep) else Sweep.load(sweep)
    if sweep.design != "hypercube":
        raise refused("DIR", "a sweep over a grid", "one with --samples: a Latin hypercube")
    if len(sweep.regimes) != _TWO:
        raise refused("DIR", f"a sweep of {show(len(sweep.regimes))} regimes", "one of two")
    if outcome not in sweep.metrics:
        allowed, near = one_of(sweep.metrics), nearest(outcome, sweep.metrics)
        problem = Problem(field="outcome", given=show(outcome), allowed=allowed, nearest=near)
        raise ScenarioError([problem])
    a, b = np.moveaxis(sweep.cube(outcome), 1, 0)
    pairs = np.isfinite(a - b)
    gap = np.where(pairs, a - b, 0.0).sum(axis=1) / np.maximum(pairs.sum(axis=1), 1)
    known = pairs.any(axis=1)
    return Discovery(sweep, outcome, sweep.points[known], gap[known], _half(gap[known]))


def _half(gap: Values) -> Flags:
    """Half of the points by lot, and half of those on either side of zero."""
    order = np.random.default_rng(_SEED).permutation(len(gap))
    order = order[np.argsort(np.sign(gap[order]), kind="stable")]
    chosen = np.zeros(len(gap), np.bool_)
    chosen[order[1::2]] = True
    return chosen
