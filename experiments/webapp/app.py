"""The server: pages, files and an API, nothing of which needs a network."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from experiments.webapp import attributing, charts, customers, explore, pages, qr, rooms, surveying
from experiments.webapp.jobs import Jobs
from experiments.webapp.limits import TooManyError
from experiments.webapp.security import Guard, as_error
from experiments.webapp.settings import Settings
from experiments.webapp.story import api as story
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
        if settings.warm:
            jobs.submit(charts.make_bundle, settings.data)
        yield
        jobs.end()

    app = FastAPI(title="raison", lifespan=life, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.jobs = jobs
    app.state.settings = settings
    app.state.bundling = asyncio.Lock()
    app.add_middleware(GZipMiddleware, minimum_size=_COMPRESSED_FROM)
    app.add_middleware(Guard, host=settings.host)
    _tell_errors(app)
    app.include_router(pages.router)
    app.include_router(explore.router)
    app.include_router(customers.router)
    app.include_router(attributing.router)
    app.include_router(surveying.router)
    app.include_router(charts.router)
    app.include_router(story.router)
    app.include_router(rooms.router(settings))
    app.include_router(qr.router)
    for path, package in (("/static/player", "experiments.player"), ("/static", __package__)):
        app.mount(path, StaticFiles(packages=[(package, "static")]))
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
        return JSONResponse(
            {"error": as_error(_refusal(request, error))}, error.status_code, error.headers
        )


def _refusal(request: Request, error: HTTPException) -> Problem:
    """What the framework refused, in the words of the app."""
    path, allowed = request.url.path, str(error.detail)
    match error.status_code:
        case HTTPStatus.BAD_REQUEST:  # FastAPI could not read the body
            return Problem(field="body", given="something else", allowed="JSON in UTF-8")
        case HTTPStatus.METHOD_NOT_ALLOWED:
            allowed = (error.headers or {}).get("Allow", "another method")
        case HTTPStatus.NOT_FOUND if allowed == HTTPStatus.NOT_FOUND.phrase:
            allowed = "an address of this app"
    return Problem(field=path, given=request.method, allowed=allowed)


def _problem(found: Any) -> Problem:
    """What pydantic found wrong in a request."""
    place = ".".join(str(step) for step in found["loc"][1:])
    return Problem(field=place, given=show(found.get("input")), allowed=found["msg"])
