"""Where the better firm changes: a strategist asks in the browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("fastapi")

from tests.webapp import browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.long, pytest.mark.browser]

LINK = "/explore#s=small_firm&a=customer_first&b=internal_customer&years=1&n=2&seed=3"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with browser.server(tmp_path_factory.mktemp("served")) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as found:
        yield found


@pytest.fixture
def axe() -> Any:
    return pytest.importorskip("axe_playwright_python.sync_playwright").Axe()


def test_a_strategist_learns_where_it_flips(chromium: Browser, address: str, axe: Any) -> None:
    with browser.page(chromium, address, 360) as (page, watched):
        page.goto(LINK)
        browser.answered(page)
        assert page.is_hidden("#flip-found")
        assert page.input_value("#flip-x-key") == "market.turbulence"
        page.focus("#flip-y-key")
        page.keyboard.type("captiv")
        assert page.input_value("#flip-y-key") == "captivity"
        assert [page.input_value(f"#flip-y-{end}") for end in ("low", "high")] == ["0", "1"]
        assert "supplier" in page.inner_text("#flip-y-means")
        page.fill("#flip-y-high", "0.8")
        page.select_option("#flip-metric", "friction")
        browser.clean(axe, page, watched)
        page.focus("#flip-ask")
        page.keyboard.press("Enter")
        page.wait_for_selector("#flip-said >> text=/^All \\d+ runs are finished/")
        page.wait_for_selector("#flip-chart svg")
        assert page.evaluate("document.activeElement.id") == "flip-ask"

        assert "In internal friction" in page.inner_text("#flip-findings")
        assert page.input_value("#flip-measure") == "friction"
        assert page.inner_text("#flip-says").startswith("Internal friction: A (Customer first)")
        assert page.locator("#flip-chart svg text >> text=/^[AB] better$/").count() >= 1
        assert page.locator("#flip-chart svg text >> text=Captivity").count() == 1
        page.select_option("#flip-measure", "profit")
        assert page.inner_text("#flip-says").startswith("Profit a week: A (Customer first)")
        page.click("#flip-points-title")
        rows = page.locator("#flip-rows tr")
        assert 11 <= rows.count() <= 20
        assert rows.last.locator("th, td").nth(1).inner_text() == "0.8"
        browser.clean(axe, page, watched)
        assert page.locator("body").evaluate("body => body.scrollWidth") <= 360

        for selector, name in (
            ("#flip-png", "profit-map.png"),
            ("#flip-svg", "profit-map.svg"),
            ("#flip-csv", "small_firm-map.csv"),
        ):
            with page.expect_download() as download:
                page.click(selector)
            assert download.value.suggested_filename == name
            assert download.value.path().stat().st_size > 500

        page.fill("#flip-x-low", "0.5")  # above the end of the range
        page.click("#flip-ask")
        page.wait_for_selector("#flip-status.notice-wrong >> text=from 0.5 to 0.08")
        assert page.is_visible("#flip-chart svg")  # what was found before stays

        page.click("#runs-group > summary")
        page.fill("#seed", "4")
        page.press("#seed", "Tab")  # another question: the map blurs with all other answers
        page.wait_for_selector("#results.stale #flip-found:not([hidden])")
        page.click("#run")
        page.wait_for_selector("#results:not(.stale)")
        browser.answered(page)
        page.wait_for_selector("#flip-ask:not([hidden])")
        assert page.is_hidden("#flip-found")
        assert page.input_value("#flip-y-high") == "0.8"  # the question is still there
        assert all("422" in error for error in watched.errors)
        assert not watched.elsewhere


def test_looking_for_the_line_can_be_stopped_and_gone_on_with(
    chromium: Browser, address: str
) -> None:
    with browser.page(chromium, address, dark=True) as (page, watched):
        page.goto(LINK.replace("seed=3", "seed=30").replace("years=1", "years=2"))
        browser.answered(page)
        page.focus("#flip-ask")
        page.keyboard.press("Enter")
        page.wait_for_selector("#flip-said >> text=% of")
        assert page.evaluate("document.activeElement.id") == "flip-stop"
        page.keyboard.press("Enter")
        page.wait_for_selector("#flip-said >> text=Stopped")
        assert page.evaluate("document.activeElement.id") == "flip-ask"
        page.click("#flip-ask")
        page.wait_for_selector("#flip-said >> text=/^All \\d+ runs are finished/")
        page.wait_for_selector("#flip-chart svg")
        assert not watched.errors


def test_two_equal_firms_have_no_line_between_them(chromium: Browser, address: str) -> None:
    with browser.page(chromium, address) as (page, watched):
        page.goto(LINK.replace("internal_customer", "customer_first"))
        browser.answered(page)
        page.click("#flip-ask")
        page.wait_for_selector("#flip-said >> text=the same life")
        assert page.is_hidden("#flip-found")
        assert page.is_visible("#flip-ask")
        assert not watched.errors


def test_ranges_are_those_of_the_scenario(chromium: Browser, address: str) -> None:
    with browser.page(chromium, address) as (page, watched):
        page.goto(LINK.replace("small_firm", "services_firm"))
        browser.answered(page)
        assert page.input_value("#flip-x-low") == "0.005"  # `uncertain` of services_firm
        assert page.input_value("#flip-y-key") == "fit_sd"
        assert page.input_value("#flip-y-high") == "1.06"
        assert not watched.errors
