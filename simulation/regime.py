"""The incentive regime: twelve dials, where they differ by department, and how they change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

import numpy as np
from pydantic import AfterValidator, Field, ValidationError, model_validator

from simulation import compose, translate
from simulation.dials import DIAL_NOTES, DIALS, MEASURES, complete_measures, with_measures
from simulation.errors import Problem, ScenarioError, nearest, one_of, show
from simulation.fields import SUM_TOLERANCE, Name, Part, Share, Text, Weeks
from simulation.nodes import Node, wrap

__all__ = ["DIALS", "DIAL_NOTES", "Change", "EdgeDial", "Regime"]

_COLUMN = {dial: column for column, dial in enumerate(DIALS)}
_MEASURE_COLUMNS = [_COLUMN[dial] for dial in MEASURES]


def _unknown_dial(name: str) -> Problem:
    return Problem(
        field=name, given=show(name), allowed=one_of(DIALS), nearest=nearest(name, DIALS)
    )


def _check_overrides(given: dict[str, float]) -> dict[str, float]:
    """Refuse unknown dials, and measures that cannot add up to one."""
    problems = [_unknown_dial(dial) for dial in given if dial not in DIALS]
    measures = [given[dial] for dial in MEASURES if dial in given]
    total = sum(measures)
    short = len(measures) == len(MEASURES) and total < 1 - SUM_TOLERANCE
    if total > 1 + SUM_TOLERANCE or short:
        first = next(dial for dial in MEASURES if dial in given)
        problems.append(_sum_problem(total, first))
    if problems:
        raise ScenarioError(problems)
    return given


def _sum_problem(total: float, field: str) -> Problem:
    return Problem(
        field=field,
        given=f"measures that add up to {total:.6g}",
        allowed=f"{' + '.join(MEASURES)} = 1",
    )


DialValues = Annotated[dict[str, Share], AfterValidator(_check_overrides)]


class EdgeDial(Part):
    """`colleague_as_customer` on one edge from a supplier to a requester."""

    supplier: Name
    requester: Name
    colleague_as_customer: Share


class Change(Part):
    """A step or a linear ramp to another regime, or of some dials.

    A change of dials leaves alone what a department overrides; a change of regime brings the
    department overrides of the new regime and drops the old ones.
    """

    week: Weeks = Field(description="Week in which the change begins.")
    over_weeks: Weeks = Field(0, description="Length of the ramp; 0 changes at once.")
    regime: Regime | None = Field(None, description="Regime to move to; or give `dials`.")
    dials: DialValues = Field(default_factory=dict, description="Dials to move, by name.")

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if (self.regime is None) == (not self.dials):
            found = "both" if self.dials else "neither"
            raise ScenarioError([Problem(given=found, allowed="either regime or dials")])
        if self.regime is not None and (self.regime.schedule or self.regime.serves):
            raise ScenarioError(
                [
                    Problem(
                        field="regime",
                        given=show(self.regime.name),
                        allowed="a regime without schedule and serves of its own",
                    )
                ]
            )
        return self


def _by_week(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda change: change.week))


def _by_edge(edges: tuple[EdgeDial, ...]) -> tuple[EdgeDial, ...]:
    return tuple(sorted(edges, key=lambda edge: (edge.supplier, edge.requester)))


class Regime(Part):
    """Priorities, measures and information; never an outcome.

    The three measures (`customer_metric`, `local_metric`, `manager_metric`) add up to one, in the
    firm and in every department.
    """

    name: Text = "custom"
    describes: Text = ""
    customer_priority: Share = Field(description=str(DIAL_NOTES["customer_priority"]))
    line_of_sight: Share = Field(description=str(DIAL_NOTES["line_of_sight"]))
    colleague_as_customer: Share = Field(description=str(DIAL_NOTES["colleague_as_customer"]))
    captivity: Share = Field(description=str(DIAL_NOTES["captivity"]))
    customer_metric: Share = Field(description=str(DIAL_NOTES["customer_metric"]))
    local_metric: Share = Field(description=str(DIAL_NOTES["local_metric"]))
    manager_metric: Share = Field(description=str(DIAL_NOTES["manager_metric"]))
    listening: Share = Field(description=str(DIAL_NOTES["listening"]))
    risk_aversion: Share = Field(description=str(DIAL_NOTES["risk_aversion"]))
    distributor_voice: Share = Field(description=str(DIAL_NOTES["distributor_voice"]))
    focus: Share = Field(description=str(DIAL_NOTES["focus"]))
    care: Share = Field(description=str(DIAL_NOTES["care"]))
    departments: dict[Name, DialValues] = Field(
        default_factory=dict, description="Dials that differ in a department, by its name."
    )
    serves: Annotated[tuple[EdgeDial, ...], AfterValidator(_by_edge)] = Field(
        (), description="`colleague_as_customer` where it differs on an edge."
    )
    schedule: Annotated[tuple[Change, ...], AfterValidator(_by_week)] = Field(
        (), description="Changes over time."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        problems = []
        total = sum(getattr(self, dial) for dial in MEASURES)
        if abs(total - 1) > SUM_TOLERANCE:
            problems.append(_sum_problem(total, MEASURES[0]))
        pairs = [(edge.supplier, edge.requester) for edge in self.serves]
        problems += [
            Problem(
                field=f"serves.{'.'.join(pair)}", given="the same edge twice", allowed="it once"
            )
            for pair in sorted({pair for pair in pairs if pairs.count(pair) > 1})
        ]
        if problems:
            raise ScenarioError(problems)
        return self

    @classmethod
    def load(cls, regime: str | Path | Mapping[str, object]) -> Regime:
        """Read a regime.

        Parameters
        ----------
        regime : str, pathlib.Path or mapping
            Name of a shipped regime, path of a YAML file, or a mapping as in a scenario file.

        Returns
        -------
        Regime

        Raises
        ------
        ScenarioError
            If it cannot be read or says anything that is not allowed.
        """
        return cls._from_node(compose.regime_node(regime))

    @classmethod
    def _from_node(cls, node: Node) -> Regime:
        try:
            return cls.model_validate(node.plain())
        except ValidationError as error:
            raise translate.refusal(error, cls, node) from None

    @property
    def changes(self) -> bool:
        """Whether any dial changes over time."""
        return bool(self.schedule)

    def with_dial(self, name: str, value: float) -> Regime:
        """Return this regime with one firm-wide dial moved.

        Parameters
        ----------
        name : str
            One of `DIALS`. Moving a measure shrinks the other two in proportion.
        value : float
            New value, in [0, 1].

        Returns
        -------
        Regime

        Raises
        ------
        ScenarioError
            If there is no such dial or the value is out of range.
        """
        return self.with_dials({name: value})

    def with_dials(self, given: Mapping[str, float]) -> Regime:
        """Return this regime with several firm-wide dials moved together; see `with_dial`."""
        strange = [dial for dial in given if dial not in DIALS]
        if strange:
            raise ScenarioError(_unknown_dial(dial) for dial in strange)
        data = self.model_dump()
        return self._from_node(wrap({**data, **with_measures(data, given)}))

    def edge_courtesy(self, supplier: str, requester: str) -> float | None:
        """`colleague_as_customer` set for one edge, or None where the supplier's dial holds."""
        for edge in self.serves:
            if (edge.supplier, edge.requester) == (supplier, requester):
                return edge.colleague_as_customer
        return None

    def dials(self, week: int, departments: Sequence[str]) -> np.ndarray:
        """Dials in force in a week.

        Parameters
        ----------
        week : int
            Week since the start, from 0.
        departments : sequence of str
            Names, in the order of the rows wanted.

        Returns
        -------
        numpy.ndarray
            Shape (len(departments), 12), float64, columns in the order of `DIALS`.
        """
        ramps: list[_Ramp] = []
        start, overrides = (
            self._rows(departments),
            [self.departments.get(d, {}) for d in departments],
        )
        for change in self.schedule:
            if change.week > week:
                break
            before = _at(start, ramps, change.week)
            if change.regime is not None:
                target = change.regime._rows(departments)
                moved = np.ones_like(target, dtype=bool)
                overrides = [change.regime.departments.get(d, {}) for d in departments]
            else:
                target, moved = _moved(before, change.dials, overrides)
            ramps.append(_Ramp(change.week, change.over_weeks, before, target, moved))
        return _at(start, ramps, week)

    def _rows(self, departments: Sequence[str]) -> np.ndarray:
        """Dials at the start, with the overrides of each department."""
        firm = np.array([getattr(self, dial) for dial in DIALS], dtype=np.float64)
        rows = np.empty((len(departments), len(DIALS)))
        for row, department in enumerate(departments):
            rows[row] = _applied(firm, self.departments.get(department, {}))
        return rows


