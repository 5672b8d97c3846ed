"""A debrief in the making: firms are lived, and customers told of, by the worker processes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from experiments.webapp.game import stories
from experiments.webapp.game.debrief import debrief, firms
from experiments.webapp.game.lives import live
from experiments.webapp.game.room import Room

if TYPE_CHECKING:
    from experiments.webapp.room_keeper import Crew


async def live_debrief(
    room: Room, crew: Crew, progress: Callable[[int, int], None]
) -> dict[str, Any]:
    """Have everything lived that a debrief needs, and put it together.

    Parameters
    ----------
    room : Room
        After its last quarter.
    crew : Crew
        Who lives firms.
    progress : callable
        Is told what is done and how much there is.
    """
    wanted = {firm.key: firm for firm in await asyncio.to_thread(firms, room)}
    pair = await asyncio.to_thread(stories.pair_of, room)
    total = len(wanted) + (1 + stories.MOST_STORIES if pair else 0)
    done = 0
    progress(done, total)

    async def have[**P, T](call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        nonlocal done
        found = await asyncio.wrap_future(crew.submit(call, *args, **kwargs))
        done += 1
        progress(done, total)
        return found

    async def customers() -> list[dict[str, Any]]:
        if pair is None:
            return []
        people = await have(stories.choose, pair)
        told = await asyncio.gather(*(have(stories.tell, pair, one["uid"]) for one in people))
        return [one | life for one, life in zip(people, told, strict=True)]

    lives, told = await asyncio.gather(
        asyncio.gather(*(have(live, firm) for firm in wanted.values())), customers()
    )
    by_key = dict(zip(wanted, lives, strict=True))
    return await asyncio.to_thread(debrief, room, by_key, stories.stories(pair, told))
