"""How an item comes into the world: its routes, its birth, who asks (sections 6 and 7.1)."""

from __future__ import annotations

from .draws import block, poisson
from .shadow_it import thinned
from .state import (
    CHANGE,
    CHANNEL,
    COURTESY,
    DAYS_A_WEEK,
    ESSENTIAL,
    HIRE,
    LEAD,
    NEED,
    OUTREACH,
    REPORT,
    STREAMS,
    Detail,
    Item,
    Route,
    Seat,
    State,
)


def tell(state: State, name: str, item: Item, detail: Detail | None = None) -> None:
    state.tell(name, item.owner, item.department, item.uid, detail=detail)


def choose(routes: list[Route], u: float) -> Route | None:
    total = 0.0
    for route in routes:
        total += route.share
        if u < total:
            return route
    return None


def route_of(state: State, kind: int, supplier: str, u: float) -> Route:
    if kind in (NEED, LEAD, OUTREACH, HIRE, CHANGE, CHANNEL):
        routes = state.routes[LEAD if kind == OUTREACH else kind]
        return choose(routes, u) or routes[-1]  # shares add up to one but for rounding
    alone = Route((supplier,), 1.0)
    if kind == ESSENTIAL:
        from_supplier = [route for route in state.routes[kind] if route.first == supplier]
        return choose(from_supplier, u) or alone
    return alone


def conceive(
    state: State,
    kind: int,
    cause: int,
    n: int,
    owner: int,
    requester: Seat | None = None,
    supplier: str = "",
) -> tuple[Item, int, Route]:
    """The n-th item of this kind and cause this week, its day of arrival, the route it takes."""
    draw = block(state.seed, STREAMS[kind], cause, 16 * state.week + n)
    route = route_of(state, kind, supplier, draw.u3)
    item = Item(
        uid=draw.w0 + 2**32 * (draw.w1 % 2**30),
        kind=kind,
        owner=owner,
        route=route.path,
        born_week=state.week,
        requester=requester,
        generation=requester.generation if requester else 0,
    )
    return item, state.today + int(DAYS_A_WEEK * draw.u2), route


def register(state: State, item: Item, day: int) -> None:
    state.items[item.uid] = item
    put_on_calendar(state, item, day, begins=True)


def belongs_to(item: Item, seat: Seat) -> None:
    """The owner of an item that looks for one only when it is there."""
    item.owner, item.requester, item.generation = seat.uid, seat, seat.generation


def born(
    state: State,
    kind: int,
    cause: int,
    n: int,
    owner: int,
    requester: Seat | None = None,
    supplier: str = "",
) -> None:
    """An item is there; all are born when a week opens."""
    item, day, route = conceive(state, kind, cause, n, owner, requester, supplier)
    if kind == NEED and route.cause < 1.0:  # a fix may have done away with what it is about
        if block(state.seed, "need.cause", item.uid, 0).u0 >= route.cause:
            return
    register(state, item, day)


def put_on_calendar(state: State, item: Item, day: int, begins: bool) -> None:
    item.place = "calendar"
    item.begins = begins
    item.klass = -1
    state.calendar.setdefault(day, []).append(item.uid)


# --- 7.1 internal requests


def ask_colleagues(state: State) -> None:
    c, t = state.c, state.week
    key_of = {department.name: department.key for department in state.departments}
    for seat in state.seats:
        if not seat.filled or seat.blocked:
            continue
        department = state.by_name[seat.department]
        eagerness = 1.0 + c["courtesy_entitlement"] * seat.entitlement
        for supplier, rate in department.suppliers:
            cause = seat.uid + 2**32 * key_of[supplier]
            draw = block(state.seed, "request", cause, t)
            essential = poisson(thinned(state, department, supplier, rate), draw.u0)
            courtesy = poisson(rate * c["courtesy_ratio"] * eagerness, draw.u1)
            for n in range(essential):
                born(state, ESSENTIAL, cause, n, seat.uid, seat, supplier)
            for n in range(courtesy):
                born(state, COURTESY, cause, n, seat.uid, seat, supplier)
        if department.superior is not None:
            upward = c["report_rate"] * (
                1.0 + c["report_manager"] * department.dials.manager_metric
            )
            draw = block(state.seed, "report", seat.uid, t)
            for n in range(poisson(upward, draw.u0)):
                born(state, REPORT, seat.uid, n, seat.uid, seat, department.superior)
