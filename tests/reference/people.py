"""Seats (9.5), standards (9.6) and the decisions of the quarter (9.1, 9.2)."""

from __future__ import annotations

import math

from .birth import born, tell
from .draws import block
from .entitlement import calm_down
from .items import end
from .lessons import host
from .relearning import relearn
from .state import HIRE, Department, Item, Seat, State

INSOLVENT_AFTER = 4  # governances in a row without cash (9.2)


# --- section 4


def settle_seat(seed: int, c: dict[str, float], seat: Seat) -> None:
    """An employee of the first day: how long they have been here, and so how skilled they are."""
    u0 = block(seed, "employee.start", seat.uid, 0).u0
    rate = quit_rate(c, c["engagement_start"])
    weeks = 5200.0 if rate == 0.0 else min(-math.log(u0) * 52.0 / rate, 5200.0)
    seat.filled = True
    seat.tenure = math.floor(weeks)
    learnt = (1.0 - c["newcomer_skill"]) * seat.tenure / c["learning_weeks"]
    seat.skill = min(1.0, c["newcomer_skill"] + learnt)
    seat.engagement = c["engagement_start"]
    seat.entitlement = c["entitlement_start"]
    seat.tools = c["tools_start"]


def quit_rate(c: dict[str, float], engagement: float) -> float:
    """Quits a year at this engagement."""
    return c["quit_rate"] * math.exp(-c["quit_engagement"] * (engagement - 0.6))


# --- 9.5 employees


def live_a_working_week(state: State) -> None:
    for department in state.departments:
        relearn(department)
        for seat in department.seats:
            if seat.filled:
                live(state, department, seat)


def begin_the_week(state: State) -> None:
    """Vacancies are looked after; the counters begin anew."""
    for department in state.departments:
        look_for_people(state, department)
        used, regular = department.week_work + department.week_switching, department.week_regular
        department.utilisation = used / regular if regular > 0 else 0.0
        department.week_regular = department.week_overtime = 0
        department.week_work = department.week_switching = department.week_disputes = 0
        department.week_customer_work = department.week_blocked = department.week_filled = 0


def live(state: State, department: Department, seat: Seat) -> None:
    c = state.c
    seat.tenure += 1
    learnt = (1.0 - c["newcomer_skill"]) / c["learning_weeks"]
    seat.skill = min(1.0, seat.skill + learnt)
    strain = c["fatigue_strain"] * department.dials.line_of_sight
    there = host(state, department.name)  # where its people's hours go
    if c["overtime_max"] > 0.0 and there.week_regular > 0:
        share = there.week_overtime / there.week_regular
        strain += c["fatigue_overtime"] * (share / c["overtime_max"])
    seat.fatigue += (min(1.0, strain) - seat.fatigue) / c["fatigue_weeks"]
    draw = block(state.seed, "employee.week", seat.uid, state.week)
    chance = 1.0 - math.exp(-quit_rate(c, seat.engagement) / 52.0)
    if draw.u0 < chance:
        state.tell("quit", seat.uid, department.name)
        leave(state, seat)
    else:
        calm_down(state, department, seat)


def leave(state: State, seat: Seat) -> None:
    """The seat is vacant; what it was waiting for, and could not work without, is called off."""
    if seat.blocking_item is not None:
        item = state.items[seat.blocking_item]
        tell(state, "cancelled", item)
        end(state, item)
    seat.filled = False
    seat.blocking_item = None
    seat.skill = seat.engagement = 0.0
    seat.tenure = seat.open_requests = 0


def look_for_people(state: State, department: Department) -> None:
    if department.target > 0 and department.filled == 0:  # an interim, whatever is under way
        for seat in department.seats:
            if not seat.hire_under_way:
                take_seat(state, department, seat, -1)
                break
    under_way = sum(seat.hire_under_way for seat in department.seats)
    for seat in department.seats:
        if department.filled + under_way >= department.target:
            return
        if seat.filled or seat.hire_under_way:
            continue
        if state.routes[HIRE]:
            seat.hire_under_way = True
            under_way += 1
            born(state, HIRE, seat.uid, 0, seat.uid, seat)
        else:
            take_seat(state, department, seat, -1)


def fill_hired_seat(state: State, item: Item) -> None:
    """A hire came out right: somebody sits down, if the department still has room."""
    seat = item.requester
    assert seat is not None
    department = state.by_name[seat.department]
    if not seat.filled and department.filled < department.target:
        take_seat(state, department, seat, item.uid)


def take_seat(state: State, department: Department, seat: Seat, item: int) -> None:
    c = state.c
    seat.filled = True
    seat.generation += 1
    seat.skill = c["newcomer_skill"]
    seat.engagement = min(1.0, c["engagement_start"] + c["willingness_gain"] * state.willingness)
    seat.entitlement = c["entitlement_start"]
    seat.tools = c["tools_start"]
    seat.fatigue = seat.resentment = 0.0
    seat.tenure = seat.open_requests = 0
    department.week_hires += 1
    state.tell("hire", seat.uid, department.name, item)


# --- 9.6 standards


def move_standards(state: State) -> None:
    """What was delivered in the past week becomes, slowly, what is thought right."""
    c = state.c
    if state.week == 0:
        return
    for department in state.departments:
        s = department.standard
        if department.delivered_standard > 0:
            delivered = department.delivered_time / department.delivered_standard
        else:
            delivered = 1.0
        if delivered < 1.0:
            s += (s * delivered - s) / c["standard_fall_weeks"]
        floor = c["standard_rise_floor"]
        encouraged = floor + (1.0 - floor) * department.dials.customer_metric
        s += (1.0 - s) / (c["standard_rise_weeks"] / encouraged)
        department.standard = s
        department.delivered_time, department.delivered_standard = 0.0, 0


# --- 9.1, 9.2 governance


def govern(state: State) -> None:
    """Once a quarter: cash first, then seats."""
    before = state.short_of_cash
    state.short_of_cash = before + 1 if state.cash < 0 else 0
    if state.short_of_cash == INSOLVENT_AFTER and state.insolvent_week is None:
        state.insolvent_week = state.week
        state.tell("insolvent", -1)
    emergency = state.short_of_cash > 1
    for department in state.departments:
        if emergency:
            cut_seats(state, department)
        else:
            plan_seats(state, department)
        department.quarter_regular = department.quarter_used = 0


def cut_seats(state: State, department: Department) -> None:
    kept = math.floor(department.target * (1.0 - state.c["emergency_cut"]))
    department.target = max(1, kept)
    dismiss_above_target(state, department)


def dismiss_above_target(state: State, department: Department) -> None:
    """From the highest row down."""
    for seat in reversed(department.seats):
        if seat.filled and department.filled > department.target:
            state.tell("dismissal", seat.uid, department.name)
            leave(state, seat)


def plan_seats(state: State, department: Department) -> None:
    c, plan, target = state.c, department.plan, department.target
    if department.quarter_regular == 0:
        return
    utilisation = department.quarter_used / department.quarter_regular
    if utilisation > c["hire_above"] and state.cash > 0:
        most = math.floor(c["seats_most"] * plan)
        department.target = max(target, min(most, target + math.ceil(c["hire_step"] * plan)))
    elif utilisation < c["shrink_below"]:
        least = max(1, math.ceil(c["seats_least"] * plan))
        department.target = min(target, max(least, target - math.ceil(c["shrink_step"] * plan)))
