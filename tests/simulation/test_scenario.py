"""Scenarios: loading, building on others, identity, overrides."""

from __future__ import annotations

import copy
import pickle
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.errors import ScenarioError
from simulation.io import shipped
from simulation.parameters import PARAMETERS
from simulation.randomness import name_key
from simulation.scenario import Scenario, resolve
from simulation.scenario_parts import FUNCTIONS


@pytest.fixture(scope="module")
def firm() -> Scenario:
    return Scenario.load("services_firm")


def dump(scenario: Scenario) -> dict[str, Any]:
    return copy.deepcopy(scenario.model_dump(mode="json"))


def refused(scenario: Scenario, overrides: dict[str, object]) -> str:
    with pytest.raises(ScenarioError) as caught:
        scenario.replace(overrides)
    return str(caught.value)


def test_the_default_firm(firm: Scenario) -> None:
    assert firm.name == "services_firm"
    assert (firm.market.customers, firm.market.active_at_start) == (20_000, 8_000)
    seats = {department.name: department.seats for department in firm.organisation.departments}
    assert sum(seats.values()) == 252
    assert list(seats) == sorted(seats)
    assert firm.regime.name == "customer_first"
    assert firm.weeks == 260


def test_the_small_firm_builds_on_it(firm: Scenario) -> None:
    small = Scenario.load("small_firm")
    assert small.market.customers == 2_000
    assert sum(department.seats for department in small.organisation.departments) == 25
    assert small.routes == firm.routes
    wages = {
        department.name: department.wage_per_week for department in small.organisation.departments
    }
    assert wages["it"] == 1700
    assert all(Scenario.load(name).describes for name in shipped("scenario"))


def test_a_scenario_survives_json_pickle_and_copy(firm: Scenario) -> None:
    assert Scenario.from_mapping(dump(firm)) == firm
    assert pickle.loads(pickle.dumps(firm)) == firm
    assert copy.deepcopy(firm).digest == firm.digest


def test_it_is_frozen_and_can_be_a_key(firm: Scenario) -> None:
    with pytest.raises(ValueError, match="frozen"):
        firm.horizon_years = 3  # type: ignore[misc]
    assert {firm: 1}[Scenario.load("services_firm")] == 1
    assert firm != "services_firm"


@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_departments_and_edges_in_the_file_does_not_matter(seed: int) -> None:
    firm = Scenario.load("small_firm")
    data, draw = dump(firm), np.random.default_rng(seed)
    for key in ("departments", "serves", "reports_to", "touches", "informs"):
        draw.shuffle(data["organisation"][key])
    shuffled = Scenario.from_mapping(data)
    assert shuffled.digest == firm.digest
    assert shuffled.organisation == firm.organisation


def test_the_order_of_segments_and_routes_does_matter(firm: Scenario) -> None:
    for place in (("market", "segments"), ("routes", "need")):
        data = dump(firm)
        data[place[0]][place[1]].reverse()
        assert Scenario.from_mapping(data).digest != firm.digest


def test_labels_and_ranges_do_not_decide_a_run(firm: Scenario) -> None:
    data = dump(firm)
    data |= {"name": "x", "describes": "y", "uncertain": {"h0": [0.006, 0.01]}}
    data["regime"] |= {"name": "x", "describes": "y"}
    data["parameters"] = {"h0": PARAMETERS["h0"].default, "cash_weeks": 8}
    assert Scenario.from_mapping(data) == firm


@pytest.mark.parametrize(
    ("key", "value", "read"),
    [
        ("market.turbulence", 0.05, lambda s: s.market.turbulence),
        ("parameters.h0", 0.01, lambda s: s.parameters["h0"]),
        ("h0", 0.01, lambda s: s.parameters["h0"]),
        ("horizon_years", 2, lambda s: s.horizon_years),
        ("organisation.departments.it.seats", 12, lambda s: s.organisation.departments[3].seats),
        (
            "organisation.departments.it.hours.customer",
            1.5,
            lambda s: s.organisation.departments[3].hours.customer,
        ),
        ("regime.customer_priority", 0.3, lambda s: s.regime.customer_priority),
        ("customer_priority", 0.3, lambda s: s.regime.customer_priority),
        (
            "regime.departments.it.line_of_sight",
            0.9,
            lambda s: s.regime.departments["it"]["line_of_sight"],
        ),
        (
            "regime.serves.it.sales.colleague_as_customer",
            0.9,
            lambda s: s.regime.edge_courtesy("it", "sales"),
        ),
        (
            "organisation.serves.it.sales.essential_per_head_week",
            0.9,
            lambda s: next(
                e.essential_per_head_week
                for e in s.organisation.serves
                if (e.supplier, e.requester) == ("it", "sales")
            ),
        ),
        (
            "market.segments.private.margin_per_week",
            50,
            lambda s: s.market.segments[1].margin_per_week,
        ),
        ("distributors.share", 0.1, lambda s: s.distributors.share),
        ("offices.cco", True, lambda s: s.offices.cco),
        ("offices.insight_program", 4, lambda s: s.offices.insight_program),
        ("offices.officer.borrowed", 0.5, lambda s: s.offices.officer.borrowed),
        (
            "offices.officer.functions.reprice",
            False,
            lambda s: s.offices.officer.functions.reprice,
        ),
        ("policies.marketing", 0.5, lambda s: s.policies.marketing),
    ],
)
def test_a_key_replaces_one_value(firm: Scenario, key: str, value: float, read: Any) -> None:
    before = dump(firm)
    after = firm.replace({key: value})
    assert read(after) == value
    assert after.digest != firm.digest
    assert dump(firm) == before


