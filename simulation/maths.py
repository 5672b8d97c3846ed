"""Transcendental functions: the one place through which every rule and kernel calls them.

All paths (compiled, uncompiled, agent views) share these, so that two builds can differ in
one module only.
"""

from __future__ import annotations

import math

from simulation.jit import compiled


@compiled
def exp(x: float) -> float:
    """Exponential."""
    return math.exp(x)


@compiled
def log(x: float) -> float:
    """Natural logarithm of a positive number."""
    return math.log(x)


@compiled
def sqrt(x: float) -> float:
    """Square root."""
    return math.sqrt(x)


@compiled
def cos(x: float) -> float:
    """Cosine (radians)."""
    return math.cos(x)


@compiled
def sin(x: float) -> float:
    """Sine (radians)."""
    return math.sin(x)


@compiled
def round_half_up(x: float) -> int:
    """Nearest integer, halves upward: `floor(x + 1/2)`."""
    return math.floor(x + 0.5)


@compiled
def lognormal(z: float, sd_log: float) -> float:
    """Lognormal factor with mean one from a standard normal `z`."""
    return exp(sd_log * z - 0.5 * sd_log * sd_log)
