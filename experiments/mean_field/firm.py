"""The mean-field firm: its weeks, and a run of them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from experiments.mean_field.books import Books
from experiments.mean_field.closings import Closings
from experiments.mean_field.customers import Customers, start_propensity
from experiments.mean_field.facts import Facts, plain
from experiments.mean_field.offer import Offer
from experiments.mean_field.people import People
from experiments.mean_field.rules import Rules
from experiments.mean_field.work import Plan, Values, Week, Work, share
from simulation import Scenario
from simulation.agents.customer import experience_after, outcome_of_resolution
from simulation.agents.department import NEUTRAL_CAPTIVITY, standard_after
from simulation.agents.employee import favours_wanted
from simulation.world import (
    CHANGE,
    CHANNEL,
    COURTESY,
    DAYS_A_WEEK,
    ESSENTIAL,
    HIRE,
    LEAD,
    NEED,
    REPORT,
    SERVICE,
    WEEKS_A_QUARTER,
    WEEKS_A_YEAR,
    A,
    K,
    M,
    Q,
    V,
    W,
)

_standard_after, _favours_wanted = plain(standard_after), plain(favours_wanted)
_outcome, _experience_after = plain(outcome_of_resolution), plain(experience_after)


def mean_field(scenario: Scenario, propensity: float | None = None) -> pd.DataFrame:
    """Run the firm without agents.

    Parameters
    ----------
    scenario : Scenario
        Resolved, with its regime and horizon.
    propensity : float, optional
        Churn propensity of the average customer; by default the mean of those who are customers at
        the start. The market's mean is 1.

    Returns
    -------
    DataFrame
        A row a week, in the columns and units of `Record.series` as far as they have a mean.

    Raises
    ------
    ScenarioError
        If the scenario has what a mean field has not: events, a schedule, an office, policies.
    """
    facts = Facts.of(scenario)
    known = start_propensity(facts) if propensity is None else propensity
    firm = MeanFirm(facts, known)
    return pd.DataFrame([firm.week(t) for t in range(scenario.weeks)])


def summary(weeks: pd.DataFrame) -> dict[str, float]:
    """A run in one number a measure, as `Record.summary` has it."""
    before = weeks["active"] + weeks["lost"] - weeks["joined"]
    return {
        **{str(name): float(value) for name, value in weeks.mean().items()},
        "retention": float((1.0 - weeks["lost"].sum() / before.sum()) ** WEEKS_A_YEAR),
        "active_end": float(weeks["active"].iloc[-1]),
        "joined": float(weeks["joined"].sum()),
        "lost": float(weeks["lost"].sum()),
    }


class MeanFirm:
    """All that is expected of a firm, week after week."""

    def __init__(self, facts: Facts, propensity: float) -> None:
        count, rows = len(facts.names), len(facts.stages.kind)
        self.facts = facts
        self.rules = Rules(facts)
        self.people = People(facts)
        self.offer = Offer(facts)
        self.customers = Customers(facts, self.offer.own_fit, propensity)
        self.work = Work(facts.stages, count)
        self.books = Books(facts)
        self.standard, self.uncut = np.ones((2, count))
        self.policy = np.where(facts.kind == SERVICE, facts.p.policy_start, 0.0)
        self.cause = np.ones(rows)  # what fixes leave of the needs that begin at a stage
        self.declined = np.zeros(rows)
        self.right = np.ones(rows)
        self.quarter = np.zeros((2, count))  # hours used, regular hours
        self.broke = False  # at the last governance
        self.escalation_hours = np.zeros(count)  # of the past week
        self.past = self._closings(Week.empty(rows, count), self.plan(np.zeros(rows)))

    def week(self, t: int) -> dict[str, float]:
        """Live through a week; what is observed of it."""
        if t > 0 and t % WEEKS_A_QUARTER == 0:
            self._govern()
        p, past, customers = self.facts.p, self.past, self.customers
        before = customers.active
        self.offer.drift(t)
        self.offer.learn(t, past.heard)
        most = p.overtime_max if p.overtime_max > 0.0 else math.inf
        self.people.age(share(past.week.overtime, past.week.regular) / most)
        incidents, damage = self._incidents()
        self.people.engage(share(past.dispute_hours, past.week.regular))
        self.standard = self._standards_after() if t > 0 else self.standard
        customers.defect()
        own, rival = self.offer.own_fit, self.offer.rival_fit
        customers.live(own, rival, self.books.lift(t))
        births, answered = self._births(own, rival)
        plan = self.plan(births)
        week = Week.empty(len(births), len(self.facts.names))
        for _ in range(DAYS_A_WEEK):
            self.work.day(p, plan, week)
        self.quarter += week.used(self.facts.stages), week.regular
        self.past = closings = self._closings(week, plan)
        self.escalation_hours = closings.escalation_hours
        self._learn(closings)
        customers.join(*closings.leads(), own, rival)
        done = self._change(closings)
        customers.meet(self._outcomes(closings, answered), float(closings.heard.sum()))
        self.books.close(customers, self.people, closings, self.declined, damage)
        needs = float(births[self.facts.stages.of_kind(NEED)].sum()) + answered
        returned = float(closings.of(closings.closed, NEED) @ plan.back)
        return {
            "week": float(t),
            **self.books.observed(before, customers, self.people, closings),
            **self.offer.observed(closings.days_to_end(CHANGE, plan.back)),
            **done,
            "needs": needs,
            "reopened_rate": returned / (needs + returned) if needs + returned > 0.0 else math.nan,
            "leads": float(births[self.facts.stages.of_kind(LEAD)].sum()),
            "declined": float(self.declined.sum()),
            "incidents": incidents,
            "policy_load": self._policy_load(),
            "backlog": float(week.backlog.sum()),
        }

    def _policy_load(self) -> float:
        service = self.facts.kind == SERVICE
        return float(self.policy[service].mean()) if service.any() else math.nan

    def _closings(self, week: Week, plan: Plan) -> Closings:
        return Closings(self.facts, self.rules, week, plan, self.right, self.people.entitlement)

    def _standards_after(self) -> Values:
        p, given = self.facts.p, zip(self.standard, self.uncut, self.facts.dial(A), strict=True)
        return np.array([_standard_after(p, *one) for one in given])

    def plan(self, births: Values) -> Plan:
        """What holds for the days of the week that opens."""
        facts, rules = self.facts, self.rules
        self.uncut = rules.uncut(self.work.pressure)
        time = self.standard * rules.pace * self.uncut
        self.right = rules.right(self.people.engagement, time)
        enter, approvals = rules.approvals(self.policy)
        everybody = np.arange(len(facts.names))
        return Plan(
            births=births / DAYS_A_WEEK,
            hours=rules.standard_hours * time[rules.at],
            linked=rules.linked,
            enter=enter,
            approvals=approvals,
            back=rules.back(self.right),
            patience=rules.patience,
            quarrel=rules.quarrel(self.people.entitlement),
            heads=self.people.heads,
            seat_hours=self.people.seat_hours(),
            priority=facts.dial(W),
            debt=self.escalation_hours / DAYS_A_WEEK,
            superior=np.where(facts.superior < 0, everybody, facts.superior),
        )

    def _births(self, own: float, rival: float) -> tuple[Values, float]:
        """Items that begin in the week (N), and needs that distributors answer themselves."""
        facts, p, stages = self.facts, self.facts.p, self.facts.stages
        volume = np.zeros((REPORT + 3, len(facts.names) + 1))  # a row per kind; last: nobody asks
        people, customers = self.people, self.customers
        shares = facts.segments("share") @ facts.segments("need_factor")
        needs = customers.active * p.need_rate * float(shares)
        volume[NEED, -1] = needs
        volume[LEAD, -1] = customers.leads(own, rival, float(self.work.under_way(LEAD).sum()))
        stock = self.work.under_way(ESSENTIAL)
        open_requests = stages.for_requesters(stock, len(facts.names))
        asking = np.maximum(0.0, people.heads - p.block_share * open_requests)
        volume[ESSENTIAL, :-1] = asking
        wanted = [_favours_wanted(p, 1.0, e) for e in people.entitlement]
        volume[COURTESY, :-1] = asking * np.array(wanted)
        reports = p.report_rate * (1.0 + p.report_manager * facts.dial(M))
        volume[REPORT, :-1] = asking * reports
        under_way = stages.for_requesters(self.work.under_way(HIRE), len(facts.names))
        volume[HIRE, :-1] = np.maximum(0.0, people.target - people.heads - under_way)
        if not facts.scenario.routes.hire:
            people.hire(volume[HIRE, :-1].copy())
        if facts.on["distributors"] and facts.scenario.routes.channel:
            asked = p.channel_rate * customers.active * customers.through()
            asked *= 1.0 + p.courtesy_entitlement * customers.entitlement
            volume[CHANNEL] = asked
        if self.offer.changes:
            volume[CHANGE] = self._new_changes()
        births = stages.share * stages.opens * volume[stages.kind, stages.requester]
        births *= np.where(stages.of_kind(NEED), self.cause, 1.0)
        first_line = customers.through() * p.first_line * p.distributor_quality
        answered = births[stages.of_kind(NEED)] * first_line * facts.on["distributors"]
        births[stages.of_kind(NEED)] -= answered
        used = share(self.past.week.used(stages), self.past.week.regular)
        chance = (1.0 - facts.dial(K)) * np.minimum(1.0, used) * facts.on["entitlement"]
        declining = np.where(stages.of_kind(COURTESY), chance[stages.department], 0.0)
        self.declined = births * declining
        return births - self.declined, float(answered.sum())

    def _new_changes(self) -> float:
        """Changes that the product department begins: as many as it has room for."""
        here = self.facts.product
        waiting = self.past.week.backlog[here]
        regular = self.past.week.regular[here] / DAYS_A_WEEK
        if waiting > self.facts.p.change_slack_days * regular:
            return 0.0
        return max(0.0, self.offer.portfolio - float(self.work.under_way(CHANGE).sum()))

    def _outcomes(self, closings: Closings, answered: float) -> list[tuple[float, float]]:
        """How many needs ended how well for the customer."""
        p = self.facts.p
        right = closings.of(closings.right, NEED)
        outcomes = [
            (float(right[n]), float(_outcome(p, closings.days[n]))) for n in np.flatnonzero(right)
        ]
        wrong = closings.of(closings.closed - closings.right + closings.week.abandoned, NEED)
        return [*outcomes, (float(wrong.sum()), 0.0), (answered, 1.0)]

    def _learn(self, closings: Closings) -> None:
        """What colleagues and distributors learn from the week."""
        facts, people = self.facts, self.people
        heads = people.heads
        if facts.on["entitlement"]:
            refused = facts.stages.for_requesters(self.declined, len(facts.names))
            people.learn_as_requesters(closings.lessons(heads), share(refused, heads))
            people.learn_as_suppliers(
                closings.imposed(heads), closings.results(heads), self.work.pressure
            )
        people.learn_about_tools(*closings.tools(heads))
        if facts.scenario.routes.hire:
            people.hire(np.minimum(closings.hired, np.maximum(0.0, people.target - heads)))
        ended, helped, heard = closings.channel()
        if facts.on["distributors"] and ended > 0.0:
            self.customers.answer_channel(ended / facts.scenario.distributors.count, helped, heard)

    def _change(self, closings: Closings) -> dict[str, float]:
        """Changes and fixes of the week take effect; causes of needs come back."""
        facts, p, stages = self.facts, self.facts.p, self.facts.stages
        if not facts.on["agility"]:
            return {}
        self.cause += p.cause_return * (1.0 - self.cause)
        total, options, worth, dimension = closings.changes(self.people.resentment)
        changes, fixes = total * (1.0 - p.fix_share), total * p.fix_share
        if self.offer.changes:
            self.offer.change(changes, worth, dimension)
            commonest = np.argmax(stages.share * self.cause * (stages.of_kind(NEED) & stages.opens))
            removed = min(1.0, p.fix_gain / self.offer.portfolio * worth)
            self.cause[commonest] *= (1.0 - removed) ** fixes
        return {"changes": changes, "fixes": fixes, "options": options}

    def _incidents(self) -> tuple[float, float]:
        """Incidents expected in the week and what they cost; policies and customers feel them."""
        facts, p, past = self.facts, self.facts.p, self.past.week
        if not facts.on["incidents"]:
            return 0.0, 0.0
        work = facts.stages.at_departments(past.worked, len(facts.names))
        hazard = (
            p.incident_rate
            * share(work, past.regular)
            * np.exp(-p.policy_protection * self.policy)
            * (1.0 + p.incident_corners * (1.0 - self.uncut))
            * np.exp(-p.pooling_safety * (facts.dial(K) - NEUTRAL_CAPTIVITY))
        )
        expected = np.where(facts.kind == SERVICE, 1.0 - np.exp(-hazard), 0.0)
        caution = 1.0 - p.incident_caution * facts.dial(Q)
        damage = float(expected @ (self.people.heads * facts.wage * caution)) * p.incident_weeks
        self.policy += expected * facts.dial(Q)
        experience = self.customers.experience
        hit = _experience_after(p, experience, 0.0) - experience
        self.customers.experience += float(expected.sum()) * p.incident_reach * hit
        return float(expected.sum()), damage

    def _govern(self) -> None:
        """Once a quarter: policies lapse; seats follow utilisation, or the lack of cash."""
        facts, p = self.facts, self.facts.p
        if facts.on["incidents"]:
            lapsing = p.policy_lapse + p.policy_lapse_customer * facts.dial(A) * facts.dial(V)
            self.policy *= 1.0 - lapsing
        was_broke, self.broke = self.broke, self.books.cash < 0.0
        if was_broke and self.broke:
            self.people.cut_seats()
        else:
            self.people.plan_seats(share(self.quarter[0], self.quarter[1]), self.books.cash)
        self.quarter[:] = 0.0
