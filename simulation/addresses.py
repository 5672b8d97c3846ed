"""Dotted keys: how overrides and ranges point at one value of a scenario."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

import numpy as np

from simulation.dials import DIALS, is_number, with_measures
from simulation.errors import Problem, ScenarioError, nearest
from simulation.mechanisms import MECHANISMS
from simulation.parameters import PARAMETERS

Data = dict[str, Any]
Steps = tuple[str, ...]

# Keys that together name an item of a list, tried in this order.
ITEM_KEYS = (
    ("name",),
    ("supplier", "requester"),
    ("department", "to"),
    ("source", "segment"),
    ("source", "target"),
)


def addresses(data: Data) -> dict[str, Steps]:
    """Every key by which a value of a scenario can be replaced.

    Parameters
    ----------
    data : dict
        A dumped scenario.

    Returns
    -------
    dict of str to tuple of str
        Dotted key (or bare name of a dial or parameter) to the steps that lead to the value.
    """
    organisation, market = data["organisation"], data["market"]
    found: list[Steps] = [
        ("horizon_years",),
        *(("market", key) for key in market if key != "segments"),
        *(steps for part in ("distributors", "offices", "policies") for steps in _ends(part, data)),
        *(("mechanisms", name) for name in MECHANISMS),
        *(("parameters", name) for name in PARAMETERS),
        *(("regime", dial) for dial in DIALS),
    ]
    for segment in market["segments"]:
        found += [("market", "segments", segment["name"], key) for key in segment if key != "name"]
    for department in organisation["departments"]:
        place = ("organisation", "departments", department["name"])
        found += [(*place, key) for key in department if key not in ("name", "hours")]
        found += [(*place, "hours", work) for work in ("customer", "internal")]
        found += [("regime", "departments", department["name"], dial) for dial in DIALS]
    for edge in organisation["serves"]:
        pair = (edge["supplier"], edge["requester"])
        found += [
            ("organisation", "serves", *pair, "essential_per_head_week"),
            ("regime", "serves", *pair, "colleague_as_customer"),
        ]
    for index, event in enumerate(data["events"]):
        found += [("events", str(index), key) for key in event if is_number(event[key])]
    keys = {".".join(steps): steps for steps in found}
    keys.update({name: ("parameters", name) for name in PARAMETERS})
    keys.update({dial: ("regime", dial) for dial in DIALS})
    return keys


def apply(data: Data, overrides: Mapping[str, object]) -> Data:
    """Return a dumped scenario with values replaced; it is yet to be checked.

    Measures of a regime that are not replaced, and shares of segments likewise, make room for those
    that are, in proportion.

    Raises
    ------
    ScenarioError
        If a key is not known.
    """
    known = addresses(data)
    problems = [
        Problem(
            field=str(key),
            given="an unknown key",
            allowed="a dotted key of the scenario, a dial or a parameter",
            nearest=nearest(key, known),
        )
        for key in overrides
        if key not in known
    ]
    if problems:
        raise ScenarioError(problems)
    result = deepcopy(data)
    dials: dict[str, Any] = {}
    shares: set[str] = set()
    for key, given in overrides.items():
        value = given.item() if isinstance(given, np.generic) else given
        match known[key]:
            case ("regime", dial):
                dials[dial] = value
            case ("regime", "serves", supplier, requester, _):
                _set_courtesy(result["regime"], supplier, requester, value)
            case ("regime", "departments", department, dial):
                result["regime"]["departments"].setdefault(department, {})[dial] = value
            case steps:
                _set(result, steps, value)
                if steps[:2] == ("market", "segments") and steps[-1] == "share":
                    shares.add(steps[2])
    result["regime"].update(with_measures(result["regime"], dials))
    _make_room(result["market"]["segments"], shares)
    return result


def item_name(item: object) -> str | None:
    """Return the key by which an item of a list goes: its name, or the two ends of an edge."""
    if not isinstance(item, Mapping):
        return None
    for keys in ITEM_KEYS:
        if all(isinstance(item.get(key), str) for key in keys):
            return ".".join(item[key] for key in keys)
    return None


def _ends(step: str, data: Data) -> Iterator[Steps]:
    """Steps to every value below one key of nested mappings."""
    if not isinstance(data[step], dict):
        yield (step,)
        return
    for key in data[step]:
        yield from ((step, *rest) for rest in _ends(key, data[step]))


def _set(data: Data, steps: Steps, value: object) -> None:
    """Set the value at the end of some steps, all of which `addresses` has listed."""
    place: Any = data
    *way, last = steps
    while way:
        if isinstance(place, dict):
            step = way.pop(0)
            if place.get(step) is None:
                place[step] = {}
            place = place[step]
        elif way[0].isdigit():
            place = place[int(way.pop(0))]
        else:
            named = {item_name(item): item for item in place}
            length = 1 if way[0] in named else 2
            place = named[".".join(way[:length])]
            del way[:length]
    place[last] = value


def _set_courtesy(regime: Data, supplier: str, requester: str, value: object) -> None:
    others = [edge for edge in regime["serves"] if item_name(edge) != f"{supplier}.{requester}"]
    edge = {"supplier": supplier, "requester": requester, "colleague_as_customer": value}
    regime["serves"] = [*others, edge]


def _make_room(segments: list[Data], given: set[str]) -> None:
    """Scale the shares of the segments that were not replaced so that all add up to one."""
    others = [segment for segment in segments if segment["name"] not in given]
    told = [segment["share"] for segment in segments if segment["name"] in given]
    if not told or not others or not all(is_number(share) for share in told):
        return
    rest, total = 1.0 - sum(told), sum(segment["share"] for segment in others)
    if 0.0 <= rest <= 1.0:
        for segment in others:
            segment["share"] = rest * (segment["share"] / total if total else 1 / len(others))
