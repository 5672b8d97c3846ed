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

# Without a terminal a line is written after the first run, and at each of so many steps.
_LINES = 8


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

        def tell(done: int, total: int) -> None:
            if done == 0:
                announce_compilation()
                bar.reset(task, total=total)
            bar.update(task, completed=done)

        yield tell


def _plain_lines(what: str) -> Progress:
    start = time.monotonic()
    said = 0

    def tell(done: int, total: int) -> None:
        nonlocal said, start
        if done == 0:
            announce_compilation()
            start = time.monotonic()
        step = done * _LINES // total
        if done == 0 or (step == said and done > 1):
            return
        said = step
        left = (time.monotonic() - start) / done * (total - done)
        more = f", about {_duration(left)} left" if done < total else ""
        _say(f"{what}: {done} of {total} runs{more}")

    return tell


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201
