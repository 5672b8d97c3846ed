"""What the scenario lets happen to the firm and its market (section 11.12)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .draws import block, half_up
from .lessons import host
from .market import Segment, Spell
from .merger import merge
from .people import dismiss_above_target
from .relearning import unlearn
from .state import Department, Detail, State

if TYPE_CHECKING:
    from simulation.scenario import Scenario
    from simulation.scenario_events import Event

DEEPEST_CUT = 0.9
LEAST_WORTH = 0.05


def let_happen(state: State, scenario: Scenario) -> None:
    """A week opens, before anything else of it."""
    for event in scenario.events:
        if event.week == state.week:
            place = event.cut or ""
            state.tell(event.kind, -1, place, detail=Detail("", size_of(event)))
            happen(state, scenario, event)


def size_of(event: Event) -> float:
    """The one number that the log notes of an event."""
    size = {
        "cut": event.share,
        "need_shift": event.size,
        "competitor_entry": event.strength,
        "merger": 0.0,
        "regime": 0.0,
    }.get(event.kind, getattr(event, event.kind))
    return float(size)


def happen(state: State, scenario: Scenario, event: Event) -> None:
    if event.cut is not None and event.share is not None:
        cut(state, state.by_name[event.cut], event.share)
    if event.budget_round is not None:
        cut_all_budgets(state, event.budget_round)
    if event.need_shift is not None and event.size is not None:
        segment = segment_named(state, event.need_shift)
        move_needs(segment, event.size, angle_of(state, segment, event.direction))
    if event.competitor_entry is not None and event.strength is not None:
        segment = segment_named(state, event.competitor_entry)
        for x in range(2):
            gap = segment.needs[x] - segment.competitor[x]
            segment.competitor[x] += event.strength * gap
        segment.boost += event.strength
    if event.technology_change is not None:
        angle = drawn_angle(state, 0)
        for segment in state.segments:
            move_needs(segment, event.technology_change, angle)
        for department in state.departments:
            loss = state.c["technology_loss"] * event.technology_change
            unlearn(state, department, loss)
    if event.merger is not None:
        merge(state, scenario, *event.merger)
    if event.weeks is not None:
        pass_by(state, event, state.week + event.weeks)


def pass_by(state: State, event: Event, until: int) -> None:
    """What lasts some weeks; a later one of its sort replaces it."""
    if event.demand_surge is not None:
        state.surge = Spell(event.demand_surge, until)
    if event.price_war is not None:
        assert event.match is not None
        state.price_war = Spell(event.price_war, until, event.match)
    if event.recession is not None:
        state.recession = Spell(event.recession, until)


# --- cuts


def cut(state: State, department: Department, share: float) -> None:
    left = max(1, math.floor(department.plan * (1.0 - share)))
    lose_seats(state, department, department.plan - left)


def lose_seats(state: State, department: Department, seats: int) -> None:
    department.plan -= seats
    department.target = max(1, department.target - seats)
    dismiss_above_target(state, department)


def worth(state: State, department: Department) -> float:
    """What management sees of it: work for customers where that is measured, else figures."""
    department = host(state, department.name)
    a, v = department.dials.customer_metric, department.dials.line_of_sight
    linked = 0.0
    if department.week_work > 0:
        linked = department.week_customer_work / department.week_work
    reported = department.reported if department.reported >= 0.0 else 1.0
    return max(LEAST_WORTH, a * v * linked + (1.0 - a) * reported)


def shares_of_a_budget_round(state: State, share: float) -> list[float]:
    """Together they save the share asked for, most where least worth is seen."""
    wages = [d.plan * d.wage for d in state.departments]
    worths = [worth(state, d) for d in state.departments]
    weighted = sum(wage / value for wage, value in zip(wages, worths, strict=True))
    return [min(DEEPEST_CUT, share * (1.0 / value) * sum(wages) / weighted) for value in worths]


def in_whole_seats(plans: list[int], shares: list[float]) -> list[int]:
    """Largest remainders: the sum is right, and nobody loses the last seat."""
    exact = [plan * share for plan, share in zip(plans, shares, strict=True)]
    whole = [math.floor(seats) for seats in exact]
    more = half_up(sum(exact)) - sum(whole)
    nearest = sorted(range(len(plans)), key=lambda row: (whole[row] - exact[row], row))
    for row in nearest:
        if more > 0 and plans[row] - whole[row] >= 2:
            whole[row] += 1
            more -= 1
    return [min(seats, plan - 1) for seats, plan in zip(whole, plans, strict=True)]


def cut_all_budgets(state: State, share: float) -> None:
    shares = shares_of_a_budget_round(state, share)
    seats = in_whole_seats([d.plan for d in state.departments], shares)
    for department, own in zip(state.departments, seats, strict=True):
        lose_seats(state, department, own)
    if not state.on("customer_office"):
        return
    kept = max(0.0, 1.0 - share * (3.0 - 2.0 * state.strength("protect_budgets")))
    for department in state.departments:
        department.kept *= kept


# --- needs


def segment_named(state: State, name: str) -> Segment:
    return next(segment for segment in state.segments if segment.name == name)


def drawn_angle(state: State, uid: int) -> float:
    return 2.0 * math.pi * block(state.seed, "event.direction", uid, state.week).u0


def angle_of(state: State, segment: Segment, degrees: float | None) -> float:
    return drawn_angle(state, segment.key) if degrees is None else math.radians(degrees)


def move_needs(segment: Segment, size: float, angle: float) -> None:
    segment.needs[0] += size * math.cos(angle)
    segment.needs[1] += size * math.sin(angle)
