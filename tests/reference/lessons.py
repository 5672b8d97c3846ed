"""Who learns from an item: the one who asked, and the one who handled it (section 11)."""

from __future__ import annotations

import math

from .draws import block
from .state import CHANGE, CHANNEL, Department, Item, Seat, State


def present(item: Item) -> Seat | None:
    """The seat that asked, as long as the employee who asked still holds it (9.5)."""
    seat = item.requester
    if seat is None or not seat.filled or seat.generation != item.generation:
        return None
    return seat


def somebody(department: Department, u: float) -> Seat | None:
    """An employee of a department: a drawn row, or the next one filled (11.3)."""
    seats = department.seats
    start = math.floor(u * len(seats))
    for seat in seats[start:] + seats[:start]:
        if seat.filled:
            return seat
    return None


def handler(state: State, item: Item) -> Seat | None:
    """The employee who works on the present stage (11.3)."""
    ordinal = 16 * item.attempt + item.stage
    u0 = block(state.seed, "handler", item.uid, ordinal).u0
    return somebody(state.by_name[item.department], u0)


def courtesy_between(state: State, supplier: str, requester: str) -> float:
    """c of the edge if the regime sets it, else of the supplier."""
    own = state.by_name[supplier].dials.colleague_as_customer
    return state.edge_courtesy.get((supplier, requester), own)


def courtesy_towards(state: State, item: Item) -> float:
    """c of the edge first supplier to requester (7.8); changes and the channel's requests have
    no supplier but those who do them."""
    assert item.requester is not None
    if item.kind == CHANGE:
        assert state.product is not None
        return courtesy_between(state, state.product, state.product)
    if item.kind == CHANNEL:
        return courtesy_between(state, item.route[0], item.route[0])
    return courtesy_between(state, item.route[0], item.requester.department)


def host(state: State, name: str) -> Department:
    """The department that a name stands for: after a merger, the one it became part of (11.12)."""
    while name in state.hosts:
        name = state.hosts[name]
    return state.by_name[name]


def crew(state: State, department: Department) -> list[Seat]:
    """Everybody whose hours are the department's; nobody where it was merged into another."""
    teams = [other for other in state.departments if host(state, other.name) is department]
    return [seat for team in teams for seat in team.seats]


def charge(state: State, name: str, microhours: int) -> Department:
    """Add to what a department owes of its time; it says which one that is by now."""
    department = host(state, name)
    department.debt += microhours
    return department
