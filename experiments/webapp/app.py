"""The server: pages, files and an API, nothing of which needs a network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Template
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from experiments.webapp import charts, explore, rooms
from experiments.webapp.jobs import Jobs
from experiments.webapp.limits import TooManyError
from experiments.webapp.security import Guard, as_error
from experiments.webapp.settings import Settings
from simulation import ScenarioError
from simulation.errors import Problem, show

__all__ = ["Settings", "create_app"]

_PAGES = {"/": "index.html", "/explore": "explore.html", "/play": "play/index.html",
          "/story": "story/index.html"}  # fmt: skip
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
    app.include_router(explore.router)
    app.include_router(charts.router)
    app.include_router(rooms.router(settings))
    static = Path(str(resources.files("experiments.webapp") / "static"))
    app.mount("/static", StaticFiles(directory=static), name="static")
    pages = {path: static / file for path, file in _PAGES.items() if (static / file).exists()}
    for path, file in pages.items():
        _add_page(app, path, file, doors=frozenset(pages))
    return app


def _add_page(app: FastAPI, path: str, file: Path, doors: frozenset[str]) -> None:
    """Serve a page, which shows the way only to those that are there."""
    text = Template(file.read_text("utf-8"), autoescape=True).render(doors=doors)

    @app.get(path, include_in_schema=False)
    async def page() -> HTMLResponse:
        return HTMLResponse(text)


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
