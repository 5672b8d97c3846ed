"""Who is slow, or many, or gone in the middle, keeps the server from nobody else."""

from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi")
import httpx2 as httpx

from experiments.webapp import security
from experiments.webapp.limits import (
    BODY_SECONDS,
    CONNECTIONS_OF_ONE,
    HEAD_SECONDS,
    JOBS_PER_VISITOR,
)
from experiments.webapp.room_keeper import MOST_WATCHERS
from experiments.webapp.security import POLICY, Guard
from tests.webapp.process import QUESTION, Served, served

SECONDS = 60.0


def asked(app: Guard, *messages: dict[str, Any]) -> list[Any]:
    """What a POST is answered whose body comes in these messages, and then no further."""
    sent: list[Any] = []
    coming = iter(messages)

    async def receive() -> Any:
        for message in coming:
            return message
        return await asyncio.get_running_loop().create_future()

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"127.0.0.1")]
    method = "POST" if messages else "GET"
    scope = {"type": "http", "method": method, "path": "/api/x", "headers": headers}
    asyncio.run(app(scope, receive, send))
    return sent


def test_what_goes_wrong_inside_is_told_without_its_insides(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("secret")

    sent = asked(Guard(broken, "127.0.0.1"))
    assert sent[0]["status"] == 500
    assert (b"content-security-policy", POLICY.encode()) in sent[0]["headers"]
    assert b"secret" not in sent[1]["body"]
    assert "secret" in caplog.text


def test_half_a_body_is_not_acted_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security, "BODY_SECONDS", 0.02)

    async def never(*_: object) -> None:
        pytest.fail("acted on half a body")

    half = {"type": "http.request", "body": b"{}", "more_body": True}
    assert asked(Guard(never, "127.0.0.1"), half)[0]["status"] == 408
    assert asked(Guard(never, "127.0.0.1"), half, {"type": "http.disconnect"}) == []


@pytest.mark.long
def test_whoever_dawdles_is_not_waited_for(server: Served) -> None:
    head = b"POST /api/rooms HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 50\r\n\r\n"
    for said, seconds in ((b"", HEAD_SECONDS), (b"GET / HT", HEAD_SECONDS), (head, BODY_SECONDS)):
        with socket.create_connection(("127.0.0.1", server.port), SECONDS) as line:
            line.sendall(said)
            started = time.monotonic()
            answer = drip(line, seconds)
            assert time.monotonic() - started == pytest.approx(seconds, abs=4)
            assert answer[:12] == (b"HTTP/1.1 408" if said == head else b"")


def drip(line: socket.socket, seconds: float) -> bytes:
    """Send a letter now and then; what is answered before the line is cut."""
    line.settimeout(1.0)
    for _ in range(int(3 * seconds)):
        try:
            if answer := line.recv(4096):
                return answer
            return b""
        except TimeoutError:
            try:
                line.send(b"A")
            except OSError:
                return b""
        except OSError:
            return b""
    return b"never"


def test_one_address_has_so_many_connections_and_no_more(server: Served) -> None:
    lines = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(300)]
    try:
        time.sleep(0.5)
        head = b"GET /api/games HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        answered = 0
        for line in lines:
            line.settimeout(SECONDS)
            try:
                line.sendall(head)
                answered += line.recv(12) == b"HTTP/1.1 200"
            except OSError:
                continue
        assert CONNECTIONS_OF_ONE - 20 <= answered <= CONNECTIONS_OF_ONE
    finally:
        for line in lines:
            line.close()


def test_a_room_has_so_many_streams_and_no_more(server: Served, browser: httpx.Client) -> None:
    room = browser.post("/api/rooms", json={"game": "thirty"}).json()
    head = (
        f"GET /api/rooms/{room['code']}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {room['token']}\r\n\r\n"
    ).encode()

    def opened(count: int) -> list[socket.socket]:
        lines = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(count)]
        for line in lines:
            line.settimeout(SECONDS)
            line.sendall(head)
        return lines

    def streams(line: socket.socket) -> bool:
        said = b""
        while b"data: {" not in said:
            if not (more := line.recv(65_536)) or b" 422 " in said or said.endswith(b"0\r\n\r\n"):
                return False
            said += more
        return True

    lines = opened(MOST_WATCHERS + 10)
    assert sum(map(streams, lines)) == MOST_WATCHERS
    for line in lines:
        line.close()
    end = time.monotonic() + SECONDS
    while True:  # the places become free
        (line,) = opened(1)
        with line:
            if streams(line):
                break
        assert time.monotonic() < end


@pytest.mark.long
def test_one_visitor_has_so_many_comparisons_and_no_more(tmp_path: Path) -> None:
    with served(tmp_path) as server, httpx.Client(base_url=server.address, timeout=SECONDS) as one:
        asked = [
            one.post("/api/compare", json=QUESTION | {"seed": seed, "replications": 200})
            for seed in range(JOBS_PER_VISITOR + 1)
        ]
    assert [answer.status_code for answer in asked] == [200] * JOBS_PER_VISITOR + [429]
    assert str(JOBS_PER_VISITOR) in asked[-1].json()["error"]["allowed"]
