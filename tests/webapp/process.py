"""`raison serve` as a process of its own, what it says, and whom it connects to."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

END_SECONDS = 30.0
ROOT = Path(__file__).parents[2]
QUESTION: dict[str, object] = {
    "scenario": "small_firm",
    "firms": [{"regime": "neutral"}, {"regime": "own"}],
}
"""What anybody may ask of /api/compare."""
_AXES: dict[str, object] = {
    "x": {"key": "market.turbulence", "low": 0, "high": 0.1},
    "y": {"key": "captivity", "low": 0, "high": 1},
}
ASKED: dict[str, dict[str, object]] = {
    "/api/compare": QUESTION,
    "/api/attribute": QUESTION,
    "/api/frontier": QUESTION | _AXES,
}
"""Where one asks for runs, and what anybody may ask there."""

# Loaded by every Python process of the server, the workers too, before anything else: it writes
# down each attempt to reach somebody, and each program that is started.
_AUDIT = """
import os, sys

CALLS = {"socket.connect", "socket.sendto", "socket.sendmsg"}
OTHERS = {"socket.getaddrinfo", "socket.gethostbyname", "webbrowser.open", "subprocess.Popen"}

def heard(event, given):
    if event in CALLS | OTHERS:
        with open(os.environ["RAISON_HEARD"], "a") as out:
            out.write(f"{event} {given[1] if event in CALLS else given!r}\\n")

sys.addaudithook(heard)
"""


@dataclass
class Served:
    """A server that runs.

    Attributes
    ----------
    address : str
        Where it is, without a slash at the end.
    process : subprocess.Popen
        The process, to be ended by its id.
    said, heard : Path
        Its standard error; what it tried to reach.
    """

    address: str
    process: subprocess.Popen[str]
    said: Path
    heard: Path

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.address.rpartition(":")[2])

    def log(self) -> str:
        """What it has said to its operator so far."""
        return self.said.read_text("utf-8")

    def reached(self) -> list[str]:
        """Everything it tried to reach, a line each."""
        return self.heard.read_text("utf-8").splitlines() if self.heard.exists() else []

    def family(self) -> list[psutil.Process]:
        """The server and its workers."""
        server = psutil.Process(self.process.pid)
        return [server, *server.children(recursive=True)]


@contextmanager
def served(folder: Path, *options: str, workers: int = 1) -> Iterator[Served]:
    """A server that keeps its things in this folder; ended by its id."""
    audit = folder / "audit"
    audit.mkdir(parents=True, exist_ok=True)
    (audit / "sitecustomize.py").write_text(_AUDIT, "utf-8")
    said, heard = folder / "stderr.txt", folder / "heard.txt"
    command = [sys.executable, "-m", "experiments.cli", "serve", "--port", "0", "--no-open"]
    command += ["--data", str(folder / "data"), "--workers", str(workers), *options]
    environment = {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": os.pathsep.join([str(audit), str(ROOT)]),
        "RAISON_HEARD": str(heard),
    }
    with said.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment
        )
        try:
            assert process.stdout is not None
            told = process.stdout.readline()
            found = re.search(r"http://\S+:\d+", told)
            assert found, f"the server did not say where it is: {told!r} {said.read_text()}"
            yield Served(found[0], process, said, heard)
        finally:
            process.terminate()
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def spoken(port: int, request: bytes, seconds: float = 20.0) -> bytes:
    """Everything that is answered to these bytes until the server closes, or the time is up."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as line:
        line.sendall(request)
        answer = b""
        try:
            while part := line.recv(65_536):
                answer += part
        except TimeoutError:
            pass
        return answer
