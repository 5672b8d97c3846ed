"""Numbers that rest on the runs of many firms: shares of a gap, places of a map, indices."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from experiments.attribution.game import dials_label, mechanisms_label
from experiments.attribution.result import GAP, REMAINS, Attribution, Part
from experiments.frontier.result import Frontier
from experiments.frontier.surface import SURE
from experiments.metrics import metric
from experiments.provenance.names import area_id, index_id, interaction_id, point_id, share_id
from experiments.provenance.number import (
    B_BETTER,
    STUDENT,
    Number,
    paired_number,
    parts_of,
    runs_of,
    unknown,
)
from experiments.results import Results
from experiments.sensitivity.methods import STRENGTH
from experiments.sensitivity.result import OUTCOMES, Sensitivity
from experiments.statistics import LEVEL
from experiments.sweep.result import cell_label

_AT_POINTS = ("A", "B", "difference", "low", "high", "a_wins")
_MAP = "a Gaussian process through the gaps at all points that were run, one for each replication"
_OUTCOMES = {"A": "of A", "B": "of B", "gap": "of A - B", "sign": "of which of A and B is better"}
_INDICES: Mapping[str, str] = {
    "mu_star": "mean size of the change as the key goes through its range; of a sign, the share "
    "of steps that change it",
    "mu": "mean change, with its sign, as the key goes through its range",
    "sigma": "how much that change differs from place to place",
    "ST": "share of the variance in which the key takes part",
    "S1": "share of the variance that the key makes by itself",
    "S1_low": "lower end of the interval of the share that the key makes by itself",
    "S1_high": "upper end of the interval of the share that the key makes by itself",
    "low": "lower end of the interval of how much it depends on the key",
    "high": "upper end of the interval of how much it depends on the key",
}
_IN_UNITS = {"mu_star", "mu", "sigma", "low", "high"}  # of the measure, by Morris' method


def of_attribution(folder: Path, name: str) -> Number:
    """A gap, a player's share of it, what remains of it, or the interaction of two."""
    result = Attribution.load(folder)
    parts_of(name)
    shares = {
        share_id(key, player): (key, player)
        for key in result.metrics
        for player in result.parts(key)
    }
    pairs = {
        interaction_id(key, *pair): (key, pair)
        for key in result.metrics
        for pair in result.pairs(key)
    }
    a, b = result.regimes
    players = f"over {len(result.players)} players, mean over the replications"
    cells = list(result.study.cells)
    if name in shares and shares[name][1] in (GAP, REMAINS):
        key, player = shares[name]
        part = result.parts(key)[player]
        what = f"the whole gap {a} - {b}"
        if player == REMAINS:
            what = f"what remains of {a} - {b} without any of the players"
        method = "mean over the replications"
        cells = _ends(result, player)
    elif name in shares:
        key, player = shares[name]
        part = result.parts(key)[player]
        what = f"what {player!r} adds to {a} - {b}"
        method = f"Shapley value {players}"
    elif name in pairs:
        key, pair = pairs[name]
        part = result.pairs(key)[pair]
        what = f"what {' and '.join(map(repr, pair))} add to {a} - {b} beyond what each adds alone"
        method = f"Shapley interaction (Grabisch & Roubens 1999) {players}"
    else:
        raise unknown(name, [*shares, *pairs])
    told = metric(key)
    results = Results(result.stored, result.study.cells, result.study.seed, result.replications)
    return Number(
        id=name,
        value=part.mean,
        text=_with_interval(key, part),
        what=f"{told.label}: {what}",
        method=method,
        measure=told,
        study=result.study,
        runs=runs_of(results, cells, key),
    )


def _ends(result: Attribution, player: str) -> list[str]:
    """The firms whose difference is the whole gap, or what remains of it."""
    full = (1 << len(result.players)) - 1
    if result.of == "dials":
        return [dials_label(full), dials_label(0)]
    return [mechanisms_label(full if player == GAP else 0, side) for side in "AB"]


