"""Games and rooms to test with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from experiments.webapp.game.commands import (
    Advance,
    Decide,
    Join,
    Open,
    Start,
)
from experiments.webapp.game.decision import Decision
from experiments.webapp.game.preset import Preset, load_preset, read
from experiments.webapp.game.room import Room

SECRETS = {name: f"{number:064x}" for number, name in enumerate(("f", "t1", "t2"), start=1)}
RIVALS = ("customer_first", "internal_customer")


def preset(**changes: object) -> Preset:
    """A short game."""
    data = load_preset("thirty").model_dump()
    return read(Preset, data | {"quarters": 3, "shocks": (), "references": RIVALS} | changes)


def opened(game: Preset | None = None, seed: int = 7) -> Room:
    """A room with two teams of people, in its first quarter."""
    room = Room(
        Open(at=0, code="ROOM", preset=game or preset(), seed=seed, facilitator=SECRETS["f"])
    )
    for team, name in (("t1", "North"), ("t2", "South")):
        room.take(Join(at=1, team=team, name=name, token=SECRETS[team]))
    room.take(Start(at=2))
    return room


def played(room: Room, decisions: Mapping[str, Mapping[int, Decision]]) -> Room:
    """The room after all quarters, with these decisions."""
    for quarter in range(room.preset.quarters):
        for team, by_quarter in decisions.items():
            if quarter in by_quarter:
                decision = by_quarter[quarter]
                room.take(Decide(at=3, team=team, quarter=quarter, decision=decision))
        room.take(Advance(at=4, quarter=quarter))
    return room


def strings(value: object) -> Iterator[str]:
    """Every string and key in nested plain values."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value
