"""The player in a real browser: what it shows, how it is worked, what it asks of the network."""

from __future__ import annotations

import re
import time
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from experiments.metrics import metric
from experiments.webapp.bundle import player_script, player_style
from experiments.webapp.trace import trace_pair
from simulation import Scenario, resolve
from tests.webapp.player_page import PLAYER, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, Request, ViewportSize

CHROMIUM = Path("/usr/bin/chromium")
LABELS = ("customer_first", "internal_customer")
WEEKS = 62
LAST = WEEKS - 1
EVENTS = [{"week": 20, "cut": "it", "share": 0.5}, {"week": 30, "demand_surge": 0.4, "weeks": 8}]
WAIT_SECONDS = 10.0
SAID = "document.querySelector('[aria-live=polite]').textContent"

# Keys, and the week after each.
MOVES = (
    ("ArrowRight", 1), ("ArrowUp", 2), ("Shift+ArrowRight", 15), ("ArrowLeft", 14), ("End", LAST),
    ("ArrowRight", LAST), ("Shift+ArrowLeft", LAST - 13), ("Home", 0), ("ArrowDown", 0),
)  # fmt: skip
NARROW, WIDE = 360, 1280

Open = Callable[..., "Page"]


@cache
def trace() -> dict[str, Any]:
    base = Scenario.from_mapping({**Scenario.load("small_firm").model_dump(), "events": EVENTS})
    a, b = (resolve(base, regime, None, WEEKS / 52) for regime in LABELS)
    return trace_pair(a, b, LABELS, seed=1)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; where there is none, a loud word and no test."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        warnings.warn("THE PLAYER IS NOT TESTED: playwright is not installed", stacklevel=1)
        pytest.skip("playwright is not installed")
    if not CHROMIUM.exists():
        warnings.warn(f"THE PLAYER IS NOT TESTED: there is no {CHROMIUM}", stacklevel=1)
        pytest.skip(f"there is no {CHROMIUM}")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(trace()) as url:
        yield url


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Open]:
    """Open the page; whatever it complains of, or asks of another server, fails the test."""
    pages: list[Page] = []
    complaints: list[str] = []

    def open_page(width: int = WIDE, url: str = address, **options: Any) -> Page:
        size: ViewportSize = {"width": width, "height": 800}
        page = browser.new_page(viewport=size, **options)
        pages.append(page)
        page.on("console", lambda line: complaints.append(line.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: note(asked, url))
        page.goto(url)
        until(page, "!!window.player")
        return page

    def note(asked: Request, url: str) -> None:
        if not asked.url.startswith(url):
            complaints.append(asked.url)

    yield open_page
    for page in pages:
        page.close()
    assert not complaints


def until(page: Page, what: str) -> None:
    """Wait for something to be so. (Playwright's own way needs `eval` in the page.)"""
    end = time.monotonic() + WAIT_SECONDS
    while not page.evaluate(what):
        assert time.monotonic() < end, f"never so: {what}"
        time.sleep(0.02)


def week_of(page: Page) -> int:
    return int(page.evaluate("player.week"))


def seen(page: Page, name: str) -> list[Any]:
    return [detail for kind, detail in page.evaluate("seen") if kind == name]


def row(page: Page, label: str) -> list[str]:
    cells = page.get_by_role("row").filter(has=page.get_by_role("button", name=label, exact=True))
    return cells.get_by_role("cell").all_inner_texts()


def node(page: Page, firm: int, department: str) -> Locator:
    name = re.compile(f"^{department}:")
    return page.locator(".rp-graph").nth(firm).get_by_role("button", name=name)


def ring(page: Page, firm: int, department: str) -> float:
    """Radius of a department with all that waits there."""
    node = (
        page.locator(".rp-graph")
        .nth(firm)
        .get_by_role("button", name=re.compile(f"^{department}:"))
    )
    return float(node.locator(".rp-rest").get_attribute("r") or "nan")


@pytest.mark.browser
def test_both_firms_are_there_side_by_side_or_one_below_the_other(opened: Open) -> None:
    for width, beside in ((WIDE, True), (NARROW, False)):
        page = opened(width)
        boxes = [page.locator(".rp-stage").nth(i).bounding_box() for i in (0, 1)]
        a, b = (box for box in boxes if box)
        assert (a["y"] == b["y"]) == beside
        assert (a["x"] == b["x"]) != beside
        for firm, name in enumerate(LABELS):
            assert page.locator("figcaption").nth(firm).inner_text() == name
            nodes = page.locator(".rp-graph").nth(firm).locator(".rp-node")
            assert nodes.count() == len(trace()["firms"][firm]["departments"])


@pytest.mark.browser
@pytest.mark.parametrize("width", [NARROW, 1024, 1920])
def test_nothing_runs_over_the_edge(opened: Open, width: int) -> None:
    page = opened(width)
    page.get_by_text("This week in words").click()
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.browser
def test_the_table_shows_the_numbers_of_the_trace(opened: Open) -> None:
    page = opened()
    page.evaluate("player.seek(40)")
    a, b = (firm["series"]["active"][40] for firm in trace()["firms"])
    active = metric("active")
    assert row(page, "Active customers") == [
        active.value(a), active.value(b), active.difference(a - b)
    ]  # fmt: skip
    means = [sum(firm["series"]["profit"][28:41]) / 13 for firm in trace()["firms"]]
    profit = metric("profit")
    assert row(page, "Profit a week")[:2] == [profit.value(mean) for mean in means]


@pytest.mark.browser
def test_queues_swell_and_shrink_with_what_waits(opened: Open) -> None:
    page = opened()
    queues = trace()["firms"][0]["queues"]["it"]
    hours = [a + b for a, b in zip(queues["linked"], queues["internal"], strict=True)]
    longest, shortest = hours.index(max(hours)), hours.index(min(hours))
    page.evaluate(f"player.seek({longest})")
    swollen = ring(page, 0, "it")
    page.evaluate(f"player.seek({shortest})")
    assert swollen > 1.2 * ring(page, 0, "it")


@pytest.mark.browser
def test_ways_are_as_wide_as_the_work_on_them(opened: Open) -> None:
    page = opened()
    page.evaluate("player.seek(8)")
    flows = trace()["firms"][1]["flows"]
    lines = page.locator(".rp-graph").nth(1).locator(".rp-way path:first-child")
    wide = [float(lines.nth(i).get_attribute("stroke-width") or 0) for i in range(len(flows))]
    rates = [flow["items_per_week"][2] for flow in flows]
    strong = [(w, r) for w, r in zip(wide, rates, strict=True) if w > 1]
    assert len(strong) > 2
    each = [w / r for w, r in strong]
    assert max(each) == pytest.approx(min(each), rel=0.02)
    assert max(wide) == wide[rates.index(max(rates))]


@pytest.mark.browser
def test_it_plays_to_the_end_and_starts_anew(opened: Open) -> None:
    page = opened()
    page.evaluate("player.speed(64); player.seek(30)")
    page.get_by_role("button", name="Play").click()
    until(page, f"player.week === {LAST}")
    page.get_by_role("button", name="Play").click()
    until(page, "player.week < 30")
    page.get_by_role("button", name="Pause").click()
    stopped = week_of(page)
    time.sleep(0.2)
    assert week_of(page) == stopped
    weeks = seen(page, "week")
    assert weeks[-1] == stopped
    assert LAST in weeks


@pytest.mark.browser
def test_work_travels_only_while_it_plays(opened: Open) -> None:
    page = opened()
    assert not travelling(page)
    page.evaluate("player.speed(4); player.play()")
    until(page, "player.week > 3")
    assert travelling(page)
    assert painted(page)


@pytest.mark.browser
def test_who_wants_less_motion_gets_no_dots(opened: Open) -> None:
    page = opened(reduced_motion="reduce")
    page.evaluate("player.speed(16); player.play()")
    until(page, "player.week > 5")
    assert not travelling(page)
    assert not painted(page)


def travelling(page: Page) -> int:
    """How many dots are on their way in the first firm."""
    ways = "player.graphs[0].dots.ways"
    return int(page.evaluate(f"{ways}.reduce((sum, way) => sum + way.dots.length, 0)"))


def painted(page: Page) -> bool:
    """Whether there is anything on its canvas; to be asked once a page."""
    return bool(
        page.evaluate("""() => {
            const { pen, canvas } = player.graphs[0].dots;
            return pen.getImageData(0, 0, canvas.width, canvas.height).data.some((x) => x > 0);
        }""")
    )


@pytest.mark.browser
def test_the_keyboard_is_enough(opened: Open) -> None:
    page = opened()
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert first.startswith(trace()["firms"][0]["departments"][0]["name"])
    page.keyboard.press("ArrowRight")  # goes to the next department, not to the next week
    page.keyboard.press("Enter")
    second = trace()["firms"][0]["departments"][1]["name"]
    assert seen(page, "department") == [second]
    assert week_of(page) == 0
    page.keyboard.press("Escape")
    assert seen(page, "department") == [second, None]

    page.get_by_role("slider", name="Week").focus()
    for key, week in MOVES:
        page.keyboard.press(key)
        assert week_of(page) == week, key
    page.keyboard.press("Space")
    until(page, "player.week > 0")
    page.keyboard.press("Space")
    assert page.get_by_role("button", name="Play").count() == 1


@pytest.mark.browser
def test_a_department_is_brought_out_in_both_firms(opened: Open) -> None:
    page = opened()
    page.evaluate("player.seek(40)")
    for _ in range(2):  # on and off again
        node(page, 1, "it").click()
    assert seen(page, "department") == ["it", None]
    node(page, 1, "it").click()
    pressed = page.locator(".rp-node[aria-pressed=true]")
    assert pressed.count() == 2
    assert page.get_by_role("heading", name="Work waiting at it, hours").is_visible()
    said = page.locator(".rp-detail p").all_inner_texts()
    for firm, text in enumerate(said):
        hours = sum(
            trace()["firms"][firm]["queues"]["it"][kind][40] for kind in ("linked", "internal")
        )
        assert text.startswith(f"{LABELS[firm]}: ")
        assert f"{hours:.0f} h wait" in text or hours < 0.5
    page.get_by_role("button", name="Internal friction").click()
    assert pressed.count() == 0
    assert page.get_by_role("heading", name="Internal friction (13-week mean)").is_visible()


@pytest.mark.browser
def test_the_chart_the_events_and_the_customers_lead_to_their_weeks(opened: Open) -> None:
    page = opened()
    page.get_by_role("button", name="week 20: it cut by 50 %").click()
    assert week_of(page) == 20
    chart = page.locator(".rp-chart")
    box = chart.bounding_box()
    assert box
    chart.click(position={"x": box["width"] - 13, "y": 60})
    assert abs(week_of(page) - LAST) <= 1
    person, firm = next(
        (person, firm)
        for person in trace()["customers"]
        for firm, life in enumerate(person["lives"])
        if life["lost"] is not None
    )
    lost = person["lives"][firm]["lost"]
    page.get_by_role("button", name=f"{LABELS[firm]}, week {lost} ").first.click()
    assert week_of(page) == lost
    assert seen(page, "customer") == [person["uid"]]


@pytest.mark.browser
def test_all_of_it_is_there_in_words(opened: Open) -> None:
    page = opened()
    page.get_by_text("This week in words").click()
    page.evaluate("player.seek(40)")
    words = page.locator(".rp-words").inner_text()
    for firm in trace()["firms"]:
        assert f"{firm['label']} has {firm['series']['active'][40]} customers" in words
        mean = sum(firm["lost"][37:41]) / 4
        assert f"{mean:.1f} left a week" in words.replace("joined and ", "")
        for department in firm["departments"]:
            assert department["name"] in words
    until(page, f"{SAID}.startsWith('Week 40, year 1.')")


@pytest.mark.browser
def test_an_event_is_read_out_as_it_passes(opened: Open) -> None:
    page = opened()
    page.evaluate("player.speed(16); player.seek(18); player.play()")
    until(page, f"{SAID} === 'Week 20: it cut by 50 %.'")


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_axe_finds_nothing(opened: Open, theme: str, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = opened(width, color_scheme=theme)
    page.get_by_text("This week in words").click()
    page.evaluate("player.seek(40); player.chooseDepartment('it')")
    found = axe.run(page).response["violations"]
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found] == []


@pytest.mark.browser
def test_it_waits_for_room(opened: Open) -> None:
    page = opened()
    page.evaluate("here.style.display = 'none'")
    until(page, "player.graphs[0].dots.width === 0")
    page.evaluate("player.seek(40); here.style.display = ''")
    until(page, "player.graphs[0].dots.width > 0")
    edge = page.locator(".rp-stage").first.bounding_box()
    box = node(page, 0, "executive").bounding_box()
    assert edge
    assert box
    assert edge["x"] < box["x"]
    assert box["x"] + box["width"] < edge["x"] + edge["width"]


@pytest.mark.browser
def test_it_leaves_nothing_behind(opened: Open) -> None:
    page = opened()
    page.evaluate("player.play(); player.destroy()")
    weeks = len(seen(page, "week"))
    time.sleep(0.2)
    assert page.evaluate("document.getElementById('here').childElementCount") == 0
    assert len(seen(page, "week")) == weeks


@pytest.mark.browser
def test_names_of_a_trace_never_become_markup(browser: Browser, opened: Open) -> None:
    nasty = '<img src=x onerror="seen.push([0, 0])">'
    evil = {**trace(), "events": [{"week": 3, "weeks": 0, "text": nasty}]}
    evil["firms"] = [{**firm, "label": f"{nasty}{firm['label']}"} for firm in trace()["firms"]]
    with served(evil) as url:
        page = opened(url=url)
        page.get_by_text("This week in words").click()
        assert page.locator("img").count() == 0
        assert page.locator("figcaption").first.inner_text().startswith(nasty)


@pytest.mark.browser
def test_a_trace_of_another_version_is_refused(browser: Browser, opened: Open) -> None:
    page = opened()
    said = page.evaluate("""() => {
        try { new player.constructor(document.body, { version: 2 }); }
        catch (error) { return error.message; }
    }""")
    assert said == "trace of version 2, allowed 1"


@pytest.mark.browser
def test_as_one_classic_script_it_plays_too(opened: Open) -> None:
    with served(trace(), classic=player_script()) as url:
        page = opened(url=url)
        page.evaluate("player.seek(40)")
        a = trace()["firms"][0]["series"]["active"][40]
        assert row(page, "Active customers")[0] == metric("active").value(a)


def test_the_one_script_has_all_modules_and_can_stand_in_a_page() -> None:
    script = player_script()
    assert not re.search(r"^(import|export)\b", script, re.MULTILINE)
    assert "</script" not in script.lower()
    for module in PLAYER.glob("*.js"):
        assert f"const {module.stem} = (() => {{" in script
    assert ".rp-player" in player_style()


def test_the_player_keeps_to_its_folder() -> None:
    for module in PLAYER.glob("*.js"):
        text = module.read_text("utf-8")
        for source in re.findall(r'from "([^"]+)"', text):
            assert (PLAYER / source).resolve().parent == PLAYER
        assert not re.search(r"\b(fetch|XMLHttpRequest|WebSocket|innerHTML|eval|import\()\b", text)
        assert len(text.splitlines()) < 400
