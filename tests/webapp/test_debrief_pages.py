"""What a trainer holds in the hand: debrief, slides, handout and lesson plan, in Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("fastapi", reason="needs raison[web]")
pytest.importorskip("playwright", reason="needs a browser")

import httpx2 as httpx
from playwright.sync_api import expect

from experiments.webapp.game.debrief import OUTCOMES
from experiments.webapp.game.preset import PRESETS, load_preset
from tests.webapp import browser
from tests.webapp.process import Served
from tests.webapp.screens import Screen, screens

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
BOTS = {"South": "internal_customer", "Harbour <b>& Sons": "customer_first"}
GAME = load_preset("thirty")
SLIDE = (1920, 1080)
SHEETS_OF_A_HANDOUT = 2


@pytest.fixture(scope="module")
def address(running: Served) -> str:
    return running.address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as found:
        yield found


def pages_of(page: Page) -> int:
    """Pages of paper that a page fills."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


# ------------------------------------------------------------------ paper


def test_a_handout_is_one_sheet_and_a_lesson_is_of_one_game(
    chromium: Browser, address: str
) -> None:
    with screens(chromium, address, trainer=1024) as on:
        page = on["trainer"].page
        page.goto("/play/handout#sixty")
        expect(page.locator(".leaf:visible")).to_have_count(1)
        expect(page.locator(".leaf:visible h2")).to_have_text(load_preset("sixty").title)
        assert page.locator(".leaf:visible .quarters tbody tr").count() == 10
        assert pages_of(page) == SHEETS_OF_A_HANDOUT
        page.get_by_role("link", name="Lesson plan").click()
        expect(page).to_have_url(re.compile("/play/lesson#sixty$"))
        expect(page.locator(".leaf:visible .plan tbody tr")).to_have_count(6)
        expect(page.locator("#alone")).to_contain_text("no other device can join")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # past the header: the game stays
        expect(page.locator(".leaf:visible h2")).to_have_text(load_preset("sixty").title)
        assert not on["trainer"].watched.errors
        assert not on["trainer"].watched.elsewhere


@pytest.mark.long
@pytest.mark.parametrize("key", PRESETS)
def test_paper_is_sound_for_every_game(chromium: Browser, address: str, key: str) -> None:
    with screens(chromium, address, phone=360, projector=1920) as on:
        for screen in on.values():
            for kind in ("handout", "lesson"):
                screen.page.goto("about:blank")
                screen.page.goto(f"/play/{kind}#{key}")
                expect(screen.page.locator(".leaf:visible")).to_have_count(1)
                screen.sound()
                assert pages_of(screen.page) == SHEETS_OF_A_HANDOUT
        game = load_preset(key)
        text = on["phone"].page.inner_text(".leaf:visible")
        for words in (*game.questions, *game.listen, *(step.wrong for step in game.plan)):
            assert words in text


# ------------------------------------------------------------------ a debrief


class Played:
    """A game that is over, of bots and one team of people, and who holds which token."""

    def __init__(self, address: str) -> None:
        with httpx.Client(base_url=f"{address}/api", timeout=browser.PATIENCE_MS / 1000) as http:
            opened = http.post("/rooms", json={"game": "thirty", "seed": 4}).json()
            self.code, self.token = opened["code"], opened["token"]
            room = f"/rooms/{self.code}"
            self.team = http.post(f"{room}/teams", json={"name": "North"}).json()
            http.headers["Authorization"] = f"Bearer {self.token}"
            for name, regime in BOTS.items():
                http.post(f"{room}/bots", json={"name": name, "regime": regime}).raise_for_status()
            http.post(f"{room}/start", json={}).raise_for_status()
            for quarter in range(GAME.quarters):
                http.post(f"{room}/advance", json={"quarter": quarter}).raise_for_status()

    def told(self, address: str) -> dict[str, Any]:
        """The debrief in numbers, as the facilitator gets it."""
        headers = {"Authorization": f"Bearer {self.token}"}
        address = f"{address}/api/rooms/{self.code}/debrief"
        found: dict[str, Any] = httpx.get(address, headers=headers).json()
        return found

    def enter(self, screen: Screen, role: str, path: str) -> None:
        """Open a page with what the browser of the facilitator or the team keeps."""
        member = {"token": self.token} if role == "host" else self.team
        screen.page.goto("/accessibility")
        screen.page.evaluate(
            "([key, member]) => localStorage.setItem(key, JSON.stringify(member))",
            [f"raison.room.{self.code}.{role}", member],
        )
        screen.page.goto(f"{path}#{self.code}")


