"""Distributors: they stand between the firm and a share of its customers."""

from __future__ import annotations

from simulation.population import Column, View
from simulation.world import MONEY


class Distributor(View):
    """One distributor."""

    population = "distributors"
    kind_number = 3

    customers = Column("active customers it carries")
    margin = Column("margin it has kept so far, currency", MONEY)
