"""The firm from its first morning on: building it (section 4) and the calendar (section 5)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simulation.parameters import PARAMETERS

from .agility import begin_changes
from .birth import ask_colleagues
from .disputes import dispute
from .distributors import count_the_market, draw_distributors, live_with_distributors
from .draws import half_up, name_key
from .engagement import hops_to_customers, move_engagement
from .events import let_happen
from .incidents import let_policies_lapse, suffer_incidents
from .items import escalate, take_arrivals
from .listening import gain_insight, insight_path, product_of
from .market import Segment
from .measurement import measure, move_budget
from .money import close_books, planned_cost
from .office import begin_projects, change_authority, open_office, review
from .people import begin_the_week, govern, live_a_working_week, move_standards, settle_seat
from .relearning import set_dials
from .service import feel_pressure, give_up_waiting, plan_the_day, serve_department
from .shadow_it import consider_shadow_it, shadowed_supplier
from .state import (
    CHANGE,
    CHANNEL,
    DAYS_A_QUARTER,
    DAYS_A_WEEK,
    ESSENTIAL,
    FRONT,
    HIRE,
    KINDS_OF_DEPARTMENT,
    LEAD,
    MECHANISMS,
    MONEY,
    NEED,
    SERVICE,
    Department,
    Dials,
    Route,
    Seat,
    State,
)
from .workload import standard_hours
from .world import (
    draw_customer,
    draw_variability,
    live_a_week,
    move_market,
    settle_customers,
    spread_the_word,
)

if TYPE_CHECKING:
    from simulation.scenario import Scenario

ROOM = 1.32  # rows per planned seat (section 2)


class ReferenceFirm(State):
    """One firm under one regime, with its market. `day` lives one working day."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        c = {name: scenario.parameters.get(name, p.default) for name, p in PARAMETERS.items()}
        segments = [
            Segment(
                name=s.name,
                key=name_key(s.name),
                share=s.share,
                margin=s.margin_per_week,
                need_factor=s.need_factor,
                patience_factor=s.patience_factor,
                needs=list(s.needs),
                competitor=list(s.needs),
                offer=list(s.needs),
                belief=list(s.needs),
                needs_at_start=s.needs,
            )
            for s in scenario.market.segments
        ]
        departments = build_departments(scenario, seed, c)
        customers = [
            draw_customer(
                seed, uid, c, segments, scenario.distributors.share, scenario.distributors.count
            )
            for uid in range(scenario.market.customers)
        ]
        settle_customers(seed, c, customers, segments, scenario.market.active_at_start)
        programme = scenario.offices.insight_program
        super().__init__(
            seed=seed,
            c=c,
            segments=segments,
            departments=departments,
            customers=customers,
            distributors=draw_distributors(seed, c, scenario.distributors.count),
            routes=routes_by_kind(scenario),
            edge_courtesy=courtesy_by_edge(scenario, departments),
            turbulence=scenario.market.turbulence,
            head=head_of_the_firm(departments),
            product=product_of(legs_of_insight(scenario)),
            insight_every=1 if programme == "continuous" else programme,
            marketing=scenario.policies.marketing,
            willingness=scenario.policies.hire_for_willingness,
            office=open_office(scenario),
            mechanisms=frozenset(
                name for name in MECHANISMS if scenario.mechanisms.get(name, True)
            ),
        )
        self.scenario, self.regime = scenario, scenario.effective_regime
        self.planned = planned_cost(c, departments)
        self.cash = half_up(c["cash_weeks"] * sum(self.planned))
        count_the_market(self)

    def day(self) -> None:
        """Live one day, with whatever comes before and after it (section 5)."""
        if self.today % DAYS_A_WEEK == 0:
            if self.today > 0 and self.today % DAYS_A_QUARTER == 0:
                let_policies_lapse(self)
                move_budget(self)
                govern(self)
                change_authority(self)
                review(self)
            self.open_week()
        take_arrivals(self)
        give_up_waiting(self)
        escalate(self)
        dispute(self)
        for department in self.departments:
            plan_the_day(self, department)
        for department in self.departments:
            feel_pressure(self, department)
        for department in self.departments:
            serve_department(self, department)
        if self.today % DAYS_A_WEEK == DAYS_A_WEEK - 1:
            close_books(self)
            measure(self)
            count_the_market(self)
        self.today += 1

    def open_week(self) -> None:
        let_happen(self, self.scenario)
        rows = self.regime.dials(self.week, list(self.by_name))
        for department, row in zip(self.departments, rows, strict=True):
            set_dials(self, department, Dials(*(float(value) for value in row)))
        begin_projects(self)
        move_market(self)
        draw_variability(self)
        gain_insight(self)
        live_a_working_week(self)
        suffer_incidents(self)
        move_engagement(self)
        consider_shadow_it(self)
        begin_the_week(self)
        move_standards(self)
        live_with_distributors(self)
        begin_changes(self)
        live_a_week(self)
        spread_the_word(self)
        ask_colleagues(self)


