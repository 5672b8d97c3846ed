"""Where over two keys the better of two regimes changes: runs are made where that is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from experiments.compare import AnyRegime
from experiments.conduct import Means
from experiments.frontier.plan import POINTS, REPLICATIONS, Plan, plan
from experiments.frontier.result import Frontier
from experiments.runner import Crowd, Progress
from simulation import Scenario

__all__ = ["POINTS", "REPLICATIONS", "Frontier", "Plan", "frontier", "plan"]


def frontier(
    scenario: Scenario | str | Path,
    x: tuple[str, float, float],
    y: tuple[str, float, float],
    regimes: Sequence[AnyRegime],
    metric: str = "retention",
    points: int = POINTS,
    replications: int = REPLICATIONS,
    seed: int = 0,
    years: float | None = None,
    overrides: Mapping[str, object] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    *,
    folder: Path | str | None = None,
    replace: bool = False,
    retry: bool = False,
    crowd: Crowd | None = None,
) -> Frontier:
    """Find where over two keys of a scenario the better of two regimes changes.

    Both regimes are run at some points of the map, all with the same luck; then where the sign of
    their gap is most open, until it is clear everywhere or there are enough points.

    Parameters
    ----------
    scenario : Scenario, str or Path
        The firm: an object, a shipped name, or a file.
    x, y : tuple of (str, float, float)
        A key and its range.
    regimes : sequence
        A and B; names, files, mappings or objects. `own` is the scenario's regime.
    metric : str
        The measure that decides where to run next, and which regime is better.
    points : int
        The most points that are run.
    replications : int
        Of both regimes at every point, two or more.
    seed, years, overrides, workers, progress, folder, replace, retry, crowd
        As for `experiments.compare`.

    Raises
    ------
    ScenarioError
        If the input is wrong; then nothing has run.
    StoreError
        If the folder cannot be used, or somebody else is at work on it.

    Examples
    --------
    >>> found = frontier(
    ...     "small_firm", ("market.turbulence", 0, 0.1), ("entitlement_gain", 0, 2),
    ...     ["customer_first", "internal_customer"],
    ... )  # doctest: +SKIP
    >>> print(found.finding)  # doctest: +SKIP
    """
    asked = plan(
        scenario, x, y, regimes, metric, points, replications, seed, years, overrides
    )  # fmt: skip
    where = Path(folder) if folder is not None else None
    return asked.carry_out(Means(where, replace, retry, workers, crowd, progress))
