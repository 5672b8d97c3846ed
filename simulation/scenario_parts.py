"""The parts of a scenario: market, organisation, routes, distributors, offices, policies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

import networkx as nx
from pydantic import (
    AfterValidator,
    Field,
    Strict,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from simulation.errors import Problem, ScenarioError, nearest, one_of, show
from simulation.fields import INTEGRAL, SUM_TOLERANCE, Flag, Name, Part, Real, Share
from simulation.scenario_checks import (
    refuse,
    strange_edges,
    strange_hierarchy,
    strange_names,
    unknown,
    wrong_sum,
)
from simulation.world import LONGEST_PATH, LONGEST_ROUTE

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
        problems = strange_names("segments", [segment.name for segment in self.segments])
        total = sum(segment.share for segment in self.segments)
        if abs(total - 1) > SUM_TOLERANCE:
            problems.append(wrong_sum("segments", total))
        if self.active_at_start > self.customers:
            problems.append(
                Problem(
                    field="active_at_start",
                    given=show(self.active_at_start),
                    allowed=f"0 to {self.customers} (customers)",
                )
            )
        refuse(problems)
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
        problems = strange_names("departments", names)
        if DISTRIBUTORS in names:
            problems.append(
                Problem(
                    field=f"departments.{DISTRIBUTORS}",
                    given=show(DISTRIBUTORS),
                    allowed="another name (this word stands for the distributors)",
                )
            )
        # What follows from a wrong name is no fault of its own.
        refuse(problems)
        problems += strange_edges("serves", self.serves, ("supplier", "requester"), names)
        problems += strange_edges("reports_to", self.reports_to, ("department", "to"), names)
        problems += strange_edges("informs", self.informs, ("source", "target"), names)
        refuse(problems)
        refuse(strange_hierarchy((line.department, line.to) for line in self.reports_to))
        refuse(self._long_ways())
        return self

    @property
    def product(self) -> str | None:
        """The product department: where insight ends; the alphabetically first, if any."""
        sources = {leg.source for leg in self.informs}
        return min((leg.target for leg in self.informs if leg.target not in sources), default=None)

    def _long_ways(self) -> Iterator[Problem]:
        """Insight of a front department must not pass more hands than there is room for."""
        if self.product is None:
            return
        back = nx.DiGraph((leg.target, leg.source) for leg in self.informs)
        hops = dict(nx.single_source_shortest_path_length(back, self.product))
        for department in self.departments:
            steps = hops.get(department.name, 0)
            if department.kind == "front" and steps > LONGEST_PATH:
                yield Problem(
                    field="informs",
                    given=f"{steps} steps from {show(department.name)} to {show(self.product)}",
                    allowed=f"{LONGEST_PATH} steps at most from a front department",
                )


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
    change: tuple[Route, ...] = Field(
        (), description="Changes; begin in the product department; shares add up to 1."
    )
    channel: tuple[Route, ...] = Field(
        (), description="Requests of distributors; begin at the front; shares add up to 1."
    )

    @model_validator(mode="after")
    def _shares_add_up(self) -> Self:
        problems = []
        for kind in ("need", "lead", "hire", "change", "channel"):
            routes = getattr(self, kind)
            total = sum(route.share for route in routes)
            if routes and abs(total - 1) > SUM_TOLERANCE:
                problems.append(wrong_sum(kind, total))
        by_first: dict[str, float] = {}
        for route in self.essential:
            by_first[route.path[0]] = by_first.get(route.path[0], 0.0) + route.share
        problems += [
            wrong_sum("essential", total, f"that begin at {first}", "at most ")
            for first, total in by_first.items()
            if total > 1 + SUM_TOLERANCE
        ]
        refuse(problems)
        return self


def strange_routes(routes: Routes, organisation: Organisation) -> Iterator[Problem]:
    """Routes run along departments that exist, from requester to supplier.

    Parameters
    ----------
    routes : Routes
        All of a firm.
    organisation : Organisation
        Its departments and edges.

    Yields
    ------
    Problem
        With a field of the scenario.
    """
    kinds = {department.name: department.kind for department in organisation.departments}
    served = {(edge.requester, edge.supplier) for edge in organisation.serves}
    front = [name for name, kind in kinds.items() if kind == "front"]
    at_front = (front, f"a first department of kind front: {one_of(front)}")
    first_of = {"need": at_front, "channel": at_front}
    if organisation.product is not None:
        words = f"{organisation.product} first (the product department, where informs ends)"
        first_of["change"] = ([organisation.product], words)
    elif routes.change:
        yield Problem(
            field="routes.change",
            given=show(routes.change),
            allowed="an empty list: there is no product department (informs ends nowhere)",
        )
    for item in Routes.model_fields:
        first, words = first_of.get(item, (list(kinds), ""))
        for index, route in enumerate(getattr(routes, item)):
            place = f"routes.{item}.{index}.path"
            missing = [name for name in route.path if name not in kinds]
            for name in missing:
                yield unknown(place, name, kinds)
            if missing:
                continue
            if route.path[0] not in first:
                yield Problem(field=place, given=show(route.path[0]), allowed=words)
            for step in zip(route.path, route.path[1:], strict=False):
                if step not in served:
                    yield Problem(
                        field=place,
                        given=f"no path from {show(step[0])} to {show(step[1])}",
                        allowed=f"steps along serves (supplier {step[1]}, requester {step[0]})",
                    )


class Distributors(Part):
    """Middlemen between the firm and some of its customers."""

    count: Annotated[int, Strict(), Field(ge=0, le=10_000), INTEGRAL] = 0
    share: Share = Field(0.0, description="Share of the market's persons who buy through one.")

    @model_validator(mode="after")
    def _someone_sells(self) -> Self:
        if self.share > 0 and self.count == 0:
            refuse([Problem(field="count", given="0", allowed="1 or more, as share is above 0")])
        return self


class Functions(Part):
    """What the customer's office does, each of it switched on or off."""

    settle_disputes: Flag = Field(True, description="Settle disputes before they are fought out.")
    shorten_hops: Flag = Field(True, description="Carry insight past the managers in between.")
    one_plan: Flag = Field(True, description="One plan keeps attention to customer projects alive.")
    serve_by_value: Flag = Field(True, description="Valuable customers come first in queues.")
    outreach: Flag = Field(True, description="Call valuable customers who are not satisfied.")
    look_alikes: Flag = Field(True, description="Look for people like the valuable customers.")
    reprice: Flag = Field(True, description="Raise prices of customers who bring losses.")
    cross_sell: Flag = Field(True, description="Sell more to those who are satisfied.")
    no_duplicates: Flag = Field(True, description="No two projects for the same purpose.")
    protect_budgets: Flag = Field(True, description="Keep customer projects in a budget round.")


