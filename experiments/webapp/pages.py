"""The pages: what all have in common is in `templates/base.html`."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

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


def render(path: str) -> str:
    """The page at a path."""
    return _TEMPLATES.get_template(PAGES[path]).render(path=path)


def _add(path: str) -> None:
    text = render(path)

    @router.get(path, include_in_schema=False)
    async def page() -> HTMLResponse:
        return HTMLResponse(text)


for _path in PAGES:
    _add(_path)
