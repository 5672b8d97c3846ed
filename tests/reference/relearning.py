"""Relearning: new rules, new technology, new colleagues cost productivity (section 11.11)."""

from __future__ import annotations

from .state import Department, Dials, State

MOST = 0.9
WEEKS = 13.0  # that it takes where nobody drives


def unlearn(state: State, department: Department, loss: float) -> None:
    if state.on("relearning"):
        department.relearning = min(MOST, department.relearning + loss)


def set_dials(state: State, department: Department, dials: Dials) -> None:
    """The week's dials take effect."""
    if state.week > 0:
        moved = sum(abs(new - old) for new, old in zip(dials, department.dials, strict=True))
        unlearn(state, department, state.c["relearning_loss"] * (moved / len(dials)))
    department.dials = dials


def relearn(department: Department) -> None:
    """A week goes by (with 9.5); direction makes people learn faster."""
    haste = 1.0 - department.dials.manager_metric / 2.0
    department.relearning -= department.relearning / (WEEKS * haste)
