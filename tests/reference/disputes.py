"""Disputes: whose needs are primary (section 11.1)."""

from __future__ import annotations

from .birth import put_on_calendar, tell
from .draws import block, half_up
from .lessons import charge
from .office import hours_to_settle, settles
from .state import CUSTOMER, INTERNAL, MICRO, Department, Detail, Item, State


def dispute(state: State) -> None:
    """Between escalations and the plan of the day."""
    if "disputes" not in state.mechanisms:
        return
    for department in state.departments:
        outside = [i for i in department.queues[CUSTOMER] if is_old(state, i)]
        inside = [i for i in department.queues[INTERNAL] if is_old(state, i) and not i.for_customer]
        for first, second in zip(outside, inside, strict=False):
            draw = block(state.seed, "dispute", second.uid, state.today)
            if draw.u0 < chance(state, department, second):
                if settles(state, draw.u1):
                    charge(state, state.head or department.name, hours_to_settle(state))
                    state.tally["settled"] += 1
                    tell(state, "settled", second, Detail("", 0.0))
                else:
                    fight_out(state, department, first, second)


def is_old(state: State, item: Item) -> bool:
    return state.today - item.arrived > state.c["dispute_age_days"]


def chance(state: State, department: Department, item: Item) -> float:
    """Most where the customer counts, colleagues insist, and neither has priority."""
    assert item.requester is not None
    w, dials = department.dials.customer_priority, department.dials
    insistence = dials.colleague_as_customer * item.requester.entitlement + dials.manager_metric
    balance = 1.0 - abs(2.0 * w - 1.0)
    return (
        state.c["dispute_rate"]
        * dials.customer_metric
        * insistence
        * balance
        * (1.0 - dials.manager_metric)
    )


def fight_out(state: State, department: Department, first: Item, second: Item) -> None:
    """It costs both sides time, and both items a day."""
    assert second.requester is not None
    tell(state, "disputed", second)
    lose(state, department.name, state.c["dispute_hours"])
    lose(state, second.requester.department, state.c["dispute_requester_hours"])
    for item in (first, second):
        klass = item.klass
        department.queues[klass].remove(item)
        put_on_calendar(state, item, state.today + 1, begins=False)
        item.klass, item.rejoins = klass, True


def lose(state: State, name: str, hours: float) -> None:
    microhours = half_up(MICRO * hours)
    charge(state, name, microhours).week_disputes += microhours
