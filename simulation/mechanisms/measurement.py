"""What gets measured: reported against true service, and the budget that follows the report.

Claim (H2, H32): figures that count what was closed flatter a department; where customers'
outcomes are not measured, management believes the report and moves money by it. See
docs/model.md, 11.2; rates assumed.
"""

from __future__ import annotations

import math

from simulation.jit import inner
from simulation.maths import round_half_up
from simulation.mechanisms.base import Mechanism
from simulation.work.lists import NIL
from simulation.world import A, Row, World

UNKNOWN = -1.0

MECHANISM = Mechanism(
    name="measurement",
    claim="measures taken inside the firm create false success (H2, H32)",
    source="management writing on internal customers; Allen et al. 2005 for the gap",
    reads=("departments.week_closed", "departments.week_needs_closed", "departments.dials"),
    writes=(
        "departments.reported",
        "departments.true_figure",
        "departments.target",
        "firm.true_figure",
    ),
    streams=(),
    columns=("budget_moves",),
    counts=("budget_moves",),
)


@inner
def averaged(p: Row, figure: float, good: int, closed: int) -> float:
    """A running share of good closings; the first one known stands as it is."""
    if closed == 0:
        return figure
    share = good / closed
    if figure == UNKNOWN:
        return share
    return figure + (share - figure) / p.measure_weeks


@inner
def measured(reported: float, true: float, customer_metric: float) -> float:
    """What management sees of a department: truth as far as customers are measured."""
    return customer_metric * true + (1.0 - customer_metric) * reported


@inner
def take_figures(world: World) -> None:
    """Take the past week's closings into the figures of departments and firm."""
    p = world.p[0]
    firm = world.firm[0]
    if not firm.on_measurement:
        return
    closed = 0
    resolved_in_time = 0
    for j in range(len(world.departments)):
        d = world.departments[j]
        d.reported = averaged(p, d.reported, d.week_closed_in_time, d.week_closed)
        good = d.week_needs_resolved_in_time
        d.true_figure = averaged(p, d.true_figure, good, d.week_needs_closed)
        closed += d.week_needs_closed
        resolved_in_time += good
    firm.true_figure = averaged(p, firm.true_figure, resolved_in_time, closed)


@inner
def seen(world: World, j: int) -> float:
    """Measured performance of a department, `UNKNOWN` where there is nothing to see."""
    d = world.departments[j]
    if d.reported == UNKNOWN or d.host != NIL:
        return UNKNOWN
    true = d.true_figure
    if true == UNKNOWN:
        true = world.firm[0].true_figure
    if true == UNKNOWN:
        true = d.reported
    return measured(d.reported, true, d.dials[A])


@inner
def move_budget(world: World) -> None:
    """Once a quarter money moves from the best-looking department to the worst-looking."""
    if not world.firm[0].on_measurement:
        return
    p = world.p[0]
    best = NIL
    worst = NIL
    highest = 0.0
    lowest = 0.0
    for j in range(len(world.departments)):
        figure = seen(world, j)
        if figure == UNKNOWN:
            continue
        if best == NIL or figure > highest:
            best = j
            highest = figure
        if worst == NIL or figure < lowest:
            worst = j
            lowest = figure
    if best == worst or highest - lowest <= p.budget_notice:
        return
    giver = world.departments[best]
    taker = world.departments[worst]
    least = math.ceil((1.0 - p.budget_bound) * giver.plan)
    seats = min(round_half_up(p.budget_move * giver.target), giver.target - least)
    seats = max(seats, 0)
    most = math.floor((1.0 + p.budget_bound) * taker.plan)
    gain = seats * giver.weekly_wage // taker.weekly_wage
    gain = max(min(gain, most - taker.target), 0)
    if gain > 0:
        paid_by = -(-gain * taker.weekly_wage // giver.weekly_wage)  # rounded up
        giver.target -= min(seats, paid_by)
        taker.target += gain
        world.tally[0].budget_moves += 1
