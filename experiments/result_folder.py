"""The folder of one run: written whole or not at all, and never over something else."""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

import numpy as np

from simulation.errors import Problem, ScenarioError
from simulation.record_io import FRAMES

MANIFEST, REPORT = "manifest.json", "report.html"
TABLES = ("runs", "paired", "series", "recoveries")  # of a comparison
Picture = Literal[
    "outcomes", "inside", "gap", "distribution", "organisation", "market", "customers"
]
PICTURES: Mapping[Picture, str] = {
    "outcomes": "figure",
    "inside": "inside",
    "gap": "gap",
    "distribution": "distribution",
    "organisation": "organisation",
    "market": "market",
    "customers": "customers",
}
"""The pictures of a comparison, and the names of their files."""
DISCOVERED = "discover-"
"""Begins the names of the files that tell in which part of a sweep which regime is better."""
OUTPUTS = (
    MANIFEST,
    REPORT,
    *(f"{DISCOVERED}*.{form}" for form in ("csv", "png", "svg")),
    *("parameters.csv", "months.csv", "seen.npz"),  # of a calibration
    *(f"{table}.{form}" for table in (*TABLES, "table", "pairs") for form in ("parquet", "csv")),
    *(f"{picture}.{form}" for picture in PICTURES.values() for form in ("png", "svg")),
)
"""What is made of the runs of a study, beside them in its folder; * stands for any letters."""
_OF_A_RUN = frozenset(
    [MANIFEST, *(f"{table}.{form}" for table in FRAMES for form in ("parquet", "csv"))]
)


def check_folder(path: Path | str) -> Path:
    """Make sure that results can go to this folder, before anything runs.

    A folder that is not there yet, an empty one, or an earlier result (with a manifest and nothing
    that raison did not write) will do.

    Raises
    ------
    ScenarioError
        Otherwise, saying why.
    """
    folder = Path(path).absolute()
    if folder.exists() and not folder.is_dir():
        raise _refused(path, "a folder; this is a file")
    if folder.is_dir():
        found = {entry.name for entry in folder.iterdir()}
        if found and (MANIFEST not in found or not found <= _OF_A_RUN):
            strange = sorted(found - _OF_A_RUN)
            what = f"it holds {strange[0]!r}" if strange else f"it has no {MANIFEST}"
            raise _refused(path, f"a new folder, or an earlier result to replace; {what}")
    parent = next(p for p in folder.parents if p.exists())
    try:
        with tempfile.TemporaryDirectory(prefix=".raison-", dir=parent):
            pass
    except OSError as error:
        raise _refused(path, f"a folder that can be written ({error.strerror})") from None
    return folder


@contextmanager
def result_folder(path: Path | str) -> Iterator[Path]:
    """Give a temporary folder beside `path`; it takes that name if the block ends well.

    Raises
    ------
    ScenarioError
        As `check_folder`.
    """
    folder = check_folder(path)
    folder.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        fresh = workshop / "fresh"
        fresh.mkdir()
        yield fresh
        if folder.exists():
            folder.rename(workshop / "replaced")
        try:
            fresh.rename(folder)
        except OSError:
            with suppress(OSError):
                (workshop / "replaced").rename(folder)
            raise
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def plain(value: Any) -> Any:
    """Turn a value into what JSON can say; NaN and infinities become null."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence | np.ndarray):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, bool | int | float | None) else str(value)


def _refused(path: Path | str, allowed: str) -> ScenarioError:
    return ScenarioError([Problem(field="--out", given=str(path), allowed=allowed)])
