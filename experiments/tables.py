"""What the first replication of a firm brings back beyond its weekly series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import pandas as pd

from experiments.customer_base import newcomers
from simulation import Record
from simulation.world import DAYS_A_WEEK


@dataclass(frozen=True, slots=True)
class Tables:
    """People, departments and what passes between them, over a whole run.

    Attributes
    ----------
    customers : DataFrame
        `Record.customers`.
    newcomers : DataFrame
        Lives of the first year's new customers; see `experiments.customer_base.newcomers`.
    departments : DataFrame
        By name, in the order of the scenario: `kind`, and means over the weeks of the columns of
        `Record.departments`.
    flows : DataFrame
        `source`, `target` and `items` a week.
    """

    customers: pd.DataFrame
    newcomers: pd.DataFrame
    departments: pd.DataFrame
    flows: pd.DataFrame

    @classmethod
    def of(cls, record: Record) -> Self:
        """Take them from a record whose event log has at least the losses."""
        weeks = record.manifest["weeks"]
        organisation = record.manifest["resolved_scenario"]["organisation"]
        kinds = pd.Series({d["name"]: d["kind"] for d in organisation["departments"]})
        means = record.departments.groupby("department").mean(numeric_only=True)
        flows = record.flows[["source", "target", "items"]]
        return cls(
            customers=record.customers,
            newcomers=newcomers(record.events, weeks * DAYS_A_WEEK),
            departments=means.reindex(kinds.index).assign(kind=kinds),
            flows=flows.assign(items=flows["items"] / weeks),
        )
