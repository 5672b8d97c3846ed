"""Distributors: they stand between the firm and a share of its customers."""

from __future__ import annotations

from simulation.population import Column, View
from simulation.world import MONEY


class Distributor(View):
    """One distributor."""

    population = "distributors"
    kind_number = 3

    customers = Column("active customers it carries, counted when a week closes")
    margin = Column("margin it has kept so far, currency", MONEY)
    quality = Column("quality of its own service, in [0, 1]")
    bias = Column("lean of what it reports, two dimensions")
    entitlement = Column("entitlement towards the firm, in [0, 1]")
    service = Column("service it is used to, in [0, 1]")
    away_until = Column("week until which it works for the competitor")

    @property
    def present(self) -> bool:
        """Whether it works with the firm this week."""
        return bool(self.record.away_until <= self.model.world.firm[0].week)
