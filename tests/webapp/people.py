"""People in rooms, over real sockets: a facilitator, teams, strangers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="needs raison[web]")

import httpx2 as httpx
import uvicorn
from fastapi import FastAPI

from experiments.webapp.room_keeper import Crew
from experiments.webapp.rooms import router
from experiments.webapp.settings import Settings

SECONDS = 240.0  # on a machine that is busy with other tests


@contextmanager
def serving(data: Path, crew: Crew) -> Iterator[str]:
    """A server with rooms and nothing else, in a thread; yields its address."""
    app = FastAPI()
    app.state.jobs = crew
    app.include_router(router(Settings(data=data)))
    config = uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(SECONDS)
        assert not thread.is_alive()


def until(there: Callable[[], bool]) -> None:
    """Wait for something."""
    end = time.monotonic() + SECONDS
    while not there():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


class Person:
    """Somebody with a browser, and perhaps a token for one room."""

    def __init__(self, address: str, code: str = "", token: str = "") -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.http = httpx.Client(base_url=f"{address}/api", headers=headers, timeout=SECONDS)
        self.code = code

    def post(self, what: str, **body: object) -> httpx.Response:
        """Send a command to the room."""
        return self.http.post(f"/rooms/{self.code}/{what}", json=body)

    def do(self, what: str, **body: object) -> dict[str, Any]:
        """Send a command that has to succeed."""
        answer = self.post(what, **body)
        assert answer.is_success, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def view(self) -> dict[str, Any]:
        """What this person may see."""
        told: dict[str, Any] = self.http.get(f"/rooms/{self.code}/view").raise_for_status().json()
        return told

    def settled(self) -> dict[str, Any]:
        """The same, when all firms have been lived."""
        until(lambda: not self.view()["living"])
        return self.view()


def error(answer: httpx.Response, status: int) -> dict[str, str]:
    """What a refusal says."""
    assert answer.status_code == status, answer.text
    told: dict[str, str] = answer.json()["error"]
    assert set(told) == {"field", "given", "allowed", "nearest"}
    return told


def open_room(address: str, *names: str, **body: object) -> tuple[Person, list[Person]]:
    """A facilitator, and a person of each team."""
    told = Person(address).http.post("/rooms", json={"game": "thirty", "seed": 4} | body).json()
    facilitator = Person(address, told["code"], told["token"])
    teams = []
    for name in names:
        joined = Person(address, told["code"]).do("teams", name=name)
        teams.append(Person(address, told["code"], joined["token"]))
    return facilitator, teams
