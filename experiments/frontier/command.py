"""The command that finds where the better regime changes."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from experiments import show
from experiments.console import SOME_FAILED, WRONG_INPUT, friendly_errors, print_json, tell_failures
from experiments.frontier import POINTS, REPLICATIONS, Frontier, plan
from experiments.metrics import metric as measure_of
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
    StudyFolder,
    TwoRegimes,
    Workers,
    Years,
    means_of,
    parse_names,
    parse_sets,
)
from experiments.study import check_study_folder
from experiments.sweep.design import parse_vary, refused

_FORM = "KEY=LOW:HIGH"
_HELP = {
    "nothing": "",
    "points": "More --points would narrow down where it changes.",
    "replications": "More --replications would narrow it down further; more points would not.",
}


def register(app: typer.Typer) -> None:
    """Add `frontier` to a command line."""
    app.command()(friendly_errors()(frontier))


def frontier(
    scenario: ScenarioName,
    x: Annotated[str, typer.Option(metavar=_FORM, help="A key and its range, along the map.")],
    y: Annotated[str, typer.Option(metavar=_FORM, help="A key and its range, up the map.")],
    out: StudyFolder,
    regimes: TwoRegimes = COMPARED,
    metric: Annotated[
        str, typer.Option(help="The measure in which one regime is better.")
    ] = "retention",
    points: Annotated[int, typer.Option(help="The most points that are run.")] = POINTS,
    replications: Annotated[
        int, typer.Option(help="Runs of each regime at every point.")
    ] = REPLICATIONS,
    seed: Seed = 0,
    years: Years = None,
    set_: Sets = None,
    workers: Workers = None,
    cluster: Cluster = None,
    replace: Replace = False,
    retry: Retry = False,
    csv: Csv = False,
    json: Json = False,
) -> None:
    """Where over two keys does the better regime change? Runs are made where that is open."""
    if importlib.util.find_spec("sklearn") is None:
        typer.echo("The map needs scikit-learn: pip install 'raison[research]'", err=True)
        raise typer.Exit(WRONG_INPUT)
    asked = plan(
        scenario, _axis("--x", x), _axis("--y", y), parse_names(regimes), metric, points,
        replications, seed, years, parse_sets(set_ or []),
    )  # fmt: skip
    check_study_folder(out, asked.study, replace=replace)
    with means_of("mapping", out, workers, cluster, replace=replace, retry=retry) as means:
        result = asked.carry_out(means)
        result.save(out, csv=csv)
    if json:
        print_json(result.as_dict())
    else:
        _print(result, out)
    if result.failed:
        tell_failures(result.runs, "{label}")
        raise typer.Exit(SOME_FAILED)


def _axis(option: str, text: str) -> tuple[str, float, float]:
    """Read `KEY=LOW:HIGH`."""
    ((key, given),) = parse_vary([text]).items()
    if not isinstance(given, tuple) or len(given) != 2:
        raise refused(option, text, f"{_FORM}, such as market.turbulence=0:0.1")
    low, high = given
    return key, low, high


def _print(result: Frontier, folder: Path) -> None:
    """Print the finding, and the shares of the map for every measure."""
    out = show.console()
    out.print(f"\n{result.finding}.\n", style="bold", markup=False)
    a, b = result.regimes
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("clearly better in")
    for heading in (a, b, "open"):
        table.add_column(heading, justify="right")
    for key, share in result.areas.items():
        cells = (f"{100 * share[name]:.0f} %" for name in ("A", "B", "open"))
        table.add_row(measure_of(key).label, *cells)
    out.print(table)
    out.print(
        f"\n{len(result.points)} points of {len(result.places)} were run, chosen for the first of "
        f"these measures; of the others the map knows less. {_HELP[result.would_help]}",
        style="dim",
    )
    out.print(
        f"\nWritten to {folder}: figure.png, table.csv with the whole map, runs.parquet",
        soft_wrap=True,
    )
