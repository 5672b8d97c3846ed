"""How the answer hangs on assumed coefficients: the runs (`make sign`; then `tools.sign_page`).

An hour or so of runs on two cores. What is finished is kept in `out/sign/`: after Ctrl-C, or a
crash, the same command goes on.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import batched
from pathlib import Path

import pandas as pd
from rich.progress import Progress

from experiments.runner import local, run_into
from experiments.runs import Keep, RunSpec, unpack
from experiments.sign import as_rows, draw_coefficients, run_briefly, specifications
from experiments.store import Store

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "out" / "sign"
DATA = ROOT / "docs" / "data" / "sign.parquet"
DRAWN = ROOT / "docs" / "data" / "sign-coefficients.parquet"

SCENARIO, YEARS = "services_firm", 5.0
DRAWS, SEED = 300, 20260101
SHIPPED = 20  # more draws, of luck alone: the coefficients as they are shipped
AT_ONCE = 25
REGIMES = (
    "customer_first",
    "internal_customer",
    "engine_room",
    "with_care",
    "employees_first",
    "distributor_first",
    "manager_pleasing",
)


def specs_of(draw: int, drawn: pd.DataFrame) -> list[RunSpec]:
    """The runs of a draw; of luck alone if its number is below zero."""
    coefficients = drawn.iloc[draw] if draw >= 0 else None
    specs = specifications(SCENARIO, REGIMES, draw, coefficients, YEARS)
    return [replace(spec, keep=Keep.SUMMARY) for spec in specs]


def collect() -> pd.DataFrame:
    """Run what has not been run yet; all runs, draws of luck alone numbered below zero."""
    drawn = draw_coefficients(DRAWS, SEED)
    labels: dict[str, str] = {}
    with Store(FOLDER) as store, local(None) as crowd, Progress() as progress:
        for draws in progress.track([*batched([*range(DRAWS), *range(-SHIPPED, 0)], AT_ONCE)]):
            specs = [spec for draw in draws for spec in specs_of(draw, drawn)]
            labels |= {spec.key: spec.label for spec in specs}
            run_into(store, specs, crowd, run=run_briefly)
        store.close_part()
        results = [unpack(run, labels[run.key]) for run in store.packed() if run.key in labels]
    order = {key: place for place, key in enumerate(labels)}
    rows = as_rows(sorted(results, key=lambda result: order[result.key]))
    return rows.sort_values("draw", kind="stable", ignore_index=True)


def main() -> None:
    """Run, and keep the runs."""
    runs = collect()
    DATA.parent.mkdir(parents=True, exist_ok=True)
    runs.to_parquet(DATA, compression="zstd", index=False)
    draw_coefficients(DRAWS, SEED).astype("float32").to_parquet(DRAWN, compression="zstd")


if __name__ == "__main__":
    main()
