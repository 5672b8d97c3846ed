"""Colleagues ask each other for things (docs/model.md, section 7.1)."""

from __future__ import annotations

from simulation.agents.employee import favours_wanted
from simulation.jit import compiled
from simulation.mechanisms.shadow_it import asked_of
from simulation.randomness import MOST_EVENTS, REQUEST, block, joint_uid, poisson, uniform
from simulation.randomness import REPORT as REPORT_STREAM
from simulation.work.items import ESSENTIAL_ROUTES, SINGLE_ROUTES, give_birth
from simulation.work.lists import NIL
from simulation.world import COURTESY, ESSENTIAL, REPORT, M, World


@compiled
def ask_colleagues(world: World, first: int) -> int:
    """Internal requests of the week that opens, seat by seat.

    Parameters
    ----------
    first : int
        Row of the seat to begin with.

    Returns
    -------
    int
        Row to go on with once there is room for more items; the number of seats when done.
    """
    p = world.p[0]
    firm = world.firm[0]
    for row in range(first, len(world.employees)):
        seat = world.employees[row]
        if not seat.filled or seat.blocked_by != NIL:
            continue
        j = seat.department
        department = world.departments[j]
        suppliers = department.end_edge - department.first_edge
        if firm.slots_free < MOST_EVENTS * (2 * suppliers + 1):
            return row
        for edge in range(department.first_edge, department.end_edge):
            supplier = world.edges[edge].supplier
            cause = joint_uid(seat.uid, world.departments[supplier].name_key)
            words = block(firm.seed, REQUEST, cause, firm.week)
            rate = world.edges[edge].rate
            if rate == 0.0:
                continue
            asked = rate * asked_of(world, j, supplier)
            for n in range(poisson(uniform(words[0]), asked)):
                give_birth(world, ESSENTIAL, row, cause, n, ESSENTIAL_ROUTES, supplier)
            favours = favours_wanted(p, rate, seat.entitlement)
            for n in range(poisson(uniform(words[1]), favours)):
                give_birth(world, COURTESY, row, cause, n, SINGLE_ROUTES, supplier)
        superior = department.superior
        if superior != NIL:
            words = block(firm.seed, REPORT_STREAM, seat.uid, firm.week)
            rate = p.report_rate * (1.0 + p.report_manager * department.dials[M])
            for n in range(poisson(uniform(words[0]), rate)):
                give_birth(world, REPORT, row, seat.uid, n, SINGLE_ROUTES, superior)
    return len(world.employees)
