"""How far the offer lies from what customers need, as variances (docs/model.md, 9.3, 11.6, 11.7).

Needs wander without a direction, so the mean distance of a firm without luck would be nought. What
is followed instead are second moments, per dimension: exact for needs that wander, insight that
arrives late and an offer that follows step by step.
"""

from __future__ import annotations

import math

import numpy as np

from experiments.mean_field.facts import Facts
from experiments.mean_field.work import Values
from simulation.world import DAYS_A_WEEK, WEEKS_A_YEAR, F, M, V

_RAYLEIGH = math.sqrt(math.pi / 2.0)  # mean distance in two dimensions over the sd in each


class Offer:
    """Variances of gaps, one for each segment.

    Attributes
    ----------
    rival : Values
        Needs less the competitor's offer.
    unknown, shared, gap : Values
        Moments of (needs less belief) and (needs less offer) as of the time that insight is from:
        variance of the first, covariance, variance of the second.
    age : float
        Age of insight, weeks.
    lag : float
        Weeks that insight is under way.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        shares = facts.segments("share")
        self.rival, self.unknown, self.shared, self.gap = np.zeros((4, len(shares)))
        self.shares = shares
        self.assumed = 0.0
        self.age = self.lag = 0.0
        self.walk = 0.0  # variance that needs have gained since the time that insight is from
        self.moved = np.zeros(len(shares))
        worth = shares * facts.segments("margin_per_week")
        self.value = worth / worth.sum() if worth.sum() else shares

    def drift(self, week: int) -> None:
        """Needs move, the competitor follows; so does the firm's offer where nothing changes it."""
        p, market = self.facts.p, self.facts.scenario.market
        if week > 0:
            step = market.turbulence**2 + p.shift_rate / WEEKS_A_YEAR * p.shift_size**2 / 2.0
            self.rival = (1.0 - p.competitor_speed) ** 2 * (self.rival + step)
            for moment in (self.unknown, self.shared, self.gap):
                moment += step
            self.walk = step * min(self.lag, float(week))
            if not self.changes:
                self.follow(np.full(len(self.shares), p.offer_speed))

    @property
    def changes(self) -> bool:
        """Whether changes move the offer."""
        facts = self.facts
        return facts.on["agility"] and facts.product >= 0 and bool(facts.scenario.routes.change)

    def follow(self, rate: Values) -> None:
        """The offer closes a share of its gap to the belief."""
        rest = 1.0 - rate
        self.gap = rest**2 * self.gap + 2.0 * rest * rate * self.shared + rate**2 * self.unknown
        self.shared = rest * self.shared + rate * self.unknown

    def learn(self, week: int, heard: Values) -> None:
        """A week of insight.

        Parameters
        ----------
        heard : Values
            Customers heard by each department in the past week.
        """
        facts, p = self.facts, self.facts.p
        if not facts.on["listening"] or facts.product < 0:
            self.unknown[:] = 0.0
            self.shared[:] = 0.0
            return
        people = facts.scenario.market.customers
        self.assumed += p.belief_drift**2
        self.age += 1.0
        told, lags = 0.0, 0.0
        for j, path in facts.insight.items():
            delay = math.floor(p.hop_weeks * len(path) + 0.5)
            if heard[j] <= 0.0 or week < 1 + delay:
                continue
            sight, manager = facts.dials[list(path), V], facts.dials[list(path), M]
            kept = float(np.prod(1.0 - p.hop_loss * (1.0 - p.handoff_sight * sight)))
            trust = float(np.prod(1.0 - manager))
            error = p.listening_noise**2 * people / heard[j]
            gain = self.assumed / (self.assumed + error / kept) if kept > 0.0 else 0.0
            self.assumed *= 1.0 - gain
            self.age = (1.0 - gain) * self.age + gain * (1.0 + delay)
            taken = gain * trust
            true_error = error + p.taste_sd**2 / (heard[j] * self.shares)
            self.unknown = (1.0 - taken) ** 2 * self.unknown + taken**2 * true_error
            self.shared = (1.0 - taken) * self.shared
            told, lags = told + taken, lags + taken * (1.0 + delay)
        self.lag = lags / told if told else self.lag

    def change(self, done: float, worth: float, dimensions: float) -> None:
        """So many changes of the offer are done in a week.

        Parameters
        ----------
        done : float
            Changes, fixes left out.
        worth : float
            Chance that one is good.
        dimensions : float
            Probability that one is about a given dimension.
        """
        p = self.facts.p
        effort = self.effort
        scale = np.maximum(0.0, 1.0 + p.focus_gain * (effort - self.value))
        step = np.minimum(1.0, p.change_step / self.portfolio * worth * scale)
        rate = np.minimum(1.0, done * effort * dimensions * step)
        wanted = self.gap - 2.0 * self.shared + self.unknown
        self.moved = rate * np.sqrt(np.maximum(0.0, wanted))  # rounding may pass below 0
        self.follow(rate)

    @property
    def portfolio(self) -> float:
        """Changes that are kept going at once."""
        planned = float(self.facts.p.change_open * self.facts.plan[self.facts.product])
        return max(1.0, math.floor(planned + 0.5))

    @property
    def effort(self) -> Values:
        """Share of changes that aim at each segment."""
        focus = self.facts.dials[self.facts.product, F]
        focal = np.arange(len(self.value)) == np.argmax(self.value)
        return np.asarray((1.0 - focus) * self.value + focus * focal)

    def fit(self, variance: Values) -> float:
        """Mean fit over tastes and gaps of this variance (of normal variables, in closed form)."""
        p = self.facts.p
        fits = 1.0 / (1.0 + (p.taste_sd**2 + variance) / p.fit_sd**2)
        return float(self.shares @ fits)

    @property
    def own_fit(self) -> float:
        """Mean fit of the firm's offer."""
        return self.fit(self.gap + self.walk)

    @property
    def rival_fit(self) -> float:
        """Mean fit of the competitor's offer."""
        return self.fit(self.rival)

    def observed(self, change_days: float) -> dict[str, float]:
        """Columns of the week; `change_days` is the lead time of a change."""
        result = {
            name: float(self.shares @ (_RAYLEIGH * np.sqrt(variance)))
            for name, variance in (
                ("product_gap", self.gap + self.walk),
                ("competitor_gap", self.rival),
                ("belief_gap", self.unknown + self.walk),
            )
        }
        if self.facts.on["listening"] and self.facts.product >= 0:
            result["insight_age_weeks"] = self.age
        if self.facts.on["agility"]:
            known = math.isfinite(change_days)
            speed = 1.0 / max(self.age * DAYS_A_WEEK + change_days, 1.0) if known else 0.0
            total = self.moved.sum()
            shares = self.moved / total if total > 0.0 else self.moved
            logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
            variety = 2.0 * math.exp(-float(shares @ logs)) if total > 0.0 else 0.0
            result |= {
                "change_lead_time_days": change_days,
                "agility_speed": speed,
                "agility_variety": variety,
                "agility": speed * variety,
            }
        return result
