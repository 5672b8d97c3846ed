"""Engagement: what makes people give their best, and stay.

Claims (H8, H12, H13, H35): seeing the customer, getting the tools one needs, being cared for and
knowing whom one serves engage; resentment and fatigue wear out. Weights are assumed, scaled so that
the neutral firm starts where it stays. Perks, the price of care, are booked here with its benefit.
See docs/model.md, 11.5.
"""

from __future__ import annotations

from simulation.jit import inner
from simulation.maths import exp, log, round_half_up
from simulation.mechanisms.base import Mechanism
from simulation.work.seats import headcount
from simulation.world import ESSENTIAL, FRONT, A, C, H, Row, V, World

MECHANISM = Mechanism(
    name="engagement",
    claim="line of sight, tools, care and clarity engage people (H8, H12, H13, H35)",
    source="management writing on both sides; weights assumed",
    reads=(
        "employees.tools",
        "employees.resentment",
        "employees.fatigue",
        "departments.dials",
        "departments.hops",
        "departments.week_disputes",
        "departments.week_regular",
    ),
    writes=("employees.engagement", "employees.tools"),
    streams=(),
    columns=("engagement",),
    counts=("cost_perks",),
)


@inner
def sight_at_distance(line_of_sight: float, hops: float) -> float:
    """What is left of line of sight at this distance from a customer: v^(1 + hops / 2)."""
    if line_of_sight <= 0.0:
        return 0.0
    return exp((1.0 + 0.5 * hops) * log(line_of_sight))


@inner
def engagement_target(
    p: Row,
    sight: float,
    tools: float,
    care: float,
    clarity: float,
    resentment: float,
    fatigue: float,
) -> float:
    """Engagement towards which a person moves, in [0, 1]."""
    target = (
        p.engagement_base
        + p.engagement_sight * sight
        + p.engagement_tools * tools
        + p.engagement_care * care
        + p.engagement_clarity * clarity
        - p.engagement_resentment * resentment
        - p.engagement_fatigue * fatigue
    )
    return min(1.0, max(0.0, target))


@inner
def tools_after(p: Row, tools: float, helped: bool) -> float:
    """What one expects of colleagues' help after one more request has ended."""
    return tools + p.tools_weight * ((1.0 if helped else 0.0) - tools)


@inner
def learn_from_help(world: World, slot: int, resolved: bool) -> None:
    """An essential request has ended: its requester has been helped in time and right, or not."""
    item = world.items[slot]
    if not world.firm[0].on_engagement or item.kind != ESSENTIAL:
        return
    seat = world.employees[item.owner]
    if seat.filled and seat.generation == item.generation:
        in_time = world.firm[0].day - item.opened <= world.p[0].promise_days
        seat.tools = tools_after(world.p[0], seat.tools, resolved and in_time)


@inner
def clarity_of(world: World, j: int) -> float:
    """How well a department knows whom it serves, less what disputes blur."""
    department = world.departments[j]
    dials = department.dials
    clarity = dials[A] if department.kind == FRONT else max(dials[C], dials[A] * dials[V])
    if department.week_regular > 0:
        lost = department.week_disputes / department.week_regular
        clarity -= world.p[0].clarity_disputes * lost
    return max(0.0, clarity)


@inner
def engage(world: World) -> None:
    """A week passes for everybody's engagement."""
    if not world.firm[0].on_engagement:
        return
    p = world.p[0]
    for j in range(len(world.departments)):
        department = world.departments[j]
        sight = sight_at_distance(department.dials[V], department.hops)
        clarity = clarity_of(world, j)
        for row in range(department.first_seat, department.end_seat):
            seat = world.employees[row]
            if not seat.filled:
                continue
            target = engagement_target(
                p, sight, seat.tools, department.dials[H], clarity, seat.resentment, seat.fatigue
            )
            seat.engagement += (target - seat.engagement) / p.engagement_weeks


@inner
def pay_perks(world: World) -> None:
    """Care costs money."""
    if not world.firm[0].on_engagement:
        return
    for j in range(len(world.departments)):
        department = world.departments[j]
        wages = headcount(world, j) * department.weekly_wage
        care = department.dials[H]
        world.tally[0].perks += round_half_up(world.p[0].perks_share * care * wages)
