"""The twelve dials of a regime: what each brings, what it costs, which claims it serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class DialNote:
    """What one dial means.

    Attributes
    ----------
    meaning : str
        What raising the dial brings.
    price : str
        What raising it costs.
    claims : tuple of str
        Claims that put the dial to work (docs/claims.md).
    """

    meaning: str
    price: str
    claims: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.meaning} Price: {self.price} Claims: {', '.join(self.claims)}."


DIAL_NOTES: Mapping[str, DialNote] = {
    "customer_priority": DialNote(
        "Share of capacity kept for work that has a paying customer behind it.",
        "requests of colleagues wait, and some of them block the person who asked.",
        ("H4", "H13"),
    ),
    "line_of_sight": DialNote(
        "How well a department sees the customer behind the work that reaches it.",
        "time spent with customers, strain, and more work that looks urgent.",
        ("H8", "H12", "H25", "H35"),
    ),
    "colleague_as_customer": DialNote(
        "How far colleagues are served as customers: courtesy and clean handovers.",
        "rising expectations, and requests that help nobody work.",
        ("H11", "H35", "H37", "H39", "H40", "H41", "H47"),
    ),
    "captivity": DialNote(
        "How firmly departments are bound to the supplier inside the firm; pools cost less.",
        "neither side can decline the other or leave.",
        ("H42", "H43"),
    ),
    "customer_metric": DialNote(
        "Weight of the customer's outcome in how people are measured.",
        "slow and noisy signals, generous amends, time for customers who do not pay for it.",
        ("H12", "H15", "H32"),
    ),
    "local_metric": DialNote(
        "Weight of the department's own figures in how people are measured.",
        "corners cut, and work that is closed without being resolved.",
        ("H2", "H5"),
    ),
    "manager_metric": DialNote(
        "Weight of the superior's opinion in how people are measured.",
        "hours of upward reporting, and bad news that is softened on its way up.",
        ("H34",),
    ),
    "listening": DialNote(
        "Share of working time spent listening to those whom one serves.",
        "those working hours.",
        ("H16", "H19", "H20", "H36"),
    ),
    "risk_aversion": DialNote(
        "How many rules an incident leaves behind; rules prevent incidents.",
        "approvals and the delay they bring.",
        ("H1", "H5", "H6"),
    ),
    "distributor_voice": DialNote(
        "Weight of what distributors want against what users need; a pleased channel sells more.",
        "an offer that drifts away from its users.",
        ("H9",),
    ),
    "focus": DialNote(
        "Concentration of effort on one primary segment, where it gains from scale.",
        "the offer to the other segments falls behind.",
        ("H46",),
    ),
    "care": DialNote(
        "Money and attention spent on the well-being of employees.",
        "that money.",
        ("H11", "H13"),
    ),
}

DIALS: tuple[str, ...] = tuple(DIAL_NOTES)
MEASURES: tuple[str, ...] = ("customer_metric", "local_metric", "manager_metric")


def complete_measures(current: Mapping[str, float], given: Mapping[str, float]) -> dict[str, float]:
    """Fill in the three measures so that they add up to one.

    One given measure makes the other two shrink (or grow) in proportion, or share the rest evenly
    when both are zero; two given ones leave the remainder to the third; three stand as they are.

    Parameters
    ----------
    current : mapping of str to float
        The three measures in force.
    given : mapping of str to float
        Between zero and three measures to set.

    Returns
    -------
    dict of str to float
        All three measures; they miss one only where `given` leaves no way to reach it.
    """
    values = {dial: given.get(dial, current[dial]) for dial in MEASURES}
    free = [dial for dial in MEASURES if dial not in given]
    rest = 1.0 - sum(given[dial] for dial in MEASURES if dial in given)
    if len(free) in (1, 2) and 0.0 <= rest <= 1.0:
        total = sum(current[dial] for dial in free)
        for dial in free:
            values[dial] = rest * (current[dial] / total if total > 0 else 1 / len(free))
    return values


def with_measures(current: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Add to some given dials the measures that follow from them, where all are numbers."""
    told = {dial: given[dial] for dial in MEASURES if dial in given}
    present = [current.get(dial) for dial in MEASURES] + list(told.values())
    if not told or not all(is_number(value) for value in present):
        return dict(given)
    return {**given, **complete_measures(current, told)}


def is_number(value: object) -> bool:
    """Whether a value is a number; true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)
