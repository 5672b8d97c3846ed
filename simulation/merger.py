"""Two departments become one: work, requests and people of one move to the other (11.12)."""

from __future__ import annotations

import numpy as np

from simulation.jit import compiled
from simulation.work.items import join_queue, leave_place
from simulation.work.lists import NIL, front
from simulation.world import CALENDAR, Row, World


@compiled
def move_work(world: World, host: int, guest: int) -> None:
    """Let all items at or on their way to one department be at another.

    Those queued join the same class of the host in order of service; their hours stay.
    """
    today = world.firm[0].day
    for klass in range(2):
        slot = front(world, guest, klass, today)
        while slot != NIL:
            leave_place(world, slot)
            item = world.items[slot]
            item.department = host
            join_queue(world, slot, klass, item.key)
            slot = front(world, guest, klass, today)
    for slot in range(len(world.items)):
        item = world.items[slot]
        if item.uid >= 0 and item.place == CALENDAR and item.department == guest:
            item.department = host


def merge(world: World, host: int, guest: int) -> None:
    """Make one department part of another.

    Parameters
    ----------
    host, guest : int
        Rows of departments; the guest's seats stay rows of their own, but work for the host.
    """
    departments, firm = world.departments, world.firm[0]
    a, b = departments[host], departments[guest]
    move_work(world, host, guest)
    b.host = host
    departments.host[departments.host == guest] = host
    for hours in ("hours_customer", "hours_internal"):
        if a[hours] > 0 and b[hours] > 0:
            a[hours] = (a.plan * a[hours] + b.plan * b[hours]) / (a.plan + b.plan)
        else:
            a[hours] = max(a[hours], b[hours])
    world.routes.path[world.routes.path == guest] = host
    _ask_the_host(world, host, guest)
    if _is_below(world, host, guest):
        a.superior = b.superior
    departments.superior[departments.superior == guest] = host
    b.superior = a.superior
    for name in ("head", "product"):
        if firm[name] == guest:
            firm[name] = host
    departments.shadowed_supplier[departments.shadowed_supplier == guest] = host
    for row in range(len(departments)):
        _shorten_path(departments[row], row, host, guest)


def _is_below(world: World, j: int, other: int) -> bool:
    """Whether one department reports to another, directly or over others."""
    superior = world.departments[j].superior
    while superior not in (NIL, other):
        superior = world.departments[superior].superior
    return bool(superior == other)


def _ask_the_host(world: World, host: int, guest: int) -> None:
    """Requests to the guest go to the host; nobody of the two asks the host."""
    inside = {host, guest, *np.flatnonzero(world.departments.host == host)}
    for j, department in enumerate(world.departments):
        edges: Row = world.edges[department.first_edge : department.end_edge]
        to_guest, to_host = edges.supplier == guest, edges.supplier == host
        if to_guest.any() and to_host.any():
            edges.rate[to_host] += edges.rate[to_guest]
            edges.rate[to_guest] = 0.0
        elif to_guest.any():
            edges.supplier[to_guest] = host
        if j in inside:
            edges.rate[(edges.supplier == host) | (edges.supplier == guest)] = 0.0


def _shorten_path(department: Row, row: int, host: int, guest: int) -> None:
    """The guest on a path of insight is the host; a step from the host to itself drops out."""
    if department.insight_hops == NIL:
        return
    here = row if department.host == NIL else int(department.host)
    stops = [host if stop == guest else int(stop) for stop in department.insight_path]
    path: list[int] = []
    for stop in stops[: department.insight_hops]:
        if stop != (path[-1] if path else here):
            path.append(stop)
    department.insight_path[:] = NIL
    department.insight_path[: len(path)] = path
    department.insight_hops = len(path)
