"""Who and what there is (section 2): plain records, no behaviour beyond a few sums."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from .market import CALM, Distributor, Report, Segment, Spell

NEED, LEAD, OUTREACH, CHANGE, ESSENTIAL, COURTESY, REPORT, HIRE, CHANNEL = range(9)
STREAMS = {
    NEED: "item.need",
    LEAD: "item.lead",
    OUTREACH: "item.outreach",
    CHANGE: "item.change",
    ESSENTIAL: "item.essential",
    COURTESY: "item.courtesy",
    REPORT: "item.report",
    HIRE: "item.hire",
    CHANNEL: "item.channel",
}
PROSPECT, ACTIVE, LOST = 0, 1, 2
FRONT, SERVICE, MANAGEMENT = 0, 1, 2
KINDS_OF_DEPARTMENT = {"front": FRONT, "service": SERVICE, "management": MANAGEMENT}
CUSTOMER, INTERNAL = 0, 1  # the two classes of work
DAYS_A_WEEK = 5
DAYS_A_QUARTER = 65
WEEKS_A_QUARTER = 13
MICRO = 1_000_000  # microhours in an hour
MONEY = 10_000  # hundredths of a cent in the unit of currency
NO_WAY = 4  # hops of a department from which no way leads to a customer (11.5)
NEUTRAL_VOICE = 0.15  # of distributors, with which 11.8 compares
MIDDLE_BAND = 2  # of customers by value, before anything is known (11.10)
MECHANISMS = (
    "disputes",
    "measurement",
    "entitlement",
    "incidents",
    "engagement",
    "listening",
    "agility",
    "distributors",
    "shadow_it",
    "customer_office",
    "relearning",
)


class Dials(NamedTuple):
    """A department's row of the regime, in the order w v c k a b m l q d f h of section 2."""

    customer_priority: float
    line_of_sight: float
    colleague_as_customer: float
    captivity: float
    customer_metric: float
    local_metric: float
    manager_metric: float
    listening: float
    risk_aversion: float
    distributor_voice: float
    focus: float
    care: float


@dataclass(eq=False)
class Route:
    path: tuple[str, ...]
    share: float
    first: str = ""  # where it began before any merger
    cause: float = 1.0  # of a need route: what changes have left of the cause of its needs (11.7)


@dataclass(eq=False)
class Customer:
    uid: int
    segment: int
    distributor: int
    taste: tuple[float, float]
    margin: int
    first_margin: int  # before any cross-selling
    need_rate: float
    propensity: float
    experience: float
    satisfaction: float = 0.0
    status: int = PROSPECT
    joined_week: int = 0
    lost_week: int = -1
    word: float = 0.0
    open_lead: bool = False
    open_outreach: bool = False
    hears: tuple[int, ...] = ()
    revenue: int = 0
    distributor_margin: int = 0
    concessions: int = 0
    cost_to_serve: int = 0
    cost_at_review: int = 0
    needs: int = 0
    unresolved: int = 0
    abandoned: int = 0
    price: float = 1.0
    band: int = MIDDLE_BAND

    @property
    def profit(self) -> int:
        return self.revenue - self.distributor_margin - self.concessions - self.cost_to_serve


@dataclass(eq=False)
class Seat:
    department: str
    number: int
    uid: int
    filled: bool = False
    skill: float = 0.0
    engagement: float = 0.0
    fatigue: float = 0.0
    entitlement: float = 0.0
    resentment: float = 0.0
    tools: float = 0.0
    tenure: int = 0
    open_requests: int = 0
    blocking_item: int | None = None
    generation: int = 0
    hire_under_way: bool = False

    @property
    def blocked(self) -> bool:
        return self.blocking_item is not None


@dataclass(eq=False)
class Item:
    """A request on its way. `standard` and `time` are the totals of the present visit (7.2)."""

    uid: int
    kind: int
    owner: int
    route: tuple[str, ...]
    born_week: int
    generation: int = 0  # of the seat that asked (9.5)
    requester: Seat | None = None
    stage: int = 0
    attempt: int = 0
    place: str = "calendar"
    begins: bool = True  # on the calendar: a visit begins when it falls due
    rejoins: bool = False  # on the calendar after a dispute: its class and key are kept (11.1)
    opened: int = -1
    arrived: int = -1
    deadline: int = -1
    sight: float = 0.0
    escalated: bool = False
    klass: int = -1
    key: int = 0
    turn: int = 0
    standard: int = 0
    time: int = 0
    hours_left: int = 0
    quality: float = 1.0
    distributor: int = -1  # that asked, of a channel request
    segment: int = -1  # that a change aims at; -1: a fix, or no change at all

    @property
    def department(self) -> str:
        """Where it is, or where it is under way to."""
        return self.route[self.stage]

    @property
    def for_customer(self) -> bool:
        return self.kind in (NEED, LEAD, OUTREACH)


@dataclass(eq=False)
class Closings:
    """What a department closed in a week (11.2)."""

    closed: int = 0
    in_time: int = 0
    needs: int = 0
    needs_well: int = 0  # resolved in time


