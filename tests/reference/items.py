"""An item from its arrival to its end: visits, stages, queues (sections 6 and 7.2 to 7.4)."""

from __future__ import annotations

import math
from bisect import insort

from .birth import put_on_calendar, tell
from .distributors import is_answered
from .draws import block, clip, half_up, normals, poisson
from .entitlement import is_declined, pooled
from .lessons import charge, present
from .office import customer_key, queue_key
from .state import (
    ACTIVE,
    CHANGE,
    CHANNEL,
    COURTESY,
    CUSTOMER,
    ESSENTIAL,
    FRONT,
    HIRE,
    INTERNAL,
    LEAD,
    MICRO,
    NEED,
    OUTREACH,
    SERVICE,
    Department,
    Item,
    State,
)

HORIZON = 1000  # days: nothing is set further ahead, no key is older (section 6, 7.2)


# --- 7.2 arrivals


def owner_is_gone(state: State, item: Item) -> bool:
    """A need without its customer, a lead that is a customer already (end of section 6)."""
    if not item.for_customer:
        return False
    person = state.customers[item.owner]
    if item.kind == LEAD:
        return person.status == ACTIVE
    if item.kind == OUTREACH:
        return person.status != ACTIVE
    return person.status != ACTIVE or person.joined_week > item.born_week


def take_arrivals(state: State) -> None:
    for uid in state.calendar.pop(state.today, []):
        item = state.items.get(uid)
        if item is None:  # cancelled on its way, with the employee it blocked (9.5)
            continue
        if owner_is_gone(state, item):
            tell(state, "cancelled", item)
            end(state, item)
        elif item.begins:
            begin_visit(state, item)
        elif item.rejoins:
            rejoin_queue(state, item)
        else:
            enter_queue(state, item)


def begin_visit(state: State, item: Item) -> None:
    c = state.c
    draw = block(state.seed, "item.visit", item.uid, item.attempt)
    item.arrived = state.today
    item.standard = item.time = 0
    item.quality = 1.0
    if item.attempt == 0:
        item.opened = state.today
        item.sight = draw.u3
        tell(state, "opened", item)
        if item.kind == NEED:
            state.customers[item.owner].needs += 1
        seat = present(item)
        if item.kind == ESSENTIAL and seat is not None:
            seat.open_requests += 1
            u0 = block(state.seed, "request.block", item.uid, 0).u0
            if u0 < c["block_share"] and not seat.blocked:
                seat.blocking_item = item.uid
                tell(state, "blocked", item)
        if is_declined(state, item):
            tell(state, "declined", item)
            end(state, item)
            return
        if is_answered(state, item):
            end(state, item)
            return
    set_deadline(state, item, draw.u0)
    set_escalation(state, item, draw.u1, draw.u2)
    delay = draw_approvals(state, item)
    if delay > 0:
        put_on_calendar(state, item, state.today + delay, begins=False)
    else:
        enter_queue(state, item)


def set_deadline(state: State, item: Item, u0: float) -> None:
    c = state.c
    item.deadline = -1
    if item.for_customer:
        if c["patience_days"] == 0.0:
            return
        segment = state.segments[state.customers[item.owner].segment]
        patience = c["patience_days"] * segment.patience_factor
        days = 1 + math.floor(-patience * math.log(u0))
    elif item.kind in (HIRE, CHANGE) or c["expiry_days"] == 0.0:
        return
    else:
        days = int(c["expiry_days"])
    item.deadline = state.today + min(days, HORIZON)
    state.deadlines.setdefault(item.deadline, []).append((item.uid, item.attempt))


def set_escalation(state: State, item: Item, u1: float, u2: float) -> None:
    c = state.c
    if item.kind not in (ESSENTIAL, COURTESY) or u2 >= c["escalation_share"]:
        return
    assert item.requester is not None
    wait = c["escalation_grace_days"] - c["escalation_mean_days"] * math.log(u1)
    impatience = 1.0 + c["entitlement_impatience"] * item.requester.entitlement
    days = 1 + math.floor(wait / impatience)
    if days <= HORIZON:
        due = state.escalations.setdefault(state.today + days, [])
        due.append((item.uid, item.attempt))


def draw_approvals(state: State, item: Item) -> int:
    """Charge the approvals of the stage the item is going to; the days they cost it."""
    c = state.c
    department = state.by_name[item.department]
    asks = item.stage > 0 or item.kind == ESSENTIAL
    if department.kind != SERVICE or not asks:
        return 0
    draw = block(state.seed, "item.stage", item.uid, 16 * item.attempt + item.stage)
    n = poisson(department.policy, draw.u2)
    if n == 0:
        return 0
    own = min(float(n), c["approvals_own"])
    superior = department.superior or department.name
    if superior == department.name:
        own = n
    charge(state, department.name, half_up(MICRO * c["approval_hours"] * own))
    charge(state, superior, half_up(MICRO * c["approval_hours"] * (n - own)))
    haste = 1.0 - c["approval_rank"] * department.dials.manager_metric
    return poisson(c["approval_delay"] * haste * n, draw.u3)


