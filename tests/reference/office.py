"""The customer's office, and the customer projects of every department (section 11.10)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .draws import block, clip, half_up
from .state import (
    ACTIVE,
    CUSTOMER,
    MICRO,
    MIDDLE_BAND,
    WEEKS_A_QUARTER,
    Customer,
    Department,
    Item,
    Office,
    State,
)

if TYPE_CHECKING:
    from simulation.scenario import Scenario

WORST_BAND = 3


def open_office(scenario: Scenario) -> Office | None:
    if not scenario.offices.cco or not scenario.mechanisms.get("customer_office", True):
        return None
    officer = scenario.offices.officer
    functions = officer.functions.model_dump()
    return Office(
        positional=officer.positional,
        borrowed=officer.borrowed,
        hard_wired=officer.hard_wired,
        functions=frozenset(name for name, on in functions.items() if on),
    )


# --- customer projects


def begin_projects(state: State) -> None:
    """Weekly, with the week's dials: the office first, since it may keep attention up."""
    if not state.on("customer_office"):
        return
    c, departments = state.c, state.departments
    if state.office is not None:
        gather(state, state.office)
    anew = state.week % WEEKS_A_QUARTER == 0
    state.attention = 1.0 if anew else state.attention * c["attention_decay"]
    for department in departments:
        department.kept += (1.0 - department.kept) / 52.0
    budgets = [d.dials.customer_metric * d.kept * d.plan * d.wage for d in departments]
    wages = sum(d.plan * d.wage for d in departments)
    attention = max(state.attention, state.strength("one_plan"))
    state.lift = c["project_lift"] * attention * (sum(budgets) / wages)


def project_cost(state: State, department: Department) -> int:
    """A department's own projects; what another does too is paid twice."""
    if not state.on("customer_office"):
        return 0
    c, wages = state.c, department.filled * department.wage
    overlap = 1.0 + c["project_overlap"] * (1.0 - state.strength("no_duplicates"))
    own = c["project_share"] * department.dials.customer_metric * department.kept
    return half_up(own * wages * overlap)


# --- the office itself


def gather(state: State, office: Office) -> None:
    """Who takes part this week, and so what the office's functions are worth."""
    if state.week > 0:
        office.attending *= state.c["attention_decay"]
    office.participation = max(office.hard_wired, office.attending)
    strength = office.participation * office.authority
    office.strengths = dict.fromkeys(office.functions, strength)


def time_for_it(state: State) -> float:
    return state.c["office_time"] * state.office.participation if state.office else 0.0


def running_cost(state: State, planned_wages: int) -> int:
    if state.office is None:
        return 0
    each = state.c["office_function_cost"] * len(state.office.functions)
    return half_up((state.c["office_cost"] + each) * planned_wages)


def change_authority(state: State) -> None:
    """Governance, after seats: what was lent fades, customers kept are earned."""
    office = state.office
    if office is None:
        return
    office.borrowed *= 1.0 - state.c["borrowed_fade"]
    befores = [state.active_at_start, *(week["active"] for week in state.weeks)]
    before = sum(befores[len(state.weeks) - WEEKS_A_QUARTER : len(state.weeks)])
    lost = sum(week.get("loss", 0) for week in state.weeks[-WEEKS_A_QUARTER:])
    share = lost / before if before > 0 else 0.0
    if office.yardstick is None:
        office.yardstick = share
        return
    gain = state.c["authority_gain"] * 52.0 * (office.yardstick - share)
    office.earned = clip(office.earned + gain, 0.0, 1.0)


def review(state: State) -> None:
    """Governance, last: who is worth how much, and what follows from it."""
    office = state.office
    if office is None:
        return
    active = [person for person in state.customers if person.status == ACTIVE]
    values = {person.uid: value_of(person) for person in active}
    for person in state.customers:
        person.band = MIDDLE_BAND
        person.cost_at_review = person.cost_to_serve
    n = len(active)
    order = sorted(active, key=lambda person: (-values[person.uid], person.uid))
    for position, person in enumerate(order):
        if position < n // 10:
            person.band = 0
        elif position < n // 5:
            person.band = 1
        elif position >= n - n // 5:
            person.band = WORST_BAND
    margins = sorted((person.margin for person in active), reverse=True)
    office.lookalike_margin = margins[n // 5] if n > 0 else 0
    for person in active:
        draw = block(state.seed, "office.price", person.uid, state.week)
        reprice(state, person, values[person.uid], draw.u0)
        cross_sell(state, person, draw.u1)


def value_of(person: Customer) -> int:
    """What a customer has brought in the past quarter, at what is paid today."""
    paid = half_up(person.margin * person.price)
    return WEEKS_A_QUARTER * paid - (person.cost_to_serve - person.cost_at_review)


def reprice(state: State, person: Customer, value: int, u0: float) -> None:
    c = state.c
    if person.band == WORST_BAND and value < 0 and u0 < state.strength("reprice"):
        risen = min(c["price_most"], person.price * (1.0 + c["price_step"]))
        state.tally["repriced"] += risen > person.price
        person.price = max(person.price, risen)


def cross_sell(state: State, person: Customer, u1: float) -> None:
    c = state.c
    if person.satisfaction >= c["promoter_from"] and u1 < state.strength("cross_sell"):
        most = half_up(person.first_margin * c["cross_sell_most"])
        margin = min(most, half_up(person.margin * (1.0 + c["cross_sell_gain"])))
        if margin > person.margin:
            state.week_cross_selling += half_up(c["cross_sell_weeks"] * (margin - person.margin))
            state.tally["cross_sold"] += 1
            person.margin = margin


# --- what it does day by day


def customer_key(state: State, item: Item) -> int:
    """Key of an item that enters a queue as customer-linked: the valuable come first."""
    level = 1
    if item.for_customer:
        level = {0: 0, 1: 0, MIDDLE_BAND: 1, WORST_BAND: 2}[state.customers[item.owner].band]
    ahead = math.floor(state.c["band_days"] * state.strength("serve_by_value") + 0.5)
    return state.today - (2 - level) * ahead


def queue_key(state: State, item: Item, klass: int, horizon: int) -> int:
    if klass == CUSTOMER:
        return customer_key(state, item)
    return max(item.opened, state.today - horizon)


def settles(state: State, u1: float) -> bool:
    """Whether the office settles a dispute before it is fought out."""
    return u1 < state.c["office_settles"] * state.strength("settle_disputes")


def hours_to_settle(state: State) -> int:
    return half_up(MICRO * state.c["office_settle_hours"])


def wants_a_call(state: State, person: Customer, u2: float) -> bool:
    """A valuable customer who is not satisfied, and whom nobody calls yet."""
    if person.open_lead or person.open_outreach or person.band != 0:
        return False
    unhappy = person.satisfaction < state.c["outreach_below"]
    return unhappy and u2 < state.strength("outreach")
