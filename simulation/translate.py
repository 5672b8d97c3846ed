"""Refusals of the checked models, told in terms of the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from simulation.addresses import item_name
from simulation.errors import Problem, ScenarioError, nearest, one_of, show
from simulation.nodes import Node

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
}

# Keys of a file that are resolved before its model sees them.
_RESOLVED = {"Scenario": ("extends",), "Regime": ("base",)}


def refusal(error: ValidationError, model: type[BaseModel], node: Node) -> ScenarioError:
    """Translate what pydantic found into problems with file, line and field.

    Parameters
    ----------
    error : pydantic.ValidationError
        What was raised for the plain value of `node`.
    model : type of pydantic.BaseModel
        Model that refused it.
    node : Node
        The value with its places.
    """
    problems = []
    details = error.errors(include_url=False)
    for found in details:
        inner = found.get("ctx", {}).get("error")
        if isinstance(inner, ScenarioError):
            problems += [_placed(problem, found["loc"], node) for problem in inner.problems]
        else:
            problems.append(_problem(found["type"], found["loc"], found["input"], model, node))
    # A key that is only misspelt is not missing as well.
    meant = {_sibling(p.field, p.nearest) for p in problems if p.nearest}
    missing = {field_name(node, d["loc"]) for d in details if d["type"] == "missing"}
    return ScenarioError(
        problem for problem in dict.fromkeys(problems) if problem.field not in meant & missing
    )


def _sibling(field: str, name: str) -> str:
    return ".".join([*field.split(".")[:-1], name])


def _placed(problem: Problem, loc: Sequence[str | int], node: Node) -> Problem:
    """Give a problem, told relative to a part of the model, its place in the file."""
    steps = [*loc, *(problem.field.split(".") if problem.field else ())]
    place = node.find(steps)
    return Problem(
        place.file,
        place.line,
        field_name(node, steps),
        problem.given,
        problem.allowed,
        problem.nearest,
    )


def _problem(
    kind: str, loc: Sequence[str | int], given: object, model: type[BaseModel], node: Node
) -> Problem:
    # A refused key of a mapping is told with a marker at the end that is no step.
    key_refused = bool(loc) and loc[-1] == "[key]"
    steps = [*loc[:-1]] if key_refused else [*loc]
    place = node.find(steps)
    schema = _schema(model)
    where, allowed, near = field_name(node, steps), allowed_at(schema, steps), None
    if kind == "extra_forbidden":
        part = _at(schema, steps[:-1])
        names = [*_RESOLVED.get(part.get("title", ""), ()), *part.get("properties", ())]
        given, allowed, near = steps[-1], one_of(names), nearest(steps[-1], names)
    elif key_refused:
        given, allowed = steps[-1], _pattern()
    elif kind == "missing":
        given = None
    elif kind == "literal_error":
        near = nearest(given, _at(schema, steps).get("enum", ()))
    return Problem(place.file, place.line, where, show(given), allowed, near)


def field_name(node: Node, steps: Sequence[str | int]) -> str:
    """Write steps as a dotted key in which items of lists go by their names."""
    parts: list[str] = []
    plain: Any = node.plain()
    for step in steps:
        child = None
        if isinstance(plain, list) and isinstance(step, int) and step < len(plain):
            child = plain[step]
        elif isinstance(plain, dict):
            child = plain.get(step)
        parts.append((isinstance(step, int) and item_name(child)) or str(step))
        plain = child
    return ".".join(parts)


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


def _at(schema: Mapping[str, Any], steps: Sequence[str | int]) -> Mapping[str, Any]:
    """Walk a JSON Schema to what it says about the value at the end of some steps."""
    place: Mapping[str, Any] = _followed(schema, schema)
    for step in steps:
        if isinstance(step, int):
            fixed = place.get("prefixItems", ())
            inner = fixed[step] if step < len(fixed) else place.get("items", {})
        else:
            # Keys of an open mapping all obey one rule, with or without a pattern for the key.
            others = [
                place.get("additionalProperties"),
                *place.get("patternProperties", {}).values(),
            ]
            inner = place.get("properties", {}).get(step, next(filter(None, others), {}))
        place = _followed(schema, inner if isinstance(inner, Mapping) else {})
    return place


def _followed(schema: Mapping[str, Any], place: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow references, and of a value or null take the value."""
    while True:
        if "$ref" in place:
            place = schema["$defs"][place["$ref"].rsplit("/", 1)[1]]
        elif "anyOf" in place:
            place = next(option for option in place["anyOf"] if option.get("type") != "null")
        else:
            return place


def allowed_at(schema: Mapping[str, Any], steps: Sequence[str | int]) -> str:
    """Say in words what a JSON Schema allows at a place."""
    rule = _at(schema, steps)
    if "enum" in rule or "const" in rule:
        return one_of(map(str, rule.get("enum", [rule.get("const")])))
    if "pattern" in rule:
        return _pattern()
    kind = str(rule.get("type", ""))
    if kind == "array":
        return _list_words(rule)
    words = _TYPES.get(kind, "another value")
    if kind == "string" and "maxLength" in rule:
        return f"{words} of at most {rule['maxLength']} characters"
    if kind not in ("number", "integer"):
        return words
    limits = _limits(rule)
    if kind == "number" and limits:
        return limits
    return f"{words}, {limits}" if limits else words


def _list_words(rule: Mapping[str, Any]) -> str:
    low, high = rule.get("minItems"), rule.get("maxItems")
    if low == high:
        return "a list" if low is None else f"a list of {low}"
    if high is None:
        return f"a list of {low} or more"
    return f"a list of {low or 0} to {high}"


def _limits(rule: Mapping[str, Any]) -> str:
    low, above = rule.get("minimum"), rule.get("exclusiveMinimum")
    high = rule.get("maximum")
    if low is None and above is None and high is None:
        return ""
    if high is None:
        return f"above {above:g}" if low is None else f"{low:g} or more"
    top = f"{high:.10g}"
    return f"above {above:g}, at most {top}" if low is None else f"{low:g} to {top}"


def _pattern() -> str:
    return "a lower-case name of at most 40 letters, digits and _, that begins with a letter"
