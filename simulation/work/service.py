"""A department works: weighted fair sharing between the two classes (docs/model.md, 7.6, 7.7)."""

from __future__ import annotations

import math

from simulation.jit import inner
from simulation.maths import round_half_up
from simulation.work.closing import finish_stage
from simulation.work.items import cancel, has_customer, owner_is_gone
from simulation.work.lists import NIL, front
from simulation.world import COURTESY, CUSTOMER_LINKED, HOUR, INTERNAL, Row, W, World

MOST_DAYS_OF_BACKLOG = 20.0  # pressure counts no more than this


@inner
def shares(priority: float, capacity: int, linked: int, internal: int) -> tuple[int, int]:
    """First shares of capacity: what each class may take, or less where it has less to do."""
    for_linked = math.floor(priority * capacity)
    return min(linked, for_linked), min(internal, capacity - for_linked)


@inner
def lend(p: Row, needed: int, spare: int) -> tuple[int, int]:
    """Spare capacity lent to the class that still has work.

    Returns
    -------
    usable, lost : int
        Microhours that reach the work, and those lost to switching.
    """
    keep = 1.0 - p.switching_loss
    usable = min(needed, math.floor(keep * spare))
    return usable, min(spare, round_half_up(usable / keep)) - usable


@inner
def allocate(
    p: Row, priority: float, capacity: int, linked: int, internal: int
) -> tuple[int, int, int]:
    """Split a day's capacity between the classes.

    Returns
    -------
    for_linked, for_internal, lost : int
        Microhours for each class, and microhours lost to mixing and switching.
    """
    first, second = shares(priority, capacity, linked, internal)
    lost = 0
    if first > 0 and second > 0:
        x = first / (first + second)
        lost = round_half_up(capacity * p.mixing_loss * 4.0 * x * (1.0 - x))
        first, second = shares(priority, capacity - lost, linked, internal)
    spare = capacity - lost - first - second
    if linked > first:
        usable, switched = lend(p, linked - first, spare)
        first += usable
        lost += switched
    elif internal > second:
        usable, switched = lend(p, internal - second, spare)
        second += usable
        lost += switched
    return first, second, lost


@inner
def serve(world: World, j: int, klass: int, hours: int) -> int:
    """Serve a queue with so many microhours; returns those that were used."""
    today = world.firm[0].day
    rate = world.departments[j].hourly_rate
    remaining = hours
    while remaining > 0:
        slot = front(world, j, klass, today)
        if slot == NIL:
            break
        item = world.items[slot]
        if owner_is_gone(world, item):
            cancel(world, slot)
            continue
        worked = min(item.left, remaining)
        item.left -= worked
        remaining -= worked
        world.departments[j].backlog[klass] -= worked
        world.firm[0].work_steps += 1
        if has_customer(item.kind):
            world.customers[item.owner].cost_to_serve += worked * rate // HOUR
        elif item.kind == COURTESY:
            world.tally[0].courtesy_work += worked
        if item.left == 0:
            finish_stage(world, slot)
    return hours - remaining


@inner
def work(world: World) -> None:
    """One day of service in every department."""
    p = world.p[0]
    for j in range(len(world.departments)):
        department = world.departments[j]
        capacity = department.regular + department.overtime
        linked, internal, lost = allocate(
            p,
            department.dials[W],
            capacity,
            department.backlog[CUSTOMER_LINKED],
            department.backlog[INTERNAL],
        )
        for_customers = serve(world, j, CUSTOMER_LINKED, linked)
        done = for_customers + serve(world, j, INTERNAL, internal)
        department.work = done
        department.switching = lost
        department.idle = capacity - done - lost
        department.week_gross += department.gross
        department.week_regular += department.regular
        department.week_overtime += department.overtime
        department.week_work += done
        department.week_linked_work += for_customers
        department.week_switching += lost
        department.quarter_regular += department.regular
        department.quarter_used += done + lost


@inner
def feel_pressure(world: World) -> None:
    """Work pressure follows the backlog in days of capacity (Oliva & Sterman 2001)."""
    p = world.p[0]
    for j in range(len(world.departments)):
        department = world.departments[j]
        backlog = department.backlog[CUSTOMER_LINKED] + department.backlog[INTERNAL]
        days = 0.0
        if backlog > 0:
            days = MOST_DAYS_OF_BACKLOG
            if department.regular > 0:
                days = min(days, backlog / department.regular)
        towards = days / p.pressure_days
        department.pressure += (towards - department.pressure) / p.pressure_memory_days
