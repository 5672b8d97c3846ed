"""The game behind a gap: who the players are, and which firms each coalition of them makes.

With dials as players, a coalition has A's positions of its dials and B's of all others: the firm of
all players is A, the firm of none is B. With mechanisms as players, a coalition is what is switched
on in both firms, and its value is the gap that is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

from simulation import Regime, Scenario
from simulation.dials import DIALS, MEASURES
from simulation.errors import Problem, ScenarioError, nearest, one_of, show
from simulation.mechanisms import MECHANISMS

Of = Literal["dials", "mechanisms"]

MOST_PLAYERS = 8
"""Every coalition is played: 256 firms for eight players, twice as many with each one more."""

SCHEDULE = "schedule"
"""Stands among the dials for what a regime changes over time."""

GROUPS: Mapping[Of, Mapping[str, tuple[str, ...]]] = {
    "dials": {
        "whose work first": ("customer_priority", "focus"),
        "line of sight": ("line_of_sight",),
        "colleagues as customers": ("colleague_as_customer", "captivity"),
        "what is measured": MEASURES,
        "listening": ("listening",),
        "rules": ("risk_aversion",),
        "the channel's voice": ("distributor_voice",),
        "care": ("care",),
    },
    "mechanisms": {
        "disputes": ("disputes",),
        "measurement": ("measurement",),
        "entitlement": ("entitlement",),
        "incidents": ("incidents",),
        "engagement": ("engagement", "relearning"),
        "listening": ("listening",),
        "agility": ("agility", "shadow_it"),
        "channel and office": ("distributors", "customer_office"),
    },
}
"""The players of a game, unless they are named."""
REST = "the rest"
"""The player of all that is at work and not named."""


@dataclass(frozen=True)
class Player:
    """One cause of a gap.

    Attributes
    ----------
    name : str
        In words.
    parts : tuple of str
        The dials or the mechanisms that it moves together.
    """

    name: str
    parts: tuple[str, ...]

    @classmethod
    def of(cls, parts: Sequence[str]) -> Self:
        """Named after its parts."""
        return cls(" + ".join(parts), tuple(parts))


@dataclass(frozen=True)
class Game:
    """A game whose value is a gap between two firms.

    Attributes
    ----------
    of : "dials" or "mechanisms"
        What the players are.
    a, b : Scenario
        The two firms, resolved.
    players : tuple of Player
        At most `MOST_PLAYERS`.
    """

    of: Of
    a: Scenario
    b: Scenario
    players: tuple[Player, ...]

    def cells(self) -> Iterator[tuple[str, Scenario]]:
        """Label and firm of every cell, coalition by coalition."""
        for coalition in range(1 << len(self.players)):
            if self.of == "dials":
                yield dials_label(coalition), self._mixed(coalition)
            else:
                for side, firm in (("A", self.a), ("B", self.b)):
                    yield mechanisms_label(coalition, side), self._switched(coalition, firm)

    def _mixed(self, coalition: int) -> Scenario:
        """B with A's positions of the dials of a coalition."""
        if coalition == 0:
            return self.b
        if coalition == (1 << len(self.players)) - 1:
            return self.a
        chosen = {part for player in self._in(coalition) for part in player.parts}
        regime = mixed(self.a.regime, self.b.regime, chosen)
        return self.b.with_regime(regime)

    def _switched(self, coalition: int, firm: Scenario) -> Scenario:
        """A firm in which of all players only those of a coalition are at work."""
        chosen = {part for player in self._in(coalition) for part in player.parts}
        off = {part for player in self.players for part in player.parts} - chosen
        return firm.replace({f"mechanisms.{name}": False for name in sorted(off)})

    def _in(self, coalition: int) -> list[Player]:
        return [player for i, player in enumerate(self.players) if coalition >> i & 1]


def dials_label(coalition: int) -> str:
    """Name of the cell of a coalition of dials."""
    return f"coalition {coalition}"


def mechanisms_label(coalition: int, side: str) -> str:
    """Name of the cell of a coalition of mechanisms in one of the two firms."""
    return f"coalition {coalition}, {side}"


