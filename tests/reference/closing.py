"""A stage is finished, and with the last one the visit (sections 7.6 and 7.8)."""

from __future__ import annotations

import math

from .agility import carry_out
from .birth import put_on_calendar, tell
from .distributors import learn_from_the_firm
from .draws import block, half_up
from .engagement import learn_from_help
from .entitlement import learn_from_handling, learn_from_success, see_the_result
from .items import draw_approvals, end
from .lessons import courtesy_towards
from .listening import errors_left, hear
from .measurement import note_closing
from .people import fill_hired_seat
from .state import HIRE, LEAD, NEED, OUTREACH, REPORT, Item, State
from .world import feel, join, joins


def finish(state: State, item: Item) -> None:
    """Done here: on to the next department, or closed at the last."""
    item.place = "finished"
    learn_from_handling(state, item)
    hear(state, item)
    if item.stage == len(item.route) - 1:
        close(state, item)
        return
    giver = item.department
    item.stage += 1
    if item.department == giver:  # since a merger: handed on within the department
        put_on_calendar(state, item, state.today + 1, begins=False)
        return
    receiver = state.by_name[item.department]
    saved = state.c["handoff_sight"] * receiver.dials.line_of_sight
    item.quality *= 1.0 - state.c["handoff_loss"] * (1.0 - saved)
    delay = draw_approvals(state, item)
    put_on_calendar(state, item, state.today + 1 + delay, begins=False)


def concede(state: State, item: Item) -> None:
    """Amends for a need that went wrong, as generous as the department's measure (section 8)."""
    person = state.customers[item.owner]
    generosity = state.by_name[item.department].dials.customer_metric
    amount = half_up(state.c["concession_weeks"] * generosity * person.margin)
    person.concessions += amount
    state.week_concessions += amount


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
    return 1.0 - (1.0 - chance) * (1.0 - prevented) * errors_left(state, item)


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
    if item.kind == OUTREACH and resolved:
        person = state.customers[item.owner]
        person.experience += c["outreach_lift"] * (1.0 - person.experience)
    if resolved:
        see_the_result(state, item)
        learn_from_success(state, item)
        learn_from_help(state, item, resolved)
        carry_out(state, item)
        learn_from_the_firm(state, item, resolved)
        end(state, item)
        if item.kind == HIRE:
            fill_hired_seat(state, item)
    elif item.attempt < c["returns_most"] and item.kind != OUTREACH:
        item.attempt += 1
        item.stage = 0
        item.deadline = -1  # the old visit is closed; the next brings its own
        day = state.today + 1 + int(c["return_days"] * draw.u1)
        put_on_calendar(state, item, day, begins=True)
    else:
        tell(state, "given_up", item)
        learn_from_help(state, item, resolved)
        learn_from_the_firm(state, item, resolved)
        end(state, item)
