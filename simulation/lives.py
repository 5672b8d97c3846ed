"""A week in the life of every person in the market (docs/model.md, section 8)."""

from __future__ import annotations

from simulation.agents.customer import (
    MOST_RELATIVE_FIT,
    cause_of_loss,
    churn_hazard,
    deterred,
    lead_hazard,
    lifetime_value,
    relative_fit,
    said_by,
)
from simulation.jit import compiled, inner
from simulation.log import LOSS, NO_ITEM, NOWHERE, note
from simulation.maths import sqrt
from simulation.mechanisms.agility import never_comes_up
from simulation.mechanisms.customer_office import TOP_TENTH, look_alike
from simulation.mechanisms.distributors import pushed
from simulation.randomness import (
    CUSTOMER_WEEK,
    WEEK_ORDER,
    block,
    poisson,
    strikes,
    uniform,
)
from simulation.work.closing import competitor_fit, offer_fit
from simulation.work.items import LEAD_ROUTES, NEED_ROUTES, give_birth
from simulation.world import (
    ACQUAINTANCES,
    ACTIVE,
    CALL_AT_RISK,
    LEAD,
    LOST,
    MONEY,
    NEED,
    OUTREACH,
    PROSPECT,
    WEEKS_A_YEAR,
    World,
)

ROOM_FOR_ONE_PERSON = 32  # free slots that are certainly enough for one person's week


@inner
def first_person(world: World) -> int:
    """Row at which this week's round of visits begins, so that no uid is always served first."""
    firm = world.firm[0]
    words = block(firm.seed, WEEK_ORDER, 0, firm.week)
    return int(uniform(words[0]) * len(world.customers))


@inner
def any_leads(world: World) -> bool:
    """Whether the firm has a way to take up a lead."""
    anywhere = len(world.departments)
    return bool(
        world.route_first[LEAD_ROUTES, anywhere, 1] > world.route_first[LEAD_ROUTES, anywhere, 0]
    )


@compiled
def live(world: World, visited: int) -> int:
    """Active customers feel, stay or leave, and have needs.

    Parameters
    ----------
    visited : int
        How many persons have been visited already this week.

    Returns
    -------
    int
        How many have been visited; less than all when more room for items is needed.
    """
    p = world.p[0]
    firm = world.firm[0]
    tally = world.tally[0]
    persons = len(world.customers)
    anywhere = len(world.departments)
    has_leads = any_leads(world)
    first = first_person(world)
    for n in range(visited, persons):
        if firm.slots_free < ROOM_FOR_ONE_PERSON:
            return n
        row = first + n
        if row >= persons:
            row -= persons
        customer = world.customers[row]
        if customer.status != ACTIVE:
            continue
        own = offer_fit(world, row)
        theirs = competitor_fit(world, row)
        customer.experience += p.experience_drift * (p.experience_rest - customer.experience)
        customer.experience += firm.lift * (1.0 - customer.experience)
        felt = 0.5 * (own + customer.experience)
        customer.satisfaction += p.satisfaction_speed * (felt - customer.satisfaction)
        satisfaction = customer.satisfaction
        price = customer.price * firm.price / firm.competitor_price
        hazard = churn_hazard(p, customer.propensity, satisfaction, own, theirs, price)
        words = block(firm.seed, CUSTOMER_WEEK, row, firm.week)
        if strikes(uniform(words[0]), hazard):
            customer.status = LOST
            customer.lost_week = firm.week
            tally.lost += 1
            cause = cause_of_loss(p, customer.experience, own, theirs, price)
            note(world, LOSS, row, NOWHERE, NO_ITEM, cause, hazard)
            continue
        tally.satisfaction_sum += satisfaction
        tally.promoters += satisfaction >= p.promoter_from
        tally.detractors += satisfaction < p.detractor_below
        tally.equity += lifetime_value(p, customer.margin * WEEKS_A_YEAR / MONEY, hazard)
        for k in range(poisson(uniform(words[1]), customer.need_rate * firm.demand * firm.usage)):
            never_comes_up(world, give_birth(world, NEED, row, row, k, NEED_ROUTES, anywhere))
        at_risk = customer.band == TOP_TENTH and satisfaction < p.outreach_below
        if at_risk and not customer.open_lead and has_leads:
            if uniform(words[2]) < firm.office[CALL_AT_RISK]:
                customer.open_lead = 1
                tally.outreach += 1
                give_birth(world, OUTREACH, row, row, 0, LEAD_ROUTES, anywhere)
    return persons


@compiled
def hear_and_ask(world: World, visited: int) -> int:
    """People who are not customers hear an acquaintance, and may ask for an offer.

    Parameters and return value as in `live`.
    """
    p = world.p[0]
    firm = world.firm[0]
    persons = len(world.customers)
    anywhere = len(world.departments)
    has_leads = any_leads(world)
    marketed = 1.0 + p.marketing_pull * sqrt(firm.marketing)
    marketed *= firm.usage / deterred(p, firm.price / firm.competitor_price)
    first = first_person(world)
    for n in range(visited, persons):
        if firm.slots_free < ROOM_FOR_ONE_PERSON:
            return n
        row = first + n
        if row >= persons:
            row -= persons
        person = world.customers[row]
        if person.status == ACTIVE or person.open_lead:
            continue
        words = block(firm.seed, CUSTOMER_WEEK, row, firm.week)
        if firm.acquainted:
            friend = world.customers[person.acquaintances[int(ACQUAINTANCES * uniform(words[2]))]]
            said = said_by(p, friend.status, friend.satisfaction, firm.week - friend.lost_week)
            person.word += p.word_memory * (said - person.word)
        looks_again = person.status == PROSPECT or firm.week - person.lost_week >= p.winback_weeks
        if not looks_again or not has_leads:
            continue
        u = uniform(words[3])
        asked = pushed(world, person.distributor) * look_alike(world, person.margin) * marketed
        if u >= lead_hazard(p, person.word, MOST_RELATIVE_FIT, firm.demand) * asked:
            continue  # not even the best offer would do: no need to look at the offers
        relative = relative_fit(offer_fit(world, row), competitor_fit(world, row))
        if strikes(u, lead_hazard(p, person.word, relative, firm.demand) * asked):
            person.open_lead = 1
            give_birth(world, LEAD, row, row, 0, LEAD_ROUTES, anywhere)
    return persons
