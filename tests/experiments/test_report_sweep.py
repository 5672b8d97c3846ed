"""The report of a sweep: it says what the table says, and what may be made of it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from experiments.metrics import metric
from experiments.options import parse_names, parse_sets
from experiments.report import load, page
from experiments.report.command import register
from experiments.report.sweep_origin import sweep_origin
from experiments.report.sweep_points import points_of
from experiments.runs import Keep, MemoryRuns, RunSpec, failed, pack
from experiments.sweep import Sweep, plan, sweep
from experiments.sweep.design import as_table, as_text, parse_vary
from simulation import Scenario, ScenarioError
from simulation.parameters import PARAMETERS
from tests.experiments.html_page import Element, Reader
from tests.experiments.swept import PAIR, REPLICATIONS, YEARS, swept

EVIL = "<script>alert(1)</script>"
LARGEST = 1_500_000  # bytes of a page that still goes by mail


@pytest.fixture(scope="module")
def result() -> Sweep:
    return swept("lines")


@pytest.fixture(scope="module")
def root(result: Sweep) -> Element:
    return Reader(page(result)).root


@pytest.fixture
def no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes most of the time, and many tests do not look."""
    monkeypatch.setattr("experiments.report.sweep_page.show_sweep", lambda _: None)


quick = pytest.mark.usefixtures("no_picture")


def made_up(
    base: Sweep, points: Mapping[str, list[Any]], replications: int = REPLICATIONS
) -> Sweep:
    """A sweep of other points than the study `base`, with made-up runs."""
    rng = np.random.default_rng(0)
    count = len(next(iter(points.values())))
    rows = pd.DataFrame(
        [
            {"key": f"{p} {regime} {r}", "point": p, "regime": regime, "replication": r, "seed": r}
            for p in range(count)
            for regime in base.regimes
            for r in range(replications)
        ]
    ).assign(status="ok", error="")
    for name in ("retention", "profit", "friction", "agility_speed"):
        rows[name] = rng.random(len(rows))

    class Made(Sweep):
        outcomes = rows

    asked = {**base.study.asked, "points": points, "vary": dict.fromkeys(points, "0:1")}
    study = replace(base.study, asked=asked, replications=replications)
    table = as_table([dict(zip(points, row)) for row in zip(*points.values())])
    return Made(study, table, MemoryRuns(), replications)


def rows_of(root: Element, caption: str) -> list[list[str]]:
    """The cells of the first table whose caption begins like this, without its head."""
    table = next(t for t in root.all("table") if t.children[0].text.startswith(caption))
    return [[cell.text for cell in row.children] for row in table.all("tr")[1:]]


# --- it says what the table says


def test_numbers_on_the_page_are_those_of_the_table(root: Element, result: Sweep) -> None:
    for key in ("retention", "profit", "friction", "agility_speed"):
        measure = metric(key)
        found = result.table[result.table["metric"] == key].to_dict("records")
        shown = rows_of(root, f"{measure.label[:1].upper()}{measure.label[1:]}: customer_first (A)")
        assert len(shown) == len(found) == 3
        for cells, row in zip(shown, found, strict=True):
            near = min(row["low"], row["high"], key=abs)
            assert cells[:2] == [str(row["point"]), as_text(row["market.turbulence"])]
            assert cells[2:4] == [measure.value(row["A"]), measure.value(row["B"])]
            assert cells[4] == measure.difference(row["difference"], beside=near)
            low, high = cells[5].split(" to ")
            assert low == measure.difference(row["low"], unit=False, beside=near)
            assert high == measure.difference(row["high"], beside=near)
            clear = row["low"] > 0 or row["high"] < 0
            assert ("higher" in cells[6]) == clear
            if cells[7] != "–":
                assert cells[7] == f"{round(row['a_wins'] * REPLICATIONS)} of {REPLICATIONS}"


def test_overview_has_the_ends_and_the_counts(root: Element, result: Sweep) -> None:
    cells = next(row for row in rows_of(root, "Over all points") if row[0] == "profit a week")
    found = result.of("profit")
    assert cells[1:3] == [metric("profit").difference(x) for x in np.sort(found["value"])[[0, -1]]]
    assert cells[3] == str(int((found["low"] > 0).sum()))
    assert cells[4] == str(int((found["high"] < 0).sum()))


def test_question_and_finding_are_on_the_page(root: Element, result: Sweep) -> None:
    assert f"{result.finding}." in root.text
    assert "and how does that depend on market.turbulence?" in root.text
    (row,) = rows_of(root, "What is varied")
    assert row[:2] == ["market.turbulence", "0 to 0.1, 3 steps"]
    assert row[2] == "Weekly drift of needs: sd in each dimension."


