"""What a firm's own monthly figures may be about, and what the model says each of them is.

A month is a twelfth of a year of 52 weeks: weeks that lie in two months are divided between them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from experiments.metrics import Metric
from experiments.statistics import Values
from simulation.world import WEEKS_A_YEAR

MONTHS_A_YEAR = 12
MONTH = "month"
"""The column that says which month a row is."""

Kind = Literal["share", "index", "count", "money", "days"]
Month = Callable[[pd.DataFrame, Values], Values]
"""From a weekly series, and the part of every week in every month, to a value per month."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a firm's own figures.

    Attributes
    ----------
    name : str
        In the header of the file.
    label : str
        Plain words for a table or a panel.
    kind : Kind
        How its numbers are written.
    meaning : str
        What the number of a month is.
    of_weeks : callable
        How the model's month follows from its weeks.
    needs : tuple of str
        The weekly columns which that takes.
    least, most : float
        The smallest and the largest value allowed.
    """

    name: str
    label: str
    kind: Kind
    meaning: str
    of_weeks: Month
    needs: tuple[str, ...]
    least: float = 0.0
    most: float = np.inf

    @property
    def metric(self) -> Metric:
        """How its numbers are written."""
        return Metric(self.name, self.label, self.kind, 0)


def in_months(weeks: int, months: int, first_week: int = 0) -> Values:
    """Which part of every week lies in every month.

    Parameters
    ----------
    weeks : int
        Of the run.
    months : int
        Of the data.
    first_week : int
        In which the first month begins.

    Returns
    -------
    ndarray of float, shape (months, weeks)
    """
    length = WEEKS_A_YEAR / MONTHS_A_YEAR
    opens = first_week + length * np.arange(months)[:, None]
    week = np.arange(weeks)
    part: Values = np.clip(np.minimum(opens + length, week + 1) - np.maximum(opens, week), 0, 1)
    return part


def weeks_of(months: int, first_week: int = 0) -> int:
    """How many weeks a run needs for so many months."""
    return first_week + -(-months * WEEKS_A_YEAR // MONTHS_A_YEAR)


def _total(column: str) -> Month:
    def total(weekly: pd.DataFrame, part: Values) -> Values:
        return np.asarray(part @ weekly[column].to_numpy(float), np.float64)

    return total


def _mean(column: str) -> Month:
    def mean(weekly: pd.DataFrame, part: Values) -> Values:
        values = weekly[column].to_numpy(float)
        known = np.isfinite(values)
        weight = part[:, known].sum(axis=1)
        total = part[:, known] @ values[known]
        found: Values = np.divide(total, weight, out=np.full(len(part), np.nan), where=weight > 0)
        return found

    return mean


def _at_end(column: str) -> Month:
    def at_end(weekly: pd.DataFrame, part: Values) -> Values:
        last = part.shape[1] - 1 - np.argmax(part[:, ::-1] > 0, axis=1)
        found: Values = weekly[column].to_numpy(float)[last]
        return found

    return at_end


def _kept(months: int) -> Month:
    """The share that would be kept in so many months like this one."""

    def kept(weekly: pd.DataFrame, part: Values) -> Values:
        lost = weekly["lost"].to_numpy(float)
        before = weekly["active"].to_numpy(float) - weekly["joined"].to_numpy(float) + lost
        share = np.divide(lost, before, out=np.full(len(lost), np.nan), where=before > 0)
        with np.errstate(divide="ignore"):
            stay = np.log1p(-share)  # minus infinity in a week in which everybody leaves
        with np.errstate(invalid="ignore"):
            each = np.where(part > 0, part * stay, 0.0)
        return np.asarray(np.exp(months * each.sum(axis=1)), np.float64)

    return kept


_MOVES = ("active", "joined", "lost")
_SHARE = (0.0, 1.0)

COLUMNS: Mapping[str, Column] = {
    column.name: column
    for column in (
        Column("retention_month", "customers kept a month", "share",
               "of the customers at the start of the month, the share still there at its end",
               _kept(1), _MOVES, *_SHARE),
        Column("retention_year", "customers kept a year", "share",
               "the same for a year of months like this one: the monthly share to the power of 12",
               _kept(MONTHS_A_YEAR), _MOVES, *_SHARE),
        Column("active", "active customers", "count",
               "customers at the end of the month", _at_end("active"), ("active",)),
        Column("joined", "customers who joined", "count",
               "new customers in the month, those who come back included",
               _total("joined"), ("joined",)),
        Column("lost", "customers lost", "count",
               "customers who left in the month", _total("lost"), ("lost",)),
        Column("satisfaction", "satisfaction", "index",
               "mean satisfaction of customers from 0 to 1; a mark m from 1 to 5 is (m - 1) / 4",
               _mean("satisfaction"), ("satisfaction",), *_SHARE),
        Column("loyalty_index", "loyalty index", "index",
               "promoters less detractors as a share of customers, from -1 to 1",
               _mean("loyalty_index"), ("loyalty_index",), -1.0, 1.0),
        Column("requests", "requests opened", "count",
               "requests, tickets or orders that customers opened in the month",
               _total("needs"), ("needs",)),
        Column("resolved", "resolved at a visit", "share",
               "of the requests closed in the month, the share that was resolved",
               _mean("resolution_rate"), ("resolution_rate",), *_SHARE),
        Column("reopened", "requests that came back", "share",
               "of the requests of the month, the share that had been closed before",
               _mean("reopened_rate"), ("reopened_rate",), *_SHARE),
        Column("in_time", "closed in time, as reported", "share",
               "of the requests closed in the month, the share within the time promised",
               _mean("reported_sla"), ("reported_sla",), *_SHARE),
        Column("lead_time_days", "lead time", "days",
               "working days from opening to closing, mean of the requests closed in the month",
               _mean("lead_time_days"), ("lead_time_days",)),
        Column("revenue", "revenue a month", "money",
               "contribution of customers: goods and materials deducted, people not",
               _total("revenue"), ("revenue",)),
        Column("cost", "cost a month", "money",
               "people, rent and all else that is not in the contribution",
               _total("cost"), ("cost",)),
        Column("profit", "profit a month", "money",
               "revenue less cost; may be negative", _total("profit"), ("profit",), -np.inf),
        Column("quits", "resignations a month", "count",
               "people who resigned in the month", _total("quits"), ("quits",)),
        Column("seats", "people", "count",
               "people employed at the end of the month", _at_end("seats"), ("seats",)),
        Column("engagement", "engagement", "index",
               "mean engagement of people from 0 to 1, as of a survey",
               _mean("engagement"), ("engagement",), *_SHARE),
        Column("utilisation", "utilisation", "index",
               "hours worked as a share of regular hours; overtime can lift it above 1",
               _mean("utilisation"), ("utilisation",), 0.0, 2.0),
    )
}  # fmt: skip
"""Every column there may be beside `month`, by name."""

MOVED_BY: Mapping[str, tuple[str, ...]] = {
    "h0": ("retention_month", "retention_year", "lost", "active"),
    "lead_rate": ("joined", "active"),
    "need_rate": ("requests",),
    "resolution_base": ("resolved", "reopened"),
    "approval_delay": ("lead_time_days", "in_time"),
    "quit_rate": ("quits",),
    "overhead_share": ("cost", "profit"),
    "engagement_base": ("engagement",),
}
"""Coefficients, and the columns that each chiefly moves: what is fitted if nobody says."""


def monthly(weekly: pd.DataFrame, columns: list[str], part: Values) -> Values:
    """The model's months.

    Parameters
    ----------
    weekly : DataFrame
        Series of one run.
    columns : list of str
        Of `COLUMNS`.
    part : ndarray, shape (months, weeks)
        See `in_months`.

    Returns
    -------
    ndarray of float, shape (columns, months)
        NaN where the run has no value.
    """
    rows = [
        COLUMNS[name].of_weeks(weekly, part)
        if all(need in weekly for need in COLUMNS[name].needs)
        else np.full(len(part), np.nan)
        for name in columns
    ]
    return np.array(rows, np.float64)
