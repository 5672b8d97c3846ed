"""Money of the mean-field firm, and what is observed of its weeks (docs/model.md, 9.7 and 12)."""

from __future__ import annotations

import math
from typing import Any

from experiments.mean_field.closings import Closings
from experiments.mean_field.customers import Customers
from experiments.mean_field.facts import Facts
from experiments.mean_field.people import People
from experiments.mean_field.work import Values
from simulation.world import (
    CHANGE,
    CHANNEL,
    COURTESY,
    DAYS_A_WEEK,
    ESSENTIAL,
    HIRE,
    NEED,
    REPORT,
    WEEKS_A_QUARTER,
    WEEKS_A_YEAR,
    A,
    H,
)

_INTERNAL = (ESSENTIAL, COURTESY, REPORT, HIRE, CHANNEL, CHANGE)


class Books:
    """Cash, and the costs and revenue of the past week, in currency."""

    def __init__(self, facts: Facts) -> None:
        p = facts.p
        self.facts = facts
        self.margin = float(facts.segments("share") @ facts.segments("margin_per_week"))
        self.planned_wages = float(facts.plan @ facts.wage)
        self.cash = p.cash_weeks * self.planned_wages * (1.0 + p.overhead_share)
        self.revenue = 0.0
        self.costs: dict[str, float] = {}

    def lift(self, week: int) -> float:
        """What customer projects do for experience in a week."""
        facts, p = self.facts, self.facts.p
        if not facts.on["customer_office"]:
            return 0.0
        attention = p.attention_decay ** (week % WEEKS_A_QUARTER)
        spent = float(facts.dial(A) @ (facts.plan * facts.wage)) / self.planned_wages
        return float(p.project_lift * attention * spent)

    def close(
        self,
        customers: Customers,
        people: People,
        closings: Closings,
        declined: Values,
        damage: float,
    ) -> None:
        """Book a week; `damage` is what incidents cost."""
        facts, p = self.facts, self.facts.p
        at = facts.stages.department
        wages = people.heads * facts.wage
        rate = facts.wage / (DAYS_A_WEEK * p.hours_per_day)
        failed = closings.closed - closings.right + closings.week.abandoned
        amends = closings.of(failed, NEED) @ facts.dial(A)[at]
        bought = p.outside_share * p.outside_price * (declined @ (facts.hours[1] * rate)[at])
        self.revenue = customers.active * self.margin
        overlap = 1.0 + p.project_overlap
        projects = overlap * p.project_share * facts.on["customer_office"]
        self.costs = {
            "wages": float(wages.sum()),
            "overtime_pay": float(closings.week.overtime @ rate) * p.overtime_pay,
            "hiring": p.hiring_weeks * float(people.hires @ facts.wage),
            "overhead": p.overhead_share * self.planned_wages,
            "distributor_margin": p.distributor_margin * self.revenue * customers.through(),
            "concessions": p.concession_weeks * self.margin * float(amends),
            "outside": float(bought),
            "incident_cost": damage,
            "perks": p.perks_share * float(facts.dial(H) @ wages) * facts.on["engagement"],
            "project_cost": projects * float(facts.dial(A) @ wages),
        }
        self.cash += self.revenue - sum(self.costs.values())

    def observed(
        self,
        before: float,
        customers: Customers,
        people: People,
        closings: Closings,
    ) -> dict[str, float]:
        """Columns of the week; `before` counts the customers at its beginning."""
        week, of = closings.week, closings.of
        closed, right = of(closings.closed, NEED), of(closings.right, NEED)
        out = float(closed.sum() + of(week.abandoned, NEED).sum())
        internal = of(closings.closed, *_INTERNAL)
        gross, regular = week.gross.sum(), week.regular.sum()
        worked = week.worked.sum()
        courtesy = float(of(week.worked, COURTESY).sum())
        escalated = float(closings.escalation_hours.sum())
        disputed = float(closings.dispute_hours.sum())
        reported = _ratio(closed @ closings.in_time, out)
        cost = sum(self.costs.values())
        return {
            "active": customers.active,
            "joined": customers.joined,
            "lost": customers.lost,
            "retention": (1.0 - _ratio(customers.lost, before)) ** WEEKS_A_YEAR,
            "satisfaction": customers.satisfaction,
            "revenue": self.revenue,
            "cost": cost,
            "profit": self.revenue - cost,
            "cash": self.cash,
            **{f"cost_{name}": value for name, value in self.costs.items()},
            "entitlement": people.mean(people.entitlement),
            "resentment": people.mean(people.resentment),
            "engagement": people.mean(people.engagement),
            "fatigue": people.mean(people.fatigue),
            "quits": float(people.quits.sum()),
            "hires": float(people.hires.sum()),
            "seats": float(people.heads.sum()),
            "heard": float(closings.heard.sum()),
            "escalations": float(closings.escalated.sum()),
            "disputes": float(week.disputes.sum()),
            "friction": min(1.0, _ratio(courtesy + escalated + disputed, gross)),
            "friction_courtesy": _ratio(courtesy, gross),
            "friction_escalations": _ratio(escalated, gross),
            "friction_disputes": _ratio(disputed, gross),
            "courtesy_share": _ratio(courtesy, worked),
            "blocked_share": _ratio(week.blocked.sum(), DAYS_A_WEEK * people.heads.sum()),
            "utilisation": _ratio(worked + week.switching.sum(), regular),
            "overtime_share": _ratio(week.overtime.sum(), regular),
            "lead_time_days": closings.mean_days(NEED),
            "resolution_rate": _ratio(right.sum(), closed.sum()),
            "abandoned_rate": _ratio(out - closed.sum(), out),
            "reported_sla": reported,
            "illusion_gap": reported - _ratio(right @ closings.in_time, out),
            "internal_sla": _ratio(internal @ closings.in_time, internal.sum()),
            "market_share": customers.active / self.facts.scenario.market.customers,
            "distributor_service": customers.service,
        }


def _ratio(part: Any, whole: float) -> float:
    """part / whole, NaN where there is nothing to share."""
    return float(part / whole) if whole > 0.0 else math.nan
