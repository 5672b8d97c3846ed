"""One person's life in one firm, watched and put together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np

from experiments.biography.hazard import Spell, spells
from experiments.biography.journeys import Journey, journeys
from experiments.biography.tracer import Sight, watch
from experiments.biography.weeks import Place, Week
from simulation import Scenario
from simulation.agents.customer import experience_after
from simulation.dials import DIALS
from simulation.log import BY_DISTRIBUTOR, CAUSES
from simulation.mechanisms.incidents import INCIDENT_HIT
from simulation.randomness import block, joint_uid, name_key, uniform
from simulation.world import ACTIVE, DAYS_A_WEEK, MONEY

HALF_A_YEAR = 26  # weeks for which a bad end is told as leading to a loss


@dataclass(frozen=True)
class Loss:
    """The person leaves.

    Attributes
    ----------
    week : int
        When.
    cause : str
        What raised the log hazard most, as the event log has it.
    """

    week: int
    cause: str

    @property
    def taken(self) -> bool:
        """Whether the person's distributor took them along."""
        return self.cause == CAUSES[BY_DISTRIBUTOR]


@dataclass(frozen=True)
class Life:
    """One person in one firm.

    Attributes
    ----------
    regime : str
        What the firm is called.
    scenario : Scenario
        The firm.
    sight : Sight
        What was seen.
    journeys : tuple of Journey
        Needs, leads and calls.
    spells : list of Spell
        When the hazard of leaving rose most, and why.
    """

    regime: str
    scenario: Scenario = field(repr=False)
    sight: Sight = field(repr=False)
    journeys: tuple[Journey, ...] = field(repr=False)
    spells: list[Spell] = field(repr=False)

    @classmethod
    def live(cls, scenario: Scenario, regime: str, uid: int, seed: int) -> Life:
        """Run the firm with this person in view.

        Parameters
        ----------
        scenario : Scenario
            Resolved: with its regime and horizon.
        regime : str
            What to call the firm.
        uid : int
            The person.
        seed : int
            Seed of the run.
        """
        sight = watch(scenario, uid, seed)
        found = spells(sight.p, taste_of(sight), sight.weeks)
        return cls(regime, scenario, sight, journeys(sight), found)

    @property
    def weeks(self) -> tuple[Week, ...]:
        """A row a week."""
        return self.sight.weeks

    @property
    def needs(self) -> list[Journey]:
        """Needs that were brought to the firm."""
        return [j for j in self.journeys if j.kind == "need" and j.visits]

    @property
    def leads(self) -> list[Journey]:
        """Times at which the person asked for an offer."""
        return [j for j in self.journeys if j.kind == "lead" and j.visits]

    @cached_property
    def joins(self) -> list[int]:
        """Weeks of joining."""
        return self._weeks_of("join")

    @cached_property
    def losses(self) -> list[Loss]:
        """Every time the person left."""
        log = self.sight.events[self.sight.events["event"] == "loss"]
        return [
            Loss(int(day) // DAYS_A_WEEK, str(cause))
            for day, cause in zip(log["day"], log["cause"], strict=True)
        ]

    @property
    def at_start(self) -> bool:
        """Whether the person was a customer before the run began."""
        return bool(self.sight.person.status == ACTIVE)

    @property
    def at_end(self) -> bool:
        """Whether the person is a customer when the run ends."""
        return str(self.end["status"]) == "active"

    @cached_property
    def end(self) -> dict[str, object]:
        """The person's row of `Record.customers`."""
        row = self.sight.record.customers.iloc[self.sight.uid]
        return {str(key): value for key, value in row.items()}

    @property
    def profit(self) -> float:
        """What the person earned the firm, in currency."""
        return float(str(self.end["profit"]))

    @property
    def margin(self) -> float:
        """Weekly margin at the start, in currency."""
        return float(self.sight.person.margin) / MONEY

    @property
    def segment(self) -> str:
        """The person's segment."""
        return self.sight.segments[int(self.sight.person.segment)]

    def before_a_loss(self, week: int) -> bool:
        """Whether the person left in this week or in the half year after it."""
        return any(0 <= loss.week - week <= HALF_A_YEAR for loss in self.losses)

    def week(self, number: int) -> Week:
        """The person in a week."""
        return self.weeks[number]

    def dial(self, name: str, department: str, week: int) -> float:
        """A dial of a department in a week."""
        dials = self.scenario.effective_regime.dials(week, self.sight.departments)
        return float(dials[self.sight.departments.index(department)][DIALS.index(name)])

    def voice(self, week: int) -> float:
        """Weight of distributors in the firm, the mean of `distributor_voice`."""
        dials = self.scenario.effective_regime.dials(week, self.sight.departments)
        return float(dials[:, DIALS.index("distributor_voice")].mean())

    def incidents(self) -> Iterator[tuple[int, str, float, float]]:
        """Incidents that the person felt: week, department, experience before and after."""
        log = self.sight.happened[self.sight.happened["event"] == "incident"]
        experience, on = 0.0, -1
        for day, department in zip(log["day"].tolist(), log["department"].tolist(), strict=True):
            week = day // DAYS_A_WEEK
            if not self.week(week).customer:
                continue
            if day != on:
                experience, on = self.sight.evenings[day - 1], day
            uid = joint_uid(self.sight.uid, name_key(department))
            if uniform(block(self.sight.seed, INCIDENT_HIT, uid, week)[0]) < (
                self.sight.p.incident_reach
            ):
                after = float(experience_after(self.sight.p, experience, 0.0))
                yield week, department, experience, after
                experience = after

    def shifts(self) -> Iterator[tuple[int, float]]:
        """Weeks in which the segment's needs moved suddenly, and how far."""
        turbulence = self.scenario.market.turbulence
        for before, after in pairwise(self.weeks):
            moved = float(np.hypot(*np.subtract(after.needs, before.needs)))
            # a drift of this length comes up once in some ten thousand weeks
            if moved > 0.1 and moved > 4.3 * turbulence:
                yield after.week, moved

    def _weeks_of(self, event: str) -> list[int]:
        log = self.sight.events
        return [int(day) // DAYS_A_WEEK for day in log.loc[log["event"] == event, "day"]]


def taste_of(sight: Sight) -> Place:
    """The person's taste."""
    x, y = sight.person.taste
    return float(x), float(y)
