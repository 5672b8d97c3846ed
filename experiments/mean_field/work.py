"""Expected work on its way through departments: the flows of the mean-field firm, day by day.

Items are amounts, not things: an amount waits at each stage of each route, in two classes, and a
department serves the same share of everything in a class. Sections 6 and 7 of docs/model.md as
expectations; what that leaves out is said in docs/mean-field.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.org_arrays import OrgArrays
from simulation.work.items import (
    CHANGE_ROUTES,
    CHANNEL_ROUTES,
    ESSENTIAL_ROUTES,
    HIRE_ROUTES,
    LEAD_ROUTES,
    NEED_ROUTES,
)
from simulation.work.service import MOST_DAYS_OF_BACKLOG
from simulation.world import (
    CHANGE,
    CHANNEL,
    COURTESY,
    ESSENTIAL,
    HIRE,
    KINDS,
    LEAD,
    NEED,
    REPORT,
    Row,
)

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]
Rows = NDArray[np.int64]

NOBODY = -1
_ANYWHERE = (
    (NEED, NEED_ROUTES),
    (LEAD, LEAD_ROUTES),
    (CHANGE, CHANGE_ROUTES),
    (CHANNEL, CHANNEL_ROUTES),
)


@dataclass(frozen=True)
class Stages:
    """Every stage that work can be at: a row per kind, requester, route and place on the route.

    Attributes
    ----------
    kind, requester, department, supplier, way : Rows
        The requester is -1 for work that no department asks for, the supplier is the first on the
        route, and `way` the number of the route.
    share : Values
        Of its kind's volume that goes this way; for requests, what one head asks for in a week.
    opens, closes, handed : Flags
        First stage; last stage; handed on by another department.
    """

    kind: Rows
    requester: Rows
    department: Rows
    supplier: Rows
    way: Rows
    share: Values
    opens: Flags
    closes: Flags
    handed: Flags

    @classmethod
    def of(cls, arrays: OrgArrays) -> Stages:
        """Lay out the stages of an organisation."""
        rows = []
        for way, (kind, requester, share, path) in enumerate(_ways(arrays)):
            for place, j in enumerate(path):
                last = place == len(path) - 1
                handed = place > 0 and path[place - 1] != j
                ends = (place == 0, last, handed)
                rows.append((kind, requester, j, path[0], way, share, *ends))
        columns: list[Any] = [np.array(column) for column in zip(*rows, strict=True)]
        return cls(*columns)

    @cached_property
    def kinds(self) -> Flags:
        """Which rows are of each kind, shape (9, N)."""
        return np.asarray(np.arange(len(KINDS))[:, None] == self.kind)

    def of_kind(self, *kinds: int) -> Flags:
        """Which rows are of these kinds."""
        return np.asarray(self.kinds[list(kinds)].any(axis=0))

    def at_departments(self, amounts: Values, count: int) -> Values:
        """Sum over the rows of each department."""
        return np.bincount(self.department, amounts, count)

    def for_requesters(self, amounts: Values, count: int) -> Values:
        """Sum over the rows that the people of each department have asked for."""
        return np.bincount(self.requester + 1, amounts, count + 1)[1:]


def _ways(arrays: OrgArrays) -> Iterator[tuple[int, int, float, list[int]]]:
    """Kind, requester, share and path of everything that may be under way."""
    count = len(arrays.names)

    def listed(sort: int, first: int) -> Iterator[tuple[float, list[int]]]:
        start, end = arrays.route_first[sort, first]
        for route in arrays.routes[start:end]:
            yield float(route.own_share), route.path[: route.length].tolist()

    for kind, sort in _ANYWHERE:
        for share, path in listed(sort, count):
            yield kind, path[0] if kind in (CHANGE, CHANNEL) else NOBODY, share, path
    for j in range(count):
        for share, path in listed(HIRE_ROUTES, count):
            yield HIRE, j, share, path
        if arrays.superior[j] != NOBODY:
            yield REPORT, j, 1.0, [int(arrays.superior[j])]
        for edge in arrays.edges[arrays.edge_start[j] : arrays.edge_start[j + 1]]:
            supplier, rate = int(edge.supplier), float(edge.rate)
            yield COURTESY, j, rate, [supplier]
            alone = 1.0
            for share, path in listed(ESSENTIAL_ROUTES, supplier):
                yield ESSENTIAL, j, rate * share, path
                alone -= share
            if alone > 0.0:
                yield ESSENTIAL, j, rate * alone, [supplier]


@dataclass(frozen=True)
class Plan:
    """What is fixed for the days of a week. N stages, J departments.

    Attributes
    ----------
    births : Values
        Items that begin a day (N).
    hours, linked, enter : Values
        Hours of a visit to the stage, probability that it counts as customer-linked, and the daily
        probability that it is not held up by approvals any longer (N).
    approvals : Values
        Hours that approvals cost, shape (2, N): the department itself, its superior.
    back : Values
        Probability that a closing is followed by a return (N).
    patience : Values
        Probability that a night's wait does not end it (N).
    quarrel : Values
        Probability that old work of colleagues, paired with a customer's, is disputed (N).
    heads, seat_hours, priority, debt : Values
        Filled seats, hours that an unblocked one brings to a day, dial w, and further hours of debt
        a day (J).
    superior : Rows
        Department that a department reports to, or itself (J).
    """

    births: Values
    hours: Values
    linked: Values
    enter: Values
    approvals: Values
    back: Values
    patience: Values
    quarrel: Values
    heads: Values
    seat_hours: Values
    priority: Values
    debt: Values
    superior: Rows


@dataclass
class Week:
    """What happened in a week: N stages, J departments.

    Attributes
    ----------
    done : Values
        Visits finished, shape (2 classes, N).
    days : Values
        Their days since the visit began, summed (N).
    abandoned : Values
        Visits that patience ended (N).
    worked, disputes : Values
        Hours of work, and disputes over it (N).
    gross, regular, overtime, switching, blocked, backlog : Values
        Hours of the departments, blocked seat-days, and hours waiting in the end (J).
    """

    done: Values
    days: Values
    abandoned: Values
    worked: Values
    disputes: Values
    gross: Values
    regular: Values
    overtime: Values
    switching: Values
    blocked: Values
    backlog: Values

    @classmethod
    def empty(cls, stages: int, departments: int) -> Week:
        """Nothing yet."""
        return cls(
            np.zeros((2, stages)),
            *(np.zeros(stages) for _ in range(4)),
            *(np.zeros(departments) for _ in range(6)),
        )

    def used(self, stages: Stages) -> Values:
        """Hours worked and lost to switching (J)."""
        return stages.at_departments(self.worked, len(self.regular)) + self.switching


@dataclass
class Work:
    """Where everything is: waiting to enter a stage, in its queue, or to return.

    `coming` has the shape (2, N) and `queued` (2, 2 classes, N); the first axis holds amounts and
    their summed days since the visit began.
    """

    stages: Stages
    departments: int
    coming: Values = field(init=False)
    queued: Values = field(init=False)
    returning: Values = field(init=False)
    pressure: Values = field(init=False)
    owed: Values = field(init=False)

    def __post_init__(self) -> None:
        rows = len(self.stages.kind)
        self.coming = np.zeros((2, rows))
        self.queued = np.zeros((2, 2, rows))
        self.returning = np.zeros(rows)
        self.pressure = np.zeros(self.departments)
        self.owed = np.zeros(self.departments)
        opens = np.flatnonzero(self.stages.opens)
        self._first = opens[self.stages.way]

    def under_way(self, kind: int) -> Values:
        """Items of a kind that have not ended (N)."""
        everything = self.coming[0] + self.queued[0].sum(axis=0) + self.returning
        return np.where(self.stages.kind == kind, everything, 0.0)

    def backlog(self, hours: Values) -> Values:
        """Hours in the queues, shape (2 classes, J)."""
        at = self.stages.at_departments
        return np.array([at(amount * hours, self.departments) for amount in self.queued[0]])

    def day(self, p: Row, plan: Plan, week: Week) -> None:
        """Live through a day, and add what happens to the week."""
        self._arrive(p, plan)
        self._dispute(p, plan, week)
        regular, overtime = self._muster(p, plan, week)
        waiting = self.backlog(plan.hours)
        given, lost = allocate(p, plan.priority, regular + overtime, waiting)
        done = self.queued * np.minimum(share(given, waiting), 1.0)[None, :, self.stages.department]
        self.queued -= done
        week.worked += done[0].sum(axis=0) * plan.hours
        week.switching += lost
        self._pass_on(done, plan, week)
        self._wait(plan, week)

    def _arrive(self, p: Row, plan: Plan) -> None:
        """Births, returns and what has been handed on enter their queues, approvals permitting."""
        back = self.returning / days_until_return(p)
        self.returning -= back
        self.coming[0] += plan.births + back
        entering = self.coming * plan.enter
        self.coming -= entering
        self.queued[:, 0] += entering * plan.linked
        self.queued[:, 1] += entering * (1.0 - plan.linked)
        at, count = self.stages.at_departments, self.departments
        self.owed += plan.debt + at(entering[0] * plan.approvals[0], count)
        np.add.at(self.owed, plan.superior, at(entering[0] * plan.approvals[1], count))

    def _dispute(self, p: Row, plan: Plan, week: Week) -> None:
        """Old work of both classes is paired; everything in a place is as old as its mean."""
        amounts, days = self.queued
        linked, internal = np.where(days > p.dispute_age_days * amounts, amounts, 0.0)
        at, count = self.stages.at_departments, self.departments
        ours, theirs = at(linked, count), at(internal * (plan.quarrel > 0), count)
        paired = share(np.minimum(ours, theirs), theirs)
        disputes = internal * paired[self.stages.department] * plan.quarrel
        week.disputes += disputes
        self.owed += p.dispute_hours * at(disputes, count)
        asked = self.stages.for_requesters(disputes, count)
        self.owed += p.dispute_requester_hours * asked

    def _muster(self, p: Row, plan: Plan, week: Week) -> tuple[Values, Values]:
        """Regular hours and overtime of today; pressure of what lies on the desk."""
        heads = np.maximum(plan.heads, 1e-12)
        open_requests = self.stages.for_requesters(self.under_way(ESSENTIAL), self.departments)
        blocked = np.minimum(1.0, p.block_share * open_requests / heads)
        hindered = np.maximum(0.0, 1.0 - p.open_request_loss * open_requests / heads)
        gross = plan.heads * (1.0 - blocked) * plan.seat_hours * hindered
        paid = np.minimum(self.owed, gross)
        self.owed -= paid
        regular = gross - paid
        waiting = self.backlog(plan.hours).sum(axis=0)
        days = share(waiting, regular)
        overtime = regular * p.overtime_max * np.clip(days - p.overtime_from_days, 0.0, 1.0)
        towards = np.minimum(days, MOST_DAYS_OF_BACKLOG) / p.pressure_days
        self.pressure += (towards - self.pressure) / p.pressure_memory_days
        week.gross += gross
        week.regular += regular
        week.overtime += overtime
        week.blocked += blocked * plan.heads
        return regular, overtime

    def _pass_on(self, done: Values, plan: Plan, week: Week) -> None:
        """What is finished at a stage goes on to the next one, or is closed and may return."""
        amounts, days = done.sum(axis=1)
        week.done += done[0]
        week.days += days
        on = np.flatnonzero(~self.stages.closes)
        self.coming[0, on + 1] += amounts[on]
        self.coming[1, on + 1] += days[on]
        closed = np.where(self.stages.closes, amounts * plan.back, 0.0)
        np.add.at(self.returning, self._first, closed)

    def _wait(self, plan: Plan, week: Week) -> None:
        """A night passes: everything is a day older, and some customers lose patience."""
        week.abandoned += (self.coming[0] + self.queued[0].sum(axis=0)) * (1.0 - plan.patience)
        self.coming *= plan.patience
        self.queued *= plan.patience
        self.coming[1] += self.coming[0]
        self.queued[1] += self.queued[0]
        week.backlog = self.backlog(plan.hours).sum(axis=0)


def days_until_return(p: Row) -> float:
    """Mean days until wrong work comes back: 1 to `return_days`, each as likely."""
    return (1.0 + float(p.return_days)) / 2.0


def share(part: Values, whole: Values) -> Values:
    """part / whole, 0 where there is nothing to share."""
    return np.divide(part, whole, out=np.zeros(np.shape(whole)), where=whole > 0)


def allocate(p: Row, priority: Values, capacity: Values, waiting: Values) -> tuple[Values, Values]:
    """Split a day's hours between the classes (docs/model.md, 7.6).

    Parameters
    ----------
    priority, capacity : Values
        Dial w and hours of each department.
    waiting : Values
        Hours left by class, shape (2, J).

    Returns
    -------
    given, lost : Values
        Hours for each class, shape (2, J), and hours lost to mixing and switching.
    """
    weights = np.array([priority, 1.0 - priority])
    given = np.minimum(waiting, weights * capacity)
    total = given.sum(axis=0)
    x = share(given[0], total)
    lost = 4.0 * p.mixing_loss * capacity * x * (1.0 - x)
    given = np.minimum(waiting, weights * (capacity - lost))
    spare = capacity - lost - given.sum(axis=0)
    keep = 1.0 - p.switching_loss
    for c in (0, 1):
        lent = np.minimum(waiting[c] - given[c], keep * spare)
        given[c] += lent
        lost = lost + lent * (1.0 / keep - 1.0)
        spare = spare - lent / keep
    return given, lost
