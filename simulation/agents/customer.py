"""Customers: fit, experience, satisfaction, churn, word of mouth (docs/model.md, section 8)."""

from __future__ import annotations

from simulation.jit import compiled
from simulation.log import BY_CHANCE, BY_COMPETITOR, BY_EXPERIENCE, BY_FIT, BY_PRICE
from simulation.maths import exp, log
from simulation.population import Column, View
from simulation.world import ACTIVE, MONEY, PROSPECT, WEEKS_A_YEAR, Row

MOST_RELATIVE_FIT = 2.0
LEAST_FIT = 1e-300  # offers that nobody wants still compare as equal, not as 0 / 0


@compiled
def fit(
    p: Row, taste_x: float, taste_y: float, needs_x: float, needs_y: float, at_x: float, at_y: float
) -> float:
    """Fit of an offer at (at_x, at_y) to one person: exp(-D^2 / 2 sigma^2), above 0, at most 1."""
    x = taste_x + needs_x - at_x
    y = taste_y + needs_y - at_y
    return max(LEAST_FIT, exp(-(x * x + y * y) / (2.0 * p.fit_sd * p.fit_sd)))


@compiled
def relative_fit(own: float, competitors: float) -> float:
    """The firm's fit against the competitor's: 1 at a draw, in (0, 2)."""
    return 2.0 * own / (own + competitors)


@compiled
def churn_hazard(
    p: Row, propensity: float, satisfaction: float, own: float, competitors: float, price: float
) -> float:
    """Hazard of leaving within a week. Tenure plays no part in it.

    Parameters
    ----------
    price : float
        What this customer pays, relative to the competitor's price.
    """
    return (
        p.h0
        * propensity
        * exp(-p.churn_satisfaction * (satisfaction - p.satisfaction_centre))
        * competitors
        / own
        * deterred(p, price)
    )


@compiled
def deterred(p: Row, price: float) -> float:
    """Factor on the hazard of leaving at a price relative to the competitor's."""
    if price == 1.0:
        return 1.0  # the rule; saves an exponential
    return exp(p.price_sensitivity * (price - 1.0))


@compiled
def cause_of_loss(p: Row, experience: float, own: float, competitors: float, price: float) -> int:
    """What raised the log hazard of a lost customer most, against a person at rest.

    Satisfaction is (in the long run) the mean of fit and experience, so each has half its weight.
    """
    half = 0.5 * p.churn_satisfaction
    by_experience = half * (p.satisfaction_centre - experience)
    by_fit = half * (p.satisfaction_centre - own)
    by_competitor = log(competitors / own)
    by_price = p.price_sensitivity * (price - 1.0)
    most = max(by_experience, by_fit, by_competitor, by_price)
    if most <= 0.0:
        return BY_CHANCE
    if by_experience == most:
        return BY_EXPERIENCE
    if by_fit == most:
        return BY_FIT
    return BY_COMPETITOR if by_competitor == most else BY_PRICE


@compiled
def experience_after(p: Row, experience: float, outcome: float) -> float:
    """Experience after an outcome in [0, 1]; disappointments move it further than delights."""
    step = p.experience_step
    if outcome < experience:
        step *= p.loss_aversion
    return experience + min(step, 1.0) * (outcome - experience)


@compiled
def outcome_of_resolution(p: Row, days: int) -> float:
    """Worth of a resolution to the customer: 1 within the promise, then fading with delay."""
    if days <= p.promise_days:
        return 1.0
    return 1.0 / (1.0 + (days - p.promise_days) / p.late_days)


@compiled
def said_by(p: Row, status: int, satisfaction: float, weeks_since_loss: int) -> float:
    """What an acquaintance says of the firm: above 0 is praise; a recent leaver counts more."""
    if status == ACTIVE:
        return satisfaction - p.word_centre
    if status != PROSPECT and weeks_since_loss < p.leaver_weeks:
        return p.leaver_word * (satisfaction - p.word_centre)
    return 0.0


@compiled
def lead_hazard(p: Row, word: float, relative: float, demand: float) -> float:
    """Hazard of asking the firm for an offer within a week."""
    return p.lead_rate * exp(p.word_strength * word) * relative * demand


@compiled
def join_probability(p: Row, days: int, relative: float) -> float:
    """Probability that an answered lead becomes a customer."""
    return min(1.0, p.lead_close * exp(-days / p.lead_days) * relative)


@compiled
def lifetime_value(p: Row, yearly_margin: float, weekly_hazard: float) -> float:
    """Expected discounted margin of a customer at the present hazard (perpetuity with churn)."""
    return yearly_margin / (weekly_hazard * WEEKS_A_YEAR + p.discount_rate)


class Customer(View):
    """One person of the market; prospects and lost customers included."""

    population = "customers"
    kind_number = 0

    status = Column("0 prospect, 1 active, 2 lost")
    segment = Column("row of the segment")
    distributor = Column("row of the distributor, -1 for none")
    taste = Column("difference from the segment's needs, two dimensions")
    margin_per_week = Column("margin at full price, currency a week", MONEY, field="margin")
    price = Column("price paid, as a factor on the full price")
    band = Column("0 top tenth by value, 1 second tenth, 2 middle, 3 lowest fifth")
    need_rate = Column("mean needs a week")
    propensity = Column("churn propensity, mean one over the market")
    patience_days = Column("mean patience, days")
    satisfaction = Column("satisfaction in [0, 1]")
    experience = Column("experience of service in [0, 1]")
    word = Column("word of mouth heard, 0 is neutral")
    joined_week = Column("week of joining; negative: before the start")
    lost_week = Column("week of the last loss, -1 for none")
    needs = Column("needs opened so far")
    unresolved = Column("needs closed without being resolved")
    abandoned = Column("needs abandoned")
    revenue = Column("margin received so far, currency", MONEY)
    cost_to_serve = Column("cost of the hours spent on this customer, currency", MONEY)

    @property
    def profit(self) -> float:
        """Margin less distributor's part, concessions and cost to serve, in currency."""
        row = self.record
        earned = row.revenue - row.distributor_margin - row.concessions - row.cost_to_serve
        return float(earned) / MONEY

    def fit(self) -> float:
        """Fit of the firm's present offer, in (0, 1]."""
        return self._fit_to("offer")

    def competitor_fit(self) -> float:
        """Fit of the competitor's present offer, in (0, 1]."""
        return self._fit_to("competitor")

    def _fit_to(self, whose: str) -> float:
        segment = self.model.world.segments[self.segment]
        at = segment[whose]
        taste, needs = self.taste, segment.needs
        return fit(self.parameters, taste[0], taste[1], needs[0], needs[1], at[0], at[1])

    def churn_hazard(self) -> float:
        """Hazard of leaving within the coming week, as the kernel computes it."""
        firm = self.model.world.firm[0]
        return churn_hazard(
            self.parameters,
            self.propensity,
            self.satisfaction,
            self.fit(),
            self.competitor_fit(),
            self.price * firm.price / firm.competitor_price,
        )
