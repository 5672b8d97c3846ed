"""The pages: what all have in common is in `templates/base.html`."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from experiments.webapp.game.preset import PRESETS, load_preset
from simulation.dials import DIAL_NOTES, MEASURES

PAGES = {
    "/": "start.html",
    "/explore": "explore.html",
    "/play": "play/start.html",
    "/play/host": "play/host.html",
    "/play/team": "play/team.html",
    "/play/debrief": "play/debrief.html",
    "/play/slides": "play/slides.html",
    "/play/handout": "play/handout.html",
    "/play/lesson": "play/lesson.html",
    "/story": "story.html",
    "/accessibility": "accessibility.html",
}
"""Paths and their templates. What changes from visitor to visitor, a page asks the API for."""

router = APIRouter()
_TEMPLATES = Environment(
    loader=PackageLoader("experiments.webapp", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
)


_LESSONS = ("/play/handout", "/play/lesson")
"""Pages about the shipped games."""


@cache
def render(path: str) -> str:
    """The page at a path."""
    told = _lessons() if path in _LESSONS else {}
    return _TEMPLATES.get_template(PAGES[path]).render(path=path, **told)


def _lessons() -> dict[str, Any]:
    """What the shipped games are, and the dials."""
    return {
        "games": [load_preset(key) for key in PRESETS],
        "dials": DIAL_NOTES,
        "measures": MEASURES,
    }


def _add(path: str) -> None:
    @router.api_route(path, methods=["GET", "HEAD"], include_in_schema=False)
    def page() -> HTMLResponse:
        return HTMLResponse(render(path))


for _path in PAGES:
    _add(_path)
