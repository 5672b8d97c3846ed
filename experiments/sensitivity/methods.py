"""SALib's samplers and analyzers, as far as they are used here."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np

from experiments.statistics import LEVEL, Values
from simulation.errors import Problem, ScenarioError, show

Method = Literal["morris", "sobol"]

NEEDED = "with SALib installed: pip install 'raison[research]'"
SAMPLES = {"morris": 10, "sobol": 64}
"""Trajectories of Morris' screening, and points of Sobol's sequence, unless told."""
STRENGTH: Mapping[Method, str] = {"morris": "mu_star", "sobol": "ST"}
"""What the strength of an index is called in a table."""
LEVELS = 4
STEP = LEVELS / (2 * (LEVELS - 1))
"""Length of a step of a trajectory, as a share of the range (Morris 1991)."""

_FEWEST = 4  # samples that an interval by resampling needs
_RESAMPLES = 1000
# Not zero: with that, SALib's analysis of Sobol indices takes no seed at all.
_SEED = 1
_WIDE_ENOUGH = 0.5  # of an index: so wide an interval leaves no doubt of its order of magnitude


class Index(NamedTuple):
    """How much an outcome depends on a key.

    Attributes
    ----------
    strength : float
        Of Morris: mu*, the mean size of what the outcome changes by as the key goes through its
        range. Of Sobol: the total index, the share of the variance in which the key takes part.
    low, high : float
        Its 95 % interval by resampling; both are at least zero, as the index is.
    more : dict of str to float
        Of Morris: `mu`, the mean change with its sign, and `sigma`, how much it differs from one
        trajectory to another. Of Sobol: `S1`, the share that the key makes by itself, with the
        interval from `S1_low` to `S1_high`.
    """

    strength: float
    low: float
    high: float
    more: dict[str, float]

    @property
    def is_resolved(self) -> bool:
        """Whether the interval is narrower than the index is large."""
        return self.high - self.low < self.strength


def needs_salib() -> None:
    """Refuse an analysis that cannot be made for want of SALib.

    Raises
    ------
    ScenarioError
        If it is not installed.
    """
    try:
        import SALib  # noqa: F401
    except ImportError:
        problem = Problem(field="sensitivity", given="without SALib", allowed=NEEDED)
        raise ScenarioError([problem]) from None


def check_samples(method: Method, samples: int) -> None:
    """Refuse too few samples, or so many that their Sobol sequence is lopsided.

    Raises
    ------
    ScenarioError
        Then.
    """
    allowed = ""
    if samples < _FEWEST:
        allowed = f"{_FEWEST} or more"
    elif method == "sobol" and samples & (samples - 1):
        below = 1 << (samples.bit_length() - 1)
        allowed = f"a power of two for sobol, such as {below} or {2 * below}"
    if allowed:
        raise ScenarioError([Problem(field="samples", given=show(samples), allowed=allowed)])


def block_size(method: Method, keys: int) -> int:
    """Points that belong together: a trajectory, or a point of the sequence and its relatives."""
    return keys + (1 if method == "morris" else 2)


def design(method: Method, keys: int, samples: int, seed: int) -> Values:
    """Choose the points.

    Returns
    -------
    ndarray of float, shape (samples * block_size, keys)
        In the unit cube, block by block.
    """
    from SALib.sample import morris, sobol

    if method == "morris":
        points = morris.sample(_problem(keys), samples, num_levels=LEVELS, seed=seed)
    else:
        points = sobol.sample(_problem(keys), samples, calc_second_order=False, seed=seed)
    return np.asarray(points, np.float64)


def indices(method: Method, points: Values, outcome: Values) -> list[Index]:
    """How much an outcome depends on each key.

    Parameters
    ----------
    method : "morris" or "sobol"
        By which the points were chosen.
    points : ndarray of float, shape (samples * block_size, keys)
        In any unit that keeps the order of values.
    outcome : ndarray of float, shape (samples * block_size,)
        Blocks with a missing value are left out.

    Returns
    -------
    list of Index
        One per key; none if no key moves the outcome anywhere, or too few blocks are complete.
    """
    keys = points.shape[1]
    blocks = outcome.reshape(-1, block_size(method, keys))
    whole = np.isfinite(blocks).all(axis=1)
    kept = blocks[whole].ravel()
    if whole.sum() < _FEWEST or np.ptp(kept) == 0.0:
        return []
    with warnings.catch_warnings():
        # of resamples that happen to be constant: their variance is zero, and counts
        warnings.simplefilter("ignore")
        if method == "morris":
            rows = points.reshape(len(blocks), -1, keys)[whole].reshape(-1, keys)
            found = _morris(_problem(keys), rows, kept)
        else:
            found = _sobol(_problem(keys), kept)
    return found if any(index.strength > 0.0 for index in found) else []


def samples_needed(method: Method, samples: int, index: Index) -> int:
    """With how many samples the interval might be half as wide as the index is large.

    Intervals shrink with the square root of the samples.
    """
    wider = (index.high - index.low) / (_WIDE_ENOUGH * index.strength)
    wanted = samples * wider**2
    if method == "sobol":
        return 1 << max(0, int(np.ceil(np.log2(wanted))))
    return int(10 * np.ceil(wanted / 10))


def _morris(problem: dict[str, Any], points: Values, outcome: Values) -> list[Index]:
    from SALib.analyze import morris

    found = morris.analyze(
        problem, points, outcome, _RESAMPLES, LEVEL, num_levels=LEVELS, seed=_SEED
    )
    columns = (found["mu_star"], found["mu_star_conf"], found["mu"], found["sigma"])
    return [
        _index(strength, half, {"mu": float(mu), "sigma": float(sigma)})
        for strength, half, mu, sigma in zip(*columns, strict=True)
    ]


def _sobol(problem: dict[str, Any], outcome: Values) -> list[Index]:
    from SALib.analyze import sobol

    found = sobol.analyze(
        problem, outcome, calc_second_order=False, num_resamples=_RESAMPLES, conf_level=LEVEL,
        seed=_SEED,
    )  # fmt: skip
    columns = (found["ST"], found["ST_conf"], found["S1"], found["S1_conf"])
    return [
        _index(
            total,
            half,
            {"S1": float(one), "S1_low": float(one - edge), "S1_high": float(one + edge)},
        )
        for total, half, one, edge in zip(*columns, strict=True)
    ]


def _index(strength: float, half: float, more: dict[str, float]) -> Index:
    return Index(float(strength), max(0.0, float(strength - half)), float(strength + half), more)


def _problem(keys: int) -> dict[str, Any]:
    names = [f"key {place}" for place in range(keys)]
    return {"num_vars": keys, "names": names, "bounds": [[0.0, 1.0]] * keys}
