"""Options that several commands share."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from experiments import progress
from experiments.cluster import cluster as connected
from experiments.compare import REGIMES
from experiments.conduct import Means, carry_out_shard
from experiments.console import SOME_FAILED, print_json, told_when_stopped
from experiments.runs import Keep
from experiments.study import Shard, Study
from simulation import Scenario
from simulation.errors import Problem, ScenarioError, show

ScenarioName = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A name from `raison scenarios`, or a file.")
]
Years = Annotated[float | None, typer.Option(help="Horizon in years; the scenario's by default.")]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Put a value over the scenario; repeatable."),
]
TwoRegimes = Annotated[str, typer.Option(metavar="A,B", help="Two regimes; own is the scenario's.")]
COMPARED = ",".join(REGIMES)
StudyFolder = Annotated[
    Path, typer.Option(help="Folder for runs and results; new, or where the same was begun.")
]
Seed = Annotated[int, typer.Option(help="Seed of the first replication.")]
Workers = Annotated[int | None, typer.Option(help="Processes; one per processor by default.")]
Cluster = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Scheduler of a Dask cluster whose workers run it."),
]
ShardOf = Annotated[
    str | None,
    typer.Option(
        "--shard", metavar="I/N", help="Run the I-th of N parts; without it, what is left of all."
    ),
]
Replace = Annotated[bool, typer.Option("--replace", help="Replace another study in the folder.")]
Retry = Annotated[bool, typer.Option("--retry", help="Run again what failed.")]
Csv = Annotated[bool, typer.Option("--csv", help="Write CSV files as well.")]
Json = Annotated[bool, typer.Option("--json", help="Print the results as JSON.")]


def parse_sets(texts: Sequence[str]) -> dict[str, Any]:
    """Read `KEY=VALUE` options; the value is YAML, so that 3 is a number and true a truth value.

    Raises
    ------
    ScenarioError
        If a text is not of this form.
    """
    values: dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise _wrong_set(text, "KEY=VALUE")
        try:
            values[key.strip()] = YAML(typ="safe", pure=True).load(value)
        except YAMLError:
            raise _wrong_set(text, "a value that YAML can read") from None
    return values


@contextmanager
def means_of(
    what: str,
    out: Path | None,
    workers: int | None,
    cluster: str | None,
    *,
    replace: bool,
    retry: bool,
) -> Iterator[Means]:
    """How a study is carried out, from the options of a command; its progress is shown.

    Raises
    ------
    ScenarioError
        If the options are wrong, or the cluster cannot be used.
    """
    if workers is not None and workers < 1:
        raise ScenarioError([Problem(field="workers", given=str(workers), allowed="1 or more")])
    if out is None and (replace or retry):
        option = "--replace" if replace else "--retry"
        problem = Problem(field=option, given="without --out", allowed="with --out DIR")
        raise ScenarioError([problem])
    if cluster and workers:
        problem = Problem(field="--cluster", given="with --workers", allowed="one of the two")
        raise ScenarioError([problem])
    with told_when_stopped(out), progress.shown(what) as tell:
        means = Means(out, replace, retry, workers, None, tell)
        if cluster is None:
            yield means
        else:
            with connected(cluster) as crowd:
                yield dataclasses.replace(means, crowd=crowd)


def run_part(
    study: Study, cells: Mapping[str, Scenario], means: Means, part: Shard,
    keep: Keep = Keep.SERIES, *, json: bool,
) -> None:  # fmt: skip
    """Run one part of a study, and say how to put the parts together."""
    index = carry_out_shard(study, cells, means, part, keep=keep)
    failed = int((index["status"] != "ok").sum())
    if json:
        print_json({"shard": str(part), "runs": len(index), "failed": failed})
    else:
        typer.echo(
            f"Part {part} is done: {len(index)} runs, {failed} of them failed. When all parts lie "
            "in the folder, the same command without --shard puts them together."
        )
    if failed:
        raise typer.Exit(SOME_FAILED)


def parse_precision(texts: Sequence[str], default: str = "retention") -> dict[str, float]:
    """Read `WIDTH` or `MEASURE=WIDTH` options.

    Raises
    ------
    ScenarioError
        If a width is not a number.
    """
    widths = {}
    for text in texts:
        name, equals, width = text.rpartition("=")
        try:
            widths[name.strip() if equals else default] = float(width)
        except ValueError:
            allowed = "a width such as 0.01, or MEASURE=WIDTH"
            problem = Problem(field="--precision", given=show(text), allowed=allowed)
            raise ScenarioError([problem]) from None
    return widths


def parse_names(text: str) -> list[str]:
    """Names between commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def _wrong_set(text: str, allowed: str) -> ScenarioError:
    return ScenarioError([Problem(field="--set", given=show(text), allowed=allowed)])
