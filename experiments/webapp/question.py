"""What a visitor asks: a firm, two regimes, and how often to compare them."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, Strict

from experiments.compare import OWN, AnyRegime, Design, design
from experiments.webapp.edges import AskedEdge, with_edges
from experiments.webapp.limits import OWN_CHARACTERS, REPLICATIONS, check_size
from experiments.webapp.own_scenario import own_scenario
from simulation import Regime, Scenario, ScenarioError
from simulation.dials import DIALS
from simulation.errors import Problem, nearest, one_of, show
from simulation.fields import Share
from simulation.firm import MOST_SEED
from simulation.io import shipped

_MOST_KEYS, _MOST_EVENTS, _MOST_EDGES = 300, 20, 200

Key = Annotated[str, Strict(), Field(max_length=200)]
Value = Annotated[bool, Strict()] | Annotated[float, Field(allow_inf_nan=False)]


class Asked(BaseModel):
    """Base of what a request may say: nothing beyond what is declared."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AskedFirm(Asked):
    """One of the two firms: a regime, and the dials that differ from it."""

    regime: Key
    dials: dict[Key, Share] = Field(default_factory=dict, max_length=len(DIALS))


class Draft(Asked):
    """What both firms have in common.

    Attributes
    ----------
    scenario : str
        Name of a shipped scenario; of no importance beside `own`.
    own : str, optional
        A scenario as the text of its file.
    edges : list of AskedEdge
        Edges of the organisation that differ from it.
    events : list of mapping, optional
        In place of its own.
    overrides : mapping
        Values by dotted key, put over all that.
    """

    scenario: Key
    own: Annotated[str, Strict(), Field(max_length=OWN_CHARACTERS)] | None = None
    edges: list[AskedEdge] = Field(default_factory=list, max_length=_MOST_EDGES)
    events: list[dict[Key, Any]] | None = Field(None, max_length=_MOST_EVENTS)
    overrides: dict[Key, Value] = Field(default_factory=dict, max_length=_MOST_KEYS)

    def origin(self) -> Scenario:
        """The scenario before anything is changed.

        Raises
        ------
        ScenarioError
            If there is none, or its text is wrong.
        """
        return shipped_scenario(self.scenario) if self.own is None else own_scenario(self.own)

    def base(self) -> Scenario:
        """The scenario with its edges and events; overrides come last, over the regimes.

        Raises
        ------
        ScenarioError
            If anything is not allowed.
        """
        found = self.origin()
        changed: dict[str, Any] = {}
        if self.edges:
            organisation = found.organisation.model_dump()
            changed["organisation"] = with_edges(organisation, self.edges)
        if self.events is not None:
            changed["events"] = self.events
        return Scenario.from_mapping({**found.model_dump(), **changed}) if changed else found


class Question(Draft):
    """Two firms in one scenario, and how often to compare them."""

    firms: tuple[AskedFirm, AskedFirm]
    years: Annotated[float, Strict(), Field(allow_inf_nan=False)] | None = None
    replications: Annotated[int, Strict(), Field(ge=1, le=REPLICATIONS)] = 20
    seed: Annotated[int, Strict(), Field(ge=0, le=MOST_SEED - REPLICATIONS)] = 0

    def design(self) -> Design:
        """Lay out the comparison.

        Raises
        ------
        ScenarioError
            If anything is not allowed.
        """
        base = self.base()
        regimes = [_regime(firm, base, place) for place, firm in enumerate(self.firms)]
        overrides = dict(self.overrides)
        made = design(base, regimes, self.replications, self.seed, self.years, overrides)
        check_size(dict(made.cells), self.replications)
        return made


@cache
def shipped_scenario(name: str) -> Scenario:
    """A scenario that comes with raison; never a file of the visitor's choice.

    Raises
    ------
    ScenarioError
        If there is none of this name.
    """
    _check_shipped("scenario", name)
    return Scenario.load(name)


def _check_shipped(kind: str, name: str, *more: str) -> None:
    names = [*shipped(kind), *more]
    if name not in names:
        problem = Problem(
            field=kind, given=show(name), allowed=one_of(names), nearest=nearest(name, names)
        )
        raise ScenarioError([problem])


def _regime(firm: AskedFirm, base: Scenario, place: int) -> AnyRegime:
    _check_shipped("regime", firm.regime, OWN)
    if not firm.dials:
        return firm.regime
    if firm.regime != OWN:
        return {"base": firm.regime, **firm.dials}
    own = base.regime
    changed = own.with_dials(firm.dials).model_dump()
    return Regime.load({**changed, "name": f"{own.name}_changed"})
