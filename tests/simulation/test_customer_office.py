"""The customer's office: each function alone does what it is there for, and costs what it costs.

The small firm lives with an office that has one function, at full strength, and with an office that
has none, under the same luck. Costs and time of the office are set to nothing where effects are
looked at, so that nothing but the function differs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
import pandas as pd
import pytest

from simulation import Firm, Record, Scenario, simulate
from simulation.mechanisms.customer_office import LOWEST_FIFTH, MIDDLE, TOP_TENTH
from simulation.scenario_parts import FUNCTIONS
from simulation.world import ACTIVE, DAYS_A_WEEK, MONEY, NEED, WEEKS_A_QUARTER
from tests.firms import plain, same_bits

Changes = tuple[tuple[str, float], ...]

SEEDS = range(6)
DECAY = 0.6223
NONE: tuple[str, ...] = ()
HEARD: Mapping[str, float] = {"positional": 1.0, "borrowed": 0.0, "hard_wired": 1.0}
"""An officer with full authority in whose work everybody takes part: strength 1 for good."""

FREE: Changes = (
    ("parameters.office_cost", 0.0),
    ("parameters.office_function_cost", 0.0),
    ("parameters.office_time", 0.0),
)
NO_RETURN: Changes = (("parameters.winback_weeks", 520.0),)
"""Who has left does not come back, to begin anew at the first margin."""
LOADED: Changes = (
    ("parameters.need_rate", 0.13),
    ("parameters.dispute_rate", 1.0),
    ("parameters.dispute_age_days", 1.0),
)
"""Items wait long enough to be put in order, and to be fought over."""


@cache
def small() -> Scenario:
    """The small firm half way between the regimes."""
    return Scenario.load("small_firm").with_regime("neutral")


def office(
    functions: tuple[str, ...], changes: Changes = FREE, officer: Mapping[str, float] = HEARD
) -> Scenario:
    """The small firm with an office that has these functions only."""
    switches = {name: name in functions for name in FUNCTIONS}
    data = small().model_dump()
    data["offices"] = {"cco": True, "officer": {**officer, "functions": switches}}
    return Scenario.from_mapping(data).replace(dict(changes))


@cache
def year(functions: tuple[str, ...], seed: int, changes: Changes = ()) -> Record:
    """A year with an office that costs nothing."""
    return simulate(office(functions, FREE + changes), seed=seed, years=1, events="none")


def differences(
    function: str, figure: Callable[[Record], float], changes: Changes = ()
) -> np.ndarray:
    """What the function alone adds to a figure, seed by seed."""
    return np.array(
        [figure(year((function,), s, changes)) - figure(year(NONE, s, changes)) for s in SEEDS]
    )


def beyond_noise(found: np.ndarray) -> None:
    """Assert that it is above zero in every pair, and four standard errors on average."""
    assert (found > 0).all(), found
    assert found.mean() > 4 * found.std(ddof=1) / np.sqrt(len(found)), found


# ------------------------------------------------------------------ what each function does


def test_disputes_are_settled() -> None:
    for seed in SEEDS:
        alone, without = (year(some, seed, LOADED).series for some in (("settle_disputes",), NONE))
        assert alone["settled"].sum() > 0
        assert without["settled"].sum() == 0
        assert alone["disputes"].sum() < without["disputes"].sum()


def test_shorter_hops_bring_younger_insight() -> None:
    beyond_noise(-differences("shorten_hops", lambda run: run.series["insight_age_weeks"].mean()))


def test_one_plan_keeps_attention_alive_and_customers_content() -> None:
    weeks = np.arange(52) % WEEKS_A_QUARTER
    for functions, least in ((("one_plan",), 1.0), (NONE, 0.0)):
        attention = year(functions, 0).series["project_attention"]
        np.testing.assert_allclose(attention, np.maximum(DECAY**weeks, least))
    beyond_noise(differences("one_plan", lambda run: run.series["satisfaction"].mean()))


def days_by_band(functions: tuple[str, ...], seed: int) -> pd.Series:
    """Mean days from visit to closing of needs, by what the customer is worth."""
    firm = Firm(office(functions, FREE + LOADED), rng=seed, events="all")
    firm.run_for(66)
    bands = plain(firm.world.customers)["band"].copy()
    firm.run_for(64)
    log = firm.record().events
    needs = log[(log["event"] == "opened") & (log["value"] == NEED) & (log["day"] > 65)]["item"]
    closed = log[(log["event"] == "closed") & log["item"].isin(needs)]
    return closed["value"].groupby(bands[closed["uid"]]).mean()


def test_valuable_customers_wait_less_and_others_more() -> None:
    by_value = pd.DataFrame([days_by_band(("serve_by_value",), seed) for seed in SEEDS])
    without = pd.DataFrame([days_by_band(NONE, seed) for seed in SEEDS])
    beyond_noise((without - by_value)[TOP_TENTH].to_numpy())
    beyond_noise((by_value - without)[LOWEST_FIFTH].to_numpy())
    assert (by_value[TOP_TENTH] < by_value[MIDDLE]).all()
    assert (by_value[MIDDLE] < by_value[LOWEST_FIFTH]).all()


def content_of_the_best(functions: tuple[str, ...], seed: int) -> float:
    """Mean satisfaction in the top band, over three quarters after the first review."""
    changes = (*FREE, ("parameters.outreach_below", 0.7))
    firm = Firm(office(functions, changes), rng=seed, events="none")
    firm.run_for(65)
    weekly = []
    for _ in range(39):
        firm.run_for(DAYS_A_WEEK)
        people = plain(firm.world.customers)
        best = (people["band"] == TOP_TENTH) & (people["status"] == ACTIVE)
        weekly.append(people["satisfaction"][best].mean())
    called = firm.record().series["outreach"]
    assert (called[:WEEKS_A_QUARTER] == 0).all(), "before anybody was ranked"
    assert (called.sum() > 0) == bool(functions)
    return float(np.mean(weekly))


def test_valuable_customers_at_risk_are_called_and_the_best_are_happier() -> None:
    beyond_noise(
        np.array([content_of_the_best(("outreach",), s) - content_of_the_best(NONE, s)
                  for s in SEEDS])
    )  # fmt: skip


def margin_of_joiners(run: Record) -> float:
    """Mean margin of those who came after the first review."""
    people = run.customers
    return float(people[people["joined_week"] >= WEEKS_A_QUARTER]["margin_per_week"].mean())


def test_those_who_join_are_more_like_the_best() -> None:
    beyond_noise(differences("look_alikes", margin_of_joiners))


def test_who_brings_losses_pays_more_and_some_leave() -> None:
    firm = Firm(office(("reprice",)), rng=0, events="none")
    firm.run_for(260)
    people = plain(firm.world.customers)
    assert (people["price"] >= 1.0).all()
    assert people["price"].max() <= 1.5
    active = people[people["status"] == ACTIVE]
    dearer = active["price"] > 1.0
    lowest = active["band"] == LOWEST_FIFTH
    assert dearer[lowest].mean() > 5 * dearer[~lowest].mean(), "some have left that band since"
    assert firm.record().series["repriced"].sum() >= dearer.sum() > 0
    beyond_noise(differences("reprice", lambda run: run.series["revenue"].mean()))
    beyond_noise(-differences("reprice", lambda run: run.series["active"].mean()))


def test_those_who_are_content_buy_more_and_that_costs_some_weeks_of_it() -> None:
    beyond_noise(differences("cross_sell", lambda run: run.customers["margin_per_week"].mean()))
    for seed in SEEDS:
        run, without = (year(some, seed, NO_RETURN) for some in (("cross_sell",), NONE))
        more = run.customers["margin_per_week"] - without.customers["margin_per_week"]
        assert (more >= 0).all()
        assert run.series["cost_office_cost"].sum() == pytest.approx(8 * more.sum())


def test_projects_are_not_paid_for_twice() -> None:
    run, without = (year(some, 0).series for some in (("no_duplicates",), NONE))
    one, twice = run["cost_project_cost"], without["cost_project_cost"]
    np.testing.assert_allclose(twice, 1.5 * one, atol=9 / MONEY)  # rounded in every department
    money = ["cost", "profit", "cash", "cost_project_cost", "cco_authority"]
    pd.testing.assert_frame_equal(run.drop(columns=money), without.drop(columns=money))


@pytest.mark.parametrize(("functions", "left"), [(("protect_budgets",), 0.8), (NONE, 0.4)])
def test_projects_are_protected_in_a_budget_round(functions: tuple[str, ...], left: float) -> None:
    data = office(functions).model_dump()
    data["events"] = [{"week": 2, "budget_round": 0.2}]
    firm = Firm(Scenario.from_mapping(data), rng=1)
    firm.run_for(11)
    kept = plain(firm.world.departments)["projects_kept"]
    np.testing.assert_allclose(kept, left + (1 - left) / 52)
    firm.run_for(54)
    np.testing.assert_allclose(kept, 1 - (1 - left) * (51 / 52) ** 11)


# ------------------------------------------------------------------ what it costs


@pytest.mark.parametrize("functions", [NONE, *((name,) for name in FUNCTIONS), FUNCTIONS])
def test_every_function_has_its_price(functions: tuple[str, ...]) -> None:
    scenario = office(functions, changes=())
    firm = Firm(scenario, rng=1, events="none")
    firm.run_for(WEEKS_A_QUARTER * DAYS_A_WEEK)  # up to the first review
    wages = sum(d.seats * d.wage_per_week for d in scenario.organisation.departments)
    share = 0.004 + 0.001 * len(functions)
    np.testing.assert_allclose(firm.record().series["cost_office_cost"], share * wages, rtol=1e-7)


def test_it_takes_everybodys_time() -> None:
    hours = []
    for scenario in (small(), office(NONE, changes=())):
        firm = Firm(scenario, rng=1, events="none")
        firm.step()
        hours.append(plain(firm.world.departments)["gross"].astype(float))
    p = firm.world.p[0]
    dials = plain(firm.world.departments)["dials"]
    elsewhere = p.meeting_time * dials[:, 1] + p.pleasing_time * dials[:, 6]
    elsewhere += p.listening_time * dials[:, 7] * (plain(firm.world.departments)["kind"] < 2)
    np.testing.assert_allclose(hours[1] / hours[0], 1 - 0.01 / (1 - elsewhere), rtol=1e-6)


def test_an_office_without_functions_cost_and_time_is_no_office() -> None:
    without, with_one = (
        simulate(scenario, seed=2, years=1.5, events="all")
        for scenario in (small().replace(dict(FREE)), office(NONE))
    )
    assert without.series["cco_authority"].isna().all()
    for run in (without, with_one):
        run.series = run.series.drop(columns=["cco_authority", "participation"])
    same_bits(without, with_one)


# ------------------------------------------------------------------ participation and authority


def quarter_of_an_office(hard_wired: float) -> tuple[Firm, pd.DataFrame]:
    """A quarter with an office of all functions, and the firm after it."""
    officer = {"positional": 0.5, "borrowed": 0.3, "hard_wired": hard_wired}
    firm = Firm(office(FUNCTIONS, FREE, officer), rng=3, events="none")
    firm.run_for(WEEKS_A_QUARTER * DAYS_A_WEEK)
    return firm, firm.record().series


def test_nobody_takes_part_for_long_unless_rules_make_sure_of_it() -> None:
    firm, series = quarter_of_an_office(0.0)
    np.testing.assert_allclose(series["participation"], DECAY ** np.arange(WEEKS_A_QUARTER))
    assert (series["cco_authority"] == 0.8).all(), "authority alone does nothing"
    assert 0 < firm.world.firm[0].office.max() < 0.005


def test_participation_that_is_wired_in_stays() -> None:
    firm, series = quarter_of_an_office(0.6)
    assert (series["participation"][1:] == DECAY).sum() == 1
    assert (series["participation"][2:] == 0.6).all()
    np.testing.assert_allclose(firm.world.firm[0].office, 0.6 * 0.8)


def test_lent_authority_fades_and_customers_kept_earn_some() -> None:
    officer = {"positional": 0.2, "borrowed": 0.4, "hard_wired": 0.6}
    firm = Firm(office(NONE, FREE, officer), rng=3, events="none")
    firm.run_for(4 * WEEKS_A_QUARTER * DAYS_A_WEEK)
    series = firm.record().series
    before = series["active"] + series["lost"] - series["joined"]
    quarter = series["week"] // WEEKS_A_QUARTER
    loss = series["lost"].groupby(quarter).sum() / before.groupby(quarter).sum()
    earned, expected = 0.0, [0.6]
    for q in (1, 2, 3):
        earned = min(1.0, max(0.0, earned + 52 * (loss[0] - loss[q - 1])))
        expected.append(min(1.0, 0.2 + 0.4 * 0.9**q + earned))
    found = series["cco_authority"].groupby(quarter).agg(["min", "max"])
    np.testing.assert_allclose(found["min"], expected)
    np.testing.assert_allclose(found["max"], expected)
    assert len({round(e, 6) for e in expected}) == 4
