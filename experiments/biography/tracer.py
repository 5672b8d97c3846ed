"""One person followed through the life of a firm, from outside.

A run is deterministic, so it can be lived again with somebody watching. The watcher looks every
evening, and on the first morning of a week once the week has opened; it reads and never writes, so
a watched firm lives the same life to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from mesa.time import Schedule

from experiments.biography.weeks import Place, Week
from simulation import Firm, Record, Scenario
from simulation.agents.customer import churn_hazard, fit, said_by
from simulation.log import (
    BY_DISTRIBUTOR,
    CAUSES,
    EVENTS,
    INCIDENT,
    JOIN,
    LOSS,
    SCENARIO_EVENTS,
)
from simulation.randomness import CUSTOMER_WEEK, block, uniform
from simulation.record_io import EventSpool
from simulation.world import (
    ACQUAINTANCES,
    ACTIVE,
    CHANGE,
    DAYS_A_WEEK,
    FREE,
    HOUR,
    QUEUE,
    Row,
    World,
)

_AFTER_OPENING = 0.75  # in days of Mesa's clock: a week opens at .5, the day is lived at 1
_FIRM_EVENTS = [INCIDENT, *SCENARIO_EVENTS]
_OF_THE_FIRM = [EVENTS[number] for number in _FIRM_EVENTS]


class Seen(NamedTuple):
    """An item of the person as it stood at one moment; hours are those of the evening."""

    day: int
    uid: int
    kind: int
    born_week: int
    path: tuple[int, ...]
    stage: int
    attempt: int
    place: int
    department: int
    klass: int
    due: int
    begun: int
    quality: float
    standard: int
    time: int
    hours_ahead: float


class Day(NamedTuple):
    """The departments the evening before and on the evening of a day."""

    before: np.ndarray
    after: np.ndarray


@dataclass(frozen=True)
class Sight:
    """Everything a watcher saw of one person in one firm.

    Attributes
    ----------
    uid : int
        The person.
    person : mapping
        The person's row at the start.
    p : record
        Parameters, as the rules read them.
    seed : int
        Seed of the run.
    departments, segments : tuple of str
        Names, in the order of their rows.
    weeks : tuple of Week
        A row a week.
    seen : tuple of Seen
        The person's items, in order of time.
    days : mapping
        Departments of the days on which there was an item.
    evenings : sequence of float
        Experience on the evening of each day.
    events : DataFrame
        The event log of this person and their items.
    happened : DataFrame
        What happened to the firm as a whole.
    record : Record
        What the run left behind; of its event log only these two.
    """

    uid: int
    person: Row
    p: Row
    seed: int
    departments: tuple[str, ...]
    segments: tuple[str, ...]
    weeks: tuple[Week, ...] = field(repr=False)
    seen: tuple[Seen, ...] = field(repr=False)
    days: dict[int, Day] = field(repr=False)
    evenings: list[float] = field(repr=False)
    events: pd.DataFrame = field(repr=False)
    happened: pd.DataFrame = field(repr=False)
    record: Record = field(repr=False)

    def experience_before(self, day: int) -> float:
        """Experience on the morning of a day."""
        return (
            self.weeks[day // DAYS_A_WEEK].experience
            if day % DAYS_A_WEEK == 0
            else (self.evenings[day - 1])
        )


def watch(scenario: Scenario, uid: int, seed: int) -> Sight:
    """Live the firm's life once more with one person in view.

    Parameters
    ----------
    scenario : Scenario
        Resolved: with its regime and horizon.
    uid : int
        Row of the person, 0 to `market.customers` - 1.
    seed : int
        Seed of the run.
    """
    firm = Firm(scenario, rng=seed, events="all")
    watcher = _Watcher(firm, uid)
    firm.run_for(scenario.weeks * DAYS_A_WEEK)
    record = firm.record()
    log = record.events
    of_firm = log["event"].isin(_OF_THE_FIRM)
    return Sight(
        uid=uid,
        person=watcher.person,
        p=firm.world.p[0],
        seed=seed,
        departments=firm.department_names,
        segments=tuple(segment.name for segment in scenario.market.segments),
        weeks=tuple(watcher.weeks),
        seen=tuple(watcher.seen),
        days=watcher.days,
        evenings=watcher.evenings,
        events=log[~of_firm].reset_index(drop=True),
        happened=log[of_firm].reset_index(drop=True),
        record=record,
    )


class _Watcher:
    """Looks at one person of a firm that runs."""

    def __init__(self, firm: Firm, uid: int) -> None:
        self.firm = firm
        self.uid = uid
        self.person = self._row().copy()
        self.weeks: list[Week] = []
        self.seen: list[Seen] = []
        self.days: dict[int, Day] = {}
        self.evenings: list[float] = []
        # last evening's state: it says what the opening of the week found
        self.status = int(self.person.status)
        self.asking = bool(self.person.open_lead)
        self.departments = self._departments()
        self.around = False  # whether an item of the person is about
        self.by_experience = 0.5 * float(self.person.experience)
        self.by_fit = float(self.person.satisfaction) - self.by_experience
        firm.recorder.events = _OwnEvents(self)
        firm.schedule_recurring(self.morning, Schedule(interval=DAYS_A_WEEK, start=_AFTER_OPENING))
        firm.schedule_recurring(self.evening, Schedule(interval=1.0, start=1.0))

    def morning(self) -> None:
        """The week has opened: lives are lived, needs are born."""
        world, person = self.firm.world, self._row()
        week = int(world.firm[0].week)
        p, segment = world.p[0], world.segments[person.segment]
        own, theirs = (self._fit(segment, at) for at in ("offer", "competitor"))
        was = self.status == ACTIVE
        price = float(person.price * world.firm[0].price / world.firm[0].competitor_price)
        hazard = float("nan")
        if was and _cause_of_loss(world, self.uid) != CAUSES[BY_DISTRIBUTOR]:
            experience = float(person.experience)
            self.by_experience += p.satisfaction_speed * (0.5 * experience - self.by_experience)
            self.by_fit += p.satisfaction_speed * (0.5 * own - self.by_fit)
            satisfaction = float(person.satisfaction)
            hazard = churn_hazard(p, person.propensity, satisfaction, own, theirs, price)
        words = block(world.firm[0].seed, CUSTOMER_WEEK, self.uid, week)
        said, friend, left = self._hears(world, person, int(ACQUAINTANCES * uniform(words[2])))
        self.weeks.append(
            Week(
                week=week,
                customer=was,
                experience=float(person.experience),
                satisfaction=float(person.satisfaction),
                by_experience=float(self.by_experience),
                by_fit=float(self.by_fit),
                needs=_place(segment.needs),
                offer=_place(segment.offer),
                competitor=_place(segment.competitor),
                fit=own,
                competitor_fit=theirs,
                price=price,
                hazard=float(hazard),
                draw=uniform(words[0]),
                carried=_is_carried(world, int(person.distributor)),
                word=float(person.word),
                said=said,
                friend=friend,
                friend_left=left,
            )
        )
        self._look_at_items(int(world.firm[0].day))

    def evening(self) -> None:
        """A day has been lived."""
        person = self._row()
        day = int(self.firm.world.firm[0].day) - 1
        if person.status == ACTIVE and self.status != ACTIVE:
            self.by_experience = 0.5 * float(person.experience)
            self.by_fit = float(person.satisfaction) - self.by_experience
        self.status, self.asking = int(person.status), bool(person.open_lead)
        self.evenings.append(float(person.experience))
        before, self.departments = self.departments, self._departments()
        was_around = self.around
        self._look_at_items(day)
        if was_around or self.around:
            self.days[day] = Day(before, self.departments)

    def _row(self) -> Row:
        return self.firm.world.customers[self.uid]

    def _departments(self) -> np.ndarray:
        return self.firm.world.departments.view(np.ndarray).copy()

    def _fit(self, segment: Row, whose: str) -> float:
        person, at = self._row(), segment[whose]
        (x, y), needs = person.taste, segment.needs
        return float(fit(self.firm.world.p[0], x, y, needs[0], needs[1], at[0], at[1]))

    def _hears(self, world: World, person: Row, which: int) -> tuple[float, int, int]:
        """What an acquaintance says, who it is, and weeks since that one left."""
        firm = world.firm[0]
        if person.status == ACTIVE or self.asking or not firm.acquainted:
            return float("nan"), -1, -1
        friend = int(person.acquaintances[which])
        other = world.customers[friend]
        gone = int(firm.week - other.lost_week)
        said = said_by(world.p[0], other.status, other.satisfaction, gone)
        is_lost = other.status != ACTIVE and other.lost_week >= 0
        return float(said), friend, gone if is_lost else -1

    def _look_at_items(self, day: int) -> None:
        items = self.firm.world.items.view(np.ndarray)
        mine = (items["owner"] == self.uid) & (items["kind"] < CHANGE) & (items["place"] != FREE)
        slots = np.flatnonzero(mine)
        self.around = bool(len(slots))
        for slot in slots:
            item = items[slot]
            route = self.firm.world.routes[item["route"]]
            self.seen.append(
                Seen(
                    day=day,
                    uid=int(item["uid"]),
                    kind=int(item["kind"]),
                    born_week=int(item["born_week"]),
                    path=tuple(map(int, route.path[: route.length])),
                    stage=int(item["stage"]),
                    attempt=int(item["attempt"]),
                    place=int(item["place"]),
                    department=int(item["department"]),
                    klass=int(item["klass"]),
                    due=int(item["due"]),
                    begun=int(item["begun"]),
                    quality=float(item["quality"]),
                    standard=int(item["standard"]),
                    time=int(item["time"]),
                    hours_ahead=_hours_ahead(items, int(slot)),
                )
            )


class _OwnEvents(EventSpool):
    """Keeps of a firm's events those of one person: a large firm has tens of millions."""

    def __init__(self, watcher: _Watcher) -> None:
        super().__init__(watcher.firm.department_names)
        self.watcher = watcher

    def append(self, rows: np.ndarray) -> None:
        """Add what belongs to the person, their items, or the firm as a whole."""
        log = rows.view(np.ndarray)
        theirs = (log["uid"] == self.watcher.uid) & np.isin(log["event"], (JOIN, LOSS))
        items = np.isin(log["item_uid"], list({item.uid for item in self.watcher.seen}))
        super().append(log[theirs | items | np.isin(log["event"], _FIRM_EVENTS)])


