"""The org graph is not a drawing: an edge or a route that changes moves what it should.

Pairs of firms share their luck and their standard hours, which are written into the scenario, so
that a change of the graph is not offset by hours derived anew.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simulation import Firm, Record, Scenario, simulate
from simulation.world import ESSENTIAL, FREE, REPORT
from tests.firms import plain, with_hours

SEEDS = range(8)
Data = dict[str, Any]


@pytest.fixture(scope="module")
def base() -> Data:
    """The small firm with its hours, as plain values; no weather, so that little noise is left."""
    calm = {"demand_sd": 0.0, "absence_sd": 0.0}
    scenario = Scenario.load("small_firm").replace(calm)
    return with_hours(scenario).model_dump()


def changed(base: Data, change: Callable[[Data], None]) -> Data:
    """A copy of the scenario on which a change has been made."""
    data = Scenario.from_mapping(base).model_dump()
    change(data)
    return data


@cache
def lived(scenario: Scenario, events: str) -> list[Record]:
    """A year under several seeds."""
    return [simulate(scenario, seed=seed, years=1, events=events) for seed in SEEDS]


def runs(data: Data, events: str = "none") -> list[Record]:
    """A year under several seeds, lived once however often it is asked for."""
    return lived(Scenario.from_mapping(data), events)


def beyond_noise(differences: np.ndarray) -> bool:
    """Whether paired differences are all of one sign and three standard errors from zero."""
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    same_sign = bool((differences > 0).all() or (differences < 0).all())
    return same_sign and abs(differences.mean()) > 3 * error


def rise(base: Data, other: Data, figure: Callable[[Record], float]) -> float:
    """Mean paired rise of a figure; fails if it is not beyond noise."""
    before, after = (np.array([figure(run) for run in runs(data)]) for data in (base, other))
    assert beyond_noise(after - before), f"{before} and {after}"
    return float((after - before).mean())


def of_department(name: str, column: str) -> Callable[[Record], float]:
    """Mean over the year of a department's figure."""

    def figure(run: Record) -> float:
        rows: pd.DataFrame = run.departments[run.departments["department"] == name]
        return float(rows[column].mean())

    return figure


def lead_time(run: Record) -> float:
    """Mean lead time of needs over the year."""
    return float(run.series["lead_time_days"].mean())


def births(data: Data, seed: int) -> set[tuple[int, int]]:
    """Kind and uid of all items that are born in the first week."""
    data = changed(data, lambda same: None)
    for department in data["organisation"]["departments"]:
        department["hours"] = {"customer": 500.0, "internal": 500.0}  # nothing is finished today
    firm = Firm(Scenario.from_mapping(data), rng=seed)
    firm.step()
    items = plain(firm.world.items)
    return {(int(row["kind"]), int(row["uid"])) for row in items[items["place"] != FREE]}


def rate(data: Data, supplier: str, requester: str, value: float) -> None:
    """Set the rate of an edge."""
    for edge in data["organisation"]["serves"]:
        if (edge["supplier"], edge["requester"]) == (supplier, requester):
            edge["essential_per_head_week"] = value
            return
    raise KeyError((supplier, requester))


def test_one_more_hand_off_lengthens_the_lead_time_of_needs(base: Data) -> None:
    def longer(data: Data) -> None:
        for route in data["routes"]["need"]:
            if list(route["path"]) == ["support"]:
                route["path"] = ["support", "legal"]
                return
        raise KeyError("support")

    # Legal gets hours and seats enough, so that it is the hand-off that takes time, not a queue.
    def roomy(data: Data) -> None:
        for department in data["organisation"]["departments"]:
            if department["name"] == "legal":
                department["seats"] = 12

    data = changed(base, roomy)
    share = next(r["share"] for r in data["routes"]["need"] if list(r["path"]) == ["support"])
    longer_by = rise(data, changed(data, longer), lead_time)
    assert longer_by > 0.9 * share, "those that are handed on come a day later at the least"


def test_a_shorter_way_shortens_it(base: Data) -> None:
    def direct(data: Data) -> None:
        data["routes"]["need"] = [{"path": ["support"], "share": 1.0}]
        for department in data["organisation"]["departments"]:
            if department["name"] == "support":
                department["seats"] *= 2

    assert rise(base, changed(base, direct), lead_time) < 0


def test_requests_from_sales_make_work_for_it(base: Data) -> None:
    def more(data: Data) -> None:
        rate(data, "it", "sales", 1.2)

    other = changed(base, more)
    assert rise(base, other, of_department("it", "utilisation")) > 0.02
    assert rise(base, other, of_department("it", "backlog_hours_internal")) > 0


