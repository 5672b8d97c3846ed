"""Measurement: what is looked at, and what it moves (section 11.2)."""

from __future__ import annotations

import math

from .draws import half_up
from .state import NEED, Department, Item, State


def note_closing(state: State, item: Item, resolved: bool) -> None:
    """Count a closed item, of whatever kind but a lead, where it was closed."""
    counts = state.by_name[item.department].closings
    in_time = state.today - item.arrived <= state.c["promise_days"]
    counts.closed += 1
    counts.in_time += in_time
    if item.kind == NEED:
        counts.needs += 1
        counts.needs_well += in_time and resolved


def measure(state: State) -> None:
    """The week that closes enters the figures."""
    if "measurement" not in state.mechanisms:
        return
    counts = [department.closings for department in state.departments]
    for department, own in zip(state.departments, counts, strict=True):
        department.reported = averaged(state, department.reported, own.in_time, own.closed)
        department.true = averaged(state, department.true, own.needs_well, own.needs)
    well, needs = sum(one.needs_well for one in counts), sum(one.needs for one in counts)
    state.true_figure = averaged(state, state.true_figure, well, needs)
    for one in counts:
        one.closed = one.in_time = one.needs = one.needs_well = 0


def averaged(state: State, figure: float, good: int, total: int) -> float:
    if total == 0:
        return figure
    x = good / total
    return x if figure < 0.0 else figure + (x - figure) / state.c["measure_weeks"]


def performance(state: State, department: Department) -> float | None:
    """What the head of the firm believes of a department; None if there is nothing to believe."""
    if department.reported < 0.0 or department.name in state.hosts:
        return None
    true = department.true if department.true >= 0.0 else state.true_figure
    if true < 0.0:
        true = department.reported
    a = department.dials.customer_metric
    return a * true + (1.0 - a) * department.reported


def move_budget(state: State) -> None:
    """Governance: who looks best can do with fewer, who looks worst gets what they cost."""
    if "measurement" not in state.mechanisms:
        return
    c = state.c
    figures = [(performance(state, d), d) for d in state.departments]
    measured = [(figure, d) for figure, d in figures if figure is not None]
    if len(measured) < 2:
        return
    highest, best = max(measured, key=lambda pair: pair[0])  # of equals the first
    lowest, worst = min(measured, key=lambda pair: pair[0])
    if best is worst or highest - lowest <= c["budget_notice"]:
        return
    can_give = best.target - math.ceil((1.0 - c["budget_bound"]) * best.plan)
    n = max(0, min(half_up(c["budget_move"] * best.target), can_give))
    can_take = math.floor((1.0 + c["budget_bound"]) * worst.plan) - worst.target
    gain = max(0, min(n * best.wage // worst.wage, can_take))
    if gain > 0:
        best.target -= min(n, math.ceil(gain * worst.wage / best.wage))
        worst.target += gain
