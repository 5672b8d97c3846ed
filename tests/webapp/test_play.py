"""The rooms of the game in browsers: a facilitator's screen and those of teams, to the end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("fastapi", reason="needs raison[web]")
pytest.importorskip("playwright", reason="needs a browser")

from playwright.sync_api import expect

from experiments.webapp.game.capital import STEPS, position_of
from experiments.webapp.game.decision import Decision
from experiments.webapp.game.preset import load_preset
from simulation.dials import DIALS, MEASURES
from tests.webapp import browser
from tests.webapp.screens import Screen, close_quarter, held, join, open_room, screens

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

QUARTERS = load_preset("thirty").quarters
WIDTHS = {"facilitator": 1920, "North": 360, "South": 1024, "East": 360}
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with browser.server(tmp_path_factory.mktemp("played")) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as found:
        yield found


# ------------------------------------------------------------------ quick


def test_a_room_a_team_and_a_quarter(chromium: Browser, address: str) -> None:
    with screens(chromium, address, host=1280, team=360) as on:
        code = open_room(on["host"])
        join(on["team"], code, "North")
        on["host"].says("[data-team=t1]", "here")
        on["host"].page.click("#start")
        on["team"].state("deciding")
        on["team"].move("Care", 900)
        on["team"].says("#left", "50 points left")
        on["team"].page.click("#send")
        on["team"].state("decided")
        on["host"].says("#decided", "Every team has decided")
        on["host"].page.click("#close")
        on["team"].state("deciding", quarter=1, living="false")
        on["team"].says("#turns", "Quarter 1: You spent 30 of 80: Care 60 → 90.")
        customers = held(on["team"], code)["team"]["dashboard"]["quarters"]["active"][0]
        on["team"].says("[data-figure=active] .figure-value", f"{customers:.0f}")
        for screen in on.values():
            assert not screen.watched.errors
            assert not screen.watched.elsewhere


# ------------------------------------------------------------------ within the page


def _jump(screen: Screen, link: str, target: str) -> None:
    """Follow a link within the page with the keyboard: the focus goes there, the page stays."""
    there = screen.page.url
    screen.page.evaluate("window.same = true")
    screen.page.focus(link)
    screen.page.keyboard.press("Enter")
    expect(screen.page.locator(target)).to_be_focused()
    expect(screen.page.locator(target)).to_be_in_viewport()
    assert screen.page.url == there
    assert screen.page.evaluate("window.same")  # it was not loaded again


def test_jumps_keep_the_code_and_news_are_said_aloud(chromium: Browser, address: str) -> None:
    with screens(chromium, address, host=360, team=360) as on:
        host, team = on["host"], on["team"]
        code = open_room(host)
        team.page.goto(f"/play#{code}")
        _jump(team, "a.skip", "#main")
        expect(team.page.locator("#code")).to_have_value(code)
        join(team, code, "North")
        host.page.click("#start")
        team.state("deciding")
        _jump(host, "a.skip", "#main")
        for link, target in (
            ("a.skip", "#main"),
            ("#jump a >> nth=0", "#firm"),
            ("#jump a >> nth=1", "#decide"),
            ("#jump a >> nth=2", "#past"),
        ):
            _jump(team, link, target)
        dials = team.page.locator("output.dial-value")
        assert dials.count() == team.page.locator("output[aria-live=off]").count() > 0
        host.page.click("#happen summary")
        for text in ("A slump is coming.", "And a strike."):
            host.page.check("#happen-warned")
            host.page.fill("#happen-text", text)
            host.page.click("#happen-send")
            team.says("#news-said[role=status]", re.compile(f"^{re.escape(text)}$"))
        team.page.reload()
        team.says("#news", "And a strike.")
        expect(team.page.locator("#news-said")).to_be_empty()
        for screen in on.values():
            assert not screen.watched.errors


# ------------------------------------------------------------------ points


_PRICE = """async ([dials, capital, office, moves, cut, opening]) => {
    const { Draft } = await import("/static/play/draft.js");
    const draft = new Draft(dials, capital, office);
    for (const [dial, to] of moves) draft.move(dial, to);
    draft.cut = cut;
    Object.assign(draft.opening, opening);
    return [draft.price, draft.decision];
}"""


_DECISIONS: tuple[tuple[list[tuple[str, int]], dict[str, Any] | None, dict[str, Any]], ...] = (
    ([("care", 1000), ("listening", 0)], None, {}),
    ([("customer_metric", 1000)], None, {}),
    ([("customer_metric", 1000), ("customer_metric", 450)], None, {}),
    ([("local_metric", 0), ("manager_metric", 310), ("customer_metric", 0)], None, {}),
    ([("customer_priority", 630)], {"department": "it", "share": 0.35}, {}),
    ([("focus", 300)], None, {"office": True, "marketing": 0.25}),
    ([("captivity", 5000)], None, {"hire_for_willingness": 0.07}),
)


def test_the_page_counts_points_as_the_rules_do(chromium: Browser, address: str) -> None:
    game = load_preset("thirty")
    start = position_of(game.firm.regime)
    shares = {dial: start[dial] / STEPS for dial in DIALS}
    purse = [game.capital.opening, game.capital.office]
    with browser.page(chromium, address) as (page, _):
        page.goto("/accessibility")
        told = [page.evaluate(_PRICE, [shares, *purse, *given]) for given in _DECISIONS]
    for (moves, _, _), (price, sent) in zip(_DECISIONS, told, strict=True):
        decision = Decision.model_validate(sent)
        assert price == decision.price(start, game)
        after = decision.after(start)
        assert sum(after[dial] for dial in MEASURES) == STEPS
        assert after[moves[-1][0]] == min(moves[-1][1], STEPS)
    there_and_back = told[2][1]
    assert there_and_back == {"dials": {}, "cut": None, "opening": None}


# ------------------------------------------------------------------ a whole game


@pytest.mark.long
def test_a_trainer_s_whole_game(chromium: Browser, address: str) -> None:
    with screens(chromium, address, **WIDTHS) as on:
        host, teams = on["facilitator"], {k: v for k, v in on.items() if k != "facilitator"}
        host.page.goto("/")
        host.page.get_by_role("link", name=re.compile("Open or join a room")).click()
        expect(host.page.locator(".game")).to_have_count(3)
        host.sound()
        code = open_room(host)
        host.sound()
        _come_in(host, teams, code)
        host.page.click("#start")
        _first_quarter(host, teams)
        _second_quarter(host, teams)
        _absent(host, teams["East"])
        for quarter in range(4, QUARTERS + 1):
            close_quarter(host)
            if quarter < QUARTERS:
                host.state("playing", quarter=quarter, living="false")
        _the_end(host, teams, code)


def _come_in(host: Screen, teams: dict[str, Screen], code: str) -> None:
    for name in ("North", "South"):
        join(teams[name], code, name)
    late = teams["East"]
    late.page.goto("/play")
    late.page.fill("#code", "zzzzzz")
    late.page.fill("#name", "north")
    late.page.click("#join-send")
    late.says("#join-wrong", "no room with this code")
    late.page.fill("#code", f" {code.lower()} ")
    late.page.click("#join-send")
    late.says("#join-wrong", "Another team has this name")
    late.refused()
    late.sound()
    late.page.fill("#name", "East")
    late.page.keyboard.press("Enter")
    late.state("lobby")
    for number in (1, 2, 3):
        host.page.click("#bot-add")
        host.says("#teams", f"Bot {number}")
    host.says("#teams-count", "6 of 6 here")
    assert "customer first" not in host.page.inner_text("#teams")  # the room may see this screen
    for screen in (host, *teams.values()):
        screen.sound()


def _first_quarter(host: Screen, teams: dict[str, Screen]) -> None:
    north, south, east = teams["North"], teams["South"], teams["East"]
    for team in teams.values():
        team.state("deciding")
        team.sound()
    north.move("By the customer's outcome", 600)
    north.says("[data-row=local_metric] output", "40 → 29")
    north.page.click("#send")
    south.page.check("#office")
    south.page.select_option("#cut-department", "operations")
    south.says("#left", "20 points left")
    south.move("Care", 1000)
    south.page.click("#send")
    south.says("#wrong", "20 points more than you have")
    south.sound()
    south.move("Care", 600)
    south.page.click("#send")
    for team in (north, south):
        team.state("decided")
        team.sound()
    host.says("#decided", "5 of 6 have decided. Not yet: East.")
    host.sound()
    host.page.click("#pause")
    host.says("#clock-says", "Paused")
    east.state("paused")
    east.sound()
    host.sound()
    left = host.page.inner_text("#clock")
    host.page.wait_for_timeout(1500)
    assert host.page.inner_text("#clock") == left
    host.page.click("#pause")
    east.state("deciding")
    host.page.click("#close")
    host.says("#close-ask", "East has not decided")
    host.page.click("#close-wait")
    host.state("playing", quarter=0)
    close_quarter(host)
    for team in teams.values():
        team.state("deciding", quarter=1, living="false")
    north.says("#closed", "Your decision holds: 15 points spent")
    east.says("#closed", "You had not decided")
    assert north.page.inner_text("#dashboard") != south.page.inner_text("#dashboard")
    north.page.click("[data-figure=profit] summary")
    for screen in (host, *teams.values()):
        screen.sound()


def _second_quarter(host: Screen, teams: dict[str, Screen]) -> None:
    north = teams["North"]
    north.move("Captivity", 700)
    for screen in (host, north):
        screen.page.reload()
        screen.state("playing" if screen is host else "deciding", quarter=1)
    north.says("[data-row=captivity] output", "80 → 70")  # moved, not sent, not lost
    host.page.click("#happen summary")
    host.page.select_option("#happen-kind", "recession")
    host.page.select_option("#happen-when", "2")
    host.page.check("#happen-warned")
    host.page.fill("#happen-text", "A slump <b>is</b> coming.")
    host.page.click("#happen-send")
    host.says("#happen-done", "week 5 of quarter 3")
    host.page.click("#private summary")
    host.says("#coming", "Quarter 3: A slump <b>is</b> coming.")
    host.says("#observed", "Follows customer first.")
    host.page.click("#plan-box summary")
    host.page.click("#plan-next")
    host.says("#plan [aria-current]", load_preset("thirty").plan[1].what)
    host.sound()
    close_quarter(host)
    for team in teams.values():
        team.state("deciding", quarter=2, living="false")
        team.says("#news", "Coming this quarter: A slump <b>is</b> coming.")
        team.sound()


def _absent(host: Screen, east: Screen) -> None:
    host.page.click("[data-team=t3] summary")
    host.page.locator("[data-team=t3] select").select_option("with_care")
    host.page.get_by_role("button", name="Hand over").click()
    east.state("followed")
    east.says("#said", "A bot decides for you for now (with care)")
    expect(east.page.get_by_label("Care", exact=True)).to_be_disabled()
    east.sound()
    close_quarter(host)
    east.state("followed", quarter=3, living="false")
    host.page.get_by_role("button", name="Give back").click()
    east.state("deciding")
    host.sound()


def _the_end(host: Screen, teams: dict[str, Screen], code: str) -> None:
    host.state("over", living="false")
    for team in teams.values():
        team.state("over", living="false")
        team.sound()
    host.says("#debrief-says", "The debrief is ready")
    host.sound()
    host.page.click("#reveal")
    for team in teams.values():
        team.state("revealed")
        team.sound()
    north = teams["North"]
    view = held(north, code)["team"]
    assert len(view["dashboard"]["quarters"]["active"]) == QUARTERS
    assert north.page.locator("#turns li").count() == QUARTERS
    north.page.click("#to-debrief")
    expect(north.page).to_have_url(re.compile(f"/play/debrief#{code}$"))
    host.page.click("#to-debrief")
    expect(host.page.locator("h1")).to_be_visible()
    assert not north.watched.errors
    assert not north.watched.elsewhere


# ------------------------------------------------------------------ alone


def _tab_to(page: Page, wanted: str, most: int = 120) -> None:
    """Press the tab key until something has the focus, and see that it can be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            assert page.evaluate("document.activeElement.matches(':focus-visible')")
            return
    raise AssertionError(f"the tab key does not lead to {wanted}")


