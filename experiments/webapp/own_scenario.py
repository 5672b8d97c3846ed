"""A scenario of the visitor's own, from text alone: no name in it leads to a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from experiments.webapp.limits import OWN_CHARACTERS, OWN_LENGTHS, OWN_NAME, OWN_VALUES
from simulation import Scenario, ScenarioError
from simulation.errors import Problem
from simulation.io import Source, parse
from simulation.nodes import Node

UNNAMED = "own_scenario"
"""Name of a scenario that does not name itself."""

_KEPT = 32  # texts that are checked already
_TOLD = 100  # problems; to find the place of one takes time
_LABEL = "the text"


@lru_cache(maxsize=_KEPT)
def own_scenario(text: str) -> Scenario:
    """Read a scenario, as `Scenario.load` does, but from text and within bounds.

    What it extends and the regimes in it may only be named after what is shipped.

    Raises
    ------
    ScenarioError
        As `raison validate` tells it, with lines of the text.
    """
    if len(text) > OWN_CHARACTERS:
        raise _refused(f"{len(text)} characters", f"{OWN_CHARACTERS} at most")
    node = parse(Source(text.encode("utf-8", "replace"), _LABEL, UNNAMED, None, None))
    problems = list(_too_large(node))
    if problems:
        raise ScenarioError(problems)
    try:
        found = Scenario.from_mapping({"name": UNNAMED, **node.plain()})
    except ScenarioError as error:
        raise ScenarioError(_placed(problem, node) for problem in error.problems[:_TOLD]) from None
    problems = list(_long_names(found))
    if problems:
        raise ScenarioError(_placed(problem, node) for problem in problems)
    return found


def _long_names(found: Scenario) -> Iterator[Problem]:
    """Names stand in tables and pictures, which have no room for hundreds of letters."""
    for field, name in (("name", found.name), ("regime.name", found.regime.name)):
        if len(name) > OWN_NAME:
            allowed = f"{OWN_NAME} at most in the browser"
            yield Problem(field=field, given=f"{len(name)} characters", allowed=allowed)


def _too_large(node: Node) -> Iterator[Problem]:
    """What would keep the server busy, told before anything is checked."""
    values = _values(node)
    if values > OWN_VALUES:
        yield Problem(_LABEL, None, "", f"{values} values", f"{OWN_VALUES} at most")
    for field, most in OWN_LENGTHS.items():
        found = node.find(field.split("."))
        if isinstance(found.value, dict | list) and found is not node and len(found.value) > most:
            given = f"{len(found.value)} of them"
            yield Problem(_LABEL, found.line, field, given, f"{most} at most in the browser")


def _values(node: Node) -> int:
    inside: Any = node.value
    if isinstance(inside, Mapping):
        inside = inside.values()
    elif not isinstance(inside, list):
        return 1
    return 1 + sum(map(_values, inside))


def _placed(problem: Problem, node: Node) -> Problem:
    """A problem with its line in the text."""
    line = node.find(problem.field.split(".")).line if problem.field else problem.line
    return replace(problem, file=_LABEL, line=line)


def _refused(given: str, allowed: str) -> ScenarioError:
    return ScenarioError([Problem(_LABEL, None, "", given, allowed)])
