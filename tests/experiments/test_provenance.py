"""A number's name leads to its runs, and they come out again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from experiments import compare
from experiments.attribution import attribute
from experiments.attribution.game import dials_label
from experiments.cli import app
from experiments.comparison import Comparison
from experiments.provenance import number, simulate_again
from experiments.runner import run_into
from experiments.runs import MemoryRuns, RunSpec
from experiments.sweep import sweep
from simulation import ScenarioError

REGIMES = ("customer_first", "internal_customer")
YEARS = 0.25


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    folder = tmp_path_factory.mktemp("compared")
    three = (*REGIMES, "engine_room")
    return compare("small_firm", three, 2, 1, years=YEARS, warm_up=3, folder=folder)


def folder_of(result: Comparison) -> Path:
    assert result.folder is not None
    return result.folder


def test_a_number_of_a_comparison(compared: Comparison) -> None:
    (difference,) = compared.table.query("regime_b == 'engine_room' and metric == 'profit'")[
        "difference"
    ]
    found = number(folder_of(compared), "profit.difference.engine_room")
    assert found.value == difference
    assert set(found.runs["label"]) == {"customer_first", "engine_room"}
    assert found.warm_up == 3
    a = found.runs.set_index(["label", "replication"])["value"].unstack(0)
    assert (a["customer_first"] - a["engine_room"]).mean() == pytest.approx(found.value)


def test_the_runs_behind_it_come_out_again(compared: Comparison) -> None:
    found = number(folder_of(compared), "friction.B.internal_customer")
    again = simulate_again(found, folder_of(compared), 2)
    assert again.same
    assert len(again.runs) == 4
    found.runs["value"] += 1e-12  # results that somebody touched
    assert not simulate_again(found, folder_of(compared), 1).same


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("profit", "MEASURE.COLUMN"),
        ("profit.diference.engine_room", "did you mean 'profit.difference.engine_room'?"),
        ("profit.difference", "did you mean 'profit.difference"),
        ("proft.low.engine_room", "did you mean 'profit.low.engine_room'?"),
    ],
)
def test_a_name_that_no_number_has(compared: Comparison, name: str, said: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        number(folder_of(compared), name)
    assert said in str(refused.value)


def test_a_number_of_a_sweep(tmp_path: Path) -> None:
    vary = {"market.turbulence": [0.0, 0.05]}
    result = sweep("small_firm", vary, REGIMES, 2, years=YEARS, workers=1, folder=tmp_path)
    found = number(tmp_path, "profit.difference.1")
    rows = result.table[(result.table["metric"] == "profit") & (result.table["point"] == 1)]
    assert found.value == rows["difference"].iloc[0]
    assert simulate_again(found, tmp_path, 1).same


def test_a_share_of_an_attribution(tmp_path: Path) -> None:
    players = [["care"], ["listening"]]
    result = attribute(
        "small_firm", REGIMES, players=players, replications=1, years=YEARS, workers=1,
        folder=tmp_path,
    )  # fmt: skip
    found = number(tmp_path, "profit.share.the-rest")
    assert found.value == result.parts("profit")["the rest"].mean
    assert len(found.runs) == 8
    assert simulate_again(found, tmp_path, 1).same
    gap = number(tmp_path, "profit.share.gap")
    assert gap.what == "profit a week: the whole gap customer_first - internal_customer"
    a, b = (gap.runs.set_index("label")["value"][dials_label(c)] for c in (7, 0))
    assert gap.value == pytest.approx(a - b)


def test_what_remains_of_a_gap(tmp_path: Path) -> None:
    result = attribute(
        "small_firm", REGIMES, of="mechanisms", players=[["entitlement"]], replications=1,
        years=YEARS, workers=1, folder=tmp_path,
    )  # fmt: skip
    found = number(tmp_path, "profit.share.remains")
    assert "what remains of customer_first - internal_customer without any" in found.what
    assert found.value == result.parts("profit")["remains"].mean
    assert len(found.runs) == 2
    assert simulate_again(found, tmp_path, 1).same


def test_no_more_is_simulated_again_than_there_was(
    compared: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulated: list[RunSpec] = []

    def counted(memory: MemoryRuns, specs: list[RunSpec]) -> None:
        simulated.extend(specs)
        run_into(memory, specs)

    monkeypatch.setattr("experiments.provenance.again.run_into", counted)
    found = number(folder_of(compared), "profit.difference.engine_room")
    again = simulate_again(found, folder_of(compared), 9)
    assert again.same
    assert len(simulated) == len(again.runs) == 4


def test_the_command(compared: Comparison) -> None:
    arguments = ["number", "retention.difference.engine_room", str(folder_of(compared))]
    told = CliRunner().invoke(app, arguments)
    assert told.exit_code == 0, told.output
    assert "the same to the last bit" in told.output
    assert "seeds 0 to 1" in told.output
    data = json.loads(CliRunner().invoke(app, [*arguments, "--json", "--again", "0"]).stdout)
    assert data["again"] is None
    assert len(data["runs"]) == 4
    wrong = CliRunner().invoke(app, ["number", "retention.difference", "nowhere"])
    assert wrong.exit_code == 2
