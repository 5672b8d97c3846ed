"""Runs of the model, and what people make of them."""

from experiments.biography import Story, why
from experiments.compare import Comparison, compare
from experiments.runner import Crowd
from experiments.sweep import Sweep, sweep

__all__ = ["Comparison", "Crowd", "Story", "Sweep", "compare", "sweep", "why"]
