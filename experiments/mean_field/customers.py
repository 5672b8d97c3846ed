"""One average customer, and the distributors as one (docs/model.md, 8 and 11.8)."""

from __future__ import annotations

import math

from experiments.mean_field.facts import Facts, plain
from experiments.propensity import propensity_of_customers
from simulation.agents.customer import (
    churn_hazard,
    experience_after,
    join_probability,
    lead_hazard,
    relative_fit,
    said_by,
)
from simulation.mechanisms.distributors import NEUTRAL_VOICE
from simulation.world import ACTIVE, LOST, WEEKS_A_YEAR, D

_said_by, _lead_hazard = plain(said_by), plain(lead_hazard)
_join_probability, _experience_after = plain(join_probability), plain(experience_after)


def start_propensity(facts: Facts) -> float:
    """Mean churn propensity of those who are customers at the start."""
    p, market = facts.p, facts.scenario.market
    if p.h0 == 0.0:
        return 1.0  # nobody leaves, so that customers are people like all others
    return propensity_of_customers(
        float(p.propensity_shape), market.active_at_start / market.customers
    )


class Customers:
    """Everybody in the market.

    Attributes
    ----------
    active : float
        Customers.
    experience, satisfaction : float
        Of the average customer.
    word : float
        What the average person who is no customer has heard.
    lost, joined, defected : float
        Of the past week; those lost include those who left with a distributor.
    present : float
        Share of the distributors that work with the firm.
    """

    def __init__(self, facts: Facts, fit: float, propensity: float) -> None:
        p = facts.p
        self.facts = facts
        self.propensity = propensity
        self.active = float(facts.scenario.market.active_at_start)
        self.experience = p.experience_rest
        self.satisfaction = 0.5 * (fit + self.experience)
        self.word = 0.0
        self.lost = self.joined = self.defected = 0.0
        self.leavers: list[tuple[float, float]] = []  # lost in a week, and their satisfaction
        self.present, self.service = 1.0, p.service_start
        self.entitlement = p.entitlement_start
        listens = facts.on["distributors"]
        self.voice = float(facts.dial(D).mean())
        self.push = max(0.0, 1.0 + p.distributor_push * (self.voice - NEUTRAL_VOICE))
        self.push = self.push if listens else 1.0

    def through(self) -> float:
        """Share of customers who have a distributor that works with the firm."""
        return self.facts.through * self.present

    def live(self, own: float, rival: float, lift: float) -> None:
        """A week of customers' lives: memory fades, satisfaction follows, some leave."""
        p = self.facts.p
        self.experience += p.experience_drift * (p.experience_rest - self.experience)
        self.experience += lift * (1.0 - self.experience)
        towards = 0.5 * (own + self.experience)
        self.satisfaction += p.satisfaction_speed * (towards - self.satisfaction)
        hazard = churn_hazard(
            self.facts.record, self.propensity, self.satisfaction, own, rival, 1.0
        )
        left = (self.active - self.defected) * (1.0 - math.exp(-hazard))
        self.lost = left + self.defected
        self.leavers.append((self.lost, self.satisfaction))
        self.active -= self.lost

    def defect(self) -> None:
        """Distributors go over to the competitor, and some customers with them."""
        facts, p = self.facts, self.facts.p
        if not facts.on["distributors"] or not facts.through:
            return
        hazard = (
            p.defection_rate
            / WEEKS_A_YEAR
            * math.exp(
                -p.defection_voice * (self.voice - NEUTRAL_VOICE)
                - p.defection_service * (self.service - p.service_start)
            )
        )
        gone = self.present * (1.0 - math.exp(-hazard))
        self.defected = self.active * facts.through * gone * p.defection_takes
        self.present += (1.0 - self.present) / p.defection_weeks - gone
        self.entitlement *= 1.0 - p.entitlement_decay

    def leads(self, own: float, rival: float, under_way: float) -> float:
        """Leads that are born in the week; word of mouth is heard first."""
        facts, p = self.facts, self.facts.p
        people = facts.scenario.market.customers
        said = self.active * _said_by(p, ACTIVE, self.satisfaction, 0)
        talking = self._lately(p.leaver_weeks)
        if gone := sum(lost for lost, _ in talking):
            content = sum(lost * satisfaction for lost, satisfaction in talking) / gone
            said += gone * _said_by(p, LOST, content, 0)
        self.word += p.word_memory * (said / people - self.word)
        hazard = _lead_hazard(p, self.word, relative_fit(own, rival), 1.0)
        hazard *= 1.0 + self.through() * (self.push - 1.0)
        waiting = sum(lost for lost, _ in self._lately(p.winback_weeks))
        free = people - self.active - waiting - under_way
        return max(0.0, free) * (1.0 - math.exp(-hazard))

    def _lately(self, weeks: float) -> list[tuple[float, float]]:
        """Those lost in the past so many weeks, this one included."""
        return self.leavers[max(0, len(self.leavers) - math.ceil(weeks)) :]

    def join(self, answered: float, days: float, own: float, rival: float) -> None:
        """Leads are answered after so many days; who joins begins anew."""
        p = self.facts.p
        self.joined = answered * _join_probability(p, days, relative_fit(own, rival))
        self.active += self.joined
        if self.active > 0.0:
            share = self.joined / self.active
            fresh = 0.5 * (own + p.experience_rest)
            self.experience += share * (p.experience_rest - self.experience)
            self.satisfaction += share * (fresh - self.satisfaction)

    def meet(self, outcomes: list[tuple[float, float]], heard: float) -> None:
        """What customers meet with in a week.

        Parameters
        ----------
        outcomes : list of (float, float)
            How many needs had which outcome, in [0, 1].
        heard : float
            Customers who were listened to.
        """
        if self.active <= 0.0:
            return
        p, before = self.facts.p, self.experience
        for count, outcome in outcomes:
            moved = _experience_after(p, before, outcome) - before
            self.experience += count / self.active * moved
        self.experience += heard / self.active * p.heard_lift
        self.experience = min(1.0, max(0.0, self.experience))

    def answer_channel(self, ended: float, helped: float, pleased: float) -> None:
        """Requests of a distributor that ended, the share helped in time, and what they learn."""
        p = self.facts.p
        self.service += (1.0 - (1.0 - p.service_weight) ** ended) * (helped - self.service)
        lesson = p.entitlement_gain * pleased * ended * helped
        self.entitlement += lesson * (1.0 - self.entitlement)
