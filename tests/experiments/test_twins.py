"""Two lives of one person: what is told of the difference, in cases made by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import pytest

from experiments import why
from experiments.biography.journeys import Journey, Stage, Visit
from experiments.biography.life import Life, Loss
from experiments.biography.twin_needs import Pair, explain, telling_pairs
from experiments.biography.twins import bad_ends, compare_lives, not_won, wish_to_ask
from simulation.randomness import CUSTOMER_WEEK, block, uniform
from tests.firms import FIERCE, tiny

STAGE = Stage(
    department="it",
    handed=10,
    entered=11,
    left=11,
    seen=True,
    meets_customers=False,
    line_of_sight=1.0,
    hours_ahead=0.0,
    hours_linked=0.0,
    hours_internal=0.0,
    approvals=1,
    delay=1,
    policy=1.0,
    disputed=0,
    pressure=1.0,
    standard=2.0,
    time=2.0,
    service_standard=1.0,
    pace=1.0,
    uncut=1.0,
    quality=1.0,
)
SOLVED = Visit(
    attempt=0,
    arrived=10,
    ended=12,
    end="resolved",
    in_time=True,
    stages=(STAGE,),
    chance=0.8,
    by_people=0.8,
    by_time=1.0,
    by_handoffs=1.0,
    draw=0.6,
    before=0.5,
    after=0.7,
    shared=False,
)
FAILED = replace(SOLVED, end="unresolved", chance=0.4, by_time=0.5, after=0.2)
NEED = Journey(uid=1, kind="need", week=2, path=("it",), sight=0.5, joined=False, visits=(SOLVED,))


@pytest.fixture(scope="module")
def life() -> Life:
    return Life.live(tiny({**FIERCE, "horizon_years": 1.4}), "A", 50, 3)


def with_needs(life: Life, regime: str, *visits: Visit) -> Life:
    numbered = tuple(replace(visit, attempt=n) for n, visit in enumerate(visits))
    return replace(life, regime=regime, journeys=(replace(NEED, visits=numbered),))


# --- needs


def test_a_need_cut_short_in_one_firm_makes_the_other_no_worse(life: Life) -> None:
    gone = replace(FAILED, end="cancelled", ended=-1)
    kept = with_needs(life, "A", FAILED, FAILED, replace(FAILED, end="given_up"))
    assert telling_pairs(kept, with_needs(life, "B", FAILED, gone)) == []
    assert telling_pairs(kept, with_needs(life, "B", FAILED)) == []
    assert telling_pairs(kept, with_needs(life, "B", gone)) == []
    (pair,) = telling_pairs(with_needs(life, "B", FAILED, SOLVED), kept)
    assert (pair.worse.regime, pair.better.regime) == ("A", "B")
    assert (pair.failed.attempt, pair.solved.end) == (1, "resolved")


def test_the_firm_that_kept_the_customer_is_not_named_worse() -> None:
    story = why("small_firm", 517, ["customer_first", "manager_pleasing"], years=4)
    cut = [
        need.uid
        for need in story.lives[1].needs
        if need.failures and need.visits[-1].end not in ("resolved", "given_up", "abandoned")
    ]
    assert cut  # it was to come back when the customer left
    assert not any("the same need" in text for text in story.between)


def approvals(life: Life, worse: Mapping[str, object], better: Mapping[str, object]) -> str:
    """What is told of approvals; of a dial or of the stage in either firm."""
    firms, visits = [], []
    for visit, given in ((replace(FAILED, end="abandoned"), worse), (SOLVED, better)):
        dials = {key: value for key, value in given.items() if key.startswith("regime.")}
        stage = {key: value for key, value in given.items() if key not in dials}
        visits.append(replace(visit, stages=(replace(STAGE, **stage),)))  # type: ignore[arg-type]
        firms.append(replace(life, scenario=tiny(dials)))
    pair = Pair(firms[0], firms[1], NEED, NEED, visits[0], visits[1])
    return next(text for text in explain(pair) if text.startswith("Approvals"))


MEASURES = {"regime.customer_metric": 0.2, "regime.local_metric": 0.0, "regime.manager_metric": 0.8}


def test_what_stands_behind_approvals_is_told_only_if_it_points_that_way(life: Life) -> None:
    more = {"delay": 3, "approvals": 3, "policy": 2.0}
    careless = {"regime.risk_aversion": 0.2}
    careful = {"regime.risk_aversion": 0.8}
    text = approvals(life, {**more, **careful}, careless)
    assert "2.00 approvals on average against 1.00" in text
    assert "by risk_aversion, 0.80 against 0.20" in text
    text = approvals(life, {**more, **careless}, careful)
    assert "2.00 approvals on average against 1.00" in text
    assert "risk_aversion" not in text
    fewer = {"delay": 3, "approvals": 1, "policy": 0.5}
    free = {**MEASURES, "regime.customer_metric": 1.0, "regime.manager_metric": 0.0}
    text = approvals(life, {**fewer, **free, **careful}, {**MEASURES, **careless})
    assert "on average" not in text
    assert "risk_aversion" not in text
    assert "by manager_metric, 0 against 0.80" in text
    assert "manager_metric" not in approvals(life, {**more, **MEASURES}, free)


def test_the_department_that_missed_most_time_is_named_with_its_reasons(life: Life) -> None:
    # of two hours each, the first department gives 1 x .5, the last .9 x 1: it is not the last
    worn = replace(STAGE, department="care", service_standard=0.5, standard=2.0, time=1.0)
    pressed = replace(STAGE, uncut=0.9, time=1.8, pressure=1.5)
    failed = replace(FAILED, stages=(worn, pressed))
    solved = replace(SOLVED, stages=(replace(STAGE, department="care"), STAGE))
    (*_, text) = explain(Pair(life, life, NEED, NEED, failed, solved))
    assert "Most time was missing at care, which gave 50 % of the hours" in text
    assert "standard of service, 1 at the start, had come to 0.50 against 1.00" in text
    assert "pace" not in text
    assert "pressure" not in text
    # the same shortage, but most of it in the department that follows
    failed = replace(FAILED, stages=(replace(worn, standard=0.2), replace(pressed, standard=4.0)))
    (*_, text) = explain(Pair(life, life, NEED, NEED, failed, solved))
    assert "Most time was missing at IT" in text
    assert "pressure of work, 1.50 against 1.00 (1 is normal), cut 10 % off against 0 %" in text
    assert "standard of service" not in text


# --- losses and leads


def test_what_went_wrong_in_both_firms_does_not_explain_the_difference(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Life, "incidents", lambda _: iter([(5, "it", 0.9, 0.3)]))
    loss = Loss(10, "experience")  # on day 50; the need failed on day 12 and cost .3
    a = with_needs(life, "A", FAILED)
    assert bad_ends(loss, a, with_needs(life, "B", FAILED)) == ""
    assert bad_ends(loss, a, with_needs(life, "B", replace(FAILED, after=0.25))) == ""
    worse = "; what had gone worse here: a need in week 2"
    assert bad_ends(loss, a, with_needs(life, "B", SOLVED)) == worse
    assert bad_ends(loss, a, with_needs(life, "B", replace(FAILED, ended=60))) == worse
    struck = [(5, "it", 0.9, 0.3)]
    monkeypatch.setattr(Life, "incidents", lambda x: iter(struck if x.regime == "A" else []))
    assert bad_ends(loss, a, with_needs(life, "B", SOLVED)) == (
        f"{worse} and an incident at IT in week 5"
    )


def test_a_lead_that_was_not_answered_is_not_told_as_answered(life: Life) -> None:
    def told(**ends: object) -> str:
        visit = replace(SOLVED, **{"end": "closed", **ends})  # type: ignore[arg-type]
        return not_won(life, replace(NEED, kind="lead", visits=(visit,)))

    assert told() == "A answers after two days and does not"
    assert told(end="abandoned") == "in A the person tires of waiting after two days"
    assert told(end="open", ended=-1) == "A has not answered by the end"


def test_a_prospect_who_tired_of_waiting_is_told_so() -> None:
    story = why("small_firm", 430)
    assert any(
        "customer_first answers after one day and wins; in internal_customer the person tires" in x
        for x in story.between
    )


def test_lives_that_part_nowhere_are_told_with_what_differs(life: Life) -> None:
    log = life.sight.events
    a, b = (
        replace(with_needs(life, name, visit), sight=replace(life.sight, events=events))
        for name, visit, events in (
            ("A", SOLVED, log.iloc[:0]),
            ("B", replace(SOLVED, in_time=False), log[log["event"] == "opened"]),
        )
    )
    first, second = compare_lives(a, b)
    assert first.startswith("Neither firm lost this person or won them alone")
    assert second == "What differs, A against B: ends later than promised, 0 against 1."


def test_the_wish_to_ask_and_the_draw_say_when_a_prospect_asks() -> None:
    # no office, no marketing, no events: nothing else bears on the lead hazard of section 8.4
    scenario = tiny({"parameters.lead_rate": 0.05, "distributors.share": 1.0})
    asked = 0
    for uid in (1, 2, 3, 8):
        life = Life.live(scenario, "firm", uid, 1)
        demand = life.sight.record.series["demand"]
        weeks = {lead.week for lead in life.leads}
        for week in life.weeks:
            if math.isnan(week.said) or life.losses:
                continue  # could not ask, or might have been too recently a customer
            draw = uniform(block(1, CUSTOMER_WEEK, uid, week.week)[3])
            hazard = wish_to_ask(life, week) * demand[week.week]
            assert (draw < -math.expm1(-hazard)) == (week.week in weeks)
            asked += week.week in weeks
    assert asked
