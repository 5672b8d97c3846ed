"""Queueing theory: first come first served, preemptive priority, Little's law.

The firm is a row of desks with one seat each and nothing else: no frictions, no moods, no rework. A
desk takes items as they come and goes on where it left off, so it is an M/G/1 queue. The hours of
an item are lognormal with coefficient of variation 1, so mean sojourns are those of
exponential service: by Pollaczek & Khinchine they depend on the first two moments only.

Days are whole. Items arrive in the morning and are finished at any hour of their last day, of which
closed minus opened counts nothing: half a day on average, to be added. A mean item is 20 days of
work, so that little else comes of whole days; to first order nothing, for the items that come in on
the same morning wait for each other as long as they had waited for a desk that starts at once.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import NamedTuple

import numpy as np
import pytest

from simulation import Firm, Scenario
from simulation.randomness import name_key
from simulation.world import DAYS_A_WEEK, ESSENTIAL, KINDS, LEAD, NEED
from tests.firms import BUSY, PLAIN, tiny

SERVICE_DAYS = 20.0
HOURS_PER_DAY = 6.4
HALF_A_DAY = 0.5
CUSTOMERS = 100

NO_FRICTION = {
    "hours_sd_log": math.sqrt(math.log(2.0)),
    "hours_per_day": HOURS_PER_DAY,
    "effort_floor": 1.0,
    "effort_engagement": 0.0,
    "newcomer_skill": 1.0,
    "resolution_base": 1.0,
    "hire_above": 2.0,
    **dict.fromkeys(
        (
            "demand_sd",
            "absence_sd",
            "fatigue_loss",
            "fatigue_overtime",
            "fatigue_strain",
            "resentment_loss",
            "open_request_loss",
            "meeting_time",
            "pleasing_time",
            "direction_effort",
            "overtime_max",
            "switching_loss",
            "mixing_loss",
            "escalation_share",
            "expiry_days",
            "block_share",
            "courtesy_ratio",
            "report_rate",
            "policy_start",
            "pace_customer_metric",
            "pace_local_metric",
            "corner_cutting",
            "handoff_loss",
            "returns_most",
            "quit_rate",
            "shrink_below",
            "emergency_cut",
            "h0",
            "patience_days",
            "need_sd",
            "margin_sd",
            "lead_rate",
        ),
        0.0,
    ),
}


def desks(count: int, needs: float, requests: float) -> Scenario:
    """A firm of equal desks.

    Parameters
    ----------
    count : int
        Desks; each has its own share of the needs and its own requests.
    needs, requests : float
        Load of a desk from customers' needs and from internal requests.
    """
    keys = {name_key("askers"), name_key("everyone")}
    names: list[str] = []
    number = 0
    while len(names) < count:
        name = f"desk{number:04d}"
        number += 1
        if name_key(name) not in keys:
            keys.add(name_key(name))
            names.append(name)
    items_a_week = DAYS_A_WEEK / SERVICE_DAYS
    mean_hours = SERVICE_DAYS * HOURS_PER_DAY
    hours = {"customer": mean_hours, "internal": mean_hours}
    segment = {"name": "everyone", "share": 1.0, "needs": [0.0, 0.0], "margin_per_week": 10.0}
    askers = {"name": "askers", "kind": "management", "seats": 1, "wage_per_week": 100.0}
    return Scenario.from_mapping(
        {
            "horizon_years": 200.0,
            "regime": {"base": "neutral", "customer_priority": 1.0},
            "market": {
                "customers": CUSTOMERS,
                "active_at_start": CUSTOMERS,
                "turbulence": 0.0,
                "segments": [segment],
            },
            "organisation": {
                "departments": [
                    {**askers, "hours": hours},
                    *(
                        {
                            "name": name,
                            "kind": "front",
                            "seats": 1,
                            "wage_per_week": 100.0,
                            "hours": hours,
                        }
                        for name in names
                    ),
                ],
                "serves": [
                    {
                        "supplier": name,
                        "requester": "askers",
                        "essential_per_head_week": requests * items_a_week,
                    }
                    for name in names
                ],
            },
            "routes": {"need": [{"path": [name], "share": 1.0 / count} for name in names]},
            **PLAIN,
            "parameters": {
                **NO_FRICTION,
                "need_rate": needs * items_a_week * count / CUSTOMERS,
            },
        }
    )


class Estimate(NamedTuple):
    """A mean over desks, in service times, and its standard error."""

    mean: float
    error: float


def sojourns(scenario: Scenario, seed: int, weeks: int, unused_weeks: int) -> dict[int, np.ndarray]:
    """Per kind of item: number of items and sum of their days, a row per desk.

    Items count that arrive after a warm-up and so long before the end that nearly all are closed.

    Parameters
    ----------
    weeks : int
        Length of the run.
    unused_weeks : int
        Length of the warm-up, and three times the time that the last items are left.
    """
    firm = Firm(scenario, rng=seed, events="all")
    days = weeks * DAYS_A_WEEK
    firm.run_for(days)
    log = firm.record().events
    opened = log[log["event"] == "opened"].set_index("item")
    closed = log[log["event"] == "closed"].set_index("item")["day"]
    opened["end"] = closed.reindex(opened.index).fillna(days)
    warm, last = unused_weeks * DAYS_A_WEEK, days - unused_weeks * DAYS_A_WEEK // 3
    counted = opened[opened["day"].between(warm, last)]
    assert (counted["end"] == days).mean() < 0.001, "too many are left open at the end"
    result = {}
    for kind in (NEED, ESSENTIAL):
        mine = counted[counted["value"] == kind]
        stays = (mine["end"] - mine["day"]).groupby(mine["department"])
        result[kind] = stays.agg(["count", "sum"]).to_numpy(float)
    return result


def estimate(rows: list[np.ndarray]) -> Estimate:
    """Mean sojourn: a ratio estimate over independent desks, its error from their spread."""
    count, total = np.concatenate(rows).T
    mean = total.sum() / count.sum()
    error = np.sqrt(((total - mean * count) ** 2).sum()) / count.sum()
    return Estimate((mean + HALF_A_DAY) / SERVICE_DAYS, float(error / SERVICE_DAYS))


def check(found: Estimate, expected: float, most: float) -> None:
    """The estimate is sharp enough for the tolerance to mean something, and within it."""
    assert found.error * 2.5 <= most * expected, f"too noisy to tell: {found}"
    assert found.mean == pytest.approx(expected, rel=most)


def test_a_desk_is_loaded_as_intended() -> None:
    scenario = desks(40, 0.2, 0.5)
    firm = Firm(scenario, rng=1, events="all")
    firm.run_for(4000)
    desk = firm.record().departments.query("department != 'askers'")
    assert desk["utilisation"].mean() == pytest.approx(0.7, abs=0.02)
    capacity = firm.world.departments.gross[1:]  # the first is the askers'
    assert (capacity == round(HOURS_PER_DAY * 1e6)).all()
    kinds = Counter(firm.record().events.query("event == 'opened'")["value"])
    assert set(kinds) == {float(NEED), float(ESSENTIAL)}
    assert kinds[NEED] / kinds[ESSENTIAL] == pytest.approx(0.4, rel=0.1)


def test_first_come_first_served_at_moderate_load() -> None:
    rows = sojourns(desks(100, 0.5, 0.0), seed=1, weeks=6500, unused_weeks=300)[NEED]
    check(estimate([rows]), 1.0 / (1.0 - 0.5), 0.05)


def test_priority_at_moderate_load() -> None:
    """Preemptive resume: 1 / (1 - load ahead), and for the others that over (1 - whole load)."""
    found = sojourns(desks(100, 0.2, 0.4), seed=2, weeks=6500, unused_weeks=300)
    check(estimate([found[NEED]]), 1.0 / (1.0 - 0.2), 0.05)
    check(estimate([found[ESSENTIAL]]), 1.0 / (1.0 - 0.2) / (1.0 - 0.6), 0.05)


@pytest.mark.long
def test_first_come_first_served_at_high_load() -> None:
    scenario = desks(60, 0.9, 0.0)
    rows = [sojourns(scenario, seed, 10_400, 3000)[NEED] for seed in range(12)]
    check(estimate(rows), 10.0, 0.05)


@pytest.mark.long
def test_priority_at_high_load() -> None:
    scenario = desks(60, 0.2, 0.7)
    found = [sojourns(scenario, 20 + seed, 10_400, 3000) for seed in range(12)]
    check(estimate([rows[NEED] for rows in found]), 1.25, 0.05)
    check(estimate([rows[ESSENTIAL] for rows in found]), 12.5, 0.05)


@pytest.mark.parametrize(
    "scenario",
    [tiny(BUSY), tiny({**BUSY, **PLAIN}), desks(20, 0.3, 0.5)],
    ids=["busy", "plain", "desks"],
)
def test_littles_law_holds_to_the_item(scenario: Scenario) -> None:
    """Items open, summed over evenings, are days open, summed over items."""
    days = 400
    firm = Firm(scenario, rng=3, events="all")
    evenings = 0
    for _ in range(days):
        firm.step()
        items = firm.world.items
        evenings += int(((items.place > 0) & (items.opened >= 0)).sum())
    log = firm.record().events
    opened = log[log["event"] == "opened"].set_index("item")
    kinds = opened["value"].reindex(log["item"]).to_numpy()
    ends = log["event"].isin(
        ["resolved", "given_up", "abandoned", "expired", "cancelled", "declined", "answered"]
    )
    ends |= (log["event"] == "closed") & (kinds == LEAD)  # a lead needs no quality: closed is ended
    ended = log[ends.to_numpy()].set_index("item")["day"]
    assert ended.index.is_unique, "an item has ended twice"
    last = ended.reindex(opened.index).fillna(days)
    assert evenings == int((last - opened["day"]).sum())
    assert len(opened) > 300
    happened = {KINDS[int(kind)] for kind in set(opened["value"])}
    assert {"need", "essential"} <= happened
