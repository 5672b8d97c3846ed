"""What a run leaves behind: columns, rates, files, and an event log that agrees with the series."""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simulation import Firm, Record, Scenario, mechanisms, record_io, simulate
from simulation.log import CAUSES, DEFECTION, EVENTS
from simulation.tables import LOG, table
from simulation.world import (
    ESSENTIAL,
    KINDS,
    NEED,
)
from tests.firms import BUSY, EVENTFUL, FIERCE, PLAIN, frames, same_bits, tiny

PROMISED = [
    "active", "joined", "lost", "retention", "satisfaction", "loyalty_index", "revenue",
    "cost", "profit", "cash", "customer_equity", "entitlement", "resentment", "dispute_hours",
    "escalations", "courtesy_share", "friction", "engagement", "quits", "blocked_share",
    "backlog", "lead_time_days", "utilisation", "policy_load", "resolution_rate",
    "reopened_rate", "reported_sla", "illusion_gap", "insight_age_weeks", "product_gap",
    "change_lead_time_days", "agility_speed", "agility_variety", "agility", "market_share",
    "shadow_it_share", "cco_authority", "participation", "project_attention", "relearning",
    "competitor_gap", "belief_gap", "heard", "changes", "fixes", "options", "channel_requests",
    "channel_answered", "defections", "distributor_service", "shadow_built", "outreach",
    "settled", "repriced", "cross_sold",
]  # fmt: skip
PROMISED_OF_CUSTOMERS = [
    "uid", "segment", "distributor", "status", "joined_week", "lost_week", "satisfaction",
    "revenue", "profit", "needs", "unresolved", "abandoned",
]  # fmt: skip
PROMISED_OF_EVENTS = ["day", "event", "uid", "department", "item", "cause", "value"]
RATES = [
    "retention", "satisfaction", "courtesy_share", "friction", "friction_courtesy",
    "friction_escalations", "blocked_share", "resolution_rate", "reopened_rate",
    "friction_disputes", "entitlement", "resentment", "engagement", "fatigue",
    "abandoned_rate", "reported_sla", "illusion_gap", "internal_sla", "market_share",
    "shadow_it_share", "cco_authority", "participation", "project_attention", "relearning",
    "distributor_service",
]  # fmt: skip
CALM = {"parameters.cash_weeks": 100.0}
CUT = {**BUSY, "parameters.cash_weeks": 0.0, "parameters.overhead_share": 2.0}
EVERYTHING = {**FIERCE, "events": EVENTFUL}


@pytest.fixture(
    scope="module",
    params=[CALM, BUSY, CUT, {**BUSY, **PLAIN}, EVERYTHING],
    ids=["calm", "busy", "cut", "plain", "everything"],
)
def record(request: pytest.FixtureRequest) -> Record:
    """Two years of a tiny firm with everything logged."""
    return simulate(tiny(request.param), seed=1, years=2, events="all")


# ---------------------------------------------------------------------- columns


def test_the_promised_columns_are_there(record: Record) -> None:
    labels = ["scenario", "regime", "seed"]
    assert list(record.series.columns[:4]) == [*labels, "week"]
    assert set(PROMISED) <= set(record.series.columns)
    assert set(PROMISED_OF_CUSTOMERS) <= set(record.customers.columns)
    assert list(record.events.columns) == PROMISED_OF_EVENTS
    assert list(record.departments.columns[:5]) == [*labels, "week", "department"]
    assert record.series.columns.is_unique
    assert record.series["week"].tolist() == list(range(104))
    assert len(record.departments) == 104 * 5
    assert record.customers["uid"].tolist() == list(range(400))


def test_columns_without_a_mechanism_are_empty_and_no_others(record: Record) -> None:
    empty = {name for name in record.series.columns if record.series[name].isna().all()}
    told = record.manifest["resolved_scenario"]
    switched: Mapping[str, bool] = told["mechanisms"]
    off = {column for m in mechanisms.ALL if not switched[m.name] for column in m.columns}
    of_an_office = set() if told["offices"]["cco"] else {"cco_authority", "participation"}
    assert empty == of_an_office | off


def test_rates_are_rates(record: Record) -> None:
    series = record.series
    for name in RATES:
        if series[name].isna().all():
            continue  # of a mechanism that is off: see above
        values = series[name].dropna()
        assert values.between(0.0, 1.0).all(), f"{name}: {values.min()} to {values.max()}"
    assert series["loyalty_index"].dropna().between(-1.0, 1.0).all()
    counts = series[["utilisation", "overtime_share", "lead_time_days", "backlog"]]
    assert (counts.fillna(0) >= 0).all(axis=None)  # no lead time in a week without a closing


