"""Who works with whom: edges of the organisation that a visitor adds or takes away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict

from simulation import ScenarioError
from simulation.errors import Problem, one_of

ENDS: Mapping[str, tuple[str, str]] = {
    "serves": ("supplier", "requester"),
    "reports_to": ("department", "to"),
    "touches": ("source", "segment"),
}
"""Kinds of edge, and what a scenario calls their two ends."""

_WEIGHT = "essential_per_head_week"
_End = Annotated[str, Strict(), Field(max_length=40)]


class AskedEdge(BaseModel):
    """An edge that is added, or taken away.

    Attributes
    ----------
    kind : str
        Of `ENDS`.
    source, target : str
        Its two ends in the order of `ENDS`.
    there : bool
        Whether it is to be there.
    weight : float, optional
        Of `serves`: essential requests of one employee of the requester in a week.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["serves", "reports_to", "touches"]
    source: _End
    target: _End
    there: Annotated[bool, Strict()]
    weight: Annotated[float, Strict(), Field(allow_inf_nan=False)] | None = None


def with_edges(organisation: Mapping[str, Any], asked: Iterable[AskedEdge]) -> dict[str, Any]:
    """The organisation with its edges changed, in the order asked; it is yet to be checked.

    Raises
    ------
    ScenarioError
        If an edge is taken away that is not there.
    """
    result = dict(organisation)
    for edge in asked:
        ends = dict(zip(ENDS[edge.kind], (edge.source, edge.target), strict=True))
        others = [found for found in result[edge.kind] if not ends.items() <= found.items()]
        if edge.there:
            weight = {_WEIGHT: edge.weight} if edge.kind == "serves" else {}
            others.append({**ends, **weight})
        elif len(others) == len(result[edge.kind]):
            field = f"organisation.{edge.kind}.{edge.source}.{edge.target}"
            there = [".".join(found[end] for end in ends) for found in others]
            problem = Problem(field=field, given="an edge that is not there", allowed=one_of(there))
            raise ScenarioError([problem])
        result[edge.kind] = others
    return result
