"""The firm as a Mesa model, and the order in which everything happens.

One step is one working day (5 a week, 13 weeks a quarter, 52 a year). In this order:

=================  ==================================================================
when               what
=================  ==================================================================
quarter begins     `govern`: policies lapse (*incidents*), budget moves (*measurement*); then an
                   emergency cut, or more and fewer seats; then `review` (*customer office*)
week opens         1. `take_place`: scenario events of this week
                   2. `follow_schedule`: the dials of this week (*relearning*)
                   3. `open_office` (*customer office*)
                   4. `drift`: needs move, the competitor follows
                   5. `vary`: demand and presence of this week
                   6. `learn_needs` (*listening*)
                   7. `age_employees`: skill, fatigue, quits (and *entitlement* fades, *relearning*)
                   8. `strike` (*incidents*); `engage` (*engagement*); `help_oneself` (*shadow IT*)
                   9. `start_counting` the new week; `seek_people`: hires
                   10. `adjust_standards`: erosion and recovery
                   11. `deal_with_channel` (*distributors*); `start_changes` (*agility*)
                   12. `live`: satisfaction, churn, needs; then `hear_and_ask`: word, leads
                   13. `ask_colleagues`: internal requests
day                1. `merge_oldest`: bookkeeping of queues
                   2. `take_arrivals` (needs answered: *distributors*; favours declined:
                   *entitlement*)  3. `meet_deadlines`  4. `meet_escalations`
                   5. `argue` (*disputes*)  6. `muster`: capacity  7. `feel_pressure`
                   8. `work`: service (lessons of *entitlement*, help of *engagement*, customers
                   heard: *listening*, changes done: *agility*)
week closes        `close_books`: revenue, costs (perks: *engagement*), cash, figures
                   (*measurement*); then `end_week` of the record
=================  ==================================================================

In italics the mechanisms, one module each in `simulation/mechanisms/`. `PHASES` states the order
for the machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mesa
import networkx as nx
import numpy as np
from mesa.agentset import AgentSet
from mesa.time import Priority, Schedule

from simulation import org_graph
from simulation.agents import Customer, Department, Distributor, Employee
from simulation.build import build, grow_items
from simulation.events import take_place
from simulation.jit import compiled
from simulation.ledger import close_books, govern
from simulation.lives import hear_and_ask, live
from simulation.log import LEVELS
from simulation.market import drift, vary
from simulation.mechanisms.agility import start_changes
from simulation.mechanisms.customer_office import open_office, review
from simulation.mechanisms.disputes import argue
from simulation.mechanisms.distributors import deal_with_channel, most_requests
from simulation.mechanisms.engagement import engage
from simulation.mechanisms.incidents import strike
from simulation.mechanisms.listening import learn_needs
from simulation.mechanisms.relearning import unsettle
from simulation.mechanisms.shadow_it import help_oneself
from simulation.org_arrays import compile_organisation
from simulation.people import adjust_standards, age_employees, seek_people, start_counting
from simulation.population import View
from simulation.record import Record, Recorder
from simulation.regime import Regime
from simulation.scenario import Scenario, resolve
from simulation.work.arrivals import meet_deadlines, meet_escalations, take_arrivals
from simulation.work.capacity import muster
from simulation.work.lists import merge_oldest
from simulation.work.requests import ask_colleagues
from simulation.work.service import feel_pressure, work
from simulation.world import DAYS_A_WEEK, WEEKS_A_QUARTER, C, World

PHASES: Mapping[str, tuple[str, ...]] = {
    "quarter begins": ("govern", "review"),
    "week opens": (
        "take_place",
        "follow_schedule",
        "open_office",
        "drift",
        "vary",
        "learn_needs",
        "age_employees",
        "strike",
        "engage",
        "help_oneself",
        "start_counting",
        "seek_people",
        "adjust_standards",
        "deal_with_channel",
        "start_changes",
        "live",
        "hear_and_ask",
        "ask_colleagues",
    ),
    "day": (
        "merge_oldest",
        "take_arrivals",
        "meet_deadlines",
        "meet_escalations",
        "argue",
        "muster",
        "feel_pressure",
        "work",
    ),
    "week closes": ("close_books", "end_week"),
}

MOST_SEED = 2**63 - 1
DAYS_A_QUARTER = WEEKS_A_QUARTER * DAYS_A_WEEK


@compiled
def open_week(world: World, turbulence: float) -> None:
    """The first part of a week's opening, up to the lives of customers."""
    open_office(world)
    drift(world, turbulence)
    vary(world)
    learn_needs(world)
    age_employees(world)
    strike(world)
    engage(world)
    help_oneself(world)
    start_counting(world)
    seek_people(world)
    adjust_standards(world)
    deal_with_channel(world)
    start_changes(world)


