"""The API behind the page that compares two firms."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, Strict

from experiments.compare import OWN, AnyRegime, Design, design
from experiments.report.comparison_page import comparison_page
from experiments.result_folder import plain
from experiments.scenario_file import render
from experiments.webapp.jobs import Job, Jobs
from experiments.webapp.limits import REPLICATIONS, check_size
from simulation import Regime, Scenario, ScenarioError
from simulation.dials import DIAL_NOTES, DIALS
from simulation.errors import Problem, nearest, one_of, show
from simulation.fields import Share
from simulation.firm import MOST_SEED
from simulation.io import shipped
from simulation.parameters import PARAMETERS

router = APIRouter(prefix="/api")

_MOST_KEYS, _MOST_EVENTS = 300, 20
_LOOK_SECONDS = 0.1  # how often a stream looks for news
_ALIVE_EVERY = 100  # looks without news after which a stream says that it is alive
_DRAWING = threading.Lock()  # matplotlib's settings belong to the whole process

Key = Annotated[str, Strict(), Field(max_length=200)]
Value = Annotated[bool, Strict()] | Annotated[float, Field(allow_inf_nan=False)]


class Asked(BaseModel):
    """Base of what a request may say: nothing beyond what is declared."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AskedFirm(Asked):
    """One of the two firms: a regime, and the dials that differ from it."""

    regime: Key
    dials: dict[Key, Share] = Field(default_factory=dict, max_length=len(DIALS))


class Question(Asked):
    """Two firms in one scenario, and how often to compare them."""

    scenario: Key
    firms: tuple[AskedFirm, AskedFirm]
    overrides: dict[Key, Value] = Field(default_factory=dict, max_length=_MOST_KEYS)
    events: list[dict[Key, Any]] | None = Field(None, max_length=_MOST_EVENTS)
    years: Annotated[float, Field(allow_inf_nan=False)] | None = None
    replications: Annotated[int, Field(ge=1, le=REPLICATIONS)] = 20
    seed: Annotated[int, Field(ge=0, le=MOST_SEED - REPLICATIONS)] = 0

    def design(self) -> Design:
        """Lay out the comparison.

        Raises
        ------
        ScenarioError
            If anything is not allowed.
        """
        base = shipped_scenario(self.scenario)
        if self.events is not None:
            base = Scenario.from_mapping({**base.model_dump(), "events": self.events})
        regimes = [_regime(firm, base, place) for place, firm in enumerate(self.firms)]
        overrides = dict(self.overrides)
        made = design(base, regimes, self.replications, self.seed, self.years, overrides)
        check_size(dict(made.cells), self.replications)
        return made


@cache
def shipped_scenario(name: str) -> Scenario:
    """A scenario that comes with raison; never a file of the visitor's choice.

    Raises
    ------
    ScenarioError
        If there is none of this name.
    """
    _check_shipped("scenario", name)
    return Scenario.load(name)


def _check_shipped(kind: str, name: str, *more: str) -> None:
    names = [*shipped(kind), *more]
    if name not in names:
        problem = Problem(
            field=kind, given=show(name), allowed=one_of(names), nearest=nearest(name, names)
        )
        raise ScenarioError([problem])


def _regime(firm: AskedFirm, base: Scenario, place: int) -> AnyRegime:
    _check_shipped("regime", firm.regime, OWN)
    if not firm.dials:
        return firm.regime
    if firm.regime != OWN:
        return {"base": firm.regime, **firm.dials}
    own = base.regime
    changed = own.with_dials(firm.dials).model_dump()
    return Regime.load({**changed, "name": f"{own.name}_changed"})


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
                "unit": one.unit,
                "group": one.group,
                "meaning": one.meaning,
                "source": one.source,
                "assumed": one.assumed,
            }
            for one in PARAMETERS.values()
        ],
        "replications": REPLICATIONS,
    }


@router.get("/catalogue")
def catalogue() -> JSONResponse:
    """What there is to choose from, and what it means."""
    return JSONResponse(_catalogue())


@router.get("/scenarios/{name}")
def scenario(name: str) -> JSONResponse:
    """One scenario: what a page lets its visitor change."""
    found = shipped_scenario(name)
    return JSONResponse(plain(found.model_dump(mode="json")))


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
    return _jobs(request).ask(question.design(), visitor).as_dict()


@router.get("/jobs/{name}")
def job(name: str, request: Request) -> dict[str, Any]:
    """How far a comparison is, and what it has found."""
    found = _job(name, request)
    return {**found.as_dict(), "result": found.result}


@router.get("/jobs/{name}/events")
async def events(name: str, request: Request) -> StreamingResponse:
    """The same as it happens, as server-sent events: `result` and `state`."""
    return StreamingResponse(_news(_job(name, request)), media_type="text/event-stream")


async def _news(found: Job) -> AsyncIterator[str]:
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
def trace(name: str, request: Request) -> Response:
    """The first pair week by week, for the player."""
    found = _begun(name, request)
    return Response(_jobs(request).trace(found), media_type="application/json")


@router.get("/jobs/{name}/{table}.csv")
def table(name: str, table: str, request: Request) -> Response:
    """The paired table (`table`) or every pair of runs (`pairs`) as CSV."""
    if table not in ("table", "pairs"):
        raise HTTPException(404, "table.csv or pairs.csv")
    comparison = _begun(name, request).comparison()
    assert comparison is not None
    frame = comparison.table if table == "table" else comparison.paired
    text = frame.to_csv(index=False, lineterminator="\r\n")  # RFC 4180
    return _download(text, "text/csv", f"{comparison.scenario}-{table}.csv")


@router.get("/jobs/{name}/report.html")
def report(name: str, request: Request) -> Response:
    """The comparison as one page: a download, for it brings its own styles."""
    comparison = _begun(name, request).comparison()
    assert comparison is not None
    with _DRAWING:
        text = comparison_page(comparison)
    return _download(text, "text/html", f"{comparison.scenario}-report.html")


def _download(text: str, kind: str, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=f"{kind}; charset=utf-8", headers=headers)


def _jobs(request: Request) -> Jobs:
    jobs: Jobs = request.app.state.jobs
    return jobs


def _job(name: str, request: Request) -> Job:
    found = _jobs(request).get(name)
    if found is None:
        raise HTTPException(404, "a comparison that was asked for since the server started")
    found.look()
    return found


def _begun(name: str, request: Request) -> Job:
    found = _job(name, request)
    if found.result is None:
        raise HTTPException(409, "a comparison with at least one pair finished")
    return found