def test_correlations_of_a_hypercube_are_beside_its_picture() -> None:
    result = swept("tornados")
    figure = next(e for e in Reader(page(result)).root.all("figure"))
    shown = rows_of(figure, "Profit a week: what it goes with")
    gaps = result.of("profit")["value"]
    expected = {key: gaps.corr(result.points[key], method="spearman") for key in result.keys}
    assert {row[0] for row in shown} == set(expected)
    for name, rho, *_ in shown:
        assert float(rho.replace("−", "-")) == pytest.approx(expected[name], abs=0.006)


def test_levels_of_one_regime_are_told_without_a_twin() -> None:
    result = swept("lines", ("neutral",))
    root = Reader(page(result)).root
    rows = result.table[result.table["metric"] == "profit"].to_dict("records")
    assert [row[2] for row in rows_of(root, "Profit a week: neutral")] == [
        metric("profit").value(row["mean"]) for row in rows
    ]
    (main,) = root.all("main")
    for words in ("A better in", "favours one firm", "favour a firm", "twin"):
        assert words not in main.text


# --- many points


def test_of_many_points_the_extreme_ones_come_first() -> None:
    result = made_up(swept("lines"), {"market.turbulence": [x / 100 for x in range(60)]})
    (first, *_) = points_of(result)
    gaps = result.of("retention")["value"].sort_values()
    assert [row[0] for row in first.first.rows] == [
        str(p) for p in [*gaps.index[:5], *gaps.index[-5:]]
    ]
    assert first.rest is not None
    assert [row[0] for row in first.rest.rows] == [str(p) for p in range(60)]
    assert first.rest.caption.endswith("all 60 points")


@pytest.mark.long
@pytest.mark.parametrize("keys", [1, 2, 3])
def test_thousands_of_points_fit_on_a_page(keys: int) -> None:
    side = {1: 4096, 2: 64, 3: 16}[keys]
    names = ["market.turbulence", "captivity", "care"][:keys]
    values = np.indices((side,) * keys).reshape(keys, -1) / side
    result = made_up(swept("maps"), dict(zip(names, values.tolist(), strict=True)))
    html = page(result)
    assert len(html.encode()) < LARGEST
    text = Reader(html).root.text
    assert "table.csv has all of them" in text
    assert keys == 1 or "panels are too large for a page" in text


# --- where it fails


@quick
def test_page_says_what_counting_points_cannot_show(root: Element) -> None:
    assert "about 0.15 of 3 points would be called clear in each measure by chance" in root.text
    assert "All points have the same 2 worlds" in root.text
    assert "points that agree are not independent evidence" in root.text
    shown = {row[0]: row[1:] for row in rows_of(root, "Points that these runs cannot tell apart")}
    found = swept("lines").of("retention")
    unclear = int(((found["low"] <= 0) & (found["high"] >= 0)).sum())
    assert shown["customers kept a year, against internal_customer"] == [str(unclear), "3"]


@quick
def test_failed_runs_are_listed_with_their_point() -> None:
    result = made_up(swept("lines"), {"market.turbulence": [0.0, 0.1]})
    result.outcomes.loc[3, ["status", "error"]] = ["failed", f"ValueError: {EVIL} & more"]
    result.outcomes.loc[3, ["retention", "profit", "friction", "agility_speed"]] = np.nan
    root = Reader(page(result)).root
    assert not root.all("script")
    assert "1 of 8 runs failed, at 1 of 2 points" in root.text
    expected = ["0", "internal_customer", "1", f"ValueError: {EVIL} & more"]
    assert rows_of(root, "Failed runs") == [expected]


@quick
def test_nothing_that_is_asked_becomes_markup() -> None:
    base = swept("lines")
    key = "market.turbulence"
    evil = made_up(base, {key: [0.0, 0.1]})
    asked = {**evil.study.asked, "vary": {key: [EVIL, 0.1]}}
    study = replace(evil.study, scenario=EVIL, asked=asked)
    points = pd.DataFrame({key: [EVIL, "0.1"]}).rename_axis("point")
    root = Reader(page(replace(evil, study=study, points=points))).root
    assert not root.all("script")
    assert root.all("h1")[0].text.startswith(EVIL)
    assert rows_of(root, "What is varied")[0][1] == f"{EVIL}, 0.1"
    assert rows_of(root, "Customers kept a year")[0][1] == EVIL


@quick
def test_page_of_a_single_world_claims_nothing_of_chance() -> None:
    text = Reader(page(made_up(swept("lines"), {"market.turbulence": [0.0, 0.1]}, 1))).root.text
    assert "one replication, so no intervals" in text
    assert "points are counted by the sign" in text
    assert "it rests on one draw of luck" in text
    assert "95 intervals of 100" not in text
    assert "A clearly more" not in text


