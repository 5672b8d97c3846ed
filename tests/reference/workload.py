"""Standard hours of a neutral firm, where a scenario does not give them (section 10)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .state import Dials

if TYPE_CHECKING:
    from simulation.scenario import Scenario
    from simulation.scenario_parts import Department, Route

UTILISATION = {"front": 0.80, "service": 0.84, "management": 0.84}
CUSTOMER_SHARE = {"front": 0.80, "service": 0.45, "management": 0.0}
CAUSES_LEFT = 0.9
REWORK = 1.15
SKILL, NOT_BLOCKED, OPEN_REQUESTS = 0.96, 0.98, 0.5
ENTITLEMENT, MANAGER_METRIC, HIRES_A_YEAR = 0.2, 0.15, 0.14


def neutral_dials() -> Dials:
    """Half way between the two regimes that the project compares."""
    from simulation.scenario import load_regime  # only where a scenario leaves hours open

    first, second = load_regime("customer_first"), load_regime("internal_customer")
    pairs = ((getattr(first, dial), getattr(second, dial)) for dial in Dials._fields)
    return Dials(*((one + other) / 2.0 for one, other in pairs))


def standard_hours(scenario: Scenario, c: dict[str, float]) -> dict[str, tuple[float, float]]:
    """Mean hours of a stage by department: with a customer behind, internal."""
    departments = scenario.organisation.departments
    outside, inside = customer_visits(scenario, c), internal_visits(scenario, c)
    result = {}
    for department in departments:
        name, hours = department.name, department.hours
        customer = hours.customer if hours else None
        internal = hours.internal if hours else None
        if customer is None or internal is None:
            derived = mean_hours(department, c, neutral_dials(), outside[name], inside[name])
            customer = derived[0] if customer is None else customer
            internal = derived[1] if internal is None else internal
        result[name] = (customer, internal)
    return result


def mean_hours(
    department: Department, c: dict[str, float], dials: Dials, outside: float, inside: float
) -> tuple[float, float]:
    """So many hours a visit that a neutral department is as busy as it should be."""
    effort = c["effort_floor"] + c["effort_engagement"] * c["engagement_start"]
    away = c["meeting_time"] * dials.line_of_sight + c["pleasing_time"] * dials.manager_metric
    if department.kind != "management":
        away += c["listening_time"] * dials.listening
    driven = 1.0 + c["direction_effort"] * dials.manager_metric
    seat = c["hours_per_day"] * SKILL * effort * (1.0 - c["open_request_loss"] * OPEN_REQUESTS)
    capacity = department.seats * seat * (1.0 - away) * driven * NOT_BLOCKED
    share = CUSTOMER_SHARE[department.kind]
    if outside == 0.0 or inside == 0.0:
        share = 0.0 if outside == 0.0 else 1.0
    wanted = UTILISATION[department.kind] * capacity
    return (
        wanted * share / (outside * REWORK) if outside > 0.0 else 0.0,
        wanted * (1.0 - share) / (inside * REWORK) if inside > 0.0 else 0.0,
    )


def add(visits: dict[str, float], routes: Iterable[Route], a_day: float) -> float:
    """Send so many items a day along their routes; the share of them that a route took."""
    total = 0.0
    for route in routes:
        total += route.share
        for name in route.path:
            visits[name] += a_day * route.share
    return total


def customer_visits(scenario: Scenario, c: dict[str, float]) -> dict[str, float]:
    market = scenario.market
    visits = {d.name: 0.0 for d in scenario.organisation.departments}
    mean = c["need_rate"] * sum(s.share * s.need_factor for s in market.segments)
    answered = scenario.distributors.share * c["first_line"] * c["distributor_quality"]
    left = CAUSES_LEFT if scenario.routes.change else 1.0
    needs = market.active_at_start * mean / 5.0 * (1.0 - answered) * left
    add(visits, scenario.routes.need, needs)
    outside = market.customers - market.active_at_start
    add(visits, scenario.routes.lead, c["lead_rate"] * outside / 5.0)
    return visits


def internal_visits(scenario: Scenario, c: dict[str, float]) -> dict[str, float]:
    organisation, routes = scenario.organisation, scenario.routes
    heads = {d.name: d.seats for d in organisation.departments}
    visits = dict.fromkeys(heads, 0.0)
    courtesy = c["courtesy_ratio"] * (1.0 + c["courtesy_entitlement"] * ENTITLEMENT)
    for edge in organisation.serves:
        a_day = heads[edge.requester] * edge.essential_per_head_week / 5.0
        listed = [route for route in routes.essential if route.path[0] == edge.supplier]
        taken = add(visits, listed, a_day)
        visits[edge.supplier] += a_day * max(0.0, 1.0 - taken)
        visits[edge.supplier] += a_day * courtesy
    carried = scenario.market.active_at_start * scenario.distributors.share
    entitled = 1.0 + c["courtesy_entitlement"] * ENTITLEMENT
    add(visits, routes.channel, carried * c["channel_rate"] * entitled / 5.0)
    upward = c["report_rate"] * (1.0 + c["report_manager"] * MANAGER_METRIC)
    for line in organisation.reports_to:
        visits[line.to] += heads[line.department] * upward / 5.0
    add(visits, routes.hire, HIRES_A_YEAR * sum(heads.values()) / 260.0)
    return visits
