"""How easily the customers of a firm leave, against closed forms."""

from __future__ import annotations

import math

import pytest
from scipy.special import exp1

from experiments.propensity import propensity_of_customers


@pytest.mark.parametrize("x", [0.1, 1.0, 5.0])
def test_exponential_propensities_have_a_closed_form(x: float) -> None:
    # With shape one, the mean of x / (x + h) over e^-h is x e^x E1(x); and as h x / (x + h) is
    # x - x x / (x + h), the customers' mean of h is x (1 - share) / share.
    share = x * math.exp(x) * float(exp1(x))
    assert propensity_of_customers(1.0, share) == pytest.approx(x * (1 - share) / share, rel=1e-4)


def test_where_everybody_is_a_customer_nobody_is_chosen() -> None:
    assert propensity_of_customers(0.755, 1.0) == 1.0
    assert propensity_of_customers(0.755, 0.9999) == pytest.approx(1.0, abs=1e-3)
