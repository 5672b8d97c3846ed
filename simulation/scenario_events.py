"""Events of a scenario: what happens to the firm in which week."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from simulation import translate
from simulation.errors import Problem, one_of, show
from simulation.fields import INTEGRAL, Name, Part, Real, Share, Weeks
from simulation.regime import Change, Regime
from simulation.scenario_checks import refuse, unknown

_Portion = Annotated[Real, Field(gt=0, le=0.9)]
_Fall = Annotated[Real, Field(ge=0, le=0.9)]
_Rise = Annotated[Real, Field(ge=-0.9, le=5)]
_Distance = Annotated[Real, Field(ge=0, le=5)]
_Degrees = Annotated[Real, Field(ge=0, le=360)]
_Duration = Annotated[int, Field(strict=True, ge=1, le=520), INTEGRAL]


@dataclass(frozen=True, slots=True)
class Extras:
    """Keys that go with one kind of event.

    Attributes
    ----------
    needed : tuple of str
        Those that must be there.
    free : mapping of str to object
        Those that may be there, with what holds without them; None where chance decides.
    """

    needed: tuple[str, ...] = ()
    free: Mapping[str, object] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.needed, *self.free)


KINDS: Mapping[str, Extras] = {
    "cut": Extras(("share",)),
    "budget_round": Extras(),
    "need_shift": Extras(("size",), {"direction": None}),
    "competitor_entry": Extras(free={"strength": 1.0}),
    "demand_surge": Extras(("weeks",)),
    "price_war": Extras(("weeks",), {"match": 0.5}),
    "recession": Extras(("weeks",)),
    "technology_change": Extras(),
    "merger": Extras(),
    "regime": Extras(free={"over_weeks": 0}),
}
"""The kinds of event, each with the keys that go with it."""


class Event(Part):
    """Something that happens to the firm when a week opens: one kind, and what goes with it."""

    week: Weeks = Field(description="Week that opens with it.")
    cut: Name | None = Field(None, description="A department loses a `share` of its seats.")
    budget_round: _Portion | None = Field(
        None, description="Share of all budgets that is cut, most where least worth is seen."
    )
    need_shift: Name | None = Field(None, description="Needs of a segment move by `size`.")
    competitor_entry: Name | None = Field(
        None, description="A competitor goes for a segment, with a `strength`."
    )
    demand_surge: _Rise | None = Field(
        None, description="More demand, as a share (less if negative), for some `weeks`."
    )
    price_war: _Fall | None = Field(
        None, description="Share that the competitor takes off its price for some `weeks`."
    )
    recession: _Fall | None = Field(
        None, description="Share by which customers use less for some `weeks`."
    )
    technology_change: _Distance | None = Field(
        None, description="Distance that the needs of all segments move; everyone has to relearn."
    )
    merger: tuple[Name, Name] | None = Field(
        None, description="Two departments; the second becomes part of the first."
    )
    regime: Regime | None = Field(None, description="Regime to move to, in `over_weeks`.")
    share: _Portion | None = Field(None, description="Of a cut: share of the seats.")
    size: _Distance | None = Field(None, description="Of a shift of needs: how far.")
    direction: _Degrees | None = Field(
        None, description="Of a shift of needs: in degrees; drawn if absent."
    )
    strength: Share | None = Field(
        None, description="Of an entry: how near the new offer is to the needs; 1 if absent."
    )
    weeks: _Duration | None = Field(None, description="How long it lasts.")
    match: Share | None = Field(
        None,
        description="Of a price war: share of it that the firm goes along with; 0.5 if absent.",
    )
    over_weeks: Weeks | None = Field(
        None, description="Of a regime: length of the ramp; 0, which changes at once, if absent."
    )

    @model_validator(mode="before")
    @classmethod
    def _completed(cls, data: Any) -> Any:
        """Take None for absent, and write out what holds without a key."""
        if not isinstance(data, Mapping):
            return data
        said = {key: value for key, value in data.items() if value is not None}
        free = [extras.free for kind, extras in KINDS.items() if kind in said]
        return {**free[0], **said} if len(free) == 1 else said

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(kinds) != 1:
            given = " and ".join(kinds) or "no kind of event"
            refuse([Problem(given=given, allowed=f"one of {one_of(KINDS)}")])
        refuse([*self._strange_extras(KINDS[self.kind]), *self._strange_values()])
        return self

    def _strange_extras(self, extras: Extras) -> Iterator[Problem]:
        allowed = ("week", self.kind, *extras.names)
        for name in type(self).model_fields:
            if name not in allowed and getattr(self, name) is not None:
                yield Problem(field=name, given=show(name), allowed=one_of(allowed))
        for name in extras.needed:
            if getattr(self, name) is None:
                words = translate.allowed_at(type(self).model_json_schema(), [name])
                yield Problem(field=name, given=show(None), allowed=words)

    def _strange_values(self) -> Iterator[Problem]:
        if self.merger and self.merger[0] == self.merger[1]:
            yield Problem(
                field="merger",
                given=f"{show(self.merger[0])} twice",
                allowed="two departments, the second of which becomes part of the first",
            )
        if self.regime and (self.regime.schedule or self.regime.serves):
            yield Problem(
                field="regime",
                given=show(self.regime.name),
                allowed="a regime without schedule and serves of its own",
            )

    @model_serializer(mode="wrap")
    def _said(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what does not go with the kind: a dump reads like the file."""
        return {key: value for key, value in dump(self).items() if value is not None}

    @property
    def magnitude(self) -> float:
        """How large it is: share, distance, strength or factor; 0 where there is no such number."""
        told = getattr(self, self.kind)
        if isinstance(told, int | float):
            return float(told)
        return float(self.share or self.size or self.strength or 0.0)

    @property
    def kind(self) -> str:
        """The key that says what happens, one of `KINDS`."""
        return next(kind for kind in KINDS if getattr(self, kind) is not None)


