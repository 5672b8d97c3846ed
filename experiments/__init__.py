"""Runs of the model, and what people make of them."""

from experiments.compare import Comparison, compare

__all__ = ["Comparison", "compare"]
