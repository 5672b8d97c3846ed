"""Entitlement and resentment: what colleagues learn from each other (section 11.3)."""

from __future__ import annotations

from .draws import block, half_up
from .lessons import courtesy_towards, handler, present
from .state import COURTESY, CUSTOMER, ESSENTIAL, NEED, SERVICE, Department, Item, Seat, State


def is_declined(state: State, item: Item) -> bool:
    """Whether a busy supplier who is free to decline does so; the favour may then be bought."""
    if "entitlement" not in state.mechanisms or item.kind != COURTESY or item.attempt > 0:
        return False
    c = state.c
    supplier = state.by_name[item.department]
    draw = block(state.seed, "courtesy.decline", item.uid, 0)
    if draw.u0 >= (1.0 - supplier.dials.captivity) * min(1.0, supplier.utilisation):
        return False
    if draw.u1 < c["outside_share"]:
        price = c["outside_price"] * supplier.mean_hours[1] * supplier.rate
        state.week_outside += half_up(price)
    seat = present(item)
    if seat is not None:
        seat.entitlement -= c["entitlement_refusal"] * seat.entitlement
    return True


def learn_from_success(state: State, item: Item) -> None:
    """An internal item closed right; a favour or an escalation teaches to ask for more."""
    favour = item.kind == COURTESY or (item.kind == ESSENTIAL and item.escalated)
    if "entitlement" not in state.mechanisms or not favour:
        return
    assert item.requester is not None
    lesson = state.c["entitlement_gain"] * courtesy_towards(state, item)
    department = state.by_name[item.requester.department].seats
    others = sum(seat.filled for seat in department if seat is not item.requester)
    heard = state.c["precedent"] * min(1.0, state.c["precedent_circle"] / max(1, others))
    for seat in department:
        if seat is item.requester:
            if present(item) is not None:
                seat.entitlement += lesson * (1.0 - seat.entitlement)
        elif item.escalated and seat.filled:
            seat.entitlement += heard * lesson * (1.0 - seat.entitlement)


def learn_from_handling(state: State, item: Item) -> None:
    """A stage is finished: what could not be declined under pressure is held against them."""
    if "entitlement" not in state.mechanisms or not (item.kind == COURTESY or item.escalated):
        return
    c, department, seat = state.c, state.by_name[item.department], handler(state, item)
    if seat is not None:
        strain = max(department.pressure - c["resentment_pressure"], 0.0)
        lesson = min(1.0, c["resentment_gain"] * department.dials.captivity * strain)
        seat.resentment += lesson * (1.0 - seat.resentment)


def see_the_result(state: State, item: Item) -> None:
    """A need is closed resolved: whoever sees the customer behind it is reconciled a little."""
    seen = item.kind == NEED and item.klass == CUSTOMER
    if "entitlement" not in state.mechanisms or not seen:
        return
    sight, seat = state.by_name[item.department].dials.line_of_sight, handler(state, item)
    if seat is not None:
        seat.resentment -= state.c["resentment_relief"] * sight * seat.resentment


def calm_down(state: State, department: Department, seat: Seat) -> None:
    """A week goes by (with 9.5)."""
    if "entitlement" not in state.mechanisms:
        return
    recognition = department.dials.care + department.dials.colleague_as_customer / 2.0
    seat.entitlement -= state.c["entitlement_decay"] * seat.entitlement
    seat.resentment -= state.c["resentment_relief"] * recognition * seat.resentment


def pooled(state: State, department: Department, item: Item) -> float:
    """Factor on standard hours: a captive supplier pools; one at captivity .8 counts as one."""
    inside = department.kind == SERVICE and not item.for_customer
    if "entitlement" not in state.mechanisms or not inside:
        return 1.0
    pooling = state.c["pooling"]
    return (1.0 - pooling * department.dials.captivity) / (1.0 - 0.8 * pooling)
