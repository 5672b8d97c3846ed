"""How the command line speaks: refusals to standard error, JSON to standard output."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from experiments.cluster import ClusterError
from experiments.disk import DiskFullError, StoreError
from experiments.runner import WorkersDiedError
from simulation.errors import ScenarioError

if TYPE_CHECKING:
    import pandas as pd

SOME_FAILED = 1
WRONG_INPUT = 2
INTERRUPTED = 130


@contextmanager
def friendly_errors() -> Iterator[None]:
    """Turn a refused input into one message on standard error and exit code 2.

    Serves as a context manager (`with friendly_errors():`) and as a decorator of a command
    (`@friendly_errors()` under `@app.command()`).
    """
    try:
        yield
    except (ScenarioError, StoreError, ClusterError, WorkersDiedError) as error:
        typer.echo(str(error), err=True)
        ended = isinstance(error, DiskFullError | ClusterError | WorkersDiedError)
        raise typer.Exit(SOME_FAILED if ended else WRONG_INPUT) from None


@contextmanager
def told_when_stopped(folder: Path | None) -> Iterator[None]:
    """Turn Ctrl-C, and a batch system's request to end, into one line and exit code 130."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        kept = f"what is finished is kept in {folder}, and the same command goes on from there"
        typer.echo(f"\nStopped; {kept if folder else 'nothing is kept without --out'}", err=True)
        raise typer.Exit(INTERRUPTED) from None
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def told_failures() -> Iterator[None]:
    """Turn a run that fails into one line on standard error and exit code 1."""
    try:
        yield
    except ScenarioError:
        raise
    except Exception as error:  # what went wrong in the run is the result, not a traceback
        typer.echo(f"The run failed: {type(error).__name__}: {error}", err=True)
        raise typer.Exit(SOME_FAILED) from None


def tell_failures(runs: pd.DataFrame, place: str, lost: str = "") -> None:
    """Say how many runs of a study failed, and where the first did.

    Parameters
    ----------
    runs : DataFrame
        A row per run with `status`, `seed`, `error` and its place.
    place : str
        How a row's place is written, such as "point {point}, {regime}".
    lost : str
        What this makes impossible.
    """
    failed = runs[runs["status"] != "ok"]
    first = failed.iloc[0]
    typer.echo(
        f"{len(failed)} of {len(runs)} runs failed{lost}. The first: {place.format(**first)}, "
        f"seed {first['seed']}: {first['error']}",
        err=True,
    )


def print_json(data: object) -> None:
    """Write `data` to standard output as JSON.

    Raises
    ------
    ValueError
        If `data` holds NaN or an infinity, which JSON cannot say.
    """
    typer.echo(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False))
