"""Small sweeps of every kind, for tests of what is made of them."""

from __future__ import annotations

from functools import cache
from typing import Any

from experiments.sweep import Sweep, sweep

PAIR = ("customer_first", "internal_customer")
REPLICATIONS = 2
YEARS = 0.3

_VARIED: dict[str, dict[str, Any]] = {
    "lines": {"market.turbulence": (0.0, 0.1, 3)},
    "maps": {"market.turbulence": (0.0, 0.1, 3), "captivity": [0.1, 0.9]},
    "tornados": {"market.turbulence": (0.0, 0.1), "h0": (0.006, 0.014), "care": [0.2, 0.7]},
}
_SAMPLES = 12


@cache
def swept(kind: str, regimes: tuple[str, ...] = PAIR) -> Sweep:
    """A sweep whose picture is of this kind."""
    samples = _SAMPLES if kind == "tornados" else None
    return sweep(
        "small_firm", _VARIED[kind], regimes, REPLICATIONS, samples, years=YEARS, workers=1
    )
