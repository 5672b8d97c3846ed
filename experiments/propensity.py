"""How easily a firm's customers leave, compared with the market they come from."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaincinv

_QUANTILES = 20_000
_WIDE = 60.0  # logarithm of a factor that is as good as endless


@cache
def propensity_of_customers(shape: float, share: float) -> float:
    """Mean churn propensity of those who are customers, where the mean of the market is one.

    They are fewer of those who leave easily: somebody is a customer with the probability
    x / (x + propensity), x being such that the mean is `share` (docs/model.md, section 4). A
    factor that is the same in everybody's hazard changes x alone.

    Parameters
    ----------
    shape : float
        Shape of the gamma law of propensities.
    share : float
        Share of the market that are customers. Outside (0, 1) nobody is chosen, and the mean is
        that of the market.

    Returns
    -------
    float
        In (0, 1].
    """
    if not 0.0 < share < 1.0:
        return 1.0
    even = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    propensity = gammaincinv(shape, even) / shape

    def lacking(log_x: float) -> float:
        x = math.exp(log_x)
        return float(np.mean(x / (x + propensity))) - share

    x = math.exp(brentq(lacking, -_WIDE, _WIDE))
    customer = x / (x + propensity)
    return float(customer @ propensity / customer.sum())
