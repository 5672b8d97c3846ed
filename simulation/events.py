"""What happens to a firm because the scenario says so (docs/model.md, 11.12).

Events are rare, so they are plain Python on the firm's tables. Changes of regime are not here: they
are part of the regime's schedule (`Scenario.effective_regime`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from simulation import org_graph
from simulation.log import NO_CAUSE, NO_ITEM, NOBODY, NOWHERE, SCENARIO_EVENT, note
from simulation.maths import cos, sin
from simulation.mechanisms.measurement import UNKNOWN
from simulation.mechanisms.relearning import unsettle
from simulation.merger import merge
from simulation.people import cut_seats
from simulation.randomness import TWO_PI, block, stream, uniform
from simulation.scenario import Scenario
from simulation.scenario_events import Event
from simulation.work.lists import NIL
from simulation.world import PROTECT_BUDGETS, A, Row, V, World

EVENT_DIRECTION = stream("event.direction")
Names = tuple[str, ...]

LEAST_WORTH = 0.05  # of a department, in a budget round
MOST_CUT = 0.9  # of a department, in a budget round
_FULL_TURN = 360.0


def take_place(world: World, scenario: Scenario, names: Names) -> None:
    """Let the scenario's events of the week that opens happen.

    Parameters
    ----------
    world : World
        The firm's tables, changed in place.
    scenario : Scenario
        Its events, segments and graph.
    names : tuple of str
        Departments, in the order of their rows.
    """
    week = world.firm[0].week
    _end_spells(world)
    for event in scenario.events:
        if event.week == week:
            place = NOWHERE if event.cut is None else names.index(event.cut)
            kind = SCENARIO_EVENT[event.kind]
            note(world, kind, NOBODY, place, NO_ITEM, NO_CAUSE, event.magnitude)
            _HAPPENS[event.kind](world, scenario, names, event)


def _end_spells(world: World) -> None:
    """Surges, price wars and recessions that are over."""
    firm = world.firm[0]
    if firm.week >= firm.surge_until:
        firm.surge = 0.0
    if firm.week >= firm.war_until:
        firm.price = firm.competitor_price = 1.0
    if firm.week >= firm.recession_until:
        firm.usage = 1.0


def _end(event: Event) -> int:
    """Week in which a spell is over."""
    return event.week + (event.weeks or 0)


def _segment(world: World, scenario: Scenario, name: str | None) -> Row:
    return world.segments[[s.name for s in scenario.market.segments].index(str(name))]


def _cut(world: World, scenario: Scenario, names: Names, event: Event) -> None:
    j = names.index(str(event.cut))
    plan = int(world.departments[j].plan)
    cut_seats(world, j, plan - max(1, math.floor(plan * (1.0 - event.magnitude))))


def worth_seen(world: World, j: int) -> float:
    """What management can see of a department's worth: its customers, or its own report."""
    department = world.departments[j]
    if department.host != NIL:
        department = world.departments[department.host]
    linked = 0.0
    if department.week_work > 0:
        linked = department.week_linked_work / department.week_work
    reported = 1.0 if department.reported == UNKNOWN else department.reported
    metric = department.dials[A]
    worth = metric * department.dials[V] * linked + (1.0 - metric) * reported
    return float(max(LEAST_WORTH, worth))


def whole_seats(plans: Sequence[int], shares: Sequence[float]) -> list[int]:
    """Seats that each department loses: whole ones, by largest remainder, never the last one."""
    wanted = [plan * share for plan, share in zip(plans, shares, strict=True)]
    seats = [math.floor(seat) for seat in wanted]
    left = math.floor(sum(wanted) + 0.5) - sum(seats)
    remainders = sorted(range(len(plans)), key=lambda j: (seats[j] - wanted[j], j))
    for j in [j for j in remainders if seats[j] + 1 < plans[j]][:left]:
        seats[j] += 1
    return [min(seat, plan - 1) for seat, plan in zip(seats, plans, strict=True)]


