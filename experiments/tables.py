"""What the first replication of a firm brings back beyond its weekly series."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import pandas as pd

from experiments.customer_base import newcomers
from simulation import Record
from simulation.world import DAYS_A_WEEK

_LABELS = ["scenario", "regime", "seed"]  # the same in all rows of a run
_CLASSES = ("linked", "internal")  # of work, as a department sees it


@dataclass(frozen=True, slots=True)
class Tables:
    """People, departments and what passes between them, over a whole run.

    Attributes
    ----------
    customers : DataFrame
        `Record.customers` without its labels.
    newcomers : DataFrame
        Lives of the first year's new customers; see `experiments.customer_base.newcomers`.
    departments : DataFrame
        By name, in the order of the scenario: `kind`, means over the weeks of the columns of
        `Record.departments`, and `stage_days`, which an item stays there in the mean of all items.
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
        weekly = without_labels(record.departments)
        means = weekly.groupby("department").mean(numeric_only=True)
        means["stage_days"] = _days_of_an_item(weekly)
        flows = record.flows[["source", "target", "items"]]
        return cls(
            customers=without_labels(record.customers),
            newcomers=newcomers(record.events, weeks * DAYS_A_WEEK),
            departments=means.reindex(kinds.index).assign(kind=kinds),
            flows=flows.assign(items=flows["items"] / weeks),
        )

    def frames(self) -> dict[str, pd.DataFrame]:
        """The tables by their names."""
        return {item.name: getattr(self, item.name) for item in fields(self)}


def without_labels(table: pd.DataFrame) -> pd.DataFrame:
    """A table of a record without what is the same in all of its rows."""
    return table.drop(columns=_LABELS)


def _days_of_an_item(weekly: pd.DataFrame) -> pd.Series[float]:
    """Days over items, both summed over weeks and classes; by department, NaN without an item."""
    items = sum(weekly[f"stages_{c}"] for c in _CLASSES)
    days = sum((weekly[f"stages_{c}"] * weekly[f"stage_days_{c}"]).fillna(0.0) for c in _CLASSES)
    sums = pd.DataFrame({"items": items, "days": days}).groupby(weekly["department"]).sum()
    return sums["days"] / sums["items"]
