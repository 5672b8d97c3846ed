"""Mechanisms of the model, one module each; a scenario switches them by name."""

from __future__ import annotations

MECHANISMS: tuple[str, ...] = (
    "disputes",
    "measurement",
    "entitlement",
    "incidents",
    "engagement",
)