def strange_events(
    events: Iterable[Event], departments: Mapping[str, str], segments: Collection[str]
) -> Iterator[Problem]:
    """Find events that do not fit the firm.

    Parameters
    ----------
    events : iterable of Event
        In the order of the file, by which messages count them.
    departments : mapping of str to str
        Those that there are, and their kinds.
    segments : collection of str
        Those that there are.

    Yields
    ------
    Problem
        With a field relative to the list of events.
    """
    merged: dict[str, str] = {}
    for index, event in sorted(enumerate(events), key=lambda numbered: numbered[1].week):
        for key in ("need_shift", "competitor_entry"):
            segment = getattr(event, key)
            if segment is not None and segment not in segments:
                yield unknown(f"{index}.{key}", segment, segments)
        # A department that was merged away still has its people, and they their dials.
        for department in event.regime.departments if event.regime else ():
            if department not in departments:
                place = f"{index}.regime.departments.{department}"
                yield unknown(place, department, departments)
        for key, department in _taking_part(event):
            place = f"{index}.{key}"
            if department not in departments:
                yield unknown(place, department, departments)
            elif department in merged:
                left = one_of(name for name in departments if name not in merged)
                told = f"{left} ({department} is part of {merged[department]} by then)"
                yield Problem(field=place, given=show(department), allowed=told)
        if event.merger:
            yield from _unlike(f"{index}.merger", event.merger, departments)
            merged.setdefault(event.merger[1], event.merger[0])


def _unlike(
    place: str, merger: tuple[str, str], departments: Mapping[str, str]
) -> Iterator[Problem]:
    """Refuse a merger of the front line with the rest: who meets customers would be nobody."""
    kinds = [departments[name] for name in merger if name in departments]
    if len(kinds) == len(merger) and (kinds[0] == "front") != (kinds[1] == "front"):
        yield Problem(
            field=place,
            given=f"{show(merger[0])} ({kinds[0]}) and {show(merger[1])} ({kinds[1]})",
            allowed="two departments of kind front, or two that are not",
        )


def _taking_part(event: Event) -> list[tuple[str, str]]:
    """Departments to which an event happens, with where it names them."""
    if event.merger:
        return [("merger.0", event.merger[0]), ("merger.1", event.merger[1])]
    return [("cut", event.cut)] if event.cut else []


def changes_of_regime(events: Iterable[Event]) -> tuple[Change, ...]:
    """Return the events that bring another regime as entries of a regime's schedule."""
    return tuple(
        Change(week=event.week, over_weeks=event.over_weeks or 0, regime=event.regime)
        for event in events
        if event.regime is not None
    )
