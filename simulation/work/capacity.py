"""Hours that a department has today (docs/model.md, section 7.5)."""

from __future__ import annotations

from simulation.agents.department import overtime_share
from simulation.agents.employee import daily_microhours
from simulation.jit import inner
from simulation.maths import round_half_up
from simulation.world import M, V, World


@inner
def headcount(world: World, j: int) -> int:
    """Seats of a department that are filled."""
    count = 0
    department = world.departments[j]
    for row in range(department.first_seat, department.end_seat):
        count += world.employees[row].filled
    return count


@inner
def muster(world: World) -> None:
    """Count the hours of every department: gross, debt paid, regular, overtime."""
    p = world.p[0]
    tally = world.tally[0]
    for j in range(len(world.departments)):
        department = world.departments[j]
        hours = 0
        filled = 0
        engagement = 0.0
        for row in range(department.first_seat, department.end_seat):
            seat = world.employees[row]
            if not seat.filled:
                continue
            filled += 1
            engagement += seat.engagement
            if seat.blocked_by >= 0:
                tally.blocked_seat_days += 1
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
        department.engagement = engagement / filled if filled > 0 else p.engagement_start
        manager_metric = department.dials[M]
        elsewhere = p.meeting_time * department.dials[V] + p.pleasing_time * manager_metric
        drive = 1.0 + p.direction_effort * manager_metric
        gross = round_half_up(hours * department.presence * (1.0 - elsewhere) * drive)
        paid = min(department.debt, gross)
        regular = gross - paid
        overtime = 0
        if regular > 0:
            days = (department.backlog[0] + department.backlog[1]) / regular
            overtime = round_half_up(regular * overtime_share(p, days))
        department.gross = gross
        department.paid = paid
        department.debt -= paid
        department.regular = regular
        department.overtime = overtime
