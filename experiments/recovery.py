"""How long an offer takes to regain the fit that a sudden shift of needs cost it."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from simulation import Record
from simulation.world import DAYS_A_WEEK

# In a week, a shift moves needs by more than this, and by more than they would drift (a step of the
# drift goes beyond five times the turbulence once in a quarter of a million weeks).
LEAST_JUMP = 0.15
DRIFTS = 5.0
REGAINED = 0.5  # of the fit lost

_COLUMNS = ["segment", "week", "lost", "days"]


def recoveries(record: Record) -> pd.DataFrame:
    """Find the shifts of a run, and how soon its offer caught up; see `recoveries_in`."""
    resolved = record.manifest["resolved_scenario"]
    jump = max(LEAST_JUMP, DRIFTS * float(resolved["market"]["turbulence"]))
    return recoveries_in(record.segments, jump, float(resolved["parameters"]["fit_sd"]))


def recoveries_in(segments: pd.DataFrame, jump: float, fit_sd: float) -> pd.DataFrame:
    """Find the shifts that cost a segment fit, and how soon half of that was regained.

    Fit is that of a person in the middle of the segment, exp(-gap² / (2 fit_sd²)).

    Parameters
    ----------
    segments : DataFrame
        `Record.segments`.
    jump : float
        Distance that the needs of a segment move in the week of a shift, at least.
    fit_sd : float
        Distance at which fit has fallen to exp(-1/2).

    Returns
    -------
    DataFrame
        A row per shift: `segment`, `week`, `lost` (of the fit, in [0, 1]) and `days` (working days;
        infinite if the run was over first).
    """
    rows = []
    for segment, weeks in segments.groupby("segment", sort=False):
        needs = weeks[["needs_x", "needs_y"]].to_numpy(float)
        fit = np.exp(-0.5 * (weeks["product_gap"].to_numpy(float) / fit_sd) ** 2)
        moved = np.hypot(*np.diff(needs, axis=0).T)
        for at in np.flatnonzero(moved > jump) + 1:
            lost = fit[at - 1] - fit[at]
            if lost <= 0:  # the needs came nearer to the offer
                continue
            back = np.flatnonzero(fit[at + 1 :] >= fit[at] + REGAINED * lost)
            rows.append(
                {
                    "segment": segment,
                    "week": weeks["week"].iloc[at],
                    "lost": float(lost),
                    "days": float(DAYS_A_WEEK * (back[0] + 1)) if len(back) else math.inf,
                }
            )
    table = pd.DataFrame(rows, columns=_COLUMNS)
    return table.astype({"segment": "str", "lost": float, "days": float, "week": "int64"})