@dataclass(frozen=True, slots=True)
class _Ramp:
    """One change, worked out for every department: from where, to where, which dials."""

    week: int
    over_weeks: int
    before: np.ndarray
    target: np.ndarray
    moved: np.ndarray


def _applied(row: np.ndarray, given: Mapping[str, float]) -> np.ndarray:
    """One row of dials with some of them set."""
    result = row.copy()
    for dial, value in given.items():
        result[_COLUMN[dial]] = value
    if any(dial in given for dial in MEASURES):
        current = {dial: float(row[_COLUMN[dial]]) for dial in MEASURES}
        completed = complete_measures(current, given)
        result[_MEASURE_COLUMNS] = [completed[dial] for dial in MEASURES]
    return result


def _moved(
    before: np.ndarray, given: Mapping[str, float], overrides: Iterable[Mapping[str, float]]
) -> tuple[np.ndarray, np.ndarray]:
    """Where a change of dials leads each department, and which of its dials it moves.

    The measures move as one: a department that overrides one of them keeps all three.
    """
    target, moved = before.copy(), np.zeros(before.shape, dtype=bool)
    for row, own in enumerate(overrides):
        kept = set(own) | (set(MEASURES) if any(dial in own for dial in MEASURES) else set())
        taken = {dial: value for dial, value in given.items() if dial not in kept}
        target[row] = _applied(before[row], taken)
        moved[row, [_COLUMN[dial] for dial in taken]] = True
        if any(dial in taken for dial in MEASURES):
            moved[row, _MEASURE_COLUMNS] = True
    return target, moved


def _at(start: np.ndarray, ramps: Iterable[_Ramp], week: int) -> np.ndarray:
    """Dials in a week, given the changes that have begun by then."""
    rows = start.copy()
    for ramp in ramps:
        gone = week - ramp.week
        if gone >= ramp.over_weeks:
            there = ramp.target
        else:
            there = ramp.before + (ramp.target - ramp.before) * (gone / ramp.over_weeks)
        rows = np.where(ramp.moved, there, rows)
    return rows
