"""Who is there at the start: the market's people, their acquaintances, the staff (section 4)."""

from __future__ import annotations

import numpy as np

from simulation.agents.customer import churn_hazard, fit
from simulation.agents.employee import quit_hazard
from simulation.jit import compiled
from simulation.maths import cos, log, lognormal, round_half_up, sin
from simulation.mechanisms.customer_office import MIDDLE
from simulation.randomness import (
    CUSTOMER_ACQUAINTANCE,
    CUSTOMER_PROPENSITY,
    CUSTOMER_TRAITS,
    EMPLOYEE_START,
    TWO_PI,
    block,
    gamma_mean_one,
    normal,
    normal_sine,
    stream,
    uniform,
)
from simulation.world import ACQUAINTANCES, ACTIVE, MONEY, PROSPECT, WEEKS_A_YEAR, Table, World

DISTRIBUTOR_TRAITS = stream("distributor.traits")
DISTRIBUTOR_BIAS = stream("distributor.bias")

LONGEST_TENURE_WEEKS = 5200.0
BISECTIONS = 60
_OFFSETS = (-3, -2, -1, 1, 2, 3)
_REDRAWS = 63
_ORDINALS_PER_LINK = 64


@compiled
def draw_customers(
    world: World,
    traits: np.ndarray,
    distributors: int,
    distributor_share: float,
    status_draw: np.ndarray,
    tenure_draw: np.ndarray,
    hazard: np.ndarray,
) -> None:
    """Draw every person's traits; all start as prospects at rest.

    Parameters
    ----------
    traits : numpy.ndarray
        Shape (segments, 4): cumulative share, margin per week, need factor, patience factor.
    status_draw, tenure_draw, hazard : numpy.ndarray
        Shape (N,), filled for `activate`.
    """
    p = world.p[0]
    seed = world.firm[0].seed
    for i in range(len(world.customers)):
        person = world.customers[i]
        words = block(seed, CUSTOMER_TRAITS, i, 0)
        u = uniform(words[0])
        k = 0
        while k < len(traits) - 1 and u >= traits[k, 0]:
            k += 1
        person.segment = k
        u = uniform(words[1])
        person.distributor = -1
        if u < distributor_share:
            person.distributor = int(u / distributor_share * distributors)
        status_draw[i] = uniform(words[2])
        tenure_draw[i] = uniform(words[3])
        words = block(seed, CUSTOMER_TRAITS, i, 1)
        person.taste[0] = p.taste_sd * normal(words[0], words[1])
        person.taste[1] = p.taste_sd * normal_sine(words[0], words[1])
        z_margin = normal(words[2], words[3])
        margin = MONEY * traits[k, 1] * lognormal(z_margin, p.margin_sd)
        person.margin = max(1, round_half_up(margin))
        person.first_margin = person.margin
        words = block(seed, CUSTOMER_TRAITS, i, 2)
        person.need_rate = (
            p.need_rate
            * traits[k, 2]
            * lognormal(z_margin, p.need_size * p.margin_sd)
            * lognormal(normal(words[0], words[1]), p.need_sd)
        )
        person.propensity = gamma_mean_one(seed, CUSTOMER_PROPENSITY, i, p.propensity_shape)
        person.patience_days = p.patience_days * traits[k, 3]
        person.status = PROSPECT
        person.price = 1.0
        person.band = MIDDLE
        person.lost_week = -1
        person.experience = p.experience_rest
        own = fit(p, person.taste[0], person.taste[1], 0.0, 0.0, 0.0, 0.0)
        person.satisfaction = 0.5 * (own + person.experience)
        hazard[i] = churn_hazard(p, person.propensity, person.satisfaction, own, own, 1.0)


@compiled
def active_probabilities(hazard: np.ndarray, active: int, result: np.ndarray) -> None:
    """Stationary probability of being a customer, x / (x + hazard), with sum `active`.

    x, the common rate of joining, is found by bisection (alternating renewal process).
    All arrays have shape (N,).
    """
    low = 0.0
    high = 1.0
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        total = 0.0
        for i in range(len(hazard)):
            total += middle / (middle + hazard[i])
        if total < active:
            low = middle
        else:
            high = middle
    for i in range(len(hazard)):
        result[i] = high / (high + hazard[i])