FUNCTIONS: tuple[str, ...] = tuple(Functions.model_fields)
"""Names of the office's functions; kernels and records count on their order."""


class Officer(Part):
    """The chief customer officer: authority, what makes others take part, and functions."""

    positional: Share = Field(0.3, description="Authority that comes with the position.")
    borrowed: Share = Field(0.2, description="Authority lent by the head of the firm; it fades.")
    hard_wired: Share = Field(0.6, description="Participation that rules make sure of for good.")
    functions: Functions = Functions()


def _told_as_programme(value: object, check: ValidatorFunctionWrapHandler) -> object:
    # One refusal in words in place of one for each of the two types.
    try:
        return check(value)
    except ValidationError:
        allowed = "continuous, or a whole number of weeks, 1 to 52"
        near = nearest(value, ["continuous"])
        raise ScenarioError([Problem(given=show(value), allowed=allowed, nearest=near)]) from None


class Offices(Part):
    """Standing offices of the firm."""

    cco: Flag = Field(False, description="A chief customer officer.")
    officer: Officer = Officer()
    insight_program: Annotated[
        Literal["continuous"] | Annotated[int, Strict(), Field(ge=1, le=52), INTEGRAL],
        WrapValidator(_told_as_programme),
    ] = Field("continuous", description="Insight all the time, or a survey each so many weeks.")


class Policies(Part):
    """Standing choices of the firm, each a share of what could be done."""

    marketing: Share = Field(0.0, description="Paid attention that brings leads, and its cost.")
    hire_for_willingness: Share = Field(
        0.0, description="Newcomers chosen for their will to serve; hiring costs more."
    )
