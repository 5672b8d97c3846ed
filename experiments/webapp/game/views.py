"""What each of them may see of a room.

A team sees its own firm as the firm sees itself, what befell everybody, and who else is there. The
facilitator sees all. Lives are handed in by whoever has them lived (`lives.live`): a view is only a
choice among what is there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from experiments.happenings import in_words
from experiments.webapp.game import dashboard
from experiments.webapp.game.capital import STEPS, Position
from experiments.webapp.game.lives import Life
from experiments.webapp.game.measures import AGAINST, HIDDEN, SEEN, legend
from experiments.webapp.game.preset import Preset, Shock, regimes
from experiments.webapp.game.room import Phase, Room, Team, Turn
from simulation.dials import DIAL_NOTES, DIALS, MEASURES

Lives = Mapping[str, Life]
"""The lives of teams as far as their firms have been lived, by the identity of the team."""


def public_view(room: Room, now: float) -> dict[str, Any]:
    """What everybody in the room may see."""
    return {
        "code": room.code,
        "phase": room.phase.value,
        "quarter": room.quarter,
        "quarters": room.preset.quarters,
        "seconds_left": room.seconds_left(now),
        "seconds_a_quarter": room.preset.seconds_a_quarter,
        "paused": room.paused,
        "version": room.commands,
        "game": _game(room.preset),
        "news": [_news(shock) for shock in room.known_shocks()],
        "teams": [_stranger(team) for team in room.teams.values()],
    }


def team_view(room: Room, team: Team, lives: Lives, now: float) -> dict[str, Any]:
    """What the people of a team may see: of other teams no more than everybody."""
    weekly = _lived(team, lives, dashboard.seen_weekly)
    return {**public_view(room, now), "team": {**_own(team, lives), "weeks": weekly}}


def facilitator_view(room: Room, lives: Lives, now: float) -> dict[str, Any]:
    """All teams as they see themselves, what is the case, and what is yet to come."""
    return {
        **public_view(room, now),
        "seed": room.seed,
        "coming": [_news(s) for s in room.shocks if s.quarter >= room.quarter],
        "room": [
            {
                **_own(team, lives),
                "people": team.token is not None,
                "true": _lived(team, lives, dashboard.true),
            }
            for team in room.teams.values()
        ],
        "truth": legend(HIDDEN),
        "against": dict(AGAINST),
        "bots": list(room.preset.bots),
        "plan": [step.model_dump() for step in room.preset.plan],
        "questions": list(room.preset.questions),
    }


def rules(preset: Preset) -> dict[str, Any]:
    """What can be decided, with the meaning of each dial, for whoever draws the controls."""
    firm = preset.firm
    return {
        "dials": {
            dial: {"meaning": note.meaning, "price": note.price, "measure": dial in MEASURES}
            for dial, note in DIAL_NOTES.items()
        },
        "departments": [
            {"name": d.name, "kind": d.kind, "seats": d.seats}
            for d in firm.organisation.departments
        ],
        "segments": [segment.name for segment in firm.market.segments],
        "capital": preset.capital.model_dump(),
        "regimes": {
            name: {"describes": regime.describes, **{d: getattr(regime, d) for d in DIALS}}
            for name, regime in regimes().items()
        },
        "legend": legend(SEEN),
    }


def turn_view(turn: Turn) -> dict[str, Any]:
    """What a team did in a quarter."""
    return {
        "decision": turn.decision.model_dump(mode="json"),
        "moved": {
            dial: [turn.before[dial] / STEPS, turn.after[dial] / STEPS]
            for dial in DIALS
            if turn.before[dial] != turn.after[dial]
        },
        "capital": turn.capital,
        "spent": turn.spent,
        "late": turn.late,
        "bot": turn.bot,
    }


def _game(preset: Preset) -> dict[str, Any]:
    keys = ("key", "title", "describes", "minutes", "scenario", "start", "goals")
    return {**preset.model_dump(mode="json", include=set(keys)), "firm": preset.firm.describes}


def _news(shock: Shock) -> dict[str, Any]:
    told = shock.event.model_dump()
    return {
        "quarter": shock.quarter,
        "week": shock.week,
        "what": in_words(told),
        "text": shock.text,
        "warned": shock.warned,
    }


def _stranger(team: Team) -> dict[str, Any]:
    """A team as others see it: whether it has decided, not what, nor what it follows."""
    return {
        "id": team.id,
        "name": team.name,
        "bot": team.follows is not None,
        "decided": team.pending is not None or team.follows is not None,
    }


def _own(team: Team, lives: Lives) -> dict[str, Any]:
    return {
        "id": team.id,
        "name": team.name,
        "follows": team.follows,
        "dials": _shares(team.position),
        "capital": team.capital,
        "pending": team.pending and team.pending.model_dump(mode="json"),
        "turns": [turn_view(turn) for turn in team.turns],
        "dashboard": _lived(team, lives, dashboard.seen),
    }


def _lived(
    team: Team, lives: Lives, what: Callable[[Life], dict[str, Any]]
) -> dict[str, Any] | None:
    life = lives.get(team.id)
    return what(life) if life else None


def _shares(position: Position) -> dict[str, float]:
    return {dial: position[dial] / STEPS for dial in DIALS}


def may_see_debrief(room: Room, facilitator: bool) -> bool:
    """Whether the debrief is open to somebody."""
    return room.phase == Phase.REVEALED or (facilitator and room.phase == Phase.OVER)
