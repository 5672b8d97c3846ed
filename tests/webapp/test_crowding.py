"""Who is slow, or many, or gone in the middle, keeps the server from nobody else."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

pytest.importorskip("fastapi")
import httpx2 as httpx

from experiments.runner import Crowd, run_into
from experiments.runs import MemoryRuns, RunSpec
from experiments.webapp import jobs, security
from experiments.webapp.app import create_app
from experiments.webapp.limits import (
    BODY_SECONDS,
    CONNECTIONS_OF_ONE,
    HEAD_SECONDS,
    JOBS_PER_VISITOR,
    STREAMS,
)
from experiments.webapp.question import Question
from experiments.webapp.security import POLICY, Guard
from experiments.webapp.settings import Settings
from simulation import Scenario, ScenarioError
from tests.webapp.people import until
from tests.webapp.process import QUESTION, Served, served

if TYPE_CHECKING:
    from experiments.workers import Crew

SECONDS = 60.0
ROOMS_OPENED = 6
WAITING = 60
"""More than there are threads for what is not asynchronous."""
LONG = {"overrides": {"market.customers": 1_000_000}, "replications": 3}
"""Runs of this take twenty seconds and more on one processor."""


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


def test_one_address_has_so_many_connections_and_no_more(
    server: Served, browser: httpx.Client
) -> None:
    """Each asks at once, and for what does not end: however slow all is, nobody's time runs out."""
    lines = []
    for _ in range(ROOMS_OPENED):
        room = browser.post("/api/rooms", json={"game": "thirty"}).json()
        for _ in range(300 // ROOMS_OPENED):
            line = socket.create_connection(("127.0.0.1", server.port), SECONDS)
            lines.append(line)
            with suppress(OSError):
                line.sendall(stream_of(room))
    try:
        answered = 0
        for line in lines:
            with suppress(OSError):
                answered += line.recv(12) == b"HTTP/1.1 200"
        assert CONNECTIONS_OF_ONE - 20 <= answered <= CONNECTIONS_OF_ONE
    finally:
        for line in lines:
            line.close()


def stream_of(room: dict[str, str]) -> bytes:
    """What a facilitator's page asks for."""
    return (
        f"GET /api/rooms/{room['code']}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {room['token']}\r\n\r\n"
    ).encode()


def test_a_room_has_so_many_streams_and_no_more(server: Served, browser: httpx.Client) -> None:
    room = browser.post("/api/rooms", json={"game": "thirty"}).json()

    def opened(count: int) -> list[socket.socket]:
        lines = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(count)]
        for line in lines:
            line.settimeout(SECONDS)
            line.sendall(stream_of(room))
        return lines

    def streams(line: socket.socket) -> bool:
        said = b""
        while b"data: {" not in said:
            if not (more := line.recv(65_536)) or b" 422 " in said or said.endswith(b"0\r\n\r\n"):
                return False
            said += more
        return True

    lines = opened(STREAMS + 10)
    assert sum(map(streams, lines)) == STREAMS
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


# ------------------------------------------------------------------ those who share a server


class Never(Executor):
    """Takes calls, and makes those at the places it is told."""

    def __init__(self, *made: int) -> None:
        self.made = made
        self.taken: list[Future[Any]] = []

    def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """See `Executor.submit`."""
        future: Future[Any] = Future()
        if len(self.taken) in self.made:
            future.set_result(call(*args, **kwargs))
        self.taken.append(future)
        return future


def a_server(folder: Path) -> tuple[Any, jobs.Jobs, jobs.Comparing]:
    """An app whose processes do nothing, and a comparison that is half done."""
    app = create_app(Settings(folder, workers=2, warm=False))
    found: jobs.Jobs = app.state.jobs
    found._crew, found._own = cast("Crew", Never()), cast("Crew", Never())
    asked = Question.model_validate(QUESTION).design()
    job = jobs.Comparing("half", asked, folder / "half", "", "running", result={"pairs": 1})
    found._jobs[job.id] = job
    return app, found, job


