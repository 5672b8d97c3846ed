"""A room: several teams, one firm each, and a facilitator. All of it is a fold over commands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from experiments.webapp.game import bots
from experiments.webapp.game.capital import Position, position_of
from experiments.webapp.game.commands import (
    AddBot,
    Advance,
    Command,
    Decide,
    HandOver,
    Inject,
    Join,
    Open,
    Pause,
    Resume,
    Reveal,
    Start,
)
from experiments.webapp.game.decision import Decision, check
from experiments.webapp.game.lives import Firm, firm_of
from experiments.webapp.game.preset import Preset, Shock, regimes
from simulation import ScenarioError
from simulation.errors import Problem, nearest, one_of, show

MOST_TEAMS = 30
MOST_SHOCKS = 40


class Phase(StrEnum):
    """Where a room stands."""

    LOBBY = "lobby"
    PLAYING = "playing"
    OVER = "over"
    REVEALED = "revealed"


@dataclass(frozen=True, slots=True)
class Turn:
    """What a team did in a quarter that is closed.

    Attributes
    ----------
    decision : Decision
        What was decided; nothing, if the team was late.
    before, after : Position
        Where the dials stood and stand.
    capital, spent : int
        Points it had, and points it cost.
    late : bool
        Whether people did not decide in time.
    bot : bool
        Whether it followed a regime.
    """

    decision: Decision
    before: Position
    after: Position
    capital: int
    spent: int
    late: bool
    bot: bool


@dataclass(slots=True)
class Team:
    """A team, of people or following a regime.

    Attributes
    ----------
    id, name : str
        What it is called by the room and by people.
    token : str or None
        Hash of its people's secret, None if it never had any.
    follows : str or None
        Regime that decides for it.
    position : Position
        Where its dials stand.
    capital : int
        Points it may spend.
    pending : Decision or None
        On the open quarter, as far as it has decided.
    turns : list of Turn
        Its closed quarters.
    """

    id: str
    name: str
    token: str | None
    follows: str | None
    position: Position
    capital: int
    pending: Decision | None = None
    turns: list[Turn] = field(default_factory=list)

    @property
    def decisions(self) -> list[Decision]:
        """One for each closed quarter."""
        return [turn.decision for turn in self.turns]


class Room:
    """A room, as it stands after some commands.

    Parameters
    ----------
    first : Open
        The command that made it.

    Attributes
    ----------
    quarter : int
        The open one, from 0; their number when all are closed.
    teams : dict of str to Team
        By identity, in order of coming.
    shocks : list of Shock
        Those of the game and those that were injected, known or yet to come.
    """

    def __init__(self, first: Open) -> None:
        self.code = first.code
        self.preset: Preset = first.preset
        self.seed = first.seed
        self.facilitator = first.facilitator
        self.opened_at = self.last_at = first.at
        self.phase = Phase.LOBBY
        self.quarter = 0
        self.teams: dict[str, Team] = {}
        self.shocks: list[Shock] = list(first.preset.shocks)
        self.commands = 1
        self._quarter_ends = 0.0
        self._left_at_pause: float | None = None

    @classmethod
    def fold(cls, commands: Iterable[Command]) -> Room:
        """The room after these commands.

        Raises
        ------
        ScenarioError
            If the first one opens no room, or one of them is not allowed.
        """
        line = iter(commands)
        first = next(line, None)
        if not isinstance(first, Open):
            raise _wrong("do", show(first.do if first else None), "open, as the first command")
        room = cls(first)
        for command in line:
            room.take(command)
        return room

    def take(self, command: Command) -> None:
        """Let a command happen; one that is refused leaves the room as it was.

        Raises
        ------
        ScenarioError
            If it is not allowed, in words for whoever gave it.
        """
        match command:
            case Open():
                raise _wrong("do", "open", "once, as the first command")
            case Join() | AddBot():
                self._come(command)
            case HandOver():
                self._hand_over(command)
            case Start():
                self._start(command)
            case Decide():
                self._decide(command)
            case Inject():
                self._inject(command)
            case Advance():
                self._advance(command)
            case Pause():
                self._pause(command)
            case Resume():
                self._resume(command)
            case Reveal():
                self._require(Phase.OVER, "reveal")
                self.phase = Phase.REVEALED
        self.commands += 1
        self.last_at = max(self.last_at, command.at)

    # ------------------------------------------------------------------ what one can ask

    @property
    def next_team(self) -> str:
        """Identity of the next team to come."""
        return f"t{len(self.teams) + 1}"

    @property
    def paused(self) -> bool:
        """Whether the timer stands still."""
        return self._left_at_pause is not None

    def seconds_left(self, now: float) -> float | None:
        """What is left of the open quarter, 0 when time is up; None if no quarter is open."""
        if self.phase != Phase.PLAYING:
            return None
        left = self._quarter_ends - now if self._left_at_pause is None else self._left_at_pause
        return max(0.0, left)

    def team(self, identity: str) -> Team:
        """A team by its identity.

        Raises
        ------
        ScenarioError
            If there is none.
        """
        if identity not in self.teams:
            raise _wrong("team", show(identity), one_of(self.teams))
        return self.teams[identity]

    def firm(self, team: Team, seed: int | None = None) -> Firm:
        """The firm of a team as it stands, after at least one quarter; perhaps with other luck."""
        luck = self.seed if seed is None else seed
        return firm_of(self.preset, luck, self.shocks, team.decisions)

    def standing(self, team: Team) -> Decision:
        """What counts as a team's decision if the open quarter closes now."""
        if team.follows:
            return bots.follow(team.follows, team.position, team.capital)
        return team.pending or Decision()

    def known_shocks(self) -> list[Shock]:
        """Those that teams know of: what has happened, and what they were warned of."""
        open_now = self.phase == Phase.PLAYING
        return [
            shock
            for shock in sorted(self.shocks, key=lambda shock: shock.quarter)
            if shock.quarter < self.quarter
            or (open_now and shock.warned and shock.quarter == self.quarter)
        ]

    # ------------------------------------------------------------------ what happens

    def _require(self, phase: Phase, what: str) -> None:
        if self.phase != phase:
            raise _wrong(
                "do", f"{what} while the room is {self.phase}", f"{what} when it is {phase}"
            )

    def _require_quarter(self, quarter: int) -> None:
        if quarter != self.quarter:
            given, allowed = f"quarter {quarter + 1}", f"quarter {self.quarter + 1}, which is open"
            raise _wrong("quarter", given, allowed)

    def _come(self, command: Join | AddBot) -> None:
        self._require(Phase.LOBBY, "join")
        if len(self.teams) >= MOST_TEAMS:
            raise _wrong("team", f"team {len(self.teams) + 1}", f"{MOST_TEAMS} teams in a room")
        if command.team != self.next_team:
            raise _wrong("team", show(command.team), self.next_team)
        if any(team.name.casefold() == command.name.casefold() for team in self.teams.values()):
            raise _wrong("name", show(command.name), "a name that no other team has")
        follows = command.regime if isinstance(command, AddBot) else None
        self.teams[command.team] = Team(
            id=command.team,
            name=command.name,
            token=command.token if isinstance(command, Join) else None,
            follows=_known_regime(follows),
            position=position_of(self.preset.firm.regime),
            capital=self.preset.capital.opening,
        )

    def _hand_over(self, command: HandOver) -> None:
        team = self.team(command.team)
        if self.phase in (Phase.OVER, Phase.REVEALED):
            raise _wrong("do", "hand_over after the last quarter", "hand_over before")
        if command.regime is None and team.token is None:
            raise _wrong("regime", show(None), f"a regime: {team.name} has no people")
        team.follows = _known_regime(command.regime)
        if team.follows:
            team.pending = None

    def _start(self, command: Start) -> None:
        self._require(Phase.LOBBY, "start")
        if not self.teams:
            raise _wrong("do", "start without a team", "start with one team at least")
        self.phase = Phase.PLAYING
        self._open_quarter(command.at)

    def _decide(self, command: Decide) -> None:
        self._require(Phase.PLAYING, "decide")
        self._require_quarter(command.quarter)
        team = self.team(command.team)
        if team.follows:
            raise _wrong("team", f"{team.name}, which follows {team.follows}", "a team of people")
        check(
            command.decision,
            team.position,
            team.capital,
            self.quarter,
            self.preset,
            self.preset.firm,
        )
        team.pending = command.decision

    def _inject(self, command: Inject) -> None:
        self._require(Phase.PLAYING, "inject")
        if not self.quarter <= command.shock.quarter < self.preset.quarters:
            given = f"quarter {command.shock.quarter + 1}"
            allowed = f"quarter {self.quarter + 1} to {self.preset.quarters}, which are to come"
            raise _wrong("shock.quarter", given, allowed)
        problems = command.shock.misfits(self.preset.firm)
        if problems:
            raise ScenarioError(problems)
        if len(self.shocks) >= MOST_SHOCKS:
            raise _wrong("shock", f"shock {len(self.shocks) + 1}", f"{MOST_SHOCKS} in a game")
        self.shocks.append(command.shock)

    def _advance(self, command: Advance) -> None:
        self._require(Phase.PLAYING, "advance")
        self._require_quarter(command.quarter)
        for team in self.teams.values():
            self._close(team)
        self.quarter += 1
        if self.quarter < self.preset.quarters:
            self._open_quarter(command.at)
        else:
            self.phase = Phase.OVER
            self._left_at_pause = None

    def _close(self, team: Team) -> None:
        """Take what a team decided on the open quarter, and fill its purse for the next one."""
        late = team.follows is None and team.pending is None
        decision = self.standing(team)
        after = decision.after(team.position)
        spent = decision.price(team.position, self.preset)
        turn = Turn(
            decision, team.position, after, team.capital, spent, late, team.follows is not None
        )
        team.turns.append(turn)
        team.position, team.pending = after, None
        purse = self.preset.capital
        team.capital = min(purse.most, team.capital - spent + purse.per_quarter)

    def _open_quarter(self, at: float) -> None:
        self._quarter_ends = at + self.preset.seconds_a_quarter
        if self._left_at_pause is not None:
            self._left_at_pause = float(self.preset.seconds_a_quarter)

    def _pause(self, command: Pause) -> None:
        self._require(Phase.PLAYING, "pause")
        if self._left_at_pause is None:
            self._left_at_pause = self.seconds_left(command.at)

    def _resume(self, command: Resume) -> None:
        self._require(Phase.PLAYING, "resume")
        if self._left_at_pause is not None:
            self._quarter_ends = command.at + self._left_at_pause
            self._left_at_pause = None


def _known_regime(name: str | None) -> str | None:
    if name is not None and name not in regimes():
        raise _wrong("regime", show(name), one_of(regimes()), nearest(name, regimes()))
    return name


def _wrong(field: str, given: str, allowed: str, near: str | None = None) -> ScenarioError:
    return ScenarioError([Problem(field=field, given=given, allowed=allowed, nearest=near)])