def test_departments_add_up_to_the_firm(record: Record) -> None:
    rows = record.departments
    assert (rows["utilisation"].dropna() >= 0).all()
    assert rows["overtime_share"].dropna().between(0, 0.5).all()
    assert rows["standard"].between(0, 1).all()
    weekly = rows.groupby("week")
    assert (weekly["seats"].sum() == record.series.set_index("week")["seats"]).all()
    hours = weekly[["backlog_hours_linked", "backlog_hours_internal"]].sum().sum(axis=1)
    np.testing.assert_allclose(hours, record.series["backlog"], rtol=1e-12)
    kinds = rows[rows["policy"].notna()]["department"]
    assert set(kinds) == {"it", "personnel"}


def test_money_adds_up_every_week(record: Record) -> None:
    series = record.series
    lines = series.filter(like="cost_").sum(axis=1)
    np.testing.assert_allclose(lines, series["cost"], rtol=1e-12)
    np.testing.assert_allclose(series["revenue"] - series["cost"], series["profit"], atol=1e-6)
    steps = series["cash"].diff().dropna()
    np.testing.assert_allclose(steps, series["profit"].iloc[1:], atol=1e-6)
    assert record.customers["revenue"].sum() == pytest.approx(series["revenue"].sum(), rel=1e-12)


def test_people_add_up_every_week(record: Record) -> None:
    series = record.series
    steps = series["active"].diff().dropna()
    assert (steps == (series["joined"] - series["lost"]).iloc[1:]).all()
    status = record.customers["status"].value_counts()
    assert status["active"] == series["active"].iloc[-1]
    assert status.sum() == 400
    np.testing.assert_allclose(series["market_share"], series["active"] / 400)
    before = series["active"] - series["joined"] + series["lost"]
    np.testing.assert_allclose(series["retention"], (1 - series["lost"] / before) ** 52)
    seats = series["seats"].diff().dropna()
    flow = (series["hires"] - series["quits"] - series["dismissals"]).iloc[1:]
    assert (seats == flow).all()


def test_summary_is_made_of_the_series(record: Record) -> None:
    summary, series = record.summary(), record.series
    assert all(isinstance(value, float) for value in summary.values())
    assert summary["joined"] == series["joined"].sum()
    assert summary["lost"] == series["lost"].sum()
    assert summary["active_end"] == series["active"].iloc[-1]
    assert summary["cash_end"] == series["cash"].iloc[-1]
    assert summary["satisfaction"] == pytest.approx(series["satisfaction"].mean())
    assert 0 <= summary["retention"] <= 1


# ---------------------------------------------------------------------- events


def per_week(record: Record, event: str, of: set[str] | None = None) -> list[int]:
    """How often an event happened in each week, to items of some kinds where it matters."""
    log = record.events
    if of is not None:
        opened = log[log["event"] == "opened"].set_index("item")["value"]
        log = log[log["item"].map(opened).isin([float(KINDS.index(name)) for name in of])]
    weeks = log[log["event"] == event]["day"] // 5
    return weeks.value_counts().reindex(range(len(record.series)), fill_value=0).tolist()


@pytest.mark.parametrize(
    ("column", "event", "of"),
    [
        ("joined", "join", None),
        ("lost", "loss", None),
        ("escalations", "escalated", None),
        ("quits", "quit", None),
        ("dismissals", "dismissal", None),
        ("hires", "hire", None),
        ("blocks", "blocked", None),
        ("expired", "expired", None),
        ("needs", "opened", {"need"}),
        ("leads", "opened", {"lead"}),
        ("given_up", "given_up", {"need"}),
        ("disputes", "disputed", None),
        ("declined", "declined", None),
        ("incidents", "incident", None),
        ("changes", "change_done", None),
        ("fixes", "fix_done", None),
        ("channel_requests", "opened", {"channel"}),
        ("channel_answered", "answered", {"need"}),
        ("defections", "defection", None),
        ("shadow_built", "shadow_built", None),
        ("outreach", "opened", {"outreach"}),
        ("settled", "settled", None),
    ],
)
def test_events_and_series_agree(
    record: Record, column: str, event: str, of: set[str] | None
) -> None:
    weekly = record.series[column]
    if weekly.isna().all():
        weekly = weekly.fillna(0)  # its mechanism is off, so it must not have happened
    assert weekly.tolist() == per_week(record, event, of)


