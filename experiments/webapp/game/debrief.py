"""The debrief: dashboard against truth, decisions against outcomes, and what else there could be.

All firms are lived under the same luck. Since one luck may favour one team, the teams' decisions
are lived again in other worlds, where shocks are the same and everything else has other luck.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from experiments.happenings import in_words
from experiments.metrics import NEUTRAL
from experiments.webapp.game import bots, dashboard, stories
from experiments.webapp.game.capital import STEPS, position_of
from experiments.webapp.game.decision import Decision
from experiments.webapp.game.lives import Firm, Life, firm_of, reference_of
from experiments.webapp.game.measures import HIDDEN, SEEN, label, legend
from experiments.webapp.game.preset import OTHER_WORLDS as OTHER_WORLDS
from experiments.webapp.game.preset import Preset, regimes
from experiments.webapp.game.room import Room
from experiments.webapp.game.views import turn_view
from simulation.dials import DIALS
from simulation.parameters import PARAMETERS

OUTCOMES = (
    "retention",
    "active_end",
    "satisfaction",
    "resolution_rate",
    "true_service",
    "profit",
    "cash_end",
    "friction",
    "engagement",
    "product_gap",
)
"""Beside one another, and never added up to one score."""

FROM_THE_START, STEP_BY_STEP, UNTOUCHED = "from the start", "step by step", "untouched"


@dataclass(frozen=True, slots=True)
class Reference:
    """A firm to lay beside those of the teams.

    Attributes
    ----------
    regime : str
        Name of the regime.
    way : str
        In force from the first day; reached as a bot reaches it, with the capital of a team; or,
        for the regime that all teams took over, left as it was.
    firm : Firm
        With the luck and the shocks of the room.
    """

    regime: str
    way: str
    firm: Firm


def references(room: Room) -> list[Reference]:
    """What shipped regimes would have done with the same luck, and what doing nothing would."""
    preset, seed, quarters = room.preset, room.seed, room.preset.quarters
    untouched = firm_of(preset, seed, room.shocks, (), quarters)
    result = [Reference(preset.start, UNTOUCHED, untouched)]
    for name in preset.references:
        regime = regimes()[name]
        moving = firm_of(preset, seed, room.shocks, bot_decisions(preset, name), quarters)
        start = reference_of(preset, seed, room.shocks, regime, quarters)
        result += [Reference(name, STEP_BY_STEP, moving), Reference(name, FROM_THE_START, start)]
    return result


def bot_decisions(preset: Preset, regime: str) -> list[Decision]:
    """What a bot decides in each quarter of a game."""
    position, purse, decisions = position_of(preset.firm.regime), preset.capital, []
    capital = purse.opening
    for _ in range(preset.quarters):
        decision = bots.follow(regime, position, capital)
        left = capital - decision.price(position, preset)
        position, capital = decision.after(position), min(purse.most, left + purse.per_quarter)
        decisions.append(decision)
    return decisions


def other_worlds(room: Room) -> dict[tuple[str, int], Firm]:
    """The teams' firms with other luck, by team and seed."""
    seeds = range(room.seed + 1, room.seed + 1 + OTHER_WORLDS)
    return {
        (team.id, seed): room.firm(team, seed) for team in room.teams.values() for seed in seeds
    }


def firms(room: Room) -> list[Firm]:
    """All that has to be lived for a debrief."""
    own = [room.firm(team) for team in room.teams.values()]
    return [*own, *(r.firm for r in references(room)), *other_worlds(room).values()]