def test_numbers_from_numpy_and_whole_floats_will_do(firm: Scenario) -> None:
    after = firm.replace({"market.turbulence": np.float64(0.05), "market.customers": 30_000.0})
    assert (
        after.digest == firm.replace({"market.turbulence": 0.05, "market.customers": 30000}).digest
    )
    assert type(after.market.customers) is int


def test_the_measures_of_a_regime_keep_their_sum(firm: Scenario) -> None:
    after = firm.replace({"customer_metric": 0.4}).regime
    assert (after.local_metric, after.manager_metric) == pytest.approx((0.4, 0.2))
    both = firm.replace({"customer_metric": 0.4, "regime.manager_metric": 0.5}).regime
    assert both.local_metric == pytest.approx(0.1)
    assert "add up to 1.4" in refused(firm, {"customer_metric": 0.8, "manager_metric": 0.4})


def test_the_shares_of_segments_keep_their_sum(firm: Scenario) -> None:
    after = firm.replace({"market.segments.business.share": 0.5})
    assert [segment.share for segment in after.market.segments] == pytest.approx([0.5, 0.5])
    shares: dict[str, object] = {f"market.segments.{s}.share": 0.6 for s in ("business", "private")}
    assert "shares that add up to 1.2" in refused(firm, shares)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("market.turbulance", 0.1, "did you mean 'market.turbulence'?"),
        ("market.turbulence", 1.7, "market.turbulence: given 1.7, allowed 0 to 1"),
        ("market.turbulence", True, "market.turbulence: given true, allowed 0 to 1"),
        ("market.turbulence", "high", "market.turbulence: given 'high', allowed 0 to 1"),
        ("market.turbulence", None, "market.turbulence: given nothing, allowed 0 to 1"),
        ("market", {}, "market: given an unknown key"),
        ("market.segments.busines.share", 0.1, "did you mean 'market.segments.business.share'?"),
        ("organisation.departments.it.seats", 2.5, "organisation.departments.it.seats: given 2.5"),
        ("organisation.departments.it.name", "x", "given an unknown key"),
        ("organisation.serves.sales.it.essential_per_head_week", 0.1, "given an unknown key"),
        ("h0", 3, "parameters.h0: given 3, allowed 0 to 0.2"),
        ("h00", 3, "did you mean 'h0'?"),
        ("regime.departments.it.care", 2, "regime.departments.it.care: given 2, allowed 0 to 1"),
        ("regime.departments.itt.care", 1, "did you mean 'regime.departments.it.care'?"),
        ("customer_metric", 1.2, "regime.customer_metric: given 1.2, allowed 0 to 1"),
        ("market.customers", 10, "market.active_at_start: given 8000, allowed 0 to 10"),
        ("market.customers", 10**400, "market.customers: given"),
        ("offices.officer", {}, "offices.officer: given an unknown key"),
        ("offices.officer.hardwired", 1, "did you mean 'offices.officer.hard_wired'?"),
        ("offices.insight_program", 53, "given 53, allowed continuous, or a whole number"),
        ("events.0.share", 0.1, "events.0.share: given an unknown key"),
        ("horizon_years", float("inf"), "horizon_years: given .inf, allowed 0.02 to 200"),
    ],
)
def test_wrong_overrides_are_refused(firm: Scenario, key: str, value: object, words: str) -> None:
    assert words in refused(firm, {key: value})


def test_resolve_applies_overrides_to_the_regime_in_force() -> None:
    found = resolve("small_firm", "internal_customer", {"care": 0.1, "h0": 0.01}, years=2)
    assert found.regime.name == "internal_customer"
    assert found.regime.care == 0.1
    assert found.regime.captivity == 1.0
    assert found.parameters == {"h0": 0.01}
    assert found.weeks == 104
    assert resolve(found) == found


def test_a_regime_must_fit_the_firm(firm: Scenario) -> None:
    with pytest.raises(ScenarioError, match=r"regime\.departments\.itt.*did you mean 'it'"):
        firm.with_regime({"base": "neutral", "departments": {"itt": {"care": 0.1}}})
    edge = {"supplier": "sales", "requester": "it", "colleague_as_customer": 0.1}
    with pytest.raises(ScenarioError, match=r"regime\.serves\.sales\.it"):
        firm.with_regime({"base": "neutral", "serves": [edge]})
    change = {"week": 4, "regime": {"base": "neutral", "departments": {"itt": {"care": 0.1}}}}
    with pytest.raises(ScenarioError, match=r"regime\.schedule\.0\.regime\.departments\.itt"):
        firm.with_regime({"base": "neutral", "schedule": [change]})


