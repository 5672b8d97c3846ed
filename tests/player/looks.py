"""The trace that the tests of the player look at, and how they look."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from experiments.player.trace import trace_pair
from simulation import Scenario, resolve

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

LABELS = ("customer_first", "internal_customer")
WEEKS = 62
LAST = WEEKS - 1
EVENTS = [{"week": 20, "cut": "it", "share": 0.5}, {"week": 30, "demand_surge": 0.4, "weeks": 8}]
WAIT_SECONDS = 20.0
SAID = "document.querySelector('[aria-live=polite]').textContent"
NARROW, WIDE = 360, 1280

Open = Callable[..., "Page"]


@cache
def trace() -> dict[str, Any]:
    """Two small firms for a little over a year, with two events."""
    base = Scenario.from_mapping({**Scenario.load("small_firm").model_dump(), "events": EVENTS})
    a, b = (resolve(base, regime, None, WEEKS / 52) for regime in LABELS)
    return trace_pair(a, b, LABELS, seed=1)


def until(page: Page, what: str) -> None:
    """Wait for something to be so. (Playwright's own way needs `eval` in the page.)"""
    end = time.monotonic() + WAIT_SECONDS
    while not page.evaluate(what):
        assert time.monotonic() < end, f"never so: {what}"
        time.sleep(0.02)


def week_of(page: Page) -> int:
    """The week that is shown."""
    return int(page.evaluate("player.week"))


def seen(page: Page, name: str) -> list[Any]:
    """What the player has told of, by the name of the event."""
    return [detail for kind, detail in page.evaluate("seen") if kind == name]


def row(page: Page, label: str) -> list[str]:
    """What a row of the table shows."""
    cells = page.get_by_role("row").filter(has=page.get_by_role("button", name=label, exact=True))
    return cells.get_by_role("cell").all_inner_texts()


def node(page: Page, firm: int, department: str) -> Locator:
    """A department in the drawing of a firm."""
    name = re.compile(f"^{department}:")
    return page.locator(".rp-graph").nth(firm).get_by_role("button", name=name)


def ring(page: Page, firm: int, department: str) -> float:
    """Radius of a department with all that waits there."""
    rest = node(page, firm, department).locator(".rp-rest")
    return float(rest.get_attribute("r") or "nan")
