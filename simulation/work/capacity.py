"""Hours that a department has today (docs/model.md, section 7.5)."""

from __future__ import annotations

from simulation.agents.department import overtime_share
from simulation.agents.employee import daily_microhours
from simulation.jit import inner
from simulation.maths import round_half_up
from simulation.mechanisms.customer_office import office_hours
from simulation.mechanisms.listening import listening_time
from simulation.work.lists import NIL
from simulation.world import M, V, World


@inner
def available(world: World, j: int, hours: int) -> int:
    """What is left of people's microhours for the work of a department."""
    p = world.p[0]
    department = world.departments[j]
    manager_metric = department.dials[M]
    elsewhere = (
        p.meeting_time * department.dials[V]
        + p.pleasing_time * manager_metric
        + listening_time(world, j)
        + office_hours(world)
    )
    drive = 1.0 + p.direction_effort * manager_metric
    gross = hours * department.presence * max(0.0, 1.0 - elsewhere) * drive
    gross *= 1.0 - department.relearning
    if department.shadow:
        gross *= 1.0 - p.shadow_time
    return round_half_up(gross)


@inner
def join_hosts(world: World) -> None:
    """Departments that have become part of another bring it their hours, people and debts."""
    for j in range(len(world.departments)):
        department = world.departments[j]
        if department.host == NIL:
            continue
        host = world.departments[department.host]
        host.gross += department.gross
        host.debt += department.debt
        host.heads += department.heads
        host.engagement += department.engagement
        host.resentment += department.resentment
        department.gross = 0
        department.debt = 0
        department.heads = 0


@inner
def muster(world: World) -> None:
    """Count the hours of every department: gross, debt paid, regular, overtime."""
    p = world.p[0]
    tally = world.tally[0]
    for j in range(len(world.departments)):
        department = world.departments[j]
        hours = 0
        filled = 0
        blocked = 0
        engagement = 0.0
        resentment = 0.0
        for row in range(department.first_seat, department.end_seat):
            seat = world.employees[row]
            if not seat.filled:
                continue
            filled += 1
            engagement += seat.engagement
            resentment += seat.resentment
            if seat.blocked_by >= 0:
                blocked += 1
                continue
            hours += daily_microhours(
                p,
                seat.skill,
                seat.engagement,
                seat.fatigue,
                seat.resentment,
                seat.open_requests,
            )
        tally.filled_seat_days += filled
        tally.blocked_seat_days += blocked
        department.week_filled += filled
        department.week_blocked += blocked
        department.heads = filled
        department.engagement = engagement
        department.resentment = resentment
        department.gross = available(world, j, hours)
    join_hosts(world)
    for j in range(len(world.departments)):
        department = world.departments[j]
        heads = department.heads
        department.engagement = department.engagement / heads if heads else p.engagement_start
        department.resentment = department.resentment / heads if heads else 0.0
        # Debt is paid first.
        paid = min(department.debt, department.gross)
        regular = department.gross - paid
        overtime = 0
        if regular > 0:
            days = (department.backlog[0] + department.backlog[1]) / regular
            overtime = round_half_up(regular * overtime_share(p, days))
        department.paid = paid
        department.debt -= paid
        department.regular = regular
        department.overtime = overtime
