"""Games as data: which firm, how many quarters, how much capital, which shocks, which lesson."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, Strict, ValidationError, model_validator

from simulation import Regime, Scenario, ScenarioError, translate
from simulation.errors import Problem, one_of, show
from simulation.fields import Name, Part, Text
from simulation.io import shipped
from simulation.nodes import wrap
from simulation.scenario_checks import refuse, unknown
from simulation.scenario_events import KINDS, Event, strange_events
from simulation.world import WEEKS_A_QUARTER, WEEKS_A_YEAR

NOTICE_WEEKS = 1
"""A decision is announced when the quarter opens and in force from its second week: then people
have to relearn also what is decided in the first quarter."""
SHOCK_WEEK = 4
"""Week of a quarter, from 0, in which its shock comes."""

OTHER_WORLDS = 5
"""Worlds with other luck in which a debrief lets the teams' firms live once more."""

SHOCKS = tuple(kind for kind in KINDS if kind not in ("regime", "merger"))
"""Kinds of event that may befall all teams: neither their dials nor who there is to decide on."""

_Count = Annotated[int, Strict()]


def read[Model: BaseModel](model: type[Model], data: Mapping[str, Any], field: str = "") -> Model:
    """Take plain values for a checked model.

    Raises
    ------
    ScenarioError
        In the words of a scenario file, with `field` before the name of each field.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        found = translate.refusal(error, model, wrap(data)).problems
    raise ScenarioError(replace(p, field=f"{field}.{p.field}".strip(".")) for p in found)


@cache
def regimes() -> dict[str, Regime]:
    """The shipped regimes that stay as they are: those that a game can start from or lead to."""
    loaded = {name: Regime.load(name) for name in shipped("regime")}
    return {name: regime for name, regime in loaded.items() if not regime.changes}


class Capital(Part):
    """How much may be changed, in points: one moves one dial by a hundredth of its range."""

    opening: Annotated[_Count, Field(ge=0, le=1000)] = Field(description="In the first quarter.")
    per_quarter: Annotated[_Count, Field(ge=0, le=1000)] = Field(
        description="Added in each later quarter."
    )
    most: Annotated[_Count, Field(ge=0, le=2000)] = Field(
        description="What a team can save up; more is lost."
    )
    office: Annotated[_Count, Field(ge=0, le=1000)] = Field(
        description="Price of a chief customer officer."
    )

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.most < max(self.opening, self.per_quarter):
            least = max(self.opening, self.per_quarter)
            refuse([Problem(field="most", given=show(self.most), allowed=f"{least} or more")])
        return self


class Shock(Part):
    """Something that befalls every team's firm in the same week."""

    quarter: Annotated[_Count, Field(ge=0, le=79)] = Field(description="From 0.")
    happens: dict[str, Any] = Field(
        description="An event as in a scenario file, without week.", max_length=6
    )
    text: Text = Field("", description="What teams are told of it.")
    warned: Annotated[bool, Strict()] = Field(
        False, description="Whether teams are told while they decide on that quarter."
    )

    @model_validator(mode="after")
    def _allowed(self) -> Self:
        kinds = [kind for kind in KINDS if kind in self.happens]
        if len(kinds) != 1 or kinds[0] not in SHOCKS:
            given = show(", ".join(kinds)) if kinds else "no kind of event"
            refuse([Problem(field="happens", given=given, allowed=f"one of {one_of(SHOCKS)}")])
        if "week" in self.happens:
            allowed = f"no week: it comes in week {SHOCK_WEEK + 1} of the quarter"
            refuse([Problem(field="happens.week", given=show("week"), allowed=allowed)])
        read(Event, self.happens | {"week": self.week}, "happens")
        return self

    @property
    def week(self) -> int:
        """Week of the game in which it comes."""
        return self.quarter * WEEKS_A_QUARTER + SHOCK_WEEK

    @property
    def event(self) -> Event:
        """The event, with its week."""
        return Event.model_validate(self.happens | {"week": self.week})

    def misfits(self, firm: Scenario) -> list[Problem]:
        """What names of the event the firm does not have."""
        departments = {d.name: d.kind for d in firm.organisation.departments}
        segments = [segment.name for segment in firm.market.segments]
        return [
            replace(problem, field=problem.field.replace("0.", "happens.", 1))
            for problem in strange_events([self.event], departments, segments)
        ]


class PlanStep(Part):
    """A step of the lesson."""

    minutes: Annotated[_Count, Field(ge=1, le=240)]
    what: Text
    say: Text = ""
    wrong: Text = Field("", description="What may go wrong, and what to do then.")


class Preset(Part):
    """A game, complete: whoever has it and a seed can play it again."""

    key: Name
    title: Text
    describes: Text
    minutes: Annotated[_Count, Field(ge=5, le=480)]
    scenario: Name = Field(description="A shipped scenario.")
    start: Name = Field(description="The shipped regime that every team takes over.")
    quarters: Annotated[_Count, Field(ge=1, le=40)]
    seconds_a_quarter: Annotated[_Count, Field(ge=10, le=7200)]
    capital: Capital
    bots: tuple[Name, ...] = Field((), description="Regimes for bots, in the order of adding.")
    references: tuple[Name, ...] = Field(description="Regimes that the debrief shows beside.")
    shocks: tuple[Shock, ...] = Field((), max_length=40)
    goals: tuple[Text, ...] = Field((), description="What teams are told they answer for.")
    plan: tuple[PlanStep, ...] = Field((), description="The lesson.")
    questions: tuple[Text, ...] = Field((), description="For the discussion at the end.")
    listen: tuple[Text, ...] = Field(
        (), description="What to listen for, question by question; or nothing."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        problems = []
        if self.scenario not in shipped("scenario"):
            problems.append(unknown("scenario", self.scenario, shipped("scenario")))
        named = {"start": [self.start], "bots": self.bots, "references": self.references}
        for field, names in named.items():
            problems += [unknown(field, name, regimes()) for name in names if name not in regimes()]
        if self.listen and len(self.listen) != len(self.questions):
            given, allowed = f"{len(self.listen)} texts", f"{len(self.questions)}, one a question"
            problems.append(Problem(field="listen", given=given, allowed=allowed))
        refuse(problems)
        for index, shock in enumerate(self.shocks):
            place = f"shocks.{index}"
            if shock.quarter >= self.quarters:
                given, allowed = show(shock.quarter), f"0 to {self.quarters - 1}"
                problems.append(Problem(field=f"{place}.quarter", given=given, allowed=allowed))
            misfits = shock.misfits(self.firm)
            problems += [replace(p, field=f"{place}.{p.field}") for p in misfits]
        refuse(problems)
        return self

    @property
    def firm(self) -> Scenario:
        """The firm that every team takes over, as long as the game and without shocks."""
        return _firm(self.scenario, self.start, self.quarters)


@cache
def _firm(scenario: str, start: str, quarters: int) -> Scenario:
    years = quarters * WEEKS_A_QUARTER / WEEKS_A_YEAR
    return Scenario.load(scenario).with_regime(start).replace({"horizon_years": years})


PRESETS = ("thirty", "sixty", "ninety")
"""The shipped games, by their length in minutes."""


@cache
def load_preset(key: str) -> Preset:
    """A shipped game.

    Raises
    ------
    ScenarioError
        If there is none of that name.
    """
    if key not in PRESETS:
        raise ScenarioError([unknown("preset", key, PRESETS)])
    text = files("experiments.webapp.game").joinpath("presets", f"{key}.toml").read_text("utf-8")
    return read(Preset, tomllib.loads(text))
