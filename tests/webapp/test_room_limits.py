"""How many rooms and streams there are at most, and whose places they are."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="needs raison[web]")

from experiments.webapp import room_keeper, room_list
from experiments.webapp.game.commands import Join
from experiments.webapp.game.preset import load_preset
from experiments.webapp.game.room import Team
from experiments.webapp.limits import (
    ROOMS_AN_HOUR,
    STREAMS_OF_FACILITATOR,
    STREAMS_OF_TEAM,
    TooManyError,
)
from experiments.webapp.room_list import Rooms
from simulation import ScenarioError


def test_no_team_takes_the_places_of_others(tmp_path: Path) -> None:
    async def play() -> None:
        rooms = Rooms(tmp_path, ThreadPoolExecutor(1))
        live, _ = rooms.open(load_preset("thirty"), 4)
        teams = [joined(live, number) for number in range(1, 31)]
        streams = [live.watch(teams[0]) for _ in range(STREAMS_OF_TEAM)]
        assert [(await anext(stream) or {})["role"] for stream in streams] == ["team"] * 6
        with pytest.raises(ScenarioError, match="6 of one team at the same time"):
            live.watch(teams[0])
        for team in teams[1:19]:
            streams += [live.watch(team) for _ in range(STREAMS_OF_TEAM)]
        assert sum([1 for stream in streams[6:] if await anext(stream)]) == 108
        streams += [live.watch(teams[19]) for _ in range(2)]
        assert [await anext(stream) is not None for stream in streams[-2:]] == [True, True]
        with pytest.raises(ScenarioError, match="116 of teams at the same time"):
            live.watch(teams[20])
        hosts = [live.watch(None) for _ in range(STREAMS_OF_FACILITATOR)]
        assert [(await anext(stream) or {})["role"] for stream in hosts] == ["facilitator"] * 4
        with pytest.raises(ScenarioError, match="120 at the same time"):
            live.watch(None)
        await streams[0].aclose()  # type: ignore[attr-defined]
        assert await anext(live.watch(teams[0]))
        rooms.close()

    asyncio.run(play())


def joined(live: room_keeper.LiveRoom, number: int) -> Team:
    """One more team of a room."""
    told = {"at": 1.0, "team": f"t{number}", "name": f"Team {number}", "token": "a" * 64}
    live.take(Join.model_validate(told))
    return live.room.teams[f"t{number}"]


def test_one_address_opens_so_many_rooms_in_an_hour(tmp_path: Path) -> None:
    now = [time.time()]
    rooms = Rooms(tmp_path, ThreadPoolExecutor(1), clock=lambda: now[0])

    def opened(visitor: str) -> bool:
        try:
            rooms.open(load_preset("thirty"), 4, visitor)
        except TooManyError:
            return False
        return True

    async def open_some() -> None:
        assert [opened("192.0.2.7") for _ in range(ROOMS_AN_HOUR + 1)].count(True) == ROOMS_AN_HOUR
        assert opened("192.0.2.8")
        assert all(opened("127.0.0.1") for _ in range(ROOMS_AN_HOUR + 1))
        now[0] += 3601
        assert opened("192.0.2.7")
        rooms.close()

    asyncio.run(open_some())


def test_rooms_into_which_nobody_came_make_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_list, "ROOMS", 4)
    now = [time.time()]
    rooms = Rooms(tmp_path, ThreadPoolExecutor(1), clock=lambda: now[0])

    async def open_some() -> None:
        opened = [rooms.open(load_preset("thirty"), 4)[0] for _ in range(4)]
        empty, entered, watched, forgotten = opened
        joined(entered, 1)
        looking = watched.watch(None)
        assert await anext(looking)
        with pytest.raises(ScenarioError, match="room 5"):
            rooms.open(load_preset("thirty"), 4)
        rooms.close()  # the server is started again
        assert rooms.get(watched.room.code) is not watched
        looking = rooms.get(watched.room.code).watch(None)
        assert await anext(looking)
        rooms.get(empty.room.code)
        now[0] += 86_401
        new, _ = rooms.open(load_preset("thirty"), 4)
        left = {path.stem for path in tmp_path.glob("*.jsonl")}
        assert left == {room.room.code for room in (entered, watched, new)}
        assert {path.stem for path in tmp_path.glob("*.lock")} <= left
        for gone in (empty, forgotten):
            with pytest.raises(room_list.NoSuchRoomError):
                rooms.get(gone.room.code)
        rooms.close()

    asyncio.run(open_some())
