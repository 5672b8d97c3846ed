"""What falls due in the morning: arrivals, deadlines, escalations (sections 6, 7.2 to 7.4)."""

from __future__ import annotations

from simulation.agents.customer import experience_after
from simulation.agents.department import pace, uncut_share
from simulation.agents.employee import days_until_escalation
from simulation.jit import inner
from simulation.log import ABANDONED, BLOCKED, ESCALATED, NO_CAUSE, OPENED, note
from simulation.maths import log, lognormal, round_half_up
from simulation.mechanisms.customer_office import MIDDLE, band_key
from simulation.mechanisms.distributors import answered, learn_from_service
from simulation.mechanisms.engagement import learn_from_help
from simulation.mechanisms.entitlement import declined, pooled_hours
from simulation.randomness import (
    ITEM_VISIT,
    REQUEST_BLOCK,
    block,
    normal,
    poisson,
    uniform,
)
from simulation.work.items import (
    BEGUN,
    HELD,
    cancel,
    drop_escalation,
    end_item,
    expire,
    has_customer,
    join_queue,
    leave_place,
    owner_is_gone,
    owner_uid,
    put_on_calendar,
    stage_block,
)
from simulation.work.lists import (
    DEADLINE,
    ESCALATION,
    FIRST,
    NIL,
    append,
    calendar_list,
    deadline_list,
    escalation_list,
)
from simulation.world import (
    CHANGE,
    CHANNEL,
    COURTESY,
    CUSTOMER_LINKED,
    ESSENTIAL,
    FRONT,
    HIRE,
    HOUR,
    INTERNAL,
    LEAD,
    NEED,
    OLDEST,
    QUEUE,
    SERVE_BY_VALUE,
    SERVICE,
    A,
    B,
    D,
    M,
    Row,
    V,
    World,
)


@inner
def concede(world: World, customer: Row, department: int) -> None:
    """Make amends to a customer, in proportion to the department's customer metric."""
    p = world.p[0]
    amends = round_half_up(
        p.concession_weeks * world.departments[department].dials[A] * customer.margin
    )
    customer.concessions += amends
    world.tally[0].concessions += amends


@inner
def came_from_here(world: World, item: Row) -> bool:
    """Whether the stage before was at the same department (departments may merge)."""
    path = world.routes[item.route].path
    return bool(item.stage > 0 and path[item.stage - 1] == item.department)


@inner
def approvals_delay(world: World, slot: int) -> int:
    """Draw and charge the approvals of the item's present stage; days that they take."""
    item = world.items[slot]
    department = world.departments[item.department]
    crosses = item.stage > 0 or item.kind == ESSENTIAL
    if department.kind != SERVICE or not crosses or came_from_here(world, item):
        return 0
    p = world.p[0]
    words = stage_block(world, slot)
    approvals = poisson(uniform(words[2]), department.policy)
    if approvals == 0:
        return 0
    own = min(approvals, int(p.approvals_own))
    department.debt += round_half_up(own * p.approval_hours * HOUR)
    above = item.department if department.superior == NIL else department.superior
    world.departments[above].debt += round_half_up((approvals - own) * p.approval_hours * HOUR)
    haste = 1.0 - p.approval_rank * department.dials[M]
    return poisson(uniform(words[3]), p.approval_delay * haste * approvals)


@inner
def klass_at(world: World, item: Row) -> int:
    """Class in which the item's present department sees it."""
    if item.escalated:
        return CUSTOMER_LINKED
    here = world.departments[item.department]
    if has_customer(item.kind):
        seen = here.kind == FRONT or item.sight < world.departments[item.department].dials[V]
        return CUSTOMER_LINKED if seen else INTERNAL
    if item.kind == CHANNEL:
        return CUSTOMER_LINKED if item.sight < here.dials[D] else INTERNAL
    if item.kind == ESSENTIAL and here.kind == SERVICE:
        asked_by = world.departments[world.employees[item.owner].department]
        if (
            asked_by.kind == FRONT
            and item.sight < 0.5 * world.departments[item.department].dials[V]
        ):
            return CUSTOMER_LINKED
    return INTERNAL


