"""Shadow IT: a front department that waits too often helps itself (section 11.9)."""

from __future__ import annotations

from .draws import half_up
from .state import FRONT, SERVICE, Department, Detail, State


def shadowed_supplier(department: Department, kinds: dict[str, int]) -> str | None:
    """The service department that a front department asks most; of equals the first."""
    if department.kind != FRONT:
        return None
    asked = [(rate, name) for name, rate in department.suppliers if kinds[name] == SERVICE]
    most = max((rate for rate, _ in asked), default=None)
    return min((name for rate, name in asked if rate == most), default=None)


def consider_shadow_it(state: State) -> None:
    """Weekly, after engagement, while last week's counters still stand."""
    if not state.on("shadow_it"):
        return
    c = state.c
    for department in state.departments:
        if department.shadowed is None:
            continue
        waiting = 0.0
        if department.week_filled > 0:
            waiting = department.week_blocked / department.week_filled
        above, below = waiting > c["shadow_above"], waiting < c["shadow_below"]
        department.weeks_above = department.weeks_above + 1 if above else 0
        department.weeks_below = department.weeks_below + 1 if below else 0
        if not department.shadow_built:
            if department.weeks_above >= c["shadow_after"]:
                department.shadow_built, department.weeks_below = True, 0
                state.tally["shadow_built"] += 1
                state.tell("shadow_built", -1, department.name, detail=Detail("", 0.0))
        elif department.weeks_below >= c["shadow_until"]:
            department.shadow_built, department.weeks_above = False, 0
            state.tell("shadow_undone", -1, department.name, detail=Detail("", 0.0))


def time_left(state: State, department: Department) -> float:
    """Factor on gross hours."""
    return 1.0 - state.c["shadow_time"] if department.shadow_built else 1.0


def thinned(state: State, department: Department, supplier: str, rate: float) -> float:
    """Essential requests a head and week that a solution of one's own leaves."""
    if department.shadow_built and department.shadowed == supplier:
        return rate * (1.0 - state.c["shadow_requests"])
    return rate


def shadow_cost(state: State, department: Department) -> int:
    if not department.shadow_built:
        return 0
    wages = department.filled * department.wage
    return half_up(state.c["shadow_price"] * state.c["shadow_time"] * wages)


def added_risk(state: State, supplier: Department) -> float:
    """Factor on the hazard of incidents of a supplier that others do without."""
    front = [department for department in state.departments if department.kind == FRONT]
    without = sum(d.shadow_built and d.shadowed == supplier.name for d in front)
    return 1.0 + state.c["shadow_risk"] * without / len(front) if front else 1.0
