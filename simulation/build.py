"""A scenario and a seed become the tables of a world at day 0 (docs/model.md, section 4)."""

from __future__ import annotations

import math

import numpy as np

from simulation import org_graph
from simulation.ledger import count_market
from simulation.log import LEVELS
from simulation.mechanisms import MECHANISMS
from simulation.mechanisms.measurement import UNKNOWN
from simulation.org_arrays import OrgArrays
from simulation.parameters import pack
from simulation.populate import acquaint, activate, draw_customers, found_distributors, staff
from simulation.randomness import name_key
from simulation.scenario import Scenario
from simulation.scenario_parts import FUNCTIONS
from simulation.tables import (
    CUSTOMERS,
    DEPARTMENTS,
    DISTRIBUTORS,
    EMPLOYEES,
    FIRM,
    ITEMS,
    LOG,
    REPORTS,
    SEGMENTS,
    TALLY,
    table,
)
from simulation.work.lists import NIL, PLACE, chain, list_count
from simulation.workload import standard_hours
from simulation.world import (
    ACTIVE,
    DAYS_A_WEEK,
    FRONT,
    MANAGEMENT,
    MONEY,
    REPORT_WEEKS,
    SERVICE,
    Row,
    Table,
    World,
)

ROOM_FOR_GROWTH = 1.32  # rows of seats per planned seat, at least
FEWEST_FOR_ACQUAINTANCE = 8
SEAT_SHIFT = 2**16  # a seat's uid is its department's key and its number
FEWEST_ITEMS = 8192
FEWEST_LOG_ROWS = 1 << 16

_KINDS = {"front": FRONT, "service": SERVICE, "management": MANAGEMENT}