def test_requests_from_sales_are_all_that_changes(base: Data) -> None:
    """In the first week, before anything can have led to anything, no other item is touched."""

    def more(data: Data) -> None:
        rate(data, "it", "sales", 1.2)
        data["parameters"]["courtesy_ratio"] = 0.0

    def as_before(data: Data) -> None:
        data["parameters"]["courtesy_ratio"] = 0.0

    grown = 0
    for seed in SEEDS:
        before = births(changed(base, as_before), seed)
        after = births(changed(base, more), seed)
        assert before <= after
        assert {kind for kind, _ in after - before} <= {ESSENTIAL}
        grown += len(after - before)
    assert grown > 5


def test_an_edge_with_rate_zero_is_no_edge_for_work(base: Data) -> None:
    def none(data: Data) -> None:
        rate(data, "it", "support", 0.0)

    other = changed(base, none)
    assert rise(base, other, of_department("it", "utilisation")) < 0

    def gone(data: Data) -> None:
        data["routes"] = {
            **data["routes"],
            "need": [{"path": ["support"], "share": 1.0}],  # no route may use the edge
        }

    def cut(data: Data) -> None:
        gone(data)
        data["organisation"]["serves"] = [
            edge
            for edge in data["organisation"]["serves"]
            if (edge["supplier"], edge["requester"]) != ("it", "support")
        ]

    def idle(data: Data) -> None:
        gone(data)
        none(data)

    for one, two in zip(runs(changed(base, cut)), runs(changed(base, idle)), strict=True):
        pd.testing.assert_frame_equal(one.series, two.series, check_exact=True)


