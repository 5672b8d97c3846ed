"""Bots: teams that move their dials towards a named regime as fast as their capital allows."""

from __future__ import annotations

from experiments.webapp.game.capital import STEPS, STEPS_A_POINT, Position, position_of
from experiments.webapp.game.decision import Decision
from experiments.webapp.game.preset import regimes
from simulation.dials import DIALS, MEASURES


def follow(regime: str, before: Position, capital: int) -> Decision:
    """Decide for one quarter what leads nearest to a regime.

    Point by point what is farthest from the regime moves, so that in the end all that is left to go
    is left evenly; a regime that can be reached is reached exactly.

    Parameters
    ----------
    regime : str
        Name of a shipped regime.
    before : Position
        Where the dials stand.
    capital : int
        Points to spend at most.
    """
    target, now = position_of(regimes()[regime]), dict(before)
    free = [dial for dial in DIALS if dial not in MEASURES]
    left = capital * STEPS_A_POINT
    while left and now != target:
        gaps = {dial: target[dial] - now[dial] for dial in DIALS}
        dial = max(free, key=lambda name: abs(gaps[name]))
        gains, loses = (pick(MEASURES, key=lambda name: gaps[name]) for pick in (max, min))
        weight = min(gaps[gains], -gaps[loses])
        step = min(left, STEPS_A_POINT, max(abs(gaps[dial]), weight))
        if weight > abs(gaps[dial]):
            now[gains] += step
            now[loses] -= step
        else:
            now[dial] += step if gaps[dial] > 0 else -step
        left -= step
    moved = {dial for dial in DIALS if now[dial] != before[dial]}
    if moved & set(MEASURES):
        moved |= set(MEASURES)
    return Decision(dials={dial: now[dial] / STEPS for dial in DIALS if dial in moved})
