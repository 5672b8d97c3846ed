"""How a server is set up."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from experiments.workers import available_cores

LOOPBACK = "127.0.0.1"
EVERYWHERE = frozenset({"0.0.0.0", "::", ""})
"""Hosts that stand for every address of this machine."""


def own_folder() -> Path:
    """Where a server keeps what it has run, unless told: at home, or here for whoever has none."""
    try:
        return Path.home() / ".raison"
    except RuntimeError:
        return Path(".raison")


DATA = own_folder()


@dataclass(frozen=True)
class Settings:
    """How a server is set up.

    Attributes
    ----------
    data : Path
        Folder of everything that outlives the server: runs, rooms, the bundle of the charts.
    host : str
        Address it listens on.
    workers : int
        Processes that simulate.
    warm : bool
        Whether the model is compiled and the workers are started before anybody asks.
    """

    data: Path = DATA
    host: str = LOOPBACK
    workers: int = 0
    warm: bool = True

    @property
    def crew(self) -> int:
        """Processes that simulate: as told, or one per processor."""
        return self.workers or available_cores()
