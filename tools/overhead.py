"""What it costs to keep runs beside making them: `python -m tools.overhead`.

The same runs are made four times in turn: bare, packed in memory, kept in a store, and kept in a
store by two workers. Times are CPU seconds of one process, or wall-clock seconds where there are
two; each is given beside the bare runs of the same round, since machines are noisy.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from experiments.runner import local, run_into
from experiments.runs import MemoryRuns, RunSpec
from experiments.store import Store
from simulation import Scenario, resolve, simulate, warm_up

SCENARIO, YEARS = "small_firm", 5.0
RUNS, ROUNDS = 40, 5


def bare(specs: Sequence[RunSpec]) -> None:
    """The runs and their summaries, for themselves."""
    for spec in specs:
        simulate(spec.scenario, seed=spec.seed, events="none").summary()


def packed(specs: Sequence[RunSpec]) -> None:
    """The same through the runner, in memory."""
    run_into(MemoryRuns(), specs)


def stored(specs: Sequence[RunSpec]) -> None:
    """The same, kept on disk."""
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder)) as store:
        run_into(store, specs)
        store.close_part()


def timed(work: Callable[[Sequence[RunSpec]], None], specs: Sequence[RunSpec]) -> float:
    """CPU seconds of this process, a run."""
    start = time.process_time()
    work(specs)
    return (time.process_time() - start) / len(specs)


def main() -> None:
    """Measure, and print a table."""
    warm_up()
    firm: Scenario = resolve(SCENARIO, None, None, YEARS)
    seeds = count()
    bare([RunSpec(firm, "first", next(seeds))])
    times: dict[str, list[float]] = {work.__name__: [] for work in (bare, packed, stored)}
    walls: list[float] = []
    for _ in range(ROUNDS):
        specs = [RunSpec(firm, "cell", next(seeds)) for _ in range(RUNS)]
        for work in (bare, packed, stored):
            times[work.__name__].append(timed(work, specs))
        with (
            tempfile.TemporaryDirectory() as folder,
            Store(Path(folder)) as store,
            local(2) as crowd,
        ):
            run_into(store, specs[:4], crowd)  # the workers have started
            start = time.perf_counter()
            run_into(store, specs, crowd)
            store.close_part()
            walls.append((time.perf_counter() - start) / (RUNS - 4))
    table = Table("", "ms a run", "over the bare run", "1 000 runs, s", box=None)
    for name, of in times.items():
        extra = median(t / b - 1 for t, b in zip(of, times["bare"], strict=True))
        table.add_row(f"{name}, CPU", *_row(median(of), extra))
    extra = median(2 * w / b - 1 for w, b in zip(walls, times["bare"], strict=True))
    table.add_row("stored, two workers, wall", *_row(median(walls), extra))
    Console().print(f"{SCENARIO}, {YEARS:g} years, {ROUNDS} rounds of {RUNS} runs", table)


def _row(seconds: float, extra: float) -> tuple[str, str, str]:
    return f"{1000 * seconds:.0f}", f"{100 * extra:+.1f} %", f"{1000 * seconds:.0f}"


if __name__ == "__main__":
    main()