@dataclass(eq=False)
class Department:
    name: str
    key: int
    kind: int
    plan: int
    wage: int
    rate: int  # cost of an hour, hundredths of a cent
    mean_hours: tuple[float, float]  # with a customer behind, internal
    target: int
    policy: float
    dials: Dials
    seats: list[Seat]
    suppliers: list[tuple[str, float]]  # who serves it, essential requests a head and week
    superior: str | None
    hops: int = NO_WAY
    standard: float = 1.0
    pressure: float = 0.0
    debt: int = 0
    queues: tuple[list[Item], list[Item]] = field(default_factory=lambda: ([], []))
    presence_state: float = 0.0
    presence: float = 1.0
    engagement: float = 0.0  # mean of this morning
    resentment: float = 0.0  # likewise
    relearning: float = 0.0
    kept: float = 1.0  # of its customer projects
    insight_path: tuple[str, ...] | None = None  # the departments after it; None: no way
    reports: dict[int, list[Report]] = field(default_factory=dict)  # by week, a report a segment
    delivered: int = 0  # weeks of reports that have arrived
    shadowed: str | None = None  # the supplier it may come to do without
    shadow_built: bool = False
    weeks_above: int = 0
    weeks_below: int = 0
    gross: int = 0
    regular: int = 0
    overtime: int = 0
    paid: int = 0
    work: int = 0
    switching: int = 0
    idle: int = 0
    delivered_time: float = 0.0
    delivered_standard: int = 0
    week_regular: int = 0
    week_overtime: int = 0
    week_work: int = 0
    week_customer_work: int = 0  # of class 0
    week_switching: int = 0
    week_disputes: int = 0  # microhours charged
    week_blocked: int = 0  # seat-days
    week_filled: int = 0  # seat-days
    week_hires: int = 0
    utilisation: float = 0.0  # of last week
    closings: Closings = field(default_factory=Closings)
    reported: float = -1.0  # not known yet
    true: float = -1.0
    quarter_regular: int = 0
    quarter_used: int = 0  # work and switching loss

    @property
    def backlog(self) -> tuple[int, int]:
        first, second = self.queues
        return sum(i.hours_left for i in first), sum(i.hours_left for i in second)

    @property
    def filled(self) -> int:
        return sum(seat.filled for seat in self.seats)


@dataclass(eq=False)
class Office:
    """The customer's office (11.10)."""

    positional: float
    borrowed: float
    hard_wired: float
    functions: frozenset[str]
    attending: float = 1.0  # what participation falls to where nothing is hard-wired
    participation: float = 0.0
    earned: float = 0.0
    yardstick: float | None = None  # share of customers lost in the first quarter
    strengths: dict[str, float] = field(default_factory=dict)
    lookalike_margin: int = 0

    @property
    def authority(self) -> float:
        return min(1.0, self.positional + self.borrowed + self.earned)


class Event(NamedTuple):
    day: int
    name: str
    owner: int
    department: str
    item: int


class Detail(NamedTuple):
    cause: str
    value: float


@dataclass(eq=False)
class State:
    """Everything that is true of a firm and its market on one morning."""

    seed: int
    c: dict[str, float]  # the coefficients, by name
    segments: list[Segment]
    departments: list[Department]
    customers: list[Customer]
    distributors: list[Distributor]
    routes: dict[int, list[Route]]
    edge_courtesy: dict[tuple[str, str], float]
    turbulence: float
    head: str | None
    product: str | None
    insight_every: int  # weeks between surveys; 1: all the time
    marketing: float
    willingness: float
    planned: tuple[int, int] = (0, 0)  # weekly wages of the plan at the start, and overhead
    office: Office | None = None
    mechanisms: frozenset[str] = frozenset()  # those switched on
    hosts: dict[str, str] = field(default_factory=dict)  # departments merged into others
    today: int = 0
    demand_state: float = 0.0
    demand: float = 1.0
    surge: Spell = CALM
    price_war: Spell = CALM
    recession: Spell = CALM
    attention: float = 1.0  # to customer projects, before anybody plans them
    lift: float = 0.0
    items: dict[int, Item] = field(default_factory=dict)
    calendar: dict[int, list[int]] = field(default_factory=dict)
    deadlines: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    escalations: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    turns: int = 0  # entries into queues so far
    events: list[Event] = field(default_factory=list)
    details: dict[int, Detail] = field(default_factory=dict)  # of some events, by place in `events`
    cash: int = 0
    short_of_cash: int = 0  # governances in a row with cash below zero
    insolvent_week: int | None = None
    true_figure: float = -1.0  # the firm's, not known yet (11.2)
    week_concessions: int = 0
    week_outside: int = 0
    week_incidents: int = 0
    week_cross_selling: int = 0
    week_events_from: int = 0
    tally: Counter[str] = field(default_factory=Counter)  # of the week, beside the events
    weeks: list[dict[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.by_name = {department.name: department for department in self.departments}
        self.seats = [seat for department in self.departments for seat in department.seats]
        self.active_at_start = sum(person.status == ACTIVE for person in self.customers)
        margins = [0] * len(self.segments)
        for person in self.customers:
            self.segments[person.segment].persons += 1
            margins[person.segment] += person.margin if person.status == ACTIVE else 0
        self.focal = margins.index(max(margins))  # of equals the first

    @property
    def week(self) -> int:
        return self.today // DAYS_A_WEEK

    def on(self, mechanism: str) -> bool:
        return mechanism in self.mechanisms

    def strength(self, function: str) -> float:
        """Of a function of the customer's office this week; 0 without an office."""
        return self.office.strengths.get(function, 0.0) if self.office else 0.0

    def tell(
        self,
        name: str,
        owner: int,
        department: str = "",
        item: int = -1,
        *,
        detail: Detail | None = None,
    ) -> None:
        if detail is not None:
            self.details[len(self.events)] = detail
        self.events.append(Event(self.today, name, owner, department, item))
