"""How the command line speaks: refusals to standard error, JSON to standard output."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from simulation.errors import ScenarioError

SOME_FAILED = 1
WRONG_INPUT = 2


@contextmanager
def friendly_errors() -> Iterator[None]:
    """Turn a refused input into one message on standard error and exit code 2.

    Serves as a context manager (`with friendly_errors():`) and as a decorator of a command
    (`@friendly_errors()` under `@app.command()`).
    """
    try:
        yield
    except ScenarioError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(WRONG_INPUT) from None


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


def print_json(data: object) -> None:
    """Write `data` to standard output as JSON.

    Raises
    ------
    ValueError
        If `data` holds NaN or an infinity, which JSON cannot say.
    """
    typer.echo(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False))
