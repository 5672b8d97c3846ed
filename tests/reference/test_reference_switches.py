"""The switches of the mechanisms: off they leave no trace, and on they make a difference."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from simulation.parameters import PARAMETERS

from .firm import ReferenceFirm
from .state import (
    MECHANISMS,
)
from .test_reference_itself import TROUBLE, lived, tiny

# Where nothing is at stake, a mechanism that is on changes nothing.
STILL: Mapping[str, tuple[Mapping[str, float], Mapping[str, float]]] = {
    "disputes": ({"dispute_rate": 0.0}, {}),
    "measurement": ({"budget_move": 0.0}, {}),
    "entitlement": (
        {
            "entitlement_gain": 0.0, "entitlement_refusal": 0.0, "entitlement_decay": 0.0,
            "resentment_gain": 0.0, "resentment_relief": 0.0, "pooling": 0.0,
        },
        {"captivity": 1.0},
    ),
    "incidents": ({"incident_rate": 0.0, "policy_lapse": 0.0, "policy_lapse_customer": 0.0}, {}),
    "engagement": (
        {
            "engagement_base": 0.56, "engagement_sight": 0.0, "engagement_tools": 0.0,
            "engagement_care": 0.0, "engagement_clarity": 0.0, "engagement_resentment": 0.0,
            "engagement_fatigue": 0.0, "perks_share": 0.0,
        },
        {},
    ),
    # not agility: one change at least is always under way
    "listening": ({"offer_speed": 0.0}, {"listening": 0.0}),
    "distributors": (
        {
            "first_line": 0.0, "channel_rate": 0.0, "distributor_push": 0.0,
            "defection_rate": 0.0,
        },
        {},
    ),
    "shadow_it": ({"shadow_above": 1.0}, {}),
    "customer_office": ({"project_share": 0.0, "project_lift": 0.0}, {}),
    "relearning": ({}, {}),
}  # fmt: skip


def life(firm: ReferenceFirm) -> tuple[object, ...]:
    """What happened, and how people and departments are in the end."""
    return (
        firm.events,
        firm.weeks,
        [(s.engagement, s.entitlement, s.resentment, s.fatigue) for s in firm.seats],
        [(d.target, d.policy, d.debt, d.standard, d.pressure) for d in firm.departments],
        [(p.satisfaction, p.experience, p.profit) for p in firm.customers],
    )


@pytest.mark.parametrize("name", STILL)
def test_off_is_as_on_with_nothing_at_stake(name: str) -> None:
    parameters, dials = STILL[name]
    quiet = {**TROUBLE, **parameters}
    on, off = (lived(140, quiet, on=which, dials=dials) for which in ((name,), ()))
    assert life(on) == life(off)


@pytest.mark.parametrize("name", [n for n in MECHANISMS if n not in ("measurement", "relearning")])
def test_each_makes_a_difference(name: str) -> None:
    assert life(lived(140, TROUBLE, on=(name,))) != life(lived(140, TROUBLE))


def test_measurement_moves_seats() -> None:
    """In departments of ten; in the tiny ones no bound leaves room for a whole seat."""
    departments = ("board", "care", "it", "personnel")
    seats = {f"organisation.departments.{d}.seats": 10 for d in departments}
    quiet = {"budget_move": 0.3, "hire_above": 2.0, "shrink_below": 0.0, "need_rate": 1.0}
    quiet["budget_notice"] = 0.0
    for on, care, it in ((("measurement",), 12, 8), ((), 10, 10)):  # two of 1000 for two of 800
        firm = ReferenceFirm(tiny(quiet, on).replace(seats), 1)
        for _ in range(66):
            firm.day()
        assert [d.target for d in firm.departments] == [10, care, it, 10, 3]


def test_off_shows_no_trace() -> None:
    firm = lived(140, TROUBLE)
    assert not {event.name for event in firm.events} & {"disputed", "declined", "incident"}
    assert all(week["outside"] == week["incidents"] == week["perks"] == 0 for week in firm.weeks)
    assert {seat.tools for seat in firm.seats} <= {0.0, PARAMETERS["tools_start"].default}
    assert firm.true_figure == -1.0
    assert all(d.reported == d.true == -1.0 for d in firm.departments)


def test_on_leaves_every_trace() -> None:
    eager = {**TROUBLE, "incident_rate": 1.0, "dispute_rate": 1.0, "entitlement_start": 0.9}
    firm = lived(200, eager, on=MECHANISMS)
    assert {event.name for event in firm.events} >= {"disputed", "declined", "incident"}
    for line in ("outside", "incidents", "perks"):
        assert sum(week[line] for week in firm.weeks) > 0
    assert 0.0 < firm.true_figure < 1.0
    for event in firm.events:
        if event.name == "declined":
            opened = ("opened", event.owner, event.department, event.item)
            assert opened in [other[1:] for other in firm.events if other.day == event.day]
