"""What each measure is called, how it is written, and which way is better for the firm.

Tables, figures and the command line all read these lists.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from simulation.record import NOT_SUMMARISED

Unit = Literal["share", "money", "count", "days", "hours", "weeks", "index"]

HIGHER, NEUTRAL, LOWER = 1, 0, -1

_THOUSANDS = ((1e9, "bn"), (1e6, "M"), (1e3, "k"))
_FINE = 0.01  # differences of shares that are all smaller have a second decimal


@dataclass(frozen=True, slots=True)
class Metric:
    """One measure of a firm.

    Attributes
    ----------
    key : str
        Column of the weekly series or key of the summary.
    label : str
        Plain words for a table or an axis.
    unit : Unit
        "share" is a number in [0, 1] written in per cent, its differences in points; "index" has no
        unit; "money" is in the scenario's currency.
    direction : int
        +1 if more is better for the firm, -1 if less is, 0 if neither.
    """

    key: str
    label: str
    unit: Unit
    direction: int

    def value(self, x: float) -> str:
        """The number with its unit; a dash where there is none."""
        if not math.isfinite(x):
            return "–"
        if self.unit == "share":
            return f"{_number(100 * x, _decimals(x))} %"
        return self._plain(x) + self._suffix()

    def difference(
        self, x: float, *, unit: bool = True, sign: bool = True, beside: float = math.nan
    ) -> str:
        """A difference of two values: points for a share, the unit itself for everything else.

        With the end of an interval in `beside`, a share has as many decimals as that end needs to
        be told from zero.
        """
        if not math.isfinite(x):
            return "–"
        text = _number(100 * x, _decimals(x, beside)) if self.unit == "share" else self._plain(x)
        if sign and _is_positive(text):
            text = f"+{text}"
        suffix = " points" if self.unit == "share" else self._suffix()
        return text + suffix if unit else text

    def row(self, value: float, gaps: Sequence[float], halves: Sequence[float]) -> list[str]:
        """A value, and differences from it with half of their intervals, all in one unit.

        The unit stands with the value; differences of a share are in points.
        """
        scale, unit, decimals = self._common([*gaps, *halves], value)
        if self.unit == "share" or not math.isfinite(value):
            cells = [self.value(value)]
        else:
            places = decimals if self.unit == "index" else 1 if unit and self.unit == "money" else 0
            small = self.unit in ("days", "hours", "weeks", "count") and abs(value) < 10
            cells = [_number(value / scale, 2 if small else places) + unit]
        for gap, half in zip(gaps, halves, strict=True):
            text = self._bare(gap / scale, decimals)
            sign = "+" if _is_positive(text) else ""
            known = math.isfinite(gap) and math.isfinite(half)
            cells.append(f"{sign}{text} ±{self._bare(half / scale, decimals)}" if known else text)
        return cells

    def unit_of(self, differences: Sequence[float]) -> str:
        """The unit in which `row` writes these differences: "points", "k", "days", or nothing."""
        _, unit, _ = self._common(differences, math.nan)
        return "points" if self.unit == "share" else unit.strip()

    def _common(self, values: Sequence[float], beside: float) -> tuple[float, str, int]:
        """Divisor and unit of a row, and the decimals of its differences."""
        most = max((abs(x) for x in values if math.isfinite(x)), default=0.0)
        if self.unit == "share":
            return 0.01, "", 2 if most < _FINE else 1
        if self.unit == "money":
            larger = max(most, abs(beside)) if math.isfinite(beside) else most
            found = ((scale, f" {name}") for scale, name in _THOUSANDS if larger >= scale)
            scale, unit = next(found, (1.0, ""))
            return scale, unit, 0 if scale == 1 else 2 if most < 10 * scale else 1
        if self.unit == "index" and most < 0.1:
            return 1.0, "", _places(most)
        return 1.0, self._suffix(), 2 if most < 10 else 0

    def _bare(self, x: float, decimals: int) -> str:
        """A number without a unit; a small index without its leading zero."""
        if not math.isfinite(x):
            return "–"
        text = _number(x, decimals)
        return text.replace("0.", ".", 1) if self.unit == "index" and decimals >= 3 else text

    def _suffix(self) -> str:
        return f" {self.unit}" if self.unit in ("days", "hours", "weeks") else ""

    def _plain(self, x: float) -> str:
        if self.unit == "money":
            return _money(x)
        if self.unit == "count":
            return _number(x, 2 if 0 < abs(x) < 1 else 1 if abs(x) < 10 else 0)
        if self.unit == "index" and abs(x) < 0.1:
            return _number(x, _places(abs(x)))
        return _number(x, 2 if abs(x) < 10 else 0)


def whole(x: float) -> str:
    """An amount without decimals."""
    return _number(x, 0)


def _decimals(x: float, beside: float = math.nan) -> int:
    """Decimals of a share in per cent; one, unless that would write zero for what is not."""
    small = min((abs(y) for y in (x, beside) if math.isfinite(y) and y != 0), default=1.0)
    return next((n for n in (1, 2, 3) if 100 * small >= 0.5 * 10**-n), 1)


def _places(most: float) -> int:
    """Decimals of a small index: two digits that count, as a rule."""
    return 4 if 0 < most < 0.005 else 3


def _number(x: float, decimals: int) -> str:
    text = f"{x:,.{decimals}f}"
    if text.startswith("-"):
        digits = text[1:]
        return digits if float(digits.replace(",", "")) == 0 else f"−{digits}"
    return text


def _money(x: float) -> str:
    for scale, name in _THOUSANDS:
        if abs(x) >= scale:
            return f"{_number(x / scale, 2 if abs(x) < 10 * scale else 1)} {name}"
    return _number(x, 0)


def short_money(x: float) -> str:
    """A round amount for the tick of an axis."""
    text = _money(x)
    digits, space, scale = text.partition(" ")
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return digits + space + scale


def _is_positive(text: str) -> bool:
    return not text.startswith("−") and any(c in "123456789" for c in text)


# In the order of a table.
MAIN: tuple[Metric, ...] = (
    # the customer
    Metric("retention", "customers kept a year", "share", HIGHER),
    Metric("active", "active customers", "count", HIGHER),
    Metric("active_end", "active customers at the end", "count", HIGHER),
    Metric("joined", "customers who joined", "count", HIGHER),
    Metric("lost", "customers lost", "count", LOWER),
    Metric("satisfaction", "satisfaction", "index", HIGHER),
    Metric("loyalty_index", "loyalty index", "index", HIGHER),
    Metric("resolution_rate", "needs resolved at a visit", "share", HIGHER),
    Metric("reopened_rate", "needs that came back", "share", LOWER),
    Metric("lead_time_days", "lead time", "days", LOWER),
    Metric("market_share", "market share", "share", HIGHER),
    # the offer
    Metric("product_gap", "distance of the offer from the need", "index", LOWER),
    Metric("agility_speed", "speed from insight to change", "index", HIGHER),
    # money
    Metric("revenue", "revenue a week", "money", HIGHER),
    Metric("cost", "cost a week", "money", LOWER),
    Metric("profit", "profit a week", "money", HIGHER),
    Metric("margin", "profit margin", "share", HIGHER),
    Metric("cash", "cash", "money", HIGHER),
    Metric("cash_end", "cash at the end", "money", HIGHER),
    Metric("customer_equity", "customer equity", "money", HIGHER),
    Metric("insolvent", "insolvent", "share", LOWER),
)

# Printed in a second table.
INSIDE: tuple[Metric, ...] = (
    # between colleagues
    Metric("friction", "internal friction", "share", LOWER),
    Metric("friction_disputes", "friction from disputes", "share", LOWER),
    Metric("friction_escalations", "friction from escalations", "share", LOWER),
    Metric("friction_courtesy", "friction from courtesy", "share", LOWER),
    Metric("entitlement", "entitlement", "index", NEUTRAL),
    Metric("resentment", "resentment", "index", LOWER),
    Metric("dispute_hours", "hours in disputes a week", "hours", LOWER),
    Metric("escalations", "escalations a week", "count", LOWER),
    Metric("courtesy_share", "work that is courtesy", "share", NEUTRAL),
    # people and their work
    Metric("engagement", "engagement", "index", HIGHER),
    Metric("turnover", "staff turnover a year", "share", LOWER),
    Metric("quits", "resignations a week", "count", LOWER),
    Metric("blocked_share", "seats waiting for a colleague", "share", LOWER),
    Metric("backlog", "backlog", "hours", LOWER),
    Metric("utilisation", "utilisation", "share", NEUTRAL),
    Metric("seats_end", "seats at the end", "count", NEUTRAL),
    Metric("policy_load", "approvals per request", "index", LOWER),
    Metric("shadow_it_share", "shadow IT", "share", NEUTRAL),
    Metric("relearning", "work lost to relearning", "share", LOWER),
    # what the firm believes, and how fast it learns
    Metric("reported_sla", "service level as reported", "share", NEUTRAL),
    Metric("illusion_gap", "gap between report and truth", "share", LOWER),
    Metric("insight_age_weeks", "age of customer insight", "weeks", LOWER),
    Metric("belief_gap", "distance of belief from the need", "index", LOWER),
    Metric("change_lead_time_days", "lead time of a change", "days", LOWER),
    # variety falls with focus and rises with distance moved on noise: neither is better for itself
    Metric("agility", "agility: speed × variety", "index", NEUTRAL),
    Metric("agility_variety", "variety of changes", "index", NEUTRAL),
    # middlemen and the customer's office
    Metric("defections", "distributors who defect a week", "count", LOWER),
    Metric("distributor_service", "service to distributors", "index", HIGHER),
    Metric("cco_authority", "authority of the customer officer", "index", NEUTRAL),
    Metric("participation", "participation", "share", NEUTRAL),
)

# Kept in every file, but not printed.
DETAILS: tuple[Metric, ...] = (
    Metric("needs", "needs raised a week", "count", NEUTRAL),
    Metric("abandoned_rate", "needs abandoned", "share", LOWER),
    Metric("given_up", "needs given up a week", "count", LOWER),
    Metric("leads", "leads a week", "count", HIGHER),
    Metric("internal_sla", "internal requests in time", "share", NEUTRAL),
    Metric("expired", "internal requests expired a week", "count", LOWER),
    Metric("blocks", "seats newly blocked a week", "count", LOWER),
    Metric("disputes", "disputes a week", "count", LOWER),
    Metric("favours", "favours and escalations granted a week", "count", NEUTRAL),
    Metric("declined", "favours declined a week", "count", NEUTRAL),
    Metric("resented", "impositions resented a week", "count", LOWER),
    Metric("budget_moves", "moves of budget a week", "count", NEUTRAL),
    Metric("incidents", "incidents a week", "count", LOWER),
    Metric("fatigue", "fatigue", "index", LOWER),
    Metric("overtime_share", "overtime", "share", LOWER),
    Metric("seats", "seats filled", "count", NEUTRAL),
    Metric("hires", "hires a week", "count", NEUTRAL),
    Metric("dismissals", "dismissals a week", "count", LOWER),
    Metric("demand", "common demand factor", "index", NEUTRAL),
    Metric("competitor_gap", "distance of the competitor from the need", "index", NEUTRAL),
    Metric("heard", "customers heard a week", "count", NEUTRAL),
    Metric("changes", "changes of the offer a week", "count", NEUTRAL),
    Metric("fixes", "causes fixed a week", "count", NEUTRAL),
    Metric("options", "options weighed per change", "index", HIGHER),
    Metric("channel_requests", "requests of distributors a week", "count", NEUTRAL),
    Metric("channel_answered", "needs answered by distributors a week", "count", NEUTRAL),
    Metric("shadow_built", "shadow systems built a week", "count", NEUTRAL),
    Metric("project_attention", "attention to customer projects", "share", HIGHER),
    Metric("outreach", "outreach calls a week", "count", NEUTRAL),
    Metric("settled", "disputes settled by the office a week", "count", NEUTRAL),
    Metric("repriced", "prices raised a week", "count", NEUTRAL),
    Metric("cross_sold", "customers sold more a week", "count", NEUTRAL),
    Metric("cost_wages", "wages a week", "money", LOWER),
    Metric("cost_overtime_pay", "overtime pay a week", "money", LOWER),
    Metric("cost_overhead", "overhead a week", "money", LOWER),
    Metric("cost_hiring", "hiring a week", "money", LOWER),
    Metric("cost_concessions", "concessions a week", "money", LOWER),
    Metric("cost_distributor_margin", "distributors' part a week", "money", LOWER),
    Metric("cost_outside", "bought outside a week", "money", LOWER),
    Metric("cost_incident_cost", "cost of incidents a week", "money", LOWER),
    Metric("cost_perks", "perks a week", "money", LOWER),
    Metric("cost_shadow_cost", "shadow IT a week", "money", LOWER),
    Metric("cost_project_cost", "customer projects a week", "money", LOWER),
    Metric("cost_office_cost", "the customer's office a week", "money", LOWER),
    Metric("cost_marketing_cost", "marketing a week", "money", LOWER),
)

_LISTED = (*MAIN, *INSIDE, *DETAILS)
_BY_KEY = {metric.key: metric for metric in _LISTED}
_ORDER = {metric.key: place for place, metric in enumerate(_LISTED)}


HEADLINE = ("retention", "profit", "friction", "agility_speed")
"""What is told first of a firm."""


def metric(key: str) -> Metric:
    """The measure of this key; one that is not listed gets its key as label and no direction."""
    return _BY_KEY.get(key) or Metric(key, key.replace("_", " "), "index", NEUTRAL)


SUMMARISED = tuple(key for key in _BY_KEY if key not in NOT_SUMMARISED)
"""The keys of the measures that the summary of a run has."""


def is_listed(key: str) -> bool:
    """Whether a measure has a label of its own."""
    return key in _BY_KEY


def in_order(keys: list[str]) -> list[str]:
    """The keys in the order of the lists above, unlisted ones last in the order given."""
    return sorted(keys, key=lambda key: _ORDER.get(key, len(_ORDER)))
