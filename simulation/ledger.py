"""Money: a week's revenue and costs, and what happens when cash runs out (9.1, 9.2, 9.7)."""

from __future__ import annotations

import math

from simulation.jit import compiled, inner
from simulation.log import INSOLVENT, NO_CAUSE, NO_ITEM, NOBODY, NOWHERE, note
from simulation.maths import round_half_up
from simulation.mechanisms.engagement import pay_perks
from simulation.mechanisms.incidents import lapse
from simulation.mechanisms.measurement import move_budget, take_figures
from simulation.people import dismiss_above_target, take_mood
from simulation.work.capacity import headcount
from simulation.world import ACTIVE, HOUR, MONEY, World

QUARTERS_TO_INSOLVENCY = 4


@inner
def collect(world: World) -> None:
    """Book every active customer's margin of the week."""
    p = world.p[0]
    tally = world.tally[0]
    for k in range(len(world.distributors)):
        world.distributors[k].customers = 0
    for row in range(len(world.customers)):
        customer = world.customers[row]
        if customer.status != ACTIVE:
            continue
        tally.revenue += customer.margin
        customer.revenue += customer.margin
        if customer.distributor >= 0:
            part = round_half_up(p.distributor_margin * customer.margin)
            customer.distributor_margin += part
            tally.distributor_margin += part
            distributor = world.distributors[customer.distributor]
            distributor.margin += part
            distributor.customers += 1


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
        cost_of_a_hire = round_half_up(p.hiring_weeks * department.weekly_wage)
        tally.hiring += department.week_hires * cost_of_a_hire
    pay_perks(world)
    tally.overhead += round_half_up(p.overhead_share * world.firm[0].planned_wages)


@compiled
def close_books(world: World) -> None:
    """Book the week that closes; what is left changes the cash."""
    tally = world.tally[0]
    firm = world.firm[0]
    collect(world)
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
    )
    firm.cash += tally.revenue - cost
    firm.revenue += tally.revenue
    firm.cost += cost


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
