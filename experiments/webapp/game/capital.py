"""Political capital: what a change costs, whoever makes it and wherever it leads.

A price depends only on how far something moves. It is the same for each dial, each direction and
each team, so that no regime is dearer to come to than another one equally far away.
"""

from __future__ import annotations

from collections.abc import Mapping

from simulation import Regime
from simulation.dials import DIALS, MEASURES

STEPS = 1000
"""Positions of a dial are whole steps, so that what is spent adds up exactly."""

STEPS_A_POINT = 10
"""A point of capital moves one dial by a hundredth of its range."""

Position = Mapping[str, int]
"""Where each dial stands, in steps."""


def in_steps(share: float) -> int:
    """A share in whole steps."""
    return round(STEPS * share)


def position_of(regime: Regime) -> dict[str, int]:
    """Where the dials of a regime stand at its start, without those of single departments."""
    return {dial: in_steps(getattr(regime, dial)) for dial in DIALS}


def distance(before: Position, after: Position) -> int:
    """How far it is from one position to another, in steps.

    The three measures always add up to one: what one of them gains another loses, and a weight that
    moves from one to another is counted once.
    """
    moved = {dial: abs(after[dial] - before[dial]) for dial in DIALS}
    weight = sum(moved.pop(dial) for dial in MEASURES)
    return sum(moved.values()) + weight // 2


def points(steps: int) -> int:
    """What so many steps cost, in whole points; what is begun is paid."""
    return -(-steps // STEPS_A_POINT)
