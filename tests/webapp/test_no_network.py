"""The server asks nobody: all of it works where there is no network."""

from __future__ import annotations

import shlex
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

pytest.importorskip("fastapi")
import httpx2 as httpx

from experiments.webapp.pages import PAGES
from tests.webapp.process import QUESTION, ROOT, Served, served


def test_the_server_asks_nobody(server: Served, browser: httpx.Client) -> None:
    everything(browser, ("trace", "pairs.csv"))
    assert [line for line in server.reached() if not at_home(line)] == []


@pytest.mark.long
def test_it_works_where_there_is_no_network(tmp_path: Path) -> None:
    try:
        alone = ["unshare", "--map-root-user", "--net"]
        subprocess.run([*alone, "ip", "link", "set", "lo", "up"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        warnings.warn(f"NOT TESTED WITHOUT A NETWORK: {error}", stacklevel=1)
        pytest.skip("there is no `unshare`, or it is not allowed")
    script = (
        "import sys, pathlib; from tests.webapp.test_no_network import whole; "
        "whole(pathlib.Path(sys.argv[1]))"
    )
    inside = shlex.join([sys.executable, "-c", script, str(tmp_path)])
    lone = ["sh", "-c", f"ip link set lo up && {inside}"]
    done = subprocess.run([*alone, *lone], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def whole(folder: Path) -> None:
    """Start a server, use all of it, and end it."""
    with served(folder) as running, httpx.Client(base_url=running.address, timeout=300) as browser:
        everything(browser, ("trace", "pairs.csv", "table.csv", "report.html"))
        assert [line for line in running.reached() if not at_home(line)] == []
        assert "Traceback" not in running.log()


def everything(browser: httpx.Client, files: tuple[str, ...]) -> None:
    """Look at every page and its files, compare two firms, open a room."""
    for path in (*PAGES, "/charts.js", "/api/catalogue", "/static/player/player.js"):
        assert browser.get(path).status_code == 200
    assert browser.post("/api/rooms", json={"game": "thirty"}).status_code == 201
    question = QUESTION | {"years": 0.2, "replications": 1}
    job = f"/api/jobs/{browser.post('/api/compare', json=question).json()['id']}"
    with browser.stream("GET", f"{job}/events") as news:
        assert "done" in "".join(news.iter_text())
    for file in files:
        assert browser.get(f"{job}/{file}").status_code == 200


def at_home(line: str) -> bool:
    """Whether this machine was reached for: an address of it, or a socket that is a file."""
    event, _, what = line.partition(" ")
    return "127.0.0.1" in what or (event == "socket.connect" and what.startswith("/"))
