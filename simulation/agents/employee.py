"""Employees: what they can do in a day, when they tire, quit or escalate (7.5, 9.5)."""

from __future__ import annotations

from simulation.jit import compiled
from simulation.maths import exp, log, round_half_up
from simulation.population import Column, View
from simulation.world import HOUR, Row

QUIT_REFERENCE = 0.6  # engagement at which the hazard is `quit_rate`


@compiled
def daily_microhours(
    p: Row, skill: float, engagement: float, fatigue: float, resentment: float, open_requests: int
) -> int:
    """Effective microhours one employee brings to a day."""
    return round_half_up(
        HOUR
        * p.hours_per_day
        * skill
        * (p.effort_floor + p.effort_engagement * engagement)
        * (1.0 - p.fatigue_loss * fatigue)
        * (1.0 - p.resentment_loss * resentment)
        * max(0.0, 1.0 - p.open_request_loss * open_requests)
    )


@compiled
def quit_hazard(p: Row, engagement: float) -> float:
    """Hazard of quitting within a year."""
    return p.quit_rate * exp(-p.quit_engagement * (engagement - QUIT_REFERENCE))


@compiled
def fatigue_after(p: Row, fatigue: float, overtime_share: float, line_of_sight: float) -> float:
    """Fatigue a week later: overtime and the strain of seeing customers tire, rest restores."""
    towards = min(1.0, p.fatigue_overtime * overtime_share + p.fatigue_strain * line_of_sight)
    return fatigue + (towards - fatigue) / p.fatigue_weeks


@compiled
def days_until_escalation(p: Row, u: float, entitlement: float) -> int:
    """Days that a requester waits before going over the supplier's head."""
    wait = (p.escalation_grace_days - p.escalation_mean_days * log(u)) / (
        1.0 + p.entitlement_impatience * entitlement
    )
    return 1 + int(wait)


@compiled
def favours_wanted(p: Row, essential: float, entitlement: float) -> float:
    """Courtesy requests a week beside so many essential ones: a favour had is a favour due."""
    return essential * p.courtesy_ratio * (1.0 + p.courtesy_entitlement * entitlement)


class Employee(View):
    """One seat of the firm and whoever holds it."""

    population = "employees"
    kind_number = 1

    department = Column("row of the department")
    number = Column("seat number within the department")
    filled = Column("1 if somebody holds the seat")
    skill = Column("skill in [0, 1]")
    engagement = Column("engagement in [0, 1]")
    fatigue = Column("fatigue in [0, 1]")
    entitlement = Column("entitlement as a requester, in [0, 1]")
    resentment = Column("resentment as a supplier, in [0, 1]")
    tenure_weeks = Column("weeks in the seat")
    open_requests = Column("own essential requests that are open")

    @property
    def blocked(self) -> bool:
        """Whether an own essential request keeps this employee from working."""
        return bool(self.record.blocked_by >= 0)

    def daily_hours(self) -> float:
        """Effective hours this employee brings to a day, before department factors."""
        row = self.record
        if not row.filled or self.blocked:
            return 0.0
        return (
            daily_microhours(
                self.parameters,
                row.skill,
                row.engagement,
                row.fatigue,
                row.resentment,
                row.open_requests,
            )
            / HOUR
        )

    def quit_hazard(self) -> float:
        """Hazard of quitting within a year, as the kernel computes it."""
        return quit_hazard(self.parameters, self.engagement)
