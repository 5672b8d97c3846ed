"""Why a customer's hazard of leaving changed: each cause's exact part of the change.

The log of the hazard is a sum (docs/model.md, 8.1), with S satisfaction, D the distance of the
person from an offer, and constants left out:

    ln h = -churn_satisfaction S + ln(competitor's fit / own fit) + price_sensitivity price

Satisfaction is a running mean, S += speed ((fit + e)/2 - S). It is linear, so that it is the sum of
two running means of the same speed, one of e/2 and one of fit/2. At the start and on joining, where
S = (fit + e)/2, they are e/2 and fit/2. What either adds to the change of -churn_satisfaction S is
the part of the *experience* of service and that of the offer as it has been *felt*.

ln(competitor's fit / own fit) = g(needs, offer) - g(needs, competitor's offer), g = -ln fit.
Where both arguments of a g move, each gets the mean of what it adds first and what it adds last
(the Shapley value). So arise the parts of *needs*, of the firm's *offer* and of the *competitor*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from experiments.biography.weeks import Place, Week
from simulation.agents.customer import fit
from simulation.maths import log
from simulation.world import Row

PARTS: Mapping[str, str] = {
    "experience": "experience of service",
    "felt": "satisfaction with the offer",
    "needs": "needs that moved",
    "offer": "the firm's own offer",
    "competitor": "the competitor's offer",
    "price": "price",
}
"""The causes, and what a sentence calls them."""

MOST_SPELLS = 3
LONGEST_SPELL = 13  # weeks: satisfaction takes about so long to follow a bad experience
LEAST_RISE = 0.05  # of the log hazard; what rises less is not told


@dataclass(frozen=True, slots=True)
class Spell:
    """Some weeks in which the hazard rose.

    Attributes
    ----------
    first, last : int
        The hazard of week `last` is compared with that of week `first`.
    before, after : float
        Those hazards, a week.
    parts : mapping
        Each cause's part of the change of the log hazard; see `PARTS`.
    """

    first: int
    last: int
    before: float
    after: float
    parts: Mapping[str, float]

    @property
    def rise(self) -> float:
        """Change of the log hazard."""
        return log(self.after / self.before)

    @property
    def shares(self) -> dict[str, float]:
        """Each cause's share of the change; they add up to 1."""
        total = sum(self.parts.values())
        return {cause: part / total for cause, part in self.parts.items()}


def split(p: Row, taste: Place, before: Week, after: Week) -> dict[str, float]:
    """Each cause's part of ln(hazard after / hazard before).

    The weeks may be two of one life, or the same week of two firms.

    Parameters
    ----------
    p : record
        Parameters, as the rules read them.
    taste : tuple of float
        Of the person, the same in both weeks.

    Returns
    -------
    dict of str to float
        A part for every key of `PARTS`.
    """
    weight = -p.churn_satisfaction
    needs, offer = _two_movers(p, taste, before, after, "offer")
    needs_against, competitor = _two_movers(p, taste, before, after, "competitor")
    return {
        "experience": float(weight * (after.by_experience - before.by_experience)),
        "felt": float(weight * (after.by_fit - before.by_fit)),
        "needs": needs - needs_against,
        "offer": offer,
        "competitor": -competitor,
        "price": float(p.price_sensitivity * (after.price - before.price)),
    }


def spells(p: Row, taste: Place, weeks: Sequence[Week]) -> list[Spell]:
    """The spells of up to `LONGEST_SPELL` weeks in which the hazard rose most, in order of time.

    The steepest is taken first (the shorter of equals, then the earlier), then the steepest of the
    weeks that are left.
    """
    free = [week for week in weeks if week.hazard > 0.0]
    found: list[Spell] = []
    while len(found) < MOST_SPELLS:
        pairs = [
            (log(end.hazard / start.hazard), start, end)
            for n, start in enumerate(free)
            for end in free[n + 1 : n + 1 + LONGEST_SPELL]
            if end.week - start.week <= LONGEST_SPELL and _unbroken(weeks, start, end, found)
        ]
        if not pairs:
            break
        rise, start, end = max(
            pairs, key=lambda pair: (pair[0], pair[1].week - pair[2].week, -pair[1].week)
        )
        if rise < LEAST_RISE:
            break
        parts = split(p, taste, start, end)
        found.append(Spell(start.week, end.week, start.hazard, end.hazard, parts))
    return sorted(found, key=lambda spell: spell.first)


def _unbroken(weeks: Sequence[Week], start: Week, end: Week, taken: Sequence[Spell]) -> bool:
    """Whether the person was a customer from start to end, in weeks that no spell has taken."""
    between = weeks[start.week + 1 : end.week]
    apart = all(end.week <= spell.first or start.week >= spell.last for spell in taken)
    return apart and all(week.hazard > 0.0 for week in between)


def _two_movers(p: Row, taste: Place, before: Week, after: Week, whose: str) -> tuple[float, float]:
    """Parts of the needs and of an offer in the change of g(needs, offer)."""
    at_before: Place = getattr(before, whose)
    at_after: Place = getattr(after, whose)
    first = _g(p, taste, before.needs, at_before)
    last = _g(p, taste, after.needs, at_after)
    only_needs = _g(p, taste, after.needs, at_before)
    only_offer = _g(p, taste, before.needs, at_after)
    of_needs = 0.5 * (only_needs - first + last - only_offer)
    of_offer = 0.5 * (only_offer - first + last - only_needs)
    return of_needs, of_offer


def _g(p: Row, taste: Place, needs: Place, at: Place) -> float:
    return -log(fit(p, taste[0], taste[1], needs[0], needs[1], at[0], at[1]))
