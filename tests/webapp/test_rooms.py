"""Rooms over real sockets: who may do and see what, what is refused, what a restart leaves."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="needs raison[web]")

import httpx2 as httpx

from experiments.webapp import room_keeper, room_list
from experiments.webapp.game import debrief
from experiments.webapp.game.capital import position_of
from experiments.webapp.game.lives import live_team
from experiments.webapp.game.preset import OTHER_WORLDS, load_preset, regimes
from experiments.webapp.rooms import ROOMS
from simulation import warm_up
from simulation.firm import MOST_SEED
from tests.webapp.people import SECONDS, Person, error, open_room, serving, until


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server of the module keeps its rooms."""
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """A server that lives firms in a thread of its own."""
    warm_up()
    with ThreadPoolExecutor(1) as threads, serving(folder, threads) as address:
        yield address


# ------------------------------------------------------------------ a game


def test_a_whole_game_from_the_code_to_the_debrief(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debrief, "OTHER_WORLDS", 1)
    trainer, (north, south) = open_room(address, "North", "South")
    trainer.do("bots", name="The others", regime="internal_customer")
    trainer.do("start")
    for quarter in range(load_preset("thirty").quarters):
        if quarter == 0:
            north.do("decide", quarter=0, decision={"dials": {"care": 0.9}})
            shock = {"quarter": 0, "happens": {"recession": 0.2, "weeks": 5}, "warned": True}
            trainer.do("inject", shock=shock)
            assert [news["what"] for news in south.view()["news"]] == ["recession, −20 %"]
            assert {t["id"]: t["decided"] for t in south.view()["teams"]} == {
                "t1": True,
                "t2": False,
                "t3": True,
            }
        trainer.do("advance", quarter=quarter)
    view = north.settled()
    assert view["phase"] == "over"
    assert len(view["team"]["dashboard"]["quarters"]["active"]) == view["quarters"]
    assert view["team"]["turns"][0]["moved"] == {"care": [0.6, 0.9]}
    assert error(north.http.get(f"/rooms/{north.code}/debrief"), 403)

    until(lambda: trainer.view()["debrief"]["ready"])
    told = trainer.http.get(f"/rooms/{trainer.code}/debrief").json()
    assert [team["name"] for team in told["teams"]] == ["North", "South", "The others"]
    assert told["other_worlds"] == 1
    trainer.do("reveal")
    assert north.http.get(f"/rooms/{north.code}/debrief").json() == told
    bot = next(r for r in told["references"] if r["way"] == "step by step")
    assert bot["regime"] in load_preset("thirty").references


def test_changes_reach_those_who_watch(address: str) -> None:
    trainer, (north, south) = open_room(address, "North", "South")
    with north.http.stream("GET", f"/rooms/{north.code}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        told = (json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: "))
        assert next(told)["phase"] == "lobby"
        until(lambda: trainer.view()["present"] == ["t1"])
        trainer.do("start")
        assert next(view for view in told if view["phase"] == "playing")["quarter"] == 0
        south.do("decide", quarter=0, decision={})
        decided = next(view for view in told if view["teams"][1]["decided"])
        assert decided["team"]["id"] == "t1"
        trainer.do("advance", quarter=0)
        lived = next(view for view in told if view["team"]["dashboard"])
        assert len(lived["team"]["weeks"]["active"]) == 13
    until(lambda: trainer.view()["present"] == [])


