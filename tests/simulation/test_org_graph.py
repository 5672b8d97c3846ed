"""The org graph: its nodes and edges, hops to the customer, the way of insight."""

from __future__ import annotations

import networkx as nx
import pytest

from simulation.org_graph import build, hops_to_customer, insight_path
from simulation.scenario import Scenario


@pytest.fixture(scope="module")
def graph() -> nx.DiGraph:
    return build(Scenario.load("services_firm"))


def firm(**organisation: object) -> nx.DiGraph:
    """A chain in which each supplies the one before: front, then back, then far."""
    data = Scenario.load("small_firm").model_dump()
    data["organisation"] = {
        "departments": [
            {"name": name, "kind": kind, "seats": 2, "wage_per_week": 1000}
            for name, kind in [
                ("desk", "front"),
                ("back", "service"),
                ("far", "service"),
                ("head", "management"),
            ]
        ],
        "serves": [
            {"supplier": "back", "requester": "desk", "essential_per_head_week": 0.1},
            {"supplier": "far", "requester": "back", "essential_per_head_week": 0.2},
        ],
        "touches": [{"source": "desk", "segment": "private"}],
        **organisation,
    }
    data["routes"] = {"need": [{"path": ["desk"], "share": 1}]}
    return build(Scenario.from_mapping(data))


def test_nodes_are_departments_segments_and_distributors(graph: nx.DiGraph) -> None:
    kinds = nx.get_node_attributes(graph, "kind")
    assert kinds["it"] == "service"
    assert kinds["executive"] == "management"
    assert kinds["business"] == "segment"
    assert [n for n, kind in kinds.items() if kind == "distributor"] == [
        f"distributor:{row}" for row in range(8)
    ]
    assert len(graph) == 9 + 2 + 8
    assert graph.nodes["support"]["seats"] == 60


def test_an_edge_can_mean_several_things(graph: nx.DiGraph) -> None:
    both = graph.edges["operations", "product"]
    assert both["kinds"] == {"serves", "informs"}
    assert both["rate"] == 0.25
    up = graph.edges["it", "executive"]
    assert up["kinds"] == {"serves", "reports_to"}
    assert up["rate"] == 0.2
    assert graph.edges["hr", "executive"]["rate"] == 0.1
    assert graph.edges["distributor:3", "private"]["kinds"] == {"touches"}
    assert not graph.has_edge("distributor:3", "business")


def test_hops_count_from_the_customer_along_supply(graph: nx.DiGraph) -> None:
    hops = hops_to_customer(graph)
    assert {hops[name] for name in ("sales", "support", "operations")} == {1}
    assert {hops[name] for name in ("it", "hr", "finance", "legal", "product")} == {2}
    assert "executive" not in hops
    assert hops_to_customer(firm()) == {"back": 2, "desk": 1, "far": 3}


def test_a_shortcut_brings_a_supplier_nearer() -> None:
    serves = [
        {"supplier": "back", "requester": "desk", "essential_per_head_week": 0},
        {"supplier": "far", "requester": "back", "essential_per_head_week": 0},
        {"supplier": "far", "requester": "desk", "essential_per_head_week": 0},
    ]
    assert hops_to_customer(firm(serves=serves))["far"] == 2


def test_only_front_departments_are_next_to_the_customer() -> None:
    touches = [{"source": "far", "segment": "private"}]
    assert hops_to_customer(firm(touches=touches)) == {}


def test_insight_takes_the_shortest_way(graph: nx.DiGraph) -> None:
    assert insight_path(graph, "support", "product") == ["support", "operations", "product"]
    assert insight_path(graph, "sales", "product") == ["sales", "product"]
    assert insight_path(graph, "product", "sales") is None
    assert insight_path(graph, "hr", "product") is None


def test_equally_short_ways_are_settled_by_name() -> None:
    legs = [("desk", "head"), ("desk", "back"), ("head", "far"), ("back", "far")]
    found = firm(informs=[{"source": a, "target": b} for a, b in legs])
    assert insight_path(found, "desk", "far") == ["desk", "back", "far"]
