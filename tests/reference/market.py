"""The market a firm meets: segments and what is known of them, distributors, passing spells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(eq=False)
class Report:
    """What a department heard about a segment in a week (11.6)."""

    count: int = 0
    sums: list[float] = field(default_factory=lambda: [0.0, 0.0])


@dataclass(eq=False)
class Segment:
    """What a kind of customer needs, and what the competitor and the firm offer them."""

    name: str
    key: int
    share: float
    margin: float
    need_factor: float
    patience_factor: float
    needs: list[float]
    competitor: list[float]
    offer: list[float]
    belief: list[float]
    needs_at_start: tuple[float, ...]
    variance: float = 0.0
    age: float = 0.0  # of the belief, weeks
    boost: float = 0.0  # of the competitor's speed, since it came in (11.12)
    persons: int = 0
    value: float = 0.0  # share of the weekly margin of active customers
    carried: float = 0.0  # share of its own weekly margin through present distributors
    remembered: list[tuple[float, ...]] = field(default_factory=list)  # needs by week


@dataclass(eq=False)
class Distributor:
    row: int
    quality: float
    bias: tuple[float, float]
    entitlement: float
    service: float
    away_until: int = 0
    customers: int = 0


class Spell(NamedTuple):
    """Something that passes (11.12): how strong, and the first week without it."""

    size: float = 0.0
    until: int = 0
    match: float = 0.0


CALM = Spell()
