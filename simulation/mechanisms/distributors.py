"""Distributors: firms of their own between the firm and a share of its customers.

Claims (H9, and the sales side of H22): a channel that is heard pushes harder and stays; but it
speaks late, and for what is easy to sell, not for those who use the product. By assumption: that
lean *is* the claim. Rates assumed. See docs/model.md, 11.8.
"""

from __future__ import annotations

import math

import numpy as np

from simulation.agents.customer import experience_after
from simulation.jit import inner
from simulation.log import (
    ANSWERED,
    BY_DISTRIBUTOR,
    DEFECTION,
    LOSS,
    NO_CAUSE,
    NO_ITEM,
    NOWHERE,
    note,
)
from simulation.maths import exp
from simulation.mechanisms.base import Mechanism
from simulation.randomness import block, joint_uid, stream, strikes, uniform
from simulation.work.items import (
    CHANNEL_ROUTES,
    end_item,
    give_birth,
)
from simulation.work.lists import NIL
from simulation.work.seats import first_filled_seat
from simulation.world import (
    ACTIVE,
    CHANNEL,
    LOST,
    NEED,
    NEEDS_WEEKS,
    WEEKS_A_YEAR,
    D,
    Row,
    World,
)

DISTRIBUTOR_WEEK = stream("distributor.week")
DISTRIBUTOR_TAKE = stream("distributor.take")
FIRST_LINE = stream("distributor.first_line")
CHANNEL_OWNER = stream("channel.owner")

NEUTRAL_VOICE = 0.15  # mean of customer_first and internal_customer
MOST_REQUESTS = 200  # of one distributor in a week

MECHANISM = Mechanism(
    name="distributors",
    claim="a firm that takes the channel for the customer outdates its product (H9)",
    source="management writing on customers and channels; shape by assumption, rates assumed",
    reads=("departments.dials", "customers.distributor", "segments.past_needs"),
    writes=(
        "distributors.entitlement",
        "distributors.service",
        "distributors.away_until",
        "customers.status",
        "customers.experience",
    ),
    streams=(
        "item.channel",
        "distributor.traits",
        "distributor.bias",
        "distributor.week",
        "distributor.take",
        "distributor.first_line",
        "channel.owner",
    ),
    columns=("channel_requests", "channel_answered", "defections", "distributor_service"),
    counts=("channel_requests", "channel_answered", "defections"),
)


@inner
def defection_hazard(p: Row, voice: float, service: float) -> float:
    """Hazard that a distributor goes over to the competitor within a year."""
    return p.defection_rate * exp(
        -p.defection_voice * (voice - NEUTRAL_VOICE)
        - p.defection_service * (service - p.service_start)
    )


def most_requests(world: World) -> np.ndarray:
    """Most requests that each distributor can have in a week, shape (distributors,)."""
    p = world.p[0]
    most = p.channel_rate * world.distributors.customers * (1.0 + p.courtesy_entitlement) + 1.0
    return np.minimum(np.ceil(most), MOST_REQUESTS)


@inner
def is_present(world: World, i: int) -> bool:
    """Whether a distributor works with the firm; -1 stands for none."""
    return bool(i >= 0 and world.distributors[i].away_until <= world.firm[0].week)


@inner
def pushed(world: World, i: int) -> float:
    """Factor on leads of persons who buy through distributor i."""
    firm = world.firm[0]
    if not firm.on_distributors or not is_present(world, i):
        return 1.0
    return max(0.0, 1.0 + world.p[0].distributor_push * (firm.voice - NEUTRAL_VOICE))


@inner
def channel_pull(world: World, k: int) -> float:
    """Weight of the channel's voice in changes for a segment."""
    firm = world.firm[0]
    segment = world.segments[k]
    if not firm.on_distributors or segment.margin == 0:
        return 0.0
    return world.departments[firm.product].dials[D] * segment.channel_margin / segment.margin


@inner
def channel_voice(world: World, k: int, d: int) -> float:
    """What distributors say a segment needs in dimension d: late, and easy to sell."""
    week = max(0, world.firm[0].week - int(world.p[0].channel_late_weeks))
    lean = 0.0
    customers = 0
    for i in range(len(world.distributors)):
        distributor = world.distributors[i]
        if is_present(world, i):
            lean += distributor.bias[d] * distributor.customers
            customers += distributor.customers
    if customers > 0:
        lean /= customers
    return world.segments[k].past_needs[week % NEEDS_WEEKS, d] + lean


