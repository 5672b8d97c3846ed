"""Being interrupted only where nothing is half done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interrupts_held() -> Iterator[Callable[[], None]]:
    """Have Ctrl-C, and a request to end, wait until they are let in.

    Python may raise `KeyboardInterrupt` between any two steps, and so between the taking of a lock
    and its `with`: a lock of a pool of processes that is lost this way is never given back, and
    whoever ends the pool waits for ever.

    Yields
    ------
    callable
        Lets in what has come since: calls its handler, which may raise. Leaving the block does so
        as well. A second signal does not wait. Outside the main thread, which gets no signals,
        nothing is held.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return
    handlers = {
        number: handler
        for number in (signal.SIGINT, signal.SIGTERM)
        if callable(handler := signal.getsignal(number))
    }
    waiting: list[tuple[int, FrameType | None]] = []

    def let_in() -> None:
        while waiting:
            number, frame = waiting.pop()
            handlers[signal.Signals(number)](number, frame)

    def hold(number: int, frame: FrameType | None) -> None:
        impatient = bool(waiting)
        waiting.append((number, frame))
        if impatient:
            let_in()

    for number in handlers:
        signal.signal(number, hold)
    try:
        yield let_in
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        let_in()
