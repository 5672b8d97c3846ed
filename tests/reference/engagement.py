"""Engagement: sight, tools, care, clarity, and what wears them down (section 11.5)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from .draws import clip, half_up
from .lessons import present
from .state import ESSENTIAL, FRONT, NO_WAY, Department, Item, Seat, State

if TYPE_CHECKING:
    from simulation.scenario import Scenario


NO_MERGERS: Mapping[str, str] = MappingProxyType({})


def hops_to_customers(scenario: Scenario, hosts: Mapping[str, str] = NO_MERGERS) -> dict[str, int]:
    """Least edges from a department to a segment, by `serves` and, last, `touches`.

    A department merged into another has no edges: they are its host's, and so are its hops.
    """

    def host(name: str) -> str:
        while name in hosts:
            name = hosts[name]
        return name

    organisation = scenario.organisation
    names = {department.name for department in organisation.departments}
    edges = {(host(edge.supplier), host(edge.requester)) for edge in organisation.serves}
    result = {host(touch.source): 1 for touch in organisation.touches if touch.source in names}
    frontier = set(result)
    distance = 1
    while frontier:
        distance += 1
        suppliers = {supplier for supplier, requester in edges if requester in frontier}
        frontier = suppliers - result.keys()
        result.update(dict.fromkeys(frontier, distance))
    return {name: result.get(host(name), NO_WAY) for name in names}


def move_engagement(state: State) -> None:
    """Weekly, after incidents, while last week's counters still stand."""
    if "engagement" not in state.mechanisms:
        return
    for department in state.departments:
        for seat in department.seats:
            if seat.filled:
                gap = target(state.c, department, seat) - seat.engagement
                seat.engagement += gap / state.c["engagement_weeks"]


def target(c: dict[str, float], department: Department, seat: Seat) -> float:
    sight = department.dials.line_of_sight
    return clip(
        c["engagement_base"]
        + c["engagement_sight"] * sight ** (1.0 + department.hops / 2.0)
        + c["engagement_tools"] * seat.tools
        + c["engagement_care"] * department.dials.care
        + c["engagement_clarity"] * clarity(c, department)
        - c["engagement_resentment"] * seat.resentment
        - c["engagement_fatigue"] * seat.fatigue,
        0.0,
        1.0,
    )


def clarity(c: dict[str, float], department: Department) -> float:
    """Knowing whom one serves; disputes blur it."""
    dials = department.dials
    known = dials.customer_metric
    if department.kind != FRONT:
        known = max(dials.colleague_as_customer, dials.customer_metric * dials.line_of_sight)
    if department.week_regular > 0:
        disputed = department.week_disputes / department.week_regular
        known -= c["clarity_disputes"] * disputed
    return max(known, 0.0)


def learn_from_help(state: State, item: Item, resolved: bool) -> None:
    """An essential item has ended, other than by being cancelled."""
    seat = present(item)
    if "engagement" not in state.mechanisms or item.kind != ESSENTIAL or seat is None:
        return
    in_time = state.today - item.opened <= state.c["promise_days"]
    x = 1.0 if resolved and in_time else 0.0
    seat.tools += state.c["tools_weight"] * (x - seat.tools)


def perks(state: State, department: Department) -> int:
    """What a week of care costs."""
    if "engagement" not in state.mechanisms:
        return 0
    wages = department.filled * department.wage
    return half_up(state.c["perks_share"] * department.dials.care * wages)
