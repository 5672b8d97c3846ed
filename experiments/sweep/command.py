"""The command that sweeps, and what it prints."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from experiments import show
from experiments.console import SOME_FAILED, friendly_errors, print_json, tell_failures
from experiments.options import (
    COMPARED,
    Cluster,
    Csv,
    Json,
    Replace,
    Retry,
    ScenarioName,
    Seed,
    Sets,
    ShardOf,
    StudyFolder,
    Workers,
    Years,
    means_of,
    parse_names,
    parse_sets,
    run_part,
)
from experiments.runs import Keep
from experiments.study import Shard, check_study_folder
from experiments.sweep.cells import REPLICATIONS, plan
from experiments.sweep.design import FORM, UNCERTAIN, parse_vary, refused
from experiments.sweep.overview import overview
from experiments.sweep.result import Sweep
from simulation import Scenario


def register(app: typer.Typer) -> None:
    """Add `sweep` to a command line."""
    app.command()(friendly_errors()(sweep))


def sweep(
    scenario: ScenarioName,
    vary: Annotated[
        list[str],
        typer.Option(
            metavar="KEY=LOW:HIGH:N|KEY=a,b,c|uncertain",
            help=f"{FORM}; uncertain: all ranges that the scenario calls so; repeatable.",
        ),
    ],
    out: StudyFolder,
    regimes: Annotated[
        str,
        typer.Option(
            metavar="A,B,...",
            help="One, or more to compare with the first; own is the scenario's.",
        ),
    ] = COMPARED,
    replications: Annotated[
        int, typer.Option(help="Runs of each regime at every point.")
    ] = REPLICATIONS,
    samples: Annotated[
        int | None,
        typer.Option(metavar="N", help="A Latin hypercube of N points; then KEY=LOW:HIGH."),
    ] = None,
    seed: Seed = 0,
    years: Years = None,
    set_: Sets = None,
    workers: Workers = None,
    cluster: Cluster = None,
    shard: ShardOf = None,
    replace: Replace = False,
    retry: Retry = False,
    csv: Csv = False,
    json: Json = False,
) -> None:
    """Compare regimes at many points: a grid of values, or a Latin hypercube."""
    base, overrides = Scenario.load(scenario), parse_sets(set_ or [])
    if UNCERTAIN in vary and samples is None:
        raise refused("--vary", UNCERTAIN, f"{UNCERTAIN} with --samples N")
    varied = parse_vary(vary, {UNCERTAIN: base.uncertain})
    part = Shard.parse(shard) if shard else None
    names = parse_names(regimes)
    asked = plan(base, varied, names, replications, samples, seed, years, overrides)
    check_study_folder(out, asked.study, replace=replace)
    with means_of("sweeping", out, workers, cluster, replace=replace, retry=retry) as means:
        if part:
            run_part(asked.study, asked.scenarios, means, part, Keep.SUMMARY, json=json)
            return
        result = asked.carry_out(means)
        if not result.table.empty:
            result.save(out, csv=csv)
    if json:
        print_json(result.as_dict())
    elif not result.table.empty:
        _print(result, out)
    if result.failed:
        _tell_failures(result)
        raise typer.Exit(SOME_FAILED)


def _print(result: Sweep, folder: Path) -> None:
    """Print the finding, and over all points what became of each headline measure."""
    out = show.console()
    out.print(f"\n{result.finding}.\n", style="bold", markup=False)
    first, *others = result.regimes
    if others:
        for other in others:
            out.print(f"A: {first}    B: {other}", markup=False)
            out.print(_table(result, other))
            out.print()
        out.print("clear: the 95 % interval at the point leaves out zero", style="dim")
    else:
        out.print(_table(result, None))
    out.print(
        f"\nWritten to {folder}: figure.png, table.csv with every point, runs.parquet",
        soft_wrap=True,
    )


def _table(result: Sweep, other: str | None) -> Table:
    head, rows = overview(result, other)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, heading in enumerate(head):
        table.add_column(heading, justify="right" if 0 < place < len(head) - 1 else "left")
    for row in rows:
        table.add_row(*map(escape, row))
    return table


def _tell_failures(result: Sweep) -> None:
    lost = "; nothing is left to tell" if result.table.empty else ""
    tell_failures(result.runs, "point {point}, {regime}", lost)