def test_whoever_waits_keeps_nobody_from_a_page(tmp_path: Path) -> None:
    app, found, job = a_server(tmp_path)
    places = [f"/api/jobs/{job.id}/{what}" for what in ("trace", "report.html")] + ["/charts.js"]

    async def ask() -> None:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            waiting = [asyncio.create_task(client.get(place)) for place in places * WAITING]
            await asyncio.sleep(0.2)
            for page in ("/", "/api/catalogue", f"/api/jobs/{job.id}"):
                async with asyncio.timeout(SECONDS):
                    assert (await client.get(page)).status_code == 200
            assert not any(task.done() for task in waiting)
            (said,) = found.crew.taken  # type: ignore[attr-defined]  # once for all of them
            said.set_result({"told": 1})
            async with asyncio.timeout(SECONDS):
                assert {(await task).text for task in waiting[::3]} == {'{"told":1}'}
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    asyncio.run(ask())
    assert json.loads((job.folder / "analysis" / "trace.json").read_text()) == {"told": 1}


def test_rooms_have_a_process_of_their_own_and_others_that_are_idle(tmp_path: Path) -> None:
    _, found, job = a_server(tmp_path)
    own, shared = found._own.taken, found.crew.taken  # type: ignore[union-attr, attr-defined]
    for _ in range(6):
        found.submit(int)
    assert (len(own), len(shared)) == (6, 0)
    job.state = "done"
    for _ in range(6):
        found.submit(int)
    assert (len(own), len(shared)) == (8, 4)


def test_whoever_stops_a_comparison_takes_back_what_has_not_begun() -> None:
    firm = Scenario.load("small_firm").replace({"horizon_years": 0.1})
    crew, kept = Never(0), MemoryRuns()

    def progress(done: int, total: int) -> None:
        if done:
            raise jobs.StoppedError

    with pytest.raises(jobs.StoppedError):
        run_into(kept, [RunSpec(firm, "a", n) for n in range(9)], Crowd(crew, 2), progress)
    assert [future.cancelled() for future in crew.taken] == [False, True, True, True]


@pytest.mark.long
def test_a_heavy_comparison_does_not_stop_a_game(tmp_path: Path) -> None:
    with served(tmp_path) as server, httpx.Client(base_url=server.address, timeout=SECONDS) as one:
        job = one.post("/api/compare", json=QUESTION | LONG).json()["id"]
        room = one.post("/api/rooms", json={"game": "thirty"}).json()
        path, headers = f"/api/rooms/{room['code']}", {"Authorization": f"Bearer {room['token']}"}
        one.post(f"{path}/bots", json={"name": "Bot", "regime": "with_care"}, headers=headers)
        until(lambda: one.get(f"/api/jobs/{job}").json()["state"] == "running")
        time.sleep(2.0)  # runs are in flight
        for quarter, what in enumerate(("start", "advance", "advance")):
            body = {"quarter": quarter - 1} if what == "advance" else {}
            assert one.post(f"{path}/{what}", json=body, headers=headers).status_code == 200
        until(lambda: not one.get(f"{path}/view", headers=headers).json()["living"])
        assert one.get(f"/api/jobs/{job}").json()["runs"] == 0


def test_a_single_run_has_an_end() -> None:
    large = {"scenario": "large_enterprise", "replications": 1}
    Question.model_validate(QUESTION | large | {"years": 6.0}).design()
    with pytest.raises(ScenarioError) as refused:
        Question.model_validate(QUESTION | large | {"years": 10.0}).design()
    problem = refused.value.problems[0]
    assert (problem.field, problem.given) == ("horizon_years", "10")
    most = float(problem.allowed.split()[0])
    assert 6 < most < 10
    Question.model_validate(QUESTION | large | {"years": most}).design()


# ------------------------------------------------------------------ what is kept


def test_what_somebody_looks_at_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "STUDIES_KEPT", 3)
    _, found, _ = a_server(tmp_path)
    asked = Question.model_validate(QUESTION).design()
    for age, name in enumerate(("new", "old", "looked_at", "watched", "oldest")):
        folder = tmp_path / "studies" / name
        folder.mkdir(parents=True)
        os.utime(folder, (1000.0 - age, 1000.0 - age))
    hours_ago = time.monotonic() - 10_000
    watched = jobs.Comparing("watched", asked, tmp_path / "studies" / "watched", "", "done")
    looked_at = jobs.Comparing("looked_at", asked, tmp_path / "studies" / "looked_at", "", "done")
    found._jobs |= {"watched": watched, "looked_at": looked_at}
    looked_at.look()
    looked_at.seen = hours_ago  # on the disk it is still known
    found._tidy()
    left = {folder.name for folder in (tmp_path / "studies").iterdir()}
    assert left == {"looked_at", "watched", "new"}
    for name in ("looked_at", "watched"):
        assert found.get(name)
