"""Columns that look like agents.

State lives in tables; an agent is a thin view of one row. Each attribute of a view is a
descriptor that looks the table up through the model, so two firms live in one process without
clash.
"""

from __future__ import annotations

from typing import Any, ClassVar, cast

import mesa
import numpy as np


class Column:
    """Descriptor: an attribute of an agent that is a cell of its table."""

    def __init__(self, doc: str, scale: float = 1.0, field: str = "") -> None:
        self.__doc__ = doc
        self.scale = scale
        self.field = field

    def __set_name__(self, owner: type, name: str) -> None:
        self.field = self.field or name

    def __get__(self, agent: View | None, owner: type | None = None) -> Any:
        if agent is None:
            return self
        value = agent.table[self.field][agent.row]
        if isinstance(value, np.ndarray):
            return value
        return value.item() if self.scale == 1.0 else value.item() / self.scale

    def __set__(self, agent: View, value: Any) -> None:
        agent.table[self.field][agent.row] = (
            value if self.scale == 1.0 else round(value * self.scale)
        )


class View(mesa.Agent[Any]):
    """A mesa.Agent that is a view of row `row` of one of the firm's tables.

    `unique_id` follows from kind and row: `kind_number * 2**32 + row`.
    """

    population: ClassVar[str]
    kind_number: ClassVar[int]

    def __init__(self, model: Any, row: int) -> None:
        # mesa.Agent.__init__ would register the view; the firm makes views only when asked
        self.model = model
        self.row = row
        self.unique_id = cast(Any, self.kind_number * 2**32 + row)
        self.pos = None

    @property
    def table(self) -> Any:
        """The table this view belongs to."""
        return getattr(self.model.world, self.population)

    @property
    def record(self) -> Any:
        """This agent's row, as the compiled rules read it."""
        return self.table[self.row]

    @property
    def parameters(self) -> Any:
        """The firm's parameters, as the compiled rules read them."""
        return self.model.world.p[0]

    def remove(self) -> None:
        """Not possible: people change status, rows stay (a closed market).

        Raises
        ------
        TypeError
            Always.
        """
        raise TypeError("agents of a firm are rows of its tables and cannot be removed")
