"""Does the answer depend on what nobody has measured? Regimes compared over draws of coefficients.

Every assumed coefficient is drawn from its plausible range (`Parameter.plausible`) by Latin
hypercube sampling (McKay, Beckman & Conover 1979), and all regimes live through the same draw with
the same luck, in a calm and in a turbulent market.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from experiments.runs import RunResult, RunSpec, run_one
from simulation import resolve
from simulation.parameters import PARAMETERS
from simulation.workload import without_hours

OUTCOMES = {"retention": 1, "profit": 1, "friction": -1, "agility": 1}  # -1: less is better
MARKETS = {"calm": 0.01, "turbulent": 0.05}
Cell = tuple[str, str]  # of an outcome and a market
CELLS: tuple[Cell, ...] = tuple(product(OUTCOMES, MARKETS))
NEUTRAL = "neutral"
LIKE_A_FIRM = {
    "retention": (0.65, 0.95),
    "utilisation": (0.6, 1.05),
    "margin": (-0.1, 0.3),
    "lead_time_days": (0.0, 12.0),
    "turnover": (0.05, 0.3),
}
"""What the neutral firm of a draw must be like for the draw to count as plausible."""
KEPT = (*OUTCOMES, "utilisation", "margin", "lead_time_days", "turnover", "resolution_rate",
        "satisfaction")  # fmt: skip
ALPHA = 0.05
TAIL = 0.05


def draw_coefficients(count: int, seed: int) -> pd.DataFrame:
    """Draws of all assumed coefficients.

    A value is drawn evenly on a logarithmic scale, a share on the scale of its log odds.

    Returns
    -------
    DataFrame
        A row per draw, a column per coefficient that has a range.
    """
    ranges = {p.name: p.plausible for p in PARAMETERS.values() if p.plausible[0] < p.plausible[1]}
    cube = stats.qmc.LatinHypercube(len(ranges), rng=seed).random(count)
    columns = {}
    for place, (name, ends) in enumerate(ranges.items()):
        share = PARAMETERS[name].share
        low, high = np.log(np.array(ends) / (1.0 - np.array(ends)) if share else np.array(ends))
        drawn = np.exp(low + cube[:, place] * (high - low))
        columns[name] = drawn / (1.0 + drawn) if share else drawn
    return pd.DataFrame(columns).rename_axis("draw")


def specifications(
    scenario: str, regimes: Sequence[str], draw: int, coefficients: pd.Series | None, years: float
) -> Iterator[RunSpec]:
    """The runs of one draw: every regime in every market, and the neutral firm in its own.

    Parameters
    ----------
    draw : int
        Number of the draw; its size is the seed of its luck.
    coefficients : Series or None
        Drawn values; None leaves the coefficients as they are.
    """
    drawn = {} if coefficients is None else coefficients.to_dict()
    values: dict[str, object] = {f"parameters.{name}": value for name, value in drawn.items()}
    cells: list[tuple[str, str, dict[str, object]]] = [(NEUTRAL, NEUTRAL, {})]
    for market, turbulence in MARKETS.items():
        cells += [(market, regime, {"market.turbulence": turbulence}) for regime in regimes]
    for market, regime, moved in cells:
        firm = resolve(scenario, regime, {**values, **moved}, years)
        yield RunSpec(without_hours(firm), f"{draw} {market} {regime}", abs(draw))


def run_briefly(spec: RunSpec) -> RunResult:
    """Simulate one firm and keep a few numbers of its summary; as `run_one` takes failures."""
    result = run_one(spec)
    kept = {name: result.summary[name] for name in KEPT} if result.summary else None
    return RunResult(spec.key, spec.label, spec.seed, result.error, kept)


def as_rows(results: Sequence[RunResult]) -> pd.DataFrame:
    """Results as a table: draw, market, regime and what was kept."""
    rows = []
    for result in results:
        draw, market, regime = result.label.split()
        named = {"draw": int(draw), "market": market, "regime": regime}
        rows.append({**named, "error": result.error, **(result.summary or {})})
    return pd.DataFrame(rows)


def plausible_draws(runs: pd.DataFrame) -> pd.Index:
    """Draws with which the neutral firm still looks like a firm (`LIKE_A_FIRM`)."""
    neutral = runs[runs["regime"] == NEUTRAL].set_index("draw")
    fine = pd.Series(True, neutral.index)
    for name, (low, high) in LIKE_A_FIRM.items():
        fine &= neutral[name].between(low, high)
    return fine.index[fine]


def better(runs: pd.DataFrame, cell: Cell, regimes: Sequence[str]) -> pd.DataFrame:
    """One outcome in one market, turned so that more is better: a row per draw, a column a regime.

    Draws in which a run of one of these regimes failed are left out.
    """
    outcome, market = cell
    firms = runs[(runs["market"] == market) & runs["regime"].isin(regimes)]
    wide = firms.pivot(index="draw", columns="regime", values=outcome).dropna()
    return wide[list(regimes)] * OUTCOMES[outcome]


def leaders(runs: pd.DataFrame, cell: Cell, regimes: Sequence[str]) -> dict[str, float]:
    """Share of draws in which each regime is the best of all; where some are, each has a part."""
    wide = better(runs, cell, regimes)
    best = wide.eq(wide.max(axis=1), axis=0)
    shares = best.div(best.sum(axis=1), axis=0).mean()
    return {name: float(shares[name]) for name in regimes}


def slopes(runs: pd.DataFrame, x: str, y: str) -> pd.DataFrame:
    """How one figure goes with another from regime to regime: a line per draw and market.

    Returns
    -------
    DataFrame
        `slope` of `y` over `x` and their correlation `r`, a row per draw and market.
    """
    firms = runs[runs["regime"] != NEUTRAL].dropna(subset=[x, y])
    lines = [stats.linregress(group[x], group[y]) for _, group in firms.groupby(["draw", "market"])]
    return pd.DataFrame(
        {"slope": [line.slope for line in lines], "r": [line.rvalue for line in lines]}
    )


class Duel(NamedTuple):
    """How two regimes compare over draws.

    Attributes
    ----------
    share, low, high : float
        Share of draws in which the first does better, and its Wilson 95 % interval.
    gap, least, most : float
        Median of the first less the second in the outcome's own unit, and the ends between which
        nine tenths of these gaps lie.
    """

    share: float
    low: float
    high: float
    gap: float
    least: float
    most: float


def duel(runs: pd.DataFrame, cell: Cell, a: str, b: str) -> Duel:
    """Compare two regimes."""
    wide = better(runs, cell, (a, b))
    lead = wide[a] - wide[b]
    wins = int((lead > 0).sum())
    interval = stats.binomtest(wins, len(lead)).proportion_ci(method="wilson")
    gap = lead * OUTCOMES[cell[0]]
    return Duel(
        wins / len(lead),
        float(interval.low),
        float(interval.high),
        *(float(gap.quantile(q)) for q in (0.5, TAIL, 1.0 - TAIL)),
    )


class Decider(NamedTuple):
    """What one coefficient has to do with the lead of a regime over another.

    Attributes
    ----------
    name : str
        The coefficient.
    rho : float
        Spearman's rank correlation of its value with the lead.
    when_low, when_high : float
        Share of draws in which the first regime does better, where the coefficient is in the
        lowest and in the highest third of its draws.
    """

    name: str
    rho: float
    when_low: float
    when_high: float


def deciders(runs: pd.DataFrame, drawn: pd.DataFrame, cell: Cell, a: str, b: str) -> list[Decider]:
    """Coefficients by how much the lead of `a` over `b` hangs on them, the strongest first."""
    wide = better(runs, cell, (a, b))
    lead = wide[a] - wide[b]
    ranks = drawn.loc[lead.index].rank(pct=True)
    wins = lead > 0
    found = [
        Decider(
            str(name),
            float(stats.spearmanr(rank, lead).statistic),
            float(wins[rank <= 1 / 3].mean()),
            float(wins[rank > 2 / 3].mean()),
        )
        for name, rank in ranks.items()
    ]
    return sorted(found, key=lambda decider: -abs(decider.rho))


def least_rho(draws: int, coefficients: int) -> float:
    """A rank correlation that chance alone reaches for one of so many in one study of twenty."""
    quantile = float(stats.norm.ppf(1.0 - ALPHA / (2 * coefficients)))
    return quantile / math.sqrt(draws - 1)