# --- what the scenario file says, arranged as the model asks for it


def build_departments(scenario: Scenario, seed: int, c: dict[str, float]) -> list[Department]:
    plans = sorted(scenario.organisation.departments, key=lambda d: d.name)
    hours = standard_hours(scenario, c)
    hops = hops_to_customers(scenario)
    superiors = {line.department: line.to for line in scenario.organisation.reports_to}
    dials = scenario.effective_regime.dials(0, [d.name for d in plans])
    kinds = {d.name: KINDS_OF_DEPARTMENT[d.kind] for d in plans}
    legs = legs_of_insight(scenario)
    product = product_of(legs)
    result = []
    for plan, row in zip(plans, dials, strict=True):
        kind = kinds[plan.name]
        wage = half_up(MONEY * plan.wage_per_week)
        edges = [e for e in scenario.organisation.serves if e.requester == plan.name]
        department = Department(
            name=plan.name,
            key=name_key(plan.name),
            kind=kind,
            plan=plan.seats,
            wage=wage,
            rate=half_up(wage / (DAYS_A_WEEK * c["hours_per_day"])),
            mean_hours=hours[plan.name],
            target=plan.seats,
            policy=c["policy_start"] if kind == SERVICE else 0.0,
            dials=Dials(*(float(value) for value in row)),
            seats=[
                Seat(plan.name, number, name_key(plan.name) * 2**16 + number)
                for number in range(math.ceil(max(ROOM, c["seats_most"]) * plan.seats))
            ],
            suppliers=sorted((e.supplier, e.essential_per_head_week) for e in edges),
            superior=superiors.get(plan.name),
            hops=hops[plan.name],
        )
        if kind == FRONT and product is not None:
            department.insight_path = insight_path(legs, plan.name, product)
        department.shadowed = shadowed_supplier(department, kinds)
        for seat in department.seats[: plan.seats]:
            settle_seat(seed, c, seat)
        result.append(department)
    return result


def routes_by_kind(scenario: Scenario) -> dict[int, list[Route]]:
    listed = {
        NEED: scenario.routes.need,
        LEAD: scenario.routes.lead,
        ESSENTIAL: scenario.routes.essential,
        HIRE: scenario.routes.hire,
        CHANGE: scenario.routes.change,
        CHANNEL: scenario.routes.channel,
    }
    return {
        kind: [Route(tuple(route.path), route.share, route.path[0]) for route in routes]
        for kind, routes in listed.items()
    }


def legs_of_insight(scenario: Scenario) -> list[tuple[str, str]]:
    return [(leg.source, leg.target) for leg in scenario.organisation.informs]


def courtesy_by_edge(
    scenario: Scenario, departments: list[Department]
) -> dict[tuple[str, str], float]:
    result = {}
    for supplier in departments:
        for requester in departments:
            courtesy = scenario.effective_regime.edge_courtesy(supplier.name, requester.name)
            if courtesy is not None:
                result[supplier.name, requester.name] = courtesy
    return result


def head_of_the_firm(departments: list[Department]) -> str | None:
    """The first that reports to nobody while somebody reports to it (7.4)."""
    superiors = {department.superior for department in departments}
    for department in departments:
        if department.superior is None and department.name in superiors:
            return department.name
    return None
