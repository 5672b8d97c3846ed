"""What happens in a room: commands, each a line of the room's file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, Strict, TypeAdapter

from experiments.webapp.game.decision import Decision
from experiments.webapp.game.preset import OTHER_WORLDS, Preset, Shock
from simulation.errors import Problem, show
from simulation.fields import Part, Real
from simulation.firm import MOST_SEED
from simulation.scenario_checks import refuse

_Text = Annotated[str, Strict(), Field(min_length=1, max_length=40)]


def _visible(name: str) -> str:
    """A name in one line of visible characters, without blanks at its ends or in a row."""
    plain = " ".join(name.split())
    if not plain or not plain.isprintable():
        refuse([Problem(given=show(name), allowed="1 to 40 characters that can be seen")])
    return plain


TeamName = Annotated[_Text, AfterValidator(_visible)]
Hash = Annotated[str, Strict(), Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of a secret, in hexadecimal: the file of a room betrays no token."""
TeamId = Annotated[str, Strict(), Field(pattern=r"^t[1-9][0-9]?$")]
_Quarter = Annotated[int, Strict(), Field(ge=0, le=79)]


class _Command(Part):
    at: Real = Field(description="Seconds since 1970, by the server's clock.")


class Open(_Command):
    """The first line: the room and its game."""

    do: Literal["open"] = "open"
    code: Annotated[str, Strict(), Field(pattern=r"^[A-Z2-9]{4,12}$")]
    preset: Preset
    seed: Annotated[int, Strict(), Field(ge=0, le=MOST_SEED - OTHER_WORLDS)]
    facilitator: Hash


class Join(_Command):
    """A team of people comes in."""

    do: Literal["join"] = "join"
    team: TeamId
    name: TeamName
    token: Hash


class AddBot(_Command):
    """A team that follows a regime."""

    do: Literal["bot"] = "bot"
    team: TeamId
    name: TeamName
    regime: _Text


class HandOver(_Command):
    """A team of people that is absent follows a regime from now on, or is theirs again (None)."""

    do: Literal["hand_over"] = "hand_over"
    team: TeamId
    regime: _Text | None


class Start(_Command):
    """The first quarter opens."""

    do: Literal["start"] = "start"


class Decide(_Command):
    """A team decides on the open quarter; until it closes, the last decision counts."""

    do: Literal["decide"] = "decide"
    team: TeamId
    quarter: _Quarter
    decision: Decision


class Inject(_Command):
    """The facilitator lets something befall all teams in the open quarter or a later one."""

    do: Literal["inject"] = "inject"
    shock: Shock


class Advance(_Command):
    """A quarter closes and the next one opens, if there is one."""

    do: Literal["advance"] = "advance"
    quarter: _Quarter = Field(description="That closes: asked for twice, it closes once.")


class Pause(_Command):
    """The timer stops."""

    do: Literal["pause"] = "pause"


class Resume(_Command):
    """The timer goes on."""

    do: Literal["resume"] = "resume"


class Reveal(_Command):
    """After the last quarter, teams may see the debrief."""

    do: Literal["reveal"] = "reveal"


Command = (
    Open | Join | AddBot | HandOver | Start | Decide | Inject | Advance | Pause | Resume | Reveal
)

_COMMANDS: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="do")])


def command_from(data: Any) -> Command:
    """A command from plain values; raises ValidationError if it is none."""
    return _COMMANDS.validate_python(data)
