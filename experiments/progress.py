"""How long there is still to wait: a bar on a terminal, plain lines elsewhere.

It goes to standard error; standard output is for results.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import rich.progress
from rich.console import Console

from experiments.runner import Progress
from simulation.jit import is_warm

# Without a terminal a line is written after the first run, at each of so many steps, and when there
# was none for so long.
_LINES = 8
_SECONDS = 60


def announce_compilation() -> None:
    """Say that the first run takes longer, if the model has still to be compiled."""
    if not is_warm():
        _say("Compiling the model, once for this version (about half a minute) ...")


@contextmanager
def shown(what: str) -> Iterator[Progress]:
    """Give a callback (finished, total) that shows how far the runs have got."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _plain_lines(what)
        return
    with rich.progress.Progress(
        rich.progress.TextColumn(what),
        rich.progress.BarColumn(),
        rich.progress.MofNCompleteColumn(),
        rich.progress.TimeRemainingColumn(),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task(what, total=None)
        begun = _Begun()

        def tell(done: int, total: int) -> None:
            if begun.now(done, total):
                bar.reset(task, total=total, completed=done)
            bar.update(task, completed=done, total=total)

        yield tell


class _Begun:
    """When the runs began, and how many were there already."""

    def __init__(self) -> None:
        self.kept: int | None = None
        self.start = 0.0

    def now(self, done: int, total: int) -> bool:
        """Whether nothing has been run so far; then the clock starts again."""
        if self.kept is None:
            announce_compilation()
            if done:
                _say(f"{done} of {total} runs were there already")
            self.kept = done
        if done > self.kept:
            return False
        self.start = time.monotonic()
        return True

    def left(self, done: int, total: int) -> float:
        """Seconds that the rest will take."""
        return (time.monotonic() - self.start) / (done - (self.kept or 0)) * (total - done)


def _plain_lines(what: str) -> Progress:
    begun = _Begun()
    said, when = 0, 0.0

    def tell(done: int, total: int) -> None:
        nonlocal said, when
        if begun.now(done, total):
            said, when = done * _LINES // total, time.monotonic()
            return
        step, now = done * _LINES // total, time.monotonic()
        first = done == (begun.kept or 0) + 1
        if step == said and not first and now - when < _SECONDS:
            return
        said, when = step, now
        left = begun.left(done, total)
        more = f", about {_duration(left)} left" if done < total else ""
        _say(f"{what}: {done} of {total} runs{more}")

    return tell


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201
