"""The firm is a Mesa model: agents, agent sets, collectors, steps, pickles, and its order."""

from __future__ import annotations

import ast
import inspect
import math
import pickle
import re
from collections.abc import Callable
from typing import Any

import mesa
import networkx as nx
import numpy as np
import pytest

import simulation.firm
from simulation import Customer, Department, Distributor, Employee, Firm, Scenario
from simulation.firm import PHASES, live_day, open_week
from simulation.record import Recorder
from simulation.world import ACTIVE, DAYS_A_WEEK
from tests.firms import BUSY, plain, same_bits, tiny


@pytest.fixture
def firm() -> Firm:
    """A firm in the middle of its fifth week."""
    firm = Firm(tiny(BUSY), rng=1, events="all")
    firm.run_for(22)
    return firm


# ---------------------------------------------------------------------- agents


def test_agents_are_rows(firm: Firm) -> None:
    sets = firm.agents_by_type
    assert set(sets) == {Customer, Employee, Department, Distributor} == set(firm.agent_types)
    assert len(sets[Customer]) == 400
    assert len(sets[Employee]) == int(firm.world.employees.filled.sum())
    assert [d.name for d in sets[Department]] == ["board", "care", "it", "personnel", "sales"]
    assert len(sets[Distributor]) == 3
    assert len(firm.agents) == sum(len(some) for some in sets.values())
    assert all(isinstance(agent, mesa.Agent) for agent in firm.agents)
    assert {agent.model for agent in firm.agents} == {firm}


def test_select_and_agg_read_the_columns(firm: Firm) -> None:
    column = plain(firm.world.customers)["satisfaction"]
    customers = firm.agents_by_type[Customer]
    bound = float(np.median(column))
    unhappy = customers.select(lambda c: c.satisfaction < bound)
    assert [c.row for c in unhappy] == np.flatnonzero(column < bound).tolist()
    assert 0 < len(unhappy) < len(customers)
    assert customers.agg("satisfaction", np.mean) == pytest.approx(column.mean(), abs=1e-12)
    assert customers.agg("satisfaction", [min, max]) == [column.min(), column.max()]
    assert customers.get("row") == list(range(400))


def test_set_writes_through_to_the_columns(firm: Firm) -> None:
    customers = firm.agents_by_type[Customer]
    unhappy = customers.select(lambda c: c.status == ACTIVE)
    unhappy.set("satisfaction", 0.25)
    rows = [c.row for c in unhappy]
    assert (plain(firm.world.customers)["satisfaction"][rows] == 0.25).all()
    assert not (plain(firm.world.customers)["satisfaction"] == 0.25).all()
    one = next(iter(unhappy))
    one.margin_per_week = 12.5
    assert firm.world.customers[one.row].margin == 125_000
    assert one.margin_per_week == 12.5


def test_what_is_written_counts_in_the_days_that_follow() -> None:
    """Everybody leaves a firm that everybody comes to hate."""
    lost = []
    for mood in (0.0, 1.0):
        firm = Firm(tiny({"parameters.satisfaction_speed": 0.0}), rng=5)
        firm.agents_by_type[Customer].set("satisfaction", mood)
        firm.run_for(50)
        lost.append(int(firm.record().series["lost"].sum()))
    assert lost[0] > 5 * max(1, lost[1])


def test_ids_and_views_last(firm: Firm) -> None:
    views = {agent.unique_id: agent for agent in firm.agents}
    assert len(views) == len(firm.agents), "two agents share a unique_id"
    numbers = {Customer: 0, Employee: 1, Department: 2, Distributor: 3}
    for uid, agent in views.items():
        assert uid == numbers[type(agent)] * 2**32 + agent.row
    firm.run_for(60)
    again = {agent.unique_id: agent for agent in firm.agents}
    common = views.keys() & again.keys()
    assert len(common) > 400
    assert all(views[uid] is again[uid] for uid in common)
    other = Firm(tiny(BUSY), rng=2)
    assert {c.unique_id for c in other.agents_by_type[Customer]} <= views.keys()


def test_views_come_into_being_when_asked_for() -> None:
    firm = Firm(tiny(), rng=1)
    firm.run_for(10)
    assert not any(firm._views.values())
    assert not len(firm._all_agents), "the views burden Mesa's own register"


def test_people_cannot_be_removed(firm: Firm) -> None:
    with pytest.raises(TypeError, match="cannot be removed"):
        next(iter(firm.agents_by_type[Customer])).remove()


