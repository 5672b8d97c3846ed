"""Two firms with one luck, week by week, as compact data that a browser replays without a server.

A trace is data for JSON:

- `version`; `weeks`, how many there are; `period`, the weeks that one value of a flow stands for;
- `firms`, two of them, each with `label`, `colour`, `series` (values by measure and week),
  `departments` (`name`, `kind`, and the place `x`, `y` of 0 to 1 in a picture of the firm),
  `customers` (the place of the customers in it), `seats` (by department, pairs of a week and the
  seats filled from then on), `queues` (by department, hours `linked` to a customer and `internal`
  that wait at the end of each week), `utilisation` (by department, in per cent), `flows` (`source`,
  `target` and `items_per_week` in each period), `joined` and `lost` (customers in each week);
- `metrics`: by measure its `label`, `unit`, `direction` (as in `experiments.metrics`), and `level`,
  whether it is a state at the end of the week and not something counted in it;
- `events`: `week`, `weeks` that it lasts, `text`;
- `customers`: the customers whose lives differ most, each with its `uid`, a `sentence`, and its
  `lives` in both firms (`status`, `joined`, `lost`, `cause` of the loss, `profit`).

What is not known is None.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from experiments.fates import Person, tell_fates
from experiments.happenings import Happening, happenings_in, in_words, lasts
from experiments.metrics import metric
from experiments.organisation_layout import Flow, layout, main_flows
from experiments.style import colour
from simulation import Firm, Record, Scenario
from simulation.frames import CUSTOMERS_END
from simulation.world import DAYS_A_WEEK

Trace = dict[str, Any]

VERSION = 1

MEASURES = (
    "retention",
    "active",
    "satisfaction",
    "lead_time_days",
    "profit",
    "cash",
    "friction",
    "entitlement",
    "resentment",
    "engagement",
    "reported_sla",
    "illusion_gap",
    "product_gap",
    "agility_speed",
)
"""What a trace has of the weekly series, as far as a firm has it."""

LEVELS = frozenset({"active", "cash", "entitlement", "resentment", "engagement", "product_gap"})
"""Measures that are a state at the end of a week, and not something counted in it."""

PERIOD = 4
"""Weeks that a value of a flow stands for: shorter, and most flows would be noise."""

_DIGITS, _FLOW_DIGITS = 4, 3
_USUAL = 0.95  # this share of the values has at least so many significant digits


class Watched(NamedTuple):
    """A run that was looked at while it went on.

    Attributes
    ----------
    record : Record
        What it left behind.
    flows : array, shape (periods, places, places)
        Items that went from one place to another in each period; places are the departments in the
        order of the scenario, then the customers.
    """

    record: Record
    flows: NDArray[np.int64]


def trace_pair(a: Scenario, b: Scenario, labels: Sequence[str], seed: int = 0) -> Trace:
    """Run two firms with one luck, and trace them.

    Parameters
    ----------
    a, b : Scenario
        Resolved: with regime and horizon, which is the same for both.
    labels : sequence of str
        What the firms are called.
    seed : int
        Seed of both runs.
    """
    first, second = watch(a, seed), watch(b, seed)
    flows = (first.flows, second.flows)
    return trace_of(first.record, second.record, labels, happenings_in(a), flows)


def watch(scenario: Scenario, seed: int = 0) -> Watched:
    """Run a firm and count what flows in each period.

    Parameters
    ----------
    scenario : Scenario
        Resolved: with its regime and horizon.
    seed : int
        Seed of the run.
    """
    firm = Firm(scenario, rng=seed)
    counts = [firm.world.flows.copy()]
    for start in range(0, scenario.weeks, PERIOD):
        firm.run_for(min(PERIOD, scenario.weeks - start) * DAYS_A_WEEK)
        counts.append(firm.world.flows.copy())
    return Watched(firm.record(), np.diff(np.stack(counts), axis=0))


def trace_of(
    a: Record,
    b: Record,
    labels: Sequence[str],
    events: Sequence[Happening] = (),
    flows: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None,
) -> Trace:
    """Make a trace of two records.

    Parameters
    ----------
    a, b : Record
        Runs of one scenario and seed, of the same length, with the losses in their event logs.
    labels : sequence of str
        What the firms are called.
    events : sequence of mapping
        What the scenario lets happen; see `experiments.happenings`.
    flows : tuple of array, optional
        As `watch` counts them; without them a flow is the same in all weeks, its mean.

    Raises
    ------
    ValueError
        If the runs are not equally long.
    """
    weeks = len(a.series)
    if len(b.series) != weeks:
        raise ValueError(f"runs of {weeks} and of {len(b.series)} weeks have no common trace")
    shown = main_flows([a.flows, b.flows])
    measures = [key for key in MEASURES if any(known(r.series[key]) for r in (a, b))]
    counted = flows or (None, None)
    return {
        "version": VERSION,
        "weeks": weeks,
        "period": PERIOD if flows else max(weeks, 1),
        "firms": [
            {"label": label, "colour": colour(place), **_firm(record, measures, shown, items)}
            for place, (label, record, items) in enumerate(zip(labels, (a, b), counted))
        ],
        "metrics": {key: _measure(key) for key in measures},
        "events": [*_happened(events, weeks), *_insolvencies((a, b), labels)],
        "customers": _customers(a, b, labels),
    }


def known(values: pd.Series[float]) -> bool:
    """Whether there is any value."""
    return bool(values.notna().any())


def compact(values: ArrayLike, digits: int) -> list[float | int | None]:
    """Values with as many decimals as most of them need for so many significant digits.

    Whole numbers stay as they are; what is not finite is None.
    """
    numbers = np.asarray(values, float)
    finite = numbers[np.isfinite(numbers)]
    if (finite == np.round(finite)).all():
        return [int(x) if math.isfinite(x) else None for x in numbers]
    usual = float(np.quantile(np.abs(finite), _USUAL)) or float(np.abs(finite).max())
    decimals = max(digits - 1 - math.floor(math.log10(usual)), 0)
    return [_short(round(x, decimals)) if math.isfinite(x) else None for x in numbers.tolist()]


def _short(x: float) -> float | int:
    """A number without decimals that say nothing."""
    return int(x) if x == int(x) else x


def _firm(
    record: Record,
    measures: Iterable[str],
    shown: Sequence[Flow],
    items: NDArray[np.int64] | None,
) -> dict[str, Any]:
    organisation = record.manifest["resolved_scenario"]["organisation"]
    kinds = {d["name"]: d["kind"] for d in organisation["departments"]}
    places = layout(kinds, width=1.0, height=1.0, margin=0.0).places
    weekly = {str(name): rows for name, rows in record.departments.groupby("department")}
    series = record.series
    return {
        "series": {key: compact(series[key], _DIGITS) for key in measures},
        "departments": [{"name": d, "kind": kinds[d], **_place(places[d])} for d in kinds],
        "customers": _place(places[CUSTOMERS_END]),
        "seats": {d: _changes(weekly[d]["seats"]) for d in kinds},
        "queues": {
            d: {
                kind: compact(weekly[d][f"backlog_hours_{kind}"].round(1), _DIGITS)
                for kind in ("linked", "internal")
            }
            for d in kinds
        },
        "utilisation": {
            d: compact((100 * weekly[d]["utilisation"]).round(), _DIGITS) for d in kinds
        },
        "flows": [
            {"source": flow[0], "target": flow[1], "items_per_week": rates}
            for flow, rates in _rates(record, list(kinds), shown, items).items()
        ],
        "joined": series["joined"].tolist(),
        "lost": series["lost"].tolist(),
    }


def _place(place: tuple[float, float]) -> dict[str, float]:
    return {"x": round(place[0], 3), "y": round(place[1], 3)}


def _per_cent(shares: pd.Series[float]) -> list[float | int | None]:
    return compact((100 * shares).round(), _DIGITS)


def _changes(values: pd.Series[int]) -> list[list[int]]:
    """Pairs of a week and the value from then on."""
    numbers = values.tolist()
    later = [[week, y] for week, (x, y) in enumerate(pairwise(numbers), 1) if x != y]
    return [[0, numbers[0]], *later] if numbers else []


def _rates(
    record: Record, names: list[str], shown: Sequence[Flow], items: NDArray[np.int64] | None
) -> dict[Flow, list[float | int | None]]:
    """Items a week of each flow that is shown, period by period."""
    weeks = max(len(record.series), 1)
    if items is None:
        total = {(a, b): n for a, b, n in record.flows[["source", "target", "items"]].to_numpy()}
        return {flow: compact([total.get(flow, 0) / weeks], _FLOW_DIGITS) for flow in shown}
    row = {name: place for place, name in enumerate([*names, CUSTOMERS_END])}
    long = np.minimum(PERIOD, weeks - PERIOD * np.arange(len(items)))
    return {
        flow: compact(items[:, row[flow[0]], row[flow[1]]] / long, _FLOW_DIGITS) for flow in shown
    }


def _measure(key: str) -> dict[str, Any]:
    found = metric(key)
    return {
        "label": found.label,
        "unit": found.unit,
        "direction": found.direction,
        "level": key in LEVELS,
    }


def _happened(events: Sequence[Happening], weeks: int) -> list[dict[str, Any]]:
    return [
        {"week": event["week"], "weeks": lasts(event), "text": in_words(event)}
        for event in sorted(events, key=lambda event: int(event["week"]))
        if event["week"] < weeks
    ]


def _insolvencies(records: Sequence[Record], labels: Sequence[str]) -> list[dict[str, Any]]:
    weeks = [int(record.manifest["insolvent_week"]) for record in records]
    return [
        {"week": week, "weeks": 0, "text": f"{label} runs out of money"}
        for week, label in zip(weeks, labels)
        if week >= 0
    ]


def _customers(a: Record, b: Record, labels: Sequence[str]) -> list[dict[str, Any]]:
    people = [record.customers.set_index("uid").to_dict("index") for record in (a, b)]
    causes = [_causes(record.events) for record in (a, b)]
    return [
        {
            "uid": fate.uid,
            "sentence": fate.sentence,
            "lives": [
                _life(table[fate.uid], why.get(fate.uid)) for table, why in zip(people, causes)
            ],
        }
        for fate in tell_fates(a.customers, b.customers, *labels)
    ]


def _causes(events: pd.DataFrame) -> Mapping[int, str]:
    """Why a customer was lost for the last time."""
    losses = events[events["event"] == "loss"]
    return dict(zip(losses["uid"].tolist(), losses["cause"].astype(str).tolist()))


def _life(person: Person, cause: str | None) -> dict[str, Any]:
    lost = int(person["lost_week"])
    return {
        "status": str(person["status"]),
        "joined": int(person["joined_week"]),
        "lost": lost if lost >= 0 else None,
        "cause": cause or None,
        "profit": round(float(person["profit"])),
    }
