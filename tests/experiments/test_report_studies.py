"""The reports of attributions, frontiers, sensitivity analyses and calibrations, and of boxes."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from experiments.attribution import plan as attribution_plan
from experiments.cli import app
from experiments.discovery.result import discover, discovered
from experiments.fit import Fit
from experiments.fit import plan as fit_plan
from experiments.fit.free import parse_fit
from experiments.frontier import plan as frontier_plan
from experiments.metrics import metric
from experiments.options import parse_names
from experiments.provenance import number, simulate_again
from experiments.report import load, page
from experiments.report.attribution_page import attribution_page
from experiments.report.boxes import boxes_of
from experiments.report.document import Reported
from experiments.report.sensitivity_page import _options
from experiments.sensitivity import plan as sensitivity_plan
from experiments.sensitivity.factors import ASSUMED, plausible_ranges
from experiments.sweep.design import parse_vary
from simulation import ScenarioError
from simulation.errors import show
from tests.experiments.html_page import Element, Reader
from tests.experiments.studied import (
    KINDS,
    PAIR,
    attributed,
    few_places,
    fitted,
    mapped,
    screened,
    studied,
)
from tests.experiments.swept import swept
from tests.experiments.test_discover import drawn, made_up, planted

EVIL = "<script>alert(1)</script>"


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def root(kind: str) -> Element:
    return Reader(page(studied(kind))).root


def rows_of(root: Element, caption: str) -> dict[str, list[str]]:
    """The cells of the table with this caption, by what begins each row; ids left out."""
    table = next(t for t in root.all("table") if t.children[0].text == caption)
    return {
        row.children[0].text.rpartition(" ")[0] or row.children[0].text: [
            cell.text for cell in row.children[1:]
        ]
        for row in table.all("tr")[1:]
    }


def ids_of(root: Element) -> list[str]:
    """The names of numbers on a page, the first of each table."""
    found = []
    for table in root.all("table"):
        names = [code.text for code in table.all("code")]
        found += names[:1]
    return found


def command_of(result: Reported) -> dict[str, list[str]]:
    """The command on the page: what follows each option, and the scenario under an empty name."""
    said = Reader(page(result)).root
    pre = next(e for e in said.all("pre") if e.text.startswith("raison "))
    words = shlex.split(pre.text)
    assert words[:2] == ["raison", result.study.kind]
    given: dict[str, list[str]] = {"": [words[2]]}
    for option, value in zip(words[3::2], words[4::2], strict=True):
        given.setdefault(option, []).append(value)
    return given


# --- what every page says


def test_question_finding_and_limits_are_on_the_page(kind: str, root: Element) -> None:
    result = studied(kind)
    leads = [e.text for e in root.all("p") if e.attributes.get("class") == "lead"]
    assert leads[0].endswith("?")
    assert f"{result.finding}." in leads
    for heading in ("Where it fails", "What is assumed", "How to make it again"):
        assert any(e.text == heading for e in root.all("h2"))
    text = root.text
    assert "all" in text
    assert "came to their end" in text
    assert "What the intervals leave out" in text
    assert f"seeds 0 to {result.replications - 1}" in text


def test_a_page_of_a_folder_is_that_of_the_result(tmp_path: Path) -> None:
    attributed().save(tmp_path)
    told = re.compile(r"\d+ seconds, added up")
    fresh, kept = (told.sub("", page(one)) for one in (attributed(), load(tmp_path)))
    assert fresh == kept


def test_nothing_that_is_asked_becomes_markup() -> None:
    result = attributed()
    evil = replace(result, study=replace(result.study, scenario=EVIL))
    said = Reader(attribution_page(evil)).root
    assert not said.all("script")
    assert EVIL in said.all("h1")[0].text


def test_page_says_what_failed_and_what_is_missing() -> None:
    result = attributed()
    result = replace(result, study=replace(result.study, replications=9))
    assert "2 of 9 planned worlds are finished" in Reader(page(result)).root.text


# --- it says what the tables say


def test_shares_on_the_page_are_those_of_the_table() -> None:
    result, said = attributed(), Reader(page(attributed())).root
    shown = rows_of(said, "Profit a week: shares of the difference")
    parts = result.parts("profit")
    assert len(shown) == len(parts) == 4
    measure, care = metric("profit"), parts["care"]
    near = min(care.low, care.high, key=abs)
    assert shown["care"][0] == measure.difference(care.mean, beside=near)
    low, high = shown["care"][1].split(" to ")
    assert low == measure.difference(care.low, unit=False, beside=near)
    assert high == measure.difference(care.high, beside=near)
    assert (shown["care"][2] == "clear") == care.is_clear


@pytest.mark.long
def test_points_on_the_page_are_those_that_were_run() -> None:
    result, said = mapped(), Reader(page(mapped())).root
    shown = rows_of(said, "Profit a week at the points that were run")
    assert [int(point) for point in shown] == sorted(result.points)
    rows = result.at_points.query("metric == 'profit'").set_index("point").to_dict("index")
    for point, cells in shown.items():
        row = rows[int(point)]
        assert cells[2:4] == [metric("profit").value(row[side]) for side in "AB"]
        assert cells[-1] == f"{100 * row['b_better']:.1f} %"
        gap = result._gaps("profit")[result.points.index(int(point))].mean()
        assert row["difference"] == pytest.approx(gap)
    assert f"{100 * result.areas['profit']['open']:.1f} %" in said.text


def test_indices_on_the_page_are_those_of_the_table() -> None:
    result, said = screened(), Reader(page(screened())).root
    shown = rows_of(said, "Profit a week, the difference A − B")
    found = dict(result.indices("profit", "gap"))
    assert set(shown) == set(found)
    for key, index in found.items():
        assert shown[key][0] == metric("profit").difference(index.strength, sign=False)
        assert shown[key][2] == metric("profit").difference(index.more["mu"])
        assert (shown[key][-1] == "resolved") == index.is_resolved


def test_fitted_values_on_the_page_are_those_of_the_table() -> None:
    said = Reader(page(fitted())).root
    shown = rows_of(said, "What became of every key")
    assert set(shown) == {"h0", "care"}
    assert shown["care"][-1] == "cannot be told from these data"
    assert len(rows_of(said, "Customers lost, month by month")) == 24


# --- how to make it again


def asked(given: dict[str, list[str]]) -> dict[str, Any]:
    """What every study of two regimes is asked, from its command."""
    return {
        "regimes": parse_names(given["--regimes"][0]),
        "replications": int(given["--replications"][0]),
        "seed": int(given["--seed"][0]),
        "years": float(given["--years"][0]),
    }


def test_command_of_an_attribution_makes_it_again() -> None:
    given = command_of(attributed())
    players = [parse_names(one.replace("+", ",")) for one in given["--players"][0].split(",")]
    again = attribution_plan(given[""][0], of="dials", players=players, **asked(given))
    assert again.study.document() == attributed().study.document()


@pytest.mark.long
def test_command_of_a_frontier_makes_it_again() -> None:
    given = command_of(mapped())
    ends: dict[str, Any] = {}
    for axis in ("x", "y"):
        ((key, (low, high)),) = parse_vary(given[f"--{axis}"]).items()
        ends[axis] = key, low, high
    points, measure = int(given["--points"][0]), given["--metric"][0]
    with few_places():
        again = frontier_plan(given[""][0], metric=measure, points=points, **ends, **asked(given))
    assert again.study.document() == mapped().study.document()


def test_command_of_a_sensitivity_analysis_makes_it_again() -> None:
    given = command_of(screened())
    again = sensitivity_plan(
        given[""][0],
        "morris",
        vary=parse_vary(given["--vary"]),
        samples=int(given["--samples"][0]),
        **asked(given),
    )
    assert given["--method"] == ["morris"]
    assert again.study.document() == screened().study.document()


def test_command_of_a_calibration_makes_it_again() -> None:
    given = command_of(fitted())
    assert given["--data"] == ["months.csv"]
    again = fit_plan(
        given[""][0],
        fitted().data,
        parse_fit(given["--fit"]),
        int(given["--replications"][0]),
        int(given["--trials"][0]),
        int(given["--seed"][0]),
    )
    assert again.study.document() == fitted().study.document()


def test_all_assumed_coefficients_are_one_word_of_the_command() -> None:
    result, ranges = screened(), plausible_ranges()
    vary = {key: f"{show(low)}:{show(high)} ratio" for key, (low, high) in ranges.items()}
    asked = {**result.study.asked, "vary": vary}
    every = replace(result, study=replace(result.study, asked=asked))
    assert [*_options(every)][-2:] == ["--vary", ASSUMED]
    one = next(key for key, (low, _) in ranges.items() if float(show(low)) != low)
    asked["vary"] = {one: vary[one], "care": "0:1 even"}
    given = [text for text in _options(every) if "=" in text]
    assert parse_vary(given) == {one: ranges[one], "care": (0.0, 1.0)}


# --- every number has a name that leads to its runs


@pytest.mark.parametrize("kind", [one for one in KINDS if one.values[0] != "calibrate"])
def test_names_on_the_page_are_those_of_numbers(kind: str, tmp_path: Path) -> None:
    result = studied(kind)
    result.save(tmp_path)  # type: ignore[attr-defined]
    said = Reader(page(result)).root
    example = re.search(r"raison number (\S+) DIR", said.text)
    assert example is not None
    names = ids_of(said)
    assert len(names) >= 5
    rows = {e.attributes.get("id"): e for e in said.all("tr")}
    for name in {example[1], names[-1]}:
        found = number(tmp_path, name)
        assert found.runs["replication"].nunique() == result.replications
        first = rows[name].children[1].text if "area" in name or "share" in name else ""
        assert found.text.startswith(first.split(" ")[0].replace("–", ""))
    again = simulate_again(number(tmp_path, example[1]), tmp_path, 1)
    assert again.same
    assert len(again.runs) >= 2


def test_columns_of_a_row_have_names_of_their_own(tmp_path: Path) -> None:
    result = screened()
    result.save(tmp_path)
    key, index = result.indices("profit", "gap")[0]
    for column, value in {"low": index.low, "sigma": index.more["sigma"]}.items():
        assert number(tmp_path, f"profit.{column}.gap.{key}").value == value
    alone = number(tmp_path, f"profit.mu_star.A.{key}")
    assert {label.split(", ")[1] for label in alone.runs["label"]} == {PAIR[0]}
    with pytest.raises(ScenarioError, match="did you mean"):
        number(tmp_path, f"profit.mu_sta.gap.{key}")


def test_a_number_of_a_calibration_is_refused(tmp_path: Path) -> None:
    fitted().save(tmp_path / "ours.yaml", tmp_path / "runs")
    with pytest.raises(ScenarioError, match="a study of the kind compare"):
        number(tmp_path / "runs", "h0")
    assert "raison number" not in Reader(page(fitted())).root.text


# --- a calibration that is read again


def test_a_calibration_is_read_again(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    with pytest.raises(ScenarioError, match="folder of a study"):
        Fit.load(runs)
    fitted().save(tmp_path / "ours.yaml", runs)
    loaded = Fit.load(runs)
    assert loaded.finding == fitted().finding
    assert loaded.keys == fitted().keys
    assert np.array_equal(loaded.found.after, fitted().found.after, equal_nan=True)
    assert loaded.scenario("ours") == fitted().scenario("ours")
    done = CliRunner().invoke(app, ["report", str(runs)])
    assert done.exit_code == 0, done.output
    assert (runs / "report.html").exists()
    (runs / "seen.npz").unlink()
    with pytest.raises(ScenarioError, match="a calibration that is finished"):
        load(runs)


# --- boxes on the page of a sweep


@pytest.mark.long
def test_boxes_of_every_measure_are_on_the_page_of_the_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.report.sweep_page.show_sweep", lambda _: None)
    swept("tornados").save(tmp_path)
    assert "When which firm is better" not in Reader(page(load(tmp_path))).root.text
    done = CliRunner().invoke(app, ["discover", str(tmp_path), "--outcome", "retention"])
    assert done.exit_code == 0, done.output
    assert "discover-retention.csv" in done.output.replace("\n", "")
    discover(tmp_path, "profit").save(tmp_path)
    assert discovered(tmp_path) == ["retention", "profit"]
    said = Reader(page(load(tmp_path))).root
    section = next(e for e in said.all("section") if e.attributes["id"] == "boxes")
    assert [e.text for e in section.all("h3")] == ["Customers kept a year", "Profit a week"]
    assert "too few to look for a box, which takes 40" in section.text
    assert len(section.all("svg")) == 2


def test_a_box_is_told_with_its_counts(tmp_path: Path) -> None:
    points = drawn(80, 1)
    cube = replace(made_up(points, np.where(planted(points), 5.0, -3.0)), folder=tmp_path)
    found = discover(cube, "profit")
    found.save(tmp_path)
    (boxes,) = boxes_of(cube)
    assert boxes.finding == found.finding
    assert boxes.grid is not None
    side, (first, *_) = found.sides[0], boxes.grid.rows
    assert side.is_found
    assert first[0] == PAIR[0]
    assert first[1] == " and ".join(map(str, side.box))
    assert first[2] == f"{side.density.some} of {side.density.all}"
    assert first[5] == f"{side.coverage.some} of {side.coverage.all}"
    assert first[6] == "holds"
    assert boxes.shown is not None
    assert len(boxes.shown.panels) == 2 * sum(one.is_found for one in found.sides)
