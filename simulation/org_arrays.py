"""The organisation of a scenario compiled to arrays: superiors, edges, routes.

Departments are kept in alphabetical order, whatever their order in the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from simulation.scenario import Scenario
from simulation.scenario_parts import Route
from simulation.tables import EDGES, ROUTES, table
from simulation.work.items import (
    CHANGE_ROUTES,
    CHANNEL_ROUTES,
    ESSENTIAL_ROUTES,
    HIRE_ROUTES,
    LEAD_ROUTES,
    NEED_ROUTES,
    ROUTE_SORTS,
    SINGLE_ROUTES,
)
from simulation.work.lists import NIL
from simulation.world import (
    LONGEST_ROUTE,
    Table,
)


class OrgArrays(NamedTuple):
    """J departments, E `serves` edges sorted by (requester, supplier), R routes.

    Attributes
    ----------
    names : tuple of str
        Departments, alphabetical.
    superior : numpy.ndarray
        Shape (J,): row of the department reported to, -1 for none.
    head : int
        The first department that reports to nobody and that somebody reports to; -1 for none.
    edge_start : numpy.ndarray
        Shape (J + 1,): edges into requester j are `edge_start[j]` to `edge_start[j + 1] - 1`.
    edges : Table
        Supplier and weekly rate per head, E rows.
    routes : Table
        Path (-1 beyond the end), length, and share, cumulative within sort and first department,
        and by itself; R rows.
    route_first : numpy.ndarray
        Shape (7, J + 1, 2): start and end of the routes of a sort that begin at a department;
        column J stands for "anywhere".
    """

    names: tuple[str, ...]
    superior: np.ndarray
    head: int
    edge_start: np.ndarray
    edges: Table
    routes: Table
    route_first: np.ndarray


def compile_organisation(scenario: Scenario) -> OrgArrays:
    """Compile the org graph of a scenario to the arrays the kernels read."""
    organisation = scenario.organisation
    names = tuple(sorted(d.name for d in organisation.departments))
    row = {name: j for j, name in enumerate(names)}
    superior = np.full(len(names), NIL, np.int64)
    for line in organisation.reports_to:
        superior[row[line.department]] = row[line.to]
    heads = [j for j in range(len(names)) if superior[j] == NIL and j in superior]
    edges = sorted(
        (row[e.requester], row[e.supplier], e.essential_per_head_week) for e in organisation.serves
    )
    requesters = np.array([e[0] for e in edges], np.int64)
    edge_table = table(EDGES, len(edges))
    for entry, (_, supplier, rate) in zip(edge_table, edges, strict=True):
        entry.supplier, entry.rate = supplier, rate
    routes = _Routes(row)
    routes.add(NEED_ROUTES, scenario.routes.need, by_first=False)
    routes.add(LEAD_ROUTES, scenario.routes.lead, by_first=False)
    routes.add(ESSENTIAL_ROUTES, scenario.routes.essential, by_first=True)
    routes.add(HIRE_ROUTES, scenario.routes.hire, by_first=False)
    routes.add(SINGLE_ROUTES, [Route(path=(name,), share=1.0) for name in names], by_first=True)
    routes.add(CHANGE_ROUTES, scenario.routes.change, by_first=False)
    routes.add(CHANNEL_ROUTES, scenario.routes.channel, by_first=False)
    return OrgArrays(
        names=names,
        superior=superior,
        head=heads[0] if heads else NIL,
        edge_start=np.searchsorted(requesters, np.arange(len(names) + 1)),
        edges=edge_table,
        routes=routes.table(),
        route_first=routes.first,
    )


class _Routes:
    """Collects routes, those of one sort and first department next to each other."""

    def __init__(self, row: dict[str, int]) -> None:
        self.row = row
        self.rows: list[tuple[list[int], int, float, float]] = []
        self.first = np.zeros((ROUTE_SORTS, len(row) + 1, 2), np.int64)

    def add(self, sort: int, routes: Sequence[Route], by_first: bool) -> None:
        """Add all routes of a sort, grouped by first department or all together."""
        if not by_first:
            self._group(sort, len(self.row), routes)
            return
        for name, j in self.row.items():
            self._group(sort, j, [r for r in routes if r.path[0] == name])

    def _group(self, sort: int, column: int, routes: Sequence[Route]) -> None:
        start = len(self.rows)
        total = 0.0
        for route in routes:
            path = [self.row[name] for name in route.path]
            total += route.share
            padded = path + [NIL] * (LONGEST_ROUTE - len(path))
            self.rows.append((padded, len(path), total, route.share))
        self.first[sort, column] = start, len(self.rows)

    def table(self) -> Table:
        """The routes collected."""
        routes = table(ROUTES, len(self.rows))
        for entry, (path, length, share, own) in zip(routes, self.rows, strict=True):
            entry.path[:] = path
            entry.length, entry.share, entry.own_share = length, share, own
            entry.cause = 1.0
        return routes
