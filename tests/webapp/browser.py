"""A server on loopback as a process of its own, and Chromium to look at it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.webapp.process import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE_MS = 120_000  # a run on a busy machine
FAILED = (
    'event: state\ndata: {"id": "x", "state": "failed", "runs": 1, "total": 4, '
    '"error": "the worker process died twice (out of memory?)", "compiling": false}\n\n'
)
"""What is told of a job that failed."""


@dataclass
class Watched:
    """What a page did besides what it was asked for.

    Attributes
    ----------
    errors : list of str
        Exceptions, and everything the console calls an error, violations of the policy among them.
    elsewhere : list of str
        Addresses asked for that are not the server's.
    """

    errors: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The address of a server that keeps its things in `data` of this folder; ended by its id."""
    with served(folder, workers=2) as found:
        yield found.address


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium from the system; skips the test, loudly, where there is none."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _skip("playwright is not installed")
    if not CHROMIUM.exists():
        _skip(f"there is no {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@contextmanager
def page(
    browser: Browser, address: str, width: int = 1280, *, dark: bool = False
) -> Iterator[tuple[Page, Watched]]:
    """A page of its own, and what it does."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
    )
    opened, watched = context.new_page(), Watched()
    opened.set_default_timeout(PATIENCE_MS)
    opened.on("pageerror", lambda error: watched.errors.append(str(error)))
    opened.on(
        "console",
        lambda said: watched.errors.append(said.text) if said.type == "error" else None,
    )
    own = (address, "data:", f"blob:{address}")
    opened.on(
        "request",
        lambda asked: None if asked.url.startswith(own) else watched.elsewhere.append(asked.url),
    )
    yield opened, watched
    context.close()


def answered(page: Page) -> None:
    """Wait until a comparison is there, with all that comes beside it."""
    page.wait_for_selector("body[data-state=done]")
    page.wait_for_selector("#player .rp-player")
    page.wait_for_selector("#whale svg")


def clean(axe: Any, page: Page, watched: Watched) -> None:
    """No error so far, and nothing that axe finds."""
    assert not watched.errors
    found = axe.run(page)
    assert found.violations_count == 0, found.generate_report()
    watched.errors.clear()  # axe tries a style of its own


def _skip(why: str) -> None:
    warnings.warn(f"NOT TESTED IN A BROWSER: {why}", stacklevel=2)
    pytest.skip(f"not tested in a browser: {why}")
