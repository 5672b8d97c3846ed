"""An item is handed on, closed, and resolved or not (docs/model.md, sections 7.6, 7.8)."""

from __future__ import annotations

import numpy as np

from simulation.agents.customer import (
    experience_after,
    fit,
    join_probability,
    outcome_of_resolution,
    relative_fit,
)
from simulation.agents.department import handoff_quality, resolution_probability
from simulation.jit import inner
from simulation.log import (
    CLOSED,
    GIVEN_UP,
    HIRED,
    JOIN,
    NO_CAUSE,
    RESOLVED,
    UNRESOLVED,
    note,
)
from simulation.mechanisms.agility import finish_change
from simulation.mechanisms.distributors import learn_from_service
from simulation.mechanisms.engagement import learn_from_help
from simulation.mechanisms.entitlement import (
    learn_from_handling,
    learn_from_result,
    learn_from_success,
)
from simulation.mechanisms.listening import listen, misunderstood
from simulation.randomness import ITEM_CLOSE, block, uniform
from simulation.work.arrivals import approvals_delay, came_from_here, concede
from simulation.work.items import (
    COMING,
    drop_deadline,
    drop_escalation,
    end_item,
    has_customer,
    leave_place,
    owner_uid,
    put_on_calendar,
)
from simulation.work.seats import headcount
from simulation.world import (
    ACTIVE,
    CHANGE,
    HIRE,
    LEAD,
    NEED,
    OUTREACH,
    REPORT,
    Row,
    V,
    World,
)


@inner
def fit_at(world: World, row: int, at: np.ndarray) -> float:
    """Fit of an offer at a place to one person."""
    customer = world.customers[row]
    needs = world.segments[customer.segment].needs
    taste = customer.taste
    return fit(world.p[0], taste[0], taste[1], needs[0], needs[1], at[0], at[1])


@inner
def offer_fit(world: World, row: int) -> float:
    """Fit of the firm's present offer to one person."""
    return fit_at(world, row, world.segments[world.customers[row].segment].offer)


@inner
def competitor_fit(world: World, row: int) -> float:
    """Fit of the competitor's present offer to one person."""
    return fit_at(world, row, world.segments[world.customers[row].segment].competitor)


@inner
def join(world: World, row: int, department: int, item_uid: int) -> None:
    """A person becomes a customer."""
    firm = world.firm[0]
    customer = world.customers[row]
    customer.status = ACTIVE
    customer.joined_week = firm.week
    customer.price = 1.0
    customer.margin = customer.first_margin
    customer.experience = world.p[0].experience_rest
    customer.satisfaction = 0.5 * (offer_fit(world, row) + customer.experience)
    world.tally[0].joined += 1
    note(world, JOIN, row, department, item_uid, NO_CAUSE, 0.0)


@inner
def fill_seat(world: World, row: int, item_uid: int) -> None:
    """A newcomer takes a vacant seat, through a hire item or (`NO_ITEM`) without."""
    p = world.p[0]
    seat = world.employees[row]
    seat.filled = 1
    seat.skill = p.newcomer_skill
    willing = p.willingness_gain * world.firm[0].willingness
    seat.engagement = min(1.0, p.engagement_start + willing)
    seat.fatigue = 0.0
    seat.entitlement = p.entitlement_start
    seat.resentment = 0.0
    seat.tools = p.tools_start
    seat.tenure_weeks = 0
    world.departments[seat.department].week_hires += 1
    world.tally[0].hires += 1
    note(world, HIRED, seat.uid, seat.department, item_uid, NO_CAUSE, 0.0)


@inner
def right_probability(world: World, item: Row) -> float:
    """Probability that an item now closed has been done right."""
    if item.kind == REPORT or item.kind == LEAD:
        return 1.0
    p = world.p[0]
    engagement = world.departments[item.department].engagement
    right = resolution_probability(p, engagement, item.time / item.standard, item.quality)
    if has_customer(item.kind):
        return right
    supplier = world.routes[item.route].path[0]
    requester = world.employees[item.owner].department
    unclear = 1.0 - p.clear_handover * world.handover[supplier, requester]
    return 1.0 - (1.0 - right) * unclear * misunderstood(world, supplier)


