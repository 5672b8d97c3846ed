"""The rooms of the game over HTTP: who holds which token may do and see what.

Tokens travel in the header `Authorization: Bearer ...` only, also for the stream of events (which
the page reads with `fetch`), so that none stands in an address or a log.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.routing import APIRoute

from experiments.disk import StoreError
from experiments.webapp.game import views
from experiments.webapp.game.commands import (
    AddBot,
    Advance,
    Command,
    Decide,
    HandOver,
    Inject,
    Join,
    Pause,
    Resume,
    Reveal,
    Start,
)
from experiments.webapp.game.preset import PRESETS, load_preset, read
from experiments.webapp.game.room import Team
from experiments.webapp.room_keeper import (
    LiveRoom,
    NotAllowedError,
    Watcher,
    digest,
    new_token,
)
from experiments.webapp.room_list import NoSuchRoomError, Rooms
from experiments.webapp.security import as_error
from experiments.webapp.settings import Settings
from simulation import ScenarioError
from simulation.errors import Problem, nearest, one_of, show

ROOMS = "rooms"
"""Folder of the rooms' files, in the data of the server."""

MOST_DRAWN_SEED = 1_000_000
"""Seeds that a server draws stay short enough to be read aloud."""

_FACILITATOR: Mapping[str, tuple[type[Command], Sequence[str]]] = {
    "start": (Start, ()),
    "advance": (Advance, ("quarter",)),
    "pause": (Pause, ()),
    "resume": (Resume, ()),
    "inject": (Inject, ("shock",)),
    "bots": (AddBot, ("name", "regime")),
    "hand-over": (HandOver, ("team", "regime")),
    "reveal": (Reveal, ()),
}
"""What a facilitator may do, and what has to be said with it."""

Body = dict[str, Any]
Token = Annotated[str, Header(alias="Authorization", max_length=200)]

_NOT_YOURS = Problem(
    field="Authorization",
    given="a token that this is not open to",
    allowed="the token of the facilitator, or of the team whose it is",
)
_NO_ROOM = Problem(
    field="code", given="a code that no room has", allowed="the code that the facilitator shows"
)


class _Answering(APIRoute):
    """Answers what is refused in the words of the app."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        """See `APIRoute.get_route_handler`."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except ScenarioError as error:
                return _refusal(422, error.problems[0])
            except RequestValidationError as error:
                place = ".".join(map(str, error.errors()[0]["loc"]))
                return _refusal(422, Problem(field=place, given="something else", allowed="JSON"))
            except NotAllowedError:
                return _refusal(403, _NOT_YOURS)
            except NoSuchRoomError:
                return _refusal(404, _NO_ROOM)
            except StoreError as error:
                given = (await _rooms(request)).strip(str(error))
                problem = Problem(field="disk", given=given, allowed="a disk that works")
                return _refusal(503, problem)

        return answer