def _with_interval(key: str, part: Part) -> str:
    told = metric(key)
    interval = f"{told.difference(part.low, unit=False)} to {told.difference(part.high)}"
    return f"{told.difference(part.mean)} ({STUDENT}: {interval})"


def of_frontier(folder: Path, name: str) -> Number:
    """What was run at a point of a map, what the map says there, or how large a part of it is."""
    result = Frontier.load(folder)
    parts_of(name)
    rows = {
        point_id(row["metric"], column, int(row["point"])): (row, column)
        for row in result.at_points.to_dict("records")
        for column in (*_AT_POINTS, B_BETTER)
    }
    areas = {
        area_id(key, side): (key, side) for key in result.metrics for side in result.areas[key]
    }
    a, b = result.regimes
    if name in rows and rows[name][1] != B_BETTER:
        row, column = rows[name]
        labels = [cell_label(int(row["point"]), regime) for regime in (a, b)]
        runs = runs_of(_cells(result, labels), labels, row["metric"])
        return paired_number(name, row, column, result.study, runs, STUDENT)
    if name in rows:
        row, column = rows[name]
        key, value = row["metric"], float(row[column])
        what = f"probability that {b} is better than {a} at point {row['point']}"
    elif name in areas:
        key, side = areas[name]
        value = result.areas[key][side]
        who = {"A": f"{a} is clearly better", "B": f"{b} is clearly better"}
        what = f"share of the map in which {who.get(side, 'neither is clearly better')}"
        what += f" (probability {_percent(1 - SURE)})"
    else:
        raise unknown(name, [*areas, *rows])
    told = metric(key)
    labels = [cell_label(point, regime) for point in result.points for regime in (a, b)]
    return Number(
        id=name,
        value=value,
        text=_percent(value),
        what=f"{told.label}: {what}",
        method=_MAP,
        measure=told,
        study=result.study,
        runs=runs_of(_cells(result, labels), labels, key),
    )


def of_sensitivity(folder: Path, name: str) -> Number:
    """How much an outcome depends on a key."""
    result = Sensitivity.load(folder)
    parts_of(name)
    strength = STRENGTH[result.method]
    known = {}
    for key in result.headlines:
        for of in OUTCOMES:
            for varied, index in result.indices(key, of):
                columns = {strength: index.strength, "low": index.low, "high": index.high}
                for column, value in {**columns, **index.more}.items():
                    known[index_id(key, column, of, varied)] = (key, of, varied, column, value)
    if name not in known:
        raise unknown(name, known)
    key, of, varied, column, value = known[name]
    told = metric(key)
    in_units = result.method == "morris" and of != "sign" and column in _IN_UNITS
    sides = [
        r for side, r in zip("AB", result.regimes, strict=True) if of not in "AB" or of == side
    ]
    labels = [cell_label(point, regime) for point in result.points.index for regime in sides]
    names = ", ".join(f"{side}: {r}" for side, r in zip("AB", result.regimes, strict=True))
    kind = "elementary effects (Morris 1991)" if result.method == "morris" else "Sobol indices"
    return Number(
        id=name,
        value=value,
        text=told.difference(value, sign=column == "mu") if in_units else _percent(value),
        what=f"{told.label}, {_OUTCOMES[of]}, along {varied}: {_INDICES[column]}; {names}",
        method=f"{kind} by SALib, of {result.samples} samples; intervals of {100 * LEVEL:.0f} % by "
        "resampling",
        measure=told,
        study=result.study,
        runs=runs_of(_cells(result, labels), labels, key),
    )


def _cells(result: Frontier | Sensitivity, labels: list[str]) -> Results:
    """The runs of some cells of a study."""
    study = result.study
    cells = {label: study.cells[label] for label in labels}
    return Results(result.stored, cells, study.seed, result.replications)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
