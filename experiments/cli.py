"""The command line: `raison ...`."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from experiments import compare_command, progress, scenario_commands, show
from experiments.attribution import command as attribute_command
from experiments.biography import command as why_command
from experiments.compare import check_seeds
from experiments.console import friendly_errors, print_json, told_failures
from experiments.discovery import command as discover_command
from experiments.fit import command as calibrate_command
from experiments.frontier import command as frontier_command
from experiments.happenings import happenings_in
from experiments.options import Csv, Json, ScenarioName, Sets, Years, parse_sets
from experiments.provenance import command as number_command
from experiments.report import command as report_command
from experiments.result_folder import check_folder, plain, result_folder
from experiments.sensitivity import command as sensitivity_command
from experiments.sweep import command as sweep_command
from experiments.webapp import command as serve_command
from simulation import resolve, simulate, warm_up

app = typer.Typer(
    help="Twin firms, one difference: how they reward and inform their people.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Events(StrEnum):
    """How much of a run goes into its event log."""

    losses = "losses"
    all = "all"
    none = "none"


Out = Annotated[
    Path | None, typer.Option(help="Folder for the results; new, or an earlier result.")
]


@app.command()
@friendly_errors()
def run(
    scenario: ScenarioName,
    regime: Annotated[
        str | None, typer.Option(help="A name or a file; the scenario's own by default.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the run.")] = 0,
    years: Years = None,
    set_: Sets = None,
    out: Out = None,
    events: Annotated[Events, typer.Option(help="What the event log keeps.")] = Events.losses,
    csv: Csv = False,
    json: Json = False,
) -> None:
    """Run one firm: its summary and its course."""
    check_seeds(seed)
    firm = resolve(scenario, regime, parse_sets(set_ or []), years)
    if out:
        check_folder(out)
    progress.announce_compilation()
    warm_up()
    with told_failures():
        record = simulate(firm, seed=seed, events=events.value)
    summary = record.summary()
    if out:
        with result_folder(out) as folder:
            record.save(folder, csv=csv)
    title = {"scenario": firm.name, "regime": firm.regime.name, "seed": seed}
    if json:
        print_json(plain({**title, "summary": summary}))
        return
    heading = " · ".join([firm.name, firm.regime.name, f"seed {seed}", f"{firm.weeks} weeks"])
    show.print_run(heading, summary, record.series, happenings_in(firm))
    if out:
        show.console().print(f"\nWritten to {out}", soft_wrap=True)


def main() -> None:
    """Entry point of `raison`."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a sign gets a question mark, not a traceback.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    app()


compare_command.register(app)
scenario_commands.register(app)
why_command.register(app)
report_command.register(app)
sweep_command.register(app)
attribute_command.register(app)
frontier_command.register(app)
number_command.register(app)
calibrate_command.register(app)
discover_command.register(app)
sensitivity_command.register(app)
serve_command.register(app)

if __name__ == "__main__":
    main()
