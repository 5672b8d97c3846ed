"""A trace says what the records say, in little room."""

from __future__ import annotations

import gzip
import json
from functools import cache
from typing import Any

import numpy as np
import pytest

from experiments.metrics import metric
from experiments.player.trace import (
    MEASURES,
    PERIOD,
    Watched,
    compact,
    trace_of,
    trace_pair,
    watch,
)
from simulation import Record, Scenario, resolve, simulate

LABELS = ("customer_first", "internal_customer")
SHORT = 0.7  # years: 36 weeks, the last period in full
EVENTS = [
    {"week": 20, "demand_surge": 0.4, "weeks": 6},
    {"week": 8, "cut": "support", "share": 0.5},
    {"week": 200, "cut": "it", "share": 0.5},
]
MOST_BYTES, MOST_ZIPPED = 150_000, 42_000  # of five years of a firm with nine departments


def firms(years: float = SHORT) -> tuple[Scenario, Scenario]:
    base = Scenario.from_mapping({**Scenario.load("small_firm").model_dump(), "events": EVENTS})
    a, b = (resolve(base, regime, None, years) for regime in LABELS)
    return a, b


@cache
def watched() -> tuple[Watched, Watched]:
    a, b = firms()
    return watch(a, seed=3), watch(b, seed=3)


@cache
def records() -> tuple[Record, Record]:
    a, b = firms()
    return simulate(a, seed=3), simulate(b, seed=3)


@cache
def trace() -> dict[str, Any]:
    return trace_pair(*firms(), LABELS, seed=3)


def departments(record: Record) -> list[str]:
    return [d["name"] for d in record.manifest["resolved_scenario"]["organisation"]["departments"]]


def items_of(record: Record) -> dict[tuple[str, str], int]:
    flows = record.flows[["source", "target", "items"]].to_numpy()
    return {(source, target): int(items) for source, target, items in flows}


def test_watching_a_firm_does_not_change_its_life() -> None:
    for seen, record in zip(watched(), records(), strict=True):
        assert seen.record.series.equals(record.series)
        assert seen.record.customers.equals(record.customers)


def test_the_flows_of_all_periods_are_the_flows_of_the_run() -> None:
    for seen in watched():
        places = [*departments(seen.record), "customers"]
        total = seen.flows.sum(axis=0)
        said = items_of(seen.record)
        for i, j in zip(*np.nonzero(total), strict=True):
            assert said.pop((places[i], places[j])) == total[i, j]
        assert not said


def test_series_queues_and_seats_are_those_of_the_records() -> None:
    for firm, record in zip(trace()["firms"], records(), strict=True):
        assert firm["series"]["active"] == record.series["active"].tolist()
        for key, values in firm["series"].items():
            truth = record.series[key].to_numpy()
            ours = np.array([np.nan if x is None else x for x in values])
            assert np.allclose(ours, truth, atol=2e-3 * np.nanmax(np.abs(truth)), equal_nan=True)
        assert firm["joined"] == record.series["joined"].tolist()
        assert firm["lost"] == record.series["lost"].tolist()
        for name, rows in record.departments.groupby("department"):
            for kind, hours in firm["queues"][name].items():
                assert np.allclose(hours, rows[f"backlog_hours_{kind}"], atol=0.05 + 1e-9)
            seats = np.zeros(len(rows), int)
            for week, filled in firm["seats"][name]:
                seats[week:] = filled
            assert seats.tolist() == rows["seats"].tolist()


def test_flows_are_items_a_week() -> None:
    whole = trace()
    for firm, seen in zip(whole["firms"], watched(), strict=True):
        from_customers = next(
            f for f in firm["flows"] if (f["source"], f["target"]) == ("customers", "support")
        )
        row = [d["name"] for d in firm["departments"]].index("support")
        items = seen.flows[:, -1, row]
        assert len(items) == whole["weeks"] // PERIOD
        assert np.allclose(from_customers["items_per_week"], items / PERIOD, rtol=0.01)


