"""Scenario: everything that decides a run but the seed, checked and frozen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator

from simulation import compose, translate
from simulation.addresses import addresses, apply
from simulation.dials import DIALS
from simulation.errors import Problem, ScenarioError, show
from simulation.fields import Flag, Part, Real, Text
from simulation.mechanisms import MECHANISMS
from simulation.nodes import Node
from simulation.parameters import PARAMETERS
from simulation.regime import Regime
from simulation.scenario_checks import refuse, unknown
from simulation.scenario_events import Event, changes_of_regime, strange_events
from simulation.scenario_parts import (
    DISTRIBUTORS,
    Distributors,
    Market,
    Offices,
    Organisation,
    Policies,
    Routes,
    strange_routes,
)

WEEKS_PER_YEAR = 52
_LABELS = {"name", "describes", "uncertain"}


class Scenario(Part):
    """One firm, its market and its regime.

    Scenarios with the same digest are equal: names and descriptions are labels, and ranges in
    `uncertain` decide which runs are made, not how one goes.
    """

    name: Text = Field("unnamed", description="Label in results; a file's name serves by default.")
    describes: Text = Field("", description="One line about the firm.")
    horizon_years: Annotated[Real, Field(ge=0.02, le=200)] = Field(
        5.0, description="Length of a run, in years of 52 weeks."
    )
    regime: Regime = Field(description="The dials in force.")
    market: Market
    organisation: Organisation
    routes: Routes
    distributors: Distributors = Distributors()
    offices: Offices = Offices()
    policies: Policies = Policies()
    parameters: dict[str, Real] = Field(
        default_factory=dict, description="Coefficients that differ from their defaults."
    )
    uncertain: dict[str, tuple[Real, Real]] = Field(
        default_factory=dict, description="Low and high of what is not known well, by key."
    )
    mechanisms: dict[str, Flag] = Field(
        default_factory=dict, description="Mechanisms switched on or off."
    )
    events: tuple[Event, ...] = Field(
        (), description="What happens to the firm, in any order; kept in that of the weeks."
    )

    @field_validator("events")
    @classmethod
    def _in_order_of_weeks(
        cls, events: tuple[Event, ...], found: ValidationInfo
    ) -> tuple[Event, ...]:
        # Checked here because later on their places in the file are not known any more.
        organisation, market = found.data.get("organisation"), found.data.get("market")
        if organisation and market:
            departments = {one.name: one.kind for one in organisation.departments}
            segments = [segment.name for segment in market.segments]
            refuse(strange_events(events, departments, segments))
        return tuple(sorted(events, key=lambda event: event.week))

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        problems = [
            *_unknown_names(self),
            *strange_routes(self.routes, self.organisation),
            *_strange_parameters(self.parameters),
            *(
                unknown(f"mechanisms.{m}", m, MECHANISMS)
                for m in self.mechanisms
                if m not in MECHANISMS
            ),
        ]
        # Ranges are tried out on the scenario, which has to be sound for that.
        refuse(problems or _strange_ranges(self))
        return self

    @classmethod
    def load(cls, name_or_path: str | Path) -> Scenario:
        """Read a scenario.

        Parameters
        ----------
        name_or_path : str or pathlib.Path
            Name of a shipped scenario, or path of a YAML file.

        Returns
        -------
        Scenario

        Raises
        ------
        ScenarioError
            If the file cannot be read or says anything that is not allowed.
        """
        return cls._from_node(compose.scenario_node(name_or_path))

    @classmethod
    def from_mapping(cls, data: Mapping[str, object]) -> Scenario:
        """Build a scenario from what a file would say, as plain Python values.

        Raises
        ------
        ScenarioError
            As `load` does; `extends` and `regime` may only name what is shipped.
        """
        return cls._from_node(compose.scenario_from_mapping(data))

    @classmethod
    def _from_node(cls, node: Node) -> Scenario:
        try:
            return cls.model_validate(node.plain())
        except ValidationError as error:
            raise translate.refusal(error, cls, node) from None

    def replace(self, overrides: Mapping[str, object]) -> Scenario:
        """Return this scenario with some values replaced.

        Parameters
        ----------
        overrides : mapping of str to object
            New values by dotted key, such as `market.turbulence`, `regime.care`,
            `organisation.departments.it.seats` or (supplier first, then requester)
            `organisation.serves.it.sales.essential_per_head_week`; the bare name of a dial or a
            parameter will do. Of the three measures of a regime, and of the shares of segments,
            those not named make room in proportion.

        Returns
        -------
        Scenario

        Raises
        ------
        ScenarioError
            If a key is not known or a value is not allowed.
        """
        if not overrides:
            return self
        # Ranges were checked when they were read; to do so for each firm of a study takes longer
        # than all other checks.
        replaced = apply(self.model_dump(exclude={"uncertain"}), overrides)
        return type(self).from_mapping(replaced).model_copy(update={"uncertain": self.uncertain})

    def with_regime(self, regime: str | Path | Regime | Mapping[str, object]) -> Scenario:
        """Return this scenario under another regime.

        Parameters
        ----------
        regime : str, pathlib.Path, Regime or mapping
            Name of a shipped regime, path of a file, or a mapping as in a scenario file.

        Raises
        ------
        ScenarioError
            If the regime is wrong, or names departments or edges that this firm has not.
        """
        data = self.model_dump()
        data["regime"] = load_regime(regime).model_dump()
        return type(self).from_mapping(data)

    def run_document(self) -> dict[str, object]:
        """Everything that decides a run, in one canonical form."""
        data = self.model_dump(exclude=_LABELS)
        data["parameters"] = {
            name: float(self.parameters.get(name, parameter.default))
            for name, parameter in PARAMETERS.items()
        }
        data["mechanisms"] = {name: self.mechanisms.get(name, True) for name in MECHANISMS}
        data["regime"] = _without_labels(data["regime"])
        data["events"] = [
            {**event, "regime": _without_labels(event["regime"])} if "regime" in event else event
            for event in data["events"]
        ]
        return data

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON of `run_document`, in hexadecimal."""
        text = json.dumps(self.run_document(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def effective_regime(self) -> Regime:
        """The regime with its changes by events: what decides the dials of every week.

        Of changes in one week those of the regime's own schedule come first.
        """
        changes = changes_of_regime(self.events)
        if not changes:
            return self.regime
        return Regime.model_validate(
            {**dict(self.regime), "schedule": (*self.regime.schedule, *changes)}
        )

    @property
    def weeks(self) -> int:
        """Length of a run in weeks."""
        return round(self.horizon_years * WEEKS_PER_YEAR)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


def load_regime(regime: str | Path | Regime | Mapping[str, object]) -> Regime:
    """Return a regime as it is, or by name, path or mapping; see `Regime.load`."""
    return regime if isinstance(regime, Regime) else Regime.load(regime)


def resolve(
    scenario: Scenario | str | Path,
    regime: str | Path | Regime | Mapping[str, object] | None = None,
    overrides: Mapping[str, object] | None = None,
    years: float | None = None,
) -> Scenario:
    """Return the scenario that a run lives in.

    Parameters
    ----------
    scenario : Scenario, str or pathlib.Path
        Scenario, name or path.
    regime : str, pathlib.Path, Regime, mapping or None
        Regime to put in place of the scenario's own.
    overrides : mapping of str to object or None
        Keys and values for `Scenario.replace`; those of the regime bear on the new one.
    years : float or None
        Horizon; goes before an override of `horizon_years`.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        If anything is not allowed.
    """
    result = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)
    if regime is not None:
        result = result.with_regime(regime)
    changes = dict(overrides or {})
    if years is not None:
        changes["horizon_years"] = years
    return result.replace(changes)


def _without_labels(regime: dict[str, Any]) -> dict[str, Any]:
    """A regime dump without the names and descriptions, scheduled regimes included."""
    bare = {key: value for key, value in regime.items() if key not in _LABELS}
    bare["schedule"] = [
        {**change, "regime": change["regime"] and _without_labels(change["regime"])}
        for change in regime["schedule"]
    ]
    return bare


def _unknown_names(scenario: Scenario) -> Iterator[Problem]:
    """Names in one part of the file that another part has to declare."""
    organisation = scenario.organisation
    departments = [department.name for department in organisation.departments]
    segments = [segment.name for segment in scenario.market.segments]
    for name in segments:
        if name in departments:
            yield Problem(
                field=f"market.segments.{name}",
                given=show(name),
                allowed="a name no department has",
            )
    for touch in organisation.touches:
        place = f"organisation.touches.{touch.source}.{touch.segment}"
        if touch.source not in (*departments, DISTRIBUTORS):
            yield unknown(f"{place}.source", touch.source, [*departments, DISTRIBUTORS])
        if touch.segment not in segments:
            yield unknown(f"{place}.segment", touch.segment, segments)
    edges = {f"{edge.supplier}.{edge.requester}": edge for edge in organisation.serves}
    for edge in scenario.regime.serves:
        pair = f"{edge.supplier}.{edge.requester}"
        if pair not in edges:
            yield unknown(f"regime.serves.{pair}", pair, edges)
    for name in scenario.regime.departments:
        if name not in departments:
            yield unknown(f"regime.departments.{name}", name, departments)
    for index, change in enumerate(scenario.regime.schedule):
        for name in change.regime.departments if change.regime else ():
            if name not in departments:
                yield unknown(
                    f"regime.schedule.{index}.regime.departments.{name}", name, departments
                )


def _strange_parameters(values: Mapping[str, float]) -> Iterator[Problem]:
    for name, value in values.items():
        if name not in PARAMETERS:
            yield unknown(f"parameters.{name}", name, PARAMETERS)
        elif not PARAMETERS[name].low <= value <= PARAMETERS[name].high:
            yield Problem(field=f"parameters.{name}", given=show(value), allowed=_range(name))


def _range(parameter: str) -> str:
    return f"{PARAMETERS[parameter].low:g} to {PARAMETERS[parameter].high:g}"


def _strange_ranges(scenario: Scenario) -> Iterator[Problem]:
    """Both ends of an uncertain range must be values that the key may take."""
    if not scenario.uncertain:
        return
    data = scenario.model_dump(exclude={"uncertain"})
    known = addresses(data)
    for key, (low, high) in scenario.uncertain.items():
        place = f"uncertain.{key}"
        if key not in known:
            yield unknown(place, key, known)
        elif not low < high:
            yield Problem(
                field=place, given=f"{show(low)} to {show(high)}", allowed="low below high"
            )
        else:
            yield from _refused_ends(data, key, (low, high))


def _refused_ends(data: dict[str, Any], key: str, ends: tuple[float, float]) -> Iterator[Problem]:
    bare = key.removeprefix("parameters.")
    for end in ends:
        if bare in PARAMETERS:
            # Tried without building a scenario: a study may vary all of them.
            if not PARAMETERS[bare].low <= end <= PARAMETERS[bare].high:
                yield Problem(field=f"uncertain.{key}", given=show(end), allowed=_range(bare))
        elif key.removeprefix("regime.") in DIALS:
            if not 0 <= end <= 1:
                yield Problem(field=f"uncertain.{key}", given=show(end), allowed="0 to 1")
        else:
            try:
                Scenario.from_mapping(apply(data, {key: end}))
            except ScenarioError as error:
                for problem in error.problems:
                    yield Problem(
                        field=f"uncertain.{key}", given=show(end), allowed=problem.allowed
                    )
