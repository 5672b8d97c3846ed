"""Connections that say what they want in time, and not too many of one address."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from experiments.webapp.limits import CONNECTIONS_OF_ONE, HEAD_SECONDS


class Connection(H11Protocol):
    """uvicorn's, closed when a request does not begin in time or its address has too many.

    uvicorn has a limit for the silence between two requests, and none for whoever never says
    anything or sends the head of a request letter by letter.
    """

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See `asyncio.Protocol`."""
        super().connection_made(transport)
        host = _host(self)
        if sum(_host(other) == host for other in self.connections) > CONNECTIONS_OF_ONE:
            transport.abort()
        else:
            self._watch()

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """See uvicorn."""
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        self._rest()
        super().connection_lost(exc)

    def _watch(self) -> None:
        """Run the clock while a request is awaited, from its first moment on."""
        if self.conn.their_state is not h11.IDLE:
            self._rest()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _rest(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None


def _host(connection: asyncio.Protocol) -> str:
    """Address of whoever is at the other end, without a port."""
    client = getattr(connection, "client", None)
    return client[0] if client else ""