@inner
def take_along(world: World, i: int) -> None:
    """Customers of a distributor that leaves go with it, or stay and buy directly."""
    firm = world.firm[0]
    takes = world.p[0].defection_takes
    for row in range(len(world.customers)):
        customer = world.customers[row]
        if customer.status != ACTIVE or customer.distributor != i:
            continue
        if uniform(block(firm.seed, DISTRIBUTOR_TAKE, row, firm.week)[0]) < takes:
            customer.status = LOST
            customer.lost_week = firm.week
            world.tally[0].lost += 1
            note(world, LOSS, row, NOWHERE, NO_ITEM, BY_DISTRIBUTOR, takes)


@inner
def ask_as_channel(world: World, i: int, u: float) -> None:
    """A distributor's requests of the week."""
    p = world.p[0]
    firm = world.firm[0]
    anywhere = len(world.departments)
    distributor = world.distributors[i]
    wants = 1.0 + p.courtesy_entitlement * distributor.entitlement
    count = math.floor(p.channel_rate * distributor.customers * wants + u)
    for n in range(min(count, MOST_REQUESTS)):
        slot = give_birth(world, CHANNEL, 0, joint_uid(n, i), 0, CHANNEL_ROUTES, anywhere)
        item = world.items[slot]
        words = block(firm.seed, CHANNEL_OWNER, item.uid, 0)
        department = world.departments[item.department]
        start = int(uniform(words[0]) * (department.end_seat - department.first_seat))
        owner = first_filled_seat(world, item.department, start)
        item.aim = i
        item.owner = max(owner, 0)
        item.generation = world.employees[item.owner].generation
        if owner == NIL:
            end_item(world, slot)
        else:
            world.tally[0].channel_requests += 1


@inner
def deal_with_channel(world: World) -> None:
    """A week of every distributor that is present: expectations, loyalty, requests."""
    firm = world.firm[0]
    total = 0.0
    for j in range(len(world.departments)):
        total += world.departments[j].dials[D]
    firm.voice = total / len(world.departments)
    if not firm.on_distributors:
        return
    p = world.p[0]
    anywhere = len(world.departments)
    asks = (
        world.route_first[CHANNEL_ROUTES, anywhere, 1]
        > world.route_first[CHANNEL_ROUTES, anywhere, 0]
    )
    for i in range(len(world.distributors)):
        if not is_present(world, i):
            continue
        distributor = world.distributors[i]
        distributor.entitlement -= p.entitlement_decay * distributor.entitlement
        words = block(firm.seed, DISTRIBUTOR_WEEK, i, firm.week)
        hazard = defection_hazard(p, firm.voice, distributor.service) / WEEKS_A_YEAR
        if strikes(uniform(words[0]), hazard):
            distributor.away_until = firm.week + int(p.defection_weeks)
            world.tally[0].defections += 1
            note(world, DEFECTION, i, NOWHERE, NO_ITEM, NO_CAUSE, 0.0)
            take_along(world, i)
        elif asks:
            ask_as_channel(world, i, uniform(words[1]))


@inner
def answered(world: World, slot: int) -> bool:
    """Let the distributor answer a need that comes up; True if it did and the item is gone."""
    firm = world.firm[0]
    item = world.items[slot]
    if not firm.on_distributors or item.kind != NEED:
        return False
    customer = world.customers[item.owner]
    if not is_present(world, customer.distributor):
        return False
    p = world.p[0]
    u = uniform(block(firm.seed, FIRST_LINE, item.uid, 0)[0])
    if u >= p.first_line * world.distributors[customer.distributor].quality:
        return False
    customer.experience = experience_after(p, customer.experience, 1.0)
    world.tally[0].channel_answered += 1
    note(world, ANSWERED, item.owner, item.department, item.uid, NO_CAUSE, 0.0)
    end_item(world, slot)
    return True


@inner
def learn_from_service(world: World, slot: int, in_time: bool, failed: bool) -> None:
    """A distributor's request has ended: in time or not; failed if it never was done."""
    item = world.items[slot]
    if item.kind != CHANNEL or not world.firm[0].on_distributors:
        return
    p = world.p[0]
    distributor = world.distributors[item.aim]
    if in_time:
        distributor.service += p.service_weight * (1.0 - distributor.service)
        heard = world.departments[item.department].dials[D]
        distributor.entitlement += p.entitlement_gain * heard * (1.0 - distributor.entitlement)
        return
    distributor.service -= p.service_weight * distributor.service
    if failed:
        distributor.entitlement -= p.entitlement_refusal * distributor.entitlement
