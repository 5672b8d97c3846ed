"""Relearning: people who have to work by new rules are slower for a while.

Claim (the price of every change): when dials move, technology changes or departments merge,
productivity falls with the size of the change and comes back within a quarter; direction shortens
it. Sizes assumed. See docs/model.md, 11.11.
"""

from __future__ import annotations

import numpy as np

from simulation.jit import inner
from simulation.mechanisms.base import Mechanism
from simulation.world import WEEKS_A_QUARTER, M, World

MOST = 0.9  # of productivity that can be lost

MECHANISM = Mechanism(
    name="relearning",
    claim="new rules cost productivity until they are learned",
    source="learning curves; sizes assumed",
    reads=("departments.dials",),
    writes=("departments.relearning",),
    streams=(),
    columns=("relearning",),
    counts=("relearning",),
)


def unsettle(world: World, loss: np.ndarray | float) -> None:
    """Let every department, or each its own share, lose productivity."""
    if world.firm[0].on_relearning:
        departments = world.departments
        departments.relearning[:] = np.minimum(MOST, departments.relearning + loss)


@inner
def relearn(world: World) -> None:
    """A week of learning."""
    for j in range(len(world.departments)):
        department = world.departments[j]
        weeks = WEEKS_A_QUARTER * (1.0 - 0.5 * department.dials[M])
        department.relearning -= department.relearning / weeks
