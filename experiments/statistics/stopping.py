"""When there are enough replications."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from experiments.statistics.confidence_sequence import running_sequence, settled
from experiments.statistics.paired import Values


def settled_at(
    sequences: Sequence[tuple[Values, float]], alpha: float, tightest_at: int, least: int
) -> int | None:
    """After how many replications every difference was clear of zero or known precisely enough.

    Parameters
    ----------
    sequences : sequence of (array of shape (replications,), float)
        Paired differences in the order of their replications, NaN where one is missing, and the
        width that is narrow enough.
    alpha : float
        Chance that any of the confidence sequences ever misses its mean: each gets an equal part.
    tightest_at, least : int
        As for `running_sequence`.

    Returns
    -------
    int or None
        The first such number, whatever came after it; None if there is none.
    """
    enough = True
    for values, width in sequences:
        known = np.isfinite(values)
        low, high = running_sequence(values, alpha / len(sequences), tightest_at, least)
        clear = np.array([settled(a, b, width) for a, b in zip(low, high)], dtype=bool)
        # before the first value nothing is known; after a missing one, what was known before
        enough = enough & np.append(False, clear)[np.cumsum(known)]
    return int(np.argmax(enough)) + 1 if np.any(enough) else None
