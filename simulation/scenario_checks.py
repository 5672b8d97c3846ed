"""Checks that the parts of a scenario share: names, shares, edges, lines of authority."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from simulation.errors import Problem, ScenarioError, nearest, one_of, show
from simulation.fields import Part
from simulation.randomness import name_key


def refuse(problems: Iterable[Problem]) -> None:
    """Raise what was found wrong, if anything was."""
    found = list(problems)
    if found:
        raise ScenarioError(found)


def unknown(field: str, name: str, names: Iterable[str]) -> Problem:
    """Describe a name that nothing declared bears."""
    known = list(names)
    return Problem(
        field=field, given=show(name), allowed=one_of(known), nearest=nearest(name, known)
    )


def wrong_sum(field: str, total: float, which: str = "", bound: str = "") -> Problem:
    """Describe shares that do not add up to one."""
    which = f" {which}" if which else ""
    return Problem(
        field=field,
        given=f"shares{which} that add up to {total:.6g}",
        allowed=f"shares that add up to {bound}1",
    )


def strange_names(field: str, names: list[str]) -> list[Problem]:
    """Names must differ, and so must the keys that stand for them in random draws."""
    problems = [
        Problem(field=f"{field}.{name}", given=f"{count} of this name", allowed="one of each name")
        for name, count in Counter(names).items()
        if count > 1
    ]
    by_key: dict[int, str] = {}
    for name in sorted(set(names)):
        other = by_key.setdefault(name_key(name), name)
        if other != name:
            problems.append(
                Problem(
                    field=f"{field}.{name}",
                    given=show(name),
                    allowed=f"a name whose random key differs from that of {show(other)}",
                )
            )
    return problems


def strange_edges(
    field: str, edges: Iterable[Part], ends: tuple[str, str], names: list[str]
) -> list[Problem]:
    """Edges join two different departments that exist, once."""
    problems = []
    pairs = [(getattr(edge, ends[0]), getattr(edge, ends[1])) for edge in edges]
    for pair, count in Counter(pairs).items():
        place = f"{field}.{pair[0]}.{pair[1]}"
        problems += [
            unknown(f"{place}.{end}", name, names)
            for end, name in zip(ends, pair, strict=True)
            if name not in names
        ]
        if pair[0] == pair[1]:
            problems.append(
                Problem(field=place, given="an edge to itself", allowed="two departments")
            )
        if count > 1:
            problems.append(Problem(field=place, given="the same edge twice", allowed="it once"))
    return problems


def strange_hierarchy(lines: Iterable[tuple[str, str]]) -> list[Problem]:
    """Each department has one superior at most, and nobody is above themselves."""
    above: dict[str, str] = {}
    for department, superior in lines:
        if department in above:
            return [
                Problem(
                    field=f"reports_to.{department}.{superior}",
                    given=f"a second superior of {show(department)}",
                    allowed=f"one superior (there is {show(above[department])})",
                )
            ]
        above[department] = superior
    for start in above:
        chain = [start]
        while (next_up := above.get(chain[-1])) is not None and next_up not in chain:
            chain.append(next_up)
        if next_up == start:
            return [
                Problem(
                    field=f"reports_to.{start}.{above[start]}",
                    given=f"a cycle: {' -> '.join([*chain, start])}",
                    allowed="lines of authority that end",
                )
            ]
    return []
