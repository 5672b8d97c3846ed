"""What every request passes and every answer carries.

A page on another site may make the browser of a visitor send requests here: they are refused by
their Origin. It may point a name of its own at this machine: such requests are refused by their
Host. Nothing that a page shows can run as a script: the policy allows only the files of the app.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import socket
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from experiments.webapp.limits import BODY_BYTES, BODY_SECONDS
from experiments.webapp.settings import EVERYWHERE
from simulation.errors import Problem, one_of, show

POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_REFUSED_SOCKET = 1008  # RFC 6455: policy violation
_LONGEST_FIELD = 120
_READ_BYTES = 16 * BODY_BYTES  # a browser that is cut off while it sends does not see the refusal
_TOO_LARGE = Problem(
    field="body",
    given=f"over {BODY_BYTES // 1024} kB",
    allowed=f"{BODY_BYTES // 1024} kB at most",
)
_TOO_SLOW = Problem(
    field="body",
    given=f"only a part after {BODY_SECONDS:g} seconds",
    allowed="all of it within that time",
)
_WENT_WRONG = Problem(
    given="what made the server stumble",
    allowed="another try; the log of the server says what went wrong",
)

_log = logging.getLogger(__name__)


class _GoneError(Exception):
    """Whoever asked is not there any more."""


class _RefusedError(Exception):
    """A request that is not let through."""

    def __init__(self, status: int, problem: Problem) -> None:
        super().__init__(status, problem)
        self.status = status
        self.problem = problem


class Guard:
    """ASGI middleware: hosts, origins, bodies, headers, and what goes wrong further in.

    Parameters
    ----------
    app : ASGI application
        What it stands before.
    host : str
        Address the server listens on.
    """

    def __init__(self, app: ASGIApp, host: str) -> None:
        self._app = app
        self._host = host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        problem = self._strange_host(headers) or _strange_origin(scope, headers)
        if scope["type"] == "websocket":
            if problem:
                await send({"type": "websocket.close", "code": _REFUSED_SOCKET})
            else:
                await self._app(scope, receive, send)
            return
        answer = _Answer(send, api=scope["path"].startswith("/api/"))
        if problem:
            await _refuse(answer, 403, problem)
            return
        try:
            if scope["method"] not in _READING:
                receive = _replayed(await _body(headers, receive), receive)
            await self._app(scope, receive, answer)
        except _GoneError:
            return  # nobody is told, and nothing of half a body is done
        except _RefusedError as refused:
            await _refuse(answer, refused.status, refused.problem)
        except Exception:
            _log.exception("%s %r", scope["method"], scope["path"])
            if answer.begun:
                raise  # the connection breaks, so that half an answer is not taken for a whole one
            await _refuse(answer, 500, _WENT_WRONG)

    def _strange_host(self, headers: Headers) -> Problem | None:
        host = headers.get("host", "")
        name = _host_name(host)
        if name in _LOOPBACK or (name == self._host.lower() and name not in EVERYWHERE):
            return None
        if self._host in EVERYWHERE and (_is_address(name) or name in _own_names()):
            return None  # a name of a stranger's cannot be an address
        allowed = one_of([*sorted(_LOOPBACK), *({self._host} - _LOOPBACK - EVERYWHERE)])
        return Problem(field="Host", given=show(host), allowed=allowed)


def _strange_origin(scope: Scope, headers: Headers) -> Problem | None:
    """A request that changes something, or a socket, from a page of another site.

    Browsers say where such a request comes from; what sends no Origin is no page.
    """
    if scope["type"] == "http" and scope["method"] in _READING:
        return None
    origin, host = headers.get("origin"), headers.get("host", "")
    if origin is None:
        from_elsewhere = headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
        if not from_elsewhere:
            return None
        origin = "another site"
    elif _is_of(origin, host):
        return None
    return Problem(field="Origin", given=show(origin), allowed=f"pages of {show(host)}")


def _is_of(origin: str, host: str) -> bool:
    """Whether a page of this origin came from this host."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc == host


def _host_name(host: str) -> str:
    """The name in a Host header, without its port, in lower case."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _own_names() -> set[str]:
    name = socket.gethostname().lower()
    return {name, f"{name}.local"}


class _Answer:
    """Sends an answer on, with the headers that every answer has.

    Parameters
    ----------
    send : Send
        To the visitor.
    api : bool
        Whether it answers the API.

    Attributes
    ----------
    begun : bool
        Whether anything was sent.
    """

    def __init__(self, send: Send, *, api: bool) -> None:
        self._send = send
        self._api = api
        self.begun = False

    async def __call__(self, message: Message) -> None:
        """See the ASGI specification."""
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
            # files are asked for again, and answered with 304 while they are the same
            headers.setdefault("cache-control", "no-store" if self._api else "no-cache")
        await self._send(message)


async def _body(headers: Headers, receive: Receive) -> bytes:
    """The whole body of a request, within its limits of size and of time."""
    told = headers.get("content-length", "")
    if told.isdigit() and int(told) > _READ_BYTES:
        raise _RefusedError(413, _TOO_LARGE)
    body, size = bytearray(), 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    raise _GoneError
                part = message.get("body", b"")
                size += len(part)
                if size <= BODY_BYTES:
                    body += part
                if size > _READ_BYTES or not message.get("more_body", False):
                    break
    except TimeoutError:
        raise _RefusedError(408, _TOO_SLOW) from None
    if size > BODY_BYTES:
        raise _RefusedError(413, _TOO_LARGE)
    return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = False

    async def receiving() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiving


async def _refuse(send: Send, status: int, problem: Problem) -> None:
    content = json.dumps({"error": as_error(problem)}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(content)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def as_error(problem: Problem) -> dict[str, str | None]:
    """A problem as the app tells it."""
    return {
        "field": problem.field[:_LONGEST_FIELD],  # of a nested value, its path may be endless
        "given": problem.given,
        "allowed": problem.allowed,
        "nearest": problem.nearest,
    }
