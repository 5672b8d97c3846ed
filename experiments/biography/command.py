"""The command that tells one customer's life, and how that looks on a terminal."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from experiments import progress
from experiments.biography import Story, two_firms
from experiments.biography import why as tell_why
from experiments.console import friendly_errors, print_json, told_failures
from experiments.options import COMPARED, Json, ScenarioName, Sets, Years, parse_names, parse_sets
from simulation import warm_up

KEY = (
    "Satisfaction, experience and fit go from 0 to 1. Every week has a draw, the same in both "
    "firms: a customer leaves if it falls below the risk. The causes of a change add up to 100 %, "
    "on a scale on which every doubling of the risk counts the same; those below 10 % are left "
    "out, and one with a minus sign worked against the change."
)
_SIDE_BY_SIDE = 110  # columns of a terminal


def register(app: typer.Typer) -> None:
    """Add `why` to a command line."""
    app.command()(friendly_errors()(why))


def why(
    scenario: ScenarioName,
    customer: Annotated[int, typer.Option(metavar="UID", help="The customer, from 0.")],
    regimes: Annotated[str, typer.Option(metavar="A,B", help="The two firms.")] = COMPARED,
    seed: Annotated[int, typer.Option(help="Seed of both runs.")] = 0,
    years: Years = None,
    set_: Sets = None,
    full: Annotated[bool, typer.Option("--full", help="Tell every need and moment.")] = False,
    json: Json = False,
) -> None:
    """Tell one customer's life in two firms, and why the two differ."""
    overrides, names = parse_sets(set_ or []), parse_names(regimes)
    two_firms(scenario, customer, names, seed, years, overrides)  # refused before it is compiled
    progress.announce_compilation()
    warm_up()
    with told_failures():
        story = tell_why(scenario, customer, names, seed, years, overrides, full)
    if json:
        print_json(story.as_dict())
    else:
        print_story(story, Console(highlight=False))


def command_for(
    scenario: str,
    customer: int,
    regimes: Sequence[str],
    seed: int,
    years: float | None = None,
    sets: Sequence[str] = (),
) -> str:
    """The command that tells this customer's life, ready to paste into a shell.

    Parameters
    ----------
    scenario, regimes, seed, years, sets
        As they were given to the command that found this customer.
    customer : int
        The customer.
    """
    words = ["raison", "why", scenario, "--customer", str(customer)]
    words += ["--regimes", ",".join(regimes), "--seed", str(seed)]
    if years is not None:
        words += ["--years", f"{years:g}"]
    for text in sets:
        words += ["--set", text]
    return shlex.join(words)


def print_story(story: Story, out: Console) -> None:
    """Print a story: in two columns on a wide terminal, one life after the other elsewhere."""
    said = Text(f"Customer {story.uid} of {story.scenario}, seed {story.seed}", style="bold")
    out.print(said, soft_wrap=True)
    for line in (story.who, KEY):
        out.print(Text(line), soft_wrap=not out.is_terminal)
    if out.is_terminal and out.width >= _SIDE_BY_SIDE:
        table = Table.grid(padding=(0, 2, 1, 0), expand=True)
        for _ in story.regimes:
            table.add_column(ratio=1)
        table.add_row(*(Text(regime, style="bold") for regime in story.regimes))
        table.add_row(*(Text("\n".join(told)) for told in story.told))
        out.print()
        out.print(table)
    else:
        for regime, told in zip(story.regimes, story.told, strict=True):
            _print_part(out, f"In {regime}", told)
    _print_part(out, "Between the two", story.between)


def _print_part(out: Console, heading: str, sentences: Sequence[str]) -> None:
    out.print(Text(f"\n{heading}", style="bold"))
    for sentence in sentences:
        out.print(
            Padding(Text(sentence), (0, 0, 0, 2)) if out.is_terminal else Text(sentence),
            soft_wrap=not out.is_terminal,
        )
