"""The story over HTTP: the chapters, and what a run means for one of them.

Runs are asked for, followed and replayed as in explore (`/api/compare`, `/api/jobs/...`).
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from experiments.webapp.jobs import Jobs
from experiments.webapp.story.chapters import CHAPTERS, story
from experiments.webapp.story.told import Choice, tell

router = APIRouter(prefix="/api/story")

Finite = Annotated[float, Field(allow_inf_nan=False)]


@router.get("")
def chapters() -> JSONResponse:
    """All chapters."""
    return JSONResponse({"chapters": story().page})


@router.get("/{number}/told/{job}")
def told(
    number: Annotated[int, Path(ge=1, le=CHAPTERS)],
    job: str,
    request: Request,
    guess: Choice | Finite | None = None,
) -> dict[str, Any]:
    """What a comparison has found so far, told for a chapter."""
    jobs: Jobs = request.app.state.jobs
    found = jobs.get(job)
    if found is None:
        raise HTTPException(404, "a comparison that was asked for since the server started")
    found.look()
    if found.result is None:
        raise HTTPException(409, "a comparison with at least one pair finished")
    return tell(story().chapters[number - 1], found.result, guess)