def test_page_of_runs_that_all_failed_says_so() -> None:
    asked = plan("small_firm", {"market.turbulence": [0.0, 0.1]}, PAIR, 2, years=YEARS)
    runs = MemoryRuns()
    for cell in asked.cells:
        for seed in range(2):
            spec = RunSpec(cell.scenario, cell.label, seed, Keep.SUMMARY)
            runs.add(pack(spec, failed(spec, "ValueError: no")))
    result = Sweep(asked.study, asked.points, runs, 2)
    text = Reader(page(result)).root.text
    assert "No run came to its end" in text
    assert "8 of 8 runs failed" in text


@quick
def test_what_is_varied_is_not_called_fixed_or_uncertain() -> None:
    varied, other = [p for p in PARAMETERS.values() if p.assumed][:2]
    ranges = {
        f"parameters.{varied.name}": (varied.low, varied.high),
        other.name: (other.low, other.high),
    }
    firm = Scenario.load("small_firm").model_copy(update={"uncertain": ranges})
    vary = {varied.name: [varied.low, varied.high]}
    asked = plan(firm, vary, PAIR, 1, years=YEARS)
    root = Reader(page(Sweep(asked.study, asked.points, MemoryRuns(), 1))).root
    assert f"All but {varied.name} were held fixed here" in root.text
    assert [row[0] for row in rows_of(root, "Called uncertain")] == [other.name]


@quick
def test_unfinished_sweep_is_called_a_first_look(result: Sweep) -> None:
    half = replace(result, study=replace(result.study, replications=50))
    assert "2 of 50 planned worlds are finished" in Reader(page(half)).root.text


# --- how to make it again


@pytest.mark.parametrize(
    ("vary", "samples"),
    [
        ({"market.turbulence": (0.0, 0.1, 4), "offices.insight_program": ["continuous", 4]}, None),
        ({"h0": (0.006, 0.014), "offices.cco": [True, False], "regime.care": [0.1, 0.25]}, 5),
    ],
)
def test_command_makes_the_same_runs_again(vary: dict[str, Any], samples: int | None) -> None:
    asked = plan(
        "call_centre", vary, ["customer_first", "own"], 3, samples, 4, 0.1, {"captivity": 0.8},
    )  # fmt: skip
    words = shlex.split(sweep_origin(Sweep(asked.study, asked.points, MemoryRuns(), 3)).command)
    assert words[:3] == ["raison", "sweep", "call_centre"]
    given: dict[str, list[str]] = {}
    for name, value in zip(words[3::2], words[4::2], strict=True):
        given.setdefault(name, []).append(value)
    again = plan(
        words[2], parse_vary(given["--vary"]), parse_names(given["--regimes"][0]),
        int(given["--replications"][0]), int(given["--samples"][0]) if samples else None,
        int(given["--seed"][0]), float(given["--years"][0]), parse_sets(given["--set"]),
    )  # fmt: skip
    assert again.study.document() == asked.study.document()


def test_firm_and_regime_of_ones_own_are_files_in_the_command() -> None:
    ours = Scenario.load("small_firm").replace({"market.turbulence": 0.05})
    regime = {**ours.regime.model_dump(), "name": "ours", "care": 0.33}
    asked = plan(ours, {"h0": [0.01, 0.02]}, ["customer_first", regime], 1, years=YEARS)
    origin = sweep_origin(Sweep(asked.study, asked.points, MemoryRuns(), 1))
    assert origin.files == ("firm.yaml", "ours.yaml")
    firms = {name: firm.digest for name, firm in origin.firms.items()}
    assert firms == {cell.regime: cell.scenario.digest for cell in asked.cells[:2]}


# --- the command


def test_command_writes_the_page_of_whatever_the_folder_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.report.sweep_page.show_sweep", lambda _: None)
    out = tmp_path / "out"
    vary = {"market.turbulence": [0.0, 0.1]}
    made = sweep("small_firm", vary, PAIR, 1, years=YEARS, workers=1, folder=out)
    app = typer.Typer()
    app.callback()(lambda: None)
    register(app)
    done = CliRunner().invoke(app, ["report", str(out)])
    assert done.exit_code == 0, done.output
    assert made.finding in done.output
    assert (out / "report.html").read_text(encoding="utf-8") == page(load(out))
    study = (out / "study.toml").read_text(encoding="utf-8")
    (out / "study.toml").write_text(study.replace('kind = "sweep"', 'kind = "guess"'))
    with pytest.raises(ScenarioError, match="allowed a study of the kind compare, sweep"):
        load(out)
