"""The story in a browser: a learner's way with the keyboard alone, and what may go wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("fastapi")
from experiments.webapp.question import Question
from experiments.webapp.story.chapters import CHAPTERS, story
from tests.webapp import browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NUMBERS = range(1, CHAPTERS + 1)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with browser.server(tmp_path_factory.mktemp("served")) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as found:
        yield found


def _shorten(page: Page, *, replications: int = 2, years: float = 0.5) -> None:
    """Have the chapters ask for less, so that a test is quick; all else is the server's."""

    def shorter(route: Any) -> None:
        # it keeps a connection that the server may have closed for being idle
        said = route.fetch(max_retries=3).json()
        for chapter in said["chapters"]:
            chapter["asked"].update(replications=replications, years=years)
        route.fulfill(json=said)

    page.route("**/api/story", shorter)


def _focus(page: Page) -> str:
    text: str = page.locator(":focus").first.evaluate(
        "element => (element.innerText || element.name || element.id || element.tagName).trim()"
    )
    return text


def _tab_to(page: Page, wanted: str, most: int = 40) -> None:
    """Go on with the Tab key until the text, name or id of what has the focus begins with this."""
    passed = []
    for _ in range(most):
        page.keyboard.press("Tab")
        passed.append(_focus(page))
        if passed[-1].startswith(wanted):
            return
    pytest.fail(f"{wanted} was not reached: {passed}")


@pytest.mark.browser
def test_a_guess_is_kept_and_restored(chromium: Browser, address: str) -> None:
    with browser.page(chromium, address) as (page, watched):
        _shorten(page, years=0.25)
        page.goto("/story")
        page.wait_for_selector("form.guess")
        assert page.url.endswith("#1")
        page.keyboard.press("Tab")  # nothing chosen: told what is missing
        page.click("form.guess button")
        assert page.is_visible("form.guess [role=alert]")
        page.check("input[value=b]")
        page.click("form.guess button")
        assert _focus(page) == "The model runs"
        page.wait_for_selector("#tries-title")
        answer = page.inner_text("#outcome-title ~ .answer")
        page.reload()
        page.wait_for_selector("#tries-title")
        assert page.inner_text("#outcome-title ~ .answer") == answer
        assert not watched.errors
        assert not watched.elsewhere


