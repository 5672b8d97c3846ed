"""Listening: to customers, whose needs move, and to the colleagues one serves.

Claims (H16, H20, H25, H36): what is known of customers goes stale; on its way through the firm it
is delayed, blurred and filtered; suppliers who listen to those who use their work get it right.
Belief is a Kalman filter on what was heard. What a hop keeps: Nichols 1962; other rates assumed.
See docs/model.md, 11.6.
"""

from __future__ import annotations

import math

from simulation.jit import inner
from simulation.maths import sqrt
from simulation.mechanisms.base import Mechanism
from simulation.randomness import block, normal, normal_sine, stream, uniform
from simulation.work.lists import NIL
from simulation.world import (
    FRONT,
    MANAGEMENT,
    MOST_DELAY,
    NEED,
    REPORT_WEEKS,
    SHORTEN_HOPS,
    L,
    M,
    Row,
    V,
    World,
)

LISTEN = stream("listen")

MECHANISM = Mechanism(
    name="listening",
    claim="insight goes stale, fades on its way, and helps whoever listens (H16, H20, H25, H36)",
    source="Nichols 1962 for the loss at a hop; Kalman 1960; rates assumed",
    reads=("departments.dials", "departments.insight_path", "customers.taste", "segments.needs"),
    writes=("segments.belief", "segments.insight_age", "customers.experience"),
    streams=("listen",),
    columns=("heard", "insight_age_weeks"),
    counts=("heard",),
)


@inner
def reach(p: Row, listening: float) -> float:
    """Share of conversations in which one really listens."""
    return min(1.0, p.listening_reach * listening)


@inner
def hop_keeps(p: Row, line_of_sight: float) -> float:
    """Share of insight that survives a hop to a department with this line of sight."""
    return 1.0 - p.hop_loss * (1.0 - p.handoff_sight * line_of_sight)


@inner
def listening_time(world: World, j: int) -> float:
    """Share of a department's time that goes into listening."""
    department = world.departments[j]
    if not world.firm[0].on_listening or department.kind == MANAGEMENT:
        return 0.0
    return world.p[0].listening_time * department.dials[L]


@inner
def misunderstood(world: World, supplier: int) -> float:
    """Share of internal errors left where the supplier listens to those it serves."""
    p = world.p[0]
    department = world.departments[supplier]
    if not world.firm[0].on_listening or department.kind == MANAGEMENT:
        return 1.0
    return 1.0 - p.listening_care * reach(p, department.dials[L])


@inner
def noise(world: World, k: int) -> float:
    """Error of one conversation, such that certainty does not depend on the market's size."""
    return world.p[0].listening_noise * sqrt(float(world.segments[k].persons))


@inner
def report_row(world: World, j: int, k: int, week: int) -> int:
    """Row of what department j learned about segment k in a week."""
    return (j * len(world.segments) + k) * REPORT_WEEKS + week % REPORT_WEEKS


@inner
def listen(world: World, slot: int) -> None:
    """The front line has served a customer, and may have listened as well."""
    firm = world.firm[0]
    item = world.items[slot]
    here = world.departments[item.department]
    if not firm.on_listening or item.kind != NEED or item.stage > 0 or here.kind != FRONT:
        return
    p = world.p[0]
    words = block(firm.seed, LISTEN, item.uid, item.attempt)
    if uniform(words[0]) >= reach(p, here.dials[L]):
        return
    customer = world.customers[item.owner]
    customer.experience = min(1.0, customer.experience + p.heard_lift)
    world.tally[0].heard += 1
    k = customer.segment
    error = noise(world, k)
    report = world.reports[report_row(world, item.department, k, firm.week)]
    report.count += 1
    needs = world.segments[k].needs
    report.sums[0] += customer.taste[0] + needs[0] + error * normal(words[1], words[2])
    report.sums[1] += customer.taste[1] + needs[1] + error * normal_sine(words[1], words[2])


@inner
def released(survey_weeks: int, collected: int) -> int:
    """Week in which what was collected sets out: the next one, or that of the next survey."""
    if survey_weeks == 0:
        return collected + 1
    return -(-(collected + 1) // survey_weeks) * survey_weeks


@inner
def take_in(world: World, k: int, row: int, kept: float, trust: float, weeks: int) -> None:
    """One report reaches the product department: belief moves, certainty grows.

    What managers on the way replaced by their old view moves nothing, but counts as if it were
    known.
    """
    report = world.reports[row]
    if report.count > 0 and kept > 0.0:
        segment = world.segments[k]
        error = noise(world, k)
        variance = segment.belief_variance
        uncertainty = variance + error * error / (report.count * kept)
        gain = variance / uncertainty if uncertainty > 0.0 else 0.0
        for d in range(2):
            heard = report.sums[d] / report.count
            segment.belief[d] += gain * trust * (heard - segment.belief[d])
        segment.belief_variance = variance * (1.0 - gain)
        segment.insight_age = (1.0 - gain) * segment.insight_age + gain * weeks
    report.count = 0
    report.sums[0] = 0.0
    report.sums[1] = 0.0


@inner
def deliver(world: World, j: int) -> None:
    """Let a department's reports that are due reach the product department, oldest first."""
    p = world.p[0]
    firm = world.firm[0]
    department = world.departments[j]
    kept = 1.0
    trust = 1.0
    for n in range(department.insight_hops):
        dials = world.departments[department.insight_path[n]].dials
        kept *= hop_keeps(p, dials[V])
        trust *= 1.0 - dials[M]
    halved = 1.0 - 0.5 * firm.office[SHORTEN_HOPS]
    delay = min(MOST_DELAY, math.floor(p.hop_weeks * department.insight_hops * halved + 0.5))
    while released(firm.survey_weeks, department.delivered_until) + delay <= firm.week:
        collected = department.delivered_until
        for k in range(len(world.segments)):
            row = report_row(world, j, k, collected)
            take_in(world, k, row, kept, trust, firm.week - collected)
        department.delivered_until += 1


@inner
def learn_needs(world: World) -> None:
    """A week of insight: the firm grows less sure, then reports arrive."""
    firm = world.firm[0]
    if not firm.on_listening or firm.product == NIL:
        for k in range(len(world.segments)):
            segment = world.segments[k]
            for d in range(2):
                segment.belief[d] = segment.needs[d]
        return
    p = world.p[0]
    for k in range(len(world.segments)):
        segment = world.segments[k]
        segment.belief_variance += p.belief_drift * p.belief_drift
        segment.insight_age += 1.0
    for j in range(len(world.departments)):
        department = world.departments[j]
        if department.kind == FRONT and department.insight_hops != NIL:
            deliver(world, j)
