"""Fit the neutral firm to its stylised facts (`make calibrate`), and ship what came out.

Covariance matrix adaptation (CMA-ES; Hansen & Ostermeier 2001) looks for coefficients that bring
the *neutral* firm well inside the range of every fact of `tools/facts.py` and move as little as
possible from where they started. No other regime is ever run. Every point is kept: after Ctrl-C, or
a crash, the same command goes on where it was.
"""

from __future__ import annotations

import json
import re
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from math import inf, isfinite, log
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from cmaes import CMA
from rich.console import Console

from simulation import Scenario, resolve, simulate, warm_up
from simulation.version import MODEL_VERSION
from simulation.workload import without_hours
from tools.facts import (
    FACTS,
    HALF_LIFE,
    REGIME,
    SCENARIO,
    YEARS,
    days_to_recover,
    means,
    measure,
)

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "out" / "calibration"
RESULT = ROOT / "tools" / "calibration.json"
TABLE = ROOT / "simulation" / "parameters.py"

GENERATIONS = 12
GENERATION = 14
SIGMA = 0.04  # first step, as a share of the logarithmic range of each coefficient
SEEDS = (0, 1)
FRESH_SEEDS = tuple(range(100, 108))  # the search has not seen them
COMFORT = 0.5  # half-widths from the middle of its range that a fact may be off at no cost
MOVE = 0.05  # cost of a move by the factor MUCH
MUCH = 1.5
DIGITS = 3


Values = dict[str, float]


@dataclass(frozen=True, slots=True)
class Free:
    """A coefficient that is fitted.

    Attributes
    ----------
    start : float
        Assumed before calibration, at the design of the model.
    low, high : float
        Range of the search.
    about : str
        The facts that it chiefly moves.
    """

    start: float
    low: float
    high: float
    about: str


FREE: Mapping[str, Free] = {
    "h0": Free(0.0085, 0.003, 0.03, "annual retention"),
    "propensity_shape": Free(0.7, 0.2, 5.0, "newcomers' hazard, early over late"),
    "lead_rate": Free(0.0075, 0.002, 0.03, "active customers, end over start"),
    "word_centre": Free(0.74, 0.6, 0.85, "word of mouth of an average customer"),
    "margin_sd": Free(1.0, 0.5, 1.6, "revenue from the best fifth"),
    "resolution_base": Free(0.88, 0.75, 1.0, "needs resolved, needs that came back"),
    "approval_delay": Free(0.5, 0.1, 1.0, "days until a need is met"),
    "demand_sd": Free(0.12, 0.04, 0.3, "days until a need is met, backlog"),
    "absence_sd": Free(0.12, 0.04, 0.3, "days until a need is met, backlog"),
    "overtime_from_days": Free(2.0, 0.5, 10.0, "days until a need is met"),
    "block_share": Free(0.04, 0.01, 0.15, "seats blocked"),
    "engagement_base": Free(0.18, 0.05, 0.4, "engagement"),
    "quit_rate": Free(0.12, 0.05, 0.3, "people who quit in a year"),
    "overhead_share": Free(0.2, 0.05, 0.5, "profit margin"),
    "change_step": Free(1.0, 0.3, 3.0, "offer's gap to needs"),
}


def loss(facts: Mapping[str, float], values: Values) -> float:
    """What the search makes small: squared discomfort of the facts, and squared moves.

    Parameters
    ----------
    facts : mapping
        Mean of each fact over the runs.
    values : mapping
        Coefficients with which they came about.
    """
    total = 0.0
    for fact in FACTS:
        if not fact.emergent:
            half = (fact.high - fact.low) / 2
            off = abs(facts[fact.name] - (fact.low + half)) / half
            total += max(0.0, off - COMFORT) ** 2 if isfinite(off) else inf
    for name, free in FREE.items():
        total += MOVE * (log(values[name] / free.start) / log(MUCH)) ** 2
    return total


def run(seed: int, values: Values) -> dict[str, float]:
    """The facts of one run, with standard hours that fit these coefficients."""
    scenario = without_hours(Scenario.load(SCENARIO))
    overrides = {f"parameters.{name}": value for name, value in values.items()}
    return measure(simulate(scenario, REGIME, seed, YEARS, overrides))


def observe(
    pool: Executor, points: Sequence[Values], seeds: Sequence[int]
) -> Iterator[dict[str, float]]:
    """Mean facts at each point, as they come."""
    futures = [[pool.submit(run, seed, values) for seed in seeds] for values in points]
    for runs in futures:
        yield means([run.result() for run in runs])


def rounded(values: Values) -> Values:
    """Values with as many digits as are shipped."""
    return {name: float(f"{value:.{DIGITS}g}") for name, value in values.items()}


