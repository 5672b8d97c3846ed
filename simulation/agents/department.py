"""Departments: pace, pressure, corners cut, quality, overtime (docs/model.md, sections 6, 7)."""

from __future__ import annotations

import numpy as np

from simulation.jit import compiled
from simulation.maths import exp
from simulation.population import Column, View
from simulation.world import HOUR, MONEY, Row

# the neutral regime: mean of customer_first and internal_customer
NEUTRAL_CUSTOMER_METRIC = 0.45
NEUTRAL_LOCAL_METRIC = 0.40
NEUTRAL_CAPTIVITY = 0.8


@compiled
def pace(p: Row, customer_metric: float, local_metric: float) -> float:
    """Intended time as a multiple of the standard: what is measured decides whether to hurry."""
    return (
        1.0
        + p.pace_customer_metric * (customer_metric - NEUTRAL_CUSTOMER_METRIC)
        - p.pace_local_metric * (local_metric - NEUTRAL_LOCAL_METRIC)
    )


@compiled
def uncut_share(p: Row, customer_metric: float, pressure: float) -> float:
    """Share of the intended time that is given under pressure (Oliva & Sterman 2001)."""
    over = max(pressure - 1.0, 0.0)
    share = 1.0 - p.corner_cutting * (1.0 - customer_metric) * over
    return min(1.0, max(p.corner_floor, share))


@compiled
def saturating(p: Row, x: float) -> float:
    """Worth of x times the standard time: 1 at x = 1, with falling returns."""
    return (1.0 - exp(-p.time_curvature * x)) / (1.0 - exp(-p.time_curvature))


@compiled
def resolution_probability(p: Row, engagement: float, time_ratio: float, quality: float) -> float:
    """Probability that an item is resolved when it is closed."""
    return min(
        1.0,
        p.resolution_base
        * (p.resolution_floor + p.resolution_engagement * engagement)
        * saturating(p, time_ratio)
        * quality,
    )


@compiled
def handoff_quality(p: Row, line_of_sight: float) -> float:
    """Quality that survives a hand-off to a department with this line of sight."""
    return 1.0 - p.handoff_loss * (1.0 - p.handoff_sight * line_of_sight)


@compiled
def overtime_share(p: Row, days_of_backlog: float) -> float:
    """Overtime as a share of regular capacity."""
    return p.overtime_max * min(1.0, max(0.0, days_of_backlog - p.overtime_from_days))


@compiled
def standard_after(p: Row, standard: float, delivered: float, customer_metric: float) -> float:
    """Service standard a week later: falls to what is delivered, recovers slowly.

    Parameters
    ----------
    delivered : float
        Time given over time intended, mean of the past week; 1 where nothing was cut.
    """
    if delivered < 1.0:
        standard += (standard * delivered - standard) / p.standard_fall_weeks
    recovery = p.standard_rise_floor + (1.0 - p.standard_rise_floor) * customer_metric
    return standard + (1.0 - standard) * recovery / p.standard_rise_weeks


class Department(View):
    """One department."""

    population = "departments"
    kind_number = 2

    kind = Column("0 front line, 1 internal service, 2 management")
    plan = Column("seats planned")
    target = Column("seats the department aims at")
    standard = Column("service standard, 1 at the start")
    pressure = Column("work pressure, 1 is normal load")
    policy = Column("mean approvals of an item that enters")
    engagement = Column("mean engagement of its people this morning")
    resentment = Column("mean resentment of its people this morning")
    relearning = Column("share of productivity lost to new rules")
    shadow = Column("1 while it has shadow IT")
    weekly_wage = Column("wage of one seat, currency a week", MONEY)

    @property
    def name(self) -> str:
        """Name in the scenario."""
        return str(self.model.department_names[self.row])

    @property
    def backlog_hours(self) -> float:
        """Hours of work waiting."""
        return float(self.record.backlog.sum()) / HOUR

    @property
    def headcount(self) -> int:
        """Seats that are filled."""
        row = self.record
        seats = self.model.world.employees.filled[row.first_seat : row.end_seat]
        return int(np.count_nonzero(seats))
