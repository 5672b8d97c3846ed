"""What a result of a sweep goes with: rank correlations with the keys, and how sure they are."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_numeric_dtype
from scipy import stats

from experiments.statistics import LEVEL

Values = NDArray[np.float64]

_LEAST_POINTS = 10


class Driver(NamedTuple):
    """How a result goes with a key over the points of a sweep.

    Attributes
    ----------
    name : str
        The key, or `key = value` for one of several names.
    rho, low, high : float
        Spearman's rank correlation and its interval; the intervals of all keys hold together with
        95 % (Bonferroni).
    """

    name: str
    rho: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


def drivers(points: pd.DataFrame, result: Values) -> list[Driver]:
    """Keys by how strongly a result goes with them, the strongest first.

    Parameters
    ----------
    points : DataFrame
        A row per point, a column per key.
    result : ndarray
        A number per point; points without one are left out. Where it, or a key, does not vary,
        there is no correlation, and the key is left out.
    """
    known = np.isfinite(result)
    numbers = as_numbers(points)[known]
    level = 1 - (1 - LEVEL) / max(1, numbers.shape[1])
    found = [
        Driver(str(name), *rank_correlation(x.to_numpy(float), result[known], level))
        for name, x in numbers.items()
        if x.nunique() > 1 and len(np.unique(result[known])) > 1
    ]
    return sorted(found, key=lambda driver: -abs(driver.rho))


def as_numbers(points: pd.DataFrame) -> pd.DataFrame:
    """Points with numbers only: a name becomes a column per value, 1 where it holds and else 0.

    Of two values the second has a column; the first would say the same again.
    """
    columns: dict[str, pd.Series] = {}
    for key, column in points.items():
        if is_numeric_dtype(column):
            columns[str(key)] = column.astype(float)
            continue
        values = list(dict.fromkeys(column))
        for value in values[1:] if len(values) == 2 else values:
            columns[f"{key} = {value}"] = (column == value).astype(float)
    return pd.DataFrame(columns, index=points.index)


def rank_correlation(x: Values, y: Values, level: float = LEVEL) -> tuple[float, float, float]:
    """Spearman's rank correlation and its interval on Fisher's scale.

    The standard error is sqrt((1 + rho^2 / 2) / (n - 3)) (Bonett & Wright 2000), which serves from
    about ten points on; with fewer there is no interval (NaN).
    """
    rho = float(stats.spearmanr(x, y).statistic)
    n = len(x)
    if n < _LEAST_POINTS:
        return rho, math.nan, math.nan
    if abs(rho) >= 1:
        return rho, rho, rho
    half = float(stats.norm.ppf((1 + level) / 2)) * math.sqrt((1 + rho**2 / 2) / (n - 3))
    return rho, math.tanh(math.atanh(rho) - half), math.tanh(math.atanh(rho) + half)