@pytest.fixture(scope="module")
def played(address: str) -> Played:
    return Played(address)


@pytest.mark.long
def test_a_debrief_from_the_last_quarter_to_the_file_on_disk(
    chromium: Browser, address: str, played: Played, tmp_path: Path
) -> None:
    with screens(chromium, address, host=1280, team=360) as on:
        host, team = on["host"], on["team"]
        played.enter(team, "team", "/play/debrief")
        expect(team.page.locator("#state")).to_contain_text("The game is over")
        played.enter(host, "host", "/play/debrief")
        expect(host.page.locator(".part")).to_have_count(7, timeout=browser.PATIENCE_MS)
        host.sound()
        _shows_everything(host.page)
        _says_what_the_numbers_say(host.page, played.told(address))

        host.page.get_by_role("button", name="Show it to the teams").click()
        expect(host.page.locator("#reveal")).to_contain_text("The teams see this page now")
        expect(team.page.locator(".part")).to_have_count(7, timeout=browser.PATIENCE_MS)
        expect(team.page.locator(".legend li").first).to_have_text("North")
        assert team.page.get_by_role("button", name="Show it to the teams").is_hidden()
        team.sound()

        host.page.get_by_role("link", name="Show as slides").click()
        _shows_slides(host, tmp_path)
        _opens_from_disk(chromium, tmp_path / "slides.html")


def _shows_everything(page: Page) -> None:
    """Each section has what it promises; a team's name is never markup."""
    assert page.locator(".part").nth(0).locator(".drawing svg").count() == 2 * 3
    assert page.locator(".outcomes .drawing svg").count() == len(OUTCOMES)
    customers = page.locator(".part").nth(4)
    assert customers.locator("article").count() == 3
    assert customers.locator(".life").count() == 6
    assert page.locator(".questions li").count() == len(GAME.questions)
    assert page.locator("b").count() == 0
    expect(page.get_by_role("heading", name="Harbour <b>& Sons").first).to_be_visible()
    assert "total" not in page.inner_text("#sections").casefold()
    page.get_by_label("Measure").select_option("profit")
    expect(page.locator(".part").nth(3)).to_contain_text(re.compile("Profit a week: .* here; "))
    page.get_by_role("button", name="Customers").click()
    expect(customers.locator("h2")).to_be_focused()


def _says_what_the_numbers_say(page: Page, told: dict[str, Any]) -> None:
    """Sentences and places in drawings, worked out here once more."""
    for place, team in enumerate(told["teams"]):
        seen, true = (team["gaps"]["measured_service"][key] for key in ("seen", "true"))
        gaps = [abs(a - b) for a, b in zip(seen, true, strict=True)]
        widest = gaps.index(max(gaps))
        card = page.locator(".part").nth(0).locator("article").nth(place)
        expect(card).to_contain_text(f"Service: farthest apart in quarter {widest + 1}, ")
        expect(card).to_contain_text(f"{100 * seen[widest]:.1f} % and customers got")
        for quarter, row in enumerate(card.locator("tbody tr").all()):
            cells = row.locator("td").all_text_contents()
            assert cells[1] == f"{100 * true[quarter]:.1f} %"
    kept = [team["outcomes"]["retention"] for team in told["teams"]]
    marks = page.locator(".outcomes .drawing").nth(0).locator("path")
    moved = [marks.nth(i).get_attribute("transform") or "" for i in range(len(kept))]
    across = [float(re.findall(r"[\d.]+", transform)[0]) for transform in moved]
    scale = (across[1] - across[0]) / (kept[1] - kept[0])
    assert scale > 0
    assert across[2] == pytest.approx(across[0] + scale * (kept[2] - kept[0]), abs=0.5)


