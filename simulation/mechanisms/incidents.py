"""Incidents, and the policies they leave behind.

Claim (H1, H5): fear of the next incident adds policy and approval, which slow everything down;
attention to customers strikes them off again. Cut corners raise the risk, policies lower it.
Hazards are per department, costs per head, so that size does not matter. See docs/model.md, 11.4;
rates assumed.
"""

from __future__ import annotations

from simulation.agents.customer import experience_after
from simulation.agents.department import NEUTRAL_CAPTIVITY
from simulation.jit import inner
from simulation.log import INCIDENT, NO_CAUSE, NO_ITEM, NOBODY, note
from simulation.maths import exp, lognormal, round_half_up
from simulation.mechanisms.base import Mechanism
from simulation.mechanisms.shadow_it import added_risk
from simulation.randomness import block, joint_uid, normal, stream, strikes, uniform
from simulation.work.seats import headcount
from simulation.world import ACTIVE, MONEY, SERVICE, A, K, Q, Row, V, World

INCIDENT_STREAM = stream("incident")
INCIDENT_HIT = stream("incident.hit")

MECHANISM = Mechanism(
    name="incidents",
    claim="an inward focus turns attention to policy and procedure (H1, H5)",
    source="management writing on internal customers; rates assumed",
    reads=("departments.week_work", "departments.delivered_time", "departments.dials"),
    writes=("departments.policy", "customers.experience"),
    streams=("incident", "incident.hit"),
    columns=("incidents", "policy_load"),
    counts=("incidents",),
)


@inner
def incident_hazard(
    p: Row, load: float, policy: float, delivered: float, captivity: float
) -> float:
    """Hazard of an incident in one department within a week."""
    return (
        p.incident_rate
        * load
        * exp(-p.policy_protection * policy)
        * (1.0 + p.incident_corners * (1.0 - delivered))
        * exp(-p.pooling_safety * (captivity - NEUTRAL_CAPTIVITY))
    )


@inner
def policy_after_quarter(
    p: Row, policy: float, customer_metric: float, line_of_sight: float
) -> float:
    """Policies lapse, faster where people see and are measured by the customer."""
    lapsing = p.policy_lapse + p.policy_lapse_customer * customer_metric * line_of_sight
    return policy * (1.0 - lapsing)


@inner
def hit_customers(world: World, j: int) -> None:
    """Some customers feel the incident."""
    p = world.p[0]
    firm = world.firm[0]
    key = world.departments[j].name_key
    for row in range(len(world.customers)):
        customer = world.customers[row]
        if customer.status != ACTIVE:
            continue
        words = block(firm.seed, INCIDENT_HIT, joint_uid(row, key), firm.week)
        if uniform(words[0]) < p.incident_reach:
            customer.experience = experience_after(p, customer.experience, 0.0)


@inner
def strike(world: World) -> None:
    """Incidents of the week, in every internal service department."""
    firm = world.firm[0]
    if not firm.on_incidents:
        return
    p = world.p[0]
    for j in range(len(world.departments)):
        department = world.departments[j]
        if department.kind != SERVICE or department.week_regular == 0:
            continue
        delivered = 1.0
        if department.delivered_standard > 0.0:
            delivered = min(1.0, department.delivered_time / department.delivered_standard)
        load = department.week_work / department.week_regular
        hazard = incident_hazard(p, load, department.policy, delivered, department.dials[K])
        hazard *= added_risk(world, j)
        words = block(firm.seed, INCIDENT_STREAM, department.name_key, firm.week)
        if not strikes(uniform(words[0]), hazard):
            continue
        caution = 1.0 - p.incident_caution * department.dials[Q]
        wages = headcount(world, j) * department.weekly_wage
        size = p.incident_weeks * lognormal(normal(words[2], words[3]), p.incident_sd)
        cost = round_half_up(wages * size * caution)
        world.tally[0].incidents += 1
        world.tally[0].incident_cost += cost
        note(world, INCIDENT, NOBODY, j, NO_ITEM, NO_CAUSE, cost / MONEY)
        hit_customers(world, j)
        department.policy += department.dials[Q]


@inner
def lapse(world: World) -> None:
    """A quarter passes for the policies."""
    if not world.firm[0].on_incidents:
        return
    for j in range(len(world.departments)):
        department = world.departments[j]
        if department.kind == SERVICE:
            department.policy = policy_after_quarter(
                world.p[0], department.policy, department.dials[A], department.dials[V]
            )
