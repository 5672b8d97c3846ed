"""The xarray view of a comparison: the same numbers as the data frames, on named axes."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import xarray as xr

from experiments import Comparison, compare
from experiments.labelled import NEEDED, labelled
from simulation.version import MODEL_VERSION
from tests.experiments.fakes import comparison


def _groups(result: Comparison) -> tuple[xr.Dataset, xr.Dataset]:
    """The two groups of the view: runs and series."""
    tree = labelled(result.runs, result.series)
    return tree.children["runs"].to_dataset(), tree.children["series"].to_dataset()


def _run(retention: float) -> dict[str, float]:
    return {"retention": retention, "profit": 10 * retention, "novelty": 1.0}


def test_axes_and_numbers_are_those_of_the_frames() -> None:
    result = comparison({"b": [_run(0.8), _run(0.81)], "a": [_run(0.7), _run(0.71)]})
    runs, series = _groups(result)
    assert runs["retention"].dims == ("regime", "replication")
    assert series["retention"].dims == ("regime", "replication", "week")
    assert runs["regime"].values.tolist() == ["b", "a"], "the first is A, whatever its name"
    assert runs["regime"].dtype.kind == "U"
    np.testing.assert_allclose(runs["profit"], [[8.0, 8.1], [7.0, 7.1]])
    profit = series["profit"].sel(regime="a", replication=1)
    rows = result.series.query("regime == 'a' and replication == 1")
    assert profit["week"].values.tolist() == rows["week"].tolist()
    np.testing.assert_array_equal(profit, rows["profit"])


def test_the_rows_may_come_in_any_order() -> None:
    result = comparison({"b": [_run(0.8), _run(0.81)], "a": [_run(0.7), _run(0.71)]})
    shuffled = result.series.sample(frac=1, random_state=1)
    assert labelled(result.runs, shuffled).identical(labelled(result.runs, result.series))


def test_differences_of_pairs_are_a_subtraction() -> None:
    result = compare("small_firm", ["customer_first", "internal_customer"], 2, 1, 7, years=0.1)
    runs, series = _groups(result)
    assert runs["seed"].dims == series["seed"].dims == ("replication",)
    assert runs["seed"].values.tolist() == [7, 8]
    friction = runs["friction"]
    gap = friction.sel(regime="customer_first") - friction.sel(regime="internal_customer")
    expected = result.paired.query("metric == 'friction'")["difference"]
    np.testing.assert_array_equal(gap, expected)
    identity = {"scenario", "regime", "replication", "seed", "week"}
    assert set(runs.data_vars) == set(result.runs) - identity
    assert set(series.data_vars) == set(result.series) - identity
    assert {variable.dtype for variable in series.data_vars.values()} == {np.dtype(np.float64)}


def test_a_run_that_failed_is_nan_and_says_why() -> None:
    result = comparison({"a": [_run(0.7), _run(0.71)], "b": [_run(0.8), None]})
    runs, series = _groups(result)
    failed = {"regime": "b", "replication": 1}
    assert np.isnan(runs["profit"].sel(failed))
    assert np.isnan(series["profit"].sel(failed)).all()
    assert np.isfinite(series["profit"]).sum() == 3 * 104
    assert runs["status"].sel(failed) == "failed"
    assert runs["error"].values.tolist() == [["", ""], ["", "ValueError: on purpose"]]


def test_nothing_but_failures_has_no_weeks() -> None:
    runs, series = _groups(comparison({"a": [None], "b": [None]}))
    assert runs["status"].values.tolist() == [["failed"], ["failed"]]
    assert not series.data_vars


def test_a_run_that_is_not_there_yet_is_empty() -> None:
    result = comparison({"a": [_run(0.7), _run(0.71)], "b": [_run(0.8), _run(0.81)]})
    tree = labelled(result.runs.iloc[:3], result.series.iloc[: 3 * 104])
    runs = tree.children["runs"].to_dataset().sel(regime="b", replication=1)
    assert runs["status"] == ""
    assert np.isnan(runs["profit"])


def test_a_run_that_is_there_twice_is_refused() -> None:
    result = comparison({"a": [_run(0.7)], "b": [_run(0.8)]})
    with pytest.raises(ValueError, match="unique"):
        labelled(result.runs.iloc[[0, 1, 0]], result.series)


def test_variables_say_what_they_are() -> None:
    result = comparison({"a": [_run(0.7)], "b": [_run(0.8)]})
    for group in _groups(result):
        said = group["retention"].attrs
        assert (said["label"], said["units"]) == ("customers kept a year", "share")
        assert said["long_name"] == said["label"], "what xarray's own plots read"
        assert "units" not in group["novelty"].attrs, "a unit that no list states is not made up"
    said = labelled(result.runs, result.series).attrs
    assert said == {"scenario": "fake_firm", "model_version": MODEL_VERSION}


def test_without_xarray_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    result = comparison({"a": [_run(0.7)], "b": [_run(0.8)]})
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(ImportError, match=r"raison\[research\]") as caught:
        labelled(result.runs, result.series)
    assert str(caught.value) == NEEDED