def activate(
    customers: Table,
    active: int,
    status_draw: np.ndarray,
    tenure_draw: np.ndarray,
    hazard: np.ndarray,
) -> None:
    """Make exactly `active` persons customers, the steadier ones more likely.

    Sequential Poisson sampling (Ohlsson 1998): the smallest draws relative to one's probability.
    """
    chance = np.ones(len(hazard))
    if bool((hazard > 0).all()):
        active_probabilities(hazard, active, chance)
    order = np.argsort(status_draw / chance, kind="stable")
    start_customers(customers, order[:active], tenure_draw, hazard)


@compiled
def start_customers(
    customers: Table, rows: np.ndarray, tenure_draw: np.ndarray, hazard: np.ndarray
) -> None:
    """Give the first customers their status and a tenure from the stationary distribution."""
    for row in rows:
        weeks = 0.0
        if hazard[row] > 0.0:
            weeks = min(-log(tenure_draw[row]) / hazard[row], LONGEST_TENURE_WEEKS)
        customers[row].status = ACTIVE
        customers[row].joined_week = -int(weeks)


@compiled
def acquaint(seed: int, rewire_share: float, customers: Table) -> None:
    """A small world (Watts & Strogatz 1998): whom each person hears."""
    persons = len(customers)
    mask = 1
    while mask < persons:
        mask *= 2
    for i in range(persons):
        hears = customers[i].acquaintances
        for n in range(ACQUAINTANCES):
            hears[n] = (i + _OFFSETS[n]) % persons
            first = _ORDINALS_PER_LINK * n
            if uniform(block(seed, CUSTOMER_ACQUAINTANCE, i, first)[0]) >= rewire_share:
                continue
            for r in range(_REDRAWS):
                words = block(seed, CUSTOMER_ACQUAINTANCE, i, first + 1 + r)
                candidate = int(words[1]) % mask
                if candidate < persons and candidate != i:
                    hears[n] = candidate
                    break


@compiled
def found_distributors(world: World) -> None:
    """Draw what distinguishes distributors; all lean towards what is easy to sell."""
    p = world.p[0]
    seed = world.firm[0].seed
    angle = TWO_PI * uniform(block(seed, DISTRIBUTOR_BIAS, 0, 0)[0])
    for i in range(len(world.distributors)):
        distributor = world.distributors[i]
        words = block(seed, DISTRIBUTOR_TRAITS, i, 0)
        quality = p.distributor_quality + p.distributor_quality_sd * normal(words[0], words[1])
        distributor.quality = min(1.0, max(0.0, quality))
        lean = p.distributor_bias * (0.5 + uniform(words[2]))
        distributor.bias[0] = lean * cos(angle)
        distributor.bias[1] = lean * sin(angle)
        distributor.entitlement = p.entitlement_start
        distributor.service = p.service_start


@compiled
def staff(world: World) -> None:
    """Fill the planned seats with people of stationary tenure."""
    p = world.p[0]
    rate = quit_hazard(p, p.engagement_start)
    for j in range(len(world.departments)):
        department = world.departments[j]
        for row in range(department.first_seat, department.first_seat + department.plan):
            seat = world.employees[row]
            tenure = LONGEST_TENURE_WEEKS
            if rate > 0.0:
                u = uniform(block(world.firm[0].seed, EMPLOYEE_START, seat.uid, 0)[0])
                tenure = min(-log(u) * WEEKS_A_YEAR / rate, LONGEST_TENURE_WEEKS)
            seat.filled = 1
            seat.tenure_weeks = int(tenure)
            learned = (1.0 - p.newcomer_skill) * seat.tenure_weeks / p.learning_weeks
            seat.skill = min(1.0, p.newcomer_skill + learned)
            seat.engagement = p.engagement_start
            seat.entitlement = p.entitlement_start
            seat.tools = p.tools_start
