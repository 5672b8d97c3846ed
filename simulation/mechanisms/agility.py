"""Agility: changes of the product are work, and travel through the same queues as all work.

Claims (H44 to H47): silos slow change; a firm that looks inward is fine until the market moves; one
primary customer is easier to serve than two; and, by assumption, hand-offs run as orders between
"customers" and "suppliers" bring up fewer options than colleagues would. Sizes assumed; the step is
calibrated on the neutral firm. See docs/model.md, 11.7.
"""

from __future__ import annotations

from simulation.jit import inner
from simulation.log import CHANGE_DONE, FIX_DONE, NO_CAUSE, note
from simulation.maths import round_half_up
from simulation.mechanisms.base import Mechanism
from simulation.mechanisms.distributors import channel_pull, channel_voice
from simulation.randomness import block, joint_uid, stream, uniform
from simulation.work.items import (
    CHANGE_ROUTES,
    NEED_ROUTES,
    end_item,
    give_birth,
)
from simulation.work.lists import NIL
from simulation.work.seats import first_filled_seat
from simulation.world import CHANGE, F, Row, World

CHANGE_PLAN = stream("change.plan")
CHANGE_OPTION = stream("change.option")
NEED_CAUSE = stream("need.cause")

MECHANISM = Mechanism(
    name="agility",
    claim="silos slow change; options come from colleagues (H44 to H47)",
    source="management writing on both sides; that orders bring fewer options is by assumption",
    reads=(
        "departments.plan",
        "departments.backlog",
        "departments.regular",
        "departments.resentment",
        "segments.belief",
    ),
    writes=("segments.offer", "segments.moved", "routes.cause"),
    streams=("item.change", "change.plan", "change.option", "need.cause"),
    columns=(
        "changes",
        "fixes",
        "options",
        "change_lead_time_days",
        "agility_speed",
        "agility_variety",
        "agility",
    ),
    counts=("changes", "fixes"),
)


@inner
def portfolio(world: World) -> int:
    """Changes that the product department keeps going at once."""
    plan = world.departments[world.firm[0].product].plan
    return max(1, round_half_up(world.p[0].change_open * plan))


@inner
def value_share(world: World, k: int) -> float:
    """Share of a segment in the margin of active customers."""
    total = 0
    for other in range(len(world.segments)):
        total += world.segments[other].margin
    if total == 0:
        return 1.0 / len(world.segments)
    return world.segments[k].margin / total


@inner
def effort_share(world: World, k: int) -> float:
    """Share of changes that aim at a segment: by value, or at the one in focus."""
    firm = world.firm[0]
    focus = world.departments[firm.product].dials[F]
    return (1.0 - focus) * value_share(world, k) + (focus if k == firm.focal else 0.0)


@inner
def worth_of_options(p: Row, options: int) -> float:
    """Chance that at least one of so many options is a good one."""
    none = 1.0
    for _ in range(options):
        none *= 1.0 - p.option_worth
    return 1.0 - none


@inner
def causes_return(world: World) -> None:
    """A week passes: causes of needs that were removed come back."""
    if not world.firm[0].on_agility:
        return
    anywhere = len(world.departments)
    first = world.route_first[NEED_ROUTES, anywhere, 0]
    end = world.route_first[NEED_ROUTES, anywhere, 1]
    for r in range(first, end):
        route = world.routes[r]
        route.cause += world.p[0].cause_return * (1.0 - route.cause)


@inner
def start_changes(world: World) -> None:
    """The product department begins changes while it has hours to spare."""
    firm = world.firm[0]
    causes_return(world)
    if not firm.changes_offer:
        return
    p = world.p[0]
    anywhere = len(world.departments)
    most = portfolio(world)
    here = world.departments[firm.product]
    for n in range(most):
        waiting = here.backlog[0] + here.backlog[1]
        if firm.open_changes >= most or waiting > p.change_slack_days * here.regular:
            return
        if first_filled_seat(world, firm.product, 0) == NIL:
            return
        cause = joint_uid(n, here.name_key)
        slot = give_birth(world, CHANGE, here.first_seat, cause, 0, CHANGE_ROUTES, anywhere)
        item = world.items[slot]
        words = block(firm.seed, CHANGE_PLAN, item.uid, 0)
        start = int(uniform(words[0]) * (here.end_seat - here.first_seat))
        item.owner = first_filled_seat(world, firm.product, start)
        item.generation = world.employees[item.owner].generation
        item.aim = NIL
        if uniform(words[1]) >= p.fix_share:
            item.aim = aim(world, uniform(words[2]))
        firm.open_changes += 1
        world.tally[0].changes_started += 1


