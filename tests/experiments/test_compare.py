"""Paired comparison: the numbers, the sentence, the runs behind them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import experiments.runs
from experiments import compare
from experiments.fates import tell_fates
from experiments.finding import MARKET, finding
from experiments.result_folder import PICTURES
from experiments.runner import run_many
from experiments.runs import RunSpec
from simulation import Scenario, ScenarioError, resolve, simulate
from tests.experiments.fakes import FAILING_SEED, comparison, killer, quick

YEARS = 0.3


# --- the sentence


def _runs(retention: list[float], profit: list[float]) -> list[dict[str, float]]:
    return [{"retention": r, "profit": p} for r, p in zip(retention, profit, strict=True)]


def test_finding_names_the_winner_with_its_interval() -> None:
    a = _runs([0.82, 0.83, 0.84], [1000, 990, 1010])
    b = _runs([0.80, 0.812, 0.818], [1010, 970, 1015])
    found = comparison({"first": a, "second": b}).finding
    assert found == (
        "first keeps 2.0 points more customers a year (95 % interval 1.5 to 2.5); "
        "profit is not distinguishable"
    )


def test_finding_turns_the_interval_round_when_the_second_wins() -> None:
    a = _runs([0.80, 0.812, 0.818], [1000, 1000, 1000])
    b = _runs([0.82, 0.83, 0.84], [900, 902, 904])
    found = comparison({"first": a, "second": b}).finding
    assert found == (
        "second keeps 2.0 points more customers a year (95 % interval 1.5 to 2.5), "
        "but first earns 98 more a week (93 to 103)"
    )


def test_finding_claims_nothing_when_both_intervals_span_zero() -> None:
    a = _runs([0.80, 0.82, 0.81], [1000, 900, 1100])
    b = _runs([0.81, 0.80, 0.82], [900, 1000, 1150])
    assert comparison({"first": a, "second": b}).finding.startswith(
        "No clear difference in customers kept or in profit (95 % intervals "
    )


def test_finding_of_one_replication_says_that_it_has_no_interval() -> None:
    found = comparison({"a": _runs([0.8], [5]), "b": _runs([0.7], [5])}).finding
    assert found == (
        "In one replication a keeps 10.0 points more customers a year: "
        "a single pair, so no interval"
    )


def test_three_regimes_are_each_set_against_the_first() -> None:
    result = comparison(
        {
            "a": _runs([0.82, 0.83], [1, 2]),
            "b": _runs([0.80, 0.808], [1, 2]),
            "c": _runs([0.82, 0.83], [1, 2]),
        }
    )
    assert list(result.table["regime_b"].unique()) == ["b", "c"]
    assert set(result.table["regime_a"]) == {"a"}
    assert result.finding == (
        "a keeps more customers a year than b (by 2.1 points, 0.8 to 3.4), "
        "no clear difference from c (0.0 to 0.0); in brackets 95 % intervals"
    )


def test_finding_sums_up_many_regimes() -> None:
    a = _runs([0.82, 0.83], [100, 100])
    fewer = _runs([0.80, 0.808], [120, 121])
    result = comparison({"a": a, "b": fewer, "c": a, "d": _runs([0.79, 0.80], [150, 151])})
    assert result.finding == (
        "a keeps more customers a year than b and d (0.8 to 3.4 points), no clear difference from "
        "c; it earns less a week than b and d (14 to 57), no clear difference from c; "
        "in brackets what the 95 % intervals span"
    )


def test_finding_does_not_round_what_is_clear_to_zero() -> None:
    a, b = _runs([0.8003, 0.8004, 0.8005], [1, 1, 1]), _runs([0.8, 0.8, 0.8], [1, 1, 1])
    assert comparison({"a": a, "b": b}).finding.startswith(
        "a keeps 0.04 points more customers a year (95 % interval 0.02 to 0.06)"
    )


def test_inside_speaks_of_friction_and_illusion() -> None:
    def runs(friction: list[float], gap: float) -> list[dict[str, float]]:
        return [{"friction": f, "illusion_gap": gap + f / 10} for f in friction]

    a, b = runs([0.05, 0.052, 0.054], 0.1), runs([0.10, 0.106, 0.104], 0.1)
    assert comparison({"a": a, "b": b}).inside == (
        "b loses 5.1 points more of its hours to friction (95 % interval 4.6 to 5.7) "
        "and overstates its service level by 0.5 points more (0.5 to 0.6)"
    )
    same = comparison({"a": a, "b": a, "c": b}).inside
    assert same == (
        "a loses less of its hours to friction than c (by 5.1 points, 4.6 to 5.7), "
        "no clear difference from b (0.0 to 0.0); in brackets 95 % intervals"
    )


def test_two_claims_for_the_same_firm_are_no_contradiction() -> None:
    a = [{"product_gap": gap, "agility_speed": 0.05} for gap in (0.20, 0.21, 0.19)]
    b = [{"product_gap": gap, "agility_speed": 0.03} for gap in (0.40, 0.41, 0.39)]
    table = comparison({"a": a, "b": b}).table
    assert finding(table, MARKET) == (
        "a turns insight into change faster by 0.020 (95 % interval 0.020 to 0.020), "
        "and b has an offer 0.20 further from the need (0.20 to 0.20)"
    )


# --- fates


def _people(**columns: list[Any]) -> pd.DataFrame:
    n = len(columns["profit"])
    plain: dict[str, list[Any]] = {
        "uid": list(range(n)),
        "segment": ["business"] * n,
        "distributor": [-1] * n,
        "status": ["active"] * n,
        "joined_week": [-5] * n,
        "lost_week": [-1] * n,
        "needs": [4] * n,
        "unresolved": [1] * n,
        "abandoned": [0] * n,
    }
    return pd.DataFrame({**plain, **columns})


def test_fates_take_one_kept_by_either_side_then_the_largest_gap() -> None:
    a = _people(
        profit=[10, 90, 5, 1, 50],
        status=["active", "active", "lost", "active", "active"],
        lost_week=[-1, -1, 7, -1, -1],
    )
    b = _people(
        profit=[2, 10, 30, 1, 10],
        status=["lost", "lost", "active", "active", "active"],
        lost_week=[9, 40, -1, -1, -1],
    )
    fates = tell_fates(a, b, "A", "B")
    assert [fate.uid for fate in fates] == [1, 2, 4]
    assert fates[0].sentence == (
        "Customer 1 (business) stays with A to the end, leaves B in week 40 "
        "(4 needs raised, 1 failed visit); profit 90 against 10."
    )


def test_fates_prefer_whom_both_firms_had_and_the_loser_had_failed_more() -> None:
    # 0: a larger difference, but B never failed them more; 1: B did, and both had them;
    # 2: B did, but A won them only after B had lost them; 3: A failed them more and lost them
    a = _people(
        profit=[900, 50, 500, 5, 3],
        status=["active", "active", "active", "lost", "active"],
        joined_week=[-5, -5, 60, -5, -5],
        lost_week=[-1, -1, -1, 30, -1],
        unresolved=[1, 1, 1, 4, 1],
    )
    b = _people(
        profit=[10, 10, 10, 9, 2],
        status=["lost", "lost", "lost", "active", "active"],
        lost_week=[40, 40, 40, -1, -1],
        unresolved=[1, 3, 3, 1, 1],
    )
    assert [fate.uid for fate in tell_fates(a, b, "A", "B")] == [1, 3, 0]
    assert [fate.uid for fate in tell_fates(b, a, "B", "A")] == [3, 1, 0]


def test_no_fates_where_all_lives_are_the_same() -> None:
    people = _people(profit=[1, 2, 3])
    assert tell_fates(people, people, "A", "B") == []


# --- the runner


def _specs(n: int) -> list[RunSpec]:
    scenario = Scenario.load("small_firm")
    return [RunSpec(scenario, f"cell {seed}", seed) for seed in range(n)]


def test_a_failing_run_is_a_row_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails_once(scenario: Scenario, seed: int, events: str) -> Any:
        if seed == FAILING_SEED and scenario.regime.name == "customer_first":
            raise ZeroDivisionError("on purpose")
        return simulate(scenario, seed=seed, events=events)

    monkeypatch.setattr(experiments.runs, "simulate", fails_once)
    regimes = ["customer_first", "internal_customer"]
    result = compare("small_firm", regimes, replications=4, workers=1, years=YEARS)
    failed = result.runs[result.runs["status"] == "failed"]
    assert result.failed == len(failed) == 1
    assert failed["error"].tolist() == ["ZeroDivisionError: on purpose"]
    assert failed["seed"].tolist() == [FAILING_SEED]
    assert set(result.table["pairs"]) == {3}
    assert FAILING_SEED not in set(result.paired["replication"])


def test_wrong_input_raises_at_once() -> None:
    with pytest.raises(ScenarioError, match="replications"):
        compare("small_firm", ["customer_first", "neutral"], replications=0)
    with pytest.raises(ScenarioError, match="two or more"):
        compare("small_firm", ["customer_first"])
    with pytest.raises(ScenarioError, match="customer_first"):
        compare("small_firm", ["custmer_first", "neutral"])


def test_progress_counts_every_run() -> None:
    seen: list[tuple[int, int]] = []
    run_many(_specs(3), workers=1, progress=lambda *now: seen.append(now), run=quick)
    assert seen == [(0, 3), (0, 3), (1, 3), (2, 3), (3, 3)]


@pytest.mark.long
def test_a_run_that_kills_its_worker_is_a_row_and_the_others_come_back() -> None:
    results = run_many(_specs(7), workers=2, run=killer)
    assert [r.seed for r in results] == list(range(7))
    assert [r.seed for r in results if not r.ok] == [FAILING_SEED]
    assert "died" in results[FAILING_SEED].error


# --- the whole, with the real model


def test_every_regime_gets_the_same_seeds() -> None:
    regimes = ["customer_first", "internal_customer"]
    result = compare("small_firm", regimes, replications=3, workers=1, seed=11, years=YEARS)
    seeds = result.runs.groupby("regime")["seed"].apply(list)
    assert seeds.to_dict() == {name: [11, 12, 13] for name in regimes}
    alone = simulate(resolve("small_firm", "internal_customer", years=YEARS), seed=12).summary()
    row = result.runs.query("regime == 'internal_customer' and seed == 12").iloc[0]
    assert row["retention"] == alone["retention"]
    assert row["profit"] == alone["profit"]


def test_what_is_needed_once_comes_back_once() -> None:
    regimes = ["customer_first", "internal_customer"]
    result = compare("small_firm", regimes, replications=2, workers=1, seed=4, years=YEARS)
    assert [*result.tables] == regimes
    for name in ("customers", "manifest"):
        assert all(result.results.table(name, regime) is not None for regime in regimes)
        assert all(result.results.table(name, regime, 1) is None for regime in regimes)
    told = result.series[["scenario", "regime", "replication", "seed"]].drop_duplicates()
    assert told.to_numpy().tolist() == [
        ["small_firm", regime, r, 4 + r] for r in (0, 1) for regime in regimes
    ]


def test_the_same_regime_twice_differs_in_nothing() -> None:
    result = compare("small_firm", ["neutral", "neutral"], replications=2, workers=1, years=YEARS)
    assert result.regimes == ("neutral", "neutral (2)")
    assert not result.table.empty
    assert (result.paired["difference"] == 0).all()
    assert (result.table[["difference", "low", "high"]] == 0).all(axis=None)
    assert result.fates == []
    assert result.finding == "No difference in customers kept or in profit"


@pytest.mark.long
def test_the_number_of_workers_changes_nothing() -> None:
    regimes = ["customer_first", "internal_customer"]
    one, two = (
        compare("small_firm", regimes, replications=3, workers=workers, years=YEARS)
        for workers in (1, 2)
    )
    pd.testing.assert_frame_equal(one.runs, two.runs, check_exact=True)
    pd.testing.assert_frame_equal(one.paired, two.paired, check_exact=True)
    pd.testing.assert_frame_equal(one.table, two.table, check_exact=True)
    assert one.fates == two.fates


def test_saving_again_changes_nothing_and_leaves_what_others_put_there(tmp_path: Path) -> None:
    result = comparison({"a": _runs([0.8, 0.82], [1, 2]), "b": _runs([0.7, 0.75], [1, 3])})
    folder = tmp_path / "deep" / "out"
    result.save(folder)
    (folder / "thesis.docx").write_text("mine")
    result.save(folder)
    assert {file.name for file in folder.iterdir()} == {
        "study.toml",
        "scenario.yaml",
        "index.sqlite",
        "parts",
        ".lock",
        "runs.parquet",
        "paired.parquet",
        "series.parquet",
        "recoveries.parquet",
        "table.csv",
        "manifest.json",
        "thesis.docx",
        *(f"{name}.{form}" for name in PICTURES.values() for form in ("png", "svg")),
    }
    assert [entry.name for entry in folder.parent.iterdir()] == ["out"]
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "runs.parquet"), result.runs)
    other = comparison({"a": _runs([0.8], [1]), "b": _runs([0.7], [1])})
    with pytest.raises(ScenarioError, match=r"replications 2, this one 1.*--replace"):
        other.save(folder)
    assert (folder / "thesis.docx").read_text() == "mine"
