"""Where a report goes: never over a file that is not a report."""

from __future__ import annotations

from pathlib import Path

from experiments.disk import told, write_whole
from experiments.report.document import MARK, Reported
from experiments.report.pages import page
from simulation.errors import Problem, ScenarioError


def check_out(file: Path) -> None:
    """Make sure that a report can go to this file.

    Raises
    ------
    ScenarioError
        If something else is there.
    StoreError
        If what is there cannot be read.
    """
    with told(file):
        if file.is_dir():
            raise _refused(file, "a file; this is a folder")
        if file.exists():
            with file.open("rb") as there:
                if there.read(len(MARK)) != MARK.encode():
                    raise _refused(file, "a new file, or a report of raison to replace")


def write_report(result: Reported, file: Path) -> None:
    """Write the report of a study; the file appears whole or not at all.

    Raises
    ------
    ScenarioError, StoreError
        As `check_out`, or if the file cannot be written.
    """
    check_out(file)
    text = page(result)
    with told(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, text.encode())


def _refused(file: Path, allowed: str) -> ScenarioError:
    return ScenarioError([Problem(field="--out", given=str(file), allowed=allowed)])
