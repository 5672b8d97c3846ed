"""The command that serves the web app."""

from __future__ import annotations

import importlib.util
import socket
import threading
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from experiments.console import WRONG_INPUT, friendly_errors
from experiments.webapp.settings import DATA, EVERYWHERE, LOOPBACK, Settings
from simulation.errors import Problem, ScenarioError

_PORT, _PORT_MOST = 8765, 65_535
_NEEDED = ("contourpy", "fastapi", "segno", "sklearn", "uvicorn", "vl_convert")

Port = Annotated[int, typer.Option(min=0, max=_PORT_MOST, help="Port; 0 takes any free one.")]
Host = Annotated[
    str, typer.Option(help="Address to listen on; 0.0.0.0 lets others in the room join.")
]
Data = Annotated[Path, typer.Option(help="Folder where runs and rooms are kept.")]
Workers = Annotated[int, typer.Option(min=0, help="Processes; one per processor by default.")]
Open = Annotated[bool, typer.Option("--open/--no-open", help="Open the browser.")]


def register(app: typer.Typer) -> None:
    """Add `serve` to a command line."""
    app.command()(friendly_errors()(serve))


def serve(
    port: Port = _PORT,
    host: Host = LOOPBACK,
    data: Data = DATA,
    workers: Workers = 0,
    open: Open = True,
) -> None:
    """Explore and play in the browser; with --host, for others in the same network too."""
    if missing := [name for name in _NEEDED if importlib.util.find_spec(name) is None]:
        typer.echo(f"The web app needs {', '.join(missing)}: pip install 'raison[web]'", err=True)
        raise typer.Exit(WRONG_INPUT)
    import uvicorn

    from experiments.webapp.app import create_app
    from experiments.webapp.connections import Connection
    from experiments.webapp.limits import CONNECTIONS

    listening = _listen(host, port)
    address = _address(host, listening.getsockname()[1])
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(Settings(data.absolute(), host, workers)),
            log_level="warning",
            server_header=False,
            http=Connection,
            ws="none",
            limit_concurrency=CONNECTIONS,
            timeout_graceful_shutdown=2,
        )
    )
    typer.echo(f"raison is at {address}\nCtrl-C ends it; runs and rooms are kept in {data}")
    if open:
        threading.Timer(1.0, webbrowser.open, [address]).start()
    with listening:
        server.run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else is made, so that a refusal comes at once."""
    try:
        family, *_, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(place)
        listening.listen()  # whoever comes before all is ready waits, and is not refused
    except OSError as error:
        reason = error.strerror or str(error)
        problem = Problem(
            field="--host" if isinstance(error, socket.gaierror) else "--port",
            given=f"{host}:{port} ({reason})",
            allowed="an address of this machine and a free port, such as --port 0",
        )
        raise ScenarioError([problem]) from None
    return listening


def _address(host: str, port: int) -> str:
    """Where a browser finds it."""
    if host in EVERYWHERE:
        return f"http://{_in_the_room()}:{port}/"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _in_the_room() -> str:
    """This machine's address as its neighbours see it; nothing is sent to find out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # RFC 5737: for documentation, belongs to nobody
            return str(probe.getsockname()[0])
        except OSError:
            return LOOPBACK
