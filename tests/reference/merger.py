"""Two departments become one, but for their people (section 11.12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .engagement import hops_to_customers
from .items import put_in_queue
from .lessons import host
from .listening import without_steps_in_place
from .relearning import unlearn
from .state import Department, State

if TYPE_CHECKING:
    from simulation.scenario import Scenario


def merge(state: State, scenario: Scenario, a: str, b: str) -> None:
    """b becomes part of a; its people stay where they are."""
    one, other = state.by_name[a], state.by_name[b]
    one.mean_hours = (joint_hours(one, other, 0), joint_hours(one, other, 1))
    state.hosts[b] = a
    for department in state.departments:
        redirect_requests(state, department, a, b)
        if department.shadowed == b:
            department.shadowed = a
        if department.insight_path is not None:
            origin = a if department is other else department.name
            path = tuple(a if name == b else name for name in department.insight_path)
            department.insight_path = without_steps_in_place(origin, path)
    redirect_reports(state, one, other)
    for routes in state.routes.values():
        for route in routes:
            route.path = tuple(a if name == b else name for name in route.path)
    for item in state.items.values():
        item.route = tuple(a if name == b else name for name in item.route)
    for klass, queue in enumerate(other.queues):
        waiting = list(queue)
        queue.clear()
        for item in waiting:
            put_in_queue(state, item, one, klass, item.key)
    one.debt, other.debt = one.debt + other.debt, 0
    if state.head == b:
        state.head = a
    if state.product == b:
        state.product = a
    hops = hops_to_customers(scenario, state.hosts)
    for department in state.departments:
        department.hops = hops[department.name]
    for department in (one, other):
        unlearn(state, department, state.c["merger_loss"])


def joint_hours(one: Department, other: Department, klass: int) -> float:
    first, second = one.mean_hours[klass], other.mean_hours[klass]
    if first > 0.0 and second > 0.0:
        return (first * one.plan + second * other.plan) / (one.plan + other.plan)
    return max(first, second)


def redirect_requests(state: State, department: Department, a: str, b: str) -> None:
    """What b was asked for a is asked for; within the new department nobody asks."""
    rates = dict(department.suppliers)
    if b in rates:
        rates = {a if name == b and a not in rates else name: r for name, r in rates.items()}
        if b in rates:
            rates[a] += rates.pop(b)
    if a in rates and host(state, department.name).name == a:
        rates[a] = 0.0
    department.suppliers = list(rates.items())


def redirect_reports(state: State, one: Department, other: Department) -> None:
    """Nobody may end up above themselves."""
    above, seen = one.superior, set()
    while above is not None and above != other.name and above not in seen:
        seen.add(above)
        above = state.by_name[above].superior
    if above == other.name:  # the host was below the guest
        one.superior = other.superior
    for department in state.departments:
        if department.superior == other.name:
            department.superior = one.name
    other.superior = one.superior
