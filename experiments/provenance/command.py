"""The command that says where a number comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments import progress, show
from experiments.console import SOME_FAILED, friendly_errors, print_json
from experiments.options import Json
from experiments.provenance import Number, Rerun, number, simulate_again
from experiments.result_folder import plain
from simulation.errors import Problem, ScenarioError
from simulation.parameters import PARAMETERS
from simulation.version import MODEL_VERSION, code_digest

_SHORT = 12  # letters of a digest
_TOLD = 6  # runs that are listed


def register(app: typer.Typer) -> None:
    """Add `number` to a command line."""
    app.command("number")(friendly_errors()(tell_number))


def tell_number(
    id: Annotated[str, typer.Argument(metavar="ID", help="Such as retention.difference.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A study's folder.")],
    again: Annotated[int, typer.Option(help="Replications to simulate again; 0 for none.")] = 1,
    json: Json = False,
) -> None:
    """Where does a number of a report come from? Its runs, its method, and some made again."""
    if again < 0:
        raise ScenarioError([Problem(field="again", given=str(again), allowed="0 or more")])
    found = number(folder, id)
    rerun = None
    if again:
        progress.announce_compilation()
        rerun = simulate_again(found, folder, again)
    if json:
        print_json(plain(_document(found, rerun)))
    else:
        _print(found, rerun)
    if rerun and not rerun.same:
        raise typer.Exit(SOME_FAILED)


def _document(found: Number, rerun: Rerun | None) -> dict[str, object]:
    return {
        "id": found.id,
        "value": found.value,
        "text": found.text,
        "what": found.what,
        "method": found.method,
        "warm_up": found.warm_up,
        "scenario": found.study.scenario,
        "model": MODEL_VERSION,
        "code": code_digest(),
        "asked": dict(found.study.asked),
        "assumed_coefficients": sorted(p.name for p in PARAMETERS.values() if p.assumed),
        "runs": found.runs.to_dict("records"),
        "again": rerun and {"same": rerun.same, "runs": rerun.runs.to_dict("records")},
    }


def _print(found: Number, rerun: Rerun | None) -> None:
    out = show.console()
    out.print(f"\n{found.id}: {found.text}\n", style="bold", markup=False)
    study, runs = found.study, found.runs
    seeds = sorted(set(runs["seed"]))
    assumed = sum(p.assumed for p in PARAMETERS.values())
    overrides = study.asked.get("overrides") or {}
    over = ", ".join(f"{key}={value}" for key, value in overrides.items())
    lines = {
        "what": found.what,
        "method": found.method,
        "runs": f"{len(runs)}, of {runs['label'].nunique()} firms, seeds {seeds[0]} to {seeds[-1]}",
        "left out": f"the first {found.warm_up} weeks of each run" if found.warm_up else "nothing",
        "scenario": f"{study.scenario}{f', with {over}' if over else ''}",
        "model": f"raison {MODEL_VERSION}, source {code_digest()[:_SHORT]}",
        "assumed": f"{assumed} of {len(PARAMETERS)} coefficients (docs/coefficients.md)",
    }
    for name, text in lines.items():
        out.print(f"{name:>9}  {text}", markup=False, soft_wrap=True)
    out.print()
    for row in runs.head(_TOLD).to_dict("records"):
        value = found.measure.value(float(row["value"]))
        line = f"{row['key'][:_SHORT]}  seed {row['seed']}  {row['label']}: {value}"
        out.print(f"           {line}", markup=False, style="dim")
    if len(runs) > _TOLD:
        out.print(f"           and {len(runs) - _TOLD} more (--json lists all)", style="dim")
    if rerun:
        count = len(rerun.runs)
        said = (
            f"{count} of these runs simulated again: the same to the last bit."
            if rerun.same
            else f"{count} simulated again, and {(~rerun.runs['same']).sum()} came out otherwise."
        )
        out.print(f"\n{said}", markup=False)
