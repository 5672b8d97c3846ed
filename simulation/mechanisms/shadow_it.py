"""Shadow IT: a front department that is kept from working too long helps itself.

Claim (H6): where a supplier hampers its users long enough, they take its job over, and the firm
pays for both. Thresholds assumed. See docs/model.md, 11.9.
"""

from __future__ import annotations

from simulation.jit import inner
from simulation.log import NO_CAUSE, NO_ITEM, NOBODY, SHADOW_BUILT, SHADOW_UNDONE, note
from simulation.maths import round_half_up
from simulation.mechanisms.base import Mechanism
from simulation.work.lists import NIL
from simulation.work.seats import headcount
from simulation.world import FRONT, World

MECHANISM = Mechanism(
    name="shadow_it",
    claim="whom a supplier hampers takes its job over (H6)",
    source="management writing on internal customers; thresholds assumed",
    reads=("departments.week_blocked", "departments.week_filled", "departments.shadowed_supplier"),
    writes=("departments.shadow", "departments.weeks_above", "departments.weeks_below"),
    streams=(),
    columns=("shadow_it_share", "shadow_built"),
    counts=("shadow_built",),
)


@inner
def asked_of(world: World, j: int, supplier: int) -> float:
    """Share of a department's essential requests that still go to a supplier."""
    department = world.departments[j]
    if department.shadow and department.shadowed_supplier == supplier:
        return 1.0 - world.p[0].shadow_requests
    return 1.0


@inner
def added_risk(world: World, supplier: int) -> float:
    """Factor on a supplier's incidents: what others built in its stead is not safe."""
    front = 0
    built = 0
    for j in range(len(world.departments)):
        department = world.departments[j]
        if department.kind == FRONT:
            front += 1
            built += department.shadow and department.shadowed_supplier == supplier
    if built == 0:
        return 1.0
    return 1.0 + world.p[0].shadow_risk * (built / front)


@inner
def help_oneself(world: World) -> None:
    """A week of patience runs out, or the need for one's own solution is forgotten."""
    if not world.firm[0].on_shadow_it:
        return
    p = world.p[0]
    for j in range(len(world.departments)):
        department = world.departments[j]
        if department.kind != FRONT or department.shadowed_supplier == NIL:
            continue
        blocked = 0.0
        if department.week_filled > 0:
            blocked = department.week_blocked / department.week_filled
        department.weeks_above = department.weeks_above + 1 if blocked > p.shadow_above else 0
        department.weeks_below = department.weeks_below + 1 if blocked < p.shadow_below else 0
        if not department.shadow and department.weeks_above >= p.shadow_after:
            department.shadow = 1
            department.weeks_below = 0
            world.tally[0].shadow_built += 1
            note(world, SHADOW_BUILT, NOBODY, j, NO_ITEM, NO_CAUSE, 0.0)
        elif department.shadow and department.weeks_below >= p.shadow_until:
            department.shadow = 0
            department.weeks_above = 0
            note(world, SHADOW_UNDONE, NOBODY, j, NO_ITEM, NO_CAUSE, 0.0)


@inner
def pay_shadow(world: World) -> None:
    """What helping oneself costs."""
    p = world.p[0]
    for j in range(len(world.departments)):
        department = world.departments[j]
        if department.shadow:
            wages = headcount(world, j) * department.weekly_wage
            world.tally[0].shadow_cost += round_half_up(p.shadow_price * p.shadow_time * wages)
