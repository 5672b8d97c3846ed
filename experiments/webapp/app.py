"""The server: pages, files and an API, nothing of which needs a network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from experiments.webapp import charts, explore, pages, rooms
from experiments.webapp.jobs import Jobs
from experiments.webapp.limits import TooManyError
from experiments.webapp.security import Guard, as_error
from experiments.webapp.settings import Settings
from simulation import ScenarioError
from simulation.errors import Problem, show

__all__ = ["Settings", "create_app"]

_COMPRESSED_FROM = 1024  # bytes


def create_app(settings: Settings) -> FastAPI:
    """Make the web app.

    Parameters
    ----------
    settings : Settings
        Where it keeps things, what it listens on, how many processes it has.
    """
    jobs = Jobs(settings)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        settings.data.mkdir(parents=True, exist_ok=True)
        jobs.start()
        yield
        jobs.end()

    app = FastAPI(title="raison", lifespan=life, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.jobs = jobs
    app.state.settings = settings
    app.add_middleware(GZipMiddleware, minimum_size=_COMPRESSED_FROM)
    app.add_middleware(Guard, host=settings.host)
    _tell_errors(app)
    app.include_router(pages.router)
    app.include_router(explore.router)
    app.include_router(charts.router)
    app.include_router(rooms.router(settings))
    static = Path(str(resources.files("experiments.webapp") / "static"))
    app.mount("/static", StaticFiles(directory=static), name="static")
    return app


def _tell_errors(app: FastAPI) -> None:
    """Every refusal has one form: what was given, what is allowed."""

    @app.exception_handler(ScenarioError)
    async def refused(request: Request, error: ScenarioError) -> Response:
        problems = [as_error(problem) for problem in error.problems]
        return JSONResponse({"error": problems[0], "errors": problems}, 422)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        problems = [as_error(_problem(found)) for found in error.errors()]
        return JSONResponse({"error": problems[0], "errors": problems}, 422)

    @app.exception_handler(TooManyError)
    async def too_many(request: Request, error: TooManyError) -> Response:
        problem = Problem(field="", given="one more", allowed=str(error))
        return JSONResponse({"error": as_error(problem)}, 429)

    @app.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> Response:
        problem = Problem(field=request.url.path, given=request.method, allowed=str(error.detail))
        return JSONResponse({"error": as_error(problem)}, error.status_code, error.headers)


def _problem(found: Any) -> Problem:
    """What pydantic found wrong in a request."""
    place = ".".join(str(step) for step in found["loc"][1:])
    return Problem(field=place, given=show(found.get("input")), allowed=found["msg"])