@compiled
def live_day(world: World) -> None:
    """One working day."""
    merge_oldest(world, world.firm[0].day)
    take_arrivals(world)
    meet_deadlines(world)
    meet_escalations(world)
    argue(world)
    muster(world)
    feel_pressure(world)
    work(world)
    world.firm[0].day += 1


class Firm(mesa.Model):
    """One firm and its market.

    Parameters
    ----------
    scenario : Scenario, str or pathlib.Path
        What to simulate; a name or path is loaded.
    regime : str, Regime, mapping or None
        The incentive regime; None takes the scenario's own.
    rng : int
        Seed of every draw, 0 to 2^63 - 1. Two firms with the same seed share their luck.
    events : {"losses", "all", "none"}
        How much the event log keeps.

    Raises
    ------
    ScenarioError
        If scenario or regime are wrong.
    ValueError
        If `rng` is not a whole number in range, or `events` is not one of the three words.
    """

    scenario: Any = None  # over Mesa's property, which writes into what it is given

    def __init__(
        self,
        scenario: Scenario | str | Path,
        regime: str | Path | Regime | Mapping[str, object] | None = None,
        rng: int = 0,
        events: str = "losses",
    ) -> None:
        if isinstance(rng, bool) or not isinstance(rng, int | np.integer):
            raise ValueError(f"seed: given {rng!r}, allowed a whole number from 0 to 2^63 - 1")
        if not 0 <= rng <= MOST_SEED:
            raise ValueError(f"seed: given {rng}, allowed 0 to 2^63 - 1")
        if events not in LEVELS:
            raise ValueError(f"events: given {events!r}, allowed {', '.join(LEVELS)}")
        super().__init__(rng=int(rng))
        self.scenario = resolve(scenario, regime)
        self.regime = self.scenario.effective_regime
        self.seed = int(rng)
        arrays = compile_organisation(self.scenario)
        self.department_names = arrays.names
        self.world = build(self.scenario, arrays, self.seed, events)
        self.recorder = Recorder(self.scenario, self.seed, arrays.names)
        self._views: dict[type[View], dict[int, View]] = {}
        self._set_dials(0)
        # mornings come before the day's step at time t, evenings after it
        self._generators = [
            self.schedule_recurring(
                self._begin_quarter, Schedule(interval=DAYS_A_QUARTER, start=DAYS_A_QUARTER + 0.25)
            ),
            self.schedule_recurring(self._open_week, Schedule(interval=DAYS_A_WEEK, start=0.5)),
            self.schedule_recurring(
                self._close_week,
                Schedule(interval=DAYS_A_WEEK, start=DAYS_A_WEEK),
                priority=Priority.LOW,
            ),
        ]

    # ------------------------------------------------------------------ the order of things

    def step(self) -> None:
        """One working day."""
        live_day(self.world)
        self.recorder.take_events(self.world, only_if_many=True)

    def _begin_quarter(self) -> None:
        self.world.firm[0].week = self.week
        govern(self.world)
        review(self.world)

    def _open_week(self) -> None:
        firm = self.world.firm[0]
        firm.week = self.week
        take_place(self.world, self.scenario, self.department_names)
        self._follow_schedule()
        # every seat may ask for a hire or start a change, every distributor may ask for much
        room = 4 * len(self.world.employees) + int(most_requests(self.world).sum())
        while firm.slots_free < room:
            self.world = grow_items(self.world)
        open_week(self.world, self.scenario.market.turbulence)
        for phase, rows in (
            (live, len(self.world.customers)),
            (hear_and_ask, len(self.world.customers)),
            (ask_colleagues, len(self.world.employees)),
        ):
            done = phase(self.world, 0)
            while done < rows:
                self.world = grow_items(self.world)
                done = phase(self.world, done)

    def _close_week(self) -> None:
        close_books(self.world)
        self.recorder.end_week(self.world)

    def _follow_schedule(self) -> None:
        if self.regime.changes and self.week > 0:
            before = self.world.departments.dials.copy()
            self._set_dials(self.week)
            moved = np.abs(self.world.departments.dials - before).mean(axis=1)
            unsettle(self.world, self.world.p[0].relearning_loss * moved)

    def _set_dials(self, week: int) -> None:
        names, regime = self.department_names, self.regime
        dials = self.world.departments.dials
        dials[:] = regime.dials(week, names)
        for i, supplier in enumerate(names):
            for j, requester in enumerate(names):
                on_edge = regime.edge_courtesy(supplier, requester)
                self.world.handover[i, j] = dials[i, C] if on_edge is None else on_edge

    # ------------------------------------------------------------------ what one can ask

    @property
    def day(self) -> int:
        """Working days lived so far."""
        return int(self.world.firm[0].day)

    @property
    def week(self) -> int:
        """The week of the next working day, from 0."""
        return self.day // DAYS_A_WEEK

    @property
    def org_graph(self) -> nx.DiGraph[str]:
        """The org graph: departments, distributors, segments and the edges between them."""
        return org_graph.build(self.scenario)

    def record(self) -> Record:
        """What has been recorded up to now: full weeks, people as of today, all events."""
        return self.recorder.record(self.world)

    # ------------------------------------------------------------------ Mesa's view of agents

    @property
    def agents_by_type(self) -> dict[type[View], AgentSet[View]]:
        """Agent sets by kind; views come into being when first asked for."""
        rows = {
            Customer: np.arange(len(self.world.customers)),
            Employee: np.flatnonzero(self.world.employees.filled),
            Department: np.arange(len(self.world.departments)),
            Distributor: np.arange(len(self.world.distributors)),
        }
        return {
            kind: AgentSet(self._views_of(kind, wanted), random=self.random)
            for kind, wanted in rows.items()
        }

    @property
    def agents(self) -> AgentSet[View]:
        """All agents: customers, employees in their seats, departments, distributors."""
        everyone = [agent for some in self.agents_by_type.values() for agent in some]
        return AgentSet(everyone, random=self.random)

    @property
    def agent_types(self) -> list[type]:
        """The four kinds of agents."""
        return [Customer, Employee, Department, Distributor]

    def _views_of(self, kind: type[View], rows: np.ndarray) -> list[View]:
        known = self._views.setdefault(kind, {})
        for row in map(int, rows):
            if row not in known:
                known[row] = kind(self, row)
        return [known[row] for row in map(int, rows)]


