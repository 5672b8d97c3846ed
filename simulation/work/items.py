"""Items of work: birth, routes, places, end (docs/model.md, section 6)."""

from __future__ import annotations

from simulation.jit import inner
from simulation.log import CANCELLED, EXPIRED, NO_CAUSE, note
from simulation.randomness import (
    ITEM_CHANGE,
    ITEM_CHANNEL,
    ITEM_COURTESY,
    ITEM_ESSENTIAL,
    ITEM_HIRE,
    ITEM_LEAD,
    ITEM_NEED,
    ITEM_OUTREACH,
    ITEM_REPORT,
    ITEM_STAGE,
    Words,
    block,
    item_uid,
    uniform,
)
from simulation.work.lists import (
    DEADLINE,
    ESCALATION,
    NIL,
    PLACE,
    append,
    calendar_list,
    deadline_list,
    escalation_list,
    queue_list,
    unlink,
)
from simulation.world import (
    ACTIVE,
    CALENDAR,
    CHANGE,
    DAYS_A_WEEK,
    ESSENTIAL,
    FREE,
    HIRE,
    LEAD,
    NEED,
    OUTREACH,
    QUEUE,
    Row,
    World,
)

NEVER = -1
ORDINALS_PER_WEEK = 16
ORDINALS_PER_VISIT = 16
COMING, BEGUN, HELD = 0, 1, 2  # `begun` of an item: a held one rejoins its queue tomorrow

# random stream of the birth of each kind of item
_BIRTH_STREAMS = (
    ITEM_NEED,
    ITEM_LEAD,
    ITEM_OUTREACH,
    ITEM_CHANGE,
    ITEM_ESSENTIAL,
    ITEM_COURTESY,
    ITEM_REPORT,
    ITEM_HIRE,
    ITEM_CHANNEL,
)

# rows of `World.route_first`: which routes may begin at a department (last column: anywhere)
ROUTE_SORTS = 7
(
    NEED_ROUTES,
    LEAD_ROUTES,
    ESSENTIAL_ROUTES,
    HIRE_ROUTES,
    SINGLE_ROUTES,
    CHANGE_ROUTES,
    CHANNEL_ROUTES,
) = range(ROUTE_SORTS)


@inner
def has_customer(kind: int) -> bool:
    """Whether a customer (or prospect) stands behind items of this kind."""
    return kind < CHANGE


@inner
def pick_route(world: World, routes: int, first: int, u: float) -> int:
    """Route that u falls on, among those of one sort that begin at department `first`.

    Where the shares do not add up to 1 the rest goes to the department alone.
    """
    start = world.route_first[routes, first, 0]
    end = world.route_first[routes, first, 1]
    for route in range(start, end):
        if u < world.routes[route].share:
            return int(route)
    anywhere = world.route_first.shape[1] - 1
    if first == anywhere:
        return int(end - 1)
    return int(world.route_first[SINGLE_ROUTES, first, 0])


@inner
def give_birth(
    world: World, kind: int, owner: int, cause: int, n: int, routes: int, first: int
) -> int:
    """Open a slot for a new item and put it on the calendar for its arrival day.

    Parameters
    ----------
    owner : int
        Row of the customer or the seat.
    cause : int
        uid that keys the item's draws.
    n : int
        How many items this cause has had this week.
    routes, first : int
        Where to look for its route, see `pick_route`.

    Returns
    -------
    int
        The slot.
    """
    firm = world.firm[0]
    words = block(firm.seed, _BIRTH_STREAMS[kind], cause, ORDINALS_PER_WEEK * firm.week + n)
    slot = int(firm.free)
    firm.free = world.items[slot].next[PLACE]
    firm.slots_free -= 1
    item = world.items[slot]
    item.uid = item_uid(words)
    item.kind = kind
    item.owner = owner
    item.generation = 0 if has_customer(kind) else world.employees[owner].generation
    item.born_week = firm.week
    item.opened = NEVER
    item.arrived = NEVER
    item.deadline = NEVER
    item.escalation = NEVER
    item.route = pick_route(world, routes, first, uniform(words[3]))
    item.stage = 0
    item.attempt = 0
    item.begun = COMING
    item.escalated = 0
    item.standard = 0
    item.time = 0
    item.left = 0
    item.quality = 1.0
    item.department = world.routes[item.route].path[0]
    put_on_calendar(world, slot, firm.week * DAYS_A_WEEK + int(5.0 * uniform(words[2])))
    return slot


