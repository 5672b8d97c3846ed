"""The player on a page of its own, in Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.player.looks import WIDE, Open, trace, until
from tests.player.player_page import served
from tests.webapp import browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as found:
        yield found


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with served(trace()) as url:
        yield url


@pytest.fixture
def opened(chromium: Browser, address: str) -> Iterator[Open]:
    """Open the page; whatever it complains of, or asks of another server, fails the test."""
    with ExitStack() as pages:
        seen: list[browser.Watched] = []

        def open_page(
            width: int = WIDE,
            url: str = address,
            *,
            dark: bool = False,
            calm: bool = False,
            ready: str = "!!window.player",
        ) -> Page:
            page, watched = pages.enter_context(browser.page(chromium, url, width, dark=dark))
            seen.append(watched)
            page.emulate_media(reduced_motion="reduce" if calm else "no-preference")
            page.goto(url)
            until(page, ready)
            return page

        yield open_page
        assert not [said for watched in seen for said in watched.errors + watched.elsewhere]
