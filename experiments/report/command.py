"""The command that writes a report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.console import friendly_errors, print_json
from experiments.options import Json
from experiments.report import check_out, load, write_report
from experiments.result_folder import REPORT

Folder = Annotated[
    Path,
    typer.Argument(
        metavar="DIR", help="What a study wrote to --out; of `calibrate`, its folder of runs."
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="FILE.html", help=f"Where it goes; {REPORT} in the folder by default."),
]


def register(app: typer.Typer) -> None:
    """Add `report` to a command line."""
    app.command()(friendly_errors()(report))


def report(folder: Folder, out: Out = None, json: Json = False) -> None:
    """Write a study as one HTML page: to read, to print, to check."""
    file = out or folder / REPORT
    check_out(file)
    result = load(folder)
    write_report(result, file)
    if json:
        print_json({"report": str(file), "finding": result.finding})
    else:
        typer.echo(f"{result.finding}.\nWritten to {file} ({file.stat().st_size / 1000:,.0f} kB)")
