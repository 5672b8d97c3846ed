"""Three customers of the debrief: people whom two teams' firms treated most unlike, told by dates.

The firms are lived again with these people in view (see `experiments.biography`), so telling takes
some seconds: `choose` and `tell` are for the worker processes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from experiments.biography.life import Life
from experiments.biography.story import introduce
from experiments.biography.story import tell as tell_life
from experiments.biography.twins import compare_lives
from experiments.fates import FATES, tell_fates
from experiments.webapp.game.capital import distance
from experiments.webapp.game.lives import Firm, firm_of
from experiments.webapp.game.room import Room, Team
from simulation import simulate

MOST_STORIES = FATES
LEFT_ALONE = "the firm left alone"

_OF_THE_TERMINAL = "; --full tells all."
"""How `experiments.biography` ends a sentence on what it left out: a page has no such option."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two firms whose customers are compared.

    Attributes
    ----------
    names : tuple of str
        What the firms are called.
    teams : tuple of (str or None)
        Identities of the teams; None for the firm that was left alone.
    firms : tuple of Firm
        With the same luck.
    """

    names: tuple[str, str]
    teams: tuple[str | None, str | None]
    firms: tuple[Firm, Firm]

    @property
    def rule(self) -> str:
        """Why these two."""
        if None in self.teams:
            return f"{self.names[0]} is laid beside the firm left alone: nothing was decided there."
        return (
            f"{self.names[0]} and {self.names[1]} are the two teams whose dials were farthest "
            "apart, all quarters added up."
        )


def pair_of(room: Room) -> Pair | None:
    """The two teams that decided most unlike; a lone team and the firm without any decision.

    Returns
    -------
    Pair or None
        None if all firms are the same.
    """
    teams = list(room.teams.values())
    firms = {team.id: room.firm(team) for team in teams}
    keys = {team: firm.key for team, firm in firms.items()}
    unlike = [(apart(a, b), a, b) for a, b in combinations(teams, 2) if keys[a.id] != keys[b.id]]
    if unlike:
        _, a, b = max(unlike, key=lambda found: found[0])
        return Pair((a.name, b.name), (a.id, b.id), (firms[a.id], firms[b.id]))
    first = teams[0]
    alone = firm_of(room.preset, room.seed, room.shocks, (), room.preset.quarters)
    if keys[first.id] == alone.key:
        return None
    return Pair((first.name, LEFT_ALONE), (first.id, None), (firms[first.id], alone))


def apart(a: Team, b: Team) -> int:
    """How far the dials of two teams stood from each other, in steps, all quarters added up."""
    return sum(distance(x.after, y.after) for x, y in zip(a.turns, b.turns, strict=True))


def choose(pair: Pair) -> list[dict[str, Any]]:
    """The customers, by `experiments.fates.RULE`: `uid` and both lives in a `sentence`.

    None, if all people had the same lives in both firms.
    """
    people = [
        simulate(firm.scenario, seed=firm.seed, events="none").customers for firm in pair.firms
    ]
    fates = tell_fates(people[0], people[1], *pair.names)
    return [{"uid": fate.uid, "sentence": fate.sentence} for fate in fates]


def tell(pair: Pair, uid: int) -> dict[str, Any]:
    """One customer in both firms.

    Returns
    -------
    dict
        `who` the person is; `lives`, two lists of dated sentences; `ends`, for either life whether
        the person is a customer at its end; `between`, where the two part and why.
    """
    a, b = (
        Life.live(firm.scenario, name, uid, firm.seed)
        for firm, name in zip(pair.firms, pair.names, strict=True)
    )
    return {
        "who": introduce(a),
        "lives": [_for_a_page(tell_life(life)) for life in (a, b)],
        "ends": [life.at_end for life in (a, b)],
        "between": compare_lives(a, b),
    }


def stories(pair: Pair | None, told: Iterable[dict[str, Any]] = ()) -> dict[str, Any]:
    """The part of a debrief that tells of customers.

    Parameters
    ----------
    pair : Pair or None
        The firms, see `pair_of`.
    told : iterable of dict
        For each customer what `choose` and `tell` found, in one.
    """
    if pair is None:
        return {"names": [], "teams": [], "rule": "", "customers": []}
    return {
        "names": list(pair.names),
        "teams": list(pair.teams),
        "rule": pair.rule,
        "customers": list(told),
    }


def _for_a_page(sentences: Iterable[str]) -> list[str]:
    return [
        f"{sentence.removesuffix(_OF_THE_TERMINAL)}."
        if sentence.endswith(_OF_THE_TERMINAL)
        else sentence
        for sentence in sentences
    ]
