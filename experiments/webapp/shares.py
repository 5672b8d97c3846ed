"""Which dials make a gap: who shares it in the browser, and the shares as data for a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from experiments.attribution import Attribution
from experiments.attribution.game import GROUPS, SCHEDULE, Player, differing
from experiments.attribution.result import GAP, Part
from experiments.metrics import Metric, metric
from experiments.result_folder import plain
from experiments.webapp.limits import PLAYERS
from experiments.webapp.source import source
from simulation import Regime

_IDEAS: Mapping[str, tuple[str, ...]] = {
    **GROUPS["dials"],
    "what changes over time": (SCHEDULE,),
}

_JOINED: Mapping[str, tuple[str, ...]] = {
    "who is heard": ("listening", "the channel's voice"),
    "rules and care": ("rules", "care"),
    "whom work is for": ("whose work first", "line of sight"),
    "what is measured and heard": ("what is measured", "listening", "the channel's voice"),
    "rules, care and change": ("rules", "care", "what changes over time"),
}
"""Ideas that are one player where there would be too many, in this order; all of them leave 4."""


def players_between(a: Regime, b: Regime) -> tuple[Player, ...]:
    """Those among whom the gap between two regimes is divided.

    The dials in which they differ, by ideas; while there are more than `PLAYERS`, ideas that are
    near one another are joined.
    """
    at_work = set(differing(a, b))
    found = {
        name: parts
        for name, idea in _IDEAS.items()
        if (parts := tuple(part for part in idea if part in at_work))
    }
    for name, ideas in _JOINED.items():
        dials = {part for idea in ideas for part in _IDEAS[idea]}
        near = [one for one, parts in found.items() if dials.issuperset(parts)]
        if len(found) > PLAYERS and len(near) > 1:
            found[name] = tuple(part for one in near for part in found.pop(one))
    return tuple(Player(name, parts) for name, parts in found.items())


def shares(found: Attribution) -> dict[str, Any]:
    """Say what the finished replications show.

    Returns
    -------
    dict
        `findings`, a sentence each; `players` with their `dials`; `measures`, each from firm B's
        value to firm A's in numbers and in words: the `gap`, the `parts` in the order of the
        players, and `pair`, the two that do most together beyond what each does alone, if any do
        so clearly; `origin`.
    """
    result: dict[str, Any] = plain(
        {
            "regimes": found.regimes,
            "replications": found.replications,
            "planned": found.study.replications,
            "failed": found.failed,
            "findings": found.finding.split(". "),
            "players": [{"name": one.name, "dials": one.parts} for one in found.players],
            "measures": [_measure(found, metric(key)) for key in found.headlines],
            "origin": {
                **source(found.study, found.replications),
                "firms": len(found.study.cells),
            },
        }
    )
    return result


def _measure(found: Attribution, measure: Metric) -> dict[str, Any]:
    values = found.values(measure.key)
    known = values[np.isfinite(values[:, 0])]
    a, b = (float(np.mean(ends)) if len(ends) else np.nan for ends in known[:, [-1, 0]].T)
    parts = found.parts(measure.key)
    pair = found.strongest_pair(measure.key)
    return {
        "key": measure.key,
        "label": measure.label,
        "unit": measure.unit,
        "count": len(known),
        "a": {"value": a, "text": measure.value(a)},
        "b": {"value": b, "text": measure.value(b)},
        "gap": _part(parts[GAP], measure),
        "parts": [{"name": one.name, **_part(parts[one.name], measure)} for one in found.players],
        "pair": pair and {"names": pair[0], **_part(pair[1], measure)},
    }


def _part(part: Part, measure: Metric) -> dict[str, Any]:
    known = bool(np.isfinite([part.low, part.high]).all())
    return {
        "share": part.mean,
        "low": part.low,
        "high": part.high,
        "clear": part.is_clear,
        "text": measure.difference(part.mean),
        "short": measure.difference(part.mean, unit=False),
        "interval": f"{measure.difference(part.low, unit=False, beside=part.low)} to "
        f"{measure.difference(part.high, beside=part.high)}"
        if known
        else None,
    }
