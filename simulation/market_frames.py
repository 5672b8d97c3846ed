"""The offer and the market, week by week: gaps, insight, agility (docs/model.md, section 12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from simulation.world import DAYS_A_WEEK, WEEKS_A_QUARTER


def _distance(segments: np.ndarray, end: str) -> np.ndarray:
    """Distance between the needs of each segment and its offer, rival or belief; (weeks, K)."""
    apart: np.ndarray = segments["needs"] - segments[end]
    return np.sqrt((apart * apart).sum(axis=2))


def _weighted(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Mean over segments, by weight; the plain mean where all weights are zero."""
    total = weights.sum(axis=1)
    sums = (values * weights).sum(axis=1)
    return np.where(total > 0, sums / np.maximum(total, 1), values.mean(axis=1))


def market_columns(segments: np.ndarray) -> Mapping[str, np.ndarray]:
    """How far the offer, the rival's and the belief lie from needs; by active customers."""
    active = segments["active"]
    return {
        "product_gap": _weighted(_distance(segments, "offer"), active),
        "competitor_gap": _weighted(_distance(segments, "competitor"), active),
        "belief_gap": _weighted(_distance(segments, "belief"), active),
        "insight_age_weeks": _weighted(segments["insight_age"], active),
    }


def _window(values: np.ndarray) -> np.ndarray:
    """Sums over the past quarter, along the first axis."""
    total = np.cumsum(values, axis=0, dtype=float)
    total[WEEKS_A_QUARTER:] -= total[:-WEEKS_A_QUARTER].copy()
    return total


def agility_columns(
    segments: np.ndarray, done: np.ndarray, days: np.ndarray
) -> Mapping[str, np.ndarray]:
    """Speed, variety and agility over a window of 13 weeks.

    Speed is 1 / (insight age + change lead time), both in working days. Variety is the exponential
    of the entropy of what was moved: how far, per pair of segment and dimension (Hill number of
    order 1); 0 where nothing was. Agility is their product.

    Parameters
    ----------
    segments : numpy.ndarray
        History of the table of segments, shape (weeks, K).
    done, days : numpy.ndarray
        Changes finished each week, and the sum of their lead times in days.
    """
    finished = _window(done)
    lead = np.divide(_window(days), finished, out=np.full(len(done), np.nan), where=finished > 0.5)
    moved = _window(segments["moved"].reshape(len(segments), 2 * segments.shape[1]))
    total = moved.sum(axis=1, keepdims=True)
    share = np.divide(moved, total, out=np.zeros_like(moved), where=total > 1e-12)
    logs = np.log(share, out=np.zeros_like(share), where=share > 0)
    variety = np.where(total[:, 0] > 1e-12, np.exp(-(share * logs).sum(axis=1)), 0.0)
    age = market_columns(segments)["insight_age_weeks"] * DAYS_A_WEEK
    speed = np.where(np.isnan(lead), 0.0, 1.0 / np.maximum(age + np.nan_to_num(lead), 1.0))
    return {
        "change_lead_time_days": lead,
        "agility_speed": speed,
        "agility_variety": variety,
        "agility": speed * variety,
    }


def segment_frame(weeks: np.ndarray, segments: np.ndarray, names: Sequence[str]) -> pd.DataFrame:
    """One row per week and segment."""
    return pd.DataFrame(
        {
            "week": np.repeat(weeks, len(names)),
            "segment": list(names) * len(weeks),
            "active": segments["active"].ravel(),
            "product_gap": _distance(segments, "offer").ravel(),
            "competitor_gap": _distance(segments, "competitor").ravel(),
            "belief_gap": _distance(segments, "belief").ravel(),
            "insight_age_weeks": segments["insight_age"].ravel(),
            "needs_x": segments["needs"][:, :, 0].ravel(),
            "needs_y": segments["needs"][:, :, 1].ravel(),
        }
    )
