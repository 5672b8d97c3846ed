"""Incidents and the policies they leave behind (section 11.4)."""

from __future__ import annotations

import math

from .draws import block, half_up, normals
from .shadow_it import added_risk
from .state import ACTIVE, SERVICE, Department, State
from .world import feel


def suffer_incidents(state: State) -> None:
    """Weekly, after the employees, while last week's counters still stand."""
    if "incidents" not in state.mechanisms:
        return
    for department in state.departments:
        if department.kind != SERVICE:
            continue
        u0 = block(state.seed, "incident", department.key, state.week).u0
        if u0 < 1.0 - math.exp(-hazard(state, department)):
            strike(state, department)


def hazard(state: State, department: Department) -> float:
    c = state.c
    if department.week_regular == 0:
        return 0.0
    delivered = 1.0
    if department.delivered_standard > 0:
        delivered = min(1.0, department.delivered_time / department.delivered_standard)
    return (
        c["incident_rate"]
        * (department.week_work / department.week_regular)
        * math.exp(-c["policy_protection"] * department.policy)
        * (1.0 + c["incident_corners"] * (1.0 - delivered))
        * math.exp(-c["pooling_safety"] * (department.dials.captivity - 0.8))
        * added_risk(state, department)
    )


def strike(state: State, department: Department) -> None:
    """It costs money, some customers feel it, and a policy is meant to prevent the next."""
    c, q, t = state.c, department.dials.risk_aversion, state.week
    draw = block(state.seed, "incident", department.key, t)
    z, _ = normals(draw.w2, draw.w3)
    size = math.exp(c["incident_sd"] * z - c["incident_sd"] ** 2 / 2.0)
    wages = department.filled * department.wage
    cost = wages * c["incident_weeks"] * size * (1.0 - c["incident_caution"] * q)
    state.week_incidents += half_up(cost)
    state.tell("incident", -1, department.name)
    for person in state.customers:
        if person.status == ACTIVE:
            hit = block(state.seed, "incident.hit", person.uid + 2**32 * department.key, t)
            if hit.u0 < c["incident_reach"]:
                feel(c, person, 0.0)
    department.policy += q


def let_policies_lapse(state: State) -> None:
    """Governance, first of all."""
    if "incidents" not in state.mechanisms:
        return
    for department in state.departments:
        if department.kind == SERVICE:
            a, v = department.dials.customer_metric, department.dials.line_of_sight
            struck_off = state.c["policy_lapse_customer"] * a * v
            department.policy *= 1.0 - (state.c["policy_lapse"] + struck_off)