def mixed(a: Regime, b: Regime, chosen: set[str]) -> Regime:
    """Regime B with A's positions of the chosen dials, wherever they stand.

    A dial brings along what single departments, and what single edges, make of it.
    """
    data: dict[str, Any] = {"name": "mixed", "departments": {}}
    for dial in DIALS:
        source = a if dial in chosen else b
        data[dial] = getattr(source, dial)
        for department, values in source.departments.items():
            if dial in values:
                data["departments"].setdefault(department, {})[dial] = values[dial]
    data["serves"] = (a if "colleague_as_customer" in chosen else b).serves
    data["schedule"] = (a if SCHEDULE in chosen else b).schedule
    return Regime.model_validate(data)


def differing(a: Regime, b: Regime) -> list[str]:
    """The dials in which two regimes differ, anywhere; and `schedule`, if they change otherwise."""
    found = [dial for dial in DIALS if _positions(a, dial) != _positions(b, dial)]
    return [*found, *([SCHEDULE] if a.schedule != b.schedule else [])]


def _positions(regime: Regime, dial: str) -> tuple[Any, ...]:
    departments = {name: d[dial] for name, d in regime.departments.items() if dial in d}
    edges = regime.serves if dial == "colleague_as_customer" else ()
    return getattr(regime, dial), departments, edges


def players_of(
    of: Of, a: Scenario, b: Scenario, named: Sequence[Sequence[str]] | None = None
) -> tuple[Player, ...]:
    """Settle who the players are.

    Parameters
    ----------
    of : "dials" or "mechanisms"
        What they are.
    a, b : Scenario
        The two firms.
    named : sequence of sequences of str, optional
        The parts of each player; what is at work and not named is one more player, the rest.
        By default the groups of `GROUPS` in which the firms differ, or that are switched on.

    Raises
    ------
    ScenarioError
        If a part is unknown, stands twice or does nothing, the measures are torn apart, or the
        players are none or too many.
    """
    if of == "dials":
        at_work, known = differing(a.regime, b.regime), (*DIALS, SCHEDULE)
    else:
        at_work, known = [m for m in MECHANISMS if a.mechanisms.get(m, True)], MECHANISMS
    if not at_work:
        wanted = "two regimes that differ" if of == "dials" else "mechanisms that are switched on"
        raise _refused(f"{a.regime.name}, {b.regime.name}", wanted)
    if named is None:
        players = [
            Player(name, parts)
            for name, group in GROUPS[of].items()
            if (parts := tuple(part for part in group if part in at_work))
        ]
    else:
        _check(named, at_work, known)
        players = [Player.of(parts) for parts in named]
    taken = {part for player in players for part in player.parts}
    if left := tuple(part for part in at_work if part not in taken):
        players.append(Player(REST if named else " + ".join(left), left))
    if len(players) > MOST_PLAYERS:
        allowed = f"{MOST_PLAYERS} at most; join some of them with +"
        raise _refused(f"{len(players)} players", allowed)
    return tuple(players)


def _check(named: Sequence[Sequence[str]], at_work: Sequence[str], known: Sequence[str]) -> None:
    seen: set[str] = set()
    for part in (part for parts in named for part in parts):
        if part not in known:
            near = nearest(part, known)
            raise _refused(show(part), one_of(known), near)
        if part not in at_work:
            raise _refused(show(part), f"what makes a difference: {one_of(at_work)}")
        if part in seen:
            raise _refused(f"{show(part)} twice", "each once")
        seen.add(part)
    if not all(named):
        raise _refused("a player without parts", "names joined by +, players by commas")
    torn = [parts for parts in named if set(parts) & set(MEASURES)]
    if torn and not set(torn[0]) >= set(at_work) & set(MEASURES):
        allowed = f"{'+'.join(MEASURES)} in one player: they add up to one only together"
        raise _refused(", ".join(" + ".join(parts) for parts in torn), allowed)


def _refused(given: str, allowed: str, near: str | None = None) -> ScenarioError:
    return ScenarioError([Problem(field="players", given=given, allowed=allowed, nearest=near)])