@inner
def aim(world: World, u: float) -> int:
    """Segment that a new change is for."""
    total = 0.0
    for k in range(len(world.segments) - 1):
        total += effort_share(world, k)
        if u < total:
            return k
    return len(world.segments) - 1


@inner
def never_comes_up(world: World, slot: int) -> bool:
    """Whether a fix has removed the cause of a need just born; if so it is gone."""
    item = world.items[slot]
    cause = world.routes[item.route].cause
    if cause >= 1.0:
        return False
    if uniform(block(world.firm[0].seed, NEED_CAUSE, item.uid, 0)[0]) < cause:
        return False
    end_item(world, slot)
    return True


@inner
def stands_first(world: World, route: int, stage: int) -> bool:
    """Whether a route's stage is the first at its department."""
    path = world.routes[route].path
    for before in range(stage):
        if path[before] == path[stage]:
            return False
    return True


@inner
def finish_change(world: World, slot: int) -> None:
    """A change is done: the offer moves, or a cause of needs shrinks."""
    firm = world.firm[0]
    p = world.p[0]
    item = world.items[slot]
    tally = world.tally[0]
    tally.changes_done += 1
    tally.change_days += firm.day - item.opened
    words = block(firm.seed, CHANGE_PLAN, item.uid, 0)
    options = 1
    first = int(2.0 * uniform(words[3])) == 0  # whether each dimension has been proposed
    second = not first
    for stage in range(world.routes[item.route].length):
        j = world.routes[item.route].path[stage]
        if j == firm.product or not stands_first(world, item.route, stage):
            continue
        words = block(firm.seed, CHANGE_OPTION, item.uid, stage)
        asked = 1.0 - p.order_share * world.handover[j, firm.product]
        if uniform(words[0]) < asked * (1.0 - world.departments[j].resentment):
            options += 1
            if int(2.0 * uniform(words[1])) == 0:
                first = True
            else:
                second = True
    tally.change_options += options
    worth = worth_of_options(p, options)
    owner = world.employees[item.owner].uid
    event = FIX_DONE if item.aim == NIL else CHANGE_DONE
    note(world, event, owner, firm.product, item.uid, NO_CAUSE, options)
    if item.aim == NIL:
        fix_commonest_cause(world, worth)
        return
    if first:
        move_offer(world, item.aim, 0, worth)
    if second:
        move_offer(world, item.aim, 1, worth)


@inner
def fix_commonest_cause(world: World, worth: float) -> None:
    """Needs of the commonest sort become rarer."""
    p = world.p[0]
    anywhere = len(world.departments)
    commonest = world.route_first[NEED_ROUTES, anywhere, 0]
    for r in range(commonest + 1, world.route_first[NEED_ROUTES, anywhere, 1]):
        route = world.routes[r]
        top = world.routes[commonest]
        if route.own_share * route.cause > top.own_share * top.cause:
            commonest = r
    world.tally[0].fixes += 1
    world.routes[commonest].cause *= 1.0 - min(1.0, p.fix_gain / portfolio(world) * worth)


@inner
def move_offer(world: World, k: int, d: int, worth: float) -> None:
    """Move a segment's offer, in one dimension, towards what is believed to be needed."""
    p = world.p[0]
    segment = world.segments[k]
    scale = max(0.0, 1.0 + p.focus_gain * (effort_share(world, k) - value_share(world, k)))
    step = min(1.0, p.change_step / portfolio(world) * worth * scale)
    target = segment.belief[d]
    pull = channel_pull(world, k)
    if pull > 0.0:
        target += pull * (channel_voice(world, k, d) - target)
    move = step * (target - segment.offer[d])
    segment.offer[d] += move
    segment.moved[d] += abs(move)
