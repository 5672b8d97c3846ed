"""Distributors: a first line, leads, requests, a voice, and a second loyalty (section 11.8)."""

from __future__ import annotations

import math

from .birth import belongs_to, conceive, register, tell
from .draws import block, clip, normals
from .lessons import somebody
from .market import Distributor, Segment
from .prices import is_present, voice
from .state import (
    ACTIVE,
    CHANNEL,
    LOST,
    NEED,
    NEUTRAL_VOICE,
    Detail,
    Item,
    State,
)
from .world import feel

MOST_REQUESTS = 200  # of one distributor in a week


def draw_distributors(seed: int, c: dict[str, float], count: int) -> list[Distributor]:
    """They differ in quality, and all lean towards what is easy to sell."""
    angle = 2.0 * math.pi * block(seed, "distributor.bias", 0, 0).u0
    result = []
    for row in range(count):
        draw = block(seed, "distributor.traits", row, 0)
        z, _ = normals(draw.w0, draw.w1)
        size = c["distributor_bias"] * (0.5 + draw.u2)
        result.append(
            Distributor(
                row=row,
                quality=clip(c["distributor_quality"] + c["distributor_quality_sd"] * z, 0.0, 1.0),
                bias=(size * math.cos(angle), size * math.sin(angle)),
                entitlement=c["entitlement_start"],
                service=c["service_start"],
            )
        )
    return result


def live_with_distributors(state: State) -> None:
    """Weekly, after standards."""
    if not state.on("distributors"):
        return
    for distributor in state.distributors:
        if not is_present(state, distributor.row):
            continue
        distributor.entitlement -= state.c["entitlement_decay"] * distributor.entitlement
        draw = block(state.seed, "distributor.week", distributor.row, state.week)
        if draw.u0 < 1.0 - math.exp(-hazard(state, distributor)):
            defect(state, distributor)
        else:
            ask_for_favours(state, distributor, draw.u1)


def hazard(state: State, distributor: Distributor) -> float:
    """That it goes over to the competitor: a rate a week."""
    c = state.c
    heard = c["defection_voice"] * (voice(state) - NEUTRAL_VOICE)
    served = c["defection_service"] * (distributor.service - c["service_start"])
    return c["defection_rate"] / 52.0 * math.exp(-heard - served)


def defect(state: State, distributor: Distributor) -> None:
    c, t = state.c, state.week
    distributor.away_until = t + int(c["defection_weeks"])
    state.tally["defections"] += 1
    state.tell("defection", distributor.row, detail=Detail("", 0.0))
    for person in state.customers:
        if person.status == ACTIVE and person.distributor == distributor.row:
            if block(state.seed, "distributor.take", person.uid, t).u0 < c["defection_takes"]:
                person.status, person.lost_week = LOST, t
                taken = Detail("distributor", c["defection_takes"])
                state.tell("loss", person.uid, detail=taken)


def ask_for_favours(state: State, distributor: Distributor, u1: float) -> None:
    if not state.routes[CHANNEL]:
        return
    c = state.c
    eagerness = 1.0 + c["courtesy_entitlement"] * distributor.entitlement
    wishes = math.floor(c["channel_rate"] * distributor.customers * eagerness + u1)
    for n in range(min(wishes, MOST_REQUESTS)):
        item, day, _ = conceive(state, CHANNEL, n + 2**32 * distributor.row, 0, -1)
        u0 = block(state.seed, "channel.owner", item.uid, 0).u0
        seat = somebody(state.by_name[item.route[0]], u0)
        if seat is not None:
            belongs_to(item, seat)
            item.distributor = distributor.row
            state.tally["channel_requests"] += 1
            register(state, item, day)


def learn_from_the_firm(state: State, item: Item, resolved: bool) -> None:
    """A request of the channel has ended; only what is granted in time was service."""
    if item.kind != CHANNEL:
        return
    c, distributor = state.c, state.distributors[item.distributor]
    if resolved and state.today - item.opened <= c["promise_days"]:
        heard = state.by_name[item.department].dials.distributor_voice
        distributor.service += c["service_weight"] * (1.0 - distributor.service)
        distributor.entitlement += c["entitlement_gain"] * heard * (1.0 - distributor.entitlement)
        return
    distributor.service -= c["service_weight"] * distributor.service
    if not resolved:  # given up or expired
        distributor.entitlement -= c["entitlement_refusal"] * distributor.entitlement


def is_answered(state: State, item: Item) -> bool:
    """Whether the distributor answers a need itself, at its first coming; the customer feels it."""
    if not state.on("distributors") or item.kind != NEED or item.attempt > 0:
        return False
    person = state.customers[item.owner]
    if not is_present(state, person.distributor):
        return False
    able = state.c["first_line"] * state.distributors[person.distributor].quality
    if block(state.seed, "distributor.first_line", item.uid, 0).u0 >= able:
        return False
    feel(state.c, person, 1.0)
    state.tally["channel_answered"] += 1
    tell(state, "answered", item, Detail("", 0.0))
    return True


# --- what they say about needs


def pull(state: State, segment: Segment) -> float:
    """How much the offer follows the channel instead of what is known of the customers."""
    if not state.on("distributors") or state.product is None:
        return 0.0
    return state.by_name[state.product].dials.distributor_voice * segment.carried


def told_by_channel(state: State, segment: Segment) -> list[float]:
    """Needs as they were, bent towards what is easy to sell."""
    week = state.week - int(state.c["channel_late_weeks"])
    needs = segment.remembered[week] if week >= 0 else segment.needs_at_start
    here = [one for one in state.distributors if is_present(state, one.row)]
    customers = sum(one.customers for one in here)
    if customers == 0:
        return list(needs)
    return [
        needs[x] + sum(one.customers * one.bias[x] for one in here) / customers for x in range(2)
    ]


def count_the_market(state: State) -> None:
    """At the start, and when a week closes: where the margin comes from, and through whom."""
    total = [0] * len(state.segments)
    carried = [0] * len(state.segments)
    for distributor in state.distributors:
        distributor.customers = 0
    for person in state.customers:
        if person.status != ACTIVE:
            continue
        total[person.segment] += person.margin
        if person.distributor >= 0:
            state.distributors[person.distributor].customers += 1
            if is_present(state, person.distributor):
                carried[person.segment] += person.margin
    everywhere = sum(total)
    for segment, own, through in zip(state.segments, total, carried, strict=True):
        segment.value = own / everywhere if everywhere > 0 else 1.0 / len(state.segments)
        segment.carried = through / own if own > 0 else 0.0
