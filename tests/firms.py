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

from simulation import Record, Scenario
from simulation.mechanisms import MECHANISMS
from simulation.workload import standard_hours
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