def test_churn_hazard_is_the_rule(firm: Firm) -> None:
    p = firm.world.p[0]
    segments = firm.world.segments
    # Both offers stand where the needs stand until the market moves: move them.
    segments.offer[:, 0] += 0.2
    segments.competitor[:, 1] -= 0.1
    for customer in firm.agents_by_type[Customer].select(at_most=50):
        row, segment = firm.world.customers[customer.row], segments[customer.segment]

        def fit(at: np.ndarray, row: Any = row, segment: Any = segment) -> float:
            gap = row.taste + segment.needs - at
            return math.exp(-float(gap @ gap) / (2.0 * p.fit_sd**2))

        own, theirs = fit(segment.offer), fit(segment.competitor)
        mood = math.exp(-p.churn_satisfaction * (row.satisfaction - p.satisfaction_centre))
        expected = p.h0 * row.propensity * mood * theirs / own
        assert customer.churn_hazard() == pytest.approx(expected, rel=1e-12)
        assert customer.fit() == pytest.approx(own, rel=1e-12)
        assert customer.competitor_fit() == pytest.approx(theirs, rel=1e-12)


def test_other_agents_answer_too(firm: Firm) -> None:
    d = firm.world.departments
    for department in firm.agents_by_type[Department]:
        assert (
            department.headcount
            == firm.world.employees.filled[
                d[department.row].first_seat : d[department.row].end_seat
            ].sum()
        )
        assert department.backlog_hours == d[department.row].backlog.sum() / 1e6
    seats = firm.agents_by_type[Employee]
    assert any(seat.blocked for seat in seats)
    for seat in seats:
        assert (seat.daily_hours() == 0.0) == seat.blocked
        expected = firm.world.p[0].quit_rate * math.exp(
            -firm.world.p[0].quit_engagement * (seat.engagement - 0.6)
        )
        assert seat.quit_hazard() == pytest.approx(expected, rel=1e-12)
    for person in firm.agents_by_type[Customer]:
        row = firm.world.customers[person.row]
        parts = row.revenue - row.distributor_margin - row.concessions - row.cost_to_serve
        assert person.profit == parts / 10_000
    frame = firm.record().customers
    assert frame["profit"].tolist() == [c.profit for c in firm.agents_by_type[Customer]]


# ---------------------------------------------------------------------- Mesa's tools


def test_data_collector(firm: Firm) -> None:
    collector = mesa.DataCollector(
        model_reporters={
            "active": lambda m: int((m.world.customers.status == ACTIVE).sum()),
            "day": "day",
        },
        agenttype_reporters={
            Customer: {"satisfaction": "satisfaction", "segment": "segment"},
            Department: {"hours": lambda d: d.backlog_hours},
        },
    )
    for _ in range(3):
        firm.step()
        collector.collect(firm)
    series = collector.get_model_vars_dataframe()
    assert series["day"].tolist() == [23, 24, 25]
    assert series["active"].iloc[-1] == firm.record().series["active"].iloc[-1]
    people = collector.get_agenttype_vars_dataframe(Customer)
    assert len(people) == 3 * 400
    column = plain(firm.world.customers)["satisfaction"]
    assert people.loc[25, "satisfaction"].tolist() == column.tolist()
    assert len(collector.get_agenttype_vars_dataframe(Department)) == 3 * 5


def test_data_collector_with_agent_reporters(firm: Firm) -> None:
    collector = mesa.DataCollector(agent_reporters={"row": "row"})
    collector.collect(firm)
    frame = collector.get_agent_vars_dataframe()
    assert len(frame) == len(firm.agents)
    assert sorted(frame["row"].loc[22].tolist()) == sorted(agent.row for agent in firm.agents)


