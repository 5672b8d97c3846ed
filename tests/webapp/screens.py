"""Screens of a room of the game, each a browser of its own, and what people do with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.webapp import browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


class Screen:
    """A browser of somebody's, and what may be said of it at any time."""

    def __init__(self, page: Page, watched: browser.Watched) -> None:
        self.page = page
        self.watched = watched

    def state(self, *names: str, **data: str | int) -> None:
        """Wait until the page is in one of these states."""
        given = "".join(f"[data-{key}='{value}']" for key, value in data.items())
        wanted = ", ".join(f"body[data-state={name}]{given}" for name in names)
        expect(self.page.locator(wanted or f"body{given}")).to_have_count(
            1, timeout=browser.PATIENCE_MS
        )

    def says(self, where: str, text: str | re.Pattern[str]) -> None:
        """Wait until an element says something."""
        expect(self.page.locator(where)).to_contain_text(text, timeout=browser.PATIENCE_MS)

    def move(self, dial: str, to: int) -> None:
        """Move a dial, by its name as a person reads it."""
        self.page.get_by_label(dial, exact=True).fill(str(to))

    def sound(self) -> None:
        """No error, nothing asked of anybody else, no wider than the screen, nothing for axe."""
        assert not self.watched.errors
        assert not self.watched.elsewhere
        size = self.page.viewport_size
        assert size
        assert self.page.locator("body").evaluate("body => body.scrollWidth") <= size["width"]
        axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
        found = axe.run(self.page)
        assert found.violations_count == 0, found.generate_report()
        self.watched.errors.clear()  # axe tries a style of its own

    def refused(self) -> None:
        """Forget that the console has told of a refusal that was asked for."""
        assert self.watched.errors
        assert all("status of 4" in error for error in self.watched.errors)
        self.watched.errors.clear()


@contextmanager
def screens(chromium: Browser, address: str, **widths: int) -> Iterator[dict[str, Screen]]:
    """A browser of its own for each name."""
    with ExitStack() as stack:
        yield {
            name: Screen(*stack.enter_context(browser.page(chromium, address, width)))
            for name, width in widths.items()
        }


def open_room(facilitator: Screen) -> str:
    """From the door to an open room; its code."""
    facilitator.page.goto("/play")
    facilitator.page.get_by_role("button", name="Open a room for A year and a half").click()
    facilitator.state("lobby")
    return facilitator.page.inner_text("#code")


def join(team: Screen, code: str, name: str) -> None:
    """By the address that the QR code holds."""
    team.page.goto(f"/play#{code}")
    expect(team.page.locator("#code")).to_have_value(code)
    team.page.fill("#name", name)
    team.page.click("#join-send")
    team.state("lobby")


def held(screen: Screen, code: str) -> dict[str, Any]:
    """What the server tells whoever has the token that this browser keeps."""
    key = f"raison.room.{code}.team"
    token = screen.page.evaluate("key => JSON.parse(localStorage.getItem(key)).token", key)
    headers = {"authorization": f"Bearer {token}"}
    view: dict[str, Any] = screen.page.request.get(
        f"/api/rooms/{code}/view", headers=headers
    ).json()
    return view


def close_quarter(facilitator: Screen) -> None:
    """Close the open quarter, whether all have decided or not."""
    facilitator.page.click("#close")
    anyway = facilitator.page.locator("#close-anyway")
    if anyway.is_visible():
        anyway.click()
