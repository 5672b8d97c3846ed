"""A small study of every kind that is neither a comparison nor a sweep, for tests of its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import cache
from unittest.mock import patch

import pytest

from experiments.attribution import Attribution, attribute
from experiments.conduct import Means
from experiments.fit import Fit
from experiments.fit import plan as fit_plan
from experiments.frontier import Frontier, frontier
from experiments.report.study_origin import Kept
from experiments.sensitivity import Sensitivity, sensitivity
from simulation import Scenario, resolve
from tests.experiments.fitted import COLUMNS, known_firm, months_of

PAIR = ("customer_first", "internal_customer")
PLAYERS = [["colleague_as_customer", "captivity"], ["care"]]
X, Y = ("market.turbulence", 0.0, 0.1), ("courtesy_ratio", 0.5, 1.5)
VARY = {"care": (0.0, 1.0), "market.turbulence": (0.0, 0.1)}
FIT = {"h0": (0.003, 0.03), "care": (0.0, 1.0)}
YEARS = 0.2


@cache
def attributed() -> Attribution:
    """Eight coalitions, two worlds."""
    return attribute("small_firm", PAIR, players=PLAYERS, replications=2, years=YEARS, workers=1)


@cache
def mapped() -> Frontier:
    """Twelve points of a map with few places, two worlds."""
    with few_places():
        return frontier("small_firm", X, Y, PAIR, "profit", 12, 2, years=YEARS, workers=1)


def few_places() -> AbstractContextManager[object]:
    """Maps of 5 by 5 places: hundreds of firms take long to resolve."""
    return patch("experiments.frontier.plan.STEPS", 5)


@cache
def screened() -> Sensitivity:
    """Four walks along two keys, two worlds."""
    return sensitivity("small_firm", "morris", PAIR, VARY, 4, 2, years=YEARS, workers=1)


@cache
def fitted() -> Fit:
    """Two keys and the months of a made-up firm."""
    base = Scenario.load("small_firm")
    data = months_of(resolve(base, None, {"h0": 0.015}, 2.0), 901, COLUMNS)
    return fit_plan(base, data, FIT, 2, 14).carry_out(Means(workers=1), run=known_firm)


STUDIED: Mapping[str, Callable[[], Kept]] = {
    "attribute": attributed,
    "frontier": mapped,
    "sensitivity": screened,
    "calibrate": fitted,
}


KINDS = [
    pytest.param(kind, marks=pytest.mark.long) if kind == "frontier" else pytest.param(kind)
    for kind in STUDIED
]
"""For a test of each; surfaces take their time."""


def studied(kind: str) -> Kept:
    """A study of this kind."""
    return STUDIED[kind]()