@inner
def queue_key(world: World, item: Row, klass: int) -> int:
    """Place of an item that joins a queue today: internal work by age, customers' by value."""
    firm = world.firm[0]
    if klass == INTERNAL:
        return int(item.opened)
    band = world.customers[item.owner].band if has_customer(item.kind) else MIDDLE
    return band_key(world.p[0], firm.day, band, firm.office[SERVE_BY_VALUE])


@inner
def enter_stage(world: World, slot: int) -> None:
    """Fix class and time of the item's present stage and let it wait in the queue."""
    p = world.p[0]
    item = world.items[slot]
    today = world.firm[0].day
    here = world.departments[item.department]
    customer_metric = here.dials[A]
    words = stage_block(world, slot)
    mean = here.hours_customer
    if not has_customer(item.kind):
        mean = here.hours_internal
        if item.kind == CHANGE:
            mean = p.change_hours * (mean if mean > 0.0 else here.hours_customer)
        mean *= pooled_hours(world, item.department)
    factor = lognormal(normal(words[0], words[1]), p.hours_sd_log)
    standard = max(1, round_half_up(HOUR * mean * factor))
    intended = here.standard * pace(p, customer_metric, here.dials[B])
    uncut = uncut_share(p, customer_metric, here.pressure)
    time = max(1, round_half_up(standard * intended * uncut))
    item.standard += standard
    item.time += time
    item.left = time
    item.entered = today
    here.delivered_time += time / intended
    here.delivered_standard += standard
    klass = klass_at(world, item)
    join_queue(world, slot, klass, queue_key(world, item, klass))


@inner
def open_for_good(world: World, slot: int) -> None:
    """Count a new item where it belongs; a blocking request stops its requester."""
    firm = world.firm[0]
    item = world.items[slot]
    item.opened = firm.day
    firm.opened += 1
    asked_by = len(world.departments)
    if not has_customer(item.kind):
        asked_by = world.employees[item.owner].department
    world.flows[asked_by, item.department] += 1
    note(world, OPENED, owner_uid(world, item), item.department, item.uid, NO_CAUSE, item.kind)
    if item.kind == NEED:
        world.customers[item.owner].needs += 1
        world.tally[0].needs_opened += 1
    elif item.kind == LEAD:
        world.tally[0].leads_opened += 1
    elif item.kind == ESSENTIAL:
        seat = world.employees[item.owner]
        if seat.generation != item.generation:
            return
        seat.open_requests += 1
        u = uniform(block(firm.seed, REQUEST_BLOCK, item.uid, 0)[0])
        if u < world.p[0].block_share and seat.blocked_by == NIL:
            seat.blocked_by = slot
            world.tally[0].blocks += 1
            note(world, BLOCKED, seat.uid, item.department, item.uid, NO_CAUSE, 0.0)


@inner
def set_alarms(world: World, slot: int) -> None:
    """Set the deadline and the escalation of a visit that begins."""
    p = world.p[0]
    item = world.items[slot]
    today = world.firm[0].day
    words = block(world.firm[0].seed, ITEM_VISIT, item.uid, item.attempt)
    if item.attempt == 0:
        item.sight = uniform(words[3])
    days = 0
    if has_customer(item.kind):
        patience = world.customers[item.owner].patience_days
        if patience > 0.0:
            days = 1 + int(min(-patience * log(uniform(words[0])), OLDEST))
    elif item.kind != HIRE and item.kind != CHANGE:
        days = int(p.expiry_days)
    if days > 0:
        item.deadline = today + min(days, OLDEST)
        append(world, DEADLINE, deadline_list(item.deadline), slot)
    may_escalate = item.kind == ESSENTIAL or item.kind == COURTESY
    if may_escalate and uniform(words[2]) < p.escalation_share:
        seat = world.employees[item.owner]
        wait = days_until_escalation(p, uniform(words[1]), seat.entitlement)
        if wait <= OLDEST:
            item.escalation = today + wait
            append(world, ESCALATION, escalation_list(item.escalation), slot)


