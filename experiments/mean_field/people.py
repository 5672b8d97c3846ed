"""One average employee in every department (docs/model.md, 9.1, 9.5, 11.3 and 11.5)."""

from __future__ import annotations

import math

import numpy as np

from experiments.mean_field.facts import Facts, plain
from experiments.mean_field.work import Values
from simulation.agents.employee import fatigue_after, quit_hazard
from simulation.world import FRONT, MANAGEMENT, WEEKS_A_YEAR, A, C, H, K, L, M, V

_fatigue_after, _quit_hazard = plain(fatigue_after), plain(quit_hazard)


class People:
    """Head-counts of the departments, and the state of their average employee.

    Attributes
    ----------
    heads, target : Values
        Seats filled and aimed at.
    to_learn : Values
        Skill that is still lacking.
    engagement, fatigue, entitlement, resentment, tools : Values
        As of an employee.
    quits, hires : Values
        Of the past week.
    """

    def __init__(self, facts: Facts) -> None:
        p, count = facts.p, len(facts.names)
        self.facts = facts
        self.heads, self.target = facts.plan.copy(), facts.plan.copy()
        hazard = _quit_hazard(p, p.engagement_start) / WEEKS_A_YEAR * p.learning_weeks
        # mean of what tenures, exponential ones, leave of the way to full skill
        left = 1.0 - (1.0 - math.exp(-hazard)) / hazard if hazard > 0.0 else 0.0
        self.to_learn = np.full(count, (1.0 - p.newcomer_skill) * left)
        self.engagement = np.full(count, p.engagement_start)
        self.entitlement = np.full(count, p.entitlement_start)
        self.tools = np.full(count, p.tools_start)
        self.fatigue, self.resentment, self.quits, self.hires = np.zeros((4, count))

    def seat_hours(self) -> Values:
        """Hours that a seat brings to a day, if nothing open holds it up."""
        facts, p = self.facts, self.facts.p
        manager = facts.dial(M)
        elsewhere = p.meeting_time * facts.dial(V) + p.pleasing_time * manager
        if facts.on["listening"]:
            elsewhere = elsewhere + p.listening_time * facts.dial(L) * (facts.kind != MANAGEMENT)
        return np.asarray(
            p.hours_per_day
            * (1.0 - self.to_learn)
            * (p.effort_floor + p.effort_engagement * self.engagement)
            * (1.0 - p.fatigue_loss * self.fatigue)
            * (1.0 - p.resentment_loss * self.resentment)
            * np.maximum(0.0, 1.0 - elsewhere)
            * (1.0 + p.direction_effort * manager)
        )

    def age(self, overtime: Values) -> None:
        """A week older: they learn, tire, forget, and some of them quit.

        Parameters
        ----------
        overtime : Values
            Overtime of the past week as a share of the most there can be.
        """
        facts, p = self.facts, self.facts.p
        # learning is a straight line for one person; an exponential of the same area for the mean
        self.to_learn *= 1.0 - min(1.0, 2.0 / p.learning_weeks)
        sight = facts.dial(V)
        self.fatigue = np.array(
            [_fatigue_after(p, *one) for one in zip(self.fatigue, overtime, sight, strict=True)]
        )
        hazard = np.array([_quit_hazard(p, g) for g in self.engagement]) / WEEKS_A_YEAR
        self.quits = self.heads * (1.0 - np.exp(-hazard))
        self.heads = self.heads - self.quits
        if facts.on["entitlement"]:
            recognition = facts.dial(H) + 0.5 * facts.dial(C)
            self.entitlement *= 1.0 - p.entitlement_decay
            self.resentment *= 1.0 - p.resentment_relief * recognition

    def engage(self, disputed: Values) -> None:
        """A week passes for engagement; `disputed` is the share of hours lost in disputes."""
        facts, p = self.facts, self.facts.p
        if not facts.on["engagement"]:
            return
        sight = facts.dial(V) ** (1.0 + facts.hops / 2.0)
        known = np.maximum(facts.dial(C), facts.dial(A) * facts.dial(V))
        clarity = np.where(facts.kind == FRONT, facts.dial(A), known)
        target = (
            p.engagement_base
            + p.engagement_sight * sight
            + p.engagement_tools * self.tools
            + p.engagement_care * facts.dial(H)
            + p.engagement_clarity * np.maximum(0.0, clarity - p.clarity_disputes * disputed)
            - p.engagement_resentment * self.resentment
            - p.engagement_fatigue * self.fatigue
        )
        self.engagement += (np.clip(target, 0.0, 1.0) - self.engagement) / p.engagement_weeks

    def hire(self, hires: Values) -> None:
        """Newcomers take seats, and the average moves towards them."""
        p = self.facts.p
        self.hires = hires
        self.heads = self.heads + hires
        share = np.divide(hires, self.heads, out=np.zeros_like(hires), where=self.heads > 0)
        for state, first in (
            (self.to_learn, 1.0 - p.newcomer_skill),
            (self.engagement, p.engagement_start),
            (self.fatigue, 0.0),
            (self.entitlement, p.entitlement_start),
            (self.resentment, 0.0),
            (self.tools, p.tools_start),
        ):
            state += share * (first - state)

    def learn_as_requesters(self, lessons: Values, refusals: Values) -> None:
        """Favours that worked and those declined, per head; lessons are weighted with dial c."""
        p = self.facts.p
        self.entitlement += p.entitlement_gain * lessons * (1.0 - self.entitlement)
        self.entitlement *= 1.0 - p.entitlement_refusal * np.minimum(refusals, 1.0)

    def learn_as_suppliers(self, favours: Values, results: Values, pressure: Values) -> None:
        """Favours handled under pressure, and customers' results seen, per head."""
        facts, p = self.facts, self.facts.p
        over = np.maximum(pressure - p.resentment_pressure, 0.0)
        lesson = np.minimum(1.0, p.resentment_gain * facts.dial(K) * over)
        self.resentment += np.minimum(1.0, lesson * favours) * (1.0 - self.resentment)
        relief = p.resentment_relief * facts.dial(V) * results
        self.resentment *= 1.0 - np.minimum(1.0, relief)

    def learn_about_tools(self, ended: Values, helped: Values) -> None:
        """Requests that ended, per head, and the share of them that helped in time."""
        if self.facts.on["engagement"]:
            weight = 1.0 - (1.0 - self.facts.p.tools_weight) ** ended
            self.tools += weight * (helped - self.tools)

    def plan_seats(self, utilisation: Values, cash: float) -> None:
        """Once a quarter: more seats for busy departments, fewer for idle ones."""
        p, plan = self.facts.p, self.facts.plan
        most = np.floor(p.seats_most * plan)
        more = np.minimum(most, self.target + np.ceil(p.hire_step * plan))
        least = np.maximum(1.0, np.ceil(p.seats_least * plan))
        fewer = np.maximum(least, self.target - np.ceil(p.shrink_step * plan))
        busy = (utilisation > p.hire_above) & (cash > 0.0)
        idle = (utilisation < p.shrink_below) & ~busy
        grown = np.where(busy, np.maximum(self.target, more), self.target)
        self.target = np.where(idle, np.minimum(grown, fewer), grown)

    def cut_seats(self) -> None:
        """Cash has run out: every department gives up seats, and people with them."""
        rest = 1.0 - self.facts.p.emergency_cut
        self.target = np.maximum(1.0, np.floor(self.target * rest))
        self.heads = np.minimum(self.heads, self.target)

    def mean(self, state: Values) -> float:
        """Mean over all people."""
        return float(self.heads @ state / self.heads.sum())
