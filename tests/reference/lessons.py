"""Who learns from an item: the one who asked, and the one who handled it (section 11)."""

from __future__ import annotations

import math

from .draws import block
from .state import Item, Seat, State


def present(item: Item) -> Seat | None:
    """The seat that asked, as long as the employee who asked still holds it (9.5)."""
    seat = item.requester
    if seat is None or not seat.filled or seat.generation != item.generation:
        return None
    return seat


def handler(state: State, item: Item) -> Seat | None:
    """The employee who works on the present stage: a drawn row, or the next one filled (11.3)."""
    seats = state.by_name[item.department].seats
    u0 = block(state.seed, "handler", item.uid, 16 * item.attempt + item.stage).u0
    start = math.floor(u0 * len(seats))
    for seat in seats[start:] + seats[:start]:
        if seat.filled:
            return seat
    return None


def courtesy_towards(state: State, item: Item) -> float:
    """c of the edge first supplier to requester, else of the first supplier (7.8)."""
    assert item.requester is not None
    edge = (item.route[0], item.requester.department)
    supplier = state.by_name[item.route[0]]
    return state.edge_courtesy.get(edge, supplier.dials.colleague_as_customer)
