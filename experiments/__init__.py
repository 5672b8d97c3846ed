"""Runs of the model, and what people make of them."""

from experiments.biography import Story, why
from experiments.compare import Comparison, compare

__all__ = ["Comparison", "Story", "compare", "why"]