def _shows_slides(screen: Screen, folder: Path) -> None:
    page = screen.page
    now = page.locator(".sheet.now")
    expect(now).to_have_count(1, timeout=browser.PATIENCE_MS)
    slides = page.locator(".sheet").count()
    assert slides > 10 + len(GAME.questions)
    screen.sound()
    page.keyboard.press("ArrowRight")
    expect(now).to_have_attribute("aria-label", re.compile(f"^Slide 2 of {slides}: "))
    page.keyboard.press("End")
    expect(page.locator("#on")).to_be_disabled()
    expect(page.locator("#told")).to_contain_text(f"Slide {slides} of {slides}")
    page.reload()
    expect(now).to_have_attribute("aria-label", re.compile(f"^Slide {slides} of {slides}: "))
    page.get_by_label("Go to slide").select_option("2")
    expect(now).to_have_attribute("aria-label", re.compile("^Slide 3 of .*Service"))
    assert pages_of(page) == slides
    for button, name in (("This slide as PNG", "slide.png"), ("Save as HTML", "slides.html")):
        with page.expect_download() as download:
            page.get_by_role("button", name=button).click()
        download.value.save_as(folder / name)
    png = (folder / "slide.png").read_bytes()
    assert png.startswith(b"\x89PNG")
    assert tuple(int.from_bytes(png[at : at + 4]) for at in (16, 20)) == SLIDE
    assert not screen.watched.errors
    assert not screen.watched.elsewhere


def _opens_from_disk(chromium: Browser, file: Path) -> None:
    """The file shows all slides without a server, a script or a request."""
    text = file.read_text("utf-8")
    assert "<script" not in text
    assert re.findall(r'(?:src|href)="', text) == []
    asked: list[str] = []
    context = chromium.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    assert asked == [file.as_uri()]
    slides = page.locator(".sheet")
    for place in (0, slides.count() - 1):
        assert (slides.nth(place).bounding_box() or {"height": 0})["height"] > 100
    assert "Harbour <b>& Sons" in (slides.nth(2).text_content() or "")
    assert pages_of(page) == slides.count()
    context.close()


# ------------------------------------------------------------------ what stands in the way


@pytest.mark.long
@pytest.mark.parametrize("path", ["/play/debrief", "/play/slides"])
def test_whoever_cannot_see_a_debrief_is_told_why(
    chromium: Browser, address: str, played: Played, path: str
) -> None:
    with screens(chromium, address, stranger=360) as on:
        stranger = on["stranger"]
        state = stranger.page.locator("#state")
        stranger.page.goto(path)
        expect(state).to_contain_text("its address ends with the code")
        stranger.page.goto("about:blank")
        stranger.page.goto(f"{path}#{played.code}")
        expect(state).to_contain_text("This browser is in no team of this room")
        stranger.sound()
        _forge(stranger, played.code)
        stranger.page.reload()
        expect(state).to_contain_text("What this browser kept is not of this room")
        stranger.refused()
        with httpx.Client(base_url=f"{address}/api") as http:
            room: dict[str, Any] = http.post("/rooms", json={"game": "thirty"}).json()
        stranger.page.evaluate(
            "([key, member]) => localStorage.setItem(key, JSON.stringify(member))",
            [f"raison.room.{room['code']}.host", {"token": room["token"]}],
        )
        stranger.page.goto(f"{path}#{room['code']}")
        expect(state).to_contain_text("The game is not over yet")
        stranger.sound()
        _gone_and_back(stranger)


def _gone_and_back(screen: Screen) -> None:
    """A server that does not answer is told of, and the page comes back by itself."""
    state = screen.page.locator("#state")
    screen.page.route("**/events", lambda route: route.abort())
    screen.page.reload()
    expect(state).to_contain_text("The server does not answer")
    screen.page.unroute("**/events")
    expect(state).to_contain_text("The game is not over yet", timeout=browser.PATIENCE_MS)


def _forge(screen: Screen, code: str) -> None:
    screen.page.evaluate(
        "key => localStorage.setItem(key, JSON.stringify({ token: 'x'.repeat(43) }))",
        f"raison.room.{code}.host",
    )