@inner
def put_on_calendar(world: World, slot: int, day: int) -> None:
    """Let the item fall due on a day (at the end of that day's list)."""
    item = world.items[slot]
    item.place = CALENDAR
    item.due = day
    append(world, PLACE, calendar_list(day), slot)


@inner
def leave_place(world: World, slot: int) -> None:
    """Take the item off the calendar or out of its queue (with its hours)."""
    item = world.items[slot]
    if item.place == CALENDAR:
        unlink(world, PLACE, calendar_list(item.due), slot)
    elif item.place == QUEUE:
        today = world.firm[0].day
        unlink(world, PLACE, queue_list(item.department, item.klass, item.key, today), slot)
        world.departments[item.department].backlog[item.klass] -= item.left
    item.place = FREE


@inner
def join_queue(world: World, slot: int, klass: int, key: int) -> None:
    """Let the item wait at its department, in the order of `key`."""
    item = world.items[slot]
    item.place = QUEUE
    item.klass = klass
    item.key = key
    append(world, PLACE, queue_list(item.department, klass, key, world.firm[0].day), slot)
    world.departments[item.department].backlog[klass] += item.left
    if key < world.departments[item.department].oldest[klass]:
        world.departments[item.department].oldest[klass] = key


@inner
def drop_deadline(world: World, slot: int) -> None:
    """Take the item's deadline, if it has one, off the calendar."""
    item = world.items[slot]
    if item.deadline != NEVER:
        unlink(world, DEADLINE, deadline_list(item.deadline), slot)
        item.deadline = NEVER


@inner
def drop_escalation(world: World, slot: int) -> None:
    """Take the item's escalation, if one is set, off the calendar."""
    item = world.items[slot]
    if item.escalation != NEVER:
        unlink(world, ESCALATION, escalation_list(item.escalation), slot)
        item.escalation = NEVER


@inner
def end_item(world: World, slot: int) -> None:
    """Close the books on an item: free its owner and its slot."""
    firm = world.firm[0]
    item = world.items[slot]
    leave_place(world, slot)
    drop_deadline(world, slot)
    drop_escalation(world, slot)
    if item.opened != NEVER:
        world.firm[0].ended += 1
    if item.kind == LEAD or item.kind == OUTREACH:
        world.customers[item.owner].open_lead = 0
    elif item.kind == CHANGE:
        firm.open_changes -= 1
    elif not has_customer(item.kind):
        seat = world.employees[item.owner]
        if item.kind == HIRE:
            seat.hire_under_way = 0
        elif seat.generation == item.generation:
            if item.kind == ESSENTIAL and item.opened != NEVER:
                seat.open_requests -= 1
            if seat.blocked_by == slot:
                seat.blocked_by = NIL
    item.uid = NEVER
    world.items[slot].next[PLACE] = firm.free
    firm.free = slot
    firm.slots_free += 1


@inner
def owner_uid(world: World, item: Row) -> int:
    """uid of the customer or the seat that the item belongs to."""
    if has_customer(item.kind):
        return int(item.owner)
    return int(world.employees[item.owner].uid)


@inner
def owner_is_gone(world: World, item: Row) -> bool:
    """Whether the customer behind an item is no longer the one who raised it."""
    if item.kind == NEED:
        customer = world.customers[item.owner]
        return bool(customer.status != ACTIVE or customer.joined_week > item.born_week)
    if item.kind == LEAD:
        return bool(world.customers[item.owner].status == ACTIVE)
    if item.kind == OUTREACH:
        return bool(world.customers[item.owner].status != ACTIVE)
    return False


@inner
def cancel(world: World, slot: int) -> None:
    """End an item whose owner is gone."""
    item = world.items[slot]
    world.tally[0].cancelled += 1
    note(world, CANCELLED, owner_uid(world, item), item.department, item.uid, NO_CAUSE, 0.0)
    end_item(world, slot)


@inner
def expire(world: World, slot: int) -> None:
    """End an internal item that has waited too long."""
    item = world.items[slot]
    world.tally[0].expired += 1
    note(world, EXPIRED, owner_uid(world, item), item.department, item.uid, NO_CAUSE, 0.0)
    end_item(world, slot)


@inner
def stage_ordinal(item: Row) -> int:
    """Ordinal of the draws that belong to the item's present stage of its present visit."""
    return int(ORDINALS_PER_VISIT * item.attempt + item.stage)


@inner
def stage_block(world: World, slot: int) -> Words:
    """Draws of the item's present stage: two words for hours, two for approvals."""
    item = world.items[slot]
    return block(world.firm[0].seed, ITEM_STAGE, item.uid, stage_ordinal(item))
