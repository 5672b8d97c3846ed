"""What every request passes and every answer carries.

A page on another site may make the browser of a visitor send requests here: they are refused by
their Origin. It may point a name of its own at this machine: such requests are refused by their
Host. Nothing that a page shows can run as a script: the policy allows only the files of the app.
"""

from __future__ import annotations

import ipaddress
import json
import socket
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from experiments.webapp.limits import BODY_BYTES
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
_EVERYWHERE = frozenset({"0.0.0.0", "::", ""})
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_REFUSED_SOCKET = 1008  # RFC 6455: policy violation


class Guard:
    """ASGI middleware: hosts, origins, sizes of bodies, headers.

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
        send = _with_headers(send, api=scope["path"].startswith("/api/"))
        if problem:
            await _refuse(send, 403, problem)
            return
        if scope["method"] in _READING:
            await self._app(scope, receive, send)
            return
        body = await _body(headers, receive)
        if body is None:
            given = f"over {BODY_BYTES // 1024} kB"
            allowed = f"{BODY_BYTES // 1024} kB at most"
            await _refuse(send, 413, Problem(field="body", given=given, allowed=allowed))
            return
        await self._app(scope, _replayed(body, receive), send)

    def _strange_host(self, headers: Headers) -> Problem | None:
        host = headers.get("host", "")
        name = _host_name(host)
        if name in _LOOPBACK or (name == self._host.lower() and name not in _EVERYWHERE):
            return None
        if self._host in _EVERYWHERE and (_is_address(name) or name in _own_names()):
            return None  # a name of a stranger's cannot be an address
        allowed = one_of([*sorted(_LOOPBACK), *({self._host} - _LOOPBACK - _EVERYWHERE)])
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
    elif urlsplit(origin).scheme in ("http", "https") and urlsplit(origin).netloc == host:
        return None
    return Problem(field="Origin", given=show(origin), allowed=f"pages of {show(host)}")


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


def _with_headers(send: Send, *, api: bool) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
            # files are asked for again, and answered with 304 while they are the same
            headers.setdefault("cache-control", "no-store" if api else "no-cache")
        await send(message)

    return sending


async def _body(headers: Headers, receive: Receive) -> bytes | None:
    """The body of a request; None if it is too large, as it says or as it comes."""
    told = headers.get("content-length", "")
    if told.isdigit() and int(told) > BODY_BYTES:
        return None
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > BODY_BYTES:
            return None
        if not message.get("more_body", False):
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
        "field": problem.field,
        "given": problem.given,
        "allowed": problem.allowed,
        "nearest": problem.nearest,
    }
