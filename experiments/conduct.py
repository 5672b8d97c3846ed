"""Carrying out a study: what is missing is run, wherever it is kept and whoever runs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from experiments.results import Results
from experiments.runner import Crowd, Progress, local, run_into
from experiments.runs import Keep, MemoryRuns, Run, Runs, RunSpec, run_one
from experiments.statistics.stopping import settled_at
from experiments.store import Store, StoredRuns
from experiments.study import Shard, Study, check_study_folder, study_store
from experiments.workers import available_cores
from simulation import Scenario, ScenarioError
from simulation.errors import Problem, show

_STEP = 0.1  # replications that are added at a time, as a share of those that are there


@dataclass(frozen=True)
class Means:
    """How a study is carried out; none of it changes what comes out.

    Attributes
    ----------
    folder : Path, optional
        Where runs are kept as soon as they are finished; what is there already is not run again.
    replace : bool
        Whether another study in the folder may be replaced; runs that both share are kept.
    retry : bool
        Whether runs that failed before are run again.
    workers : int, optional
        Processes on this machine, by default one per processor; 1 runs in this process.
    crowd : Crowd, optional
        Who runs it in place of those: any executor, such as that of a cluster.
    progress : callable, optional
        Called with (finished, total); see `run_into`.
    """

    folder: Path | None = None
    replace: bool = False
    retry: bool = False
    workers: int | None = None
    crowd: Crowd | None = None
    progress: Progress | None = None


def carry_out(
    study: Study, cells: Mapping[str, Scenario], means: Means, *, keep: Keep = Keep.SERIES,
    run: Run = run_one,
) -> tuple[Runs, int]:  # fmt: skip
    """Run what is missing.

    Parameters
    ----------
    study : Study
        What is asked.
    cells : mapping of str to Scenario
        The resolved scenario of each of its cells, by label.
    means : Means
        How it is done.
    keep : Keep
        What is kept of a run; with weekly series, all of the first replication.
    run : callable
        A module-level function that makes a run.

    Returns
    -------
    runs : Runs
        Where they are.
    replications : int
        How many count: all, or those after which the precision was reached.

    Raises
    ------
    ScenarioError, StoreError
        If the input is wrong, or the folder cannot be used.
    """
    with keeper_of(study, means) as runs, crowd_of(means, len(cells) * study.replications) as crowd:
        count = study.replications
        if study.precision:
            count = min(study.precision.least, count)
        while True:
            run_into(runs, _specs(study, cells, count, keep), crowd, means.progress, run)
            reached = reached_at(study, runs, count)
            if reached or count == study.replications:
                break
            count = min(study.replications, count + max(1, round(_STEP * count)))
        return closed(runs), reached or count


def carry_out_shard(
    study: Study, cells: Mapping[str, Scenario], means: Means, shard: Shard,
    *, keep: Keep = Keep.SERIES,
) -> pd.DataFrame:  # fmt: skip
    """Run one part of a study in a folder of its own inside that of the study.

    Once the parts lie there, carrying out the study itself takes them over.

    Returns
    -------
    DataFrame
        The index of the runs of this part; see `Runs.index`.

    Raises
    ------
    ScenarioError, StoreError
        If the input is wrong, there is no folder or it cannot be used, or it is not known before
        how many replications there will be.
    """
    if means.folder is None or study.precision:
        allowed = "with --out, and with --replications in place of --precision"
        raise ScenarioError([Problem(field="--shard", given=str(shard), allowed=allowed)])
    check_study_folder(means.folder, study, replace=means.replace)
    own = replace(means, folder=shard.folder(means.folder))
    specs = shard.of_all(_specs(study, cells, study.replications, keep))
    with keeper_of(study, own) as runs, crowd_of(own, len(specs)) as crowd:
        run_into(runs, specs, crowd, means.progress)
        return closed(runs).index()


def finished(study: Study, runs: Runs) -> int:
    """How many replications of a study count so far: all of their runs are there."""
    done = Results(runs, study.cells, study.seed, study.replications).summaries
    unfinished = done.loc[done["status"].isna(), "replication"]
    count = study.replications if unfinished.empty else int(unfinished.min())
    return (reached_at(study, runs, count) if count else None) or count


@contextmanager
def keeper_of(study: Study, means: Means) -> Iterator[Store | MemoryRuns]:
    """Where the runs of a study go: into its folder, or into memory."""
    if means.folder is None:
        yield MemoryRuns()
        return
    with study_store(means.folder, study, replace=means.replace) as store:
        if means.retry:
            store.forget_failures()
        yield store


def closed(runs: Store | MemoryRuns) -> Runs:
    """The runs when all are there: to be read only."""
    if isinstance(runs, MemoryRuns):
        return runs
    runs.close_part()
    return StoredRuns(runs.folder)


def crowd_of(means: Means, runs: int) -> AbstractContextManager[Crowd | None]:
    """Who makes so many runs at most."""
    if means.crowd is not None:
        return nullcontext(means.crowd)
    return local(min(means.workers or available_cores(), runs))


def reached_at(study: Study, runs: Runs, replications: int) -> int | None:
    """After how many of these replications each difference was clear or narrow enough, if it was.

    Raises
    ------
    ScenarioError
        If the runs do not have a measure that decides.
    """
    precision = study.precision
    if precision is None:
        return None
    weeks = 0 if isinstance(study.warm_up, str) else study.warm_up
    results = Results(runs, study.cells, study.seed, replications, weeks)
    first, *others = study.regimes
    sequences = []
    for name, width in precision.widths.items():
        if name not in results.summaries or results.summaries[name].isna().all():
            allowed = "a measure that the runs of this firm have"
            raise ScenarioError([Problem(field="precision", given=show(name), allowed=allowed)])
        values = results.wide(name)
        sequences += [((values[first] - values[b]).to_numpy(float), width) for b in others]
    return settled_at(sequences, precision.alpha, precision.tightest_at, precision.least)


def _specs(study: Study, cells: Mapping[str, Scenario], count: int, keep: Keep) -> list[RunSpec]:
    """Replication by replication, so that what has been run at any time is a design."""
    first = Keep.ALL if keep == Keep.SERIES else keep
    return [
        RunSpec(scenario, label, study.seed + r, keep if r else first)
        for r in range(count)
        for label, scenario in cells.items()
    ]
