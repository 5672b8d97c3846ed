"""Two curves that say what a customer base is worth: who brings the profit, and who stays."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import CensoredData, ecdf

from simulation.world import DAYS_A_WEEK, WEEKS_A_YEAR

DAYS_A_YEAR = DAYS_A_WEEK * WEEKS_A_YEAR
TOP = 0.2  # of the customers, whose share of the profit is told

HIGH_END = (0.869, 0.743, 0.653, 0.593, 0.551, 0.517, 0.491)
"""Share of new customers still there after one to seven years, in the 'High End' set of Fader &
Hardie (2007), How to project customer retention, J. Interactive Marketing 21(1), 76-90."""

Values = NDArray[np.float64]


def whale_curve(profit: Values) -> tuple[Values, Values]:
    """Cumulative profit of customers, the most profitable first.

    Parameters
    ----------
    profit : array, shape (n,)
        Of every customer.

    Returns
    -------
    customers, profit : array, shape (n + 1,)
        Shares of all customers, in [0, 1], and of the profit of all; the second is NaN where
        customers bring no profit altogether.
    """
    summed = np.concatenate([[0.0], np.cumsum(np.sort(profit)[::-1])])
    total = summed[-1] if summed[-1] > 0 else np.nan
    return np.linspace(0.0, 1.0, len(summed)), summed / total


def share_of_top(profit: Values, top: float = TOP) -> float:
    """Share of the profit that this share of the customers brings, the most profitable ones."""
    return float(np.interp(top, *whale_curve(profit)))


def full_cost_profit(customers: pd.DataFrame, cost: float) -> Values:
    """Profit of every customer when they bear all costs of the firm, as published curves have it.

    What no customer has caused by name (idle and internal hours, rent, incidents) is shared out in
    proportion to the cost of the hours that each has caused, so that the sum is the firm's profit.

    Parameters
    ----------
    customers : DataFrame
        Final customer table of a run.
    cost : float
        All costs of the run, in the same currency.
    """
    traced = customers["revenue"].sum() - customers["profit"].sum()
    served = customers["cost_to_serve"]
    shared = (cost - traced) / served.sum()
    return (customers["profit"] - served * shared).to_numpy(float)


def newcomers(events: pd.DataFrame, days: int) -> pd.DataFrame:
    """Follow the new customers of the first year until they are lost or the run ends.

    Parameters
    ----------
    events : DataFrame
        The event log, at least joins and losses.
    days : int
        Length of the run in working days.

    Returns
    -------
    DataFrame
        A row per person who first joined in the first year: `years` that they stayed, and whether
        they were `lost` after that.
    """
    lives = events[events["event"].isin(["join", "loss"])]
    turn = lives.groupby("uid").cumcount()
    joined = lives[(turn == 0) & (lives["event"] == "join") & (lives["day"] < DAYS_A_YEAR)]
    left = joined["uid"].map(lives[turn == 1].set_index("uid")["day"])
    years = (left.fillna(days) - joined["day"]) / DAYS_A_YEAR
    return pd.DataFrame({"years": years, "lost": left.notna()}).reset_index(drop=True)


def survival(cohort: pd.DataFrame) -> tuple[Values, Values]:
    """Share of a cohort that was never lost, over time (Kaplan & Meier 1958).

    Parameters
    ----------
    cohort : DataFrame
        As `newcomers` returns it, not empty.

    Returns
    -------
    years, share : array
        From (0, 1) on; the share falls at each of these years, and holds until the next.
    """
    lives = CensoredData.right_censored(cohort["years"], ~cohort["lost"])
    found = ecdf(lives).sf
    return np.append(0.0, found.quantiles), np.append(1.0, found.probabilities)
