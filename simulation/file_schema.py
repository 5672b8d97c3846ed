"""JSON Schema of scenario files, for editors; it allows what `Scenario.load` resolves."""

from __future__ import annotations

from typing import Any

from simulation.dials import DIAL_NOTES
from simulation.mechanisms import MECHANISMS
from simulation.parameters import PARAMETERS
from simulation.scenario import Scenario
from simulation.scenario_events import KINDS

Schema = dict[str, Any]


def file_schema() -> Schema:
    """Describe a scenario file.

    Returns
    -------
    dict
        JSON Schema, draft 2020-12. Sums, names that must exist and paths of routes are beyond it.
    """
    schema = Scenario.model_json_schema()
    definitions, properties = schema["$defs"], schema["properties"]
    required = schema.pop("required")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "raison scenario"

    regime = definitions["Regime"]
    regime.pop("required")
    regime["properties"]["base"] = _text("Regime, by name or path, that this one changes.")
    by_name_or_whole = {"anyOf": [_text("Name or path of a regime."), {"$ref": "#/$defs/Regime"}]}
    properties["regime"] = {**by_name_or_whole, "description": "The dials in force."}
    definitions["Change"]["properties"]["regime"] = by_name_or_whole
    definitions["Event"]["properties"]["regime"] = by_name_or_whole
    definitions["Event"]["oneOf"] = [
        {
            "required": [kind, *extras.needed],
            "propertyNames": {"enum": ["week", kind, *extras.names]},
        }
        for kind, extras in KINDS.items()
    ]

    share = {"type": "number", "minimum": 0, "maximum": 1}
    dials = {dial: {**share, "description": str(note)} for dial, note in DIAL_NOTES.items()}
    overrides = {"type": "object", "properties": dials, "additionalProperties": False}
    regime["properties"]["departments"]["additionalProperties"] = overrides
    regime["properties"]["departments"].pop("patternProperties", None)
    definitions["Change"]["properties"]["dials"] = overrides

    properties["extends"] = _text("Scenario, by name or path, that this one builds on.")
    properties["parameters"] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _parameter(name) for name in PARAMETERS},
    }
    properties["mechanisms"] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: {"type": "boolean"} for name in MECHANISMS},
    }

    # A file that builds on another may leave out anything, at any depth.
    for name in ("Market", "Organisation", "Routes", "Department", "Segment", "Serves"):
        keys = {"name", "supplier", "requester"} & set(definitions[name].get("required", ()))
        definitions[name]["required"] = sorted(keys)
    schema["anyOf"] = [{"required": ["extends"]}, {"required": required}]
    return schema


def _text(description: str) -> Schema:
    return {"type": "string", "minLength": 1, "description": description}


def _parameter(name: str) -> Schema:
    parameter = PARAMETERS[name]
    return {
        "type": "number",
        "minimum": parameter.low,
        "maximum": parameter.high,
        "default": parameter.default,
        "description": f"{parameter.meaning} In {parameter.unit}. Source: {parameter.source}.",
    }