def build(scenario: Scenario, arrays: OrgArrays, seed: int, events: str) -> World:
    """Lay out and populate the tables.

    Parameters
    ----------
    scenario : Scenario
        What to build.
    arrays : OrgArrays
        Its organisation.
    seed : int
        Seed of every draw, 0 to 2^63 - 1.
    events : {"losses", "all", "none"}
        How much the event log keeps.
    """
    people = scenario.market.customers
    count = len(arrays.names)
    departments = _departments(scenario, arrays)
    employees = _employees(departments)
    items = max(FEWEST_ITEMS, people // 2)
    lists = list_count(count)
    firm = table(FIRM, 1)
    firm[0].seed = seed
    firm[0].head = arrays.head
    firm[0].slots_free = items
    firm[0].log_level = LEVELS[events]
    firm[0].insolvent_week = NIL
    firm[0].true_figure = firm[0].yardstick = UNKNOWN
    for name in MECHANISMS:
        firm[0][f"on_{name}"] = scenario.mechanisms.get(name, True)
    _set_up_offices(firm[0], scenario)
    firm[0].product = _row_of(arrays, scenario.organisation.product)
    changes = firm[0].product != NIL and len(scenario.routes.change) > 0
    firm[0].changes_offer = firm[0].on_agility and changes
    firm[0].acquainted = people >= FEWEST_FOR_ACQUAINTANCE
    firm[0].planned_wages = int((departments.plan * departments.weekly_wage).sum())
    world = World(
        p=pack(scenario.parameters).view(np.recarray),
        firm=firm,
        tally=table(TALLY, 1),
        customers=table(CUSTOMERS, people),
        employees=employees,
        departments=departments,
        distributors=_distributors(scenario),
        segments=_segments(scenario),
        items=table(ITEMS, items),
        ends=np.full((lists, 2), NIL, np.int32),
        handover=np.zeros((count, count)),
        edges=arrays.edges,
        routes=arrays.routes,
        route_first=arrays.route_first,
        reports=table(REPORTS, count * len(scenario.market.segments) * REPORT_WEEKS),
        flows=np.zeros((count + 1, count + 1), np.int64),
        log=table(LOG, FEWEST_LOG_ROWS + (8 if events == "all" else 1) * people),
    )
    chain(world.items, 0, items)
    _populate(world, scenario)
    return world


def grow_items(world: World) -> World:
    """The same world with twice as many item slots."""
    old = len(world.items)
    items = np.concatenate([world.items, table(ITEMS, old)]).view(np.recarray)
    chain(items, old, 2 * old)
    items[2 * old - 1].next[PLACE] = world.firm[0].free
    world.firm[0].free = old
    world.firm[0].slots_free += old
    return world._replace(items=items)


def _row_of(arrays: OrgArrays, name: str | None) -> int:
    """Row of a department, `NIL` for none."""
    return NIL if name is None else arrays.names.index(name)


def _set_up_offices(firm: Row, scenario: Scenario) -> None:
    firm.price = firm.competitor_price = firm.usage = 1.0
    firm.attention = 1.0
    firm.marketing = scenario.policies.marketing
    firm.willingness = scenario.policies.hire_for_willingness
    program = scenario.offices.insight_program
    firm.survey_weeks = 0 if program == "continuous" else program
    officer = scenario.offices.officer
    firm.has_office = scenario.offices.cco
    firm.positional, firm.borrowed = officer.positional, officer.borrowed
    firm.hard_wired = officer.hard_wired
    firm.functions[:] = [getattr(officer.functions, name) for name in FUNCTIONS]


def _departments(scenario: Scenario, arrays: OrgArrays) -> Table:
    hours = standard_hours(scenario)
    graph = org_graph.build(scenario)
    hops = org_graph.hops_to_customer(graph)
    product = scenario.organisation.product
    p = pack(scenario.parameters)[0]
    departments = table(DEPARTMENTS, len(arrays.names))
    by_name = {d.name: d for d in scenario.organisation.departments}
    first = 0
    for j, name in enumerate(arrays.names):
        given, row = by_name[name], departments[j]
        row.name_key = name_key(name)
        row.kind = _KINDS[given.kind]
        row.superior = arrays.superior[j]
        row.first_seat = first
        first += math.ceil(max(ROOM_FOR_GROWTH, p["seats_most"]) * given.seats)
        row.end_seat = first
        row.plan = row.target = given.seats
        row.weekly_wage = math.floor(given.wage_per_week * MONEY + 0.5)
        rate = row.weekly_wage / (DAYS_A_WEEK * p["hours_per_day"])
        row.hourly_rate = math.floor(rate + 0.5)
        row.hours_customer, row.hours_internal = np.nan_to_num(hours[name])
        row.first_edge, row.end_edge = arrays.edge_start[j], arrays.edge_start[j + 1]
        row.standard = 1.0
        row.hops = hops.get(name, org_graph.HOPS_WITHOUT_A_WAY)
        row.host = NIL
        row.projects_kept = 1.0
        row.insight_hops = NIL
        row.insight_path[:] = NIL
        way = None
        if product is not None and given.kind == "front":
            way = org_graph.insight_path(graph, name, product)
        if way is not None:
            row.insight_hops = len(way) - 1
            row.insight_path[: len(way) - 1] = [arrays.names.index(stop) for stop in way[1:]]
        row.shadowed_supplier = NIL
        row.reported = row.true_figure = UNKNOWN
        row.presence = 1.0
        row.policy = p["policy_start"] if given.kind == "service" else 0.0
    for row in departments:
        asked: Row = arrays.edges[row.first_edge : row.end_edge]
        service: Row = asked[departments.kind[asked.supplier] == SERVICE]
        if row.kind == FRONT and len(service):
            row.shadowed_supplier = service.supplier[np.argmax(service.rate)]
    return departments


def _employees(departments: Table) -> Table:
    employees = table(EMPLOYEES, int(departments.end_seat[-1]))
    employees.blocked_by = NIL
    for j, department in enumerate(departments):
        rows = slice(department.first_seat, department.end_seat)
        numbers = np.arange(department.end_seat - department.first_seat)
        employees.department[rows] = j
        employees.number[rows] = numbers
        employees.uid[rows] = department.name_key * SEAT_SHIFT + numbers
    return employees


def _distributors(scenario: Scenario) -> Table:
    return table(DISTRIBUTORS, scenario.distributors.count)


def _segments(scenario: Scenario) -> Table:
    segments = table(SEGMENTS, len(scenario.market.segments))
    for row, given in zip(segments, scenario.market.segments, strict=True):
        row.name_key = name_key(given.name)
        row.needs[:] = row.competitor[:] = row.offer[:] = row.belief[:] = given.needs
    return segments


def _populate(world: World, scenario: Scenario) -> None:
    people = len(world.customers)
    segments = scenario.market.segments
    shares = np.cumsum([s.share for s in segments])
    traits = np.array(
        [
            (shares[k], s.margin_per_week, s.need_factor, s.patience_factor)
            for k, s in enumerate(segments)
        ]
    )
    status_draw, tenure_draw, hazard = np.zeros(people), np.zeros(people), np.zeros(people)
    distributors = scenario.distributors
    draw_customers(
        world,
        traits,
        distributors.count,
        distributors.share,
        status_draw,
        tenure_draw,
        hazard,
    )
    activate(world.customers, scenario.market.active_at_start, status_draw, tenure_draw, hazard)
    p, firm = world.p[0], world.firm[0]
    if firm.acquainted:
        acquaint(firm.seed, p.rewire_share, world.customers)
    staff(world)
    found_distributors(world)
    world.segments.persons[:] = np.bincount(world.customers.segment, minlength=len(segments))
    count_market(world)
    firm.focal = int(np.argmax(world.segments.margin))
    firm.started_with = int((world.customers.status == ACTIVE).sum())
    overhead = math.floor(p.overhead_share * firm.planned_wages + 0.5)
    firm.cash = math.floor(p.cash_weeks * (firm.planned_wages + overhead) + 0.5)
