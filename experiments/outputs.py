"""What a comparison leaves in its folder beside its runs: tables, manifest, pictures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from experiments.disk import told, whole_file, write_whole
from experiments.result_folder import MANIFEST, PICTURES, TABLES, plain
from experiments.study import study_store
from simulation.version import MODEL_VERSION

if TYPE_CHECKING:
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


def save(result: Comparison, folder: Path, *, csv: bool = False) -> None:
    """Write what was found to a folder, and the runs with it if they are not there yet.

    Every file appears whole or not at all. Parameters and errors are those of `Comparison.save`.
    """
    with study_store(folder, result.study) as store:
        if result.folder is None or result.folder.resolve() != folder.resolve():
            for run in result.stored.packed():
                store.add(run)
            store.close_part()
        # as long as the folder is held: no other study may come between its runs and its tables
        with told(folder):
            _write(result, folder, csv=csv)


def _write(result: Comparison, folder: Path, *, csv: bool) -> None:
    for name in TABLES:
        _write_table(result, name, folder, csv=csv)
    write_whole(folder / "table.csv", result.table.to_csv(index=False).encode())
    text = json.dumps(plain(_manifest(result)), indent=2, ensure_ascii=False)
    write_whole(folder / MANIFEST, f"{text}\n".encode())
    for of, name in PICTURES.items():
        picture = result.figure(of)
        with whole_file(folder / f"{name}.png") as out:
            picture.savefig(out, format="png")
        with whole_file(folder / f"{name}.svg") as out:
            picture.savefig(out, format="svg", metadata={"Date": None})


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
        "made_by": f"raison {MODEL_VERSION}",
        **{key: said[key] for key in _SAID},
        "firms": {label: firm for label, firm in firms.items() if firm},
    }
