"""A strategist in the browser: from the first page to an answer that can be passed on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("fastapi")

from tests.webapp import browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = [pytest.mark.long, pytest.mark.browser]

SHORT = "years=0.5&n=2"
LINK = f"/explore#s=small_firm&a=customer_first&b=internal_customer&{SHORT}&seed=3"
SCRIPT = "<img src=x onerror=document.title=1><script>1</script>"
OWN = f'extends: small_firm\nname: "{SCRIPT}"\nmarket: {{customers: 900, active_at_start: 300}}\n'


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


def _changed(page: Page, selector: str, value: str) -> None:
    page.fill(selector, value)
    page.press(selector, "Tab")


def test_a_strategist_finds_and_exports_an_answer(
    chromium: Browser, address: str, axe: Any
) -> None:
    with browser.page(chromium, address) as (page, watched):
        page.goto("/")
        page.click("nav >> text=Explore")
        page.wait_for_selector("body[data-state=empty]")
        assert page.is_visible("#empty")
        browser.clean(axe, page, watched)

        page.select_option("#scenario", "services_firm")
        page.wait_for_selector("#scenario-describes >> text=mid-size")
        page.select_option("#scenario", "small_firm")
        page.wait_for_selector("#scenario-describes >> text=25 people")
        page.click("#dials-group > summary")
        for _ in range(5):
            page.get_by_label("Care, firm B").press("ArrowRight")
        page.click("#events-group > summary")
        page.click("#event-add")
        _changed(page, "#event-0-week", "10")
        page.click("#runs-group > summary")
        _changed(page, "#years", "0.5")
        _changed(page, "#replications", "4")
        page.click("#run")
        browser.answered(page)
        finding = page.inner_text("#finding")
        assert "customer" in finding
        assert "4 pairs, seeds 0 to 3" in page.inner_text("#origin")

        page.locator("#player [role=button]").first.click()
        assert page.locator("#player [role=button][aria-pressed=true]").count() == 2
        page.locator("#fates button").first.click()
        page.wait_for_selector("#life-told:not([hidden])")
        assert "Week" in page.inner_text("#life-a")
        assert page.locator("#life-between p").count()
        browser.clean(axe, page, watched)
        page.click("#life-dials button >> nth=0")
        assert page.evaluate("document.activeElement.type") == "range"

        page.locator(".card .value").first.click()
        page.wait_for_selector("#number-runs tr >> nth=3")
        browser.clean(axe, page, watched)
        page.keyboard.press("Escape")
        for selector, name in (
            ("#export-table", "small_firm-table.csv"),
            ("#export-pairs", "small_firm-pairs.csv"),
            ("#export-report", "small_firm-report.html"),
            ("[aria-label='profit as PNG']", "profit.png"),
            ("[aria-label='profit as SVG']", "profit.svg"),
            ("#whale-png", "customers.png"),
            ("#yaml-b", "small_firm-b.yaml"),
        ):
            with page.expect_download() as download:
                page.click(selector)
            assert download.value.suggested_filename == name
            content = download.value.path().read_bytes()
            assert content.startswith(b"\x89PNG") == name.endswith("png")
            assert content.startswith(b"<svg") == name.endswith("svg")
            assert len(content) > 500
        link, study = page.url, page.inner_text("#origin dd:last-child")
        assert not watched.errors
        assert not watched.elsewhere

    with browser.page(chromium, address) as (page, watched):
        page.goto(link)
        browser.answered(page)
        assert page.url == link
        assert page.inner_text("#finding") == finding
        assert page.inner_text("#origin dd:last-child") == study
        assert page.inner_text("#status-text") == "All 8 runs are finished."
        assert page.input_value("#event-0-week") == "10"
        assert not watched.errors
        assert not watched.elsewhere


def test_a_scenario_of_ones_own_travels_in_the_link(
    chromium: Browser, address: str, axe: Any
) -> None:
    with browser.page(chromium, address) as (page, watched):
        page.goto(LINK)
        browser.answered(page)
        page.click("#own-open")
        page.fill("#own-text", "extends: small_firm\nmarket:\n  turbulance: 0.1\n")
        page.wait_for_selector("#own-problems li")
        assert "Did you mean turbulence?" in page.inner_text("#own-problems")
        page.click("#own-problems button")
        selected = "e => e.value.slice(e.selectionStart, e.selectionEnd)"
        assert page.locator("#own-text").evaluate(selected) == "  turbulance: 0.1"
        browser.clean(axe, page, watched)
        page.set_input_files(
            "#own-file",
            {"name": "ours.yaml", "mimeType": "application/yaml", "buffer": OWN.encode()},
        )
        page.wait_for_selector("#own-said >> text=is fine")
        page.click("#own-form .button-main")
        page.wait_for_selector("#own-dialog", state="hidden")
        assert SCRIPT in page.inner_text("#scenario option:checked")
        assert page.input_value("#regime-a") == "own"
        assert page.input_value("#regime-b") == "internal_customer"
        page.wait_for_selector("#results.stale")
        page.click("#run")
        page.wait_for_selector("#results:not(.stale)")
        browser.answered(page)
        assert SCRIPT in page.inner_text("#origin")
        assert page.title() == "Explore · raison"
        link = page.url
        assert not watched.errors
    with browser.page(chromium, address) as (page, watched):
        page.goto(link)
        browser.answered(page)
        assert SCRIPT in page.inner_text("#origin")
        assert page.input_value("[data-key='market.customers']") == "900"
        page.click("#own-open")
        assert page.input_value("#own-text") == OWN
        assert not watched.errors
        assert not watched.elsewhere


@pytest.mark.parametrize("own", ["AAAA", "%F0%9F", "~0badc0de", "x" * 5000])
def test_a_damaged_link_is_told_and_the_page_goes_on(
    chromium: Browser, address: str, own: str
) -> None:
    with browser.page(chromium, address) as (page, watched):
        page.goto(f"/explore#s=small_firm&own={own}&{SHORT}")
        page.wait_for_selector("#wrong:not([hidden])")
        assert "scenario" in page.inner_text("#wrong")
        page.wait_for_selector("body[data-state=empty]")
        assert page.input_value("#scenario") == "small_firm"
        assert not watched.errors


def test_the_organisation_is_edited_by_keyboard(chromium: Browser, address: str, axe: Any) -> None:
    with browser.page(chromium, address) as (page, watched):
        page.goto("/explore")
        page.wait_for_selector("body[data-state=empty]")
        page.focus("#organisation-group > summary")
        page.keyboard.press("Enter")
        page.select_option("#organisation-department", "it")
        page.focus("#serves-without-hr")
        page.keyboard.press("Enter")
        page.wait_for_selector("#organisation-wrong:not([hidden])")
        assert "routes.hire" in page.inner_text("#organisation-wrong")
        page.wait_for_url("**edge=-serves.it.hr**")
        assert page.evaluate("document.activeElement.id") == "serves-new"
        page.select_option("#serves-new", "hr")
        page.focus("#serves-add")
        page.keyboard.press("Enter")  # it is there again, and nothing is changed
        page.wait_for_selector("#organisation-wrong", state="hidden")
        page.wait_for_url(lambda url: "edge=" not in url)
        seats = "[data-key='organisation.departments.it.seats']"
        _changed(page, seats, "4")
        page.select_option("#organisation-superior", "finance")
        page.check("#touches-it-business")
        assert page.inner_text("#organisation-count") == "4 changed"
        assert page.locator(".sketch .lit text").text_content() == "IT"
        browser.clean(axe, page, watched)
        page.wait_for_url("**touches.it.business**")
        link = page.url
        page.goto("about:blank")
        page.goto(f"{link}&{SHORT}")
        browser.answered(page)
        page.click("#organisation-group > summary")
        page.select_option("#organisation-department", "it")
        assert page.input_value("#organisation-superior") == "finance"
        assert page.input_value(seats) == "4"
        assert page.is_checked("#touches-it-business")
        assert not watched.errors


def test_failed_and_offline_have_a_picture(chromium: Browser, address: str) -> None:
    def told(route: Route) -> None:
        route.fulfill(status=200, content_type="text/event-stream", body=browser.FAILED)

    with browser.page(chromium, address) as (page, watched):
        page.route("**/events", told)
        page.goto(LINK)
        page.wait_for_selector("body[data-state=failed]")
        assert "died twice" in page.inner_text("#status.notice-wrong")
        page.unroute("**/events")
        page.route("**/api/**", lambda route: route.abort())
        page.click("#run")
        page.wait_for_selector("#offline:not([hidden])")
        page.unroute("**/api/**")
        browser.answered(page)  # it goes on by itself
        assert page.is_hidden("#offline")
        assert all("net::ERR_FAILED" in error for error in watched.errors)


def test_what_an_outage_kept_away_comes_later(chromium: Browser, address: str) -> None:
    away = ["**/trace", "**/customers", f"{address}/charts.js", "**/player.js*"]
    with browser.page(chromium, address) as (page, _):
        for one in away:
            page.route(one, lambda route: route.abort())
        page.goto(LINK)
        page.wait_for_selector("body[data-state=done]")
        page.wait_for_selector("#replay-says >> text=/does not answer|could not be loaded/")
        page.wait_for_selector("#whale-says >> text=does not answer")
        page.click("[aria-label='profit as PNG']")
        page.wait_for_selector("[data-key=profit] .wrong >> text=could not be loaded")
        page.click("#whale-png")
        page.wait_for_selector("#whale-wrong >> text=have not arrived")
        assert page.locator("script[src='/charts.js']").count() == 0
        for one in away:
            page.unroute(one)
        page.click("#run")
        page.wait_for_selector("#player .rp-player")
        page.wait_for_selector("#whale svg")
        page.wait_for_selector("#cards .chart svg >> nth=3")
        with page.expect_download():
            page.click("[aria-label='profit as PNG']")
        assert page.inner_text("[data-key=profit] .wrong") == ""


@pytest.mark.parametrize(("years", "ends"), [("0.5", ["0.25", "0.5"]), ("4", ["1", "2", "3", "4"])])
def test_courses_are_there_as_tables(
    chromium: Browser, address: str, years: str, ends: list[str]
) -> None:
    with browser.page(chromium, address) as (page, watched):
        told: list[Any] = []
        page.on("request", lambda sent: told.append(sent) if "/events" in sent.url else None)
        page.goto(LINK.replace("years=0.5", f"years={years}"))
        page.wait_for_selector("body[data-state=done]")
        card = page.locator("#cards [data-key=retention]")
        card.locator("summary").click()
        assert card.locator("tbody th").all_inner_texts() == ends
        last = card.locator("tbody tr").last.locator("td").all_inner_texts()
        assert all(re.fullmatch(r"[\d.]+% \([\d.]+% to [\d.]+%\)", said) for said in last)
        result = page.request.get(told[-1].url).text().split("event: result\ndata: ")[-1]
        course = json.loads(result.split("\n")[0])["courses"]["retention"]
        shown = [float(said.split("%")[0]) / 100 for said in last]
        assert shown == pytest.approx([course[firm]["mean"][-1] for firm in "ab"], abs=6e-4)
        page.check("[name=view][value=gap]", force=True)
        assert card.locator("thead th").all_inner_texts() == ["Years", "A − B"]
        assert card.locator("details").get_attribute("open") is not None
        assert not watched.errors
