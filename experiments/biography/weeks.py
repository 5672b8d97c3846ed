"""A person in one week of a firm's life: what bears on staying, leaving and joining."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Week:
    """A person on the first morning of a week, after satisfaction has moved and the draw was made.

    Attributes
    ----------
    week : int
        Week of the run, from 0.
    customer : bool
        Whether the person was a customer when the week opened; only then there is a hazard.
    experience, satisfaction : float
        In [0, 1].
    by_experience, by_fit : float
        The two parts of satisfaction; see `experiments.biography.hazard`.
    needs, offer, competitor : tuple of float
        Of the person's segment.
    fit, competitor_fit : float
        In (0, 1].
    price : float
        Price paid, relative to the competitor's.
    hazard : float
        Of leaving in this week; NaN for somebody who is no customer, or whom a distributor took
        along.
    draw : float
        The week's draw, the same in every firm: below 1 - exp(-hazard) the customer leaves.
    carried : bool
        Whether the person buys through a distributor who works with the firm this week.
    word : float
        Word of mouth heard up to now, 0 is neutral.
    said : float
        What an acquaintance said this week; NaN if nobody was heard.
    friend : int
        uid of that acquaintance, -1 for nobody.
    friend_left : int
        Weeks since that acquaintance left the firm, -1 if not lost.
    """

    week: int
    customer: bool
    experience: float
    satisfaction: float
    by_experience: float
    by_fit: float
    needs: Place
    offer: Place
    competitor: Place
    fit: float
    competitor_fit: float
    price: float
    hazard: float
    draw: float
    carried: bool
    word: float
    said: float
    friend: int
    friend_left: int

    @property
    def threshold(self) -> float:
        """Probability of leaving in this week."""
        return float(-np.expm1(-self.hazard))


def frame(weeks: Sequence[Week]) -> pd.DataFrame:
    """A row a week, a column for every attribute of `Week`."""
    return pd.DataFrame([asdict(week) for week in weeks])
