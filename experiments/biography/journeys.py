"""What became of each need, lead and call of one person: visits and their stages, put together.

The watcher's sightings say where an item was, the event log how it ended. Draws and chances come
from the rules themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from experiments.biography.tracer import Day, Seen, Sight
from simulation.agents.customer import outcome_of_resolution
from simulation.agents.department import (
    pace,
    resolution_probability,
    saturating,
    uncut_share,
)
from simulation.maths import lognormal, round_half_up
from simulation.randomness import (
    ITEM_CLOSE,
    ITEM_STAGE,
    ITEM_VISIT,
    block,
    normal,
    poisson,
    uniform,
)
from simulation.work.items import HELD, ORDINALS_PER_VISIT
from simulation.world import (
    CALENDAR,
    CUSTOMER_LINKED,
    DAYS_A_WEEK,
    FRONT,
    HOUR,
    INTERNAL,
    KINDS,
    QUEUE,
    SERVICE,
    A,
    B,
    V,
)

NOT_YET = -1


@dataclass(frozen=True, slots=True)
class Stage:
    """An item at one department.

    Attributes
    ----------
    department : str
        Where.
    handed : int
        Day on which it was passed on to here, or on which the visit began.
    entered, left : int
        Day on which it came into the queue, and on which it was handed on, closed or given up; -1
        if never.
    seen : bool
        Whether the department took it for a customer's; otherwise it waits with internal work.
    meets_customers : bool
        Whether it is a front department, which always sees the customer.
    line_of_sight : float
        The dial of the department at that time.
    hours_ahead : float
        Hours of work of the same sort before it on its first evening there; 0 if done that day.
    hours_linked, hours_internal : float
        Hours of either sort that lay there on that evening.
    approvals : int
        Approvals that it had to pass.
    delay : int
        Days that these took.
    policy : float
        Mean approvals of an item that enters the department at that time.
    disputed : int
        Times it was held for a day because of a dispute.
    pressure : float
        Pressure of work when it came into the queue, 1 is normal.
    standard, time : float
        Hours it should take, and hours it was given: the former times the next three.
    service_standard, pace, uncut : float
        The department's standard of service (1 at the start), the pace that its people intend (1
        is neutral), and the share that pressure of work leaves of it.
    quality : float
        What the hand-offs up to here left of 1.
    """

    department: str
    handed: int
    entered: int
    left: int
    seen: bool
    meets_customers: bool
    line_of_sight: float
    hours_ahead: float
    hours_linked: float
    hours_internal: float
    approvals: int
    delay: int
    policy: float
    disputed: int
    pressure: float
    standard: float
    time: float
    service_standard: float
    pace: float
    uncut: float
    quality: float

    @property
    def given(self) -> float:
        """Time given, as a share of what it should take."""
        return self.service_standard * self.pace * self.uncut


@dataclass(frozen=True, slots=True)
class Visit:
    """One attempt at an item.

    Attributes
    ----------
    attempt : int
        0, and one more for every return.
    arrived, ended : int
        First and last day; `ended` is -1 while it is open.
    end : str
        resolved, unresolved, given_up, abandoned, answered, cancelled, closed (a lead) or open.
    in_time : bool
        Whether it was closed within the promise.
    stages : tuple of Stage
        Where it went.
    chance : float
        Probability of being right when it was closed; NaN if it was not, and for leads.
    by_people, by_time, by_handoffs : float
        The factors of that chance: engagement, time taken, hand-offs.
    draw : float
        What was drawn against the chance: right if below it.
    before, after : float
        Experience of the person on the morning and on the evening of the last day.
    shared : bool
        Whether something else of this person ended on that day: then both bear on `after`.
    """

    attempt: int
    arrived: int
    ended: int
    end: str
    in_time: bool
    stages: tuple[Stage, ...]
    chance: float
    by_people: float
    by_time: float
    by_handoffs: float
    draw: float
    before: float
    after: float
    shared: bool

    @property
    def days(self) -> int:
        """Days from beginning to end, 0 if it is open."""
        return max(0, self.ended - self.arrived)

    @property
    def late(self) -> bool:
        """Whether it ended after the promised time."""
        return self.ended >= 0 and not self.in_time

    @property
    def failed(self) -> bool:
        """Whether it ended in disappointment."""
        return self.end in ("unresolved", "given_up", "abandoned")


@dataclass(frozen=True, slots=True)
class Journey:
    """One need, lead or outreach call from beginning to end.

    Attributes
    ----------
    uid : int
        The item; the same need has the same uid in another firm.
    kind : str
        need, lead or outreach.
    week : int
        Week in which it came up.
    path : tuple of str
        Departments on its way.
    sight : float
        Its draw: a service department sees the customer behind it if this is below its line of
        sight.
    joined : bool
        A lead: whether the person became a customer.
    visits : tuple of Visit
        Attempts; none if it was cancelled before it began.
    """

    uid: int
    kind: str
    week: int
    path: tuple[str, ...]
    sight: float
    joined: bool
    visits: tuple[Visit, ...]

    @property
    def failures(self) -> int:
        """Visits that ended in disappointment."""
        return sum(visit.failed for visit in self.visits)

    @property
    def smooth(self) -> bool:
        """Whether it was answered at once, in time and right."""
        ends = [visit.end for visit in self.visits]
        return ends == ["answered"] or (ends == ["resolved"] and self.visits[0].in_time)


def journeys(sight: Sight) -> tuple[Journey, ...]:
    """All items of the person, in the order in which they came up."""
    of_item = sorted(sight.seen, key=lambda seen: seen.uid)
    found = [_journey(sight, list(seen)) for _, seen in groupby(of_item, lambda seen: seen.uid)]
    return tuple(sorted(found, key=lambda journey: (journey.week, first_day(journey))))


def first_day(journey: Journey) -> int:
    """Day on which it began, or the first of its week."""
    return journey.visits[0].arrived if journey.visits else DAYS_A_WEEK * journey.week


def last_day(journey: Journey) -> int:
    """Day on which it ended, -1 if it has not."""
    return journey.visits[-1].ended if journey.visits else NOT_YET


def _journey(sight: Sight, seen: list[Seen]) -> Journey:
    first = seen[0]
    log = sight.events[sight.events["item"] == first.uid]
    happened = list(zip(log["day"].tolist(), log["event"].tolist(), strict=True))
    drawn = uniform(block(sight.seed, ITEM_VISIT, first.uid, 0)[3])
    begun = any(event == "opened" for _, event in happened)
    visits = [
        visit
        for attempt, of_visit in groupby(seen, lambda s: s.attempt)
        if (visit := _visit(sight, attempt, list(of_visit), happened, drawn))
    ]
    return Journey(
        uid=first.uid,
        kind=KINDS[first.kind],
        week=first.born_week,
        path=tuple(sight.departments[j] for j in first.path),
        sight=drawn,
        joined=any(event == "join" for _, event in happened),
        visits=tuple(visits) if begun else (),
    )


def _visit(
    sight: Sight,
    attempt: int,
    seen: list[Seen],
    happened: Sequence[tuple[int, str]],
    drawn: float,
) -> Visit | None:
    """One attempt; None if it never began."""
    closings = [day for day, event in happened if event == "closed"]
    ended, end = _end(attempt, closings, happened)
    arrived = seen[0].due
    if arrived >= len(sight.evenings) or (end == "cancelled" and ended <= arrived):
        return None
    groups = [list(of_stage) for _, of_stage in groupby(seen, lambda s: s.stage)]
    stages = []
    for n, group in enumerate(groups):
        left = groups[n + 1][0].day if n + 1 < len(groups) else ended
        handed = group[0].day if n else arrived
        stages.append(_stage(sight, group, handed, left, drawn))
    p = sight.p
    closed = end in ("resolved", "unresolved", "given_up") and seen[0].kind == 0
    chances = [float("nan")] * 4
    if closed:
        last = sight.departments.index(stages[-1].department)
        engagement = float(sight.days[ended].after["engagement"][last])
        ratio = sum(s.time for s in stages) / sum(s.standard for s in stages)
        quality = stages[-1].quality
        chances = [
            resolution_probability(p, engagement, ratio, quality),
            resolution_probability(p, engagement, 1.0, 1.0),
            saturating(p, ratio),
            quality,
        ]
    return Visit(
        attempt=attempt,
        arrived=arrived,
        ended=ended,
        end=end,
        in_time=outcome_of_resolution(p, ended - arrived) == 1.0 if ended >= 0 else False,
        stages=tuple(stages),
        chance=chances[0],
        by_people=chances[1],
        by_time=chances[2],
        by_handoffs=chances[3],
        draw=uniform(block(sight.seed, ITEM_CLOSE, seen[0].uid, attempt)[0]),
        before=sight.experience_before(ended) if ended >= 0 else float("nan"),
        after=sight.evenings[ended] if ended >= 0 else float("nan"),
        shared=_ends_on(sight, ended) > 1,
    )


def _end(
    attempt: int, closings: Sequence[int], happened: Sequence[tuple[int, str]]
) -> tuple[int, str]:
    """Last day of an attempt and how it ended."""
    if attempt < len(closings):
        day = closings[attempt]
        after = [event for when, event in happened if when == day]
        known = ("given_up", "unresolved", "resolved")
        return day, next((end for end in known if end in after), "closed")
    for day, event in happened:
        if event in ("abandoned", "answered", "cancelled"):
            return day, event
    return NOT_YET, "open"


def _ends_on(sight: Sight, day: int) -> int:
    """How many visits of the person ended on a day."""
    log = sight.events
    ends = log["event"].isin(["closed", "answered", "abandoned"])
    return int((ends & (log["day"] == day)).sum())


def _stage(sight: Sight, seen: list[Seen], handed: int, left: int, drawn: float) -> Stage:
    first = seen[0]
    p, j = sight.p, seen[-1].department
    due = max(s.due for s in seen if s.place == CALENDAR and s.begun != HELD)
    last_day = left if left >= 0 else len(sight.evenings) - 1
    entered = due if due <= last_day else NOT_YET
    on_hand = sight.days[handed].after[j]
    crosses = first.stage > 0 and first.path[first.stage - 1] != j
    approvals = 0
    ordinal = ORDINALS_PER_VISIT * first.attempt + first.stage
    words = block(sight.seed, ITEM_STAGE, first.uid, ordinal)
    if crosses and on_hand["kind"] == SERVICE:
        approvals = poisson(uniform(words[2]), float(on_hand["policy"]))
    queued = next((s for s in seen if s.place == QUEUE), None)
    waited = sight.days[queued.day].after[j] if queued else None
    standard = time = pressure = 0.0
    own = intended = uncut = 1.0
    here = on_hand
    if entered >= 0:
        day = sight.days[entered]
        here, pressure = day.after[j], float(day.before[j]["pressure"])
        z = normal(words[0], words[1])
        standard, time, own, intended, uncut = _hours(sight, day, j, lognormal(z, p.hours_sd_log))
    v = float(here["dials"][V])
    seen_by_draw = here["kind"] == FRONT or drawn < v
    klass = queued.klass if queued else CUSTOMER_LINKED if seen_by_draw else INTERNAL
    return Stage(
        department=sight.departments[j],
        handed=handed,
        entered=entered,
        left=left,
        seen=klass == CUSTOMER_LINKED,
        meets_customers=bool(here["kind"] == FRONT),
        line_of_sight=v,
        hours_ahead=queued.hours_ahead if queued else 0.0,
        hours_linked=_lying(waited, CUSTOMER_LINKED),
        hours_internal=_lying(waited, INTERNAL),
        approvals=approvals,
        delay=max(0, due - handed - 1) if first.stage else 0,
        policy=float(on_hand["policy"]),
        disputed=len({s.due for s in seen if s.begun == HELD}),
        pressure=pressure,
        standard=standard,
        time=time,
        service_standard=own,
        pace=intended,
        uncut=uncut,
        quality=first.quality,
    )


def _lying(department: np.ndarray | None, klass: int) -> float:
    return 0.0 if department is None else float(department["backlog"][klass]) / HOUR


def _hours(sight: Sight, day: Day, j: int, factor: float) -> tuple[float, ...]:
    """Hours that an item should take at a department, those it is given there, and why so many."""
    here, dials = day.after[j], day.after[j]["dials"]
    standard = max(1, round_half_up(HOUR * float(here["hours_customer"]) * factor))
    own, intended = float(here["standard"]), float(pace(sight.p, dials[A], dials[B]))
    uncut = float(uncut_share(sight.p, dials[A], float(day.before[j]["pressure"])))
    time = max(1, round_half_up(standard * (own * intended * uncut)))
    return standard / HOUR, time / HOUR, own, intended, uncut
