"""Every number that a run leaves behind has a name, and is written so that it can be read."""

from __future__ import annotations

import math

import pytest

from experiments.metrics import HIGHER, INSIDE, NEUTRAL, is_listed, metric
from simulation import resolve, simulate

IDENTITY = {"seed", "week"}


def test_every_number_of_a_record_is_listed() -> None:
    office = {"offices.cco": True}
    record = simulate(resolve("small_firm", "internal_customer", office, years=0.3), seed=1)
    columns = {str(name) for name in record.series.select_dtypes("number")} | {*record.summary()}
    assert [name for name in sorted(columns - IDENTITY) if not is_listed(name)] == []


def test_parts_of_friction_follow_it_in_the_table() -> None:
    keys = [measure.key for measure in INSIDE]
    place = keys.index("friction")
    assert keys[place + 1 : place + 4] == [
        "friction_disputes",
        "friction_escalations",
        "friction_courtesy",
    ]


def test_only_the_speed_of_agility_is_better_when_higher() -> None:
    keys = ("agility_speed", "agility_variety", "agility")
    assert [metric(key).direction for key in keys] == [HIGHER, NEUTRAL, NEUTRAL]


@pytest.mark.parametrize(
    ("key", "value", "gap", "half", "cells"),
    [
        ("retention", 0.818, -0.023, 0.004, ["81.8 %", "−2.3 ±0.4"]),
        ("retention", 0.818, 0.0006, 0.0004, ["81.8 %", "+0.06 ±0.04"]),
        ("profit", 42_100, 20_300, 17_500, ["42.1 k", "+20.3 ±17.5"]),
        ("profit", 42_100, -850, 90, ["42.1 k", "−0.85 ±0.09"]),
        ("profit", 400, 2_000, 100, ["0.4 k", "+2.00 ±0.10"]),
        ("resentment", 0.011, -0.009, 0.002, ["0.011", "−.009 ±.002"]),
        ("entitlement", 0.12, 0.32, 0.01, ["0.12", "+0.32 ±0.01"]),
        ("lead_time_days", 0.92, 0.37, 0.09, ["0.92 days", "+0.37 ±0.09"]),
        ("backlog", 311, -158, 64, ["311 hours", "−158 ±64"]),
        ("lost", 3151, -32, math.nan, ["3,151", "−32"]),
        ("retention", math.nan, math.nan, math.nan, ["–", "–"]),
    ],
)
def test_a_row_is_in_one_unit(
    key: str, value: float, gap: float, half: float, cells: list[str]
) -> None:
    assert metric(key).row(value, [gap], [half]) == cells


def test_small_shares_are_not_written_as_zero() -> None:
    assert metric("friction_disputes").value(0.00007) == "0.01 %"
    assert metric("friction_disputes").value(0.0) == "0.0 %"


def test_rare_counts_are_not_written_as_zero() -> None:
    assert [metric("defections").value(x) for x in (0.0, 0.012, 3.24, 31.9)] == [
        "0.0",
        "0.01",
        "3.2",
        "32",
    ]
