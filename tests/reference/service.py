"""A department's day: capacity, service, pressure, closing (sections 7.5 to 7.8)."""

from __future__ import annotations

import math

from .draws import block, clip, half_up
from .engagement import learn_from_help
from .entitlement import learn_from_handling, learn_from_success, see_the_result
from .items import draw_approvals, end, meet_deadlines, owner_is_gone, put_on_calendar, tell
from .lessons import courtesy_towards
from .measurement import note_closing
from .people import fill_hired_seat
from .state import HIRE, LEAD, MICRO, NEED, REPORT, Department, Item, Seat, State
from .world import feel, join, joins

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
        end(state, item)


def concede(state: State, item: Item) -> None:
    """Amends for a need that went wrong, as generous as the department's measure (section 8)."""
    person = state.customers[item.owner]
    generosity = state.by_name[item.department].dials.customer_metric
    amount = half_up(state.c["concession_weeks"] * generosity * person.margin)
    person.concessions += amount
    state.week_concessions += amount


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


def plan_the_day(state: State, department: Department) -> None:
    c, dials = state.c, department.dials
    present = [seat.engagement for seat in department.seats if seat.filled]
    department.engagement = sum(present) / len(present) if present else c["engagement_start"]
    hours = sum(seat_hours(c, seat) for seat in department.seats)
    away = c["meeting_time"] * dials.line_of_sight + c["pleasing_time"] * dials.manager_metric
    driven = 1.0 + c["direction_effort"] * dials.manager_metric
    department.gross = half_up(hours * department.presence * (1.0 - away) * driven)
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
    department.work = sum(serve_queue(state, department, klass, given[klass]) for klass in (0, 1))
    department.switching = switching
    department.idle = total - switching - department.work
    department.week_regular += department.regular
    department.week_overtime += department.overtime
    department.week_work += department.work
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


def finish(state: State, item: Item) -> None:
    """Done here: on to the next department, or closed at the last."""
    item.place = "finished"
    learn_from_handling(state, item)
    if item.stage == len(item.route) - 1:
        close(state, item)
        return
    item.stage += 1
    receiver = state.by_name[item.department]
    saved = state.c["handoff_sight"] * receiver.dials.line_of_sight
    item.quality *= 1.0 - state.c["handoff_loss"] * (1.0 - saved)
    delay = draw_approvals(state, item)
    put_on_calendar(state, item, state.today + 1 + delay, begins=False)


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


# --- 7.8 closing


def chance_of_resolution(state: State, item: Item) -> float:
    """Enough time, an engaged department, few hand-offs; inside the firm, a clear handover."""
    c = state.c
    if item.kind == REPORT:
        return 1.0
    department = state.by_name[item.department]
    k = c["time_curvature"]
    enough = (1.0 - math.exp(-k * item.time / item.standard)) / (1.0 - math.exp(-k))
    engaged = c["resolution_floor"] + c["resolution_engagement"] * department.engagement
    chance = min(1.0, c["resolution_base"] * engaged * enough * item.quality)
    if item.for_customer:
        return chance
    prevented = c["clear_handover"] * courtesy_towards(state, item)
    return 1.0 - (1.0 - chance) * (1.0 - prevented)


def close(state: State, item: Item) -> None:
    c = state.c
    days = state.today - item.arrived
    draw = block(state.seed, "item.close", item.uid, item.attempt)
    tell(state, "closed", item)
    if item.kind == LEAD:
        person = state.customers[item.owner]
        if joins(state, person, days, draw.u0):
            join(state, person)
            tell(state, "join", item)
        end(state, item)
        return
    resolved = draw.u0 < chance_of_resolution(state, item)
    tell(state, "resolved" if resolved else "unresolved", item)
    note_closing(state, item, resolved)
    if item.kind == NEED:
        person = state.customers[item.owner]
        if resolved:
            late = max(days - c["promise_days"], 0.0)
            feel(c, person, 1.0 / (1.0 + late / c["late_days"]))
        else:
            person.unresolved += 1
            feel(c, person, 0.0)
            concede(state, item)
    if resolved:
        see_the_result(state, item)
        learn_from_success(state, item)
        learn_from_help(state, item, resolved)
        end(state, item)
        if item.kind == HIRE:
            fill_hired_seat(state, item)
    elif item.attempt < c["returns_most"]:
        item.attempt += 1
        item.stage = 0
        item.deadline = -1  # the old visit is closed; the next brings its own
        day = state.today + 1 + int(c["return_days"] * draw.u1)
        put_on_calendar(state, item, day, begins=True)
    else:
        tell(state, "given_up", item)
        learn_from_help(state, item, resolved)
        end(state, item)