def test_reports_go_up_the_lines_of_authority(base: Data) -> None:
    def reports(run: Record) -> pd.DataFrame:
        log = run.events
        return log[(log["event"] == "opened") & (log["value"] == REPORT)]

    def nobody_above(data: Data) -> None:
        data["organisation"]["reports_to"] = []

    def to_product(data: Data) -> None:
        data["organisation"]["reports_to"] = [{"department": "it", "to": "product"}]

    for run in runs(base, "all"):
        assert set(reports(run)["department"]) == {"executive"}
    for run in runs(changed(base, nobody_above), "all"):
        assert reports(run).empty
    askers = set()
    for run in runs(changed(base, to_product), "all"):
        assert set(reports(run)["department"]) == {"product"}
        askers |= set(reports(run)["uid"] // 2**16)
    assert len(askers) == 1, "only IT has somebody to report to"
    executive = of_department("executive", "utilisation")
    assert rise(base, changed(base, nobody_above), executive) < 0


def test_a_request_that_travels_on_makes_work_where_it_goes(base: Data) -> None:
    """All requests to IT go on to finance, instead of a part of them."""

    def onward(data: Data) -> None:
        others = [r for r in data["routes"]["essential"] if r["path"][0] != "it"]
        data["routes"]["essential"] = [*others, {"path": ["it", "finance"], "share": 1.0}]

    other = changed(base, onward)
    assert rise(base, other, of_department("finance", "utilisation")) > 0

    def requests_in_time(run: Record) -> float:
        return float(run.series["internal_sla"].mean())

    assert rise(base, other, requests_in_time) < 0


def test_hires_take_the_way_they_are_given(base: Data) -> None:
    """Without a route people just come; a way through more departments keeps seats empty longer."""

    def leaving(data: Data) -> None:
        data["parameters"].update(quit_rate=2.0, hire_above=2.0, shrink_below=0.0)
        data["parameters"]["cash_weeks"] = 520.0

    def none(data: Data) -> None:
        data["routes"]["hire"] = []

    def longer(data: Data) -> None:
        data["routes"]["hire"] = [{"path": ["hr", "it", "finance", "legal"], "share": 1.0}]

    def seats(run: Record) -> float:
        return float(run.series["seats"].mean())

    with_route = changed(base, leaving)
    assert rise(with_route, changed(with_route, none), seats) > 0
    assert rise(with_route, changed(with_route, longer), seats) < 0


def test_leads_need_a_way_in(base: Data) -> None:
    def none(data: Data) -> None:
        data["routes"]["lead"] = []

    for run in runs(changed(base, none)):
        assert run.series["leads"].sum() == 0
        assert run.series["joined"].sum() == 0
    for run in runs(base):
        assert run.series["joined"].sum() > 0


def test_courtesy_on_one_edge_counts_on_that_edge(base: Data) -> None:
    """A colleague treated as a customer gets clearer work: fewer requests come back as wrong."""
    plain_regime = {**base["regime"], "colleague_as_customer": 0.0, "departments": {}, "serves": []}

    def wrong(data: Data) -> tuple[int, int]:
        mine = others = 0
        for run in runs(data, "all"):
            log = run.events
            asked = log[(log["event"] == "opened") & (log["value"] == ESSENTIAL)]
            to_it = set(asked[asked["department"] == "it"]["item"])
            failed = log[(log["event"] == "unresolved") & log["item"].isin(asked["item"])]["item"]
            mine += int(failed.isin(to_it).sum())
            others += int((~failed.isin(to_it)).sum())
        return mine, others

    def clearer(data: Data) -> None:
        data["regime"]["serves"] = [
            {
                "supplier": "it",
                "requester": edge["requester"],
                "colleague_as_customer": 1.0,
            }
            for edge in data["organisation"]["serves"]
            if edge["supplier"] == "it"
        ]

    start = {**base, "regime": plain_regime, "parameters": {**base["parameters"]}}
    start["parameters"].update(resolution_base=0.7, clear_handover=1.0)
    before, after = wrong(start), wrong(changed(start, clearer))
    assert before[0] > 50
    assert after[0] == 0
    assert after[1] > 0.5 * before[1]


# ------------------------------------------------------------------ insight and change


def insight_age(run: Record) -> float:
    """Mean age of what the firm believes of its customers, in weeks."""
    return float(run.series["insight_age_weeks"].mean())


def change_days(run: Record) -> float:
    """Mean lead time of changes, over windows in which any was finished."""
    return float(run.series["change_lead_time_days"].mean())


def informs(data: Data, legs: list[tuple[str, str]]) -> None:
    """Set the way that insight takes."""
    data["organisation"]["informs"] = [{"source": s, "target": t} for s, t in legs]


def direct(data: Data) -> None:
    """Support tells product itself."""
    informs(data, [("support", "product"), ("sales", "product")])


def test_insight_that_passes_one_more_department_is_older(base: Data) -> None:
    def by_way_of_operations(data: Data) -> None:
        informs(data, [("support", "operations"), ("operations", "product"), ("sales", "product")])

    older_by = rise(changed(base, direct), changed(base, by_way_of_operations), insight_age)
    assert older_by > 1, "a hop takes two weeks, but some customers are heard by operations"


def test_nothing_is_known_of_customers_where_nobody_tells(base: Data) -> None:
    def only_sales(data: Data) -> None:
        informs(data, [("sales", "product")])  # which serves no needs, and so hears nobody

    for change, learns in ((direct, True), (only_sales, False)):
        firm = Firm(Scenario.from_mapping(changed(base, change)), rng=1)
        at_the_start = plain(firm.world.segments)["belief"].copy()
        firm.run_for(260)
        assert firm.record().series["heard"].sum() > 100
        belief = plain(firm.world.segments)["belief"]
        assert (belief != at_the_start).all() == learns
        assert (belief == at_the_start).all() != learns
        assert (insight_age(firm.record()) == pytest.approx(26.5)) != learns


def test_who_meets_customers_is_engaged_by_it(base: Data) -> None:
    def never(data: Data) -> None:
        data["organisation"]["touches"] = []

    def seeing(data: Data) -> None:
        data["regime"]["line_of_sight"] = 0.8

    def engagement(run: Record) -> float:
        return float(run.series["engagement"].mean())

    start = changed(base, seeing)
    assert rise(start, changed(start, never), engagement) < 0


def with_approvals(policy: float) -> Callable[[Data], None]:
    """Policies that neither grow nor lapse, and many small changes, which wait for little else."""

    def change(data: Data) -> None:
        data["mechanisms"]["incidents"] = False
        data["parameters"].update(policy_start=policy, change_open=2.0, change_hours=0.1)

    return change


def test_one_approval_less_makes_change_faster(base: Data) -> None:
    two, one = (changed(base, with_approvals(policy)) for policy in (2.0, 1.0))
    assert rise(two, one, change_days) < 0


def test_a_longer_way_makes_change_slower(base: Data) -> None:
    def way(*path: str) -> Callable[[Data], None]:
        def change(data: Data) -> None:
            data["routes"]["change"] = [{"path": list(path), "share": 1.0}]

        return change

    short = changed(base, way("product", "operations"))
    long = changed(base, way("product", "legal", "it", "operations"))
    assert rise(short, long, change_days) > 2, "two more departments, a day each at the least"


def test_without_a_way_nothing_changes(base: Data) -> None:
    def none(data: Data) -> None:
        data["routes"]["change"] = []

    for run in runs(changed(base, none)):
        assert run.series["changes"].sum() == run.series["fixes"].sum() == 0
        assert run.series["change_lead_time_days"].isna().all()
        assert (run.series["agility"] == 0).all()
