"""The report: one file that stands alone, reads well, and says what the tables say."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Hashable, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from experiments.compare import Comparison, compare, design
from experiments.metrics import metric
from experiments.report import page, write_report
from experiments.report.command import register
from experiments.report.document import MARK
from experiments.report.measures import measures_of
from experiments.runs import Keep, MemoryRuns, Packed, RunSpec, failed, pack, run_one, run_packed
from simulation import Scenario, ScenarioError
from tests.experiments.html_page import Element, Reader
from tests.experiments.studied import KINDS, studied
from tests.experiments.swept import swept

REGIMES = ("customer_first", "internal_customer")
SWEPT = ("lines", "maps", "tornados")
REPLICATIONS = 3
YEARS = 0.3
EVIL = "<script>alert(1)</script>"
MANY = 1000
LARGEST = 1_500_000  # bytes of a page that still goes by mail

_HEADINGS = {f"h{level}" for level in range(1, 7)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study on disk."""
    place = tmp_path_factory.mktemp("report") / "study"
    compare("small_firm", REGIMES, REPLICATIONS, workers=1, years=YEARS, folder=place)
    return place


@pytest.fixture(scope="module")
def result(folder: Path) -> Comparison:
    return Comparison.load(folder)


@pytest.fixture(scope="module")
def html(result: Comparison) -> str:
    return page(result)


@pytest.fixture(scope="module")
def root(html: str) -> Element:
    return Reader(html).root


@pytest.fixture(scope="module", params=["comparison", *SWEPT, *KINDS])
def any_html(request: pytest.FixtureRequest, html: str) -> str:
    """A page of each kind."""
    if request.param == "comparison":
        return html
    return page(swept(request.param) if request.param in SWEPT else studied(request.param))


@pytest.fixture(scope="module")
def any_root(any_html: str) -> Element:
    return Reader(any_html).root


