"""How much one visitor may ask for, so that there is something left for the others."""

from __future__ import annotations

from simulation import Scenario, ScenarioError
from simulation.errors import Problem

BODY_BYTES = 256 * 1024
"""Most that a request may bring."""

REPLICATIONS = 200
"""Most replications of a comparison in the browser; the command line has no such limit."""

PERSON_WEEKS = 2_000_000_000
"""Most that a comparison may simulate: persons in the market x weeks x firms x replications."""

JOBS_PER_VISITOR = 3
"""Comparisons of one address at a time."""

JOBS = 16
"""Comparisons at a time."""

STUDIES_KEPT = 300
"""Comparisons kept on disk; those not looked at for longest go first."""

UNWATCHED_SECONDS = 15.0
"""A comparison at which nobody looks for so long is stopped; what is finished is kept."""


class TooManyError(Exception):
    """Somebody, or everybody together, asks for too much at a time."""


def check_size(cells: dict[str, Scenario], replications: int) -> None:
    """Refuse a comparison that would take hours.

    Raises
    ------
    ScenarioError
        If it is larger than `PERSON_WEEKS`.
    """
    weight = sum(cell.market.customers * cell.weeks for cell in cells.values())
    if weight * replications <= PERSON_WEEKS:
        return
    most = PERSON_WEEKS // max(weight, 1)
    allowed = f"{most} at most for firms and a horizon of this size" if most else (
        "a smaller market or a shorter horizon; the command line has no such limit"
    )  # fmt: skip
    raise ScenarioError([Problem(field="replications", given=str(replications), allowed=allowed)])