def debrief(
    room: Room, lives: Mapping[str, Life], told: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The numbers of a debrief.

    Parameters
    ----------
    room : Room
        After its last quarter.
    lives : mapping of str to Life
        By `Firm.key`; those of `firms`.
    told : mapping, optional
        What became of three customers, see `stories.stories`.

    Returns
    -------
    dict
        Plain values. `teams`: turns, outcomes here and `elsewhere` (a list, for each other world),
        `gaps` between dashboard and truth by quarter, what was seen and what was the case;
        `references`: outcomes; `leads`: for each measure with a better direction the teams that
        have the best figure, and in how many of the other worlds each would have it; `stories` of
        customers; `questions` to discuss; `limits` of all this.
    """
    own = {team.id: lives[room.firm(team).key] for team in room.teams.values()}
    elsewhere = {place: lives[firm.key] for place, firm in other_worlds(room).items()}
    return {
        "game": {key: getattr(room.preset, key) for key in ("key", "title", "start")},
        "legend": legend([*OUTCOMES, *SEEN, *HIDDEN]),
        "outcomes": list(OUTCOMES),
        "quarters": room.preset.quarters,
        "shocks": [
            {"quarter": s.quarter, "what": in_words(s.event.model_dump()), "text": s.text}
            for s in sorted(room.shocks, key=lambda shock: shock.quarter)
        ],
        "teams": [
            {
                "id": team.id,
                "name": team.name,
                "follows": team.follows,
                "turns": [turn_view(turn) for turn in team.turns],
                "outcomes": outcomes(own[team.id]),
                "elsewhere": [
                    outcomes(life) for (there, _), life in elsewhere.items() if there == team.id
                ],
                "dials": {dial: team.position[dial] / STEPS for dial in DIALS},
                "gaps": dashboard.gaps(own[team.id]),
                "seen": dashboard.seen(own[team.id]),
                "true": dashboard.true(own[team.id]),
            }
            for team in room.teams.values()
        ],
        "references": [
            {"regime": r.regime, "way": r.way, "outcomes": outcomes(lives[r.firm.key])}
            for r in references(room)
        ],
        "leads": _leads(own, elsewhere),
        "other_worlds": OTHER_WORLDS,
        "start": {dial: x / STEPS for dial, x in position_of(room.preset.firm.regime).items()},
        "stories": dict(told or stories.stories(None)),
        "questions": list(room.preset.questions),
        "limits": limits(room),
    }


def limits(room: Room) -> list[str]:
    """What the model cannot tell, however the game ended."""
    assumed = sum(parameter.assumed for parameter in PARAMETERS.values())
    return [
        f"{assumed} of the model's {len(PARAMETERS)} coefficients are assumed: no published value "
        "is known. They are the same for every team, and with other values another team may lead.",
        f"Each team was lived in one world and, beside it, in {OTHER_WORLDS} others. So few tell "
        "chance from doing only where they all agree.",
        "All of this is about one firm in one market. A firm of another size, or one whose "
        "customers forgive more or less, may answer otherwise.",
        f"{room.preset.quarters} quarters were played. What costs now and pays later is not paid "
        "yet when a game is short.",
        "People in the model follow rules. They serve, wait, tire and leave; they do not "
        "lead, persuade, or find a better way of working.",
        "A firm that runs out of money goes on in the model. Its later quarters are those of a "
        "firm that would have closed.",
        "It is a way to think about your firm, and not a forecast for it.",
    ]


def outcomes(life: Life) -> dict[str, float | None]:
    """A whole life in the figures of the debrief."""
    result = {key: life.summary.get(key) for key in OUTCOMES}
    weekly = [value for value in life.weeks["true_service"] if value is not None]
    result["true_service"] = sum(weekly) / len(weekly) if weekly else None
    return result


def _leads(
    own: Mapping[str, Life], elsewhere: Mapping[tuple[str, int], Life]
) -> dict[str, dict[str, Any]]:
    seeds = {seed for _, seed in elsewhere}
    found = {}
    for key in OUTCOMES:
        direction = label(key).direction
        if direction == NEUTRAL:
            continue
        there = [
            _best({team: elsewhere[team, seed] for team in own}, key, direction) for seed in seeds
        ]
        found[key] = {
            "here": _best(own, key, direction),
            "elsewhere": {team: sum(team in best for best in there) for team in own},
        }
    return found


def _best(lives: Mapping[str, Life], key: str, direction: int) -> list[str]:
    """Those who have the best figure; several, if they have the same."""
    figures = {team: outcomes(life)[key] for team, life in lives.items()}
    known = {team: value * direction for team, value in figures.items() if value is not None}
    return [team for team, value in known.items() if value == max(known.values())]
