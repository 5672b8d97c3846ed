"""Which dials make the gap: a strategist asks in the browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("fastapi")

from tests.webapp import browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.long, pytest.mark.browser]

SHORT = "years=0.5&n=2"
LINK = f"/explore#s=small_firm&a=customer_first&b=internal_customer&{SHORT}&seed=3"


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


def test_a_strategist_learns_which_dials_make_the_gap(
    chromium: Browser, address: str, axe: Any
) -> None:
    with browser.page(chromium, address, 360) as (page, watched):
        page.goto(LINK)
        browser.answered(page)
        assert page.is_hidden("#shares-found")
        page.focus("#shares-ask")
        page.keyboard.press("Enter")
        page.wait_for_selector("#shares-said >> text=All 32 runs are finished.")
        page.wait_for_selector("#shares-chart svg")
        assert page.evaluate("document.activeElement.id") == "shares-title"
        assert page.is_hidden("#shares-actions")

        page.focus("#shares-measure")
        page.keyboard.press("ArrowDown")
        said = page.inner_text("#shares-says")
        page.keyboard.press("ArrowDown")
        assert page.inner_text("#shares-says") != said
        page.select_option("#shares-measure", "friction")
        rows = page.locator("#shares-rows tr")
        cells = rows.locator(".number").all_inner_texts()
        start, *shares, gap, end = (_number(cell) for cell in cells)
        assert len(shares) == 4
        assert sum(shares) == pytest.approx(gap, abs=0.3)
        assert start + gap == pytest.approx(end, abs=0.2)
        card = page.inner_text("#cards [data-key=friction]")
        assert all(cell.split("\n")[0] in card for cell in (cells[0], cells[-2], cells[-1]))
        assert "Captivity" in rows.nth(1).inner_text()
        assert page.locator("#shares-chart svg text >> text=Firm B").count() == 1
        browser.clean(axe, page, watched)
        assert page.locator("body").evaluate("body => body.scrollWidth") <= 360

        for selector, name in (
            ("#shares-png", "friction-shares.png"),
            ("#shares-svg", "friction-shares.svg"),
            ("#shares-shares-csv", "small_firm-shares.csv"),
            ("#shares-pairs-csv", "small_firm-pairs.csv"),
        ):
            with page.expect_download() as download:
                page.click(selector)
            assert download.value.suggested_filename == name
            assert download.value.path().stat().st_size > 500

        page.click("#runs-group > summary")
        page.fill("#seed", "4")
        page.press("#seed", "Tab")  # another question: the shares blur with all other answers
        page.wait_for_selector("#results.stale #shares-found:not([hidden])")
        page.click("#run")
        page.wait_for_selector("#results:not(.stale)")
        browser.answered(page)
        page.wait_for_selector("#shares-ask:not([hidden])")
        assert page.is_hidden("#shares-found")
        assert not watched.errors
        assert not watched.elsewhere


def _number(cell: str) -> float:
    """Of a cell as it is read: its first line, without a unit."""
    return float(cell.split("\n")[0].split()[0].replace("−", "-").replace("+", ""))


def test_dividing_a_gap_can_be_stopped_and_gone_on_with(chromium: Browser, address: str) -> None:
    with browser.page(chromium, address) as (page, watched):
        page.goto(LINK.replace("seed=3", "seed=30").replace("years=0.5", "years=3"))
        browser.answered(page)
        page.focus("#shares-ask")
        page.keyboard.press("Enter")
        page.wait_for_selector("#shares-said >> text=% of")
        assert page.evaluate("document.activeElement.id") == "shares-stop"
        page.keyboard.press("Enter")
        page.wait_for_selector("#shares-said >> text=Stopped")
        assert page.evaluate("document.activeElement.id") == "shares-ask"
        page.click("#shares-ask")
        page.wait_for_selector("#shares-said >> text=All 32 runs are finished.")
        page.wait_for_selector("#shares-chart svg")
        assert not watched.errors


@pytest.mark.parametrize(
    ("firms", "says"),
    [
        ("a=neutral&b=neutral", "the same dials"),
        ("a=neutral&b=neutral&b.care=0.2", "one dial only, Care"),
        ("a=neutral&b=neutral&b.customer_metric=0.9", "belong together (what is measured)"),
        ("a=internal_customer&b=transformation", "which is no dial"),
    ],
)
def test_where_there_is_nothing_to_divide_it_says_so(
    chromium: Browser, address: str, axe: Any, firms: str, says: str
) -> None:
    with browser.page(chromium, address) as (page, watched):
        page.goto(f"/explore#s=small_firm&{firms}&{SHORT}")
        browser.answered(page)
        page.click("#shares-ask")
        page.wait_for_selector(f"#shares-said >> text={says}")
        assert page.is_hidden("#shares-found")
        assert page.is_hidden("#shares-actions")
        browser.clean(axe, page, watched)


def test_dividing_a_gap_fails_in_words(chromium: Browser, address: str) -> None:
    with browser.page(chromium, address) as (page, watched):
        page.goto(LINK)
        browser.answered(page)
        page.route("**/api/attribute", lambda route: route.abort())
        page.click("#shares-ask")
        page.wait_for_selector("#shares-status.notice-wrong >> text=does not answer")
        page.unroute("**/api/attribute")
        page.route(
            "**/events",
            lambda route: route.fulfill(
                status=200, content_type="text/event-stream", body=browser.FAILED
            ),
        )
        page.click("#shares-ask")
        page.wait_for_selector("#shares-status.notice-wrong >> text=died twice")
        page.unroute("**/events")
        page.click("#shares-ask")
        page.wait_for_selector("#shares-said >> text=All 32 runs are finished.")
        assert all("net::ERR_FAILED" in error for error in watched.errors)
