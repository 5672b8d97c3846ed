"""The favour that became a right: entitlement of those who ask, resentment of those who serve.

Claims (H11, H42, H43): people treated as customers by their colleagues learn to expect it; those
who can neither decline nor leave come to resent it. Both are learned from events, one by one, so
that they depend on what happened and not on the dials alone. No published rates exist: all are
assumed. Pooling, the benefit of captivity, is here with its price. See docs/model.md, 11.3.
"""

from __future__ import annotations

from simulation.agents.department import NEUTRAL_CAPTIVITY
from simulation.jit import inner
from simulation.log import DECLINED, NO_CAUSE, note
from simulation.maths import round_half_up
from simulation.mechanisms.base import Mechanism
from simulation.randomness import block, stream, uniform
from simulation.work.items import end_item, stage_ordinal
from simulation.work.lists import NIL
from simulation.work.seats import first_filled_seat, headcount
from simulation.world import (
    COURTESY,
    CUSTOMER_LINKED,
    ESSENTIAL,
    NEED,
    SERVICE,
    C,
    H,
    K,
    Row,
    V,
    World,
)

COURTESY_DECLINE = stream("courtesy.decline")
HANDLER = stream("handler")

MECHANISM = Mechanism(
    name="entitlement",
    claim="internal customers grow entitled, captive suppliers resentful (H11, H42, H43)",
    source="management writing on internal customers; reinforcement by events, rates assumed",
    reads=(
        "departments.pressure",
        "departments.last_utilisation",
        "departments.dials",
        "items.escalated",
    ),
    writes=("employees.entitlement", "employees.resentment"),
    streams=("courtesy.decline", "handler"),
    columns=("favours", "declined", "resented", "entitlement", "resentment"),
    counts=("favours", "declined", "resented"),
)


@inner
def entitlement_after_success(p: Row, entitlement: float, courtesy: float, share: float) -> float:
    """Entitlement after a favour or escalation that worked; `share` is less than 1 for hearsay."""
    return entitlement + share * p.entitlement_gain * courtesy * (1.0 - entitlement)


@inner
def resentment_after_imposition(
    p: Row, resentment: float, captivity: float, pressure: float
) -> float:
    """Resentment after a favour or escalation that one could not decline."""
    over = max(pressure - p.resentment_pressure, 0.0)
    lesson = min(1.0, p.resentment_gain * captivity * over)
    return resentment + lesson * (1.0 - resentment)


@inner
def decline_probability(captivity: float, utilisation: float) -> float:
    """Probability that a supplier who may say no does so."""
    return (1.0 - captivity) * min(1.0, utilisation)


@inner
def pooled_hours(world: World, j: int) -> float:
    """Hours of internal work at a department, relative to the neutral firm: pooling saves."""
    department = world.departments[j]
    if not world.firm[0].on_entitlement or department.kind != SERVICE:
        return 1.0
    pooling = world.p[0].pooling
    return (1.0 - pooling * department.dials[K]) / (1.0 - NEUTRAL_CAPTIVITY * pooling)


@inner
def handler(world: World, item: Row) -> int:
    """Row of the seat whose holder handled the item's present stage, `NIL` for nobody."""
    department = world.departments[item.department]
    words = block(world.firm[0].seed, HANDLER, item.uid, stage_ordinal(item))
    start = int(uniform(words[0]) * (department.end_seat - department.first_seat))
    return first_filled_seat(world, item.department, start)


@inner
def declined(world: World, slot: int) -> bool:
    """Let the supplier of a new courtesy request say no; True if it did and the item is gone."""
    firm = world.firm[0]
    item = world.items[slot]
    if not firm.on_entitlement or item.kind != COURTESY:
        return False
    p = world.p[0]
    j = item.department
    supplier = world.departments[j]
    words = block(firm.seed, COURTESY_DECLINE, item.uid, 0)
    chance = decline_probability(supplier.dials[K], supplier.last_utilisation)
    if uniform(words[0]) >= chance:
        return False
    seat = world.employees[item.owner]
    world.tally[0].declined += 1
    if uniform(words[1]) < p.outside_share:
        price = p.outside_price * supplier.hours_internal * supplier.hourly_rate
        world.tally[0].outside += round_half_up(price)
    if seat.filled and seat.generation == item.generation:
        seat.entitlement -= p.entitlement_refusal * seat.entitlement
    note(world, DECLINED, seat.uid, j, item.uid, NO_CAUSE, 0.0)
    end_item(world, slot)
    return True


@inner
def learn_from_success(world: World, slot: int) -> None:
    """A favour or an escalation was done right: those who asked, or hear of it, learn."""
    item = world.items[slot]
    escalated = item.kind == ESSENTIAL and item.escalated
    if not world.firm[0].on_entitlement or not (item.kind == COURTESY or escalated):
        return
    p = world.p[0]
    seat = world.employees[item.owner]
    courtesy = world.handover[world.routes[item.route].path[0], seat.department]
    world.tally[0].favours += 1
    if seat.filled and seat.generation == item.generation:
        seat.entitlement = entitlement_after_success(p, seat.entitlement, courtesy, 1.0)
    if not item.escalated:
        return
    department = world.departments[seat.department]
    colleagues = headcount(world, seat.department) - seat.filled
    share = p.precedent * min(1.0, p.precedent_circle / max(1, colleagues))
    for row in range(department.first_seat, department.end_seat):
        colleague = world.employees[row]
        if row != item.owner and colleague.filled:
            colleague.entitlement = entitlement_after_success(
                p, colleague.entitlement, courtesy, share
            )


@inner
def learn_from_handling(world: World, slot: int) -> None:
    """Whoever has just handled a favour or an escalation under pressure resents it."""
    item = world.items[slot]
    if not world.firm[0].on_entitlement or not (item.kind == COURTESY or item.escalated):
        return
    p = world.p[0]
    department = world.departments[item.department]
    row = handler(world, item)
    if row == NIL:
        return
    seat = world.employees[row]
    before = seat.resentment
    seat.resentment = resentment_after_imposition(
        p, before, department.dials[K], department.pressure
    )
    world.tally[0].resented += seat.resentment > before


@inner
def learn_from_result(world: World, slot: int) -> None:
    """Whoever sees the customer's need resolved resents less."""
    item = world.items[slot]
    if not world.firm[0].on_entitlement or item.kind != NEED or item.klass != CUSTOMER_LINKED:
        return
    row = handler(world, item)
    if row != NIL:
        sight = world.departments[item.department].dials[V]
        seat = world.employees[row]
        seat.resentment -= world.p[0].resentment_relief * sight * seat.resentment


@inner
def calm_down(world: World, row: int) -> None:
    """A week passes: expectations fade, recognition heals."""
    if not world.firm[0].on_entitlement:
        return
    p = world.p[0]
    seat = world.employees[row]
    dials = world.departments[seat.department].dials
    recognition = dials[H] + 0.5 * dials[C]
    seat.entitlement -= p.entitlement_decay * seat.entitlement
    seat.resentment -= p.resentment_relief * recognition * seat.resentment
