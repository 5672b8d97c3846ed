"""What a comparison has found so far, as data for a page."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from experiments.comparison import Comparison
from experiments.happenings import in_words, lasts
from experiments.metrics import DETAILS, HEADLINE, metric
from experiments.result_folder import plain
from experiments.statistics import Values, band
from experiments.webapp.source import source
from simulation.parameters import PARAMETERS

SMOOTH_WEEKS = 13
"""Courses are means over so many weeks, as in the figures."""

_EIGHT_IN_TEN = (0.1, 0.9)
_MOST_POINTS = 520  # of a course: more than a screen can tell apart
_DIGITS = 5
_DETAILS = frozenset(measure.key for measure in DETAILS)


def snapshot(found: Comparison) -> dict[str, Any]:
    """Say what the finished replications show.

    Returns
    -------
    dict
        `finding`, `inside`; `measures`, a row each with numbers and the same in words; `courses`
        by headline measure: `years`, and for `a`, `b` their `mean` and where eight in ten
        replications lie (`low`, `high`), for `gap` the mean of A - B and the band that holds its
        whole course with 95 % probability; where it all comes from in `origin`. Bands are missing
        with too few replications.
    """
    result: dict[str, Any] = plain(
        {
            "regimes": found.regimes,
            "pairs": found.replications,
            "failed": found.failed,
            "finding": found.finding,
            "inside": found.inside,
            "measures": [_measure(row) for row in found.table.to_dict("records")],
            "courses": {
                key: _course(found, key) for key in HEADLINE if key in set(found.table["metric"])
            },
            "events": [
                {"week": event["week"], "weeks": lasts(event), "text": in_words(event)}
                for event in found.happenings
            ],
            "origin": _origin(found),
        }
    )
    return result


def _measure(row: Mapping[Any, Any]) -> dict[str, Any]:
    measure = metric(str(row["metric"]))
    low, high = row["low"], row["high"]
    known = math.isfinite(low) and math.isfinite(high)
    return {
        "key": measure.key,
        "label": measure.label,
        "direction": measure.direction,
        "headline": measure.key in HEADLINE,
        "detail": measure.key in _DETAILS,
        "a": measure.value(row["A"]),
        "b": measure.value(row["B"]),
        "difference": measure.difference(row["difference"]),
        "interval": f"{measure.difference(low, unit=False, beside=low)} to "
        f"{measure.difference(high, beside=high)}"
        if known
        else None,
        "sign": int(np.sign(row["difference"])) if not known or low > 0 or high < 0 else 0,
        "a_wins": row["a_wins"],
        "numbers": {key: row[key] for key in ("A", "B", "difference", "low", "high", "pairs")},
    }


def _course(found: Comparison, key: str) -> dict[str, Any]:
    first, second = (_smooth(found.results.courses(key)[label]) for label in found.regimes[:2])
    step = max(1, math.ceil(first.shape[1] / _MOST_POINTS))
    weeks = np.arange(first.shape[1])[::step]
    gap = band(first - second)
    several = first.shape[0] > 1
    return {
        "label": metric(key).label,
        "unit": metric(key).unit,
        "weeks": weeks.tolist(),
        **{
            firm: _lines(*_range(courses, several=several), step)
            for firm, courses in (("a", first), ("b", second))
        },
        "gap": _lines(gap.mean, gap.low, gap.high, step),
    }


def _range(courses: Values, *, several: bool) -> tuple[Values, Values, Values]:
    if several and np.isfinite(courses).all():  # as most measures are; many times as quick
        return (courses.mean(axis=0), *np.quantile(courses, _EIGHT_IN_TEN, axis=0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # weeks in which no run has a value
        mean = np.nanmean(courses, axis=0)
        if not several:
            nothing = np.full_like(mean, np.nan)
            return mean, nothing, nothing
        low, high = np.nanquantile(courses, _EIGHT_IN_TEN, axis=0)
    return mean, low, high


def _lines(mean: Values, low: Values, high: Values, step: int) -> dict[str, list[float | None]]:
    return {
        name: [_rounded(x) for x in values[::step]]
        for name, values in (("mean", mean), ("low", low), ("high", high))
    }


def _rounded(x: float) -> float | None:
    return float(f"{x:.{_DIGITS}g}") if math.isfinite(x) else None


def _smooth(courses: Values) -> Values:
    rolling = pd.DataFrame(courses.T).rolling(SMOOTH_WEEKS, min_periods=1)
    return rolling.mean().to_numpy(float).T


def _origin(found: Comparison) -> dict[str, Any]:
    study = found.study
    return {
        **source(study, found.replications),
        "cells": dict(study.cells),
        "asked": study.asked.get("overrides") or {},
        "assumed": sum(one.assumed for one in PARAMETERS.values()),
        "parameters": len(PARAMETERS),
    }
