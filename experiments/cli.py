"""The command line: `raison ...`."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from experiments import compare as compare_firms
from experiments import progress, scenario_commands, show
from experiments.biography import command as why_command
from experiments.compare import Comparison, check_seeds
from experiments.console import SOME_FAILED, friendly_errors, print_json, told_failures
from experiments.happenings import happenings_in
from experiments.options import Json, ScenarioName, Sets, Years, parse_names, parse_sets
from experiments.store import check_folder, plain, result_folder
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
def compare(
    scenario: ScenarioName,
    regimes: Annotated[
        str,
        typer.Option(
            metavar="A,B,...",
            help="Two or more, each compared with the first; own is the scenario's.",
        ),
    ] = "customer_first,internal_customer",
    replications: Annotated[int, typer.Option(help="Pairs of runs.")] = 8,
    seed: Annotated[int, typer.Option(help="Seed of the first replication.")] = 0,
    years: Years = None,
    set_: Sets = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes; one per processor by default.")
    ] = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Run the same firm under each regime and compare the runs pair by pair."""
    overrides = parse_sets(set_ or [])
    names = parse_names(regimes)
    if out:
        check_folder(out)
    with progress.shown("comparing") as tell:
        result = compare_firms(
            scenario,
            names,
            replications=replications,
            workers=workers,
            seed=seed,
            years=years,
            overrides=overrides,
            progress=tell,
        )
    if out and not result.table.empty:
        result.save(out)
    stories = [
        why_command.command_for(scenario, fate.uid, names[:2], seed, years, set_ or [])
        for fate in result.fates
    ]
    if json:
        print_json({**result.as_dict(), "stories": stories})
    elif not result.table.empty:
        show.print_comparison(result, stories)
        if out:
            show.console().print(
                f"\nWritten to {out}: figure.png has the outcomes, inside.png what happens inside, "
                "organisation.png who waits for whom, market.png the offer and the need, "
                "customers.png who pays and who stays",
                soft_wrap=True,
            )
    if result.failed:
        _tell_failures(result)
        raise typer.Exit(SOME_FAILED)


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
    csv: Annotated[bool, typer.Option("--csv", help="Write CSV files as well.")] = False,
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


def _tell_failures(result: Comparison) -> None:
    first = next(r for r in result.results if not r.ok)
    lost = "; no pair is left to compare" if result.table.empty else ""
    typer.echo(
        f"{result.failed} of {len(result.results)} runs failed{lost}. "
        f"The first: {first.label}, seed {first.seed}: {first.error}",
        err=True,
    )


scenario_commands.register(app)
why_command.register(app)

if __name__ == "__main__":
    main()
