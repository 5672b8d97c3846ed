"""The API behind the page that compares two firms."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse
from pydantic import Field

from experiments.comparison import Comparison
from experiments.metrics import metric
from experiments.organisation_layout import layout
from experiments.report.comparison_page import comparison_page
from experiments.result_folder import plain
from experiments.scenario_file import render
from experiments.webapp.job import Comparing, Job
from experiments.webapp.jobs import Jobs
from experiments.webapp.limits import OWN_CHARACTERS, REPLICATIONS
from experiments.webapp.question import Draft, Question, shipped_scenario
from experiments.webapp.security import as_error
from simulation import Regime, Scenario, ScenarioError
from simulation.dials import DIAL_NOTES, DIALS
from simulation.io import shipped
from simulation.parameters import PARAMETERS

__all__ = [
    "Question", "begun_job", "comparison_of", "download", "job_of", "jobs_of", "router",
    "shipped_scenario",
]  # fmt: skip

router = APIRouter(prefix="/api")

_LOOK_SECONDS = 0.05  # how often a stream looks for news
_TOLD = 20  # problems of a text
_ALIVE_EVERY = 200  # looks without news after which a stream says that it is alive
_NAME_MOST = 60  # letters of a file's name


@cache
def _catalogue() -> dict[str, Any]:
    regimes = [Regime.load(name) for name in shipped("regime")]
    scenarios = [shipped_scenario(name) for name in shipped("scenario")]
    return {
        "scenarios": [{"name": one.name, "describes": one.describes} for one in scenarios],
        "regimes": [
            {
                "name": one.name,
                "describes": one.describes,
                "dials": {dial: getattr(one, dial) for dial in DIALS},
                "departments": sorted(one.departments),
                "changes": one.changes,
            }
            for one in regimes
        ],
        "dials": [
            {"name": name, "meaning": note.meaning, "price": note.price, "claims": note.claims}
            for name, note in DIAL_NOTES.items()
        ],
        "parameters": [
            {
                "name": one.name,
                "default": one.default,
                "low": one.low,
                "high": one.high,
                "plausible": one.plausible,
                "unit": one.unit,
                "group": one.group,
                "meaning": one.meaning,
                "source": one.source,
                "assumed": one.assumed,
            }
            for one in PARAMETERS.values()
        ],
        "replications": REPLICATIONS,
        "own_characters": OWN_CHARACTERS,
        "own_bytes": 4 * OWN_CHARACTERS,  # no character of UTF-8 takes more
    }


@router.get("/catalogue")
def catalogue() -> JSONResponse:
    """What there is to choose from, and what it means."""
    return JSONResponse(_catalogue())


@router.get("/scenarios/{name}")
def scenario(name: str) -> JSONResponse:
    """One scenario: what a page lets its visitor change."""
    return JSONResponse(_shown(shipped_scenario(name)))


def _shown(found: Scenario) -> dict[str, Any]:
    """A scenario as data, with the places of its departments in a picture of 1 by 1."""
    kinds = {one.name: one.kind for one in found.organisation.departments}
    places = layout(kinds, width=1.0, height=1.0, margin=0.0).places
    data: dict[str, Any] = plain(found.model_dump(mode="json"))
    return {**data, "places": {name: [round(x, 3), round(y, 3)] for name, (x, y) in places.items()}}


@router.post("/check")
def check(draft: Draft) -> JSONResponse:
    """Check a scenario with its changes, as `raison validate` does.

    The answer has `problems`, each with its `line` where the scenario came as text; and if there
    are none `scenario`, before the changes.
    """
    try:
        draft.base().replace(draft.overrides)
        return JSONResponse({"problems": [], "scenario": _shown(draft.origin())})
    except ScenarioError as error:
        problems = [{**as_error(found), "line": found.line} for found in error.problems[:_TOLD]]
        return JSONResponse({"problems": problems, "more": max(0, len(error.problems) - _TOLD)})


@router.post("/scenario.yaml")
def scenario_file(question: Question, firm: Annotated[int, Field(ge=0, le=1)] = 0) -> Response:
    """The scenario of one of the two firms as a file."""
    cells = list(question.design().cells.values())
    asked = cells[firm]
    text = render(asked, asked.name, ["Written by the web app of raison."])
    return PlainTextResponse(text, media_type="application/yaml")


@router.post("/compare")
def compare(question: Question, request: Request) -> dict[str, Any]:
    """Begin a comparison, or find the answer that is there already."""
    visitor = request.client.host if request.client else ""
    return jobs_of(request).ask(question.design(), visitor).as_dict()


@router.get("/jobs/{name}")
def job(name: str, request: Request) -> dict[str, Any]:
    """How far a comparison, an attribution or a map is, and what it has found."""
    found = job_of(name, request)
    return {**found.as_dict(), "result": found.result}


@router.get("/jobs/{name}/events")
async def events(name: str, request: Request) -> StreamingResponse:
    """The same as it happens, as server-sent events: `result` and `state`."""
    return StreamingResponse(_news(job_of(name, request)), media_type="text/event-stream")


async def _news(found: Job[Any, Any]) -> AsyncIterator[str]:
    version, told, quiet = -1, None, 0
    while True:
        found.look()
        if found.version != version:
            version, result, quiet = found.version, found.result, 0
            if result is not told:
                told = result
                yield _event("result", result)
            state = found.as_dict()
            if found.over and found.result is not told:
                continue  # the last result came in between
            yield _event("state", state)
            if found.over:
                return
        quiet += 1
        if quiet % _ALIVE_EVERY == 0:
            yield ": still there\n\n"
        await asyncio.sleep(_LOOK_SECONDS)


def _event(kind: str, data: object) -> str:
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return f"event: {kind}\ndata: {text}\n\n"


@router.get("/jobs/{name}/trace")
async def trace(name: str, request: Request) -> Response:
    """The first pair week by week, for the player."""
    found = begun_job(name, request)
    return Response(await jobs_of(request).trace(found), media_type="application/json")


@router.get("/jobs/{name}/runs/{measure}")
async def runs(name: str, measure: str, request: Request) -> JSONResponse:
    """Every pair of runs behind one row of the table, in words."""
    job = begun_job(name, request)
    return JSONResponse({"runs": await jobs_of(request).read(_runs, job, measure)})


def _runs(job: Comparing, measure: str) -> list[dict[str, Any]]:
    found = comparison_of(job)
    rows = found.paired[found.paired["metric"] == measure]
    if rows.empty:
        raise HTTPException(404, "a measure of the table")
    write = metric(measure)
    return [
        {
            "seed": row["seed"],
            "a": write.value(row["A"]),
            "b": write.value(row["B"]),
            "difference": write.difference(row["difference"]),
        }
        for row in rows.to_dict("records")
    ]


@router.get("/jobs/{name}/{table}.csv")
async def table(name: str, table: str, request: Request) -> Response:
    """The paired table (`table`) or every pair of runs (`pairs`) as CSV."""
    if table not in ("table", "pairs"):
        raise HTTPException(404, "table.csv or pairs.csv")
    job = begun_job(name, request)
    scenario, text = await jobs_of(request).read(_csv, job, table)
    return download(text, "text/csv", scenario, f"{table}.csv")


def _csv(job: Comparing, table: str) -> tuple[str, str]:
    comparison = comparison_of(job)
    frame = comparison.table if table == "table" else comparison.paired
    return comparison.scenario, frame.to_csv(index=False, lineterminator="\r\n")  # RFC 4180


@router.get("/jobs/{name}/report.html")
async def report(name: str, request: Request) -> Response:
    """The comparison as one page: a download, for it brings its own styles."""
    jobs, job = jobs_of(request), begun_job(name, request)
    trace = await jobs.trace(job)
    async with jobs.drawing:
        scenario, text = await jobs.read(_report, job, trace)
    return download(text, "text/html", scenario, "report.html")


def _report(job: Comparing, trace: bytes) -> tuple[str, str]:
    comparison = comparison_of(job)
    return comparison.scenario, comparison_page(comparison, json.loads(trace))


def download(text: str, kind: str, scenario: str, rest: str) -> Response:
    """A file to be saved, named after a scenario."""
    # a scenario may have any name; a header may not
    stem = re.sub(r"[^\w-]+", "_", scenario, flags=re.ASCII)[:_NAME_MOST] or "raison"
    headers = {"content-disposition": f'attachment; filename="{stem}-{rest}"'}
    return Response(text, media_type=f"{kind}; charset=utf-8", headers=headers)


def jobs_of(request: Request) -> Jobs:
    """All comparisons of the server."""
    jobs: Jobs = request.app.state.jobs
    return jobs


def job_of(name: str, request: Request) -> Job[Any, Any]:
    """Whatever is carried out under this name; it is noted that somebody looks at it.

    Raises
    ------
    HTTPException
        If there is none.
    """
    found = jobs_of(request).get(name)
    if found is None:
        raise HTTPException(404, "what was asked for since the server started")
    found.look()
    return found


def comparison_of(job: Comparing) -> Comparison:
    """What is finished of a begun job; it takes a while, see `Jobs.read`."""
    found = job.found()
    assert found is not None
    return found


def begun_job(name: str, request: Request) -> Comparing:
    """A comparison of which at least one pair is finished.

    Raises
    ------
    HTTPException
        If there is none of this name, or no result of it.
    """
    found = job_of(name, request)
    if not isinstance(found, Comparing):
        raise HTTPException(404, "a comparison")
    if found.result is None:
        raise HTTPException(409, "a comparison with at least one pair finished")
    return found
