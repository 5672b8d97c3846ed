"""The parts of a scenario: market, organisation, routes, distributors, offices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, Strict, model_validator

from simulation.errors import Problem, ScenarioError, nearest, one_of, show
from simulation.fields import INTEGRAL, SUM_TOLERANCE, Flag, Name, Part, Real, Share
from simulation.randomness import name_key
from simulation.world import LONGEST_ROUTE

Kind = Literal["front", "service", "management"]
DISTRIBUTORS = "distributors"

Coordinate = Annotated[Real, Field(ge=-10, le=10)]
Money = Annotated[Real, Field(gt=0, le=1_000_000)]
HoursMean = Annotated[Real, Field(gt=0, le=10_000)]


def _sorted_by(*attributes: str) -> AfterValidator:
    """Keep a tuple in the order of its items' attributes: the order in a file means nothing."""

    def key(item: object) -> tuple[str, ...]:
        return tuple(getattr(item, attribute) for attribute in attributes)

    def sort(items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(sorted(items, key=key))

    return AfterValidator(sort)


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise ScenarioError(problems)


def _shares(field: str, total: float, which: str = "", bound: str = "") -> Problem:
    which = f" {which}" if which else ""
    return Problem(
        field=field,
        given=f"shares{which} that add up to {total:.6g}",
        allowed=f"shares that add up to {bound}1",
    )


def _named_apart(field: str, names: list[str]) -> list[Problem]:
    """Names must differ, and so must the keys that stand for them in random draws."""
    problems = [
        Problem(field=f"{field}.{name}", given=f"{count} of this name", allowed="one of each name")
        for name, count in Counter(names).items()
        if count > 1
    ]
    by_key: dict[int, str] = {}
    for name in sorted(set(names)):
        other = by_key.setdefault(name_key(name), name)
        if other != name:
            problems.append(
                Problem(
                    field=f"{field}.{name}",
                    given=show(name),
                    allowed=f"a name whose random key differs from that of {show(other)}",
                )
            )
    return problems


def unknown(field: str, name: str, names: Iterable[str]) -> Problem:
    """Describe a name that nothing declared bears."""
    known = list(names)
    return Problem(
        field=field, given=show(name), allowed=one_of(known), nearest=nearest(name, known)
    )


def _edges(
    field: str, edges: Iterable[Part], ends: tuple[str, str], names: list[str]
) -> list[Problem]:
    """Edges join two different departments that exist, once."""
    problems = []
    pairs = [(getattr(edge, ends[0]), getattr(edge, ends[1])) for edge in edges]
    for pair, count in Counter(pairs).items():
        place = f"{field}.{pair[0]}.{pair[1]}"
        problems += [
            unknown(f"{place}.{end}", name, names)
            for end, name in zip(ends, pair, strict=True)
            if name not in names
        ]
        if pair[0] == pair[1]:
            problems.append(
                Problem(field=place, given="an edge to itself", allowed="two departments")
            )
        if count > 1:
            problems.append(Problem(field=place, given="the same edge twice", allowed="it once"))
    return problems


def _hierarchy(lines: Iterable[ReportsTo]) -> list[Problem]:
    """Each department has one superior at most, and nobody is above themselves."""
    above: dict[str, str] = {}
    for line in lines:
        if line.department in above:
            return [
                Problem(
                    field=f"reports_to.{line.department}.{line.to}",
                    given=f"a second superior of {show(line.department)}",
                    allowed=f"one superior (there is {show(above[line.department])})",
                )
            ]
        above[line.department] = line.to
    for start in above:
        chain = [start]
        while (superior := above.get(chain[-1])) is not None and superior not in chain:
            chain.append(superior)
        if superior == start:
            return [
                Problem(
                    field=f"reports_to.{start}.{above[start]}",
                    given=f"a cycle: {' -> '.join([*chain, start])}",
                    allowed="lines of authority that end",
                )
            ]
    return []


class Segment(Part):
    """A group of persons with common needs."""

    name: Name
    share: Share = Field(description="Share of the market's persons.")
    needs: tuple[Coordinate, Coordinate] = Field(
        description="Where the needs start, in two dimensions."
    )
    margin_per_week: Money = Field(description="Mean weekly margin of a customer.")
    need_factor: Annotated[Real, Field(ge=0, le=100)] = Field(
        1.0, description="Multiplies the rate of needs."
    )
    patience_factor: Annotated[Real, Field(gt=0, le=100)] = Field(
        1.0, description="Multiplies the mean patience."
    )


class Market(Part):
    """Everyone who could be a customer."""

    customers: Annotated[int, Strict(), Field(ge=1, le=10_000_000), INTEGRAL] = Field(
        description="Persons in the market, customers or not."
    )
    active_at_start: Annotated[int, Strict(), Field(ge=0), INTEGRAL] = Field(
        description="How many of them are customers at the start."
    )
    turbulence: Share = Field(description="Weekly drift of needs: sd in each dimension.")
    segments: Annotated[tuple[Segment, ...], Field(min_length=1)] = Field(
        description="Groups of persons; shares add up to 1."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        problems = _named_apart("segments", [segment.name for segment in self.segments])
        total = sum(segment.share for segment in self.segments)
        if abs(total - 1) > SUM_TOLERANCE:
            problems.append(_shares("segments", total))
        if self.active_at_start > self.customers:
            problems.append(
                Problem(
                    field="active_at_start",
                    given=show(self.active_at_start),
                    allowed=f"0 to {self.customers} (customers)",
                )
            )
        _refuse(problems)
        return self


class Hours(Part):
    """Mean standard hours of one stage, where they are not derived (docs/model.md, section 10)."""

    customer: HoursMean | None = None
    internal: HoursMean | None = None


class Department(Part):
    """A department and its seats."""

    name: Name
    kind: Kind = Field(
        description="front meets customers, service serves colleagues, or management."
    )
    seats: Annotated[int, Strict(), Field(ge=1, le=20_000), INTEGRAL]
    wage_per_week: Money
    hours: Hours | None = None


class Serves(Part):
    """A supplier, and one who asks it for work."""

    supplier: Name
    requester: Name
    essential_per_head_week: Annotated[Real, Field(ge=0, le=5)] = Field(
        description="Essential requests of one employee of the requester in a week."
    )


class ReportsTo(Part):
    """A line of authority."""

    department: Name
    to: Name


class Touches(Part):
    """Who meets the customers of a segment: a department, or the word distributors."""

    source: Name
    segment: Name


class Informs(Part):
    """One leg of the way that customer insight takes."""

    source: Name
    target: Name


class Organisation(Part):
    """Departments, and the four kinds of edge between them."""

    departments: Annotated[tuple[Department, ...], Field(min_length=1), _sorted_by("name")] = Field(
        description="In any order; kept alphabetical."
    )
    serves: Annotated[tuple[Serves, ...], _sorted_by("supplier", "requester")] = ()
    reports_to: Annotated[tuple[ReportsTo, ...], _sorted_by("department", "to")] = ()
    touches: Annotated[tuple[Touches, ...], _sorted_by("source", "segment")] = ()
    informs: Annotated[tuple[Informs, ...], _sorted_by("source", "target")] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [department.name for department in self.departments]
        problems = _named_apart("departments", names)
        if DISTRIBUTORS in names:
            problems.append(
                Problem(
                    field=f"departments.{DISTRIBUTORS}",
                    given=show(DISTRIBUTORS),
                    allowed="another name (this word stands for the distributors)",
                )
            )
        # What follows from a wrong name is no fault of its own.
        _refuse(problems)
        problems += _edges("serves", self.serves, ("supplier", "requester"), names)
        problems += _edges("reports_to", self.reports_to, ("department", "to"), names)
        problems += _edges("informs", self.informs, ("source", "target"), names)
        _refuse(problems)
        _refuse(_hierarchy(self.reports_to))
        return self


class Route(Part):
    """A path of departments that an item takes, and how often it is taken."""

    path: Annotated[tuple[Name, ...], Field(min_length=1, max_length=LONGEST_ROUTE)]
    share: Annotated[Share, Field(gt=0)]


class Routes(Part):
    """The mix of routes of each kind of item."""

    need: Annotated[tuple[Route, ...], Field(min_length=1)] = Field(
        description="Needs of customers; begin in a front department; shares add up to 1."
    )
    lead: tuple[Route, ...] = Field((), description="Leads; shares add up to 1.")
    essential: tuple[Route, ...] = Field(
        (), description="Requests that travel on; shares of one supplier add up to 1 at most."
    )
    hire: tuple[Route, ...] = Field((), description="Hires; shares add up to 1.")

    @model_validator(mode="after")
    def _shares_add_up(self) -> Self:
        problems = []
        for kind in ("need", "lead", "hire"):
            routes = getattr(self, kind)
            total = sum(route.share for route in routes)
            if routes and abs(total - 1) > SUM_TOLERANCE:
                problems.append(_shares(kind, total))
        by_first: dict[str, float] = {}
        for route in self.essential:
            by_first[route.path[0]] = by_first.get(route.path[0], 0.0) + route.share
        problems += [
            _shares("essential", total, f"that begin at {first}", "at most ")
            for first, total in by_first.items()
            if total > 1 + SUM_TOLERANCE
        ]
        _refuse(problems)
        return self


class Distributors(Part):
    """Middlemen between the firm and some of its customers."""

    count: Annotated[int, Strict(), Field(ge=0, le=10_000), INTEGRAL] = 0
    share: Share = Field(0.0, description="Share of the market's persons who buy through one.")

    @model_validator(mode="after")
    def _someone_sells(self) -> Self:
        if self.share > 0 and self.count == 0:
            _refuse([Problem(field="count", given="0", allowed="1 or more, as share is above 0")])
        return self


class Offices(Part):
    """Standing offices of the firm."""

    cco: Flag = Field(False, description="A chief customer officer; not simulated yet.")
    insight_program: Literal["continuous"] = "continuous"

    @model_validator(mode="after")
    def _not_yet(self) -> Self:
        if self.cco:
            _refuse(
                [
                    Problem(
                        field="cco",
                        given="true",
                        allowed="false: a chief customer officer is not simulated yet",
                    )
                ]
            )
        return self
