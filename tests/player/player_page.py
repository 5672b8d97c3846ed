"""A page with nothing but the player, served on loopback under the policy of the app."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

PLAYER = Path(__file__).parents[2] / "experiments" / "player" / "static"

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Player</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/player/player.css">
<link rel="stylesheet" href="/page.css">
<main><h1>Two firms</h1><h2>Play-back</h2><div id="here"></div></main>
<script {kind} src="/page.js"></script>
"""

_STYLE = """
:root { color-scheme: light dark; }
body { margin: 0; font-family: system-ui, sans-serif; background: #fff; color: #1c2024; }
@media (prefers-color-scheme: dark) { body { background: #15181c; color: #e8eaed; } }
main { max-width: 100rem; margin: auto; padding: 1rem; }
"""

_START = """
const here = document.getElementById("here");
window.seen = [];
for (const name of ["week", "department", "customer"]) {
  here.addEventListener(name, ({ detail }) => window.seen.push([name, detail]));
}
fetch("/trace.json").then((answer) => answer.json()).then((trace) => {
  window.player = new Player(here, trace);
});
"""

_MODULE = f'import {{ Player }} from "/static/player/player.js";\n{_START}'

_TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json"}


@contextmanager
def served(trace: object, classic: str = "") -> Iterator[str]:
    """Serve a page that plays a trace, from modules or from one classic script; its address."""
    files = {
        "/": _PAGE.format(kind="" if classic else 'type="module"'),
        "/page.css": _STYLE,
        "/page.js": f"{classic}\n{_START}" if classic else _MODULE,
        "/trace.json": json.dumps(trace),
    }
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(files))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(files: Mapping[str, str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = files.get(self.path)
            module = PLAYER / Path(self.path).name
            if body is None and self.path == f"/static/player/{module.name}" and module.is_file():
                body = module.read_text("utf-8")
            self.send_response(HTTPStatus.OK if body is not None else HTTPStatus.NOT_FOUND)
            kind = _TYPES.get(Path(self.path).suffix, "text/html")
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write((body or "").encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