def router(settings: Settings) -> APIRouter:
    """The rooms of a server, whose app has in `state.jobs` who lives firms (see `Crew`).

    Parameters
    ----------
    settings : Settings
        Where its data are.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.rooms = Rooms(settings.data / ROOMS, app.state.jobs)
        yield
        app.state.rooms.close()

    api = APIRouter(prefix="/api", route_class=_Answering, lifespan=lifespan)
    _add_routes(api)
    return api


async def _rooms(request: Request) -> Rooms:
    found: Rooms = request.app.state.rooms
    return found


async def _room(code: str, request: Request) -> LiveRoom:
    return (await _rooms(request)).get(code)


Live = Annotated[LiveRoom, Depends(_room)]
All = Annotated[Rooms, Depends(_rooms)]


def _add_routes(api: APIRouter) -> None:
    @api.get("/games")
    async def games() -> list[dict[str, Any]]:
        """The shipped games."""
        keys = {"key", "title", "describes", "minutes", "quarters", "goals", "plan", "questions"}
        return [load_preset(key).model_dump(mode="json", include=keys) for key in PRESETS]

    @api.post("/rooms", status_code=201)
    async def open_room(request: Request, rooms: All, body: Body) -> dict[str, str]:
        """Open a room; whoever has the token it answers with is its facilitator."""
        _only(body, ("game", "seed"))
        seed = body.get("seed", secrets.randbelow(MOST_DRAWN_SEED))
        visitor = request.client.host if request.client else ""
        room, token = rooms.open(load_preset(str(body.get("game"))), seed, visitor)
        return {"code": room.room.code, "token": token}

    @api.get("/rooms/{code}")
    async def public(live: Live, rooms: All) -> dict[str, Any]:
        """What everybody may see, and what can be decided in this game."""
        room = live.room
        return {**views.public_view(room, rooms.clock()), "rules": views.rules(room.preset)}

    @api.post("/rooms/{code}/teams", status_code=201)
    async def join(live: Live, rooms: All, body: Body) -> dict[str, str]:
        """Come in as a team; whoever has the token it answers with is of that team."""
        _only(body, ("name",))
        token = new_token()
        told = {"at": rooms.clock(), "team": live.room.next_team, "token": digest(token)}
        command = read(Join, body | told)
        live.take(command)
        return {"team": command.team, "token": token}

    @api.get("/rooms/{code}/view")
    async def view(live: Live, token: Token = "") -> dict[str, Any]:
        """What the holder of the token may see."""
        return live.view(_who(live, token))

    @api.get("/rooms/{code}/events")
    async def events(live: Live, token: Token = "") -> StreamingResponse:
        """The same each time that it changes, as server-sent events."""
        return StreamingResponse(
            _as_events(live.watch(_who(live, token))), media_type="text/event-stream"
        )

    @api.get("/rooms/{code}/debrief")
    async def debrief(live: Live, response: Response, token: Token = "") -> dict[str, Any]:
        """The debrief; empty, with status 202, while its firms are being lived."""
        told = live.debrief(_who(live, token))
        if told is None:
            response.status_code = 202
        return told or {}

    @api.post("/rooms/{code}/decide")
    async def decide(live: Live, rooms: All, body: Body, token: Token = "") -> dict[str, int]:
        """Decide on the open quarter for the team of the token."""
        _only(body, ("quarter", "decision"))
        team = _who(live, token)
        if not isinstance(team, Team):
            raise NotAllowedError
        live.take(read(Decide, body | {"at": rooms.clock(), "team": team.id}))
        return {"version": live.room.commands}

    @api.post("/rooms/{code}/{action}")
    async def act(
        live: Live, rooms: All, action: str, body: Body, token: Token = ""
    ) -> dict[str, int]:
        """What only the facilitator may do."""
        if _who(live, token) is not None:
            raise NotAllowedError
        if action not in _FACILITATOR:
            allowed, near = one_of(_FACILITATOR), nearest(action, _FACILITATOR)
            raise ScenarioError([Problem("", None, "action", show(action), allowed, near)])
        command, fields = _FACILITATOR[action]
        _only(body, fields)
        added = {"team": live.room.next_team} if command is AddBot else {}
        live.take(read(command, body | added | {"at": rooms.clock()}))
        return {"version": live.room.commands}


def _who(live: LiveRoom, header: str) -> Watcher:
    return live.who(header.removeprefix("Bearer "))


def _only(body: Body, fields: Sequence[str]) -> None:
    """Refuse what has no place here, such as the identity of another team."""
    for key in body:
        if key not in fields:
            allowed = one_of(fields) if fields else "nothing"
            raise ScenarioError(
                [
                    Problem(
                        field="body", given=show(key), allowed=allowed, nearest=nearest(key, fields)
                    )
                ]
            )


def _refusal(status: int, problem: Problem) -> JSONResponse:
    return JSONResponse({"error": as_error(problem)}, status)


async def _as_events(told: AsyncIterator[dict[str, Any] | None]) -> AsyncIterator[str]:
    async for view in told:
        text = None if view is None else json.dumps(view, separators=(",", ":"), allow_nan=False)
        yield ": still here\n\n" if text is None else f"data: {text}\n\n"