@inner
def count_closing(world: World, item: Row, days: int, right: bool) -> None:
    """Keep the figures that a dashboard would show, and the true ones."""
    tally = world.tally[0]
    in_time = days <= world.p[0].promise_days
    here = world.departments[item.department]
    if item.kind != LEAD:
        here.week_closed += 1
        here.week_closed_in_time += in_time
    if item.kind == NEED:
        here.week_needs_closed += 1
        here.week_needs_resolved_in_time += right and in_time
        tally.needs_closed += 1
        tally.needs_days += days
        tally.needs_closed_in_time += in_time
        tally.needs_resolved += right
        tally.needs_resolved_in_time += right and in_time
    elif not has_customer(item.kind):
        tally.requests_closed += 1
        tally.requests_closed_in_time += in_time


@inner
def come_back(world: World, slot: int, delay_draw: float) -> None:
    """A wrong item returns after some days, without its alarms, or its owner gives up."""
    p = world.p[0]
    item = world.items[slot]
    if item.attempt >= p.returns_most or item.kind == OUTREACH:
        if item.kind == NEED:
            world.tally[0].needs_given_up += 1
        learn_from_help(world, slot, False)
        learn_from_service(world, slot, False, True)
        note(world, GIVEN_UP, owner_uid(world, item), item.department, item.uid, NO_CAUSE, 0.0)
        end_item(world, slot)
        return
    leave_place(world, slot)
    drop_deadline(world, slot)
    drop_escalation(world, slot)
    item.attempt += 1
    item.stage = 0
    item.begun = COMING
    item.standard = 0
    item.time = 0
    item.quality = 1.0
    item.department = world.routes[item.route].path[0]
    put_on_calendar(world, slot, world.firm[0].day + 1 + int(p.return_days * delay_draw))


@inner
def close(world: World, slot: int) -> None:
    """Close an item. Closed is not resolved: see `come_back`."""
    p = world.p[0]
    firm = world.firm[0]
    item = world.items[slot]
    words = block(firm.seed, ITEM_CLOSE, item.uid, item.attempt)
    u = uniform(words[0])
    days = firm.day - item.arrived
    right = u < right_probability(world, item)
    owner = owner_uid(world, item)
    here = item.department
    uid = item.uid
    count_closing(world, item, days, right)
    note(world, CLOSED, owner, here, item.uid, NO_CAUSE, days)
    if item.kind == LEAD:
        row = item.owner
        relative = relative_fit(offer_fit(world, row), competitor_fit(world, row))
        end_item(world, slot)
        if u < join_probability(p, days, relative):
            join(world, row, here, uid)
        return
    if item.kind == NEED:
        customer = world.customers[item.owner]
        outcome = outcome_of_resolution(p, days) if right else 0.0
        customer.experience = experience_after(p, customer.experience, outcome)
        if not right:
            customer.unresolved += 1
            concede(world, customer, here)
    if not right:
        note(world, UNRESOLVED, owner, here, item.uid, NO_CAUSE, item.attempt)
        come_back(world, slot, uniform(words[1]))
        return
    note(world, RESOLVED, owner, here, item.uid, NO_CAUSE, days)
    learn_from_success(world, slot)
    learn_from_result(world, slot)
    learn_from_help(world, slot, True)
    learn_from_service(world, slot, firm.day - item.opened <= p.promise_days, False)
    if item.kind == CHANGE:
        finish_change(world, slot)
    elif item.kind == OUTREACH:
        customer = world.customers[item.owner]
        customer.experience += p.outreach_lift * (1.0 - customer.experience)
    elif item.kind == HIRE:
        row = item.owner
        seat = world.employees[row]
        wanted = headcount(world, seat.department) < world.departments[seat.department].target
        if wanted and not seat.filled:
            fill_seat(world, row, item.uid)
    end_item(world, slot)


@inner
def finish_stage(world: World, slot: int) -> None:
    """The item's stage is done: hand it on, or close it at its last stage."""
    item = world.items[slot]
    today = world.firm[0].day
    department = world.departments[item.department]
    department.week_stages[item.klass] += 1
    department.week_stage_days[item.klass] += today - item.entered
    learn_from_handling(world, slot)
    listen(world, slot)
    if item.stage + 1 == world.routes[item.route].length:
        close(world, slot)
        return
    leave_place(world, slot)
    item.stage += 1
    item.department = world.routes[item.route].path[item.stage]
    if not came_from_here(world, item):
        item.quality *= handoff_quality(world.p[0], world.departments[item.department].dials[V])
    world.flows[world.routes[item.route].path[item.stage - 1], item.department] += 1
    put_on_calendar(world, slot, today + 1 + approvals_delay(world, slot))
