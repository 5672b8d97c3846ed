"""When time is up, and when the server goes: what the screens of a room do then."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("fastapi", reason="needs raison[web]")
pytest.importorskip("playwright", reason="needs a browser")

from playwright.sync_api import expect

from experiments.webapp.game.commands import AddBot, Join, Open, Start
from experiments.webapp.game.preset import load_preset
from experiments.webapp.game.room import MOST_TEAMS
from experiments.webapp.game.room_file import SUFFIX, RoomFile
from experiments.webapp.room_keeper import digest, new_token
from experiments.webapp.rooms import ROOMS
from tests.webapp import browser
from tests.webapp.screens import join, open_room, screens

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as found:
        yield found


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with browser.server(tmp_path_factory.mktemp("troubled")) as found:
        yield found


# ------------------------------------------------------------------ the server goes


@contextlib.contextmanager
def _process(data: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "experiments.cli", "serve", "--port", str(port)]
    command += ["--data", str(data), "--no-open", "--workers", "2"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            assert "http" in process.stdout.readline()
            _wait_for(port)
            yield process
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    """The address is told when it is taken, a moment before the server answers there."""
    end = time.monotonic() + browser.PATIENCE_MS / 1000
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise AssertionError("the server does not answer")


@pytest.mark.long
def test_pages_come_back_by_themselves_after_the_server_was_killed(
    chromium: Browser, tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    widths = {"host": 1280, "north": 360, "south": 360}
    with screens(chromium, f"http://127.0.0.1:{port}", **widths) as on:
        with _process(tmp_path, port) as process:
            code = open_room(on["host"])
            join(on["north"], code, "North")
            join(on["south"], code, "South")
            on["host"].page.click("#start")
            on["north"].state("deciding")
            on["north"].move("Care", 900)
            on["north"].page.click("#send")
            on["north"].state("decided")
            on["south"].move("Captivity", 500)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        for screen in on.values():
            screen.state(line="offline")
            screen.says("#line", "tries again by itself")
        on["south"].page.click("#send")
        on["south"].says("#wrong", "does not answer")
        for screen in on.values():
            screen.watched.errors.clear()  # connections that were refused
            screen.sound()
        with _process(tmp_path, port):
            for screen in on.values():
                screen.state(line="live")
                expect(screen.page.locator("#line")).to_be_empty()
            on["host"].says("#decided", "1 of 2 have decided. Not yet: South.")
            on["south"].says("[data-row=captivity] output", "80 → 50")  # moved, not sent, not lost
            on["south"].page.click("#send")
            on["south"].state("decided")
            on["host"].page.click("#close")
            on["north"].state("deciding", quarter=1, living="false")
            on["north"].says("#turns", "Care 60 → 90")
            on["south"].says("#turns", "Captivity 80 → 50")


@pytest.mark.long
def test_when_time_is_up_nothing_closes_by_itself(chromium: Browser, tmp_path: Path) -> None:
    game = load_preset("thirty").model_copy(
        update={"quarters": 2, "seconds_a_quarter": 10, "shocks": ()}
    )
    tokens = {"host": new_token(), "team": new_token()}
    code, now = "SH9RTS", time.time()
    first = Open(at=now, code=code, preset=game, seed=1, facilitator=digest(tokens["host"]))
    with RoomFile(tmp_path / "data" / ROOMS / f"{code}{SUFFIX}", first) as file:
        file.take(Join(at=now, team="t1", name="North", token=digest(tokens["team"])))
    with browser.server(tmp_path) as address, screens(chromium, address, host=1920, team=360) as on:
        for role, screen in on.items():
            screen.page.goto("/accessibility")
            kept = [f"raison.room.{code}.{role}", json.dumps({"token": tokens[role]})]
            screen.page.evaluate("([key, member]) => localStorage.setItem(key, member)", kept)
            screen.page.goto(f"/play/{role}#{code}")
            screen.state("lobby")
        on["host"].page.click("#start")
        on["team"].says("#said", "Quarter 1 is open")
        on["team"].says("#clock", "0:00")
        on["team"].says("#said", "Time is up. You can still decide")
        on["host"].says("#clock-says", "The quarter stays open until you close it")
        for screen in on.values():
            screen.sound()
        on["team"].page.click("#send")
        on["team"].state("decided", quarter=0)
        on["host"].page.click("#close")
        on["team"].state("deciding", quarter=1)


# ------------------------------------------------------------------ nobody can come in


@pytest.mark.long
def test_the_door_says_why_nobody_can_come_in(chromium: Browser, tmp_path: Path) -> None:
    game, secret = load_preset("thirty"), digest(new_token())
    for code, teams in (("FULL22", MOST_TEAMS), ("BEGUN2", 1)):
        first = Open(at=0, code=code, preset=game, seed=1, facilitator=secret)
        with RoomFile(tmp_path / "data" / ROOMS / f"{code}{SUFFIX}", first) as file:
            for number in range(1, teams + 1):
                bot = {"team": f"t{number}", "name": f"Bot {number}", "regime": "neutral"}
                file.take(AddBot(at=0, **bot))
            if code == "BEGUN2":
                file.take(Start(at=0))
    said = {
        "FULL22": "This room is full: 30 teams",
        "BEGUN2": "This game has begun already",
        "NEVER2": "There is no room with this code",
    }
    with browser.server(tmp_path) as address, screens(chromium, address, team=360) as on:
        door = on["team"]
        door.page.goto("/play")
        for code, why in said.items():
            door.page.fill("#code", code)
            door.page.fill("#name", "Late")
            door.page.click("#join-send")
            door.says("#join-wrong", why)
            door.refused()
            door.sound()
        door.page.goto("/play/team#BEGUN2")
        door.says("#outside-why", "This browser is in no team of room BEGUN2")
        door.sound()
        kept = ["raison.room.BEGUN2.host", json.dumps({"token": "forged"})]
        door.page.evaluate("([key, member]) => localStorage.setItem(key, member)", kept)
        door.page.goto("/play/host#BEGUN2")
        door.says("#outside-why", "not in that room, or not in this role")
        assert not door.page.is_visible("#inside")
        door.refused()
        door.sound()


# ------------------------------------------------------------------ what a browser keeps


@pytest.mark.long
def test_a_refusal_takes_no_token_away(chromium: Browser, address: str) -> None:
    with screens(chromium, address, host=1280, team=360) as on:
        code = open_room(on["host"])
        join(on["team"], code, "North")
        events = "**/api/rooms/*/events"
        told = {"error": {"field": "code", "given": "a code", "allowed": "another"}}
        for role, screen in on.items():  # as a server answers that has other rooms
            screen.page.route(events, lambda route: route.fulfill(status=404, json=told))
            screen.page.reload()
            screen.says("#outside-why", "There is no room with this code")
            screen.says("#outside-kept", "keeps what lets it into the room")
            screen.refused()
            screen.sound()
            screen.page.unroute(events)
            screen.page.click("#outside-again")
            screen.state("lobby")
            screen.page.goto(f"/play/{role}#NEVER2")
            expect(screen.page.locator("#outside")).to_be_visible()
            expect(screen.page.locator("#outside-again")).to_be_hidden()  # there is nothing to try


_NOTHING_KEPT = """for (const name of ["localStorage", "sessionStorage"]) {
    const get = () => { throw new DOMException("no", "SecurityError"); };
    Object.defineProperty(window, name, { get });
}"""


@pytest.mark.long
def test_a_browser_that_keeps_nothing_says_so_before_it_takes_a_place(
    chromium: Browser, address: str
) -> None:
    with screens(chromium, address, me=360) as on:
        me = on["me"]
        sent: list[str] = []
        me.page.on("request", lambda asked: sent.append(asked.method))
        me.page.add_init_script(_NOTHING_KEPT)
        me.page.goto("/play#%")
        expect(me.page.locator(".game")).to_have_count(3)
        expect(me.page.locator("#code")).to_have_value("")
        me.page.fill("#code", "ABCDEF")
        me.page.fill("#name", "North")
        me.page.click("#join-send")
        me.says("#join-wrong", "This browser keeps nothing for this page")
        me.page.click("#alone-send")
        me.says("#alone-wrong", "This browser keeps nothing for this page")
        me.page.get_by_role("button", name="Open a room for A year and a half").click()
        me.says("#games", "This browser keeps nothing for this page")
        assert set(sent) == {"GET"}
        me.sound()
        me.page.goto("/play/team#ABCDEF")
        me.says("#outside-why", "in no team of room ABCDEF")
        assert not me.watched.errors


def test_a_room_alone_that_was_half_opened_can_still_be_led(
    chromium: Browser, address: str
) -> None:
    with screens(chromium, address, me=360) as on:
        me = on["me"]
        me.page.route("**/api/rooms/*/bots", lambda route: route.abort())
        me.page.goto("/play")
        expect(me.page.locator(".game")).to_have_count(3)
        me.page.click("#alone-send")
        me.says("#alone-wrong", "does not answer")
        me.watched.errors.clear()  # the request that was cut off
        me.page.reload()
        me.says("#rooms", "as a team")
        me.page.get_by_role("link", name="as facilitator").click()
        me.state("lobby")
        me.says("#teams", "You")


# ------------------------------------------------------------------ what is refused


_PLAINLY = """async (problem) => {
    const { plainly } = await import("/static/play/parts.js");
    return plainly({ status: 503, problem, message: "as it is" });
}"""


def test_a_disk_that_fails_is_not_told_as_a_crowd(chromium: Browser, address: str) -> None:
    with screens(chromium, address, me=360) as on:
        page = on["me"].page
        page.goto("/accessibility")

        def told(field: str, allowed: str) -> str:
            said: str = page.evaluate(_PLAINLY, {"field": field, "allowed": allowed})
            return said

        assert "could not write to its disk" in told("disk", "a disk that works")
        assert "Too many screens" in told("room", "120 at the same time")
        assert told("room", "a disk that works") == "as it is"
