"""What a study leaves in its folder beside its runs: tables, manifest, pictures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from experiments.disk import told, whole_file, write_whole
from experiments.result_folder import MANIFEST, PICTURES, TABLES, plain
from experiments.runs import Runs
from experiments.study import Study, study_store
from simulation.version import MODEL_VERSION

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from experiments.comparison import Comparison

_SAID = (
    "scenario",
    "regimes",
    "seed",
    "replications",
    "warm_up",
    "failed",
    "finding",
    "inside",
    "break_even",
    "fates",
    "fates_rule",
)


@contextmanager
def held(folder: Path, study: Study, stored: Runs, kept: Path | None) -> Iterator[None]:
    """Hold the folder of a study while its results are written, and copy runs that are elsewhere.

    No other study may come between the runs and what is told of them.

    Parameters
    ----------
    folder : Path
        Where to write: a new folder, or that of the same study.
    study : Study
        What was asked.
    stored : Runs
        What came of it.
    kept : Path, optional
        The folder in which these runs are already.

    Raises
    ------
    ScenarioError, StoreError
        As `study_store`.
    """
    with study_store(folder, study) as store:
        if kept is None or kept.resolve() != folder.resolve():
            for run in stored.packed():
                store.add(run)
            store.close_part()
        with told(folder):
            yield


def write_picture(folder: Path, name: str, picture: Figure) -> None:
    """Write a picture for the screen and one for print; each appears whole or not at all."""
    with whole_file(folder / f"{name}.png") as out:
        picture.savefig(out, format="png")
    with whole_file(folder / f"{name}.svg") as out:
        picture.savefig(out, format="svg", metadata={"Date": None})


def write_manifest(folder: Path, said: Mapping[str, Any]) -> None:
    """Write what was found in short, and which version made it."""
    document = plain({"made_by": f"raison {MODEL_VERSION}", **said})
    text = json.dumps(document, indent=2, ensure_ascii=False)
    write_whole(folder / MANIFEST, f"{text}\n".encode())


def save(result: Comparison, folder: Path, *, csv: bool = False) -> None:
    """Write what was found to a folder, and the runs with it if they are not there yet.

    Every file appears whole or not at all. Parameters and errors are those of `Comparison.save`.
    """
    with held(folder, result.study, result.stored, result.folder):
        _write(result, folder, csv=csv)


def _write(result: Comparison, folder: Path, *, csv: bool) -> None:
    for name in TABLES:
        _write_table(result, name, folder, csv=csv)
    write_whole(folder / "table.csv", result.table.to_csv(index=False).encode())
    write_manifest(folder, _manifest(result))
    for of, name in PICTURES.items():
        write_picture(folder, name, result.figure(of))


def _write_table(result: Comparison, name: str, folder: Path, *, csv: bool) -> None:
    """Write a table; the long ones some runs at a time, for they may not fit into memory."""
    long = name in ("series", "recoveries")
    with ExitStack() as files:
        parquet = files.enter_context(whole_file(folder / f"{name}.parquet"))
        text = files.enter_context(whole_file(folder / f"{name}.csv")) if csv else None
        writer: pq.ParquetWriter | None = None
        for piece in result.pieces(name) if long else [getattr(result, name)]:
            table = pa.Table.from_pandas(piece, preserve_index=False)
            if writer is None:
                writer = pq.ParquetWriter(parquet, table.schema, compression="zstd")
                files.enter_context(writer)
            writer.write_table(table.cast(writer.schema))
            if text:
                piece.to_csv(text, index=False, header=text.tell() == 0)
        if writer is None:
            pq.write_table(pa.table({}), parquet)


def _manifest(result: Comparison) -> Mapping[str, Any]:
    said = result.as_dict()
    firms = {label: result.manifest(label) for label in result.regimes}
    return {
        **{key: said[key] for key in _SAID},
        "firms": {label: firm for label, firm in firms.items() if firm},
    }