def test_every_event_above_has_happened_in_one_of_the_runs() -> None:
    """The table above compares more than zeros."""
    happened: set[str] = set()
    for changes in (EVERYTHING, CUT):
        run = simulate(tiny(changes), seed=1, years=2, events="all")
        happened |= set(run.events["event"])
        if changes is EVERYTHING:
            assert run.series["outreach"].sum() > 5
    assert happened == set(EVENTS)


def test_a_distributor_that_defects_takes_some_of_its_own_along(record: Record) -> None:
    log, people = record.events, record.customers.set_index("uid")
    gone = log[log["event"] == "defection"]
    losses = log[(log["event"] == "loss") & (log["cause"] == "distributor")]
    assert (losses["value"] == 0.5).all(), "the share that they take"
    went = set(zip(gone["day"], gone["uid"], strict=True))
    taken = list(zip(losses["day"], people["distributor"].reindex(losses["uid"]), strict=True))
    assert set(taken) <= went
    assert bool(taken) == bool(len(gone))


def test_rates_can_be_counted_again_from_the_events(record: Record) -> None:
    closed = np.array(per_week(record, "closed", {"need"}))
    resolved = np.array(per_week(record, "resolved", {"need"}))
    abandoned = np.array(per_week(record, "abandoned", {"need"}))
    with np.errstate(invalid="ignore"):
        np.testing.assert_allclose(record.series["resolution_rate"], resolved / closed)
        np.testing.assert_allclose(
            record.series["abandoned_rate"], abandoned / (closed + abandoned)
        )
    log = record.events
    needs = set(log[(log["event"] == "opened") & (log["value"] == NEED)]["item"])
    days = log[(log["event"] == "closed") & log["item"].isin(needs)]
    sums = days.groupby(days["day"] // 5)["value"].sum().reindex(range(104), fill_value=0.0)
    with np.errstate(invalid="ignore"):
        np.testing.assert_allclose(record.series["lead_time_days"], sums / closed)


def test_events_and_customers_agree(record: Record) -> None:
    log, people = record.events, record.customers
    opened = log[log["event"] == "opened"].set_index("item")
    kinds = log["item"].map(opened["value"])

    def counted(event: str) -> pd.Series:
        mine = log[(log["event"] == event) & (kinds == NEED)]
        return mine["uid"].value_counts().reindex(people["uid"], fill_value=0)

    for column, event in (("needs", "opened"), ("unresolved", "unresolved"), ("abandoned",) * 2):
        assert people[column].tolist() == counted(event).tolist(), column
    last = log[log["event"] == "loss"].groupby("uid")["day"].max() // 5
    lost = people[people["lost_week"] >= 0].set_index("uid")["lost_week"]
    assert last.to_dict() == lost.to_dict()
    came = log[log["event"] == "join"].groupby("uid")["day"].max() // 5
    joined = people.set_index("uid").loc[came.index, "joined_week"]
    assert came.to_dict() == joined.to_dict()


def test_events_know_who_where_and_why(record: Record) -> None:
    log = record.events
    assert set(log["event"]) <= set(EVENTS)
    assert log["day"].is_monotonic_increasing
    assert log["day"].between(0, 519).all()
    losses = log[log["event"] == "loss"]
    assert set(losses["cause"]) <= set(CAUSES[1:])
    assert (losses["value"] > 0).all(), "the hazard at which it happened"
    assert set(log[log["event"] != "loss"]["cause"]) <= {""}
    assert set(log[log["item"] >= 0]["department"]) <= {"board", "care", "it", "personnel", "sales"}
    asked = log[(log["event"] == "opened") & (log["value"] == ESSENTIAL)]
    assert (asked["uid"] >= 2**16).all(), "a seat's uid, not a row"


def test_levels_of_the_log_are_parts_of_one_another() -> None:
    scenario = tiny({**EVERYTHING, "parameters.overhead_share": 2.0, "parameters.cash_weeks": 0.0})
    logs = {
        level: simulate(scenario, seed=1, years=2, events=level)
        for level in ("none", "losses", "all")
    }
    assert logs["none"].events.empty
    assert list(logs["none"].events.columns) == PROMISED_OF_EVENTS
    everything = logs["all"].events
    of_the_firm = {"join", "loss", "insolvent", *EVENTS[DEFECTION:]}
    kept = everything[everything["event"].isin(of_the_firm)]
    assert set(kept["event"]) > {"join", "loss", "insolvent", "defection", "shadow_built"}
    pd.testing.assert_frame_equal(logs["losses"].events, kept.reset_index(drop=True))
    for level in ("none", "losses"):
        for name in ("series", "departments", "customers"):
            pd.testing.assert_frame_equal(getattr(logs[level], name), getattr(logs["all"], name))
    week = logs["all"].manifest["insolvent_week"]
    assert everything[everything["event"] == "insolvent"]["day"].tolist() == [5 * week]


# ---------------------------------------------------------------------- files


def test_a_record_comes_back_as_it_was(record: Record, tmp_path: Path) -> None:
    record.save(tmp_path / "deep" / "out", csv=True)
    loaded = Record.load(tmp_path / "deep" / "out")
    for name, frame in frames(record).items():
        pd.testing.assert_frame_equal(frames(loaded)[name], frame, check_exact=True, obj=name)
    assert list(loaded.series.columns) == list(record.series.columns)
    assert loaded.manifest == json.loads(json.dumps(record.manifest))
    assert (loaded.scenario, loaded.regime, loaded.seed) == (record.scenario, record.regime, 1)
    assert loaded.summary() == pytest.approx(record.summary(), nan_ok=True)
    written = pd.read_csv(tmp_path / "deep" / "out" / "series.csv")
    assert list(written.columns) == list(record.series.columns)
    np.testing.assert_allclose(written["cash"], record.series["cash"])


def test_a_folder_that_is_not_complete_is_refused(record: Record, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"manifest\.json is missing"):
        Record.load(tmp_path)
    record.save(tmp_path)
    (tmp_path / "customers.parquet").unlink()
    with pytest.raises(FileNotFoundError, match=r"customers\.parquet is missing"):
        Record.load(tmp_path)


def test_the_manifest_lets_the_run_be_repeated() -> None:
    scenario = tiny(BUSY)
    record = simulate(scenario, seed=9, years=0.5)
    manifest = record.manifest
    assert manifest["seed"] == 9
    assert manifest["weeks"] == 26
    assert {"mesa", "numpy", "numba", "pandas"} <= set(manifest["libraries"])
    assert manifest["wall_seconds"] >= 0
    assert manifest["peak_memory_mb"] > 1
    told = json.loads(json.dumps(manifest["resolved_scenario"]))
    again = Scenario.from_mapping(told)
    assert again.digest == manifest["digest"]
    same_bits(simulate(again, seed=9), record)


@pytest.mark.parametrize("most", [0, 100, 1000])
def test_a_log_on_disk_is_the_log(
    most: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scenario = tiny(BUSY)
    in_memory = simulate(scenario, seed=3, years=1, events="all")
    monkeypatch.setattr(record_io, "IN_MEMORY_MOST", most)
    firm = Firm(scenario, rng=3, events="all")
    firm.run_for(260)
    assert firm.recorder.events._parts, "nothing went to disk"
    on_disk = firm.record()
    pd.testing.assert_frame_equal(on_disk.events, in_memory.events)
    on_disk.save(tmp_path)
    pd.testing.assert_frame_equal(Record.load(tmp_path).events, in_memory.events)
    copy: Firm = pickle.loads(pickle.dumps(firm))
    pd.testing.assert_frame_equal(copy.record().events, in_memory.events)


def test_a_log_that_overflows_is_an_error_and_no_gap() -> None:
    firm = Firm(tiny(BUSY), rng=1, events="all")
    firm.world = firm.world._replace(log=table(LOG, 10))
    with pytest.raises(RuntimeError, match="did not fit"):
        firm.run_for(5)


def test_a_record_can_be_asked_for_at_any_time() -> None:
    firm = Firm(tiny(), rng=1)
    before = firm.record()
    assert before.series.empty
    assert len(before.customers) == 400
    firm.run_for(23)
    half = firm.record()
    firm.run_for(27)
    whole = firm.record()
    assert (len(half.series), len(whole.series)) == (4, 10)
    pd.testing.assert_frame_equal(whole.series.head(4), half.series)
    assert whole.customers["revenue"].sum() > half.customers["revenue"].sum() > 0
