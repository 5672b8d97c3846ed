"""The measures of the game: which are on a dashboard, which nobody sees before the debrief.

A firm always sees its books: customers, money, people. How well it serves them it sees only as far
as it looks: the service level on its dashboard is what departments report, and what customers got
instead in so far as people are measured by that (dial `customer_metric`; docs/model.md, 11.2). How
satisfied customers are it learns as late as what it hears of them arrives where it is used. The
rule is the same for every team.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from experiments.metrics import HIGHER, NEUTRAL, Metric, metric

OWN = {
    one.key: one
    for one in (
        Metric("measured_service", "service level as measured", "share", NEUTRAL),
        Metric("true_service", "needs resolved in time", "share", HIGHER),
        Metric("known_satisfaction", "satisfaction, as far as heard", "index", NEUTRAL),
    )
}
"""Measures that only the game has."""

SEEN = (
    "active",
    "joined",
    "lost",
    "retention",
    "revenue",
    "cost",
    "profit",
    "cash",
    "measured_service",
    "known_satisfaction",
    "internal_sla",
    "utilisation",
    "overtime_share",
    "seats",
    "quits",
)
"""On every team's dashboard."""

HIDDEN = (
    "true_service",
    "reported_sla",
    "satisfaction",
    "resolution_rate",
    "lead_time_days",
    "friction",
    "entitlement",
    "resentment",
    "engagement",
    "blocked_share",
    "product_gap",
    "insight_age_weeks",
    "agility_speed",
    "policy_load",
    "shadow_it_share",
    "relearning",
    "demand",
)
"""What nobody sees before the debrief."""

AGAINST = {"measured_service": "true_service", "known_satisfaction": "satisfaction"}
"""Figures of the dashboard, and what they stand for."""


def label(key: str) -> Metric:
    """What a measure is called and how it is written."""
    return OWN.get(key) or metric(key)


def legend(keys: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Labels, units and directions by key, for whoever draws."""
    found = {key: label(key) for key in keys}
    return {
        key: {"label": one.label, "unit": one.unit, "direction": one.direction}
        for key, one in found.items()
    }
