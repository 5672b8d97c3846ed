"""What a team may decide in a quarter, what it costs, and where it leads."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from experiments.webapp.game.capital import STEPS, Position, distance, in_steps, points
from experiments.webapp.game.preset import Preset
from simulation import Scenario, ScenarioError
from simulation.dials import DIALS, MEASURES
from simulation.errors import Problem, nearest, one_of, show
from simulation.fields import Flag, Name, Part, Real, Share

_CUT_LEAST, _CUT_MOST = 0.05, 0.5


class Cut(Part):
    """Seats that a department loses at once."""

    department: Name
    share: Annotated[Real, Field(ge=_CUT_LEAST, le=_CUT_MOST)] = Field(
        description="Share of its seats, in whole ones."
    )


class Opening(Part):
    """Standing choices, made when a team takes over and for the whole game."""

    office: Flag = Field(False, description="A chief customer officer.")
    marketing: Share = Field(0.0, description="Paid attention that brings leads, and its cost.")
    hire_for_willingness: Share = Field(0.0, description="Newcomers chosen for will to serve.")


class Decision(Part):
    """What a team decides for one quarter; dials that are not named stay where they are."""

    dials: dict[str, Share] = Field(default_factory=dict, max_length=len(DIALS))
    cut: Cut | None = None
    opening: Opening | None = None

    def after(self, before: Position) -> dict[str, int]:
        """Where the dials stand after this decision.

        Raises
        ------
        ScenarioError
            If there is no such dial, or the measures do not add up to one.
        """
        for dial in self.dials:
            if dial not in DIALS:
                near = nearest(dial, DIALS)
                raise _wrong(f"dials.{dial}", show(dial), one_of(DIALS), near)
        result = dict(before) | {dial: in_steps(value) for dial, value in self.dials.items()}
        total = sum(result[dial] for dial in MEASURES)
        if total != STEPS:
            first = next(dial for dial in MEASURES if dial in self.dials)
            given = f"measures that add up to {total / STEPS:.10g}"
            raise _wrong(f"dials.{first}", given, f"{' + '.join(MEASURES)} = 1")
        return result

    def price(self, before: Position, preset: Preset) -> int:
        """What this decision costs in points; see `after` for what it raises."""
        steps = distance(before, self.after(before))
        fixed = 0
        if self.cut:
            steps += in_steps(self.cut.share)
        if self.opening:
            steps += in_steps(self.opening.marketing) + in_steps(self.opening.hire_for_willingness)
            fixed = preset.capital.office * self.opening.office
        return points(steps) + fixed


def check(
    decision: Decision, before: Position, capital: int, quarter: int, preset: Preset, firm: Scenario
) -> int:
    """Refuse what is not allowed; return what the rest costs.

    Parameters
    ----------
    decision : Decision
        Of a team.
    before : Position
        Where its dials stand.
    capital : int
        Points it has.
    quarter : int
        From 0; standing choices belong to the first.
    preset : Preset
        The game.
    firm : Scenario
        The firm, for its departments.

    Raises
    ------
    ScenarioError
        With one problem, if anything is not allowed.
    """
    if decision.opening and quarter > 0:
        raise _wrong("opening", f"in quarter {quarter + 1}", "standing choices in quarter 1 only")
    if decision.cut:
        names = [d.name for d in firm.organisation.departments if d.seats > 1]
        department = decision.cut.department
        if department not in names:
            near = nearest(department, names)
            raise _wrong("cut.department", show(department), one_of(names), near)
    price = decision.price(before, preset)
    if price > capital:
        allowed = f"{capital} points at most, which is what the team has"
        raise _wrong("capital", f"a decision of {price} points", allowed)
    return price


def _wrong(field: str, given: str, allowed: str, near: str | None = None) -> ScenarioError:
    return ScenarioError([Problem(field=field, given=given, allowed=allowed, nearest=near)])
