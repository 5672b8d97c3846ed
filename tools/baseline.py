"""Write `tests/baseline/lives.json`: what a few runs left behind (`make baseline`).

Renewed only on purpose, in the commit that changes results, with a line in the change log.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from simulation import Record, simulate

FILE = Path(__file__).parent.parent / "tests" / "baseline" / "lives.json"
RUNS = (("small_firm", "customer_first", 1), ("small_firm", "internal_customer", 2))
YEARS = 1.0
INTEGERS = (
    "active",
    "joined",
    "lost",
    "escalations",
    "quits",
    "favours",
    "disputes",
    "incidents",
    "heard",
    "changes",
    "fixes",
    "channel_answered",
)
FLOATS = (
    "satisfaction",
    "entitlement",
    "resentment",
    "engagement",
    "policy_load",
    "product_gap",
    "insight_age_weeks",
    "cash",
)


def portrait(record: Record) -> dict[str, object]:
    """What is kept of a run: a digest of its events, weekly sums of counts, last values."""
    events = record.events.drop(columns="value")
    text = events.to_csv(index=False)
    series = record.series
    return {
        "events": len(events),
        "digest": hashlib.sha256(text.encode()).hexdigest(),
        "sums": {name: int(series[name].sum()) for name in INTEGERS},
        "last": {name: float(series[name].iloc[-1]) for name in FLOATS},
    }


def portraits() -> dict[str, dict[str, object]]:
    """The portraits of all baseline runs."""
    return {
        f"{scenario} {regime} seed {seed}": portrait(
            simulate(scenario, regime, seed, years=YEARS, events="all")
        )
        for scenario, regime, seed in RUNS
    }


def main() -> None:
    """Write the file."""
    FILE.write_text(json.dumps(portraits(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
