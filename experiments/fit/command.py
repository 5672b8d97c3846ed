"""The command that fits a scenario to a firm's own figures, and what it prints."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from experiments import show
from experiments.console import SOME_FAILED, friendly_errors, print_json
from experiments.fit import REPLICATIONS, Fit, plan
from experiments.fit.columns import COLUMNS
from experiments.fit.data import Data
from experiments.fit.finding import TOLD, number
from experiments.fit.free import FORM, parse_fit
from experiments.metrics import Metric
from experiments.options import Cluster, Json, Retry, ScenarioName, Seed, Workers, means_of
from experiments.study import check_study_folder
from simulation.errors import Problem, ScenarioError

_SUFFIXES = (".yaml", ".yml")


def register(app: typer.Typer) -> None:
    """Add `calibrate` to a command line."""
    app.command()(friendly_errors()(calibrate))


def calibrate(
    scenario: ScenarioName,
    data: Annotated[
        str, typer.Option(metavar="FILE.csv", help="Your months; or the word example.")
    ],
    out: Annotated[Path, typer.Option(metavar="FILE.yaml", help="Scenario to write.")],
    fit: Annotated[
        list[str] | None,
        typer.Option(
            metavar=FORM,
            help="What to fit, and where to look; repeatable. By default what is `uncertain`.",
        ),
    ] = None,
    replications: Annotated[int, typer.Option(help="Runs of each point.")] = REPLICATIONS,
    trials: Annotated[
        int | None, typer.Option(help="Points to look at; more for more keys by default.")
    ] = None,
    warm_up: Annotated[
        int, typer.Option(metavar="WEEKS", help="Weeks that the model lives before your months.")
    ] = 0,
    seed: Seed = 0,
    folder: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where runs are kept; by default FILE-runs beside FILE."),
    ] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace FILE.yaml, and another study in the folder.")
    ] = False,
    retry: Retry = False,
    json: Json = False,
) -> None:
    """Fit a scenario to your own monthly figures, and say what they cannot tell."""
    _check_out(out, replace=replace)
    months = Data.read(data)
    keys = parse_fit(fit or [])
    asked = plan(scenario, months, keys, replications, trials, seed, warm_up=warm_up)
    kept = folder or out.with_name(f"{out.stem}-runs")
    check_study_folder(kept, asked.study, replace=replace)
    with means_of("fitting", kept, workers, cluster, replace=replace, retry=retry) as means:
        result = asked.carry_out(means)
        result.save(out, kept)
    if json:
        print_json({"file": str(out), **result.as_dict()})
    else:
        _print(result, out, kept)
    if result.failed:
        typer.echo(
            f"{result.failed} runs failed and do not count. The first: {result.found.first_error}",
            err=True,
        )
        raise typer.Exit(SOME_FAILED)


def _check_out(out: Path, *, replace: bool) -> None:
    """Refuse before the first run what would be refused after the last."""
    given = allowed = ""
    if out.suffix not in _SUFFIXES:
        given, allowed = "another ending", "a name ending in .yaml"
    elif out.is_dir():
        given, allowed = "a folder", "the path of a new file"
    elif not out.parent.is_dir():
        given, allowed = "a folder that is not there", "a folder that exists"
    elif not replace and out.exists():  # a figure alone is one whose scenario is still to come
        given, allowed = f"{out.name}, which exists", "a new name, or --replace"
    if given:
        raise ScenarioError([Problem(str(out), None, "--out", given, allowed)])


def _print(result: Fit, out: Path, kept: Path) -> None:
    """Print the finding, the keys, and data beside model."""
    console = show.console()
    console.print(f"\n{result.finding}.\n", style="bold", markup=False)
    console.print(_keys(result))
    console.print()
    console.print(_series(result))
    console.print(
        "off: distance of the model from the data, in units of what luck alone makes of such a "
        "firm; about 1 is as near as can be",
        style="dim",
    )
    for remark in result.remarks:
        console.print(f"• {remark}", markup=False)
    console.print(
        f"\nWritten: {out}, {out.with_suffix('.png').name}. What is possible of each key stands "
        f"there under `uncertain`:\n  raison sweep {shlex.quote(str(out))} --vary uncertain "
        f"--samples 60 --out DIR\nRuns are kept in {kept}, with the tables: parameters.csv, "
        "series.csv, months.csv",
        markup=False,
        soft_wrap=True,
    )


def _keys(result: Fit) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("fitted")
    for heading in ("looked for in", "before", "now", "still possible"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for key in result.keys:
        table.add_row(
            key.key, _span(key.given_low, key.given_high), number(key.before),
            number(key.fitted), _span(key.low, key.high), TOLD[key.told],
        )  # fmt: skip
    return table


def _span(low: float, high: float) -> str:
    return f"{number(low)} to {number(high)}"


def _series(result: Fit) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("months' mean")
    for heading in ("data", "model before", "model now", "off before", "off now"):
        table.add_column(heading, justify="right")
    for course in result.courses:
        column = COLUMNS[course.series]
        table.add_row(
            column.label, column.metric.value(course.data), column.metric.value(course.before),
            _with_noise(column.metric, course.model, course.noise), f"{course.off_before:.1f}",
            f"{course.off:.1f}",
        )  # fmt: skip
    return table


def _with_noise(measure: Metric, value: float, noise: float) -> str:
    return f"{measure.value(value)} ±{measure.difference(2 * noise, unit=False, sign=False)}"
