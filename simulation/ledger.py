"""Money: a week's revenue and costs, and what happens when cash runs out (9.1, 9.2, 9.7)."""

from __future__ import annotations

import math

from simulation.jit import compiled, inner
from simulation.log import INSOLVENT, NO_CAUSE, NO_ITEM, NOBODY, NOWHERE, note
from simulation.maths import round_half_up
from simulation.mechanisms.customer_office import earn_authority, pay_projects_and_office
from simulation.mechanisms.distributors import is_present
from simulation.mechanisms.engagement import pay_perks
from simulation.mechanisms.incidents import lapse
from simulation.mechanisms.measurement import move_budget, take_figures
from simulation.mechanisms.shadow_it import pay_shadow
from simulation.people import dismiss_above_target, take_mood
from simulation.work.seats import headcount
from simulation.world import ACTIVE, HOUR, MONEY, World

QUARTERS_TO_INSOLVENCY = 4


@inner
def paid_margin(world: World, row: int) -> int:
    """Margin of one customer in this week: price times usage."""
    firm = world.firm[0]
    customer = world.customers[row]
    if customer.price == 1.0 and firm.price == 1.0 and firm.usage == 1.0:
        return int(customer.margin)
    return round_half_up(customer.margin * customer.price * firm.price * firm.usage)


@compiled
def count_market(world: World) -> None:
    """Count each segment's customers and margin, and each distributor's customers."""
    for i in range(len(world.distributors)):
        world.distributors[i].customers = 0
    for k in range(len(world.segments)):
        segment = world.segments[k]
        segment.active = 0
        segment.margin = 0
        segment.channel_margin = 0
    for row in range(len(world.customers)):
        customer = world.customers[row]
        if customer.status != ACTIVE:
            continue
        segment = world.segments[customer.segment]
        segment.active += 1
        segment.margin += customer.margin
        if customer.distributor >= 0:
            world.distributors[customer.distributor].customers += 1
            if is_present(world, customer.distributor):
                segment.channel_margin += customer.margin


@inner
def collect(world: World) -> None:
    """Book every active customer's margin of the week."""
    p = world.p[0]
    tally = world.tally[0]
    for row in range(len(world.customers)):
        customer = world.customers[row]
        if customer.status != ACTIVE:
            continue
        margin = paid_margin(world, row)
        tally.revenue += margin
        customer.revenue += margin
        if is_present(world, customer.distributor):
            part = round_half_up(p.distributor_margin * margin)
            customer.distributor_margin += part
            tally.distributor_margin += part
            world.distributors[customer.distributor].margin += part


@inner
def pay(world: World) -> None:
    """Book wages, overtime, hiring and overhead of the week."""
    p = world.p[0]
    tally = world.tally[0]
    for j in range(len(world.departments)):
        department = world.departments[j]
        tally.wages += headcount(world, j) * department.weekly_wage
        worth = department.week_overtime * department.hourly_rate
        tally.overtime_pay += round_half_up(worth * p.overtime_pay / HOUR)
        choosy = 1.0 + p.willingness_cost * world.firm[0].willingness
        cost_of_a_hire = round_half_up(p.hiring_weeks * department.weekly_wage * choosy)
        tally.hiring += department.week_hires * cost_of_a_hire
    pay_perks(world)
    pay_shadow(world)
    pay_projects_and_office(world)
    firm = world.firm[0]
    tally.marketing_cost += round_half_up(p.marketing_share * firm.marketing * firm.planned_wages)
    tally.overhead += round_half_up(p.overhead_share * world.firm[0].planned_wages)


@compiled
def close_books(world: World) -> None:
    """Book the week that closes; what is left changes the cash."""
    tally = world.tally[0]
    firm = world.firm[0]
    collect(world)
    count_market(world)
    pay(world)
    take_mood(world)
    take_figures(world)
    cost = (
        tally.distributor_margin
        + tally.wages
        + tally.overtime_pay
        + tally.hiring
        + tally.overhead
        + tally.concessions
        + tally.outside
        + tally.incident_cost
        + tally.perks
        + tally.shadow_cost
        + tally.project_cost
        + tally.office_cost
        + tally.marketing_cost
    )
    firm.cash += tally.revenue - cost
    firm.revenue += tally.revenue
    firm.cost += cost
    firm.quarter_lost += tally.lost
    firm.quarter_before += tally.lost - tally.joined
    for k in range(len(world.segments)):
        firm.quarter_before += world.segments[k].active


@compiled
def govern(world: World) -> None:
    """Once a quarter: policies lapse, budget moves; an emergency cut, or more or fewer seats."""
    p = world.p[0]
    firm = world.firm[0]
    lapse(world)
    move_budget(world)
    emergency = False
    if firm.cash < 0:
        firm.cash_negative_quarters += 1
        emergency = firm.cash_negative_quarters >= 2
        if firm.cash_negative_quarters == QUARTERS_TO_INSOLVENCY and firm.insolvent_week < 0:
            firm.insolvent_week = firm.week
            note(world, INSOLVENT, NOBODY, NOWHERE, NO_ITEM, NO_CAUSE, firm.cash / MONEY)
    else:
        firm.cash_negative_quarters = 0
    for j in range(len(world.departments)):
        department = world.departments[j]
        if emergency:
            department.target = max(1, math.floor(department.target * (1.0 - p.emergency_cut)))
            dismiss_above_target(world, j)
        elif department.quarter_regular > 0:
            utilisation = department.quarter_used / department.quarter_regular
            plan = department.plan
            if utilisation > p.hire_above and firm.cash > 0:
                most = math.floor(p.seats_most * plan)
                wanted = min(most, department.target + math.ceil(p.hire_step * plan))
                department.target = max(department.target, wanted)
            elif utilisation < p.shrink_below:
                least = max(1, math.ceil(p.seats_least * plan))
                wanted = max(least, department.target - math.ceil(p.shrink_step * plan))
                department.target = min(department.target, wanted)
        department.quarter_regular = 0
        department.quarter_used = 0
    earn_authority(world)
    firm.quarter_lost = 0
    firm.quarter_before = 0
