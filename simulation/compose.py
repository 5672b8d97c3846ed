"""Scenarios out of several files: what builds on what, and regimes by name."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from simulation.dials import MEASURES, with_measures
from simulation.errors import ScenarioError, nearest, one_of
from simulation.io import Source, locate, parse, shipped
from simulation.nodes import Node, merge, wrap

_CHAIN_MOST = 20
_CHANGED = "_changed"


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where a piece comes from: that decides what names in it mean.

    Only files on the disk may name other files by path. Values handed in from Python may stem from
    a stranger, and shipped files have no need to.
    """

    folder: Path | None = None
    chain: tuple[Hashable, ...] = ()

    def into(self, source: Source) -> _Origin:
        """Return the origin of what stands in a file that this one leads to."""
        return _Origin(source.folder, (*self.chain, source.identity))

    def locate(self, kind: str, named: Node, field: str) -> Source:
        """Find the file that a value names, and refuse circles."""
        name = named.value
        names = shipped(kind)
        if not isinstance(name, str) or not name:
            raise named.problem(field, f"the name or path of a {kind}")
        if self.folder is None and name not in names:
            raise named.problem(field, one_of(names), nearest(name, names))
        try:
            source = locate(kind, name, self.folder)
        except ScenarioError as error:
            found = error.problems[0]
            raise named.problem(field, found.allowed, found.nearest) from None
        if source.identity in self.chain:
            raise named.problem(field, f"a {kind} that does not build on this one")
        if len(self.chain) >= _CHAIN_MOST:
            raise named.problem(field, f"at most {_CHAIN_MOST} files that build on each other")
        return source


def scenario_node(name_or_path: str | Path) -> Node:
    """Read a scenario and everything it builds on.

    Raises
    ------
    ScenarioError
        If a file is not there, cannot be read, or builds on itself.
    """
    source = locate("scenario", name_or_path)
    node = _scenario(parse(source), _Origin().into(source))
    return replace(node, value={"name": Node(source.stem), **node.value})


def scenario_from_mapping(data: Mapping[str, object]) -> Node:
    """Take a scenario from Python values, with what it builds on."""
    return _scenario(wrap(data), _Origin())


def regime_node(regime: str | Path | Mapping[str, object]) -> Node:
    """Read a regime by name or path, or take it from Python values, with what it builds on."""
    if isinstance(regime, Mapping):
        return _regime(wrap(regime), _Origin(), "regime", None)
    return _regime_file(locate("regime", regime), _Origin())


def _scenario(node: Node, origin: _Origin) -> Node:
    own: dict[str, Node] = dict(node.value)
    if "events" in own:
        own["events"] = _with_regimes(own["events"], replace(origin, chain=()), "events")
    base, regime = own.pop("extends", None), own.pop("regime", None)
    below = Node({})
    if base is not None:
        source = origin.locate("scenario", base, "extends")
        below = _scenario(parse(source), origin.into(source))
    # The label belongs to one file; one that builds on it is another scenario.
    inherited = {key: child for key, child in below.value.items() if key != "name"}
    regime_below = inherited.pop("regime", None)
    result = merge(Node(inherited), replace(node, value=own))
    if regime is not None:
        result.value["regime"] = _regime(regime, replace(origin, chain=()), "regime", regime_below)
    elif regime_below is not None:
        result.value["regime"] = regime_below
    return result


def _regime_file(source: Source, origin: _Origin) -> Node:
    node = _regime(parse(source), origin.into(source), "", None)
    return replace(node, value={"name": Node(source.stem), **node.value})


def _regime(node: Node, origin: _Origin, field: str, below: Node | None) -> Node:
    """Resolve a regime: a name, a mapping on top of a base, or a mapping that is complete."""
    if isinstance(node.value, str):
        return _regime_file(origin.locate("regime", node, field), origin)
    if not isinstance(node.value, dict):
        raise node.problem(field, "the name of a regime, or a mapping of dials")
    own: dict[str, Node] = dict(node.value)
    base = own.pop("base", None)
    if base is not None:
        place = f"{field}.base".lstrip(".")
        below = _regime_file(origin.locate("regime", base, place), origin)
    if "schedule" in own:
        own["schedule"] = _with_regimes(own["schedule"], origin, f"{field}.schedule".lstrip("."))
    if below is None:
        return replace(node, value=own)
    return merge(below, replace(node, value={**_labels(below), **_completed(below, own)}))


def _with_regimes(node: Node, origin: _Origin, field: str) -> Node:
    """Resolve the regimes that the items of a list, changes or events, lead to."""
    if not isinstance(node.value, list):
        return node
    items = []
    for index, item in enumerate(node.value):
        if isinstance(item.value, dict) and item.value.get("regime", Node(None)).value:
            place = f"{field}.{index}.regime"
            target = _regime(item.value["regime"], origin, place, None)
            item = replace(item, value={**item.value, "regime": target})
        items.append(item)
    return replace(node, value=items)


def _labels(below: Node) -> dict[str, Node]:
    """Name and description of a regime that changes another one without naming itself."""
    name = str(below.value["name"].plain()) if "name" in below.value else "custom"
    stem = name.removesuffix(_CHANGED)
    return {"name": Node(stem + _CHANGED), "describes": Node(f"{stem} with some dials changed.")}


def _completed(below: Node, own: dict[str, Node]) -> dict[str, Node]:
    """Let the measures that are not given make room for those that are."""
    current = {dial: below.value[dial].value for dial in MEASURES if dial in below.value}
    given = {dial: own[dial].value for dial in MEASURES if dial in own}
    result = dict(own)
    for dial, value in with_measures(current, given).items():
        if dial not in given:
            result[dial] = replace(own[next(iter(given))], value=value)
    return result
