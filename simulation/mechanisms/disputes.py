"""Whose needs are primary? Disputes between customer-linked and internal work.

Claim (H4, H10): where it is not settled who comes first, departments argue, and the argument costs
the customer whoever wins. By assumption: that a clear rule at either end prevents the argument *is*
the claim, so results that rest on this rule only restate it. See docs/model.md, 11.1; rates
assumed.
"""

from __future__ import annotations

from simulation.jit import inner
from simulation.log import DISPUTED, NO_CAUSE, SETTLED, note
from simulation.maths import round_half_up
from simulation.mechanisms.base import Mechanism
from simulation.randomness import block, stream, uniform
from simulation.work.items import HELD, has_customer, leave_place, put_on_calendar
from simulation.work.lists import NIL, after, front
from simulation.work.seats import host_of
from simulation.world import (
    CUSTOMER_LINKED,
    HOUR,
    INTERNAL,
    SETTLE_DISPUTES,
    A,
    C,
    M,
    Row,
    W,
    World,
)

DISPUTE = stream("dispute")

MECHANISM = Mechanism(
    name="disputes",
    claim="arguing over whose needs are primary hurts customers whoever wins (H4, H10)",
    source="management writing on internal customers; shape by assumption",
    reads=("employees.entitlement", "departments.dials", "items.arrived"),
    writes=("departments.debt", "departments.week_disputes", "items.place"),
    streams=("dispute",),
    columns=("disputes", "dispute_hours", "friction_disputes"),
    counts=("disputes",),
)


@inner
def dispute_probability(
    p: Row,
    customer_metric: float,
    courtesy: float,
    entitlement: float,
    manager_metric: float,
    priority: float,
) -> float:
    """Probability that two old items of different class are disputed.

    The customer's side presses as far as customers are measured, the internal side as far as the
    requester feels entitled or has to please upward. A clear rule on priority settles it at once,
    and so does rank, as often as the superior is the one to please.
    """
    ambiguity = 1.0 - abs(2.0 * priority - 1.0)
    internal = courtesy * entitlement + manager_metric
    unsettled = 1.0 - manager_metric
    return p.dispute_rate * customer_metric * internal * ambiguity * unsettled


@inner
def next_old(world: World, j: int, klass: int, slot: int) -> int:
    """The item at `slot`, or the next behind it, that is old enough to be fought over."""
    today = world.firm[0].day
    while slot != NIL:
        item = world.items[slot]
        old = today - item.arrived > world.p[0].dispute_age_days
        if old and (klass == CUSTOMER_LINKED or not has_customer(item.kind)):
            break
        slot = after(world, j, klass, slot, today)
    return slot


@inner
def hold(world: World, slot: int) -> None:
    """Both items of a dispute lose a day."""
    leave_place(world, slot)
    world.items[slot].begun = HELD
    put_on_calendar(world, slot, world.firm[0].day + 1)


@inner
def charge(world: World, j: int, hours: int) -> None:
    """A side's share of a dispute; those who are part of another department charge that one."""
    department = world.departments[host_of(world, j)]
    department.debt += hours
    department.week_disputes += hours


@inner
def dispute(world: World, j: int, linked: int, internal: int) -> None:
    """Charge a dispute to both sides and hold both items until tomorrow."""
    p = world.p[0]
    item = world.items[internal]
    requester = world.employees[item.owner]
    here = round_half_up(p.dispute_hours * HOUR)
    there = round_half_up(p.dispute_requester_hours * HOUR)
    charge(world, j, here)
    charge(world, requester.department, there)
    world.tally[0].disputes += 1
    world.tally[0].dispute_work += here + there
    note(world, DISPUTED, requester.uid, j, item.uid, NO_CAUSE, 0.0)
    hold(world, linked)
    hold(world, internal)


@inner
def settle(world: World, j: int, slot: int) -> None:
    """The customer's office settles a dispute before it breaks out."""
    firm = world.firm[0]
    item = world.items[slot]
    head = j if firm.head == NIL else firm.head
    hours = round_half_up(world.p[0].office_settle_hours * HOUR)
    world.departments[head].debt += hours
    world.tally[0].dispute_work += hours
    world.tally[0].settled += 1
    uid = world.employees[item.owner].uid
    note(world, SETTLED, uid, j, item.uid, NO_CAUSE, 0.0)


@inner
def argue(world: World) -> None:
    """Look for disputes in every department: the oldest items of both classes, pair by pair."""
    firm = world.firm[0]
    if not firm.on_disputes:
        return
    for j in range(len(world.departments)):
        dials = world.departments[j].dials
        linked = front(world, j, CUSTOMER_LINKED, firm.day)
        linked = next_old(world, j, CUSTOMER_LINKED, linked)
        internal = next_old(world, j, INTERNAL, front(world, j, INTERNAL, firm.day))
        while linked != NIL and internal != NIL:
            item = world.items[internal]
            entitlement = world.employees[item.owner].entitlement
            chance = dispute_probability(
                world.p[0], dials[A], dials[C], entitlement, dials[M], dials[W]
            )
            behind = after(world, j, CUSTOMER_LINKED, linked, firm.day)
            behind_internal = after(world, j, INTERNAL, internal, firm.day)
            words = block(firm.seed, DISPUTE, item.uid, firm.day)
            if uniform(words[0]) < chance:
                settled = world.p[0].office_settles * firm.office[SETTLE_DISPUTES]
                if uniform(words[1]) < settled:
                    settle(world, j, internal)
                else:
                    dispute(world, j, linked, internal)
            linked = next_old(world, j, CUSTOMER_LINKED, behind)
            internal = next_old(world, j, INTERNAL, behind_internal)
