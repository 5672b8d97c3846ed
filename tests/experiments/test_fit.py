"""Fits: planted values are found, what cannot be told is said, and nothing is run twice."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from experiments.cli import app
from experiments.conduct import Means
from experiments.fit import Data, Fit, calibrate, plan
from experiments.fit.command import _check_out
from experiments.fit.finding import _strange_moves, _strange_start, remarks
from experiments.fit.free import Free, free_of, parse_fit
from experiments.fit.search import LIVES
from experiments.runs import RunResult, RunSpec
from simulation import Scenario, ScenarioError, resolve
from tests.experiments.fitted import COLUMNS, known_firm, months_of
from tools.example_data import FILE, PLANTED, example

SMALL_FIRM = Scenario.load("small_firm")
BASE = Scenario.from_mapping(
    {"extends": "small_firm", "uncertain": {"parameters.h0": [0.004, 0.02], "pooling": [0.1, 0.4]}}
)
H0 = (0.003, 0.03)
TRIALS = 14


def fitted(
    truth: dict[str, float], fit: dict[str, tuple[float, float]], columns: list[str], seed: int,
    trials: int | None = TRIALS, means: Means | None = None,
) -> Fit:  # fmt: skip
    """A fit to the months of the made-up firm."""
    data = months_of(resolve(BASE, None, truth, 2.0), seed, columns)
    asked = plan(BASE, data, fit, 2, trials)
    return asked.carry_out(means or Means(workers=1), run=known_firm)


@pytest.fixture(scope="module")
def told() -> Fit:
    truth, fit = {"h0": 0.015}, {"h0": H0, "care": (0.0, 1.0)}
    return fitted(truth, fit, COLUMNS, 901)


def test_a_planted_value_is_found_and_what_has_no_influence_cannot_be_told(told: Fit) -> None:
    h0, care = told.keys
    assert h0.low <= 0.015 <= h0.high
    assert h0.low <= h0.fitted <= h0.high
    assert (h0.told, care.told) == ("told", "not at all")
    assert (care.low, care.high) == (0, 1)
    assert care.fitted == pytest.approx(BASE.regime.care, abs=0.02)  # it stays where it was
    assert "h0 is 0.01" in told.finding
    assert "care cannot be told from these data" in told.finding
    assert "could be this firm" in told.finding


def test_the_fit_is_nearer_than_what_was_before(told: Fit) -> None:
    lost = told.courses[0]
    assert lost.off < 1.5 < 5 < lost.off_before
    assert lost.model == pytest.approx(lost.data, abs=2 * lost.noise)
    # five hundredths of the level from slow luck
    assert lost.noise / lost.model == pytest.approx(0.05, rel=0.35)


@pytest.mark.long
def test_what_makes_up_for_each_other_is_named() -> None:
    fit = {"need_rate": (0.05, 0.3), "fit_sd": (0.3, 2.0)}
    found = fitted({"need_rate": 0.15}, fit, ["requests"], 902)
    assert list(found.trades) == [("need_rate", "fit_sd")]
    assert found.trades["need_rate", "fit_sd"] < -0.9
    assert all(key.told != "told" for key in found.keys)
    assert "more of one makes up for less of the other" in found.remarks[0]


def test_a_firm_that_the_model_cannot_be_is_called_so() -> None:
    truth = {"h0": 0.015, "resolution_base": 0.3}  # satisfaction far below; it is not fitted
    found = fitted(truth, {"h0": H0}, ["lost", "satisfaction"], 903, 10)
    assert found.is_strange
    assert "No values in these ranges make the model look like this firm" in found.finding
    assert "satisfaction" in found.finding
    assert any("says little" in remark for remark in found.remarks)


@pytest.mark.long
def test_a_value_beyond_the_range_is_found_at_its_end() -> None:
    found = fitted({"h0": 0.05}, {"h0": H0}, ["lost"], 904, 10)
    assert found.keys[0].at_end
    outside = plan(BASE, found.data, {"h0": (0.02, 0.1)}, 2, 10).wanted
    said = " ".join(remarks(replace(found, wanted=outside)))
    assert "h0 is 0.00835 in the scenario, outside the range given" in said
    assert "h0: fitted at the end of the range given" in " ".join(found.remarks)


def test_the_scenario_that_is_written_has_what_was_found(told: Fit, tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    told.save(file)
    scenario = Scenario.load(file)
    assert scenario.name == "ours"
    h0, care = told.keys
    assert scenario.parameters["h0"] == h0.fitted
    assert scenario.regime.care == care.fitted
    # the range of a key that was not fitted stays
    ranges = {"pooling": (0.1, 0.4), "h0": (h0.low, h0.high), "care": (0.0, 1.0)}
    assert scenario.uncertain == {**SMALL_FIRM.uncertain, **ranges}
    assert scenario.digest == BASE.replace(told.values).digest
    assert file.with_suffix(".png").stat().st_size > 10_000
    assert "cannot be told from these data" in file.read_text()


def test_figures_of_other_customers_are_noticed(told: Fit) -> None:
    columns = ["active", "joined", "lost"]
    data = months_of(resolve(BASE, None, {"h0": 0.015}, 2.0), 907, columns)
    wanted = plan(BASE, data, {"h0": H0}, 2, TRIALS).wanted
    assert not _strange_moves(replace(told, data=data, wanted=wanted))  # as many join as leave
    data.values["joined"] += 50
    wanted = plan(BASE, data, {"h0": H0}, 2, TRIALS).wanted
    strange = replace(told, data=data, wanted=wanted)
    assert "in 23 of 23 months" in _strange_moves(strange)[0]
    assert "begins with 800 customers, the data with 1,000" in _strange_start(strange)[0]


def test_interrupted_and_resumed_is_the_same(told: Fit, tmp_path: Path) -> None:
    folder = tmp_path / "runs"

    def stop(done: int, total: int) -> None:
        assert total >= done
        if done >= LIVES + 9:
            raise KeyboardInterrupt

    truth, fit = {"h0": 0.015}, {"h0": H0, "care": (0.0, 1.0)}
    with pytest.raises(KeyboardInterrupt):
        fitted(truth, fit, COLUMNS, 901, means=Means(folder, workers=1, progress=stop))
    counted: list[int] = []
    again = fitted(
        truth, fit, COLUMNS, 901,
        means=Means(folder, workers=1, progress=lambda done, _: counted.append(done)),
    )  # fmt: skip
    assert min(counted) >= LIVES + 9
    assert again.as_dict() == told.as_dict()
    with pytest.raises(ScenarioError, match="the same study"):
        fitted(truth, fit, COLUMNS, 902, means=Means(folder, workers=1))


def sometimes(spec: RunSpec) -> RunResult:
    """A firm some of whose runs fail."""
    if spec.seed % 5 == 0:
        return RunResult(spec.key, spec.label, spec.seed, "ValueError: on purpose")
    return known_firm(spec)


def never(spec: RunSpec) -> RunResult:
    """A firm that fails."""
    return RunResult(spec.key, spec.label, spec.seed, "ValueError: on purpose")


def test_runs_that_fail_do_not_count() -> None:
    data = months_of(resolve(BASE, None, {"h0": 0.015}, 2.0), 905, ["lost"])
    found = plan(BASE, data, {"h0": H0}, 2, 10).carry_out(Means(workers=1), run=sometimes)
    assert found.failed > 0
    assert "on purpose" in found.found.first_error
    assert found.keys[0].low <= 0.015 <= found.keys[0].high
    with pytest.raises(ScenarioError, match="32 of 32 runs of a firm failed"):
        plan(BASE, data, {"h0": H0}, 2, 10).carry_out(Means(workers=1), run=never)


def test_a_column_that_the_model_is_mute_about_is_refused() -> None:
    data = months_of(resolve(BASE, None, {}, 2.0), 906, ["lost"])
    data.values["engagement"] = 0.5
    with pytest.raises(ScenarioError, match="engagement: given no value in any run"):
        plan(BASE, data, {"h0": H0}, 2, 10).carry_out(Means(workers=1), run=known_firm)


@pytest.mark.parametrize(
    ("fit", "said"),
    [
        ({"h00": H0}, "did you mean 'h0'?"),
        ({"h0": (0.03, 0.003)}, "a LOW that is below HIGH"),
        ({"h0": (0.003, 3.0)}, "0 to 0.2"),
        ({"h0": H0, "parameters.h0": H0}, "the same as h0"),
        ({"market.customers": (1000.0, 3000.0)}, "whole number"),
        ({"customer_metric": (0.2, 0.8), "local_metric": (0.2, 0.8)}, "allowed"),
        ({"offices.cco": (0.0, 1.0)}, "allowed"),
        ({f"organisation.departments.{d}.wage_per_week": (900.0, 2000.0)
          for d in ("sales", "support", "operations", "it", "finance", "legal", "hr", "product",
                    "executive")}, "1 to 8 keys"),
    ],
)  # fmt: skip
def test_what_cannot_be_fitted_is_refused(fit: dict[str, tuple[float, float]], said: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        free_of(BASE, fit, ["lost"])
    assert said in str(refused.value)


@pytest.mark.parametrize("text", ["h0", "h0=1", "h0=a:b", "=1:2", "h0=0.1:0.2:3"])
def test_options_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(ScenarioError, match="--fit"):
        parse_fit([text])
    with pytest.raises(ScenarioError, match="once"):
        parse_fit(["h0=1:2", "h0=1:2"])


def test_what_is_fitted_by_default() -> None:
    assert [one.key for one in free_of(SMALL_FIRM, None, ["lost", "quits"])] == ["h0", "quit_rate"]
    (h0,) = free_of(SMALL_FIRM, None, ["lost"])
    assert (h0.low, h0.start, h0.high) == (0.0028, 0.00835, 0.025)
    (base,) = free_of(SMALL_FIRM, None, ["resolved"])
    assert base.high < 1  # of a share it is the odds
    ours = SMALL_FIRM.model_copy(update={"uncertain": {"care": (0.2, 0.6)}})
    assert free_of(ours, None, ["lost"]) == (Free("care", 0.2, 0.6, BASE.regime.care),)
    with pytest.raises(ScenarioError, match="these columns say"):
        free_of(SMALL_FIRM, None, ["utilisation"])


@pytest.mark.parametrize(
    "key",
    ["market.segments.business.margin_per_week", "organisation.departments.it.wage_per_week",
     "organisation.serves.it.sales.essential_per_head_week", "regime.departments.it.care"],
)  # fmt: skip
def test_the_value_before_is_that_of_the_scenario(key: str) -> None:
    now = {"market.segments.business.margin_per_week": 108, "regime.departments.it.care": 0.4,
           "organisation.departments.it.wage_per_week": 1700,
           "organisation.serves.it.sales.essential_per_head_week": 0.3}  # fmt: skip
    (one,) = free_of(BASE, {key: (now[key] / 2, now[key] * 2)}, ["lost"])
    assert one.start == pytest.approx(now[key])


def test_a_place_and_its_value() -> None:
    factors, even = Free("h0", 0.001, 0.1, 0.01), Free("care", 0.2, 0.4, 0.3)
    assert factors.value(0.5) == pytest.approx(0.01)
    assert even.value(0.5) == pytest.approx(0.3)
    assert factors.place(0.1) == pytest.approx(1)
    assert even.place(0.25) == pytest.approx(0.25)


@pytest.mark.long
def test_the_example_is_what_its_tool_makes() -> None:
    data = Data.read("example")
    assert len(data.months) == 36
    assert data.months[0] == "2021-01"
    again = example()
    assert again["month"].tolist() == list(data.months)
    for name in data.columns:
        assert data.values[name].to_numpy() == pytest.approx(
            again[name].to_numpy(float), nan_ok=True
        )
    assert FILE.is_file()


SMALL = ["--fit", "h0=0.004:0.03", "--replications", "1", "--trials", "6", "--workers", "1"]


def year_of(truth: dict[str, float], file: Path) -> None:
    """Twelve months of the example's columns, from the small firm itself."""
    from experiments.fit.columns import in_months, monthly, weeks_of
    from simulation import simulate

    weekly = simulate(resolve("small_firm", None, truth, 1.0), seed=77).series
    values = monthly(weekly, ["lost", "active"], in_months(weeks_of(12), 12))
    rows = [f"{month + 1},{lost:.0f},{active:.0f}" for month, (lost, active) in enumerate(values.T)]
    file.write_text("\n".join(["month,lost,active", *rows]) + "\n")


