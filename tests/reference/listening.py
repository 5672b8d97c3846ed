"""Listening, and the way that insight takes to those who design the offer (section 11.6)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

from .draws import block, normals
from .market import Report, Segment
from .state import FRONT, MANAGEMENT, NEED, Department, Item, State

LONGEST_DELAY = 64  # weeks


# --- who tells whom


def product_of(legs: Iterable[tuple[str, str]]) -> str | None:
    """The alphabetically first of those that are told things and tell nobody."""
    tellers = {source for source, _ in legs}
    return min((target for _, target in legs if target not in tellers), default=None)


def insight_path(legs: Iterable[tuple[str, str]], start: str, end: str) -> tuple[str, ...] | None:
    """The shortest way, without its start; of equally short ones the alphabetically first."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    while ways:
        arrived = [way for way in ways if way[-1] == end]
        if arrived:
            return min(arrived)[1:]
        longer = {(*way, target) for way in ways for source, target in legs if source == way[-1]}
        ways = sorted(way for way in longer if way[-1] not in seen)
        seen |= {way[-1] for way in ways}
    return None


def without_steps_in_place(origin: str, path: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(target for source, target in pairwise((origin, *path)) if target != source)


# --- what it costs, and what it is worth to those one deals with


def dial_of_listening(state: State, department: Department) -> float:
    """l of a front or service department; management does not listen, nobody where it is off."""
    if not state.on("listening") or department.kind == MANAGEMENT:
        return 0.0
    return department.dials.listening


def reach(state: State, department: Department) -> float:
    return min(1.0, state.c["listening_reach"] * dial_of_listening(state, department))


def errors_left(state: State, item: Item) -> float:
    """Factor on the probability that an internal item comes out wrong."""
    return 1.0 - state.c["listening_care"] * reach(state, state.by_name[item.route[0]])


def noise(state: State, segment: Segment) -> float:
    """Of one conversation; the same for the whole market, whatever its size."""
    return state.c["listening_noise"] * math.sqrt(segment.persons)


def hear(state: State, item: Item) -> None:
    """The first stage of a need is finished: whoever met the customer may have listened."""
    department = state.by_name[item.department]
    if item.kind != NEED or item.stage > 0 or department.kind != FRONT:
        return
    draw = block(state.seed, "listen", item.uid, item.attempt)
    if draw.u0 >= reach(state, department):
        return
    person = state.customers[item.owner]
    segment = state.segments[person.segment]
    person.experience = min(1.0, person.experience + state.c["heard_lift"])
    state.tally["heard"] += 1
    week = department.reports.setdefault(state.week, [Report() for _ in state.segments])
    report = week[person.segment]
    report.count += 1
    for x, error in enumerate(normals(draw.w1, draw.w2)):
        report.sums[x] += person.taste[x] + segment.needs[x] + noise(state, segment) * error


# --- insight


def gain_insight(state: State) -> None:
    """Weekly, after the week's weather."""
    if not state.on("listening") or state.product is None:
        for segment in state.segments:
            segment.belief = list(segment.needs)
        return
    for segment in state.segments:
        segment.variance += state.c["belief_drift"] ** 2
        segment.age += 1.0
    for department in state.departments:
        if department.kind == FRONT and department.insight_path is not None:
            while state.week >= arrival(state, department.insight_path, department.delivered):
                deliver(state, department, department.insight_path)


def arrival(state: State, path: tuple[str, ...], written: int) -> int:
    """The week in which the report of a week arrives."""
    released = written + 1
    released += -released % state.insight_every
    shortened = 1.0 - state.strength("shorten_hops") / 2.0
    delay = math.floor(state.c["hop_weeks"] * len(path) * shortened + 0.5)
    return released + min(LONGEST_DELAY, delay)


def deliver(state: State, department: Department, path: tuple[str, ...]) -> None:
    written = department.delivered
    department.delivered += 1
    reports = department.reports.pop(written, [])
    kept = trust = 1.0
    for name in path:
        dials = state.by_name[name].dials
        seen = state.c["handoff_sight"] * dials.line_of_sight
        kept *= 1.0 - state.c["hop_loss"] * (1.0 - seen)
        trust *= 1.0 - dials.manager_metric
    for segment, report in zip(state.segments, reports, strict=False):
        if report.count > 0:
            mean = [total / report.count for total in report.sums]
            error = noise(state, segment)
            learn(segment, mean, report.count * kept, error, trust, state.week - written)


def learn(
    segment: Segment, mean: list[float], n: float, error: float, trust: float, age: int
) -> None:
    """A Kalman step, with what managers filter out counted as if it had been told."""
    gain = 0.0
    if n > 0.0:
        r = error**2 / n
        gain = segment.variance / (segment.variance + r) if segment.variance + r > 0.0 else 0.0
    for x in range(2):
        segment.belief[x] += gain * trust * (mean[x] - segment.belief[x])
    segment.variance *= 1.0 - gain
    segment.age = (1.0 - gain) * segment.age + gain * age
