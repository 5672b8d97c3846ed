"""Hours, probabilities and delays of expected work, stage by stage (docs/model.md, 6 and 7)."""

from __future__ import annotations

import numpy as np
from scipy.special import gammainc

from experiments.mean_field.facts import Facts, plain
from experiments.mean_field.work import Values
from simulation.agents.department import (
    NEUTRAL_CAPTIVITY,
    handoff_quality,
    pace,
    uncut_share,
)
from simulation.world import (
    CHANGE,
    CHANNEL,
    ESSENTIAL,
    FRONT,
    LEAD,
    MANAGEMENT,
    NEED,
    REPORT,
    SERVICE,
    A,
    B,
    C,
    D,
    K,
    L,
    M,
    V,
    W,
)

_uncut_share = plain(uncut_share)


class Rules:
    """What is true of every stage (N) of a firm whose dials do not change.

    Attributes
    ----------
    standard_hours : Values
        Mean standard hours of a visit (N).
    linked : Values
        Probability that a department sees a visit as customer-linked (N).
    patience : Values
        Probability that a night's wait does not end it (N).
    pace : Values
        Intended time over standard time (J).
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        p, stages = facts.p, facts.stages
        self.at = stages.department
        self.customers = stages.of_kind(NEED, LEAD)
        self.standard_hours = self._standard_hours()
        self.linked = self._linked()
        loss = facts.segments("share") @ (1.0 / facts.segments("patience_factor"))
        staying = np.exp(-loss / p.patience_days) if p.patience_days > 0.0 else 1.0
        self.patience = np.where(self.customers, staying, 1.0)
        metrics = zip(facts.dial(A), facts.dial(B), strict=True)
        self.pace = np.array([pace(facts.record, *both) for both in metrics])
        kept = [handoff_quality(facts.record, v) for v in facts.dial(V)]
        ways = stages.way.max() + 1
        self._quality = np.ones(ways)
        np.multiply.at(
            self._quality, stages.way, np.where(stages.handed, np.array(kept)[self.at], 1.0)
        )
        self._whole = np.bincount(stages.way, self.standard_hours, ways)
        self._wrong = self._wrong_left()
        self._approved = (facts.kind[self.at] == SERVICE) & (
            stages.handed | stages.of_kind(ESSENTIAL)
        )

    def _standard_hours(self) -> Values:
        """With what pooling saves, and the size of a change."""
        facts, p = self.facts, self.facts.p
        customer, internal = facts.hours[:, self.at]
        change = p.change_hours * np.where(internal > 0.0, internal, customer)
        pooled = np.ones(len(facts.names))
        if facts.on["entitlement"]:
            pooled = (1.0 - p.pooling * facts.dial(K)) / (1.0 - p.pooling * NEUTRAL_CAPTIVITY)
            pooled = np.where(facts.kind == SERVICE, pooled, 1.0)
        hours = np.where(facts.stages.of_kind(CHANGE), change, internal) * pooled[self.at]
        return np.asarray(np.where(self.customers, customer, hours))

    def _linked(self) -> Values:
        """Where the customer behind the work is seen."""
        facts, stages = self.facts, self.facts.stages
        front = facts.kind == FRONT
        sight = facts.dial(V)[self.at]
        asked_by_front = front[stages.requester] & (stages.requester >= 0)
        half = stages.of_kind(ESSENTIAL) & (facts.kind[self.at] == SERVICE) & asked_by_front
        linked = np.where(half, 0.5 * sight, 0.0)
        linked = np.where(stages.of_kind(CHANNEL), facts.dial(D)[self.at], linked)
        return np.where(self.customers, np.where(front[self.at], 1.0, sight), linked)

    def _wrong_left(self) -> Values:
        """Share of internal errors left by clean handovers and by listening to colleagues."""
        facts, p, stages = self.facts, self.facts.p, self.facts.stages
        reach = np.where(facts.kind == MANAGEMENT, 0.0, self.reach)
        unclear = 1.0 - p.clear_handover * facts.courtesy[stages.supplier, stages.requester]
        left = unclear * (1.0 - p.listening_care * reach[stages.supplier])
        return np.where(self.customers, 1.0, left)

    @property
    def reach(self) -> Values:
        """Share of conversations in which a department listens."""
        heard = np.minimum(1.0, self.facts.p.listening_reach * self.facts.dial(L))
        return np.asarray(heard * self.facts.on["listening"])

    def uncut(self, pressure: Values) -> Values:
        """Share of the intended time that is given under pressure (J)."""
        p, both = self.facts.p, zip(self.facts.dial(A), pressure, strict=True)
        return np.array([_uncut_share(p, *one) for one in both])

    def right(self, engagement: Values, time: Values) -> Values:
        """Probability that what is closed at a stage is right (N); `time` over standard (J)."""
        stages = self.facts.stages
        spent = np.bincount(stages.way, self.standard_hours * time[self.at])
        ratio = np.divide(spent, self._whole, out=np.ones_like(spent), where=self._whole > 0)
        # `resolution_probability`, for all stages at once
        p = self.facts.p
        worth = (1.0 - np.exp(-p.time_curvature * ratio)) / (1.0 - np.exp(-p.time_curvature))
        able = p.resolution_floor + p.resolution_engagement * engagement[self.at]
        solved = p.resolution_base * able * (worth * self._quality)[stages.way]
        right = 1.0 - (1.0 - np.minimum(1.0, solved)) * self._wrong
        return np.where(stages.of_kind(LEAD, REPORT), 1.0, right)

    def back(self, right: Values) -> Values:
        """Probability that a closing is followed by a return: wrong, and not yet given up."""
        wrong, most = 1.0 - right, int(self.facts.p.returns_most)
        # attempts follow each other in proportions 1, wrong, wrong^2, ...
        last = wrong**most * right / np.maximum(1.0 - wrong ** (most + 1), 1e-12)
        return wrong * (1.0 - np.minimum(last, 1.0))

    def approvals(self, policy: Values) -> tuple[Values, Values]:
        """Daily probability of not being held up any longer (N), and hours they cost (2, N)."""
        facts, p = self.facts, self.facts.p
        number = np.where(self._approved, policy[self.at], 0.0)
        # mean of the smaller of a Poisson number and k: the sum of P(number > i) for i < k
        own = sum(gammainc(i + 1.0, number) for i in range(int(p.approvals_own)))
        delay = p.approval_delay * (1.0 - p.approval_rank * facts.dial(M)[self.at]) * number
        return 1.0 / (1.0 + delay), p.approval_hours * np.array([own, number - own])

    def quarrel(self, entitlement: Values) -> Values:
        """Probability that old work of a colleague, paired with a customer's, is disputed (N)."""
        facts, p, stages = self.facts, self.facts.p, self.facts.stages
        if not facts.on["disputes"]:
            return np.zeros(len(stages.kind))
        priority, manager = facts.dial(W), facts.dial(M)
        pressing = p.dispute_rate * facts.dial(A) * (1.0 - np.abs(2.0 * priority - 1.0))
        pressing *= 1.0 - manager
        ask = facts.dial(C)[self.at] * entitlement[stages.requester] + manager[self.at]
        return np.where(self.customers, 0.0, pressing[self.at] * ask)
