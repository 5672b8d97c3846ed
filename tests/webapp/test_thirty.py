"""Thirty people in one room, each with a browser that stays connected, over real sockets."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest

pytest.importorskip("fastapi")
import httpx2 as httpx

from tests.webapp.process import Served, served

BAR_SECONDS = 5.0
"""Of the design: from the end of a quarter until thirty people see its results, on two processors
that do nothing else. Held against the processors' time, which no other program lengthens much."""
SECONDS = 60.0
"""The same by the clock, on a machine that does other things too."""
PATIENCE = 120.0
WORKERS = 2
IDLE = 0.05
"""Seconds of processors in half a second by the clock, below which nothing is going on."""
MOST_SERVER, MOST_WORKER, MOST_SESSION = 600.0, 800.0, 2.0  # MB
ROOM = "/api/rooms"


class Taken(NamedTuple):
    """Seconds by the clock, and as long as it would be on processors that do nothing else."""

    clock: float
    alone: float


@dataclass
class Player:
    """Somebody with a browser.

    Attributes
    ----------
    http : AsyncClient
        Its connections.
    path, team : str
        Of the room and in the room.
    view : dict
        What it last saw.
    seen : dict of int to float
        By number of closed quarters, when their results were first seen.
    streams : int
        How often it connected.
    """

    http: httpx.AsyncClient
    path: str
    team: str = ""
    view: dict[str, Any] = field(default_factory=dict)
    seen: dict[int, float] = field(default_factory=dict)
    streams: int = 0
    _line: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Open the page: from now on it is told what changes."""
        self._line = asyncio.create_task(self._listen())

    async def close(self) -> None:
        """Close the page, in the middle of whatever it is told."""
        assert self._line
        self._line.cancel()
        with suppress(asyncio.CancelledError):
            await self._line

    async def reconnect(self) -> None:
        """Lose the connection and find it again."""
        await self.close()
        self.open()

    async def post(self, what: str, **body: object) -> httpx.Response:
        """Send a command."""
        return await self.http.post(f"{self.path}/{what}", json=body)

    async def _listen(self) -> None:
        self.streams += 1
        async with self.http.stream("GET", f"{self.path}/events") as answer:
            assert answer.status_code == 200, await answer.aread()
            async for line in answer.aiter_lines():
                if line.startswith("data: "):
                    self._look(json.loads(line[6:]))

    def _look(self, view: dict[str, Any]) -> None:
        self.view = view
        board = view.get("team", {}).get("dashboard")
        if board:
            self.seen.setdefault(len(board["quarters"]["active"]), time.monotonic())


async def open_room(address: str, count: int, kind: str) -> tuple[Player, list[Player]]:
    """A facilitator and so many players, all of them looking."""

    def browser(token: str = "") -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(base_url=address, headers=headers, timeout=PATIENCE, verify=False)

    async with browser() as anybody:
        told = (await anybody.post(ROOM, json={"game": kind, "seed": 7})).json()
        path = f"{ROOM}/{told['code']}"
        trainer = Player(browser(told["token"]), path)
        players = []
        for number in range(count):
            joined = await anybody.post(f"{path}/teams", json={"name": f"Team {number}"})
            assert joined.status_code == 201, joined.text
            players.append(Player(browser(joined.json()["token"]), path, joined.json()["team"]))
    for player in (trainer, *players):
        player.open()
    await until(lambda: len(trainer.view.get("present", [])) == count)
    return trainer, players


async def until(so: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.01)


def all_saw(players: list[Player], quarters: int) -> Callable[[], bool]:
    """Tells whether everybody has seen the results of so many quarters."""
    return lambda: all(quarters in player.seen for player in players)


async def game(
    server: Served, count: int, kind: str, quarters: int, *, thinking: bool = False
) -> list[Taken]:
    """Play; how long each quarter took from its end until everybody saw its results."""
    trainer, players = await open_room(server.address, count, kind)
    gone, shaky, late = players[0], players[1], players[2]
    assert (await trainer.post("start")).status_code == 200
    taken = []
    for quarter in range(quarters):
        if quarter == 1:  # somebody closes the browser and does not come back
            await gone.close()
            players.remove(gone)
            await until(lambda: gone.team not in trainer.view["present"])
        await act(trainer, players, quarter, late)
        if thinking:
            await rest(server)
        before, ended = busy(server), time.monotonic()
        assert (await trainer.post("advance", quarter=quarter)).status_code == 200
        await shaky.reconnect()
        await until(all_saw(players, quarter + 1))
        seen = max(player.seen[quarter + 1] for player in players)
        taken.append(Taken(seen - ended, (busy(server) - before) / WORKERS))
    assert shaky.streams == quarters + 1
    told(trainer.view, gone, late, quarters)
    for player in (trainer, *players):
        await player.close()
    for player in (trainer, *players, gone):
        await player.http.aclose()
    return taken


async def act(trainer: Player, players: list[Player], quarter: int, late: Player) -> None:
    """What happens in a quarter: all but one decide, at the same time."""
    await until(lambda: all(p.view["quarter"] == quarter for p in (*players, trainer)))
    if quarter == 2:
        shock = {"quarter": quarter, "happens": {"recession": 0.2, "weeks": 5}}
        assert (await trainer.post("inject", shock=shock)).status_code == 200
    in_time = [player for player in players if player is not late]
    for answer in await asyncio.gather(*(decide(player, quarter) for player in in_time)):
        assert answer.status_code == 200, answer.text


async def rest(server: Served) -> None:
    """People think, until the server has nothing more to do."""
    before = -1.0
    while (now := busy(server)) - before > IDLE:
        before = now
        await asyncio.sleep(0.5)


async def decide(player: Player, quarter: int) -> httpx.Response:
    """Each team another way, and no more than it has points for."""
    care = 0.6 + 0.02 * ((int(player.team[1:]) + quarter) % 5)
    return await player.post("decide", quarter=quarter, decision={"dials": {"care": care}})


def told(view: dict[str, Any], gone: Player, late: Player, quarters: int) -> None:
    """The facilitator sees who was there, and that the others went on without."""
    teams = {team["id"]: team for team in view["room"]}
    assert all(len(team["turns"]) == quarters for team in teams.values())
    assert [turn["late"] for turn in teams[gone.team]["turns"]] == [False] + [True] * (quarters - 1)
    assert all(turn["late"] for turn in teams[late.team]["turns"])
    others = [team for team in teams.values() if team["id"] not in (gone.team, late.team)]
    assert not any(turn["late"] for team in others for turn in team["turns"])
    assert view["trouble"] == ""


def warm(server: Served) -> None:
    """Wait until the workers are ready, as they are when people have come in."""
    with httpx.Client(base_url=server.address, timeout=PATIENCE) as client:
        firms = [{"regime": "neutral"}, {"regime": "own"}]
        question = {"scenario": "small_firm", "firms": firms, "years": 0.1, "replications": 2}
        job = client.post("/api/compare", json=question).json()["id"]
        with client.stream("GET", f"/api/jobs/{job}/events") as news:
            assert "done" in "".join(news.iter_text())


def sizes(server: Served) -> list[float]:
    """Megabytes of the server and of each of its workers."""
    return [process.memory_info().rss / 2**20 for process in server.family()]


def busy(server: Served) -> float:
    """Seconds of processors that the server and its workers have taken."""
    return sum(sum(process.cpu_times()[:2]) for process in server.family())


def test_six_people_in_a_room(server: Served) -> None:
    warm(server)
    assert max(asyncio.run(game(server, 6, "thirty", 3))).clock < SECONDS


@pytest.mark.long
@pytest.mark.parametrize(
    ("kind", "quarters", "thinking"), [("thirty", 5, False), ("ninety", 19, True)]
)
def test_thirty_people_in_a_room(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, quarters: int, thinking: bool
) -> None:
    with served(tmp_path, workers=WORKERS) as server:
        warm(server)
        before = sizes(server)
        taken = asyncio.run(game(server, 30, kind, quarters, thinking=thinking))
        after = sizes(server)
        with capsys.disabled():
            sys.stdout.write(
                f"\nthirty people, game {kind}, {'with' if thinking else 'without'} time to think"
                f"\nseconds on {WORKERS} processors alone: {_row([t.alone for t in taken])}"
                f"\nseconds by the clock: {_row([t.clock for t in taken])} (bar {BAR_SECONDS:g})"
                f"\nMB of server and workers: {_row(before)}; after the game {_row(after)}\n"
            )
        assert max(t.alone for t in taken) < BAR_SECONDS
        assert max(t.clock for t in taken) < SECONDS
        assert after[0] < MOST_SERVER
        assert max(after) < MOST_WORKER
        assert after[0] - before[0] < 30 * MOST_SESSION
        assert "Traceback" not in server.log()


def _row(numbers: list[float]) -> str:
    return ", ".join(f"{number:.1f}" for number in numbers)
