"""What a search has seen, in a file: to read a calibration again without searching."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from experiments.disk import StoreError, whole_file
from experiments.fit.data import Data
from experiments.fit.search import Found
from simulation.errors import Problem, ScenarioError

SEEN = "seen.npz"


def write_seen(file: Path, data: Data, found: Found) -> None:
    """Write the months and what was found; the file appears whole or not at all."""
    said: dict[str, Any] = {
        "source": data.file, "months": data.months, "columns": data.columns,
        "values": data.values.to_numpy(float), **asdict(found),
    }  # fmt: skip
    with whole_file(file) as out:
        np.savez_compressed(
            out, allow_pickle=False, **{name: np.asarray(value) for name, value in said.items()}
        )


def read_seen(file: Path, digest: str) -> tuple[Data, Found]:
    """Read them again.

    Parameters
    ----------
    file : Path
        In the folder of the study.
    digest : str
        Of its months.

    Raises
    ------
    ScenarioError
        If it is not there.
    StoreError
        If it cannot be read, or is about other months.
    """
    if not file.exists():
        allowed = "a calibration that is finished: the same command goes on"
        raise ScenarioError([Problem(field="DIR", given=str(file.parent), allowed=allowed)])
    try:
        data, found = _read(file)
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise StoreError(f"{file} cannot be read: {error}") from None
    if data.digest != digest:
        raise StoreError(f"{file} is not about the months of the study beside it")
    return data, found


def _read(file: Path) -> tuple[Data, Found]:
    with np.load(file, allow_pickle=False) as said:
        frame = pd.DataFrame(said["values"], columns=[str(name) for name in said["columns"]])
        data = Data(str(said["source"]), tuple(str(month) for month in said["months"]), frame)
        found = Found(
            said["places"], said["means"], said["best"], said["before"], said["after"],
            int(said["failed"]), str(said["first_error"]),
        )  # fmt: skip
    return data, found
