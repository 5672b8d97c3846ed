"""The customer's office: a chief customer officer, and customer projects with or without an owner.

Claims (H18, H19, H21, H24, H26 to H30, H33): projects that nobody owns lose attention within a
month, are paid for twice and cut first; an owner with authority and hard-wired participation
settles disputes, serves by value, mends what is at risk, and stops the waste. The office costs
money and everybody's time. The decay of attention is an input (40 people, then 6); other sizes
assumed. See docs/model.md, 11.10.
"""

from __future__ import annotations

import math

import numpy as np

from simulation.jit import compiled, inner
from simulation.maths import round_half_up
from simulation.mechanisms.base import Mechanism
from simulation.randomness import block, stream, uniform
from simulation.work.seats import headcount
from simulation.world import (
    ACTIVE,
    CROSS_SELL,
    LOOK_ALIKES,
    NO_DUPLICATES,
    OFFICE_FUNCTIONS,
    ONE_PLAN,
    REPRICE,
    WEEKS_A_QUARTER,
    WEEKS_A_YEAR,
    A,
    Row,
    World,
)

OFFICE_PRICE = stream("office.price")

TOP_TENTH, SECOND_TENTH, MIDDLE, LOWEST_FIFTH = range(4)  # bands of customers by value
_UNKNOWN = -1.0

MECHANISM = Mechanism(
    name="customer_office",
    claim="customers need an owner inside the firm (H18, H19, H21, H24, H26 to H30, H33)",
    source="Bingham and Bliss on the chief customer officer; sizes assumed",
    reads=("departments.dials", "customers.cost_to_serve", "customers.satisfaction"),
    writes=("firm.office", "customers.band", "customers.price", "customers.margin"),
    streams=("office.price", "item.outreach"),
    columns=(
        "cco_authority",
        "participation",
        "project_attention",
        "outreach",
        "settled",
        "repriced",
        "cross_sold",
    ),
    counts=("cost_project_cost", "outreach", "settled", "repriced", "cross_sold"),
)


@inner
def open_office(world: World) -> None:
    """The week's participation, authority and strength; the lift of customer projects."""
    firm = world.firm[0]
    if not firm.on_customer_office:
        return
    p = world.p[0]
    attention = 1.0
    for _ in range(firm.week % WEEKS_A_QUARTER):
        attention *= p.attention_decay
    if firm.has_office:
        firm.participation = 1.0 if firm.week == 0 else firm.participation * p.attention_decay
        firm.participation = max(firm.hard_wired, firm.participation)
        firm.authority = min(1.0, firm.positional + firm.borrowed + firm.earned)
        for f in range(OFFICE_FUNCTIONS):
            on = 1.0 if firm.functions[f] else 0.0
            firm.office[f] = firm.participation * firm.authority * on
    firm.attention = max(attention, firm.office[ONE_PLAN])
    spent = 0.0
    most = 0.0
    for j in range(len(world.departments)):
        department = world.departments[j]
        department.projects_kept += (1.0 - department.projects_kept) / WEEKS_A_YEAR
        wages = float(department.plan * department.weekly_wage)
        spent += department.dials[A] * department.projects_kept * wages
        most += wages
    firm.lift = p.project_lift * firm.attention * (spent / most)


@inner
def office_hours(world: World) -> float:
    """Share of everybody's time that the office takes."""
    return world.p[0].office_time * world.firm[0].participation


@inner
def pay_projects_and_office(world: World) -> None:
    """Cost of a week of customer projects, and of the office."""
    firm = world.firm[0]
    if not firm.on_customer_office:
        return
    p = world.p[0]
    tally = world.tally[0]
    twice = 1.0 + p.project_overlap * (1.0 - firm.office[NO_DUPLICATES])
    for j in range(len(world.departments)):
        department = world.departments[j]
        wages = headcount(world, j) * department.weekly_wage
        share = p.project_share * department.dials[A] * department.projects_kept
        tally.project_cost += round_half_up(share * wages * twice)
    if firm.has_office:
        functions = 0
        for f in range(OFFICE_FUNCTIONS):
            functions += firm.functions[f]
        share = p.office_cost + p.office_function_cost * functions
        tally.office_cost += round_half_up(share * firm.planned_wages)


