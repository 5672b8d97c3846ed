"""The organisation as one graph: who reports to, serves, touches and informs whom."""

from __future__ import annotations

from collections.abc import Mapping

import networkx as nx

from simulation.scenario import Scenario
from simulation.scenario_parts import DISTRIBUTORS

HOPS_WITHOUT_A_WAY = 4
"""Distance to a customer of a department that no way leads from."""


def build(scenario: Scenario, part_of: Mapping[str, str] | None = None) -> nx.DiGraph:
    """Build the org graph of a scenario.

    Parameters
    ----------
    scenario : Scenario
        Its organisation, segments and distributors become nodes.
    part_of : mapping of str to str or None
        Departments that have become part of another, and which: they are no nodes, their edges are
        the other's.

    Returns
    -------
    networkx.DiGraph
        Nodes carry `kind`: front, service or management (with `seats`), segment (with `share`) or
        distributor. An edge carries `kinds`, the set of what it means, and `rate` (essential
        requests per head and week) where it means `serves`, which runs from supplier to requester.
    """
    graph = nx.DiGraph()
    for department in scenario.organisation.departments:
        graph.add_node(department.name, kind=department.kind, seats=department.seats)
    for segment in scenario.market.segments:
        graph.add_node(segment.name, kind="segment", share=segment.share)
    middlemen = [f"distributor:{row}" for row in range(scenario.distributors.count)]
    graph.add_nodes_from(middlemen, kind="distributor")

    organisation = scenario.organisation
    for line in organisation.reports_to:
        _join(graph, line.department, line.to, "reports_to")
    for edge in organisation.serves:
        _join(graph, edge.supplier, edge.requester, "serves")
        graph.edges[edge.supplier, edge.requester]["rate"] = edge.essential_per_head_week
    for touch in organisation.touches:
        for source in middlemen if touch.source == DISTRIBUTORS else [touch.source]:
            _join(graph, source, touch.segment, "touches")
    for leg in organisation.informs:
        _join(graph, leg.source, leg.target, "informs")
    for guest, host in (part_of or {}).items():
        edges = [*graph.in_edges(guest, data="kinds"), *graph.out_edges(guest, data="kinds")]
        for *ends, kinds in edges:
            source, target = (host if end == guest else end for end in ends)
            for kind in kinds if source != target else ():
                _join(graph, source, target, kind)
        graph.remove_node(guest)
    return graph


def hops_to_customer(graph: nx.DiGraph) -> dict[str, int]:
    """Count for each department the steps to the nearest customer.

    Parameters
    ----------
    graph : networkx.DiGraph
        As `build` returns it.

    Returns
    -------
    dict of str to int
        1 for a front department that touches a segment, one more for each `serves` edge on the way
        to such a one. A department that no such way leads from is left out.
    """
    touching = {source for source, _ in _edges_of(graph, "touches")}
    near = [node for node in graph if node in touching and graph.nodes[node]["kind"] == "front"]
    towards = nx.DiGraph(
        (requester, supplier) for supplier, requester in _edges_of(graph, "serves")
    )
    towards.add_nodes_from(near)
    if not near:
        return {}
    steps = nx.multi_source_dijkstra_path_length(towards, set(near), weight=None)
    return {node: 1 + int(step) for node, step in sorted(steps.items())}


def insight_path(graph: nx.DiGraph, source: str, target: str) -> list[str] | None:
    """Find the shortest way that insight takes from one department to another.

    Parameters
    ----------
    graph : networkx.DiGraph
        As `build` returns it.
    source, target : str
        Departments.

    Returns
    -------
    list of str or None
        Departments on the way, both ends included; the alphabetically first of equally short ways.
        None if insight never gets there.
    """
    informs = nx.DiGraph(_edges_of(graph, "informs"))
    informs.add_nodes_from((source, target))
    if not nx.has_path(informs, source, target):
        return None
    # The order of a graph's edges must not decide what a firm learns.
    return min(
        [str(node) for node in path] for path in nx.all_shortest_paths(informs, source, target)
    )


def _join(graph: nx.DiGraph, source: str, target: str, kind: str) -> None:
    """Add a meaning to the one edge that a pair of nodes can have."""
    if not graph.has_edge(source, target):
        graph.add_edge(source, target, kinds=set())
    graph.edges[source, target]["kinds"].add(kind)


def _edges_of(graph: nx.DiGraph, kind: str) -> list[tuple[str, str]]:
    return [(u, v) for u, v, kinds in graph.edges(data="kinds") if kind in kinds]