@pytest.mark.long
@pytest.mark.parametrize("width", [360, 1280])
def test_alone_against_bots_with_the_keyboard_only(
    chromium: Browser, address: str, width: int
) -> None:
    with screens(chromium, address, me=width) as on:
        me, keys = on["me"], on["me"].page.keyboard
        me.page.goto("/play")
        expect(me.page.locator(".game")).to_have_count(3)
        _tab_to(me.page, "#alone-name")
        keys.type("Mine")
        keys.press("Enter")
        me.state("deciding", quarter=0)
        me.sound()
        expect(me.page.locator("#timer")).to_be_hidden()
        _tab_to(me.page, "[data-dial=care]")
        for _ in range(3):
            keys.press("ArrowRight")
        me.says("#left", "77 points left")
        for quarter in range(1, QUARTERS + 1):
            _tab_to(me.page, "#send")
            keys.press("Enter")
            if quarter < QUARTERS:
                me.state("deciding", quarter=quarter, living="false")
                assert me.page.evaluate("document.activeElement.id") == "firm"
        me.state("revealed", living="false")
        me.says("#turns", "Quarter 1: You spent 3 of 80: Care 60 → 63.")
        me.sound()
        _tab_to(me.page, "#to-debrief")
        keys.press("Enter")
        expect(me.page).to_have_url(re.compile("/play/debrief#"))
        me.page.goto("/play")
        me.says("#rooms", "alone against bots")
        me.says("#rooms", "over, debrief open")
