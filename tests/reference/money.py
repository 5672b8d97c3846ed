"""The week's ledger (section 9.7). Money is whole hundredths of a cent; nothing is ever lost."""

from __future__ import annotations

from collections import Counter

from .draws import half_up
from .engagement import perks
from .office import project_cost, running_cost
from .prices import is_present, revenue_of
from .shadow_it import shadow_cost
from .state import ACTIVE, MICRO, Department, State


def planned_cost(c: dict[str, float], departments: list[Department]) -> tuple[int, int]:
    """Wages of the planned seats for a week, and the overhead that goes with them."""
    wages = sum(department.plan * department.wage for department in departments)
    return wages, half_up(c["overhead_share"] * wages)


def close_books(state: State) -> None:
    c, departments = state.c, state.departments
    revenue = to_distributors = active = 0
    for person in state.customers:
        if person.status != ACTIVE:
            continue
        active += 1
        brought = revenue_of(state, person)
        person.revenue += brought
        revenue += brought
        if is_present(state, person.distributor):
            part = half_up(c["distributor_margin"] * brought)
            person.distributor_margin += part
            to_distributors += part
    planned_wages, overhead = state.planned  # rent and machines stay, whatever is cut
    cost_of_hire = c["hiring_weeks"] * (1.0 + c["willingness_cost"] * state.willingness)
    lines = {
        "revenue": revenue,
        "distributor_margin": to_distributors,
        "concessions": state.week_concessions,
        "wages": sum(d.filled * d.wage for d in departments),
        "overtime": sum(
            half_up(d.week_overtime * d.rate * c["overtime_pay"] / MICRO) for d in departments
        ),
        "overhead": overhead,
        "hiring": sum(d.week_hires * half_up(cost_of_hire * d.wage) for d in departments),
        "outside": state.week_outside,
        "incidents": state.week_incidents,
        "perks": sum(perks(state, d) for d in departments),
        "shadow_cost": sum(shadow_cost(state, d) for d in departments),
        "project_cost": sum(project_cost(state, d) for d in departments),
        "office_cost": running_cost(state, planned_wages) + state.week_cross_selling,
        "marketing_cost": half_up(c["marketing_share"] * state.marketing * planned_wages),
    }
    state.cash += 2 * lines["revenue"] - sum(lines.values())  # revenue in, all else out
    counts = Counter(event.name for event in state.events[state.week_events_from :])
    state.weeks.append(
        {
            "week": state.week,
            **lines,
            "cash": state.cash,
            "active": active,
            "filled": sum(d.filled for d in departments),
            **counts,
            **state.tally,
        }
    )
    state.week_events_from = len(state.events)
    state.week_concessions = state.week_outside = state.week_incidents = 0
    state.week_cross_selling = 0
    state.tally.clear()
    for department in departments:
        department.week_hires = 0
