"""The charts' JavaScript: Vega-Lite as it comes inside the package vl-convert-python.

Of three libraries that ship their JavaScript in a Python package this one runs under our content
security policy without a violation, for its expressions are interpreted and not compiled by the
browser: 0.9 MB, 0.3 MB compressed. Plotly comes to its end with styles refused (two violations, 66
warnings for four charts) and is five times as large. Bokeh comes to its end in two of three loads;
in the third its style elements were refused hundreds of thousands of times and it did not.
"""

from __future__ import annotations

import threading
from importlib.metadata import version
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse

from experiments.disk import write_whole

router = APIRouter()
_LOCK = threading.Lock()
_GLOBAL = "window.vegaEmbed = vegaEmbed;"
"""What the page calls."""


@router.get("/charts.js", include_in_schema=False)
def bundle(request: Request) -> FileResponse:
    """Vega, Vega-Lite and Vega-Embed in one file."""
    return FileResponse(bundle_file(request.app.state.settings.data), media_type="text/javascript")


def bundle_file(data: Path) -> Path:
    """The bundle of the installed version; put together once, which takes some seconds."""
    file = data / f"charts-{version('vl-convert-python')}.js"
    with _LOCK:
        if not file.exists():
            import vl_convert

            data.mkdir(parents=True, exist_ok=True)
            write_whole(file, vl_convert.javascript_bundle(_GLOBAL).encode())
    return file
