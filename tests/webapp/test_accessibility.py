"""What the page about accessibility and the foot of every page say is so."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("fastapi")

from experiments.webapp.pages import PAGES, render
from tests.webapp import browser
from tests.webapp.process import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ANSWERED = "/explore#s=small_firm&a=customer_first&b=internal_customer&years=0.5&n=4&seed=3"
RULES = {"rules": {"target-size": {"enabled": True}}}
"""The size of controls is part of WCAG 2.2 AA, and not looked at by axe unless told."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as found:
        yield found


def _clean(chromium: Browser, server: Served, path: str, width: int, *, dark: bool) -> None:
    """A page with everything unfolded has no violation and is no wider than the screen."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    with browser.page(chromium, server.address, width, dark=dark) as (page, watched):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        if path == ANSWERED:
            page.wait_for_selector("body[data-state=done]")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        found = axe.run(page, options=RULES)
        assert found.violations_count == 0, found.generate_report()
        assert page.locator("html").evaluate("html => html.scrollWidth") <= width
        assert not watched.elsewhere


@pytest.mark.browser
def test_axe_finds_nothing_in_explore(chromium: Browser, running: Served) -> None:
    _clean(chromium, running, "/explore", 360, dark=True)


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("path", [*PAGES, ANSWERED])
def test_axe_finds_nothing(
    chromium: Browser, running: Served, path: str, width: int, dark: bool
) -> None:
    _clean(chromium, running, path, width, dark=dark)


@pytest.mark.parametrize("area", ["explore", "story"])
@pytest.mark.parametrize("phrase", ["a minute or two", "stays in this browser", "docs/"])
def test_no_text_says_more_than_is_so(area: str, phrase: str) -> None:
    scripts = list(files("experiments.webapp").joinpath("static", area).iterdir())
    assert scripts
    assert not [one.name for one in scripts if phrase in one.read_text("utf-8")]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_promises_what_a_network_breaks(path: str) -> None:
    assert "leaves this machine" not in render(path)