@inner
def look_alike(world: World, margin: int) -> float:
    """Factor on the lead hazard of a person of this margin."""
    firm = world.firm[0]
    if firm.lookalike_margin == 0:
        return 1.0
    p = world.p[0]
    strength = firm.office[LOOK_ALIKES]
    if margin >= firm.lookalike_margin:
        return 1.0 + p.lookalike_gain * strength
    return 1.0 - p.lookalike_shift * strength


@inner
def band_key(p: Row, today: int, band: int, strength: float) -> int:
    """Place in a queue of customer-linked work: more valuable customers some days ahead."""
    ahead = math.floor(p.band_days * strength + 0.5)
    level = 2 if band == LOWEST_FIFTH else (1 if band == MIDDLE else 0)
    return today - (2 - level) * ahead


@inner
def earn_authority(world: World) -> None:
    """A quarter passes: lent authority fades, customers kept earn some."""
    firm = world.firm[0]
    if not firm.on_customer_office or not firm.has_office:
        return
    p = world.p[0]
    firm.borrowed *= 1.0 - p.borrowed_fade
    if firm.quarter_before == 0:
        return
    loss = firm.quarter_lost / firm.quarter_before
    if firm.yardstick == _UNKNOWN:
        firm.yardstick = loss
    gained = p.authority_gain * WEEKS_A_YEAR * (firm.yardstick - loss)
    firm.earned = min(1.0, max(0.0, firm.earned + gained))


@compiled
def price_and_sell(world: World, values: np.ndarray) -> None:
    """Reprice customers who cost more than they bring, sell more to those who are content.

    Parameters
    ----------
    values : numpy.ndarray
        Shape (N,): what each active customer brought in the quarter, hundredths of a cent.
    """
    p = world.p[0]
    firm = world.firm[0]
    tally = world.tally[0]
    for row in range(len(world.customers)):
        customer = world.customers[row]
        customer.cost_at_review = customer.cost_to_serve
        if customer.status != ACTIVE:
            continue
        words = block(firm.seed, OFFICE_PRICE, row, firm.week)
        loses = customer.band == LOWEST_FIFTH and values[row] < 0
        if loses and uniform(words[0]) < firm.office[REPRICE]:
            higher = min(p.price_most, customer.price * (1.0 + p.price_step))
            tally.repriced += higher > customer.price
            customer.price = max(customer.price, higher)
        content = customer.satisfaction >= p.promoter_from
        if content and uniform(words[1]) < firm.office[CROSS_SELL]:
            most = round_half_up(customer.first_margin * p.cross_sell_most)
            margin = min(most, round_half_up(customer.margin * (1.0 + p.cross_sell_gain)))
            if margin > customer.margin:
                tally.office_cost += round_half_up(p.cross_sell_weeks * (margin - customer.margin))
                tally.cross_sold += 1
                customer.margin = margin


def review(world: World) -> None:
    """Once a quarter the office ranks customers by what they bring, and acts on it."""
    firm = world.firm[0]
    if not firm.on_customer_office or not firm.has_office:
        return
    people = world.customers
    paid = np.floor(people.margin * people.price + 0.5).astype(np.int64)
    values = WEEKS_A_QUARTER * paid - (people.cost_to_serve - people.cost_at_review)
    rows = np.flatnonzero(people.status == ACTIVE)
    count = len(rows)
    ranked = rows[np.argsort(-values[rows], kind="stable")]
    people.band[:] = MIDDLE
    people.band[ranked[: count // 5]] = SECOND_TENTH
    people.band[ranked[: count // 10]] = TOP_TENTH
    people.band[ranked[count - count // 5 :]] = LOWEST_FIFTH
    margins = np.sort(people.margin[rows])[::-1]
    firm.lookalike_margin = margins[count // 5] if count else 0
    price_and_sell(world, values)
