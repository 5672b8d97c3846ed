"""The command that asks what matters, and what it prints."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from experiments import show
from experiments.console import SOME_FAILED, friendly_errors, print_json, tell_failures
from experiments.metrics import metric
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
from experiments.sensitivity import REPLICATIONS, Sensitivity, plan
from experiments.sensitivity.factors import ASSUMED, FORM, is_assumed, plausible_ranges
from experiments.sensitivity.finding import interval, share, written
from experiments.sensitivity.methods import SAMPLES
from experiments.study import Shard, check_study_folder
from experiments.sweep.design import UNCERTAIN, parse_vary
from simulation import Scenario

_MOST_KEYS = 8


class Methods(StrEnum):
    """How it is found out."""

    morris = "morris"
    sobol = "sobol"


def register(app: typer.Typer) -> None:
    """Add `sensitivity` to a command line."""
    app.command()(friendly_errors()(sensitivity))


def sensitivity(
    scenario: ScenarioName,
    out: StudyFolder,
    method: Annotated[
        Methods, typer.Option(help="Screening of many keys, or shares of the variance of a few.")
    ] = Methods.morris,
    regimes: TwoRegimes = COMPARED,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            metavar=f"{FORM}|{UNCERTAIN}|{ASSUMED}",
            help=f"{FORM}; {UNCERTAIN}: the scenario's ranges; {ASSUMED}: all assumed coefficients "
            "within their plausible ranges, as without this option; repeatable.",
        ),
    ] = None,
    samples: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help=f"Trajectories ({SAMPLES['morris']}), or points of Sobol's sequence "
            f"({SAMPLES['sobol']}).",
        ),
    ] = None,
    replications: Annotated[
        int, typer.Option(help="Runs of either regime at every point.")
    ] = REPLICATIONS,
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
    """Which inputs matter: to both firms, to the gap between them, and to which is better."""
    base = Scenario.load(scenario)
    words = {UNCERTAIN: base.uncertain, ASSUMED: plausible_ranges()}
    varied = parse_vary(vary or [ASSUMED], words)
    part = Shard.parse(shard) if shard else None
    asked = plan(
        base, method.value, parse_names(regimes), varied, samples, replications, seed, years,
        parse_sets(set_ or []),
    )  # fmt: skip
    check_study_folder(out, asked.study, replace=replace)
    with means_of("varying", out, workers, cluster, replace=replace, retry=retry) as means:
        if part:
            run_part(asked.study, asked.cells, means, part, Keep.SUMMARY, json=json)
            return
        result = asked.carry_out(means)
        if result.headlines:
            result.save(out, csv=csv)
    if json:
        print_json(result.as_dict())
    elif result.headlines:
        _print(result, out)
    if result.failed:
        tell_failures(result.runs, "point {point}, {regime}")
        raise typer.Exit(SOME_FAILED)


def _print(result: Sensitivity, folder: Path) -> None:
    """Print the finding, the strongest keys of each gap, and what is not resolved."""
    out = show.console()
    out.print(f"\n{result.finding}.\n", style="bold", markup=False)
    a, b = result.regimes
    out.print(f"A: {a}    B: {b}    The gap A - B depends on:", markup=False)
    out.print(_table(result))
    if any(is_assumed(key) for key in result.keys):
        out.print("°: assumed, nobody has measured it", style="dim")
    for doubt in result.doubts:
        out.print(f"{doubt}.", markup=False, style="yellow")
    out.print(
        f"\nWritten to {folder}: figure.png, table.csv (all indices), runs.parquet", soft_wrap=True
    )


def _table(result: Sensitivity) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("measure")
    table.add_column("key")
    strength = "total share" if result.method == "sobol" else "moves it by"
    for heading in (strength, "95 % interval", *_more(result)):
        table.add_column(heading, justify="right")
    for measure in result.headlines:
        found = result.indices(measure, "gap")[:_MOST_KEYS]
        signs = dict(result.indices(measure, "sign"))
        for row, (key, index) in enumerate(found):
            label = metric(measure).label if row == 0 else ""
            name = f"{key} °" if is_assumed(key) else key
            turns = share(signs[key].strength) if key in signs else "–"
            if result.method == "sobol":
                rest = [share(index.more["S1"]), turns]
            else:
                rest = [metric(measure).difference(index.more["mu"]), turns]
            table.add_row(
                label, name, written(result, measure, index), interval(result, measure, index),
                *rest, end_section=row == len(found) - 1,
            )  # fmt: skip
    return table


def _more(result: Sensitivity) -> tuple[str, str]:
    if result.method == "sobol":
        return "by itself", "of the sign, in all"
    return "mean, with sign", "steps that turn the sign"
