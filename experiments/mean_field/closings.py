"""What was closed in a week, and what follows from it for those who asked and those who served."""

from __future__ import annotations

import numpy as np

from experiments.mean_field.facts import Facts
from experiments.mean_field.rules import Rules
from experiments.mean_field.work import Flags, Plan, Values, Week, days_until_return, share
from simulation.world import (
    CHANGE,
    CHANNEL,
    COURTESY,
    ESSENTIAL,
    FRONT,
    HIRE,
    LEAD,
    NEED,
    D,
)


class Closings:
    """The closings of a week, stage by stage (N); only last stages have any.

    Attributes
    ----------
    week : Week
        What happened in the departments.
    closed, right : Values
        How many, and how many of them right.
    days : Values
        Mean days of a visit; everything that goes one way is taken to last as long.
    in_time : Flags
        Whether that is within the promise.
    escalated : Values
        How many had been escalated.
    helped : Values
        How many end within the promise, counted from their first visit, returns included.
    ended : Values
        How many end, right or given up.
    heard : Values
        Customers who were listened to (J).
    """

    def __init__(
        self, facts: Facts, rules: Rules, week: Week, plan: Plan, right: Values, entitled: Values
    ) -> None:
        p, stages = facts.p, facts.stages
        self.facts = facts
        self.week = week
        self.closed = np.where(stages.closes, week.done.sum(axis=0), 0.0)
        self.right = self.closed * right
        self.days = share(np.where(stages.closes, week.days, 0.0), self.closed)
        self.in_time: Flags = self.days <= p.promise_days
        self.ended = self.closed * (1.0 - plan.back)
        again = 2.0 * self.days + days_until_return(p) <= p.promise_days
        first_time = self.right * self.in_time
        self.helped = share(first_time * (1.0 + (1.0 - right) * again), self.closed) * self.ended
        self.helped = np.minimum(self.helped, self.ended)
        impatience = 1.0 + p.entitlement_impatience * entitled[stages.requester]
        over = np.maximum(0.0, self.days - 1.0 - p.escalation_grace_days / impatience)
        mean = max(p.escalation_mean_days, 1e-9) / impatience
        asked = np.where(stages.of_kind(ESSENTIAL, COURTESY), self.closed, 0.0)
        self.escalated = asked * p.escalation_share * (1.0 - np.exp(-over / mean))
        listened = stages.of_kind(NEED) & stages.opens & (facts.kind[stages.department] == FRONT)
        self.heard = self._at(np.where(listened, week.done.sum(axis=0), 0.0)) * rules.reach

    def _at(self, amounts: Values) -> Values:
        return self.facts.stages.at_departments(amounts, len(self.facts.names))

    def _for(self, amounts: Values) -> Values:
        return self.facts.stages.for_requesters(amounts, len(self.facts.names))

    def of(self, amounts: Values, *kinds: int) -> Values:
        """These amounts for work of some kinds, 0 for other work."""
        return np.where(self.facts.stages.of_kind(*kinds), amounts, 0.0)

    def mean_days(self, kind: int) -> float:
        """Mean days of a visit of this kind; NaN where none was closed."""
        closed = self.of(self.closed, kind)
        return float(closed @ self.days / closed.sum()) if closed.sum() > 0.0 else np.nan

    def days_to_end(self, kind: int, back: Values) -> float:
        """Mean days from the first visit to the end, returns included."""
        closed = self.of(self.closed, kind)
        if closed.sum() <= 0.0:
            return float("nan")
        visits = 1.0 / (1.0 - float(closed @ back / closed.sum()))
        wait = days_until_return(self.facts.p)
        return self.mean_days(kind) * visits + wait * (visits - 1.0)

    @property
    def hired(self) -> Values:
        """Newcomers of each department."""
        return self._for(self.of(self.right, HIRE))

    @property
    def dispute_hours(self) -> Values:
        """Hours that disputes cost each department."""
        p = self.facts.p
        hours = p.dispute_hours * self._at(self.week.disputes)
        return np.asarray(hours + p.dispute_requester_hours * self._for(self.week.disputes))

    @property
    def escalation_hours(self) -> Values:
        """Hours that escalations cost each department."""
        hours: Values = self.facts.p.escalation_hours * self._at(self.escalated)
        if self.facts.head >= 0:
            hours[self.facts.head] += self.facts.p.escalation_hours * self.escalated.sum()
        return hours

    def lessons(self, heads: Values) -> Values:
        """Favours and escalations that worked, weighted with c, and hearsay of them, per head."""
        facts, p, stages = self.facts, self.facts.p, self.facts.stages
        shown = facts.courtesy[stages.supplier, stages.requester]
        rightly = share(self.right, self.closed)
        favours = self.of(self.right, COURTESY) + self.of(self.escalated * rightly, ESSENTIAL)
        told = p.precedent * np.minimum(np.maximum(heads - 1.0, 0.0), p.precedent_circle)
        return share(
            self._for(favours * shown) + told * self._for(self.escalated * rightly * shown), heads
        )

    def imposed(self, heads: Values) -> Values:
        """Favours and escalated requests handled, per head of the supplier."""
        favours = self.of(self.week.done.sum(axis=0), COURTESY)
        return share(self._at(favours + self.of(self.escalated, ESSENTIAL)), heads)

    def results(self, heads: Values) -> Values:
        """Customers' needs resolved where the customer is seen, per head."""
        rightly = share(self.right, self.closed)
        return share(self._at(self.of(self.week.done[0] * rightly, NEED)), heads)

    def tools(self, heads: Values) -> tuple[Values, Values]:
        """Essential requests that ended, per head, and the share that helped."""
        ended = self._for(self.of(self.ended, ESSENTIAL))
        return share(ended, heads), share(self._for(self.of(self.helped, ESSENTIAL)), ended)

    def channel(self) -> tuple[float, float, float]:
        """Requests of distributors that ended, and the shares that helped and were heard (d)."""
        ended = self.of(self.ended, CHANNEL)
        total = max(float(ended.sum()), 1e-12)
        heard = float(ended @ self.facts.dial(D)[self.facts.stages.department])
        return float(ended.sum()), float(self.of(self.helped, CHANNEL).sum()) / total, heard / total

    def leads(self) -> tuple[float, float]:
        """Leads answered, and mean days."""
        answered = self.of(self.closed, LEAD)
        total = float(answered.sum())
        return total, float(answered @ self.days) / total if total > 0.0 else 0.0

    def changes(self, resentment: Values) -> tuple[float, float, float, float]:
        """Changes done, and mean options, worth and probability that a dimension is proposed."""
        facts, p, stages = self.facts, self.facts.p, self.facts.stages
        done = self.of(self.right, CHANGE)
        total = float(done.sum())
        if total <= 0.0:
            return 0.0, float("nan"), 0.0, 0.0
        order = p.order_share * facts.courtesy[stages.department, facts.product]
        asked = (1.0 - order) * (1.0 - resentment[stages.department])
        options = 1.0 + np.bincount(stages.way, np.where(self._stands_first(), asked, 0.0))
        by_way = np.bincount(stages.way, done) / total
        worth = 1.0 - (1.0 - p.option_worth) ** options
        dimension = 1.0 - 0.5**options
        return total, float(by_way @ options), float(by_way @ worth), float(by_way @ dimension)

    def _stands_first(self) -> Flags:
        """Stages of changes at another department that has not been on the route before."""
        stages = self.facts.stages
        places = np.stack([stages.way, stages.department])
        first = np.zeros(len(stages.kind), bool)
        first[np.unique(places, axis=1, return_index=True)[1]] = True
        other = stages.department != self.facts.product
        return np.asarray(first & other & stages.of_kind(CHANGE))
