"""A department's day: capacity, service, pressure (sections 7.3 and 7.5 to 7.7)."""

from __future__ import annotations

import math

from .birth import tell
from .closing import concede, finish
from .distributors import learn_from_the_firm
from .draws import clip, half_up
from .engagement import learn_from_help
from .items import end, meet_deadlines, owner_is_gone
from .lessons import crew, host
from .listening import dial_of_listening
from .office import time_for_it
from .shadow_it import time_left
from .state import CUSTOMER, MICRO, NEED, Department, Seat, State
from .world import feel

MOST_DAYS = 20.0  # of backlog that pressure takes notice of


# --- 7.3 deadlines


def give_up_waiting(state: State) -> None:
    for item in meet_deadlines(state):
        if owner_is_gone(state, item):
            tell(state, "cancelled", item)
        elif item.for_customer:
            if item.kind == NEED:
                person = state.customers[item.owner]
                person.abandoned += 1
                feel(state.c, person, 0.0)
                concede(state, item)
            tell(state, "abandoned", item)
        else:
            tell(state, "expired", item)
            learn_from_help(state, item, resolved=False)
            learn_from_the_firm(state, item, resolved=False)
        end(state, item)


# --- 7.5 capacity


def seat_hours(c: dict[str, float], seat: Seat) -> int:
    if not seat.filled or seat.blocked:
        return 0
    return half_up(
        MICRO
        * c["hours_per_day"]
        * seat.skill
        * (c["effort_floor"] + c["effort_engagement"] * seat.engagement)
        * (1.0 - c["fatigue_loss"] * seat.fatigue)
        * (1.0 - c["resentment_loss"] * seat.resentment)
        * max(0.0, 1.0 - c["open_request_loss"] * seat.open_requests)
    )


def own_gross(state: State, department: Department) -> int:
    """Hours that a department's own people bring, under its own dials."""
    c, dials = state.c, department.dials
    hours = sum(seat_hours(c, seat) for seat in department.seats)
    elsewhere = (
        c["meeting_time"] * dials.line_of_sight
        + c["pleasing_time"] * dials.manager_metric
        + c["listening_time"] * dial_of_listening(state, department)
        + time_for_it(state)
    )
    return half_up(
        hours
        * department.presence
        * max(0.0, 1.0 - elsewhere)
        * (1.0 + c["direction_effort"] * dials.manager_metric)
        * (1.0 - department.relearning)
        * time_left(state, department)
    )


def plan_the_day(state: State, department: Department) -> None:
    c = state.c
    department.week_filled += department.filled
    department.week_blocked += sum(seat.filled and seat.blocked for seat in department.seats)
    there = [seat for seat in crew(state, department) if seat.filled]
    heads = len(there)
    mood = sum(seat.engagement for seat in there)
    department.engagement = mood / heads if heads else c["engagement_start"]
    department.resentment = sum(seat.resentment for seat in there) / heads if heads else 0.0
    department.gross = sum(
        own_gross(state, team) for team in state.departments if host(state, team.name) is department
    )
    department.paid = min(department.debt, department.gross)
    department.debt -= department.paid
    department.regular = department.gross - department.paid
    department.overtime = 0
    if department.regular > 0:
        excess = sum(department.backlog) / department.regular - c["overtime_from_days"]
        department.overtime = half_up(
            department.regular * c["overtime_max"] * clip(excess, 0.0, 1.0)
        )


# --- 7.6 service


def serve_department(state: State, department: Department) -> None:
    """Divide the day between the classes, then work through both queues."""
    c, w = state.c, department.dials.customer_priority
    total = department.regular + department.overtime
    backlog = department.backlog

    def first_shares(capacity: int) -> list[int]:
        own = math.floor(w * capacity)
        return [min(backlog[0], own), min(backlog[1], capacity - own)]

    capacity = total
    given = first_shares(capacity)
    if min(given) > 0:  # a mixed day costs attention, most when it is halved
        x = given[0] / sum(given)
        capacity -= half_up(capacity * c["mixing_loss"] * 4.0 * x * (1.0 - x))
        given = first_shares(capacity)
    switching = total - capacity
    left = capacity - sum(given)
    for klass in (0, 1):
        if backlog[klass] > given[klass]:  # borrow what the other class did not use
            kept = 1.0 - c["switching_loss"]
            usable = min(backlog[klass] - given[klass], math.floor(kept * left))
            given[klass] += usable
            switching += min(left, half_up(usable / kept)) - usable
            break
    by_class = [serve_queue(state, department, klass, given[klass]) for klass in (0, 1)]
    department.work = sum(by_class)
    department.switching = switching
    department.idle = total - switching - department.work
    department.week_regular += department.regular
    department.week_overtime += department.overtime
    department.week_work += department.work
    department.week_customer_work += by_class[CUSTOMER]
    department.week_switching += switching
    department.quarter_regular += department.regular
    department.quarter_used += department.work + switching


def serve_queue(state: State, department: Department, klass: int, hours: int) -> int:
    """Work from the front; the hours that found work."""
    queue = department.queues[klass]
    worked = 0
    while hours > 0 and queue:
        item = queue[0]
        if owner_is_gone(state, item):
            tell(state, "cancelled", item)
            end(state, item)
            continue
        stretch = min(item.hours_left, hours)
        hours -= stretch
        worked += stretch
        item.hours_left -= stretch
        if item.for_customer:
            cost = stretch * department.rate // MICRO
            state.customers[item.owner].cost_to_serve += cost
        if item.hours_left == 0:
            queue.pop(0)
            finish(state, item)
    return worked


# --- 7.7 pressure


def feel_pressure(state: State, department: Department) -> None:
    backlog = sum(department.backlog)
    if backlog == 0:
        days = 0.0
    elif department.regular == 0:
        days = MOST_DAYS
    else:
        days = min(backlog / department.regular, MOST_DAYS)
    gap = days / state.c["pressure_days"] - department.pressure
    department.pressure += gap / state.c["pressure_memory_days"]
