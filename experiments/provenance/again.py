"""The runs behind a number, simulated again: does the same come out?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.attribution import plan as attribution_plan
from experiments.attribution.game import Of
from experiments.provenance.number import Number
from experiments.results import Results
from experiments.runner import run_into
from experiments.runs import Keep, MemoryRuns, RunSpec
from experiments.sensitivity.result import from_columns
from experiments.study import SCENARIO, Study
from experiments.sweep.design import points_asked
from experiments.sweep.result import cell_label
from simulation import Regime, Scenario, ScenarioError, resolve
from simulation.errors import Problem

MOST_FIRMS = 64


@dataclass(frozen=True)
class Rerun:
    """What came of simulating again.

    Attributes
    ----------
    runs : DataFrame
        A row per run: label, replication, seed, value (as stored), again (now), same.
    """

    runs: pd.DataFrame

    @property
    def same(self) -> bool:
        """Whether every run came out as before, to the last bit."""
        return bool(self.runs["same"].all())


def simulate_again(found: Number, folder: Path, replications: int) -> Rerun:
    """Simulate the first replications behind a number again.

    Of a number with very many firms behind it, `MOST_FIRMS` of them, spread evenly; of more
    replications than it has, all it has.

    Raises
    ------
    ScenarioError
        If the scenario in the folder does not make the firms of the study.
    """
    replications = min(replications, int(found.runs["replication"].max()) + 1)
    every = list(dict.fromkeys(found.runs["label"]))
    labels = set(every[:: -(-len(every) // MOST_FIRMS)])
    cells = dict(cells_of(found.study, folder, labels))
    _check(found.study, cells)
    memory = MemoryRuns()
    keep = Keep.SERIES if found.warm_up else Keep.SUMMARY
    seed = found.study.seed
    run_into(
        memory,
        [
            RunSpec(firm, label, seed + r, keep)
            for r in range(replications)
            for label, firm in cells.items()
        ],
    )
    digests = {label: found.study.cells[label] for label in cells}
    now = Results(memory, digests, seed, replications, found.warm_up).summaries
    again = now.set_index(["label", "replication"])[found.measure.key]
    made = (found.runs["replication"] < replications) & found.runs["label"].isin(labels)
    runs = found.runs[made].copy()
    places = pd.MultiIndex.from_frame(runs[["label", "replication"]])
    runs["again"] = again.reindex(places).to_numpy(float)
    before = runs["value"].to_numpy(float)
    runs["same"] = (before == runs["again"]) | (np.isnan(before) & np.isnan(runs["again"]))
    return Rerun(runs)


def cells_of(study: Study, folder: Path, labels: Collection[str]) -> Iterator[tuple[str, Scenario]]:
    """Label and firm of these cells, from what the study says was asked."""
    base = Scenario.load(folder / SCENARIO)
    asked = study.asked
    overrides, years = dict(asked.get("overrides") or {}), asked.get("years")
    regimes = {name: Regime.load(dials) for name, dials in asked["regimes"].items()}
    if study.kind == "compare":
        for label, regime in regimes.items():
            if label in labels:
                yield label, resolve(base, regime, overrides, years)
    elif study.kind == "attribute":
        cells = _of_attribution(base, asked, regimes, overrides, years)
        yield from ((label, firm) for label, firm in cells.items() if label in labels)
    else:
        for place, point in enumerate(_points(study)):
            for name, regime in regimes.items():
                if (label := cell_label(place, name)) in labels:
                    yield label, resolve(base, regime, {**overrides, **point}, years)


def _points(study: Study) -> Sequence[Mapping[str, Any]]:
    """The values at every point of a sweep, or of what is laid out like one."""
    if study.kind != "sensitivity":
        return points_asked(study.asked)
    columns = from_columns(study.asked["points"])
    return points_asked({"points": {str(key): columns[key].tolist() for key in columns}})


def _of_attribution(
    base: Scenario, asked: Mapping[str, object], regimes: Mapping[str, Regime],
    overrides: Mapping[str, object], years: float | None,
) -> Mapping[str, Scenario]:  # fmt: skip
    """The firms of all coalitions."""
    of: Of = "dials" if asked["of"] == "dials" else "mechanisms"
    players = asked["players"]
    assert isinstance(players, Mapping)
    named = [list(parts) for parts in players.values()]
    return attribution_plan(
        base, [regimes["A"], regimes["B"]], of, named, years=years, overrides=overrides
    ).cells


def _check(study: Study, cells: Mapping[str, Scenario]) -> None:
    """Refuse to compare runs of different firms."""
    for label, firm in cells.items():
        if firm.digest != study.cells[label]:
            allowed = f"the scenario of this study: {label!r} is another firm now"
            problem = Problem(field="DIR", given="another scenario", allowed=allowed)
            raise ScenarioError([problem])