def _budget_round(world: World, scenario: Scenario, names: Names, event: Event) -> None:
    departments, firm = world.departments, world.firm[0]
    worth = [worth_seen(world, j) for j in range(len(names))]
    total = weighted = 0.0
    for j in range(len(names)):
        wages = float(departments[j].plan * departments[j].weekly_wage)
        total += wages
        weighted += wages / worth[j]
    shares = [min(MOST_CUT, event.magnitude / seen * total / weighted) for seen in worth]
    for j, seats in enumerate(whole_seats(departments.plan.tolist(), shares)):
        cut_seats(world, j, seats)
    if firm.on_customer_office:
        protected = event.magnitude * (3.0 - 2.0 * firm.office[PROTECT_BUDGETS])
        departments.projects_kept *= max(0.0, 1.0 - protected)


def _shift(segment: Row, size: float, angle: float) -> None:
    segment.needs[0] += size * cos(angle)
    segment.needs[1] += size * sin(angle)


def _drawn_angle(world: World, uid: int) -> float:
    firm = world.firm[0]
    return TWO_PI * uniform(block(firm.seed, EVENT_DIRECTION, uid, firm.week)[0])


def _need_shift(world: World, scenario: Scenario, names: Names, event: Event) -> None:
    segment = _segment(world, scenario, event.need_shift)
    if event.direction is None:
        angle = _drawn_angle(world, segment.name_key)
    else:
        angle = event.direction / _FULL_TURN * TWO_PI
    _shift(segment, event.magnitude, angle)


def _competitor_entry(world: World, scenario: Scenario, names: Names, event: Event) -> None:
    segment = _segment(world, scenario, event.competitor_entry)
    for d in range(2):
        gap = segment.needs[d] - segment.competitor[d]
        segment.competitor[d] += event.magnitude * gap
    segment.competitor_boost += event.magnitude


def _demand_surge(world: World, scenario: Scenario, names: Names, event: Event) -> None:
    firm = world.firm[0]
    firm.surge, firm.surge_until = event.magnitude, _end(event)


def _price_war(world: World, scenario: Scenario, names: Names, event: Event) -> None:
    firm = world.firm[0]
    firm.competitor_price = 1.0 - event.magnitude
    firm.price = 1.0 - (event.match or 0.0) * event.magnitude
    firm.war_until = _end(event)


def _recession(world: World, scenario: Scenario, names: Names, event: Event) -> None:
    firm = world.firm[0]
    firm.usage, firm.recession_until = 1.0 - event.magnitude, _end(event)


def _technology_change(world: World, scenario: Scenario, names: Names, event: Event) -> None:
    angle = _drawn_angle(world, 0)
    for segment in world.segments:
        _shift(segment, event.magnitude, angle)
    unsettle(world, world.p[0].technology_loss * event.magnitude)


def _merger(world: World, scenario: Scenario, names: Names, event: Event) -> None:
    host, guest = (names.index(name) for name in event.merger or ())
    merge(world, host, guest)
    departments = world.departments
    part_of = {
        name: names[department.host]
        for name, department in zip(names, departments, strict=True)
        if department.host != NIL
    }
    hops = org_graph.hops_to_customer(org_graph.build(scenario, part_of))
    for name, department in zip(names, departments, strict=True):
        department.hops = hops.get(part_of.get(name, name), org_graph.HOPS_WITHOUT_A_WAY)
    loss = np.zeros(len(names))
    loss[[host, guest]] = world.p[0].merger_loss
    unsettle(world, loss)


def _regime(world: World, scenario: Scenario, names: Names, event: Event) -> None:
    pass  # the schedule brings the dials


_HAPPENS: Mapping[str, Callable[[World, Scenario, Names, Event], None]] = {
    "cut": _cut,
    "budget_round": _budget_round,
    "need_shift": _need_shift,
    "competitor_entry": _competitor_entry,
    "demand_surge": _demand_surge,
    "price_war": _price_war,
    "recession": _recession,
    "technology_change": _technology_change,
    "merger": _merger,
    "regime": _regime,
}
