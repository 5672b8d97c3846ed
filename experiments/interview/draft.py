"""What an interview has understood of a firm so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from experiments.interview.roles import PAY
from simulation import Regime
from simulation.parameters import PARAMETERS

NEUTRAL_LEAVING = 0.17  # customers who leave in a year at the default h0 (docs/calibration.md)
_MOST_MONEY = 1_000_000  # in a week, as scenario files allow it


@dataclass(frozen=True, slots=True)
class Staff:
    """A department as the answers describe it.

    Attributes
    ----------
    name : str
        As in a scenario file.
    heads : int
        People.
    pay : float or None
        Cost of one of them in currency a week, where it was said.
    role : str
        What its name lets one guess; see `experiments.interview.roles`.
    """

    name: str
    heads: int
    pay: float | None
    role: str


@dataclass
class Draft:
    """A firm in the making: every answer has set its part of it.

    Attributes
    ----------
    staff : list of Staff
        Departments.
    front, lead : list of str
        Departments that meet customers, and those that lead.
    offer : str or None
        The department that shapes the offer.
    pay : float
        Mean cost of a person, in currency a week.
    customers, market : int
        Customers, and everybody who could be one.
    market_known : bool
        Whether somebody knew these numbers.
    groups : dict of str to float
        Groups of customers and their shares.
    asks : dict of (str, str) to float
        Essential requests a head and week, by (supplier, requester).
    ways : list of (list of str, float)
        Paths of customers' matters and their shares.
    margin : float
        Mean margin of a customer, in currency a week.
    leaving : float
        Share of the customers who leave in a year.
    distributors : int
        How many there are.
    through : float
        Share of the customers who come through one.
    cco : bool
        Whether there is a chief customer officer.
    turbulence : float
        Weekly drift of what customers want.
    dials, parameters : dict of str to float
        Dials of the regime, and coefficients, that answers have set.
    uncertain : dict of str to (float, float)
        Low and high of what answers have left open.
    """

    staff: list[Staff] = field(default_factory=list)
    front: list[str] = field(default_factory=list)
    lead: list[str] = field(default_factory=list)
    offer: str | None = None
    pay: float = 0.0
    customers: int = 0
    market: int = 0
    market_known: bool = True
    groups: dict[str, float] = field(default_factory=dict)
    margin: float = 0.0
    leaving: float = NEUTRAL_LEAVING
    asks: dict[tuple[str, str], float] = field(default_factory=dict)
    ways: list[tuple[list[str], float]] = field(default_factory=list)
    distributors: int = 0
    through: float = 0.0
    cco: bool = False
    turbulence: float = 0.03
    dials: dict[str, float] = field(default_factory=dict)
    parameters: dict[str, float] = field(default_factory=dict)
    uncertain: dict[str, tuple[float, float]] = field(default_factory=dict)

    def names(self) -> list[str]:
        """Departments in the order in which they were named."""
        return [one.name for one in self.staff]

    def heads(self) -> int:
        """People of the firm."""
        return sum(one.heads for one in self.staff)

    def kind(self, name: str) -> str:
        """Kind of a department, as a scenario file says it."""
        if name in self.lead:
            return "management"
        return "front" if name in self.front else "service"

    def of_role(self, *roles: str, among: list[str] | None = None) -> list[str]:
        """Departments whose names speak of one of these roles, largest first."""
        found = [
            one for one in self.staff if one.role in roles and (among is None or one.name in among)
        ]
        return [one.name for one in sorted(found, key=lambda one: (-one.heads, one.name))]

    def largest(self, names: list[str]) -> str:
        """The largest of some departments; of equals the first in the alphabet."""
        heads = {one.name: one.heads for one in self.staff}
        return min(names, key=lambda name: (-heads[name], name))

    def first_desk(self) -> str:
        """Where a customer's matter usually arrives."""
        return self.largest(self.of_role("support", among=self.front) or self.front)

    def set_range(
        self, key: str, middle: float, spread: float, low: float = 0.0, high: float = 1.0
    ) -> None:
        """Note that a value lies between `middle - spread` and `middle + spread`."""
        ends = max(low, middle - spread), min(high, middle + spread)
        self.uncertain[key] = (float(f"{ends[0]:.4g}"), float(f"{ends[1]:.4g}"))

    def set_factor(self, key: str, middle: float, least: float, most: float) -> None:
        """Note that a value lies between `least` and `most` times `middle`."""
        high = PARAMETERS[key].high if key in PARAMETERS else _MOST_MONEY
        ends = middle * least, min(high, middle * most)
        self.uncertain[key] = (float(f"{ends[0]:.4g}"), float(f"{ends[1]:.4g}"))

    def wage(self, one: Staff) -> float:
        """Weekly cost of a person of a department; what was not said is scaled to the mean."""
        return one.pay if one.pay is not None else self.pay * PAY[one.role] * self._pay_scale

    @cached_property
    def _pay_scale(self) -> float:
        """Makes the head-weighted mean of the departments without a pay of their own the mean."""
        rest = [one for one in self.staff if one.pay is None]
        weight = sum(one.heads * PAY[one.role] for one in rest)
        return sum(one.heads for one in rest) / weight if rest else 1.0

    def wages(self) -> float:
        """Weekly wages of the firm."""
        return sum(one.heads * self.wage(one) for one in self.staff)

    def cost(self) -> float:
        """Weekly cost to be expected, but for the distributors' part of the margin.

        Wages, overhead, care for people, and a tenth of wages for all that happens: overtime,
        hires, incidents, amends. (In services_firm these come to .09 of wages.)
        """
        overhead = PARAMETERS["overhead_share"].default
        care = PARAMETERS["perks_share"].default * self.dials.get("care", 0.6)
        return self.wages() * (1 + overhead + care + 0.1)

    def kept_margin(self) -> float:
        """Share of the customers' margin that distributors leave to the firm."""
        return 1 - PARAMETERS["distributor_margin"].default * self.through

    def regime(self) -> Regime:
        """The firm's own dials."""
        neutral = Regime.load("neutral").with_dials(self.dials)
        return neutral.model_copy(update={"name": "own", "describes": "As told in an interview."})