def test_names_whose_random_keys_collide_are_refused(firm: Scenario) -> None:
    by_key: dict[int, str] = {}
    for number in range(10_000):
        name = f"team_{number}"
        if name_key(name) in by_key:
            break
        by_key[name_key(name)] = name
    data = dump(firm)
    department = {"kind": "service", "seats": 1, "wage_per_week": 1}
    data["organisation"]["departments"] += [
        {"name": other, **department} for other in (by_key[name_key(name)], name)
    ]
    with pytest.raises(ScenarioError, match=f"{name}.*random key differs"):
        Scenario.from_mapping(data)


def test_files_build_on_files(tmp_path: Path) -> None:
    (tmp_path / "regimes").mkdir()
    (tmp_path / "regimes" / "mine.yaml").write_text("base: with_care\ncare: 0.9\n")
    (tmp_path / "below.yaml").write_text(
        "extends: small_firm\nregime: regimes/mine.yaml\n"
        "organisation:\n  departments: [{name: lab, kind: service, seats: 2, wage_per_week: 9}]\n"
        "  serves: [{supplier: it, requester: sales, essential_per_head_week: 0.5}]\n"
    )
    above = tmp_path / "above.yaml"
    above.write_text("extends: below.yaml\nregime: {customer_metric: 0.8}\n")
    found = Scenario.load(above)
    assert found.name == "above"
    assert found.describes == Scenario.load("small_firm").describes
    assert found.regime.care == 0.9
    assert found.regime.local_metric == pytest.approx(0.16)
    names = [department.name for department in found.organisation.departments]
    assert "lab" in names
    assert len(names) == 10
    assert len(found.organisation.serves) == len(Scenario.load("small_firm").organisation.serves)
    assert found.replace({"organisation.serves.it.sales.essential_per_head_week": 0.5}) == found


def test_values_from_python_open_no_files(tmp_path: Path) -> None:
    path = tmp_path / "secret.yaml"
    path.write_text("password: hunter2\n")
    for data in ({"extends": str(path)}, {"extends": "small_firm", "regime": str(path)}):
        with pytest.raises(ScenarioError) as caught:
            Scenario.from_mapping(data)
        assert "hunter2" not in str(caught.value)
        assert "password" not in str(caught.value)


def test_ranges_may_name_whatever_can_be_replaced(firm: Scenario) -> None:
    data = dump(firm)
    data["uncertain"] = {
        "h0": [0.006, 0.014],
        "market.turbulence": [0.01, 0.05],
        "care": [0.2, 0.8],
        "organisation.departments.it.seats": [20, 30],
        "market.segments.business.share": [0.2, 0.5],
    }
    assert set(Scenario.from_mapping(data).uncertain) == set(data["uncertain"])


def test_an_error_survives_a_trip_between_processes(firm: Scenario) -> None:
    with pytest.raises(ScenarioError) as caught:
        firm.replace({"h0": 3})
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.problems == caught.value.problems
    assert str(again) == str(caught.value)


def test_the_functions_of_the_office_have_a_fixed_order(firm: Scenario) -> None:
    assert FUNCTIONS == (
        "settle_disputes",
        "shorten_hops",
        "one_plan",
        "serve_by_value",
        "outreach",
        "look_alikes",
        "reprice",
        "cross_sell",
        "no_duplicates",
        "protect_budgets",
    )
    assert all(getattr(firm.offices.officer.functions, name) for name in FUNCTIONS)


def test_the_product_department_is_where_insight_ends(firm: Scenario) -> None:
    assert firm.organisation.product == "product"
    data = dump(firm)
    data["routes"]["change"] = []  # they would have to begin elsewhere
    data["organisation"]["informs"].append({"source": "sales", "target": "legal"})
    assert Scenario.from_mapping(data).organisation.product == "legal"
    data["organisation"]["informs"] = []
    assert Scenario.from_mapping(data).organisation.product is None


def test_insight_takes_eight_steps_at_most(firm: Scenario) -> None:
    data = dump(firm)
    relay = [f"relay_{n}" for n in range(8)]
    data["organisation"]["departments"] += [
        {"name": name, "kind": "service", "seats": 1, "wage_per_week": 1} for name in relay
    ]
    data["organisation"]["informs"] = [
        {"source": source, "target": target}
        for source, target in pairwise(["sales", *relay[:7], "product"])
    ]
    assert Scenario.from_mapping(data).organisation.product == "product"
    data["organisation"]["informs"] = [
        {"source": source, "target": target}
        for source, target in pairwise(["sales", *relay, "product"])
    ]
    with pytest.raises(ScenarioError, match="given 9 steps from 'sales' to 'product', allowed 8"):
        Scenario.from_mapping(data)


def test_changes_and_channel_have_routes(firm: Scenario) -> None:
    data = dump(firm)
    data["routes"]["change"] = [
        {"path": ["product"], "share": 0.6},
        {"path": ["product", "it"], "share": 0.4},
    ]
    data["routes"]["channel"] = [{"path": ["sales"], "share": 1}]
    found = Scenario.from_mapping(data)
    assert [route.path for route in found.routes.change] == [("product",), ("product", "it")]
    assert Scenario.from_mapping(dump(found)) == found