@pytest.mark.browser
@pytest.mark.long
def test_a_learner_finishes_the_story_by_keyboard(chromium: Browser, address: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    with browser.page(chromium, address) as (page, watched):

        def clean() -> None:
            assert not watched.errors
            found = axe.run(page)
            assert found.violations_count == 0, found.generate_report()
            watched.errors.clear()  # axe tries a style of its own

        _shorten(page)
        page.goto("/story")
        page.wait_for_selector("form.guess")
        for number in NUMBERS:
            chapter = story().chapters[number - 1]
            if number > 1:
                assert _focus(page) == chapter.title
            page.wait_for_selector("form.guess")
            clean()
            _tab_to(page, "guess")
            page.keyboard.press("ArrowRight")
            page.keyboard.press("ArrowRight")
            _tab_to(page, "Keep my guess")
            page.keyboard.press("Enter")
            assert _focus(page) == "The model runs"
            page.wait_for_selector("#tries-title")
            assert page.inner_text("#outcome-title") == "What the model says"
            said = page.inner_text("#said")
            assert page.inner_text("#outcome-title ~ .answer") in said
            assert page.inner_text(".verdict") in said
            clean()
            _tab_to(page, "try-0")
            page.keyboard.press("ArrowLeft")
            _tab_to(page, "Run it again")
            page.keyboard.press("Enter")
            page.wait_for_selector("[aria-label='What you have tried'] li")
            assert chapter.tries[0].label in page.inner_text("#said")
            if chapter.player:
                _tab_to(page, "Show the first pair")
                page.keyboard.press("Enter")
                page.wait_for_selector(".rp-player")
                assert _focus(page) == "See it happen"
                clean()
            _tab_to(page, f"Chapter {number + 1}:" if number < CHAPTERS else "All your guesses")
            page.keyboard.press("Enter")
            page.wait_for_selector("form.guess" if number < CHAPTERS else ".ending")
        assert _focus(page) == "Your guesses, and what came out"
        assert page.locator(".result .mark").count() == CHAPTERS
        assert f"{CHAPTERS} of {CHAPTERS} chapters answered" in page.inner_text(".lead")
        clean()
        _tab_to(page, "Forget my guesses")
        page.keyboard.press("Enter")
        page.wait_for_selector("form.guess")
        assert page.url.endswith("#1")
        assert not watched.elsewhere


@pytest.mark.browser
@pytest.mark.long
def test_the_place_is_kept(chromium: Browser, address: str) -> None:
    with browser.page(chromium, address) as (page, watched):
        _shorten(page, replications=6, years=1)
        page.goto("/story#4")
        page.click("form.guess button")
        page.click("#chapters a[href='#5']")  # left while it runs
        page.wait_for_selector("form.guess")
        assert _focus(page) == story().chapters[4].title
        page.go_back()
        page.wait_for_selector("#tries-title")  # and taken up again
        assert page.inner_text("h1") == story().chapters[3].title
        page.focus(".skip")
        page.keyboard.press("Enter")  # the target of the skip link is no chapter
        page.wait_for_url("**/story#4")
        page.goto("/accessibility")
        page.goto("/story#12")
        page.wait_for_selector("form.guess")
        page.wait_for_url("**/story#1")  # the first that is not answered
        assert not watched.errors


@pytest.mark.browser
@pytest.mark.long
def test_the_link_to_explore_asks_the_same_question(chromium: Browser, address: str) -> None:
    with browser.page(chromium, address) as (page, watched):
        _shorten(page)
        asked = []
        page.on(
            "request",
            lambda request: (
                asked.append(json.loads(request.post_data or "{}"))
                if request.url.endswith("/api/compare")
                else None
            ),
        )
        page.goto("/story#6")
        page.check("input[value=a]")
        page.click("form.guess button")
        page.wait_for_selector("#tries-title")
        page.click("text=Open this question in Explore")
        page.wait_for_selector("body[data-state=done]")
        first, again = (Question.model_validate(one).design() for one in (asked[0], asked[-1]))
        assert len(asked) == 2
        assert again.study.document() == first.study.document()
        assert not watched.errors


@pytest.mark.browser
@pytest.mark.long
def test_a_server_that_is_gone_is_told_and_the_guess_kept(chromium: Browser, address: str) -> None:
    with browser.page(chromium, address) as (page, _):
        _shorten(page)
        page.goto("/story#2")
        page.wait_for_selector("form.guess")
        page.context.set_offline(True)
        page.click("form.guess button")
        page.wait_for_selector("#chapter [role=alert]")
        assert "does not answer" in page.inner_text("#chapter [role=alert]")
        page.context.set_offline(False)
        page.click("#chapter [role=alert] button")
        page.wait_for_selector("#tries-title")
        assert "No difference" in page.inner_text("#chapter")
        page.context.set_offline(True)
        page.click("text=Run it again")
        page.wait_for_selector("text=Press the button to try again")


@pytest.mark.browser
@pytest.mark.long
def test_a_failed_run_can_be_tried_again(chromium: Browser, address: str) -> None:
    failed = {
        "id": "x", "state": "failed", "runs": 0, "total": 4, "compiling": False,
        "error": "<b>no luck</b>",
    }  # fmt: skip
    with browser.page(chromium, address) as (page, _):
        _shorten(page)
        page.route(
            "**/events",
            lambda route: route.fulfill(
                content_type="text/event-stream",
                body=f"event: state\ndata: {json.dumps(failed)}\n\n",
            ),
        )
        page.goto("/story#1")
        page.check("input[value=a]")
        page.click("form.guess button")
        page.wait_for_selector("#chapter [role=alert]")
        assert "<b>no luck</b>" in page.inner_text("#chapter [role=alert]")  # text, not markup
        page.unroute("**/events")
        page.click("#chapter [role=alert] button")
        page.wait_for_selector("#tries-title")


@pytest.mark.browser
@pytest.mark.long
@pytest.mark.parametrize("width", [360, 1920])
@pytest.mark.parametrize("dark", [False, True])
def test_the_pages_fit(chromium: Browser, address: str, width: int, dark: bool) -> None:
    with browser.page(chromium, address, width, dark=dark) as (page, watched):
        _shorten(page, years=0.25)
        for place in ("1", "2", "end"):
            page.goto(f"/story#{place}")
            page.wait_for_selector("form.guess, .ending")
            if place == "2":
                page.click("form.guess button")
                page.wait_for_selector("#tries-title")
                page.click("text=Show the first pair at work")
                page.wait_for_selector(".rp-player")
            assert page.locator("html").evaluate("html => html.scrollWidth") <= width
        assert not watched.errors
        assert not watched.elsewhere


@pytest.mark.browser
@pytest.mark.long
def test_what_a_browser_kept_wrongly_does_no_harm(chromium: Browser, address: str) -> None:
    with browser.page(chromium, address) as (page, watched):
        for kept in (
            "nonsense{",
            "[]",
            '{"who_pays": 3}',
            '{"who_pays": {"asked": "other", "over": true}}',
        ):
            page.goto("/story#1")
            page.evaluate("kept => localStorage.setItem('raison.story.1', kept)", kept)
            page.reload()
            page.wait_for_selector("form.guess")
        assert not watched.errors
