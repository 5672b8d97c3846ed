"""Standard hours of a stage, scaled once so that a neutral firm starts at its target utilisation.

The result is data (`hours` in a scenario file), the same in every regime: a firm that then has
fewer people, or more requests, is busier. See docs/model.md, section 10.
"""

from __future__ import annotations

import numpy as np

from simulation.org_arrays import OrgArrays, compile_organisation
from simulation.parameters import pack
from simulation.scenario import Scenario
from simulation.work.items import (
    CHANNEL_ROUTES,
    ESSENTIAL_ROUTES,
    HIRE_ROUTES,
    LEAD_ROUTES,
    NEED_ROUTES,
    SINGLE_ROUTES,
)
from simulation.work.lists import NIL
from simulation.world import DAYS_A_WEEK, Row

TARGET_UTILISATION = {"front": 0.80, "service": 0.84, "management": 0.84}
CUSTOMER_SHARE = {"front": 0.80, "service": 0.45, "management": 0.0}
REWORK = 1.15
SKILL = 0.96
OPEN_REQUESTS = 0.5
NOT_BLOCKED = 0.98
ENTITLEMENT = 0.2
TURNOVER_A_YEAR = 0.14
DAYS_A_YEAR = 260
# the neutral regime: mean of customer_first and internal_customer
LINE_OF_SIGHT = 0.5
MANAGER_METRIC = 0.15
LISTENING = 0.04
CAUSES_LEFT = 0.9  # of needs, where fixes remove some


def standard_hours(scenario: Scenario) -> dict[str, tuple[float, float]]:
    """Mean standard hours of one stage: (customer work, internal work) per department.

    What the scenario states is taken as it is, what it leaves out is derived for a neutral firm;
    NaN where a department has no visits of that sort.
    """
    arrays = compile_organisation(scenario)
    p = pack(scenario.parameters)[0]
    customer, internal = _visits_a_day(scenario, arrays, p)
    result = {}
    for department in scenario.organisation.departments:
        j = arrays.names.index(department.name)
        share = CUSTOMER_SHARE[department.kind]
        if customer[j] == 0.0:
            share = 0.0
        elif internal[j] == 0.0:
            share = 1.0
        seat = _hours_a_seat(p, department.kind != "management")
        worked = TARGET_UTILISATION[department.kind] * department.seats * seat / REWORK
        given = department.hours
        derived = (
            worked * share / customer[j] if customer[j] else np.nan,
            worked * (1.0 - share) / internal[j] if internal[j] else np.nan,
        )
        stated = (given.customer, given.internal) if given else (None, None)
        result[department.name] = (
            float(derived[0]) if stated[0] is None else stated[0],
            float(derived[1]) if stated[1] is None else stated[1],
        )
    return result


def without_hours(scenario: Scenario) -> Scenario:
    """The scenario with the hours of every department left open, to be derived."""
    data = scenario.model_dump()
    for department in data["organisation"]["departments"]:
        department["hours"] = None
    return Scenario.from_mapping(data)


def _hours_a_seat(p: Row, listens: bool) -> float:
    """Hours that a seat of the neutral firm brings to a day."""
    elsewhere = p["meeting_time"] * LINE_OF_SIGHT + p["pleasing_time"] * MANAGER_METRIC
    if listens:
        elsewhere += p["listening_time"] * LISTENING
    return float(
        p["hours_per_day"]
        * SKILL
        * (p["effort_floor"] + p["effort_engagement"] * p["engagement_start"])
        * (1.0 - p["open_request_loss"] * OPEN_REQUESTS)
        * (1.0 - elsewhere)
        * (1.0 + p["direction_effort"] * MANAGER_METRIC)
        * NOT_BLOCKED
    )


def _visits_a_day(scenario: Scenario, arrays: OrgArrays, p: Row) -> tuple[np.ndarray, np.ndarray]:
    """First visits a day at each department, of customer work and of internal work."""
    count = len(arrays.names)
    customer = np.zeros(count)
    internal = np.zeros(count)
    market = scenario.market
    need_factor = sum(s.share * s.need_factor for s in market.segments)
    through = scenario.distributors.share
    answered = through * p["first_line"] * p["distributor_quality"]
    needs = market.active_at_start * p["need_rate"] * need_factor / DAYS_A_WEEK
    needs *= 1.0 - answered
    if scenario.routes.change:
        needs *= CAUSES_LEFT
    leads = (market.customers - market.active_at_start) * p["lead_rate"] / DAYS_A_WEEK
    _spread(arrays, NEED_ROUTES, count, needs, customer)
    _spread(arrays, LEAD_ROUTES, count, leads, customer)
    seats = {d.name: d.seats for d in scenario.organisation.departments}
    entitled = 1.0 + p["courtesy_entitlement"] * ENTITLEMENT
    asked = market.active_at_start * through * p["channel_rate"] * entitled / DAYS_A_WEEK
    _spread(arrays, CHANNEL_ROUTES, count, asked, internal)
    courtesy = p["courtesy_ratio"] * entitled
    reports = p["report_rate"] * (1.0 + p["report_manager"] * MANAGER_METRIC)
    for j, name in enumerate(arrays.names):
        heads = seats[name] / DAYS_A_WEEK
        for edge in range(arrays.edge_start[j], arrays.edge_start[j + 1]):
            supplier = int(arrays.edges.supplier[edge])
            essential = heads * arrays.edges.rate[edge]
            _spread(arrays, ESSENTIAL_ROUTES, supplier, essential, internal)
            _spread(arrays, SINGLE_ROUTES, supplier, essential * courtesy, internal)
        if arrays.superior[j] != NIL:
            _spread(arrays, SINGLE_ROUTES, int(arrays.superior[j]), heads * reports, internal)
    hires = TURNOVER_A_YEAR * sum(seats.values()) / DAYS_A_YEAR
    _spread(arrays, HIRE_ROUTES, count, hires, internal)
    return customer, internal


def _spread(
    arrays: OrgArrays, sort: int, first: int, items_a_day: float, visits: np.ndarray
) -> None:
    """Add the stages of so many items a day to `visits`, along the routes they may take."""
    start, end = arrays.route_first[sort, first]
    before = 0.0
    for route in range(start, end):
        share = arrays.routes.share[route] - before
        before = arrays.routes.share[route]
        for stage in range(arrays.routes.length[route]):
            visits[arrays.routes.path[route, stage]] += items_a_day * share
    if sort == ESSENTIAL_ROUTES:
        visits[first] += items_a_day * (1.0 - before)
