"""The interview: what answers mean, and the scenario that comes of them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.interview import asked, scenario_from_answers
from experiments.interview.draft import NEUTRAL_LEAVING, Draft
from experiments.interview.questions import QUESTIONS
from simulation import Scenario, ScenarioError, simulate
from simulation.dials import MEASURES
from simulation.parameters import PARAMETERS
from simulation.workload import standard_hours
from tests.experiments.interviewed import FIRM, OTHERS

ROOT = Path(__file__).parents[2]
# A list of names or a yes leaves nothing to vary.
STRUCTURE = {"departments", "kinds", "groups", "cco"}


def firm(**changes: str) -> Scenario:
    return scenario_from_answers({**FIRM, **changes})


def problem(**changes: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        firm(**changes)
    return str(caught.value)


def seats(scenario: Scenario) -> dict[str, int]:
    return {one.name: one.seats for one in scenario.organisation.departments}


def test_the_firm_is_the_one_that_was_told() -> None:
    scenario = firm()
    departments = {one.name: one for one in scenario.organisation.departments}
    assert seats(scenario) == {
        "dispatch": 14,
        "technicians": 40,
        "parts": 12,
        "planning": 7,
        "it": 4,
        "head": 2,
    }
    kinds = {name: one.kind for name, one in departments.items()}
    assert kinds == {
        "dispatch": "front",
        "technicians": "front",
        "parts": "service",
        "planning": "service",
        "it": "service",
        "head": "management",
    }
    market = scenario.market
    assert (market.customers, market.active_at_start, market.turbulence) == (15000, 6200, 0.02)
    assert [(s.name, s.share, s.margin_per_week) for s in market.segments] == [
        ("homes", 0.8, 30.0),  # 130 x 12 / 52
        ("landlords", 0.2, 30.0),
    ]
    assert math.dist(market.segments[0].needs, market.segments[1].needs) == pytest.approx(0.7)
    rates = {(e.supplier, e.requester): e for e in scenario.organisation.serves}
    assert rates["parts", "technicians"].essential_per_head_week == 0.5
    assert rates["it", "head"].essential_per_head_week == 0.3
    assert ("it", "it") not in rates
    # a way that nobody asks along carries no requests of its own
    assert rates["technicians", "dispatch"].essential_per_head_week == 0
    assert [(list(r.path), r.share) for r in scenario.routes.need] == [
        (["dispatch"], 0.3),
        (["dispatch", "technicians"], 0.5),
        (["dispatch", "technicians", "parts"], 0.2),
    ]
    assert (scenario.distributors.count, scenario.distributors.share) == (9, 0.25)
    assert scenario.parameters["need_rate"] == pytest.approx(3 / 52, rel=1e-3)
    assert {line.to for line in scenario.organisation.reports_to} == {"head"}
    assert {leg.target for leg in scenario.organisation.informs} == {"planning"}


def test_pay_of_one_department_is_kept_and_the_mean_of_the_others_is_the_one_told() -> None:
    departments = firm().organisation.departments
    told = {one.name: one for one in departments}
    assert told["technicians"].wage_per_week == 1100
    others = [one for one in departments if one.name != "technicians"]
    mean = sum(o.seats * o.wage_per_week for o in others) / sum(o.seats for o in others)
    assert mean == pytest.approx(1300, abs=0.01)
    assert told["head"].wage_per_week > told["it"].wage_per_week > told["dispatch"].wage_per_week


def test_the_rules_are_the_dials() -> None:
    regime = firm().regime
    assert regime.name == "own"
    assert (regime.customer_priority, regime.line_of_sight, regime.captivity) == (0.5, 0.2, 1.0)
    assert [getattr(regime, dial) for dial in MEASURES] == pytest.approx([0.1, 0.6, 0.3])
    assert regime.listening == pytest.approx(1 / 40)
    assert (regime.colleague_as_customer, regime.risk_aversion) == (0.7, 0.8)
    assert (regime.distributor_voice, regime.focus, regime.care) == (0.3, 0.7, 0.4)


def test_hours_are_written_down_as_a_neutral_firm_needs_them() -> None:
    scenario = firm()
    data = scenario.model_dump()
    for department in data["organisation"]["departments"]:
        department["hours"] = None
    derived = standard_hours(Scenario.from_mapping(data))
    for one in scenario.organisation.departments:
        customer, internal = derived[one.name]
        assert one.hours
        if one.name == "technicians":
            assert internal > 10  # more than a colleague's request may take
            # Hours of both sorts stand as 80 to 20; of these 20, 10 h a request stay.
            customer *= (0.8 + 0.2 * (1 - 10 / internal)) / 0.8
            internal = 10.0
        assert one.hours.internal == pytest.approx(internal, rel=1e-3)
        assert one.hours.customer == (pytest.approx(customer, rel=1e-3) if customer > 0 else None)
    busier = scenario.replace({"organisation.departments.it.seats": 2})
    assert standard_hours(busier)["it"] == standard_hours(scenario)["it"]


def test_the_best_fifth_brings_what_was_told() -> None:
    spread = firm(unequal="60 %").parameters["margin_sd"]
    margins = np.sort(np.exp(spread * np.random.default_rng(1).normal(size=400_000)))
    assert margins[-80_000:].sum() / margins.sum() == pytest.approx(0.6, abs=0.01)


def test_a_firm_like_the_calibrated_one_gets_the_calibrated_rates() -> None:
    h0, lead_rate = PARAMETERS["h0"].default, PARAMETERS["lead_rate"].default
    found = firm(leaving="17", customers="8000 of 20000").parameters
    assert found["h0"] == pytest.approx(h0, rel=1e-3)
    assert found["lead_rate"] == pytest.approx(lead_rate, rel=1e-3)
    twice = firm(leaving="31.11", customers="8000 of 20000").parameters  # .83 x .83 = .6889
    assert twice["h0"] == pytest.approx(2 * h0, rel=1e-3)
    # With half of a market the same loss takes as many joiners from fewer others.
    half = firm(leaving="17", customers="10000 of 20000").parameters
    assert half["lead_rate"] == pytest.approx(lead_rate * 1.5, rel=1e-3)
    assert half["h0"] < found["h0"]


def test_what_a_neutral_firm_loses_is_what_the_calibrated_one_loses() -> None:
    found = json.loads((ROOT / "tools" / "calibration.json").read_text(encoding="utf-8"))
    assert round(1 - found["facts"]["annual retention"], 2) == NEUTRAL_LEAVING
    leaving = next(question for question in QUESTIONS if question.key == "leaving")
    assert float(leaving.default(Draft())) == 100 * NEUTRAL_LEAVING


def test_ranges_of_coefficients_lie_around_their_defaults() -> None:
    ranges = firm(asks="?", ways="?").uncertain
    for name in ("overhead_share", "block_share", "handoff_loss"):
        assert sum(ranges[name]) / 2 == pytest.approx(PARAMETERS[name].default), name


def test_a_neutral_firm_keeps_what_was_told() -> None:
    """The one test here that runs a firm: churn, load and size are what the answers say."""
    answers = {**FIRM, "channel": "none", "leaving": "12", "groups": "no", "margin": "170 a month"}
    del answers["voice"], answers["focus"]
    scenario = scenario_from_answers(answers).with_regime("neutral")
    summary = simulate(scenario.replace({"horizon_years": 3}), seed=1).summary()
    assert 0.86 <= summary["retention"] <= 0.91
    assert 0.72 <= summary["utilisation"] <= 0.92
    assert 0.9 * 6200 <= summary["active_end"] <= 1.1 * 6200


def test_an_empty_answer_takes_the_offer_and_a_missing_one_is_not_known() -> None:
    offered = scenario_from_answers({question.key: "" for question in QUESTIONS})
    unknown = scenario_from_answers({})
    narrow, wide = offered.uncertain, unknown.uncertain
    assert unknown.regime == offered.regime
    assert set(narrow) < set(wide)
    for key, (low, high) in narrow.items():
        assert wide[key][0] <= low < high <= wide[key][1], key
        assert wide[key][1] - wide[key][0] > high - low, key
    dials = {"customer_priority": 0.625, "line_of_sight": 0.5, "captivity": 0.8, "care": 0.6}
    for dial, neutral in dials.items():
        assert getattr(offered.regime, dial) == pytest.approx(neutral, abs=0.03)


@pytest.mark.parametrize("key", [q.key for q in QUESTIONS if q.key not in STRUCTURE])
def test_not_knowing_widens_a_range(key: str) -> None:
    definite, open_ = firm().uncertain, firm(**{key: "?"}).uncertain
    wider = [
        name
        for name, (low, high) in open_.items()
        if name not in definite or high - low > 1.5 * (definite[name][1] - definite[name][0])
    ]
    assert wider


@pytest.mark.parametrize("key", list(FIRM))
def test_every_answer_changes_the_scenario(key: str) -> None:
    assert firm(**{key: OTHERS[key]}) != firm()


def test_the_table_and_this_test_know_the_same_questions() -> None:
    assert [question.key for question in QUESTIONS] == sorted(
        FIRM, key=[question.key for question in QUESTIONS].index
    )
    assert set(OTHERS) == set(FIRM)


def test_ranges_hold_the_value_and_are_allowed() -> None:
    scenario = firm(leaving="60", listening="none", bonus="0/0/100", free="never", unequal="98")
    for key, (low, high) in scenario.uncertain.items():
        assert low < high, key
        scenario.replace({key: low})
        scenario.replace({key: high})
    low, high = scenario.uncertain["captivity"]
    assert (low, high) == (0.9, 1.0)


@pytest.mark.parametrize(
    ("key", "answer", "words"),
    [
        ("departments", "sales", "given 'sales', allowed departments with head-counts"),
        ("departments", "sales 0", "allowed departments with head-counts (1 to 20000)"),
        ("departments", "sales 3, Sales 4", "departments.sales: given 2 of this name"),
        ("departments", "7up 3", "begins with a letter"),
        ("departments", "sales 12 support 30", "allowed departments with head-counts"),
        ("departments", "front 3", "another name (this word has a meaning here)"),
        ("departments", "sales 3 at 5600", "an amount and its period"),
        ("kinds", "front: dispach", "did you mean 'dispatch'?"),
        ("kinds", "dispatch", "such as: front:"),
        ("kinds", "front: nobody", "at least one department that meets customers"),
        ("kinds", "front: head; lead: head", "either in front or in lead"),
        ("kinds", "offer: planning, parts", "one department that shapes the offer"),
        ("pay", "1300", "an amount and its period"),
        ("pay", "0 a week", "an amount and its period"),
        ("asks", "everyone: plannin", "did you mean 'planning'?"),
        ("asks", "it", "such as: everyone: it"),
        ("asks", "everyone: it 7", "between 0 and 5 times a week"),
        ("customers", "8000", "such as 8000 of 20000"),
        ("customers", "20000 of 8000", "the smaller first"),
        ("customers", "1 of 20000000", "up to 10 million"),
        ("groups", "homes 80, landlords 30", "adds up to 110"),
        ("groups", "it 80, landlords 20", "a group whose name no department has"),
        ("channel", "30 %", "such as: 30 % through 8"),
        ("channel", "0.3 through 8", "such as: 30 % through 8"),
        ("needs", "5", "how often"),
        ("needs", "8 a week", "at most 5 times a week"),
        ("ways", "dispatch 50", "adds up to 50"),
        ("ways", "parts 100", "a way that begins with dispatch or technicians"),
        ("ways", "dispatch > dispatch 100", "from one department to another"),
        ("ways", "dispatch > head 40, dispatch 60", "given 'head', allowed ways that pass no"),
        ("margin", "many", "an amount and its period"),
        ("unequal", "20", "a percentage from 21 to 98"),
        ("leaving", "0", "a number from 1 to 60"),
        ("leaving", "0.2", "a number from 1 to 60"),
        ("pace", "slowley", "did you mean 'slowly'?"),
        ("settles", "the custmer", "did you mean 'the customer'?"),
        ("sight", "101", "a number from 0 (never) to 100 (always)"),
        ("bonus", "20/60", "three shares that add up to 100"),
        ("bonus", "20/60/30", "adds up to 110"),
        ("listening", "30 hours", "half the week at most"),
        ("mishap", "-5", "a number from 0 (forgiven)"),
        ("cco", "perhaps", "yes or no"),
    ],
)
def test_a_wrong_answer_is_refused_in_words(key: str, answer: str, words: str) -> None:
    assert words in problem(**{key: answer})
    assert problem(**{key: answer}).startswith(key)


def test_an_unknown_question_is_refused() -> None:
    assert "bonuss: given an unknown question" in problem(bonuss="a")
    assert "did you mean 'bonus'?" in problem(bonuss="a")


def test_a_refused_answer_leaves_no_trace() -> None:
    draft = Draft()
    for question in asked(draft):
        before = repr(draft)
        with pytest.raises(ScenarioError):
            question.answer("\N{SNOWMAN} 0.001", draft)
        assert repr(draft) == before, question.key
        question.answer("", draft)


@pytest.mark.parametrize(
    ("departments", "front"),
    [
        ("bakery 3", {"bakery"}),
        ("executive 2", {"executive"}),
        ("bakers 9, customer care 2, executive 1", {"customer_care"}),
        ("Büro & Lager 3, Café 4", {"cafe"}),
    ],
)
def test_any_firm_gets_a_front(departments: str, front: set[str]) -> None:
    scenario = scenario_from_answers({"departments": departments})
    kinds = {one.name: one.kind for one in scenario.organisation.departments}
    assert {name for name, kind in kinds.items() if kind == "front"} == front
    simulate(scenario.replace({"horizon_years": 0.1}), seed=1)


def test_answers_that_are_no_text_are_refused() -> None:
    wrong: Any = {"leaving": 18}
    with pytest.raises(ScenarioError, match="leaving: given 18, allowed text"):
        scenario_from_answers(wrong)


@pytest.mark.parametrize(
    ("key", "answer", "same"),
    [
        ("needs", "3 a year", "0.25 a month"),
        ("needs", "weekly", "once a week"),
        ("needs", "every quarter", "4 times a year"),
        ("margin", "1560 a year", "30 a week"),
        ("pay", "65k a year", "1,250 per week"),
        ("customers", "1,500 of 0.01 million", "1500 out of 10k"),
        ("leaving", "20 %", "a fifth"),
        ("sight", "half", "50"),
        ("settles", "customer", "80 %"),
        ("settles", "The Customer.", "the customer"),
        ("listening", "2 hours a week", "5 %"),
        ("listening", "half an hour", "0.5 h"),
        ("bonus", "20/60/20", "20 %, 60 %, 20 %"),
        ("channel", "a quarter through 9", "25 % through 9"),
        ("cco", "Yes", "y"),
        ("kinds", "front: Dispatch", "front: dispatch; lead: head; offer: nobody"),
    ],
)
def test_the_same_thing_in_other_words(key: str, answer: str, same: str) -> None:
    assert firm(**{key: answer}) == firm(**{key: same})