def simulate(
    scenario: Scenario | str | Path,
    regime: str | Path | Regime | Mapping[str, object] | None = None,
    seed: int = 0,
    years: float | None = None,
    overrides: Mapping[str, object] | None = None,
    events: str = "losses",
) -> Record:
    """Run one firm over the scenario's horizon.

    Parameters
    ----------
    scenario : Scenario, str or pathlib.Path
        What to simulate.
    regime : str, Regime, mapping or None
        The regime; None takes the scenario's own.
    seed : int
        Seed of every draw.
    years : float or None
        Horizon in years of 260 working days; None takes the scenario's.
    overrides : mapping or None
        Dotted keys and values that replace parts of the scenario.
    events : {"losses", "all", "none"}
        How much the event log keeps.

    Returns
    -------
    Record

    Raises
    ------
    ScenarioError
        If scenario, regime or overrides are wrong.
    """
    resolved = resolve(scenario, regime, overrides, years)
    firm = Firm(resolved, rng=seed, events=events)
    firm.run_for(resolved.weeks * DAYS_A_WEEK)
    record = firm.record()
    # Mesa's schedules refer back to the model. Left to the collector of such cycles, which seldom
    # looks, thousands of runs in one process would keep the arrays of hundreds of firms.
    firm.__dict__.clear()
    return record


def warm_up() -> None:
    """Compile every kernel once, so that later processes find them in the disk cache."""
    from simulation import jit

    if not jit.is_warm():
        simulate("small_firm", years=WEEKS_A_QUARTER * 1.1 / 52, events="all")
        jit.mark_warm()