def class_of(state: State, item: Item, department: Department) -> int:
    if item.escalated:
        return CUSTOMER
    sight = department.dials.line_of_sight
    if item.for_customer:
        seen = department.kind == FRONT or item.sight < sight
        return CUSTOMER if seen else INTERNAL
    if item.kind == CHANNEL:
        return CUSTOMER if item.sight < department.dials.distributor_voice else INTERNAL
    if item.kind == ESSENTIAL and department.kind == SERVICE:
        assert item.requester is not None
        if state.by_name[item.requester.department].kind == FRONT and item.sight < sight / 2.0:
            return CUSTOMER
    return INTERNAL


def pace_of(c: dict[str, float], department: Department) -> float:
    """Time intended per standard hour, before any corner is cut."""
    dials = department.dials
    return (
        1.0
        + c["pace_customer_metric"] * (dials.customer_metric - 0.45)
        - c["pace_local_metric"] * (dials.local_metric - 0.40)
    )


def mean_hours(c: dict[str, float], department: Department, item: Item) -> float:
    outside, inside = department.mean_hours
    if item.kind == CHANGE:
        return c["change_hours"] * (inside if inside > 0.0 else outside)
    return outside if item.for_customer else inside


def enter_queue(state: State, item: Item) -> None:
    """Entering a stage fixes the item's class, then its time (7.2)."""
    c = state.c
    department = state.by_name[item.department]
    klass = class_of(state, item, department)
    draw = block(state.seed, "item.stage", item.uid, 16 * item.attempt + item.stage)
    z, _ = normals(draw.w0, draw.w1)
    sd = c["hours_sd_log"]
    mean = mean_hours(c, department, item)
    spread = math.exp(sd * z - sd**2 / 2.0)
    standard = max(1, half_up(MICRO * mean * spread * pooled(state, department, item)))
    pace = pace_of(c, department)
    cut = c["corner_cutting"] * (1.0 - department.dials.customer_metric)
    kept = clip(1.0 - cut * max(department.pressure - 1.0, 0.0), c["corner_floor"], 1.0)
    time = max(1, half_up(standard * department.standard * pace * kept))
    item.standard += standard
    item.time += time
    item.hours_left = time
    # What pressure cut, and only that, will erode the standard (9.6).
    department.delivered_time += time / (department.standard * pace)
    department.delivered_standard += standard
    key = queue_key(state, item, klass, HORIZON)
    put_in_queue(state, item, department, klass, key)


def rejoin_queue(state: State, item: Item) -> None:
    """Back from a dispute, with class, key and hours as they were (11.1)."""
    item.rejoins = False
    department = state.by_name[item.department]
    if item.escalated and item.klass == INTERNAL:
        put_in_queue(state, item, department, CUSTOMER, customer_key(state, item))
    else:
        put_in_queue(state, item, department, item.klass, item.key)


def put_in_queue(state: State, item: Item, department: Department, klass: int, key: int) -> None:
    state.turns += 1
    item.place = "queue"
    item.klass, item.key, item.turn = klass, key, state.turns
    insort(department.queues[klass], item, key=lambda other: (other.key, other.turn))


# --- 7.3 deadlines, 7.4 escalations


def still_waiting(state: State, uid: int, attempt: int) -> Item | None:
    """The item, if the visit that set this date has not been closed."""
    item = state.items.get(uid)
    return item if item is not None and item.attempt == attempt else None


def meet_deadlines(state: State) -> list[Item]:
    """Those whose deadline is today, in the order in which the deadlines were set."""
    due = state.deadlines.pop(state.today, [])
    return [item for uid, attempt in due if (item := still_waiting(state, uid, attempt))]


def escalate(state: State) -> None:
    hours = half_up(MICRO * state.c["escalation_hours"])
    for uid, attempt in state.escalations.pop(state.today, []):
        item = still_waiting(state, uid, attempt)
        if item is None or item.escalated:
            continue
        item.escalated = True
        department = charge(state, item.department, hours)
        if state.head is not None:
            charge(state, state.head, hours)
        tell(state, "escalated", item)
        if item.place == "queue" and item.klass == INTERNAL:
            department.queues[INTERNAL].remove(item)
            put_in_queue(state, item, department, CUSTOMER, customer_key(state, item))


# --- the end


def end(state: State, item: Item) -> None:
    """Leave wherever it is; free the requester, or the customer's one lead (7.8, 8.4)."""
    if item.place == "queue":
        state.by_name[item.department].queues[item.klass].remove(item)
    item.place = "gone"
    del state.items[item.uid]
    if item.kind == LEAD:
        state.customers[item.owner].open_lead = False
    if item.kind == OUTREACH:
        state.customers[item.owner].open_outreach = False
    if item.kind == HIRE and item.requester is not None:
        item.requester.hire_under_way = False
    seat = present(item)
    if item.kind == ESSENTIAL and seat is not None and item.opened >= 0:
        seat.open_requests -= 1
        if seat.blocking_item == item.uid:
            seat.blocking_item = None
