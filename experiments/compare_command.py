"""The command that compares, and how it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments import show
from experiments.biography.command import command_for
from experiments.compare import Comparison, design
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
    Workers,
    Years,
    means_of,
    parse_names,
    parse_precision,
    parse_sets,
    run_part,
)
from experiments.result_folder import PICTURES
from experiments.study import AUTO, Shard, WarmUpRule, check_study_folder
from simulation.errors import Problem, ScenarioError
from simulation.errors import show as shown

Out = Annotated[
    Path | None,
    typer.Option(help="Folder for runs and results; new, or one where the same was begun."),
]


def register(app: typer.Typer) -> None:
    """Add `compare` to a command line."""
    app.command()(friendly_errors()(compare))


def compare(
    scenario: ScenarioName,
    regimes: Annotated[
        str,
        typer.Option(
            metavar="A,B,...",
            help="Two or more, each compared with the first; own is the scenario's.",
        ),
    ] = COMPARED,
    replications: Annotated[
        int | None, typer.Option(help="Pairs of runs, 8 by default; with --precision, at most.")
    ] = None,
    precision: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[MEASURE=]WIDTH",
            help="Add replications until the difference is clear of zero or its interval narrower "
            "than WIDTH; in customers kept unless told; repeatable.",
        ),
    ] = None,
    warm_up: Annotated[
        str, typer.Option(metavar="WEEKS", help="Weeks to leave out of the measures, or auto.")
    ] = "0",
    seed: Seed = 0,
    years: Years = None,
    set_: Sets = None,
    workers: Workers = None,
    cluster: Cluster = None,
    shard: ShardOf = None,
    out: Out = None,
    replace: Replace = False,
    retry: Retry = False,
    csv: Csv = False,
    json: Json = False,
) -> None:
    """Run the same firm under each regime and compare the runs pair by pair."""
    overrides, names = parse_sets(set_ or []), parse_names(regimes)
    weeks, widths = _parse_warm_up(warm_up), parse_precision(precision or [])
    part = Shard.parse(shard) if shard else None
    asked = design(scenario, names, replications, seed, years, overrides, widths, weeks)
    if out:
        check_study_folder(out, asked.study, replace=replace)
    options = {"replace": replace, "retry": retry}
    with means_of("comparing", out, workers, cluster, **options) as means:
        if part:
            run_part(asked.study, asked.cells, means, part, json=json)
            return
        result = asked.carry_out(means)
        if out and not result.table.empty:
            result.save(out, csv=csv)
    stories = [
        command_for(scenario, fate.uid, names[:2], seed, years, set_ or []) for fate in result.fates
    ]
    if json:
        print_json({**result.as_dict(), "stories": stories})
    elif not result.table.empty:
        show.print_comparison(result, stories)
        if out:
            _tell_files(out)
    if result.failed:
        _tell_failures(result)
        raise typer.Exit(SOME_FAILED)


def _tell_files(out: Path) -> None:
    files = ", ".join(f"{name}.png" for name in PICTURES.values())
    show.console().print(
        f"\nWritten to {out}: {files}; `raison report {out}` makes one page of it all",
        soft_wrap=True,
    )


def _tell_failures(result: Comparison) -> None:
    lost = "; no pair is left to compare" if result.table.empty else ""
    tell_failures(result.runs, "{regime}", lost)


def _parse_warm_up(text: str) -> WarmUpRule:
    if text == AUTO:
        return AUTO
    if text.isdecimal():
        return int(text)
    allowed = "a number of weeks, or auto"
    raise ScenarioError([Problem(field="--warm-up", given=shown(text), allowed=allowed)])
