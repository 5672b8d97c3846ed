"""What holds for all tests."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

# Generated tests judge what is computed; how long a machine with other work takes is no fault.
settings.register_profile("raison", deadline=None)
settings.load_profile("raison")


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Heed Ctrl-C here and in new processes, also where whoever started the tests ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
