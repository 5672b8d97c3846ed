"""The charts' JavaScript: Vega-Lite as it comes inside the package vl-convert-python.

Of three libraries that ship their JavaScript in a Python package this one runs under our content
security policy without a violation, for its expressions are interpreted and not compiled by the
browser: 0.9 MB, 0.3 MB compressed. Plotly comes to its end with styles refused (two violations, 66
warnings for four charts) and is five times as large. Bokeh comes to its end in two of three loads;
in the third its style elements were refused hundreds of thousands of times and it did not.
"""

from __future__ import annotations

import asyncio
from importlib.metadata import version
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse

from experiments.disk import write_whole

router = APIRouter()
_GLOBAL = "window.vegaEmbed = vegaEmbed;"
"""What the page calls."""


@router.get("/charts.js", include_in_schema=False)
async def bundle(request: Request) -> FileResponse:
    """Vega, Vega-Lite and Vega-Embed in one file."""
    state = request.app.state
    file = bundle_file(state.settings.data)
    async with state.bundling:
        if not file.exists():
            await asyncio.wrap_future(state.jobs.submit(make_bundle, state.settings.data))
    return FileResponse(file, media_type="text/javascript")


def bundle_file(data: Path) -> Path:
    """Where the bundle of the installed version is kept."""
    return data / f"charts-{version('vl-convert-python')}.js"


def make_bundle(data: Path) -> None:
    """Put the bundle together, once.

    It takes seconds in which nothing else of this process runs: a server has it done by another.
    """
    file = bundle_file(data)
    if not file.exists():
        import vl_convert

        data.mkdir(parents=True, exist_ok=True)
        write_whole(file, vl_convert.javascript_bundle(_GLOBAL).encode())
