"""A scenario as a complete YAML file that says what its keys mean."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ruamel.yaml import YAML

from simulation.io import shipped
from simulation.parameters import PARAMETERS
from simulation.regime import Regime
from simulation.scenario import Scenario
from simulation.scenario_events import KINDS, Event


def render(scenario: Scenario, name: str, remarks: Sequence[str] = ()) -> str:
    """Write a scenario as a commented file under a new name.

    Parameters
    ----------
    scenario : Scenario
        What the file is to say.
    name : str
        Name of the new scenario.
    remarks : sequence of str
        Lines for a comment at the top.

    Returns
    -------
    str
        YAML that loads as a scenario equal to the given one.
    """
    return "\n".join(_lines(scenario, name, remarks)) + "\n"


def parsed(text: str) -> Scenario:
    """The scenario that such a text, or any other of a scenario, says."""
    return Scenario.from_mapping(YAML(typ="safe", pure=True).load(text))


def _lines(scenario: Scenario, name: str, remarks: Sequence[str]) -> Iterator[str]:
    data = scenario.model_dump(mode="json", exclude_none=True)
    yield "# A scenario for raison. After a change, check it with `raison validate FILE`."
    if remarks:
        yield "#"
    yield from (f"# {remark}" for remark in remarks)
    yield ""
    yield f"name: {_flow(name)}"
    yield f"describes: {_flow(scenario.describes)}"
    yield f"horizon_years: {_flow(data['horizon_years'])}"
    yield ""
    yield "# The incentive regime: a name from `raison regimes`, or a mapping such as"
    yield "# {base: customer_first, care: 0.7, departments: {it: {line_of_sight: 0.9}}}."
    yield from _regime(scenario)
    yield ""
    yield from _market(data["market"])
    yield ""
    yield from _organisation(data["organisation"])
    yield ""
    yield "# The departments that an item passes, and how often. A path runs along serves, from the"
    yield "# one who asks to the one who is asked. Shares of needs, leads and hires add up to 1;"
    yield "# what essential requests leave over ends with the supplier that was asked."
    yield "routes:"
    for kind, routes in data["routes"].items():
        yield from _items(kind, routes)
    yield ""
    yield "# Middlemen, and the share of persons who buy through one."
    yield f"distributors: {_flow(data['distributors'])}"
    yield f"offices: {_flow(data['offices'])}"
    yield ""
    yield from _policies(scenario, data["policies"])
    yield ""
    yield from _events(data["events"])
    yield ""
    yield "# Low and high of what you do not know well, for sweeps: {h0: [0.006, 0.01]}."
    yield f"uncertain: {_flow(data['uncertain'])}"
    yield f"mechanisms: {_flow(data['mechanisms'])}"
    yield ""
    yield from _parameters(data["parameters"])


def _regime(scenario: Scenario) -> Iterator[str]:
    regime = scenario.regime
    if regime.name in shipped("regime") and Regime.load(regime.name) == regime:
        yield f"regime: {regime.name}"
        return
    yield "regime:"
    for key, value in regime.model_dump(mode="json").items():
        yield f"  {key}: {_flow(value)}"


def _market(market: Mapping[str, Any]) -> Iterator[str]:
    yield "market:"
    yield f"  customers: {market['customers']}  # persons in the market, customers or not"
    yield f"  active_at_start: {market['active_at_start']}  # how many are customers at the start"
    yield f"  turbulence: {_flow(market['turbulence'])}  # weekly drift of needs: 0.01 is calm"
    yield "  # Shares add up to 1; needs are a place in two dimensions, from -10 to 10."
    yield from _items("segments", market["segments"])


def _organisation(organisation: Mapping[str, Any]) -> Iterator[str]:
    notes = {
        "departments": "front meets customers, service serves colleagues, management leads.",
        "serves": "Who asks whom for what; essential requests of a requester's head in a week.",
        "reports_to": "One superior at most; the head of the firm reports to nobody.",
        "touches": "Who meets which segment: departments, or the word distributors.",
        "informs": "The way that insight about customers takes.",
    }
    yield "organisation:"
    for key, note in notes.items():
        yield f"  # {note}"
        yield from _items(key, organisation[key])


def _policies(scenario: Scenario, policies: Mapping[str, float]) -> Iterator[str]:
    yield "# Standing choices of the firm, each from 0 to 1."
    yield "policies:"
    for name, field in type(scenario.policies).model_fields.items():
        yield f"  {name}: {_flow(policies[name])}  # {field.description}"


def _events(events: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    yield "# What happens to the firm when a week opens: {week: 52, cut: it, share: 0.3}. Kinds are"
    for kind, extras in KINDS.items():
        needed = [*extras.needed, *(f"{name} if wanted" for name in extras.free)]
        goes_with = f" (with {', '.join(needed)})" if needed else ""
        yield f"#   {kind}{goes_with}: {Event.model_fields[kind].description}"
    yield from _items("events", events, indent="")


def _parameters(given: Mapping[str, float]) -> Iterator[str]:
    yield "# Coefficients, each with its range, unit and meaning."
    yield "parameters:"
    # All of them are written out: the file then means the same when a default is calibrated anew.
    for parameter in PARAMETERS.values():
        value = _flow(given.get(parameter.name, parameter.default))
        about = f"{parameter.low:g} to {parameter.high:g}, {parameter.unit}: {parameter.meaning}"
        yield f"  {parameter.name}: {value}  # {about}"


def _items(key: str, items: Iterable[Mapping[str, Any]], indent: str = "  ") -> Iterator[str]:
    listed = list(items)
    yield f"{indent}{key}:" if listed else f"{indent}{key}: []"
    yield from (f"{indent}  - {_flow(item)}" for item in listed)


def _flow(value: object) -> str:
    """Write a value on one line; keys and plain words go without quotes."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(child)}" for key, child in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(child) for child in value) + "]"
    if isinstance(value, str) and value.isidentifier() and value.lower() not in _NOT_WORDS:
        return value
    # A JSON scalar is a YAML scalar.
    return json.dumps(value, ensure_ascii=False)


_NOT_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