def test_both_firms_have_the_same_ways_and_places() -> None:
    a, b = trace()["firms"]
    assert a["departments"] == b["departments"]
    assert [(f["source"], f["target"]) for f in a["flows"]] == [
        (f["source"], f["target"]) for f in b["flows"]
    ]
    for place in [*a["departments"], a["customers"]]:
        assert 0 <= place["x"] <= 1
        assert 0 <= place["y"] <= 1


def test_events_come_in_order_and_only_those_that_happen() -> None:
    assert trace()["events"][:2] == [
        {"week": 8, "weeks": 0, "text": "support cut by 50 %"},
        {"week": 20, "weeks": 6, "text": "demand +40 %"},
    ]
    assert all(event["week"] < trace()["weeks"] for event in trace()["events"])


def test_a_firm_that_runs_out_of_money_is_an_event() -> None:
    a, b = records()
    manifest = {**b.manifest, "insolvent_week": 11}
    frames = {n: getattr(b, n) for n in ("series", "departments", "segments", "flows", "customers")}
    poor = Record(frames, manifest, b.events)
    events = trace_of(a, poor, LABELS)["events"]
    assert {"week": 11, "weeks": 0, "text": "internal_customer runs out of money"} in events


def test_without_counted_flows_they_are_the_mean_of_the_run() -> None:
    a, b = records()
    whole = trace_of(a, b, LABELS)
    assert whole["period"] == whole["weeks"]
    for firm, record in zip(whole["firms"], (a, b), strict=True):
        items = items_of(record)
        for flow in firm["flows"]:
            mean = items.get((flow["source"], flow["target"]), 0) / len(record.series)
            assert flow["items_per_week"] == [pytest.approx(mean, rel=0.01)]


def test_customers_are_told_with_their_lives() -> None:
    tables = [record.customers.set_index("uid") for record in records()]
    people = trace()["customers"]
    assert people
    for person in people:
        for life, table in zip(person["lives"], tables, strict=True):
            row = table.loc[person["uid"]]
            assert life["status"] == row["status"]
            assert life["lost"] == (row["lost_week"] if row["lost_week"] >= 0 else None)
            assert (life["cause"] is None) == (life["lost"] is None)
            assert life["profit"] == pytest.approx(row["profit"], abs=0.5)


def test_measures_bring_their_words() -> None:
    measures = trace()["metrics"]
    assert list(measures) == [key for key in MEASURES if key in measures]
    assert "retention" in measures
    for key, said in measures.items():
        known = metric(key)
        words = (known.label, known.unit, known.direction)
        assert (said["label"], said["unit"], said["direction"]) == words
    assert measures["active"]["level"]
    assert not measures["profit"]["level"]


def test_runs_of_different_length_have_no_trace() -> None:
    a, _ = records()
    short = simulate(firms(0.3)[1], seed=3)
    with pytest.raises(ValueError, match="36 and of 16 weeks"):
        trace_of(a, short, LABELS)


def test_five_years_are_small_and_plain_json() -> None:
    text = json.dumps(trace_pair(*firms(5), LABELS, seed=1), allow_nan=False, separators=(",", ":"))
    assert len(text) < MOST_BYTES
    assert len(gzip.compress(text.encode())) < MOST_ZIPPED


@pytest.mark.parametrize(
    ("values", "short"),
    [
        ([1.0, 2.0, np.nan], [1, 2, None]),
        ([123456.0, 7.0], [123456, 7]),
        ([0.123456, 0.5], [0.1235, 0.5]),
        ([1234.567, 1000.4], [1235, 1000]),
        ([np.nan, np.nan], [None, None]),
        ([0.0, 0.0, 0.00012351], [0, 0, 0.0001235]),
        ([], []),
    ],
)
def test_numbers_keep_what_can_be_seen(values: list[float], short: list[float | None]) -> None:
    assert compact(values, 4) == pytest.approx(short)
