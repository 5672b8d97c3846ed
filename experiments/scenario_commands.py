"""Commands about scenarios: what there is, write one, check one."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments.console import friendly_errors, print_json
from experiments.interview.firm import scenario_of
from experiments.interview.summary import distances, summary
from experiments.interview.terminal import interview
from experiments.options import Json
from experiments.scenario_file import render
from simulation.dials import DIAL_NOTES, DIALS
from simulation.errors import Problem, ScenarioError
from simulation.file_schema import file_schema
from simulation.io import shipped, write_new
from simulation.regime import Regime
from simulation.scenario import Scenario

NewFile = Annotated[str, typer.Argument(metavar="FILE", help="YAML file to write.")]
CheckedFile = Annotated[str, typer.Argument(metavar="FILE", help="Scenario to check.")]
Like = Annotated[
    str | None,
    typer.Option(metavar="SCENARIO", help="Scenario to start from; services_firm by default."),
]
Ask = Annotated[bool, typer.Option("--ask", help="Answer questions about your own firm.")]
INTERRUPTED = 130


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


def new(file: NewFile, like: Like = None, ask: Ask = False, json: Json = False) -> None:
    """Write a complete scenario file with comments, to be changed at will."""
    path = Path(file)
    _check_new(path, like, ask)
    if ask:
        _interviewed(path, json)
        return
    like = like or "services_firm"
    write_new(path, render(Scenario.load(like), path.stem))
    if json:
        print_json({"file": str(path), "like": like})
    else:
        typer.echo(f"Wrote {path}. Check it with: raison validate {path}")


def _check_new(path: Path, like: str | None, ask: bool) -> None:
    """Refuse before the first question what would be refused after the last."""
    file = str(path)
    if path.suffix not in (".yaml", ".yml"):
        raise ScenarioError([Problem(file, None, "", "another ending", "a name ending in .yaml")])
    if not ask:
        return
    if like is not None:
        raise ScenarioError([Problem(field="--ask", given="--like as well", allowed="one of them")])
    if path.exists():
        raise ScenarioError(
            [Problem(file, None, "", "a file that exists", "the path of a new file")]
        )
    if not path.parent.is_dir():
        raise ScenarioError(
            [Problem(file, None, "", "a folder that is not there", "a folder that exists")]
        )


def _interviewed(path: Path, json: bool) -> None:
    console = Console(stderr=json, highlight=False)
    try:
        draft, answers = interview(console)
    except KeyboardInterrupt:
        typer.echo("\nStopped; nothing was written.", err=True)
        raise typer.Exit(INTERRUPTED) from None
    scenario = scenario_of(draft, path.stem)
    remarks = [f"{key}: {said}" for key, said in answers.items()]
    write_new(path, render(scenario, path.stem, ("Written from these answers:", *remarks)))
    told = summary(draft, scenario)
    nearest = distances(scenario.regime)[0][0]
    other = "customer_first" if nearest != "customer_first" else "internal_customer"
    if json:
        print_json({"file": str(path), "answers": answers, "summary": told, "nearest": nearest})
        return
    console.print(Text("\nWhat was understood", "bold"))
    for paragraph in told:
        console.print(Text(f"\n{paragraph}"))
    console.print(Text(f"\nWrote {path}. Compare your rules with others:"))
    console.print(
        Text(f"  raison compare {shlex.quote(str(path))} --regimes own,{other}"), soft_wrap=True
    )


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
