"""The command that looks for the part of a sweep in which a regime is better."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments import show
from experiments.console import friendly_errors, print_json
from experiments.discovery import Discovery
from experiments.discovery import discover as find
from experiments.discovery.result import files_of
from experiments.options import Json


def register(app: typer.Typer) -> None:
    """Add `discover` to a command line."""
    app.command()(friendly_errors()(discover))


def discover(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="What `raison sweep --samples N` wrote to --out."),
    ],
    outcome: Annotated[
        str, typer.Option(metavar="MEASURE", help="Whose gap it is about, such as profit.")
    ],
    json: Json = False,
) -> None:
    """In which part of a sweep is one regime better? Boxes, judged on points not seen before."""
    result = find(folder, outcome)
    result.save(folder)
    if json:
        print_json(result.as_dict())
    else:
        _print(result, folder)


def _print(result: Discovery, folder: Path) -> None:
    out = show.console()
    out.print(f"\n{result.finding}.\n", style="bold", markup=False)
    for side in result.sides:
        if side.box and not side.is_found:
            told = " and ".join(map(str, side.box))
            low, high = side.density.interval
            out.print(
                f"Where {side.better} is better, the search proposed {told}; of {side.density.all} "
                f"points there that it had not seen, {100 * low:.0f} to {100 * high:.0f} % are "
                f"such cases, against {100 * side.base.value:.0f} % of all: that is no finding.",
                markup=False, style="dim",
            )  # fmt: skip
    table, picture, _ = files_of(result.outcome)
    out.print(f"Written to {folder}: {table}, {picture}", soft_wrap=True)
