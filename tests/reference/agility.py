"""Agility: changes of the offer, and fixes, worked out across departments (section 11.7)."""

from __future__ import annotations

import math

from .birth import belongs_to, conceive, register
from .distributors import pull, told_by_channel
from .draws import block
from .lessons import courtesy_between, somebody
from .state import CHANGE, NEED, Department, Detail, Item, State


def portfolio(state: State, product: Department) -> int:
    """Changes that the product department keeps going at once."""
    return max(1, math.floor(state.c["change_open"] * product.plan + 0.5))


def begin_changes(state: State) -> None:
    """Weekly, after standards and distributors."""
    if not state.on("agility"):
        return
    for route in state.routes[NEED]:
        route.cause += state.c["cause_return"] * (1.0 - route.cause)
    if state.product is None or not state.routes[CHANGE]:
        return
    product = state.by_name[state.product]
    if sum(product.backlog) > state.c["change_slack_days"] * product.regular:
        return
    most = portfolio(state, product)
    for n in range(most):
        still_open = sum(item.kind == CHANGE for item in state.items.values())
        if still_open >= most or not begin_change(state, product, n):
            return


def begin_change(state: State, product: Department, n: int) -> bool:
    """Whether somebody was there to begin it."""
    item, day, _ = conceive(state, CHANGE, n + 2**32 * product.key, 0, -1)
    plan = block(state.seed, "change.plan", item.uid, 0)
    owner = somebody(product, plan.u0)
    if owner is None:
        return False
    belongs_to(item, owner)
    if plan.u1 >= state.c["fix_share"]:
        item.segment = aim(state, product, plan.u2)
    state.tally["changes_started"] += 1
    register(state, item, day)
    return True


def weight(state: State, product: Department, k: int) -> float:
    """Effort that goes to a segment: by its value, or all to the one in focus."""
    f = product.dials.focus
    return (1.0 - f) * state.segments[k].value + (f if k == state.focal else 0.0)


def aim(state: State, product: Department, u: float) -> int:
    total = 0.0
    for k in range(len(state.segments)):
        total += weight(state, product, k)
        if u < total:
            return k
    return len(state.segments) - 1


# --- a change is closed right


def options(state: State, product: Department, item: Item) -> tuple[int, list[int]]:
    """How many ideas came up on the way, and the dimensions they bear on."""
    found = [math.floor(2.0 * block(state.seed, "change.plan", item.uid, 0).u3)]
    for stage, name in enumerate(item.route):
        if name == product.name or name in item.route[:stage]:
            continue
        asked = 1.0 - state.c["order_share"] * courtesy_between(state, name, product.name)
        willing = 1.0 - state.by_name[name].resentment
        draw = block(state.seed, "change.option", item.uid, stage)
        if draw.u0 < asked * willing:
            found.append(math.floor(2.0 * draw.u1))
    return len(found), sorted(set(found))


def worth(state: State, n: int) -> float:
    """Of so many options: the chance that one is good."""
    none_good = 1.0
    for _ in range(n):
        none_good *= 1.0 - state.c["option_worth"]
    return 1.0 - none_good


def carry_out(state: State, item: Item) -> None:
    if item.kind != CHANGE or state.product is None:
        return
    product = state.by_name[state.product]
    n, dimensions = options(state, product, item)
    if item.segment < 0:
        fix(state, product, n)
        state.tally["fixes"] += 1
    else:
        move_offer(state, product, item.segment, n, dimensions)
    state.tally["changes_done"] += 1
    state.tally["change_days"] += state.today - item.opened
    name = "fix_done" if item.segment < 0 else "change_done"
    state.tell(name, item.owner, product.name, item.uid, detail=Detail("", float(n)))


def fix(state: State, product: Department, n: int) -> None:
    """Some of the causes of the commonest sort of need are gone."""
    commonest = max(state.routes[NEED], key=lambda route: route.share * route.cause)
    gain = state.c["fix_gain"] / portfolio(state, product) * worth(state, n)
    commonest.cause *= 1.0 - min(1.0, gain)


def move_offer(state: State, product: Department, k: int, n: int, dimensions: list[int]) -> None:
    """The offer to a segment moves towards what is believed, and said, to be needed."""
    c, segment = state.c, state.segments[k]
    focus = max(0.0, 1.0 + c["focus_gain"] * (weight(state, product, k) - segment.value))
    step = min(1.0, c["change_step"] / portfolio(state, product) * worth(state, n) * focus)
    channel, told = pull(state, segment), told_by_channel(state, segment)
    for x in dimensions:
        believed = segment.belief[x]
        target = believed + channel * (told[x] - believed)
        segment.offer[x] += step * (target - segment.offer[x])