def test_one_step_is_one_working_day() -> None:
    firm = Firm(tiny(), rng=1)
    for day in range(12):
        assert (firm.day, firm.week, firm.steps) == (day, day // DAYS_A_WEEK, day)
        assert len(firm.record().series) == day // DAYS_A_WEEK
        firm.step()


def test_run_for_is_as_many_steps() -> None:
    stepped, ran = Firm(tiny(), rng=1, events="all"), Firm(tiny(), rng=1, events="all")
    ran.run_for(260)
    for _ in range(260):
        stepped.step()
    assert ran.day == stepped.day == 260
    assert ran.record().series["week"].tolist() == list(range(52))
    same_bits(ran.record(), stepped.record())


def test_run_for_can_be_cut_anywhere() -> None:
    whole, parts = Firm(tiny(), rng=1, events="all"), Firm(tiny(), rng=1, events="all")
    whole.run_for(140)
    for days in (1, 4, 7, 53, 1, 64, 10):
        parts.run_for(days)
    same_bits(whole.record(), parts.record())


def test_two_firms_do_not_disturb_each_other() -> None:
    scenario = tiny(BUSY)

    def two() -> tuple[Firm, Firm]:
        return (
            Firm(scenario, regime="customer_first", rng=7, events="all"),
            Firm(scenario, regime="internal_customer", rng=7, events="all"),
        )

    together = two()
    for day in range(80):
        for firm in together if day % 2 else reversed(together):
            firm.step()
    for firm, alone in zip(together, two(), strict=True):
        alone.run_for(80)
        same_bits(firm.record(), alone.record())
    one, other = (firm.record().series for firm in together)
    assert not one["active"].equals(other["active"]), "the two firms are one"


def test_asking_changes_nothing() -> None:
    """Looking at agents, graph, record, or drawing from Mesa's own generator moves no draw."""
    quiet, asked = Firm(tiny(), rng=3, events="all"), Firm(tiny(), rng=3, events="all")
    quiet.run_for(70)
    for _ in range(70):
        asked.step()
        asked.agents.shuffle()
        asked.random.random()
        asked.rng.random()
        asked.record()
        assert isinstance(asked.org_graph, nx.DiGraph)
    same_bits(quiet.record(), asked.record())


@pytest.mark.parametrize("day", [0, 7, 65, 68])
def test_a_pickled_firm_goes_on_as_if_nothing_had_happened(day: int) -> None:
    whole, half = Firm(tiny(BUSY), rng=4, events="all"), Firm(tiny(BUSY), rng=4, events="all")
    whole.run_for(150)
    if day:
        half.run_for(day)
    watched = half.agents_by_type[Customer].select(at_most=1)
    assert len(watched) == 1
    copy = pickle.loads(pickle.dumps(half))
    copy.run_for(150 - day)
    assert half.day == day, "the copy and the original share their state"
    same_bits(whole.record(), copy.record())
    assert next(iter(copy.agents_by_type[Customer])).model is copy
    half.run_for(150 - day)
    same_bits(whole.record(), half.record())


@pytest.mark.parametrize("rng", [-1, 2**63, 1.0, True, "1", None])
def test_a_wrong_seed_is_refused(rng: Any) -> None:
    with pytest.raises(ValueError, match="seed"):
        Firm(tiny(), rng=rng)


def test_a_wrong_word_for_events_is_refused() -> None:
    with pytest.raises(ValueError, match="losses, all"):
        Firm(tiny(), events="some")


# ---------------------------------------------------------------------- the order of things


def calls_of(kernel: Callable[..., Any]) -> tuple[str, ...]:
    """The functions that a kernel calls, one statement each, as its source has them."""
    function = ast.parse(inspect.getsource(getattr(kernel, "py_func", kernel))).body[0]
    assert isinstance(function, ast.FunctionDef)
    return tuple(
        node.value.func.id
        for node in function.body
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
    )


def watch(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Write down every phase that a firm goes through; of a kernel, all that it calls."""
    phases: list[str] = []
    kernels: dict[str, tuple[str, ...]] = {
        "govern": ("govern",),
        "review": ("review",),
        "take_place": ("take_place",),
        "open_week": calls_of(open_week),
        "live": ("live",),
        "hear_and_ask": ("hear_and_ask",),
        "ask_colleagues": ("ask_colleagues",),
        "live_day": calls_of(live_day),
        "close_books": ("close_books",),
    }

    def watched(names: tuple[str, ...], function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            phases.extend(names)
            return function(*arguments)

        return call

    for name, inside in kernels.items():
        kernel = getattr(simulation.firm, name)
        monkeypatch.setattr(simulation.firm, name, watched(inside, kernel))
    follow = watched(("follow_schedule",), Firm._follow_schedule)
    monkeypatch.setattr(Firm, "_follow_schedule", follow)
    monkeypatch.setattr(Recorder, "end_week", watched(("end_week",), Recorder.end_week))
    return phases


def test_the_phases_come_in_their_stated_order(monkeypatch: pytest.MonkeyPatch) -> None:
    phases = watch(monkeypatch)
    Firm(tiny(), rng=1).run_for(135)
    expected: list[str] = []
    for day in range(135):
        if day and day % 65 == 0:
            expected += PHASES["quarter begins"]
        if day % 5 == 0:
            expected += PHASES["week opens"]
        expected += PHASES["day"]
        if day % 5 == 4:
            expected += PHASES["week closes"]
    assert phases == expected


def test_the_day_ends_when_the_clock_goes_on() -> None:
    function = ast.parse(inspect.getsource(getattr(live_day, "py_func", live_day))).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert ast.unparse(function.body[-1]) == "world.firm[0].day += 1"


def test_the_docstring_tells_the_same_order() -> None:
    text = simulation.firm.__doc__ or ""
    rule = "=" * 17
    told = re.findall(r"`(\w+)`", text[text.index(rule) : text.rindex(rule)])
    expected = [name for names in PHASES.values() for name in names]
    assert told == expected
    heads = [text.index(f"\n{when} ") for when in PHASES]
    assert heads == sorted(heads)


def test_the_org_graph_is_the_scenarios() -> None:
    firm = Firm(Scenario.load("small_firm"), rng=1)
    names = {d.name for d in firm.agents_by_type[Department]}
    kinds = nx.get_node_attributes(firm.org_graph, "kind")
    assert names == {
        node for node, kind in kinds.items() if kind in ("front", "service", "management")
    }
