"""Mechanisms of the model, one module each; a scenario switches them by name.

They act in the order given in `simulation/firm.py`. Each reads and writes columns of the firm's
tables, which its module names; changes ask the channel for its voice, incidents shadow IT for the
risk it adds.
"""

from __future__ import annotations

from simulation.mechanisms import (
    agility,
    customer_office,
    disputes,
    distributors,
    engagement,
    entitlement,
    incidents,
    listening,
    measurement,
    relearning,
    shadow_it,
)
from simulation.mechanisms.base import Mechanism

ALL: tuple[Mechanism, ...] = (
    disputes.MECHANISM,
    measurement.MECHANISM,
    entitlement.MECHANISM,
    incidents.MECHANISM,
    engagement.MECHANISM,
    listening.MECHANISM,
    agility.MECHANISM,
    distributors.MECHANISM,
    shadow_it.MECHANISM,
    customer_office.MECHANISM,
    relearning.MECHANISM,
)

MECHANISMS: tuple[str, ...] = tuple(mechanism.name for mechanism in ALL)
"""Names under `mechanisms:` in a scenario file."""