@pytest.fixture
def one_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes most of the time, and many tests do not look."""
    monkeypatch.setattr("experiments.report.comparison_page.PICTURES", {"inside": "inside"})


quick = pytest.mark.usefixtures("one_picture")


def made(scenario: Scenario, errors: Mapping[tuple[str, int], str], worlds: int = 2) -> Comparison:
    """A comparison in which some runs, by regime and seed, failed with these errors."""
    asked = design(scenario, REGIMES, worlds, years=YEARS)
    runs = MemoryRuns()
    for seed in range(worlds):
        for label, firm in asked.cells.items():
            spec = RunSpec(firm, label, seed, Keep.SERIES if seed else Keep.ALL)
            error = errors.get((label, seed))
            runs.add(pack(spec, failed(spec, error)) if error else run_packed(run_one, spec))
    return Comparison(asked.study, runs, worlds)


# --- a page that stands alone


def test_page_is_well_formed(any_html: str) -> None:
    reader = Reader(any_html)
    assert any_html.startswith(MARK)
    assert reader.declared.lower() == "doctype html"
    assert [e.tag for e in reader.root.children] == ["html"]


def test_page_asks_for_nothing(any_html: str, any_root: Element) -> None:
    tags = {element.tag for element in any_root.all()}
    assert tags.isdisjoint({"link", "iframe", "object", "embed", "form", "base", "image"})
    for element in any_root.all():
        for name in ("src", "href", "data", "action", "xlink:href", "srcset"):
            assert element.attributes.get(name, "#").startswith("#")
        assert not any(name.startswith("on") for name in element.attributes)
    addresses = set(re.findall(r"(?:https?:)?//[\w.]+[^\s\"'<]*", any_html))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert re.search(r"@import|url\((?!#)", any_html) is None


def test_page_forbids_what_it_does_not_need(any_root: Element) -> None:
    policy = next(e for e in any_root.all("meta") if "http-equiv" in e.attributes)
    assert policy.attributes["http-equiv"] == "Content-Security-Policy"
    rules = dict(rule.split(maxsplit=1) for rule in policy.attributes["content"].split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["style-src"] == "'unsafe-inline'"
    assert not {"img-src", "connect-src", "font-src"} & set(rules)
    plain = [e for e in any_root.all("script") if "type" not in e.attributes]
    allowed = [f"'sha256-{_sha256(script.text)}'" for script in plain]
    assert rules.get("script-src", "").split() == allowed


def test_page_does_not_grow_with_the_worlds(html: str) -> None:
    assert len(html.encode()) < LARGEST


@pytest.mark.long
def test_thousands_of_worlds_fit_on_a_page() -> None:
    asked = design("small_firm", REGIMES, MANY, years=YEARS)
    runs = MemoryRuns()
    for label, firm in asked.cells.items():
        for seed in range(MANY):
            spec = RunSpec(firm, label, seed, Keep.SERIES if seed else Keep.ALL)
            if seed < 10:
                run = run_packed(run_one, spec)
            else:
                run = Packed(spec.key, seed, spec.keep, "", 0.0, run.frames)
            runs.add(run)
    assert len(page(Comparison(asked.study, runs, MANY)).encode()) < LARGEST


# --- for everybody


def test_ids_are_unique_and_every_pointer_leads_somewhere(any_root: Element) -> None:
    ids = [e.attributes["id"] for e in any_root.all() if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    for element in any_root.all():
        for name in ("aria-labelledby", "aria-describedby"):
            assert set(element.attributes.get(name, "").split()) <= set(ids)
        if (target := element.attributes.get("href", "")).startswith("#"):
            assert target[1:] in ids
        for value in element.attributes.values():
            assert set(re.findall(r"url\(#([^)]+)\)", value)) <= set(ids)


def test_headings_are_in_order(any_root: Element) -> None:
    levels = [int(e.tag[1]) for e in any_root.all(*_HEADINGS)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_page_has_language_and_landmarks(any_root: Element) -> None:
    assert any_root.children[0].attributes["lang"] == "en"
    for tag in ("header", "nav", "main", "footer", "title"):
        assert len([e for e in any_root.all(tag) if not e.inside("svg")]) == 1


def test_drawings_are_named_and_described(any_root: Element) -> None:
    drawings = any_root.all("svg")
    assert len(drawings) > len(any_root.all("figure")) > 0
    for drawing in drawings:
        name, says = (
            next(e for e in drawing.all(tag) if e.attributes.get("id") == drawing.attributes[key])
            for tag, key in (("title", "aria-labelledby"), ("desc", "aria-describedby"))
        )
        assert drawing.attributes["role"] == "img"
        assert len(name.text) > 5
        assert len(says.text) > 10
    for figure in any_root.all("figure"):
        assert len(figure.all("figcaption")) == 1


def test_tables_have_captions_and_their_cells_have_headings(any_root: Element) -> None:
    tables = any_root.all("table")
    assert len(tables) > 5
    for table in tables:
        head, *body = table.all("tr")
        assert table.children[0].tag == "caption"
        assert table.children[0].text.strip()
        assert {e.attributes["scope"] for e in head.all("th")} == {"col"}
        for row in body:
            assert [e.attributes["scope"] for e in row.all("th")] == ["row"]
            assert len(row.children) == len(head.children)


# --- it says what the tables say


def test_numbers_on_the_page_are_those_of_the_table(root: Element, result: Comparison) -> None:
    rows = {
        tuple(cell.text for cell in row.children)
        for table in root.all("table")
        if "Headline measures" in table.children[0].text
        for row in table.all("tr")[1:]
    }
    by_key = {row[0].split()[-1]: row for row in rows}
    found = result.table.set_index("metric").to_dict("index")
    for key in ("retention", "profit", "friction", "customer_equity", "lead_time_days"):
        cells, row, measure = by_key[key], found[key], metric(key)
        assert cells[0].lower().startswith(measure.label)
        assert cells[1] == measure.value(row["A"])
        assert cells[2] == measure.value(row["B"])
        assert cells[3].startswith(measure.difference(row["difference"])[:4])
        low, high = cells[4].split(" to ")
        assert low == measure.difference(row["low"], unit=False, beside=_nearest(row))
        assert high == measure.difference(row["high"], beside=_nearest(row))
        assert cells[6] == f"{round(row['a_wins'] * REPLICATIONS)} of {REPLICATIONS}"
        assert cells[7] == ("< 0.001" if row["p"] < 0.001 else f"{row['p']:.3f}")


def test_every_measure_that_exists_is_on_the_page(root: Element, result: Comparison) -> None:
    (pair,) = measures_of(result.table, result.paired)
    shown = {line.measure.key for line in pair.lines}
    zero = result.table[["A", "B", "difference"]].eq(0).all(axis=1)
    assert shown == set(result.table.loc[~zero, "metric"])
    text = " ".join(e.text.lower() for e in root.all("table"))
    assert all(line.measure.label.lower() in text for line in pair.lines)


def test_finding_and_fates_are_on_the_page(root: Element, result: Comparison) -> None:
    text = _plain(root.text)
    assert f"{result.finding}." in text
    assert f"{result.inside}." in text
    assert result.fates
    for fate in result.fates:
        assert fate.sentence in text
        assert f"raison why small_firm --customer {fate.uid} --regimes {','.join(REGIMES)}" in text


def test_picture_has_its_numbers_beside_it(root: Element, result: Comparison) -> None:
    figure = next(e for e in root.all("figure") if e.attributes["id"] == "outcomes")
    table = next(e for e in figure.all("table") if "Customers kept" in e.children[0].text)
    last = [cell.text for cell in table.all("tr")[-1].children]
    course = result.results.courses("retention")[REGIMES[0]]
    mean = 100 * np.nanmean([row[~np.isnan(row)][-13:].mean() for row in course])
    assert float(last[1].removesuffix(" %")) == pytest.approx(mean, abs=0.06)


# --- where it fails


@quick
def test_nothing_in_a_scenario_becomes_markup() -> None:
    scenario = Scenario.load("small_firm").model_copy(
        update={"name": EVIL, "describes": f'"> <img src=x onerror=alert(2)> {EVIL}'}
    )
    root = Reader(page(made(scenario, {(REGIMES[1], 1): f"ValueError: {EVIL} & more"}))).root
    assert not any(EVIL in script.text for script in root.all("script"))
    assert not root.all("img")
    assert EVIL in root.all("h1")[0].text
    assert f"ValueError: {EVIL} & more" in root.text
    assert f'"> <img src=x onerror=alert(2)> {EVIL}' in root.text


@quick
def test_failed_runs_are_listed() -> None:
    firm = Scenario.load("small_firm")
    text = _plain(
        Reader(page(made(firm, {(REGIMES[0], 1): "ValueError: on purpose"}, 3))).root.text
    )
    assert "1 of 6 runs failed" in text
    assert "customer_first1ValueError: on purpose" in text


@quick
def test_page_of_runs_that_all_failed_says_so() -> None:
    errors = {(label, seed): "ValueError: no" for label in REGIMES for seed in range(2)}
    text = Reader(page(made(Scenario.load("small_firm"), errors))).root.text
    assert "No replication came to its end in both firms" in text
    assert "4 of 4 runs failed" in text


@quick
def test_page_of_a_single_world_claims_nothing_of_chance() -> None:
    text = _plain(Reader(page(made(Scenario.load("small_firm"), {}, 1))).root.text)
    assert "a single pair, so no interval" in text
    assert "One world was simulated" in text
    assert "95 intervals of 100" not in text


@quick
def test_study_that_is_not_finished_is_called_a_first_look(result: Comparison) -> None:
    half = replace(result, study=replace(result.study, replications=50))
    assert "3 of 50 planned worlds are finished" in Reader(page(half)).root.text


# --- the command


def run(*words: str | Path) -> tuple[int, str]:
    app = typer.Typer()
    app.callback()(lambda: None)
    register(app)
    done = CliRunner().invoke(app, ["report", *map(str, words)])
    return done.exit_code, done.output


@quick
def test_command_writes_into_the_folder_and_replaces_its_own(folder: Path) -> None:
    code, said = run(folder)
    assert (code, said) == run(folder)
    assert code == 0
    assert str(folder / "report.html") in said
    assert (folder / "report.html").read_text(encoding="utf-8").startswith(MARK)


def test_foreign_file_is_not_replaced(folder: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.html"
    mine.write_text("<!DOCTYPE html>\n<p>mine</p>")
    code, said = run(folder, "--out", mine)
    assert code == 2
    assert "a report of raison to replace" in said
    assert mine.read_text() == "<!DOCTYPE html>\n<p>mine</p>"
    code, said = run(folder, "--out", tmp_path)
    assert code == 2
    assert "this is a folder" in said


def test_folder_without_a_study_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}")  # as a single run leaves it
    for place in (tmp_path, tmp_path / "nowhere"):
        code, said = run(place)
        assert code == 2
        assert len(said.strip().splitlines()) == 1
        assert "raison compare --out" in said
    assert not (tmp_path / "report.html").exists()


@quick
def test_same_comparison_gives_the_same_page(result: Comparison, tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        write_report(result, tmp_path / name)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_report_is_refused_before_the_page_is_made(result: Comparison, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("notes")
    with pytest.raises(ScenarioError, match="a new file"):
        write_report(result, tmp_path / "notes.txt")


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _nearest(row: Mapping[Hashable, Any]) -> float:
    return min(float(row["low"]), float(row["high"]), key=abs)


def _plain(text: str) -> str:
    return " ".join(text.split()) if "\n" not in text else re.sub(r"[ \t]+", " ", text)
