"""Where a number of a report comes from: its runs, its method, and the number made again."""

from experiments.provenance.again import Rerun, simulate_again
from experiments.provenance.number import Number
from experiments.provenance.numbers import number

__all__ = ["Number", "Rerun", "number", "simulate_again"]
