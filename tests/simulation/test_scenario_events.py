"""Events of a scenario: what a file may say of them, and what they decide."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Literal

import pytest

from simulation.dials import DIALS
from simulation.errors import ScenarioError
from simulation.regime import Regime
from simulation.scenario import Scenario
from simulation.scenario_events import KINDS, Event


@pytest.fixture(scope="module")
def firm() -> Scenario:
    return Scenario.load("services_firm")


EVENTS: list[dict[str, object]] = [
    {"week": 40, "cut": "it", "share": 0.2},
    {"week": 3, "budget_round": 0.1},
    {"week": 3, "need_shift": "private", "size": 0.5},
    {"week": 5, "need_shift": "private", "size": 0.5, "direction": 90},
    {"week": 6, "competitor_entry": "business"},
    {"week": 7, "demand_surge": -0.2, "weeks": 8},
    {"week": 8, "price_war": 0.0, "weeks": 8},
    {"week": 9, "recession": 0.3, "weeks": 26},
    {"week": 10, "technology_change": 1},
    {"week": 41, "merger": ["finance", "it"]},
    {"week": 20, "regime": "manager_pleasing", "over_weeks": 10},
    {"week": 60, "regime": {"base": "neutral", "departments": {"it": {"care": 0.9}}}},
]


def with_events(scenario: Scenario, *events: dict[str, object]) -> Scenario:
    return Scenario.from_mapping({**scenario.model_dump(), "events": list(events)})


def test_events_of_all_kinds_are_kept_in_order_of_weeks(firm: Scenario) -> None:
    found = with_events(firm, *EVENTS).events
    assert [(event.week, event.kind) for event in found] == [
        (3, "budget_round"),
        (3, "need_shift"),
        (5, "need_shift"),
        (6, "competitor_entry"),
        (7, "demand_surge"),
        (8, "price_war"),
        (9, "recession"),
        (10, "technology_change"),
        (20, "regime"),
        (40, "cut"),
        (41, "merger"),
        (60, "regime"),
    ]
    assert {event.kind for event in found} == set(KINDS)
    assert (found[1].direction, found[2].direction) == (None, 90)
    assert (found[3].strength, found[5].match, found[-1].over_weeks) == (1, 0.5, 0)
    assert (found[9].cut, found[9].share, found[9].strength) == ("it", 0.2, None)
    assert found[-2].merger == ("finance", "it")


@pytest.mark.parametrize("mode", ["python", "json"])
def test_events_survive_a_dump_also_one_that_names_what_is_absent(
    firm: Scenario, mode: Literal["python", "json"]
) -> None:
    found = with_events(firm, *EVENTS)
    data = found.model_dump(mode=mode)
    assert Scenario.from_mapping(data) == found
    assert all(value is not None for event in data["events"] for value in event.values())
    padded = [{**dict.fromkeys(Event.model_fields), **event} for event in data["events"]]
    assert with_events(firm, *padded) == found
    assert pickle.loads(pickle.dumps(found)) == found


def test_events_decide_a_run(firm: Scenario) -> None:
    found = with_events(firm, *EVENTS)
    others = [with_events(firm, *EVENTS[:n], *EVENTS[n + 1 :]) for n in range(len(EVENTS))]
    assert len({scenario.digest for scenario in (firm, found, *others)}) == len(EVENTS) + 2
    assert found.replace({"events.0.week": 2}).digest != found.digest
    assert found.replace({"events.9.share": 0.3}).events[9].share == 0.3


def test_what_does_not_decide_a_run_leaves_the_digest_of_events_alone(firm: Scenario) -> None:
    found = with_events(firm, *EVENTS)
    # The two of week 3 keep their order.
    assert with_events(firm, *EVENTS[6:], *EVENTS[:6]) == found
    told = {"strength": 1.0, "week": 6, "competitor_entry": "business"}
    named = {"week": 20, "over_weeks": 10, "regime": {"base": "manager_pleasing", "name": "x"}}
    spelt = [*EVENTS[:4], told, *EVENTS[5:10], named, *EVENTS[11:]]
    assert with_events(firm, *spelt) == found


def test_numbers_of_events_are_replaced_by_their_place_in_time(firm: Scenario) -> None:
    found = with_events(firm, *EVENTS)
    assert found.replace({"events.0.budget_round": 0.4}).events[0].budget_round == 0.4
    for key, value, words in (
        ("events.9.share", 2, r"events\.9\.share: given 2, allowed above 0"),
        ("events.0.weeks", 2, r"did you mean 'events\.0\.week'"),
        ("events.9.cut", "hr", "given an unknown key"),
    ):
        with pytest.raises(ScenarioError, match=words):
            found.replace({key: value})
    data = {**found.model_dump(), "uncertain": {"events.9.share": [0.1, 0.4]}}
    assert Scenario.from_mapping(data).uncertain == {"events.9.share": (0.1, 0.4)}


def test_events_bring_other_regimes(firm: Scenario) -> None:
    assert firm.effective_regime is firm.regime
    change = {"week": 20, "dials": {"care": 1}}
    own = firm.with_regime({"base": "customer_first", "schedule": [change]})
    found = with_events(own, *EVENTS).effective_regime
    pleasing = Regime.load("manager_pleasing")
    care = {week: found.dials(week, ["it"])[0, DIALS.index("care")] for week in (19, 25, 30, 60)}
    assert care[19] == firm.regime.care
    assert care[25] == pytest.approx((1 + pleasing.care) / 2)
    assert (care[30], care[60]) == (pleasing.care, 0.9)
    assert found.name == own.regime.name
    assert [change.week for change in found.schedule] == [20, 20, 60]


def test_events_of_a_file_replace_those_it_builds_on(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("base: with_care\ncare: 0.9\n")
    below, above = tmp_path / "below.yaml", tmp_path / "above.yaml"
    below.write_text(
        "extends: small_firm\nevents: [{week: 2, regime: mine.yaml}, {week: 1, budget_round: 0.1}]"
    )
    above.write_text("extends: below.yaml\nevents: [{week: 5, recession: 0.1, weeks: 4}]")
    first, second = Scenario.load(below).events
    assert first.kind == "budget_round"
    assert second.regime is not None
    assert second.regime.care == 0.9
    assert [event.kind for event in Scenario.load(above).events] == ["recession"]


def test_a_regime_of_an_event_opens_no_files_and_fits_the_firm(
    firm: Scenario, tmp_path: Path
) -> None:
    path = tmp_path / "secret.yaml"
    path.write_text("password: hunter2\n")
    with pytest.raises(
        ScenarioError, match=r"^events\.0\.regime: given '/.*customer_first"
    ) as caught:
        with_events(firm, {"week": 1, "regime": str(path)})
    assert "password" not in str(caught.value)
    edge = {"supplier": "it", "requester": "sales", "colleague_as_customer": 0.1}
    with pytest.raises(ScenarioError, match="without schedule and serves of its own"):
        with_events(firm, {"week": 1, "regime": {"base": "neutral", "serves": [edge]}})


def test_a_department_merged_away_keeps_its_dials(firm: Scenario) -> None:
    with_events(firm, *EVENTS)  # the regime of week 60 names it, merged in week 41
    with pytest.raises(ScenarioError, match=r"events\.1\.cut: .*it is part of finance by then"):
        with_events(firm, EVENTS[9], {"week": 41, "cut": "it", "share": 0.1})
