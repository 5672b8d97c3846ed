"""Shapley values and interactions of a game whose every coalition has been played.

Coalitions are numbered by their members: bit i of the number says whether player i is in.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import factorial

import numpy as np

from experiments.statistics import Values


def shapley_weights(players: int) -> Values:
    """Weights that turn the values of all coalitions into the players' shares.

    Shapley (1953): a player's share is the mean, over all orders of arrival, of what its arrival
    adds. The shares add up to v(all) - v(none).

    Returns
    -------
    ndarray of float, shape (players, 2**players)
        `values @ weights.T` are the shares.
    """
    weights = np.zeros((players, 1 << players))
    for player in range(players):
        for without in _without(players, [player]):
            size = without.bit_count()
            weight = factorial(size) * factorial(players - size - 1) / factorial(players)
            weights[player, without | 1 << player] += weight
            weights[player, without] -= weight
    return weights


def pairs(players: int) -> list[tuple[int, int]]:
    """Every pair of players, in the order of the interactions."""
    return list(combinations(range(players), 2))


def interaction_weights(players: int) -> Values:
    """Weights that turn the values of all coalitions into the interactions of pairs.

    Grabisch & Roubens (1999): how much more two players add together than each of them by itself,
    in the mean over all coalitions of the others. Zero in a game without interactions.

    Returns
    -------
    ndarray of float, shape (players * (players - 1) / 2, 2**players)
        In the order of `pairs`.
    """
    weights = np.zeros((len(pairs(players)), 1 << players))
    for row, (first, second) in enumerate(pairs(players)):
        i, j = 1 << first, 1 << second
        for without in _without(players, [first, second]):
            size = without.bit_count()
            weight = factorial(size) * factorial(players - size - 2) / factorial(players - 1)
            weights[row, without | i | j] += weight
            weights[row, without | i] -= weight
            weights[row, without | j] -= weight
            weights[row, without] += weight
    return weights


def _without(players: int, left_out: list[int]) -> Iterator[int]:
    """Every coalition in which none of these is."""
    out = sum(1 << player for player in left_out)
    return (coalition for coalition in range(1 << players) if not coalition & out)
