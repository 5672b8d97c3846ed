"""The API behind the question over which two keys, and where, the better of two firms changes."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import Field, Strict

from experiments.frontier import Plan, plan
from experiments.webapp.explore import download, job_of, jobs_of
from experiments.webapp.job import Surveying
from experiments.webapp.limits import (
    MAP_POINTS,
    MAP_REPLICATIONS,
    MAP_STEPS,
    check_size,
    map_replications,
)
from experiments.webapp.question import Asked, Key, Question
from simulation import ScenarioError
from simulation.addresses import addresses
from simulation.errors import Problem, show

__all__ = ["AskedMap", "frontier_of", "router"]

router = APIRouter(prefix="/api")

Number = Annotated[float, Field(ge=-1e9, le=1e9)]
_HORIZON = ("horizon_years",)  # its address


class AskedAxis(Asked):
    """A key, and the range through which it goes."""

    key: Key
    low: Number
    high: Number

    @property
    def span(self) -> tuple[str, float, float]:
        """As `frontier` takes it."""
        return self.key, self.low, self.high


class AskedMap(Question):
    """A comparison, and the two keys over which to look where the better firm changes.

    Attributes
    ----------
    x, y : AskedAxis
        What goes along the map, and what goes up.
    metric : str
        The measure in which a firm is better.
    """

    x: AskedAxis
    y: AskedAxis
    metric: Annotated[str, Strict(), Field(max_length=100)] = "retention"


@router.post("/frontier")
async def frontier(asked: AskedMap, request: Request) -> dict[str, Any]:
    """Begin a map, or find the one that is there already; `job` is None for two equal firms."""
    visitor = request.client.host if request.client else ""
    jobs = jobs_of(request)
    # laying a map out takes a second or two, in which others wait
    found = await jobs.read(frontier_of, asked)
    return {"job": found and jobs.ask(found, visitor).as_dict()}


def frontier_of(asked: AskedMap) -> Plan | None:
    """The map to be made; None for two firms that live the same life all over it.

    The firms, their first seed and their names are those of the comparison; what it says of the
    two keys gives way to their ranges.

    Raises
    ------
    ScenarioError
        If anything is not allowed, or it would be too much.
    """
    for axis in (asked.x, asked.y):
        if axis.low >= axis.high:
            allowed = "an end above the beginning"
            given = f"from {show(axis.low)} to {show(axis.high)}"
            raise ScenarioError([Problem(field=axis.key, given=given, allowed=allowed)])
    firms = asked.design().cells
    base = asked.base()
    known = addresses(base.model_dump())
    taken = {known.get(axis.key) for axis in (asked.x, asked.y)}
    laid_out = partial(
        plan,
        base,
        asked.x.span,
        asked.y.span,
        # a changed regime may have the name of the other
        [firm.regime.model_copy(update={"name": name}) for name, firm in firms.items()],
        asked.metric,
        MAP_POINTS,
        seed=asked.seed,
        years=None if _HORIZON in taken else asked.years,
        overrides={k: value for k, value in asked.overrides.items() if known.get(k) not in taken},
    )
    # The largest firms of the map are at its corners.
    corners = laid_out(MAP_REPLICATIONS, steps=2).cells
    largest = {cell.label: cell.scenario for cell in corners}
    check_size(largest, 1)
    points = groupby(corners, lambda cell: cell.point)
    if all(len({cell.scenario.digest for cell in cells}) == 1 for _, cells in points):
        return None
    return laid_out(map_replications(largest), steps=MAP_STEPS)


@router.get("/frontiers/{frontier}/map.csv")
async def table(frontier: str, request: Request) -> Response:
    """Every place of the map, in every measure, as CSV."""
    job = job_of(frontier, request)
    if not isinstance(job, Surveying):
        raise HTTPException(404, "a map")
    if job.result is None:
        raise HTTPException(409, "a map with some points finished")
    scenario, text = await jobs_of(request).read(_csv, job)
    return download(text, "text/csv", scenario, "map.csv")


def _csv(job: Surveying) -> tuple[str, str]:
    found = job.found()
    assert found is not None
    return found.scenario, found.table.to_csv(index=False, lineterminator="\r\n")  # RFC 4180