@inner
def begin_visit(world: World, slot: int) -> None:
    """The item's owner turns up (for the first time, or once more)."""
    item = world.items[slot]
    item.begun = BEGUN
    item.arrived = world.firm[0].day
    if item.attempt == 0:
        open_for_good(world, slot)
    elif item.kind == NEED:
        world.tally[0].needs_reopened += 1
    if item.attempt == 0 and (answered(world, slot) or declined(world, slot)):
        return
    set_alarms(world, slot)
    delay = approvals_delay(world, slot)
    if delay > 0:
        put_on_calendar(world, slot, item.arrived + delay)
    else:
        enter_stage(world, slot)


@inner
def rejoin(world: World, slot: int) -> None:
    """A held item goes back to its queue, where it was; escalated meanwhile, it jumps."""
    item = world.items[slot]
    item.begun = BEGUN
    if item.escalated and item.klass == INTERNAL:
        join_queue(world, slot, CUSTOMER_LINKED, queue_key(world, item, CUSTOMER_LINKED))
    else:
        join_queue(world, slot, item.klass, item.key)


@inner
def take_arrivals(world: World) -> None:
    """Everything that falls due today, in the order in which it was put on the calendar."""
    today = calendar_list(world.firm[0].day)
    while world.ends[today, FIRST] != NIL:
        slot = world.ends[today, FIRST]
        item = world.items[slot]
        if owner_is_gone(world, item):
            cancel(world, slot)
            continue
        leave_place(world, slot)
        if item.begun == HELD:
            rejoin(world, slot)
        elif item.begun == BEGUN:
            enter_stage(world, slot)
        else:
            begin_visit(world, slot)


@inner
def abandon(world: World, slot: int) -> None:
    """A waiting customer loses patience."""
    p = world.p[0]
    item = world.items[slot]
    customer = world.customers[item.owner]
    note(world, ABANDONED, item.owner, item.department, item.uid, NO_CAUSE, item.kind)
    if item.kind == NEED:
        customer.abandoned += 1
        customer.experience = experience_after(p, customer.experience, 0.0)
        world.tally[0].needs_abandoned += 1
        concede(world, customer, item.department)
    end_item(world, slot)


@inner
def meet_deadlines(world: World) -> None:
    """Customers whose patience ends today abandon, internal requests lapse."""
    today = deadline_list(world.firm[0].day)
    while world.ends[today, FIRST] != NIL:
        slot = world.ends[today, FIRST]
        item = world.items[slot]
        if not has_customer(item.kind):
            learn_from_help(world, slot, False)
            learn_from_service(world, slot, False, True)
            expire(world, slot)
        elif owner_is_gone(world, item):
            cancel(world, slot)
        else:
            abandon(world, slot)


@inner
def escalate(world: World, slot: int) -> None:
    """The requester goes over the supplier's head: the item jumps to the customer-linked class."""
    item = world.items[slot]
    firm = world.firm[0]
    hours = round_half_up(world.p[0].escalation_hours * HOUR)
    world.departments[item.department].debt += hours
    world.tally[0].escalation_work += hours
    if firm.head != NIL:
        world.departments[firm.head].debt += hours
        world.tally[0].escalation_work += hours
    world.tally[0].escalations += 1
    item.escalated = 1
    note(world, ESCALATED, owner_uid(world, item), item.department, item.uid, NO_CAUSE, 0.0)
    if item.place == QUEUE and item.klass == INTERNAL:
        leave_place(world, slot)
        join_queue(world, slot, CUSTOMER_LINKED, queue_key(world, item, CUSTOMER_LINKED))


@inner
def meet_escalations(world: World) -> None:
    """Requests whose requester has waited long enough are escalated, once in their life."""
    from_list = escalation_list(world.firm[0].day)
    while world.ends[from_list, FIRST] != NIL:
        slot = world.ends[from_list, FIRST]
        drop_escalation(world, slot)
        if not world.items[slot].escalated:
            escalate(world, slot)
