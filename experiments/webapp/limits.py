"""How much one visitor may ask for, so that there is something left for the others."""

from __future__ import annotations

from simulation import Scenario, ScenarioError
from simulation.errors import Problem, show
from simulation.world import WEEKS_A_YEAR

BODY_BYTES = 256 * 1024
"""Most that a request may bring."""

BODY_SECONDS = 15.0
"""Time in which all of it has to be there; a browser on a poor network takes a few."""

HEAD_SECONDS = 10.0
"""Time in which a connection has to say what it wants."""

CONNECTIONS_OF_ONE = 250
"""Connections of one address at a time: a class behind one router, six to a browser."""

CONNECTIONS = 800
"""Connections at a time: fewer than the files that a process may commonly have open."""

REPLICATIONS = 200
"""Most replications of a comparison in the browser; the command line has no such limit."""

OWN_CHARACTERS = 60_000
"""Longest text of a visitor's own scenario; a complete one with all comments has 30 000."""

OWN_NAME = 60
"""Longest name of it, and of its regime."""

OWN_VALUES = 6_000
"""Most values in it; a complete one has a thousand."""

OWN_LENGTHS = {
    "organisation.departments": 60,
    "organisation.serves": 600,
    "market.segments": 20,
    "events": 100,
    "regime.schedule": 100,
    "uncertain": 40,
}
"""Most entries of its lists and mappings; each entry costs time to check."""

PERSONS = 1_200_000
"""Most persons in the market of one firm, with its seats: they lie in memory."""

PERSON_WEEKS = 2_000_000_000
"""Most that a comparison may simulate: persons and seats x weeks x firms x replications."""

PLAYERS = 4
"""Most among whom a gap is divided in the browser: 16 firms; the command line divides among 8."""

SHARED_REPLICATIONS = 8
"""Most replications of those firms."""

SHARED_LEAST = 2
"""Fewest, if the comparison has as many: with one there is no interval."""

SHARED_PERSON_WEEKS = 340_000_000
"""Most that they simulate unless they are fewest: some two minutes on two processors."""

MAP_STEPS = 11
"""Places along each key of a map in the browser: laying them out takes a second."""

MAP_POINTS = 20
"""Most places of it at which both firms are run; the command line takes as many as one likes."""

MAP_REPLICATIONS = 8
"""Most replications of both at each of them."""

MAP_LEAST = 3
"""Fewest: with two, hardly anything is ever clear."""

MAP_PERSON_WEEKS = 1_300_000_000
"""Most that they simulate unless the replications are fewest: two minutes on two processors."""

RUN_PERSON_WEEKS = 350_000_000
"""Most of a single run, half a minute on one processor: nobody can stop it, and others wait."""

JOBS_PER_VISITOR = 3
"""Comparisons of one address at a time."""

JOBS = 16
"""Comparisons at a time."""

READINGS = 2
"""Comparisons that are read from the disk at a time, for tables and reports."""

LIVES = 4
"""Lives of customers that are told at a time, for everybody together."""

ANSWERS_KEPT = 100
"""Traces and lives kept of one comparison."""

STUDIES_KEPT = 300
"""Comparisons kept on disk; those not looked at for longest go first."""

STAY_SECONDS = 3600.0
"""A comparison at which somebody looked within this time does not go."""

ROOMS = 200
"""Rooms of the game that are kept; those in which nothing happened for a day do not count."""

EMPTY_SECONDS = 86_400.0
"""A room that is older, and that nobody ever entered, makes way for a new one."""

ROOMS_AN_HOUR = 30
"""Rooms that one address opens in an hour; this machine itself may open more."""

STREAMS = 120
"""Streams into one room: thirty people with a spare tablet each, and a facilitator."""

STREAMS_OF_TEAM = 6
"""Of them, those of one team."""

STREAMS_OF_FACILITATOR = 4
"""Of them, those that are left to the facilitator, whatever the teams do."""

UNWATCHED_SECONDS = 15.0
"""A comparison at which nobody looks for so long is stopped; what is finished is kept."""


class TooManyError(Exception):
    """Somebody, or everybody together, asks for too much at a time."""


def check_size(cells: dict[str, Scenario], replications: int) -> None:
    """Refuse a comparison that would take hours, or more memory than there may be.

    Raises
    ------
    ScenarioError
        If it is larger than `PERSON_WEEKS` or `PERSONS`, or a run than `RUN_PERSON_WEEKS`.
    """
    people = {label: _people(cell) for label, cell in cells.items()}
    if max(people.values()) > PERSONS:
        allowed = f"{PERSONS} persons and seats at most; the command line has no such limit"
        given = str(max(people.values()))
        raise ScenarioError([Problem(field="market.customers", given=given, allowed=allowed)])
    for label, cell in cells.items():
        if people[label] * cell.weeks > RUN_PERSON_WEEKS:
            weeks = RUN_PERSON_WEEKS // people[label]
            years = weeks * 10 // WEEKS_A_YEAR / 10  # in tenths, and never more than allowed
            allowed = f"{years:g} at most for this many people; the command line has no such limit"
            given = show(cell.horizon_years)
            raise ScenarioError([Problem(field="horizon_years", given=given, allowed=allowed)])
    weight = sum(people[label] * cell.weeks for label, cell in cells.items())
    if weight * replications <= PERSON_WEEKS:
        return
    most = PERSON_WEEKS // max(weight, 1)
    allowed = f"{most} at most for firms and a horizon of this size" if most else (
        "a smaller market or a shorter horizon; the command line has no such limit"
    )  # fmt: skip
    raise ScenarioError([Problem(field="replications", given=str(replications), allowed=allowed)])


def shared_replications(cells: dict[str, Scenario], firms: int, compared: int) -> int:
    """How often to run the firms among which the gap between two is divided.

    Parameters
    ----------
    cells : mapping of str to Scenario
        The two.
    firms : int
        How many mixtures of them there are, with themselves.
    compared : int
        Replications of the two.

    Raises
    ------
    ScenarioError
        If it would be more than `PERSON_WEEKS`.
    """
    weight = firms * _largest(cells)
    count = max(SHARED_LEAST, SHARED_PERSON_WEEKS // max(weight, 1))
    return _affordable(firms, weight, min(SHARED_REPLICATIONS, compared, count))


def map_replications(cells: dict[str, Scenario]) -> int:
    """How often to run two firms at each point of a map, of which these are the largest.

    Raises
    ------
    ScenarioError
        If it would be more than `PERSON_WEEKS`.
    """
    firms = 2 * MAP_POINTS
    weight = firms * _largest(cells)
    count = max(MAP_LEAST, MAP_PERSON_WEEKS // max(weight, 1))
    return _affordable(firms, weight, min(MAP_REPLICATIONS, count))


def _affordable(firms: int, weight: int, replications: int) -> int:
    """So many replications of firms of this weight together, or a refusal."""
    if weight * replications > PERSON_WEEKS:
        allowed = "a smaller market or a shorter horizon; the command line has no such limit"
        raise ScenarioError([Problem(given=f"{firms} firms of this size", allowed=allowed)])
    return replications


def _largest(cells: dict[str, Scenario]) -> int:
    return max(_people(cell) * cell.weeks for cell in cells.values())


def _people(firm: Scenario) -> int:
    return firm.market.customers + sum(one.seats for one in firm.organisation.departments)