class Diary:
    """What has been observed so far, a line of JSON per point, so that no point is run twice."""

    def __init__(self, file: Path) -> None:
        self.file = file
        file.parent.mkdir(parents=True, exist_ok=True)
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        self.known = dict(entry for line in text.splitlines() for entry in _entries(line))
        if text and not text.endswith("\n"):  # cut short while writing
            with file.open("a", encoding="utf-8") as lines:
                lines.write("\n")

    def look_up(self, values: Values) -> dict[str, float] | None:
        """The facts at this point, None if it has not been observed."""
        return self.known.get(json.dumps(values))

    def write(self, values: Values, facts: dict[str, float]) -> None:
        """Keep what was observed."""
        self.known[json.dumps(values)] = facts
        with self.file.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"values": values, "facts": facts}) + "\n")


def _entries(line: str) -> Iterator[tuple[str, dict[str, float]]]:
    """What a line says; nothing if it was cut short."""
    with suppress(json.JSONDecodeError):
        entry = json.loads(line)
        yield json.dumps(entry["values"]), entry["facts"]


def search(diary: Diary, pool: Executor, generations: int) -> Iterator[tuple[float, Values]]:
    """Walk through generations; yields the least loss so far and the point that has it.

    The walk is the same whenever it is begun: points that the diary knows are not run again.
    """
    start = {name: free.start for name, free in FREE.items()}
    low, high = np.log([(free.low, free.high) for free in FREE.values()]).T
    walk = CMA(
        mean=(np.log(list(start.values())) - low) / (high - low),
        sigma=SIGMA,
        bounds=np.tile([0.0, 1.0], (len(FREE), 1)),
        seed=1,
        population_size=GENERATION,
    )
    best = losses_at(diary, pool, [start])[0], start
    yield best
    for _ in range(generations):
        places = [walk.ask() for _ in range(GENERATION)]
        values = [np.exp(low + place * (high - low)).tolist() for place in places]
        points = [rounded(dict(zip(FREE, value, strict=True))) for value in values]
        losses = losses_at(diary, pool, points)
        walk.tell(list(zip(places, losses, strict=True)))
        best = min(best, *zip(losses, points, strict=True), key=lambda found: found[0])
        yield best


def losses_at(diary: Diary, pool: Executor, points: Sequence[Values]) -> list[float]:
    """Loss at each point; what had to be run for it is in the diary."""
    new = [values for values in points if diary.look_up(values) is None]
    for values, facts in zip(new, observe(pool, new, SEEDS), strict=True):
        diary.write(values, facts)
    return [loss(diary.look_up(values) or {}, values) for values in points]


def ship(values: Values) -> None:
    """Write the values into the table that the code reads."""
    text = TABLE.read_text(encoding="utf-8")
    for name, value in values.items():
        text, found = re.subn(rf'(Parameter\("{name}", )[^,]+,', rf"\g<1>{value:g},", text)
        if found != 1:
            raise LookupError(f"{name} stands {found} times in {TABLE}")
    _replace(TABLE, text)


def _replace(file: Path, text: str) -> None:
    """Write a file in one step: nobody ever sees half of it."""
    part = file.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)


def diary_file() -> Path:
    """Where points are kept: a name of its own for whatever decides what is observed at one.

    What is fitted does not: shipping a result must not send the next search back to its start.
    """
    fitted = {f"parameters.{name}": free.start for name, free in FREE.items()}
    scenario = without_hours(resolve(SCENARIO, REGIME, fitted, YEARS))
    decides = (MODEL_VERSION, scenario.digest, str(SEEDS), *(fact.name for fact in FACTS))
    return FOLDER / f"points-{sha256(repr(decides).encode()).hexdigest()[:12]}.jsonl"


def _leave_ctrl_c() -> None:
    """Let the parent alone answer Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def main() -> None:
    """Search, look at the best point with fresh luck, write result and coefficients."""
    console = Console()
    warm_up()
    diary = Diary(diary_file())
    try:
        with ProcessPoolExecutor(
            mp_context=get_context("spawn"), initializer=_leave_ctrl_c
        ) as pool:
            for done, best in enumerate(search(diary, pool, GENERATIONS)):
                console.print(f"{done:3d} of {GENERATIONS} generations, least loss {best[0]:.4f}")
            start = {name: free.start for name, free in FREE.items()}
            before, after = observe(pool, [start, best[1]], FRESH_SEEDS)
            across, within = (
                list(pool.map(days_to_recover, FRESH_SEEDS, [inside] * len(FRESH_SEEDS)))
                for inside in (False, True)
            )
    except KeyboardInterrupt:
        console.print(f"Stopped with {len(diary.known)} points; the same command goes on.")
        sys.exit(130)
    losses = (loss(before, start), loss(after, best[1]))
    after[HALF_LIFE.name] = sum(across) / sum(within)
    result = {
        "values": best[1],
        "loss": best[0],
        "fresh_loss_before": losses[0],
        "fresh_loss": losses[1],
        "points": 1 + GENERATIONS * GENERATION,
        "seeds": list(SEEDS),
        "move": MOVE,
        "much": MUCH,
        "fresh_seeds": list(FRESH_SEEDS),
        "start": before,
        "facts": after,
    }
    _replace(RESULT, json.dumps(result, indent=2) + "\n")
    ship(best[1])
    console.print(f"Written: {RESULT.name} and {TABLE.name}")


if __name__ == "__main__":
    main()