@pytest.mark.long
def test_the_command_end_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.fit.search.LIVES", 8)
    year_of({"h0": 0.016}, tmp_path / "months.csv")
    out = tmp_path / "ours.yaml"
    asked = ["calibrate", "small_firm", "--data", str(tmp_path / "months.csv"), "--out", str(out)]
    result = CliRunner().invoke(app, [*asked, *SMALL])
    assert result.exit_code == 0, result.output
    for said in ("still possible", "off now", "customers lost", "Runs are kept in"):
        assert said in result.stdout
    for table, rows in (("parameters", 1), ("series", 2), ("months", 24)):
        assert len(pd.read_csv(tmp_path / "ours-runs" / f"{table}.csv")) == rows
    first = out.read_bytes()
    assert Scenario.load(out).parameters["h0"] > 0.00835
    refused = CliRunner().invoke(app, [*asked, *SMALL])
    assert refused.exit_code == 2
    assert "ours.yaml, which exists" in refused.output
    again = CliRunner().invoke(app, [*asked, *SMALL, "--replace", "--json"])
    assert again.exit_code == 0, again.output
    said = json.loads(again.stdout)
    assert said["parameters"][0]["key"] == "h0"
    assert said["parameters"][0]["fitted"] == Scenario.load(out).parameters["h0"]
    assert {row["series"] for row in said["series"]} == {"lost", "active"}
    assert out.read_bytes() == first
    run = CliRunner().invoke(app, ["run", str(out), "--years", "0.3", "--json"])
    assert run.exit_code == 0, run.output


