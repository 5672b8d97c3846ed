"""Commands about scenarios: what there is, write one, check one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from experiments.console import friendly_errors, print_json
from experiments.scenario_file import render
from simulation.dials import DIAL_NOTES, DIALS
from simulation.errors import Problem, ScenarioError
from simulation.file_schema import file_schema
from simulation.io import shipped, write_new
from simulation.regime import Regime
from simulation.scenario import Scenario

Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
NewFile = Annotated[str, typer.Argument(metavar="FILE", help="YAML file to write.")]
CheckedFile = Annotated[str, typer.Argument(metavar="FILE", help="Scenario to check.")]
Like = Annotated[str, typer.Option(metavar="SCENARIO", help="Scenario to start from.")]


def register(app: typer.Typer) -> None:
    """Add `scenarios`, `regimes`, `validate`, `new` and `schema` to a command line."""
    for command in (scenarios, regimes, validate, new, schema):
        app.command()(friendly_errors()(command))


def scenarios(json: Json = False) -> None:
    """List the scenarios that come with raison."""
    found = {name: Scenario.load(name).describes for name in shipped("scenario")}
    if json:
        print_json([{"name": name, "describes": text} for name, text in found.items()])
    else:
        _print_names(found)


def regimes(json: Json = False) -> None:
    """List the regimes that come with raison, and what their dials mean."""
    found = [Regime.load(name) for name in shipped("regime")]
    if json:
        print_json(
            {
                "regimes": [regime.model_dump(mode="json") for regime in found],
                "dials": [
                    {
                        "name": dial,
                        "meaning": note.meaning,
                        "price": note.price,
                        "claims": list(note.claims),
                    }
                    for dial, note in DIAL_NOTES.items()
                ],
            }
        )
        return
    _print_names({regime.name: regime.describes for regime in found})
    typer.echo("\nDials (0 to 1):")
    for dial in DIALS:
        values = ", ".join(f"{regime.name} {getattr(regime, dial):g}" for regime in found)
        typer.echo(f"\n{dial}\n  {DIAL_NOTES[dial]}\n  {values}")


def validate(file: CheckedFile, json: Json = False) -> None:
    """Check a scenario file; says what is wrong, where, and what is allowed."""
    try:
        scenario = Scenario.load(file)
    except ScenarioError as error:
        if json:
            print_json({"valid": False, "problems": [_described(p) for p in error.problems]})
        raise
    if json:
        print_json({"valid": True, "name": scenario.name, "digest": scenario.digest})
    else:
        typer.echo(f"{file}: {scenario.name} is fine ({scenario.digest[:12]})")


def new(file: NewFile, like: Like = "services_firm", json: Json = False) -> None:
    """Write a complete scenario file with comments, to be changed at will."""
    path = Path(file)
    if path.suffix not in (".yaml", ".yml"):
        raise ScenarioError([Problem(file, None, "", "another ending", "a name ending in .yaml")])
    text = render(Scenario.load(like), path.stem)
    write_new(path, text)
    if json:
        print_json({"file": str(path), "like": like})
    else:
        typer.echo(f"Wrote {path}. Check it with: raison validate {path}")


def schema(json: Json = False) -> None:
    """Print the JSON Schema of scenario files."""
    print_json(file_schema())


def _described(problem: Problem) -> dict[str, object]:
    return {
        "file": problem.file,
        "line": problem.line,
        "field": problem.field,
        "given": problem.given,
        "allowed": problem.allowed,
        "nearest": problem.nearest,
    }


def _print_names(found: dict[str, str]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column()
    for name, describes in found.items():
        table.add_row(name, describes)
    Console().print(table)
