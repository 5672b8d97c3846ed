"""Small firms for tests, and the views of a firm that several tests compare."""

from __future__ import annotations

import hashlib
import math
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from simulation import Firm, Record, Scenario
from simulation.events import take_place
from simulation.mechanisms import MECHANISMS
from simulation.workload import standard_hours
from simulation.world import DAYS_A_WEEK, World
from tests.reference.test_reference_itself import TINY

ROOT = Path(__file__).parents[1]

BUSY: Mapping[str, object] = {
    "parameters.need_rate": 0.35,
    "parameters.patience_days": 6.0,
    "parameters.expiry_days": 9.0,
    "parameters.block_share": 0.3,
    "parameters.quit_rate": 0.8,
    "parameters.escalation_mean_days": 2.0,
    "parameters.courtesy_ratio": 1.0,
    "parameters.cash_weeks": 0.5,
    "parameters.h0": 0.03,
    "parameters.lead_rate": 0.05,
    "parameters.winback_weeks": 3.0,
    "parameters.policy_start": 2.5,
}
FIERCE: Mapping[str, object] = {
    **BUSY,
    "regime.captivity": 0.4,
    "offices": {"cco": True, "insight_program": 3},
    "parameters.dispute_rate": 1.0,
    "parameters.dispute_age_days": 1.0,
    "parameters.incident_rate": 0.8,
    "parameters.shadow_above": 0.02,
    "parameters.shadow_below": 0.3,
    "parameters.shadow_after": 2.0,
    "parameters.shadow_until": 4.0,
    "parameters.defection_rate": 2.0,
    "parameters.defection_weeks": 9.0,
    "parameters.channel_rate": 0.05,
    "parameters.outreach_below": 0.8,
    "parameters.cash_weeks": 30.0,
}
"""Every mechanism has its hour, and a chief customer officer deals with it."""

EVENTFUL: tuple[Mapping[str, object], ...] = (
    {"week": 2, "need_shift": "homes", "size": 0.4, "direction": 90},
    {"week": 4, "technology_change": 0.3},
    {"week": 6, "competitor_entry": "shops", "strength": 0.8},
    {"week": 9, "cut": "care", "share": 0.3},
    {"week": 12, "demand_surge": 0.8, "weeks": 6},
    {"week": 20, "price_war": 0.2, "weeks": 8},
    {"week": 30, "recession": 0.3, "weeks": 8},
    {"week": 36, "budget_round": 0.2},
    {"week": 40, "regime": "customer_first", "over_weeks": 6},
    {"week": 50, "merger": ["it", "personnel"]},
    {"week": 60, "cut": "it", "share": 0.2},
)
"""One event of every kind, and a cut of what has merged, within a year and a half."""

HURRIED: Mapping[str, object] = {
    **FIERCE,
    "events": [{**event, "week": 1 + n} for n, event in enumerate(EVENTFUL)],
}
"""All of it within a quarter."""

PLAIN: Mapping[str, object] = {"mechanisms": dict.fromkeys(MECHANISMS, False)}
"""No mechanism: the model of sections 1 to 10."""


def tiny(changes: Mapping[str, object] | None = None) -> Scenario:
    """The reference's firm of thirteen people, all mechanisms on, changed.

    Whole parts of a scenario replace that part; any other key is one that `replace` takes.
    """
    given = changes or {}
    whole = {key: value for key, value in given.items() if key in Scenario.model_fields}
    flat = {key: value for key, value in given.items() if key not in Scenario.model_fields}
    return Scenario.from_mapping({**TINY, "mechanisms": {}, **whole}).replace(flat)


def with_hours(scenario: Scenario) -> Scenario:
    """The same scenario with its standard hours written down, so that no change moves them."""
    data = scenario.model_dump()
    hours = standard_hours(scenario)
    for department in data["organisation"]["departments"]:
        customer, internal = hours[department["name"]]
        department["hours"] = {
            "customer": None if math.isnan(customer) else customer,
            "internal": None if math.isnan(internal) else internal,
        }
    return Scenario.from_mapping(data)


def plain(table: Any) -> np.ndarray:
    """A table of the world as an ordinary structured array."""
    array: np.ndarray = table.view(np.ndarray)
    return array


def before_and_after(changes: Mapping[str, object], week: int, seed: int = 1) -> tuple[World, Firm]:
    """The tables on the evening before a week, and the tiny firm just after the week's events."""
    firm = Firm(tiny(changes), rng=seed, events="all")
    firm.run_for(week * DAYS_A_WEEK)
    before = World._make(part.copy() for part in firm.world)
    firm.world.firm[0].week = week
    take_place(firm.world, firm.scenario, firm.department_names)
    return before, firm


def frames(record: Record) -> dict[str, pd.DataFrame]:
    """Every frame of a record, without the label that names the regime or the scenario."""
    parts = {
        "series": record.series,
        "departments": record.departments,
        "customers": record.customers,
        "events": record.events,
    }
    return {
        name: frame.drop(columns=["scenario", "regime"], errors="ignore")
        for name, frame in parts.items()
    }


def same_bits(one: Record, other: Record) -> None:
    """Assert that two runs left the same numbers behind, to the last bit."""
    theirs = frames(other)
    for name, frame in frames(one).items():
        pd.testing.assert_frame_equal(frame, theirs[name], check_exact=True, obj=name)


def digest(record: Record) -> str:
    """SHA-256 of everything that a run left behind, but for labels."""
    total = hashlib.sha256()
    for name, frame in frames(record).items():
        total.update(f"{name} {list(frame.columns)}".encode())
        total.update(pd.util.hash_pandas_object(frame).to_numpy().tobytes())
    return total.hexdigest()


def run_python(code: str, *arguments: str, jit: bool = True) -> str:
    """Standard output of a piece of Python that runs in a process of its own."""
    environment = {**os.environ, "RAISON_JIT": "1" if jit else "0", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