@pytest.mark.long
def test_whoever_watches_is_told_how_far_the_debrief_is(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debrief, "OTHER_WORLDS", 1)
    trainer, _ = open_room(address)
    trainer.do("bots", name="Bot", regime="with_care")
    trainer.do("start")
    for quarter in range(load_preset("thirty").quarters):
        trainer.do("advance", quarter=quarter)
    with trainer.http.stream("GET", f"/rooms/{trainer.code}/events") as stream:
        told = (json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: "))
        seen = []
        for view in told:
            seen.append((view["debrief"]["done"], view["debrief"]["of"]))
            if view["debrief"]["ready"]:
                break
    assert seen == sorted(seen)
    assert any(0 < done < of for done, of in seen)


# ------------------------------------------------------------------ who may do what


def test_nobody_acts_as_facilitator_or_as_another_team(address: str) -> None:
    trainer, (north, south) = open_room(address, "North", "South")
    trainer.do("start")
    other, _ = open_room(address)
    stranger = Person(address, trainer.code)
    forged = Person(address, trainer.code, "x" * 43)
    elsewhere = Person(address, trainer.code)
    elsewhere.http.headers["Authorization"] = other.http.headers["Authorization"]
    for person in (north, stranger, forged, elsewhere):
        for action in ("start", "advance", "pause", "inject", "bots", "hand-over", "reveal"):
            assert error(person.post(action, quarter=0), 403)["field"] == "Authorization"
    for person in (stranger, forged, elsewhere):
        assert error(person.post("decide", quarter=0, decision={}), 403)
        for what in ("view", "events", "debrief"):
            assert error(person.http.get(f"/rooms/{person.code}/{what}"), 403)
    assert error(trainer.post("decide", quarter=0, decision={}), 403)

    told = error(north.post("decide", quarter=0, decision={"dials": {"care": 0.0}}, team="t2"), 422)
    assert told["given"] == "'team'"
    assert south.view()["team"]["pending"] is None
    assert trainer.view()["room"][0]["pending"] is None


def test_a_team_is_sent_nothing_of_another(address: str) -> None:
    trainer, (north, south) = open_room(address, "North", "South")
    trainer.do("start")
    south.do("decide", quarter=0, decision={"dials": {"care": 0.4321}})
    assert "0.4321" in trainer.http.get(f"/rooms/{trainer.code}/view").text
    trainer.do("advance", quarter=0)
    own, other = north.settled(), south.settled()
    text = json.dumps(own)
    assert "0.4321" not in text
    for word in ("true_service", "entitlement", "coming", "facilitator", "token"):
        assert f'"{word}"' not in text
    cost = other["team"]["dashboard"]["quarters"]["cost"][0]
    assert cost != own["team"]["dashboard"]["quarters"]["cost"][0]
    assert str(cost) not in text


def test_what_is_wrong_is_refused_in_words(address: str) -> None:
    trainer, (north,) = open_room(address, '<img src=x onerror="alert(1)">')
    assert trainer.view()["teams"][0]["name"] == '<img src=x onerror="alert(1)">'
    person = Person(address)
    games, rooms = "/games", "/rooms"
    assert person.http.get(games).json()[0]["key"] == "thirty"
    assert error(person.http.post(rooms, json={"game": "thirtty"}), 422)["nearest"] == "thirty"
    for seed in (-1, 0.5, "7", True, 2**70, None, MOST_SEED, MOST_SEED - OTHER_WORLDS + 1):
        answer = person.http.post(rooms, json={"game": "thirty", "seed": seed})
        assert error(answer, 422)["field"] == "seed"
    assert error(person.http.post(rooms, content=b"{nonsense"), 422)
    assert error(person.http.post(rooms, json=[1, 2]), 422)
    assert person.http.get("/rooms/..%2F..%2Fetc%2Fpasswd").status_code == 404
    for code in ("NOROOM", "a" * 300, "%00", "ROOM.1"):
        assert error(person.http.get(f"/rooms/{code}"), 404)
    stranger = Person(address, trainer.code)
    for name in ("", "a\u0000b", "x" * 500, 7, None, ["x"]):
        assert error(stranger.post("teams", name=name), 422)["field"] == "name"
    assert error(stranger.post("teams"), 422)["field"] == "name"
    assert error(trainer.post("strat"), 422)["nearest"] == "start"
    assert error(north.post("decide", quarter=0, decision={}), 422)["allowed"].endswith("playing")
    trainer.do("start")
    wrong: tuple[object, ...] = (
        {"dials": {"care": 1e300}},
        {"dials": {"care": "high"}},
        {"dials": {"__proto__": 1}},
        {"cut": {"department": "it", "share": 0.99}},
        {"cut": "it"},
        {"more": 1},
        [],
        7,
    )
    for decision in wrong:
        answer = north.post("decide", quarter=0, decision=decision)
        assert error(answer, 422)["field"].split(".")[0] in ("decision", "dials")
    assert error(north.post("decide", quarter=10**30, decision={}), 422)["field"] == "quarter"
    shock = {"quarter": 0, "happens": {"regime": "neutral"}}
    assert error(trainer.post("inject", shock=shock), 422)
    assert north.view()["team"]["pending"] is None


# ------------------------------------------------------------------ what outlives a server


def test_a_room_survives_a_restart(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as threads:
        with serving(tmp_path, threads) as address:
            trainer, (north, _) = open_room(address, "North", "South")
            trainer.do("start")
            north.do("decide", quarter=0, decision={"dials": {"care": 0.9}})
            trainer.do("advance", quarter=0)
            north.do("decide", quarter=1, decision={"dials": {"care": 1.0}})
            before = north.settled()
        with serving(tmp_path, threads) as address:
            north.http.base_url = trainer.http.base_url = f"{address}/api"
            after = north.settled()
            assert {**after, "seconds_left": 0} == {**before, "seconds_left": 0}
            assert after["team"]["pending"]["dials"] == {"care": 1.0}
            trainer.do("advance", quarter=1)
            assert north.settled()["team"]["turns"][1]["moved"] == {"care": [0.9, 1.0]}


_SERVER = """
import sys, uvicorn
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from fastapi import FastAPI
from experiments.webapp.rooms import router
from experiments.webapp.settings import Settings
app = FastAPI()
app.state.jobs = ThreadPoolExecutor(1)
app.include_router(router(Settings(data=Path(sys.argv[1]))))
uvicorn.run(app, port=int(sys.argv[2]), log_level="error")
"""


@contextmanager
def process(data: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A server as a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", _SERVER, str(data), str(port)]
    with subprocess.Popen(command, env=os.environ) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            until(lambda: _answers(address))
            yield server, address
        finally:
            server.kill()


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/api/games").is_success
    except httpx.TransportError:
        return False


@pytest.mark.long
def test_a_killed_server_s_room_comes_back(tmp_path: Path) -> None:
    with process(tmp_path) as (server, address):
        trainer, (north,) = open_room(address, "North")
        trainer.do("start")
        north.do("decide", quarter=0, decision={"dials": {"care": 0.9}})
        trainer.do("advance", quarter=0)
        server.send_signal(signal.SIGKILL)
        server.wait(SECONDS)
    file = tmp_path / ROOMS / f"{trainer.code}.jsonl"
    with file.open("ab") as out:  # what it was writing when it was killed
        out.write(b'{"do":"advance","at":1.0,"quar')
    with process(tmp_path) as (_, address):
        north.http.base_url = trainer.http.base_url = f"{address}/api"
        assert north.settled()["team"]["turns"][0]["moved"] == {"care": [0.6, 0.9]}
        trainer.do("advance", quarter=1)
        assert len(north.settled()["team"]["dashboard"]["quarters"]["active"]) == 2


def test_a_damaged_room_is_told_and_harms_no_other(address: str, folder: Path) -> None:
    (folder / ROOMS / "BRQKEN.jsonl").write_text('{"do":"start","at":1.0}\n')
    told = error(Person(address).http.get("/rooms/BRQKEN"), 503)
    assert told["given"].startswith("BRQKEN.jsonl is not the file of a room")
    assert told["field"] == "disk"
    assert str(folder) not in str(told)
    open_room(address, "North")


# ------------------------------------------------------------------ limits, trouble


def test_there_are_no_more_rooms_and_watchers_than_a_server_bears(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, (north,) = open_room(address, "North")
    monkeypatch.setattr(room_keeper, "STREAMS", 0)
    assert error(north.http.get(f"/rooms/{north.code}/events"), 422)["field"] == "room"
    monkeypatch.setattr(room_list, "ROOMS", 0)
    answer = Person(address).http.post("/rooms", json={"game": "thirty"})
    assert error(answer, 422)["field"] == "rooms"


def test_trouble_with_the_firms_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def dead(*_: object) -> None:
        raise MemoryError

    with ThreadPoolExecutor(1) as threads, serving(tmp_path, threads) as address:
        trainer, _ = open_room(address, "North")
        monkeypatch.setattr(room_keeper, "live_team", dead)
        trainer.do("start")
        trainer.do("advance", quarter=0)
        until(lambda: bool(trainer.view()["trouble"]))
        assert "MemoryError" in caplog.text
        monkeypatch.undo()
        trainer.do("advance", quarter=1)
        assert trainer.settled()["trouble"] == ""
        assert len(trainer.view()["room"][0]["dashboard"]["quarters"]["active"]) == 2


def test_firms_are_lived_while_people_think(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lived: list[tuple[int, float]] = []

    def counting(*given: Any) -> Any:
        lived.append((len(given[3]), given[3][-1].dials.get("care", 0.0)))
        return live_team(*given)

    monkeypatch.setattr(room_keeper, "live_team", counting)
    trainer, (north,) = open_room(address, "North")
    trainer.do("start")
    until(lambda: lived == [(1, 0.0)])
    north.do("decide", quarter=0, decision={"dials": {"care": 0.9}})
    until(lambda: lived == [(1, 0.0), (1, 0.9)])
    trainer.do("advance", quarter=0)
    assert len(north.settled()["team"]["dashboard"]["quarters"]["active"]) == 1
    until(lambda: lived == [(1, 0.0), (1, 0.9), (2, 0.0)])
    # a shock makes it another quarter
    trainer.do("inject", shock={"quarter": 1, "happens": {"recession": 0.2, "weeks": 5}})
    until(lambda: len(lived) == 4)


def test_a_bot_is_where_its_regime_is_when_the_game_is_over(address: str) -> None:
    trainer, _ = open_room(address)
    trainer.do("bots", name="Bot", regime="with_care")
    trainer.do("start")
    for quarter in range(3):
        trainer.do("advance", quarter=quarter)
    dials = trainer.view()["room"][0]["dials"]
    wanted = {d: x / 1000 for d, x in position_of(regimes()["with_care"]).items()}
    assert dials == wanted