def test_killed_between_figure_and_scenario_the_same_command_goes_on(tmp_path: Path) -> None:
    out = tmp_path / "ours.yaml"
    out.with_suffix(".png").touch()
    _check_out(out, replace=False)
    out.touch()
    with pytest.raises(ScenarioError, match=r"ours\.yaml, which exists"):
        _check_out(out, replace=False)


def test_without_optuna_it_is_said_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "optuna", None)
    asked = ["calibrate", "small_firm", "--data", "example", "--out", "ours.yaml"]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 2
    assert "pip install 'raison[calibrate]'" in result.output
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--out", "ours.txt"], "a name ending in .yaml"),
        (["--out", "nowhere/ours.yaml"], "a folder that is not there"),
        (["--trials", "3"], "6 or more for 1 key"),
        (["--replications", "0"], "1 or more"),
        (["--warm-up", "-1"], "0 weeks or more"),
        (["--data", "exampel.csv"], "a file that is not there"),
        (["--fit", "care"], "KEY=LOW:HIGH"),
    ],
)
def test_commands_that_make_no_sense_are_refused(
    more: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = ["calibrate", "small_firm", "--data", "example", "--out", "ours.yaml", *SMALL, *more]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 2, result.output
    assert said in result.output
    assert not list(tmp_path.iterdir())


@pytest.mark.long
def test_the_planted_firm_is_found_from_the_example() -> None:
    found = calibrate("small_firm", "example", workers=2)
    assert {key.key for key in found.keys} == set(PLANTED)
    for key in found.keys:
        assert key.low <= PLANTED[key.key] <= key.high, key
        assert key.told == "told", key
    assert not found.is_strange
    assert all(course.off < 2 for course in found.courses)


@pytest.mark.long
def test_ranges_hold_the_truth_as_often_as_they_say() -> None:
    held = 0
    for seed in range(30):
        truth, fit = {"h0": 0.015}, {"h0": H0, "resolution_base": (0.7, 1.0)}
        found = fitted(truth, fit, ["lost", "satisfaction"], 2000 + seed, 20)
        held += found.keys[0].low <= 0.015 <= found.keys[0].high
    assert held >= 25  # of 28.5; fewer has a chance of 1 in 100 if 95 % hold
