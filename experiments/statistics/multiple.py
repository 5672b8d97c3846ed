"""Several measures at once: p-values adjusted so that any false finding is rare."""

from __future__ import annotations

import numpy as np

from experiments.statistics.paired import Values


def holm(p: Values) -> Values:
    """Adjust p-values by Holm's step-down method.

    The chance that any true null hypothesis has an adjusted p-value of at most alpha is at most
    alpha, however the tests depend on each other.

    Parameters
    ----------
    p : array, shape (tests,)
        P-values; NaN stands for a test that was not made, stays NaN and does not count.

    References
    ----------
    Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of
    Statistics 6.
    """
    p = np.asarray(p, dtype=float)
    adjusted = np.full(p.shape, np.nan)
    made = np.flatnonzero(np.isfinite(p))
    order = made[np.argsort(p[made], kind="stable")]
    still = np.arange(len(order), 0, -1)  # hypotheses not yet rejected at each step
    adjusted[order] = np.minimum(np.maximum.accumulate(still * p[order]), 1.0)
    return adjusted
