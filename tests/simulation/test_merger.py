"""Two departments become one: work, requests, reports and insight follow; people stay who they are.

Exact checks on the tables just before and just after, and on the days that follow.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from simulation import Firm
from simulation.work.lists import NIL
from simulation.world import CALENDAR, FREE, QUEUE, World
from tests.firms import BUSY, before_and_after, plain, tiny

WEEK = 6
NAMES = ("board", "care", "it", "personnel", "sales")
HOST, GUEST = NAMES.index("it"), NAMES.index("personnel")
LOADED: Mapping[str, object] = {**BUSY, "parameters.need_rate": 0.8}


def merged(
    host: str = "it", guest: str = "personnel", changes: Mapping[str, object] = LOADED
) -> tuple[World, Firm]:
    """The tables on the evening before a merger, and the firm just after it."""
    events = [{"week": WEEK, "merger": [host, guest]}]
    return before_and_after({**changes, "events": events}, WEEK)


def rates(world: World) -> dict[tuple[str, str], float]:
    """Who asks whom, as (supplier, requester), where anything is asked."""
    return {
        (NAMES[edge["supplier"]], NAMES[j]): float(edge["rate"])
        for j, d in enumerate(plain(world.departments))
        for edge in plain(world.edges)[d["first_edge"] : d["end_edge"]]
        if edge["rate"] > 0
    }


def test_everything_that_waits_goes_along_and_nothing_else_changes() -> None:
    before, firm = merged("personnel", "it")
    host, guest = NAMES.index("personnel"), NAMES.index("it")
    old, new = plain(before.items), plain(firm.world.items)
    mine = (old["place"] != FREE) & (old["department"] == guest)
    assert (old["place"][mine] == QUEUE).sum() > 3
    assert (old["place"][mine] == CALENDAR).any()
    assert not ((new["place"] != FREE) & (new["department"] == guest)).any()
    assert (new["department"][mine] == host).all()
    for name in ("uid", "owner", "kind", "klass", "key", "left", "time", "stage", "due", "place"):
        assert (new[name] == old[name]).all(), name
    backlog, hours = plain(before.departments)["backlog"], plain(firm.world.departments)["backlog"]
    assert (backlog[guest] > 0).any()
    assert (hours[host] == backlog[host] + backlog[guest]).all()
    assert (hours[guest] == 0).all()
    assert firm.world.firm[0].opened == before.firm[0].opened
    assert firm.world.firm[0].ended == before.firm[0].ended


def test_nobody_asks_what_is_gone_and_nobody_asks_himself() -> None:
    before, firm = merged()
    assert rates(before)["it", "care"] == rates(before)["personnel", "care"] == 0.6
    assert rates(firm.world) == {
        ("it", "care"): 1.2,
        ("it", "sales"): 0.6,
        ("board", "it"): 0.6,
    }
    assert GUEST not in plain(firm.world.routes)["path"]


def test_requests_go_to_the_host_where_only_the_guest_was_asked() -> None:
    _, firm = merged("board", "personnel")
    assert rates(firm.world) == {
        ("it", "care"): 0.6,
        ("it", "sales"): 0.6,
        ("it", "personnel"): 0.6,  # people of personnel still ask it
        ("board", "care"): 0.6,
        ("board", "it"): 1.2,
    }


def test_reports_and_approvals_follow() -> None:
    _, firm = merged("it", "board")
    superiors = plain(firm.world.departments)["superior"]
    it = NAMES.index("it")
    others = [NAMES.index(name) for name in ("care", "sales", "personnel")]
    assert (superiors[others] == it).all()
    assert superiors[it] == superiors[NAMES.index("board")] == NIL
    assert firm.world.firm[0].head == it


def test_mean_hours_are_those_of_both() -> None:
    hours = [
        {"name": "it", "kind": "service", "seats": 2, "wage_per_week": 1000.0,
         "hours": {"customer": 2.0, "internal": 1.0}},
        {"name": "personnel", "kind": "service", "seats": 6, "wage_per_week": 950.0,
         "hours": {"internal": 5.0}},
    ]  # fmt: skip
    organisation = tiny().model_dump()["organisation"]
    organisation["departments"] = [
        *(d for d in organisation["departments"] if d["name"] not in ("it", "personnel")),
        *hours,
    ]
    _, firm = merged(changes={"organisation": organisation})
    row = plain(firm.world.departments)[HOST]
    assert row["hours_customer"] == 2.0, "the guest served no customers"
    assert row["hours_internal"] == pytest.approx((2 * 1.0 + 6 * 5.0) / 8)


def test_the_way_to_customers_is_counted_anew() -> None:
    before, firm = merged("board", "it")
    hops = dict(zip(NAMES, plain(before.departments)["hops"], strict=True))
    assert hops == {"board": 3, "care": 1, "it": 2, "personnel": 2, "sales": 1}
    hops = dict(zip(NAMES, plain(firm.world.departments)["hops"], strict=True))
    assert hops == {"board": 2, "care": 1, "it": 2, "personnel": 2, "sales": 1}


def insight_paths(world: World) -> dict[str, list[str]]:
    """Departments that insight passes, by the front department where it begins."""
    return {
        NAMES[j]: [NAMES[stop] for stop in d["insight_path"][: d["insight_hops"]]]
        for j, d in enumerate(plain(world.departments))
        if d["kind"] == 0
    }


def test_insight_takes_the_shorter_way() -> None:
    before, firm = merged()
    assert insight_paths(before) == {"care": ["personnel", "it"], "sales": ["it"]}
    assert insight_paths(firm.world) == {"care": ["it"], "sales": ["it"]}


def test_insight_follows_a_product_department_that_is_merged_away() -> None:
    _, firm = merged("board", "it")
    assert firm.world.firm[0].product == NAMES.index("board")
    assert insight_paths(firm.world) == {"care": ["personnel", "board"], "sales": ["board"]}


def test_insight_is_at_home_in_a_front_department_that_is_product_as_well() -> None:
    """Sales tells care what it hears; once it is part of care nothing has to travel."""
    organisation = tiny().model_dump()["organisation"]
    organisation["informs"] = [{"source": "sales", "target": "care"}]
    routes = {**tiny().model_dump()["routes"], "change": []}
    _, firm = merged("care", "sales", {"organisation": organisation, "routes": routes})
    assert firm.world.firm[0].product == NAMES.index("care")
    assert insight_paths(firm.world) == {"care": [], "sales": []}


def test_both_have_to_relearn() -> None:
    quiet = {"parameters.quit_rate": 0.0}
    _, firm = merged(changes=quiet)
    relearning = plain(firm.world.departments)["relearning"]
    np.testing.assert_allclose(relearning[[HOST, GUEST]], 0.1)
    assert (np.delete(relearning, [HOST, GUEST]) == 0).all()


def test_a_shadow_built_against_the_guest_is_one_against_the_host() -> None:
    _, firm = merged("personnel", "it")
    shadowed = plain(firm.world.departments)["shadowed_supplier"]
    for name in ("care", "sales"):
        assert shadowed[NAMES.index(name)] == NAMES.index("personnel")


# ------------------------------------------------------------------ what follows


def test_from_then_on_all_work_is_the_hosts_and_the_hours_of_both() -> None:
    scenario = tiny({**LOADED, "events": [{"week": WEEK, "merger": ["it", "personnel"]}]})
    firm = Firm(scenario, rng=1, events="all")
    firm.run_for(5 * WEEK)
    alone = plain(firm.world.departments)["gross"].copy()
    assert alone[GUEST] > 0
    together = []
    for _ in range(100):
        firm.step()
        row = plain(firm.world.departments)
        assert row["gross"][GUEST] == row["work"][GUEST] == row["debt"][GUEST] == 0
        assert (row["backlog"][GUEST] == 0).all()
        together.append(row["gross"][HOST])
    assert np.mean(together) > alone[HOST]
    record = firm.record()
    log = record.events
    happened = log[(log["item"] >= 0) & (log["event"] != "hire")]  # but for who is hired there
    later = happened["day"] >= 5 * WEEK
    assert "personnel" in set(happened["department"][~later])
    assert set(happened["department"][later]) == {"board", "care", "it", "sales"}


def test_its_people_stay_its_people() -> None:
    """They quit, and are hired, and are cut as those of the guest."""
    events = [
        {"week": WEEK, "merger": ["it", "personnel"]},
        {"week": 2 * WEEK, "regime": "customer_first"},
    ]
    firm = Firm(tiny({**BUSY, "events": events}), rng=1, events="all")
    firm.run_for(260)
    log = firm.record().events
    later = log[log["day"] > 5 * WEEK]
    assert {"quit", "hire"} <= set(later[later["department"] == "personnel"]["event"])
    seats = plain(firm.world.employees)
    assert seats["filled"][seats["department"] == GUEST].sum() > 0
    dials = plain(firm.world.departments)["dials"]
    expected = firm.regime.dials(51, NAMES)
    np.testing.assert_array_equal(dials, expected)


def test_a_hand_off_inside_the_department_loses_nothing_but_a_day() -> None:
    """A request that went from IT to personnel keeps its quality and needs no approval."""
    scenario = tiny(
        {
            "parameters.policy_start": 6.0,
            "parameters.handoff_loss": 0.5,
            "routes": {
                "need": [{"path": ["care", "it", "personnel"], "share": 1.0}],
                "hire": [{"path": ["personnel"], "share": 1.0}],
            },
        }
    )
    data = scenario.model_dump()
    data["events"] = [{"week": 0, "merger": ["it", "personnel"]}]
    quality, waited = [], []
    for told in (scenario.model_dump(), data):
        firm = Firm(type(scenario).from_mapping(told), rng=1, events="all")
        seen: dict[int, tuple[float, int]] = {}
        for _ in range(40):
            firm.step()
            items = plain(firm.world.items)
            there = items[(items["place"] == CALENDAR) & (items["stage"] == 2)]
            for item in there:
                seen.setdefault(int(item["uid"]), (item["quality"], item["due"] - firm.day))
        assert len(seen) > 20
        frame = pd.DataFrame(seen.values(), columns=["quality", "days"])
        quality.append(frame["quality"])
        waited.append(frame["days"])
    once = 1 - 0.5 * (1 - 0.5 * 0.4)
    np.testing.assert_allclose(quality[0], once**2)
    np.testing.assert_allclose(quality[1], once)
    assert waited[0].max() > 2
    assert (waited[1] == 0).all(), "due tomorrow"
