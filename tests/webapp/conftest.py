"""One server for all tests that need nothing of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.webapp.process import Served, served, spoken

if TYPE_CHECKING:
    import httpx2 as httpx

SECONDS = 60.0
_HELLO = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The whole app as a process."""
    with served(tmp_path_factory.mktemp("served")) as found:
        yield found


@pytest.fixture
def server(running: Served) -> Iterator[Served]:
    """The same; after the test it answers as before and has nothing to complain of."""
    before = len(running.log())
    yield running
    assert b" 200 " in spoken(running.port, _HELLO)[:20]
    said = running.log()[before:]  # one test's trouble is not that of all after it
    assert "Traceback" not in said
    assert "Error" not in said


@pytest.fixture(scope="session")
def connected(running: Served) -> Iterator[httpx.Client]:
    """Somebody who speaks to it."""
    httpx = pytest.importorskip("httpx2")
    with httpx.Client(base_url=running.address, timeout=SECONDS) as client:
        yield client


@pytest.fixture
def browser(server: Served, connected: httpx.Client) -> httpx.Client:
    """The same, for a test that leaves the server as it was."""
    return connected
