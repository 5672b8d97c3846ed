"""Values of a file together with where they stand in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from simulation.addresses import item_name
from simulation.errors import Problem, ScenarioError, show

DEPTH_MOST = 40
TOO_DEEP = "values nested too deep"
LEVELS = f"{DEPTH_MOST} levels at most"


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its place.

    Attributes
    ----------
    value : object
        A scalar, a list of nodes or a dict of nodes.
    file : str
        File it was read from; empty for Python values.
    line : int or None
        Line of its key or list item, from 1.
    """

    value: Any
    file: str = ""
    line: int | None = None

    def plain(self) -> Any:
        """Return the value without places."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value

    def problem(self, field: str, allowed: str, nearest: str | None = None) -> ScenarioError:
        """Return the refusal of this value."""
        found = Problem(self.file, self.line, field, show(self.plain()), allowed, nearest)
        return ScenarioError([found])

    def find(self, steps: Sequence[str | int]) -> Node:
        """Return the node at the end of some steps, or the last one on the way that exists.

        Items of lists go by their index or by their name; an edge takes a step for each end.
        """
        if not steps:
            return self
        if isinstance(self.value, dict) and steps[0] in self.value:
            child: Node = self.value[steps[0]]
            return child.find(steps[1:])
        if isinstance(self.value, list):
            if str(steps[0]).isdigit() and int(steps[0]) < len(self.value):
                item: Node = self.value[int(steps[0])]
                return item.find(steps[1:])
            # The later of two items of the same name is the one too many.
            for child in reversed(self.value):
                name = item_name(child.plain())
                for length in (1, 2):
                    if name is not None and name == ".".join(map(str, steps[:length])):
                        return child.find(steps[length:])
        return self


def wrap(value: object, field: str = "", depth: int = 0) -> Node:
    """Return Python values as nodes that stand in no file.

    Raises
    ------
    ScenarioError
        If a key is not a string, or the values are nested too deep.
    """
    if depth > DEPTH_MOST:
        raise ScenarioError([Problem(field=field, given=TOO_DEEP, allowed=LEVELS)])
    if isinstance(value, Mapping):
        found = {}
        for key, child in value.items():
            if not isinstance(key, str):
                raise ScenarioError(
                    [Problem(field=field, given=f"the key {show(key)}", allowed="words as keys")]
                )
            found[key] = wrap(child, f"{field}.{key}".lstrip("."), depth + 1)
        return Node(found)
    if isinstance(value, list | tuple):
        return Node([wrap(child, f"{field}.{i}", depth + 1) for i, child in enumerate(value)])
    return Node(value)


def merge(below: Node, above: Node) -> Node:
    """Lay one node over another.

    Mappings merge, and so do lists whose items all have names (departments, segments, edges that
    are served): item by item. Anything else is replaced.
    """
    if isinstance(below.value, dict) and isinstance(above.value, dict):
        result = dict(below.value)
        for key, child in above.value.items():
            result[key] = merge(result[key], child) if key in result else child
        return replace(above, value=result)
    if isinstance(below.value, list) and isinstance(above.value, list):
        names = [_merge_name(child) for child in below.value]
        if all(name is not None for name in [*names, *map(_merge_name, above.value)]):
            return replace(above, value=_merge_items(below.value, above.value))
    return above


def _merge_name(node: Node) -> str | None:
    plain = node.plain()
    if isinstance(plain, dict) and ("name" in plain or "supplier" in plain):
        return item_name(plain)
    return None


def _merge_items(below: list[Node], above: list[Node]) -> list[Node]:
    result = list(below)
    waiting = {_merge_name(child): index for index, child in enumerate(below)}
    for child in above:
        # A name that comes twice in one file is kept twice, to be refused as a duplicate.
        index = waiting.pop(_merge_name(child), None)
        if index is None:
            result.append(child)
        else:
            result[index] = merge(result[index], child)
    return result
