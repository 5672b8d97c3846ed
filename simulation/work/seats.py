"""Who sits where: head-counts and the first seat that is filled."""

from __future__ import annotations

from simulation.jit import inner
from simulation.work.lists import NIL
from simulation.world import World


@inner
def headcount(world: World, j: int) -> int:
    """Seats of a department that are filled."""
    count = 0
    department = world.departments[j]
    for row in range(department.first_seat, department.end_seat):
        count += world.employees[row].filled
    return count


@inner
def host_of(world: World, j: int) -> int:
    """The department that one has become part of, or itself."""
    host = world.departments[j].host
    return int(j if host == NIL else host)


@inner
def first_filled_seat(world: World, j: int, start: int) -> int:
    """The first filled seat of a department from its seat `start` on, cyclically, or `NIL`."""
    department = world.departments[j]
    rows = department.end_seat - department.first_seat
    for n in range(rows):
        row = department.first_seat + (start + n) % rows
        if world.employees[row].filled:
            return row
    return NIL
