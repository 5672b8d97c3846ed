"""Twin firms: the same people and the same luck under different regimes, compared pair by pair."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from experiments.fates import RULE, Fate, tell_fates
from experiments.finding import INSIDE, finding
from experiments.happenings import Happening, happenings_in
from experiments.metrics import in_order, metric
from experiments.runner import Progress, RunResult, RunSpec, run_many
from experiments.statistics import paired
from experiments.store import MANIFEST, PICTURES, TABLES, Picture, plain, result_folder
from experiments.tables import Tables
from simulation import Regime, Scenario, ScenarioError, resolve
from simulation.errors import Problem, show
from simulation.firm import MOST_SEED
from simulation.version import MODEL_VERSION

if TYPE_CHECKING:
    from matplotlib.figure import Figure

AnyRegime = str | Path | Regime | Mapping[str, object]

OWN = "own"
"""Stands for the regime of the scenario itself in a list of regimes."""

_IDENTITY = ["scenario", "regime", "replication", "seed", "status", "error"]


def compare(
    scenario: Scenario | str | Path,
    regimes: Sequence[AnyRegime],
    replications: int = 8,
    workers: int | None = None,
    seed: int = 0,
    years: float | None = None,
    overrides: Mapping[str, object] | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Run the same firm under each regime and compare the runs pair by pair.

    Replication r has seed `seed + r` under every regime (common random numbers). With three
    regimes or more, each is compared with the first.

    Parameters
    ----------
    scenario : Scenario, str or Path
        The firm: an object, a shipped name, or a file.
    regimes : sequence
        Two or more; names, files, mappings or objects. `own` is the scenario's regime.
    replications : int
        Pairs to run; one gives no interval.
    workers : int, optional
        Processes, by default one per processor; 1 runs in this process. Results do not depend on
        it.
    seed : int
        Seed of the first replication.
    years : float, optional
        Horizon, by default the scenario's.
    overrides : mapping, optional
        Dotted keys and values put over the scenario.
    progress : callable, optional
        Called with (finished, total); see `run_many`.

    Raises
    ------
    ScenarioError
        If the input is wrong. A run that fails does not raise: it is a row of `Comparison.runs`.
    """
    _check(regimes, replications, workers, seed)
    cells = [
        resolve(scenario, None if regime == OWN else regime, overrides, years) for regime in regimes
    ]
    labels = _labels([cell.regime.name for cell in cells])
    specs = [
        RunSpec(cell, label, seed + r, keep_all=r == 0)
        for r in range(replications)
        for cell, label in zip(cells, labels, strict=True)
    ]
    results = run_many(specs, workers, progress)
    return Comparison(
        cells[0].name, tuple(labels), seed, replications, tuple(results), happenings_in(cells[0])
    )


