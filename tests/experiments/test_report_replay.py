"""The play-back in a report: the lives of the runs, one file, nothing of another model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from experiments.compare import Comparison, compare
from experiments.report import page, write_report
from experiments.report.comparison_page import comparison_page
from experiments.report.replay import DATA, PLACE
from simulation import Scenario
from tests.experiments.html_page import Reader
from tests.experiments.test_report import REGIMES, made
from tests.webapp import browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser

YEARS = 0.6
LEFT_OUT = "There is no play-back of the first world"
REPLACED = "</script><script>alert(1)</script>"


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes most of the time, and nobody looks."""
    monkeypatch.setattr("experiments.report.comparison_page.PICTURES", {})


@pytest.fixture(scope="module")
def result() -> Comparison:
    return compare("small_firm", REGIMES, 2, workers=1, years=YEARS, seed=5)


def test_it_is_the_first_world_of_the_runs(result: Comparison) -> None:
    root = Reader(page(result)).root
    (data,) = (e for e in root.all("script") if e.attributes.get("id") == DATA)
    trace = json.loads(data.text)
    assert [firm["label"] for firm in trace["firms"]] == list(REGIMES)
    for label, firm in zip(REGIMES, trace["firms"], strict=True):
        for measure in ("active", "joined", "lost"):
            course = result.results.courses(measure)[label][0]
            shown = firm["series"].get(measure) or firm[measure]
            assert np.array_equal(course, shown)


def test_without_scripts_and_on_paper_there_is_no_trace_of_it(result: Comparison) -> None:
    root = Reader(page(result)).root
    (section,) = (e for e in root.all("section") if e.attributes.get("id") == PLACE)
    (link,) = (e for e in root.all("li") if "with-scripts" in e.attributes.get("class", ""))
    assert "hidden" in section.attributes
    assert "hidden" in link.attributes
    assert f"#{PLACE} {{ display: none; }}" in page(result)


def test_a_trace_that_is_there_is_not_made_again(result: Comparison) -> None:
    trace = {"version": 1, "firms": [{"label": REPLACED}]}
    root = Reader(comparison_page(result, trace)).root
    (data,) = (e for e in root.all("script") if e.attributes.get("id") == DATA)
    assert json.loads(data.text) == trace
    assert len(root.all("script")) == 2


def test_another_model_plays_nothing_back(
    result: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    result.runs  # noqa: B018 - read while the model is the one they were made with
    monkeypatch.setattr("experiments.runs.code_digest", lambda: "another")
    root = Reader(page(result)).root
    assert not root.all("script")
    assert f"{LEFT_OUT}: its runs were made with another version of the program" in root.text
    assert not [e for e in root.all() if e.attributes.get("id") == PLACE]


def test_a_world_that_failed_is_not_played_back() -> None:
    failed = {(REGIMES[1], 0): "ValueError: on purpose"}
    root = Reader(page(made(Scenario.load("small_firm"), failed))).root
    assert not root.all("script")
    assert f"{LEFT_OUT}: the first world did not come to its end in both firms." in root.text


def test_a_report_needs_nothing_of_the_web_app() -> None:
    root = Path(__file__).parents[2] / "experiments"
    for file in (*root.glob("report/**/*.py"), *root.glob("player/**/*.py")):
        assert "webapp" not in file.read_text("utf-8"), file


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as found:
        yield found


@pytest.mark.browser
def test_the_file_plays_without_a_request(
    chromium: Browser, result: Comparison, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    write_report(result, file)
    with browser.page(chromium, "file:///", 360) as (page, watched):
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        section = page.locator(f"#{PLACE}")
        section.get_by_role("slider", name="Week").press("End")
        active = result.results.courses("active")[REGIMES[0]][0][-1]
        shown = section.get_by_role("row").filter(has_text="Active customers")
        assert shown.get_by_role("cell").first.inner_text() == f"{active:,.0f}"
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        assert asked == [file.as_uri()]
        assert not watched.errors
        page.emulate_media(media="print")
        assert section.is_hidden()
    plain = chromium.new_context(java_script_enabled=False).new_page()
    plain.goto(file.as_uri())
    assert plain.locator(f"#{PLACE}").is_hidden()
    assert plain.get_by_role("link", name="Play-back").count() == 0
    plain.context.close()


@pytest.mark.browser
@pytest.mark.long
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing(
    chromium: Browser, result: Comparison, tmp_path: Path, dark: bool
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    file = tmp_path / "report.html"
    write_report(result, file)
    text = file.read_text("utf-8")
    policy = text[text.index("<meta http-equiv") : text.index('<meta name="viewport"')]
    file.write_text(text.replace(policy, ""), "utf-8")  # axe is a script that it would not let run
    with browser.page(chromium, "file:///", 1024, dark=dark) as (page, _):
        page.goto(file.as_uri())
        page.locator(".rp-player").wait_for()
        found = axe.run(page)
        assert found.violations_count == 0, found.generate_report()
