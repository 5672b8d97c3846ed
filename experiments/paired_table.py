"""The paired table of a comparison: a row per metric and second regime."""

from __future__ import annotations

import math

import pandas as pd

from experiments.metrics import metric
from experiments.statistics import confidence_sequence, holm, paired
from experiments.study import Study

INTERVAL = ["low", "high"]


def paired_table(pairs: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Means, paired difference and how sure it is.

    Parameters
    ----------
    pairs : DataFrame
        As `Comparison.paired`.
    study : Study
        Says what is estimated and when it stopped.

    Returns
    -------
    DataFrame
        `metric`, `regime_a`, `regime_b`, the means `A` and `B`, `difference` A - B, and

        - `low`, `high`: its 95 % Student t interval; if replications were added until a precision
          was reached, the confidence sequence, which holds whenever one stops;
        - `a_wins`: share of replications in which A is better for the firm, NaN for a neutral
          metric;
        - `variance_ratio`: how many times more runs it would take without common random numbers;
        - `p`: of the paired t test, NaN where replications were added; `p_holm`: adjusted by Holm's
          method over the headline measures and all second regimes, that of any other measure over
          all of those;
        - `p10`, `p50`, `p90`: so many per cent of the replications have a smaller difference;
        - `pairs`: replications in which both firms came to the end.
    """
    rows = []
    for (other, name), group in pairs.groupby(["regime_b", "metric"], sort=False):
        a, b = group["A"].to_numpy(float), group["B"].to_numpy(float)
        found = paired(a, b, metric(str(name)).direction)
        low, high, p = found.low, found.high, found.p
        if study.precision:
            low, high = _sequence(study, str(name), group)
            p = math.nan
        rows.append(
            {
                "metric": name,
                "regime_a": study.regimes[0],
                "regime_b": other,
                "A": found.mean_a,
                "B": found.mean_b,
                "difference": found.difference,
                "low": low,
                "high": high,
                "a_wins": found.a_wins,
                "variance_ratio": found.variance_ratio,
                "p": p,
                "p10": found.p10,
                "p50": found.p50,
                "p90": found.p90,
                "pairs": found.pairs,
            }
        )
    table = pd.DataFrame(rows)
    if rows:
        headline = table["metric"].isin(study.estimates)
        for family in (headline, ~headline):
            table.loc[family, "p_holm"] = holm(table.loc[family, "p"].to_numpy(float))
        order = [name for name in table if name != "p_holm"]
        order.insert(order.index("p") + 1, "p_holm")
        table = table[order]
    return table


def _sequence(study: Study, name: str, group: pd.DataFrame) -> tuple[float, float]:
    """The confidence sequence of a difference; wider for what decided when to stop."""
    precision = study.precision
    assert precision is not None
    alpha = precision.alpha
    if name in precision.widths:
        alpha /= len(precision.widths) * (len(study.regimes) - 1)
    gaps = group.sort_values("replication")["difference"].to_numpy(float)
    return confidence_sequence(gaps, alpha, precision.tightest_at, precision.least)
