"""How the answer hangs on assumed coefficients: the runs (`make sign`; then `tools.sign_page`).

An hour or so of runs on two cores. What is finished is kept after every few draws in
`out/sign/`: after Ctrl-C, or a crash, the same command goes on.
"""

from __future__ import annotations

import hashlib
from itertools import batched
from pathlib import Path

import pandas as pd
from rich.progress import Progress

from experiments.runner import run_many
from experiments.sign import as_rows, draw_coefficients, run_briefly, specifications

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


def work_file() -> Path:
    """Where finished draws are kept: a name of its own for whatever decides how they turn out."""
    drawn = draw_coefficients(DRAWS, SEED)
    specs = [*specifications(SCENARIO, REGIMES, 0, drawn.iloc[0], YEARS)]
    specs += specifications(SCENARIO, REGIMES, -1, None, YEARS)
    parts = [spec.key for spec in specs] + [drawn.to_csv(float_format="%.9g")]
    return FOLDER / f"runs-{hashlib.sha256('\n'.join(parts).encode()).hexdigest()[:12]}.csv"


def collect() -> pd.DataFrame:
    """Run what has not been run yet; all runs, draws of luck alone numbered below zero."""
    drawn, work = draw_coefficients(DRAWS, SEED), work_file()
    done = pd.read_csv(work) if work.exists() else pd.DataFrame(columns=["draw"])
    work.parent.mkdir(parents=True, exist_ok=True)
    wanted = [*range(DRAWS), *range(-SHIPPED, 0)]
    missing = [draw for draw in wanted if draw not in set(done["draw"])]
    with Progress() as progress:
        task = progress.add_task("draws", total=len(wanted), completed=len(wanted) - len(missing))
        for chunk in batched(missing, AT_ONCE):
            specs = [
                spec
                for draw in chunk
                for spec in specifications(
                    SCENARIO, REGIMES, draw, drawn.loc[draw] if draw >= 0 else None, YEARS
                )
            ]
            rows = as_rows(run_many(specs, run=run_briefly))
            done = pd.concat([done, rows], ignore_index=True) if len(done) else rows
            part = work.with_suffix(".part")
            done.to_csv(part, index=False)
            part.replace(work)
            progress.advance(task, len(chunk))
    return done.sort_values("draw", kind="stable", ignore_index=True)


def main() -> None:
    """Run, and keep the runs."""
    runs = collect()
    DATA.parent.mkdir(parents=True, exist_ok=True)
    runs.to_parquet(DATA, compression="zstd", index=False)
    draw_coefficients(DRAWS, SEED).astype("float32").to_parquet(DRAWN, compression="zstd")


if __name__ == "__main__":
    main()
