"""Linked lists of items: calendars and queues that need no sorting.

An item can be in three lists at once, one of each set: its place (the calendar or a queue), its
deadline, its escalation. Queues hold one list per (department, class, key day), so that serving in
order of key is a walk from the oldest day; days beyond `OLDEST` are merged into one list.
"""

from __future__ import annotations

from simulation.jit import compiled, inner
from simulation.world import OLDEST, RING, Table, World

PLACE, DEADLINE, ESCALATION = 0, 1, 2
FIRST, LAST = 0, 1  # columns of `World.ends`
_DEADLINES = RING
_ESCALATIONS = 2 * RING
_QUEUES = 3 * RING
NIL = -1


def list_count(departments: int) -> int:
    """Number of lists that a firm of so many departments needs."""
    return _QUEUES + departments * 2 * (RING + 1)


@inner
def calendar_list(day: int) -> int:
    """List of the items due on a day."""
    return day % RING


@inner
def deadline_list(day: int) -> int:
    """List of the items whose deadline is on a day."""
    return _DEADLINES + day % RING


@inner
def escalation_list(day: int) -> int:
    """List of the items that would be escalated on a day."""
    return _ESCALATIONS + day % RING


@inner
def _first_queue(department: int, klass: int) -> int:
    return _QUEUES + (department * 2 + klass) * (RING + 1)


@inner
def queue_list(department: int, klass: int, key: int, today: int) -> int:
    """List of the queued items of one key day; those beyond `OLDEST` days share one."""
    first = _first_queue(department, klass)
    if key < today - OLDEST:
        return first + RING
    return first + key % RING


@inner
def append(world: World, links: int, to: int, item: int) -> None:
    """Put an item at the end of a list."""
    last = world.ends[to, LAST]
    world.items[item].prev[links] = last
    world.items[item].next[links] = NIL
    if last == NIL:
        world.ends[to, FIRST] = item
    else:
        world.items[last].next[links] = item
    world.ends[to, LAST] = item


@inner
def unlink(world: World, links: int, out_of: int, item: int) -> None:
    """Take an item out of a list."""
    before = world.items[item].prev[links]
    after = world.items[item].next[links]
    if before == NIL:
        world.ends[out_of, FIRST] = after
    else:
        world.items[before].next[links] = after
    if after == NIL:
        world.ends[out_of, LAST] = before
    else:
        world.items[after].prev[links] = before


@inner
def merge_oldest(world: World, today: int) -> None:
    """Move the queues that have just become older than `OLDEST` days to the shared lists."""
    day = today - OLDEST - 1  # before the start: keys of the first days may lie before day 0
    for department in range(len(world.departments)):
        for klass in range(2):
            first = _first_queue(department, klass)
            young = first + day % RING
            start = world.ends[young, FIRST]
            if start == NIL:
                continue
            old = first + RING
            last = world.ends[old, LAST]
            if last == NIL:
                world.ends[old, FIRST] = start
            else:
                world.items[last].next[PLACE] = start
            world.items[start].prev[PLACE] = last
            world.ends[old, LAST] = world.ends[young, LAST]
            world.ends[young, FIRST] = NIL
            world.ends[young, LAST] = NIL


@inner
def front(world: World, department: int, klass: int, today: int) -> int:
    """The item that is next in a department's queue of a class, `NIL` if there is none."""
    first = _first_queue(department, klass)
    item = world.ends[first + RING, FIRST]
    if item != NIL:
        return int(item)
    day = max(world.departments[department].oldest[klass], today - OLDEST)
    while day <= today:
        item = world.ends[first + day % RING, FIRST]
        if item != NIL:
            break
        day += 1
    world.departments[department].oldest[klass] = day
    return int(item) if day <= today else NIL


@inner
def after(world: World, department: int, klass: int, slot: int, today: int) -> int:
    """The item behind one in a department's queue of a class, `NIL` if it is the last."""
    item = world.items[slot]
    behind = item.next[PLACE]
    first = _first_queue(department, klass)
    day = max(item.key, today - OLDEST - 1)
    while behind == NIL and day < today:
        day += 1
        behind = world.ends[first + day % RING, FIRST]
    return int(behind)


@compiled
def chain(items: Table, first: int, end: int) -> None:
    """Link slots `first` to `end - 1` into a free list."""
    for slot in range(first, end - 1):
        items[slot].next[PLACE] = slot + 1
    items[end - 1].next[PLACE] = NIL
