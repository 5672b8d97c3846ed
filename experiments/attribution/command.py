"""The command that divides a gap among its causes, and what it prints."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from experiments import show
from experiments.attribution import REPLICATIONS, Attribution, plan
from experiments.attribution.finding import named, numbers
from experiments.console import SOME_FAILED, friendly_errors, print_json, tell_failures
from experiments.metrics import Metric, metric
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
    TwoRegimes,
    Workers,
    Years,
    means_of,
    parse_names,
    parse_sets,
    run_part,
)
from experiments.runs import Keep
from experiments.study import Shard, check_study_folder


class Causes(StrEnum):
    """Among what a gap is divided."""

    dials = "dials"
    mechanisms = "mechanisms"


def register(app: typer.Typer) -> None:
    """Add `attribute` to a command line."""
    app.command()(friendly_errors()(attribute))


def attribute(
    scenario: ScenarioName,
    out: StudyFolder,
    regimes: TwoRegimes = COMPARED,
    of: Annotated[Causes, typer.Option(help="Among what the gap is divided.")] = Causes.dials,
    players: Annotated[
        str | None,
        typer.Option(
            metavar="X+Y,Z,...",
            help="Names joined by + move together; at most 8 players, the rest is one of them.",
        ),
    ] = None,
    replications: Annotated[int, typer.Option(help="Runs of each coalition.")] = REPLICATIONS,
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
    """Which dials, or mechanisms, make the gap between two regimes: shares that add up to it."""
    part = Shard.parse(shard) if shard else None
    of_players = None
    if players is not None:
        of_players = [parse_names(name.replace("+", ",")) for name in players.split(",")]
    asked = plan(
        scenario, parse_names(regimes), of.value, of_players, replications, seed, years,
        parse_sets(set_ or []),
    )  # fmt: skip
    check_study_folder(out, asked.study, replace=replace)
    with means_of("dividing", out, workers, cluster, replace=replace, retry=retry) as means:
        if part:
            run_part(asked.study, asked.cells, means, part, Keep.SUMMARY, json=json)
            return
        result = asked.carry_out(means)
        if not result.table.empty:
            result.save(out, csv=csv)
    if json:
        print_json(result.as_dict())
    elif not result.table.empty:
        _print(result, out)
    if result.failed:
        tell_failures(result.runs, "{label}")
        raise typer.Exit(SOME_FAILED)


def _print(result: Attribution, folder: Path) -> None:
    """Print the finding, the shares of each headline measure, and the strongest pairs."""
    out = show.console()
    out.print(f"\n{result.finding}.\n", style="bold", markup=False)
    a, b = result.regimes
    out.print(f"A: {a}    B: {b}    A - B is divided among:", markup=False)
    out.print(_table(result))
    for key in result.headlines:
        if told := _told_pair(result, metric(key)):
            out.print(told, markup=False, style="dim")
    out.print(
        f"\nWritten to {folder}: figure.png, table.csv (shares), pairs.csv (interactions), "
        "runs.parquet",
        soft_wrap=True,
    )


def _table(result: Attribution) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("")
    columns = []
    for key in result.headlines:
        heading, texts = numbers(result, metric(key))
        table.add_column(heading, justify="right")
        columns.append(texts)
    for name in result.parts(result.headlines[0]):
        table.add_row(named(name), *(texts[name] for texts in columns), end_section=name == "gap")
    return table


def _told_pair(result: Attribution, measure: Metric) -> str:
    found = result.strongest_pair(measure.key)
    if found is None:
        return ""
    (a, b), part = found
    interval = f"{measure.difference(part.low, unit=False)} to {measure.difference(part.high)}"
    together = measure.difference(part.mean)
    return f"{measure.label}: {a} with {b} {together} beyond what each makes alone ({interval})"