def _is_carried(world: World, distributor: int) -> bool:
    """Whether there is such a distributor, and it has not gone over to the competitor."""
    if distributor < 0:
        return False
    return bool(world.distributors[distributor].away_until <= world.firm[0].week)


def _place(at: Any) -> Place:
    return float(at[0]), float(at[1])


def _cause_of_loss(world: World, uid: int) -> str | None:
    """Why the log says that a person was lost today; None if not."""
    log = world.log[: world.firm[0].log_count].view(np.ndarray)
    lost = log[(log["event"] == LOSS) & (log["uid"] == uid) & (log["day"] == world.firm[0].day)]
    return CAUSES[lost["cause"][0]] if len(lost) else None


def _hours_ahead(items: np.ndarray, slot: int) -> float:
    """Hours of the same class that will be served before an item that waits in a queue."""
    item = items[slot]
    if item["place"] != QUEUE:
        return 0.0
    queue = (items["place"] == QUEUE) & (items["department"] == item["department"])
    queue &= items["klass"] == item["klass"]
    ahead = int(items["left"][queue & (items["key"] < item["key"])].sum())
    before = item["prev"][0]  # the list of those with the same key
    while before >= 0:
        ahead += int(items["left"][before])
        before = items["prev"][before, 0]
    return ahead / HOUR
