"""The statistics of paired comparison: pure functions on arrays, one idea a file.

A difference is always A - B within a replication: both firms lived through the same luck.
"""

from experiments.statistics.band import Band, band
from experiments.statistics.break_even import BreakEven, break_even
from experiments.statistics.confidence_sequence import (
    confidence_sequence,
    running_sequence,
    settled,
)
from experiments.statistics.multiple import holm
from experiments.statistics.paired import LEVEL, Paired, Values, half_width, paired
from experiments.statistics.regret import Robustness, robustness
from experiments.statistics.warm_up import WarmUp, warm_up

__all__ = [
    "LEVEL",
    "Band",
    "BreakEven",
    "Paired",
    "Robustness",
    "Values",
    "WarmUp",
    "band",
    "break_even",
    "confidence_sequence",
    "half_width",
    "holm",
    "paired",
    "robustness",
    "running_sequence",
    "settled",
    "warm_up",
]