@dataclass(frozen=True)
class Comparison:
    """Paired results of two or more regimes.

    Attributes
    ----------
    scenario : str
        Name of the scenario.
    regimes : tuple of str
        The first is A; every other is a B.
    seed, replications : int
        Replication r has seed `seed + r`.
    results : tuple of RunResult
        All runs, replication by replication.
    happenings : tuple of mapping
        The events that the scenario lets happen, as its file says them.
    """

    scenario: str
    regimes: tuple[str, ...]
    seed: int
    replications: int
    results: tuple[RunResult, ...] = field(repr=False)
    happenings: tuple[Happening, ...] = field(default=(), repr=False)

    @cached_property
    def runs(self) -> pd.DataFrame:
        """A row per run: key, scenario, regime, replication, seed, status, error, the summary."""
        rows = [
            {
                "key": result.key,
                "scenario": self.scenario,
                "regime": result.label,
                "replication": result.seed - self.seed,
                "seed": result.seed,
                "status": "ok" if result.ok else "failed",
                "error": result.error,
                **(result.summary or {}),
            }
            for result in self.results
        ]
        table = pd.DataFrame(rows)
        names = [name for name in table.columns if name not in ("key", *_IDENTITY)]
        measured = [name for name in names if table[name].notna().any()]
        return table[["key", *_IDENTITY, *in_order(measured)]]

    @property
    def failed(self) -> int:
        """Number of runs that did not come to their end."""
        return sum(not result.ok for result in self.results)

    @cached_property
    def paired(self) -> pd.DataFrame:
        """A row per metric and replication: A, B and the difference A - B."""
        measured = [name for name in self.runs.columns if name not in ("key", *_IDENTITY)]
        wide = {
            label: rows.set_index("replication")[measured].astype(float)
            for label, rows in self.runs.groupby("regime")
        }
        parts = []
        first = self.regimes[0]
        for other in self.regimes[1:]:
            for name in measured:
                a, b = wide[first][name], wide[other][name]
                part = pd.DataFrame({"A": a, "B": b, "difference": a - b}).dropna()
                part = part.reset_index()
                part.insert(0, "seed", part["replication"] + self.seed)
                part.insert(0, "regime_b", other)
                part.insert(0, "regime_a", first)
                part.insert(0, "metric", name)
                parts.append(part)
        columns = ["metric", "regime_a", "regime_b", "replication", "seed", "A", "B", "difference"]
        return (
            pd.concat(parts, ignore_index=True)[columns]
            if parts
            else pd.DataFrame([], columns=columns)
        )

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row per metric (and second regime): means, paired difference and how sure it is.

        `low` and `high` are the 95 % Student t interval of the difference A - B; `a_wins` the share
        of replications in which A is better for the firm, NaN for a neutral metric;
        `variance_ratio` how many times more runs it would take without common random numbers.
        """
        rows = []
        groups = self.paired.groupby(["regime_b", "metric"], sort=False)
        for (other, name), pairs in groups:
            result = paired(
                pairs["A"].to_numpy(float), pairs["B"].to_numpy(float), metric(str(name)).direction
            )
            rows.append(
                {
                    "metric": name,
                    "regime_a": self.regimes[0],
                    "regime_b": other,
                    "A": result.mean_a,
                    "B": result.mean_b,
                    "difference": result.difference,
                    "low": result.low,
                    "high": result.high,
                    "a_wins": result.a_wins,
                    "variance_ratio": result.variance_ratio,
                    "pairs": result.pairs,
                }
            )
        return pd.DataFrame(rows)

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
        firsts = {label: self._first(label) for label in self.regimes}
        return {label: first.tables for label, first in firsts.items() if first and first.tables}

    @cached_property
    def series(self) -> pd.DataFrame:
        """The weekly series of all runs, with their scenario, regime, replication and seed."""
        return self._stacked("series")

    @cached_property
    def recoveries(self) -> pd.DataFrame:
        """The sudden shifts of needs in all runs; see `experiments.recovery.recoveries_in`."""
        return self._stacked("recoveries")

    def figure(self, of: Picture = "outcomes") -> Figure:
        """A picture for a slide, with its finding as the title.

        "outcomes" has four measures over time under each regime; "inside" what happens between
        colleagues: entitlement and resentment, reports against the truth, hours lost to friction;
        "organisation" the departments, what waits there and what flows between them; "market" how
        far the offer is from what is needed, and how soon it catches up; "customers" who brings the
        profit and who stays.
        """
        # matplotlib is slow to import, and workers do not draw
        from experiments.pictures import draw_picture

        return draw_picture(self, of)

    def save(self, path: Path | str) -> None:
        """Write runs, pairs, table, weekly series, shifts, manifest and figures to a folder.

        The folder appears whole or not at all; an earlier result there is replaced.

        Raises
        ------
        ScenarioError
            If the folder cannot be written, or holds anything that raison did not write.
        """
        with result_folder(path) as folder:
            for name in TABLES:
                getattr(self, name).to_parquet(folder / f"{name}.parquet", index=False)
            self.table.to_csv(folder / "table.csv", index=False)
            text = json.dumps(plain(self._manifest()), indent=2, ensure_ascii=False)
            (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
            for of, name in PICTURES.items():
                picture = self.figure(of)
                picture.savefig(folder / f"{name}.png")
                picture.savefig(folder / f"{name}.svg", metadata={"Date": None})

    def as_dict(self) -> dict[str, Any]:
        """The results in plain values, for JSON."""
        data: dict[str, Any] = plain(
            {
                "scenario": self.scenario,
                "regimes": self.regimes,
                "seed": self.seed,
                "replications": self.replications,
                "failed": self.failed,
                "finding": self.finding,
                "inside": self.inside,
                "table": self.table.to_dict("records"),
                "fates": [fate.as_dict() for fate in self.fates],
                "fates_rule": RULE,
                "runs": self.runs.to_dict("records"),
            }
        )
        return data

    def _manifest(self) -> dict[str, Any]:
        kept = (
            "scenario",
            "regimes",
            "seed",
            "replications",
            "failed",
            "finding",
            "inside",
            "fates",
            "fates_rule",
        )
        said = self.as_dict()
        firms = {label: first.manifest for label in self.regimes if (first := self._first(label))}
        return {"made_by": f"raison {MODEL_VERSION}", **{k: said[k] for k in kept}, "firms": firms}

    def _first(self, label: str) -> RunResult | None:
        return next((r for r in self.results if r.label == label and r.seed == self.seed), None)

    def _stacked(self, name: Literal["series", "recoveries"]) -> pd.DataFrame:
        """These tables of all runs, one under the other."""
        parts = [
            table.assign(
                scenario=self.scenario,
                regime=result.label,
                replication=result.seed - self.seed,
                seed=result.seed,
            )
            for result in self.results
            if (table := getattr(result, name)) is not None
        ]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _check(regimes: Sequence[AnyRegime], replications: int, workers: int | None, seed: int) -> None:
    problems = []
    if isinstance(regimes, str | Mapping) or len(regimes) < 2:
        given = show(
            regimes if isinstance(regimes, str | Mapping) else ", ".join(map(str, regimes))
        )
        problems.append(Problem(field="regimes", given=given, allowed="two or more regimes"))
    if replications < 1:
        problems.append(Problem(field="replications", given=str(replications), allowed="1 or more"))
    if workers is not None and workers < 1:
        problems.append(Problem(field="workers", given=str(workers), allowed="1 or more"))
    if problems:
        raise ScenarioError(problems)
    check_seeds(seed, replications)


def check_seeds(seed: int, replications: int = 1) -> None:
    """Refuse seeds that a firm would refuse."""
    if not 0 <= seed <= MOST_SEED - (replications - 1):
        raise ScenarioError([Problem(field="seed", given=show(seed), allowed="0 to 2^63 - 1")])


def _labels(names: Sequence[str]) -> list[str]:
    """The names, numbered from the second use of a name on."""
    seen: Counter[str] = Counter()
    labels = []
    for name in names:
        seen[name] += 1
        labels.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return labels
