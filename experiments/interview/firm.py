"""The scenario that follows from what an interview has understood."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from experiments.interview.draft import NEUTRAL_LEAVING, Draft
from experiments.propensity import propensity_of_customers
from simulation import Scenario
from simulation.parameters import PARAMETERS
from simulation.workload import CUSTOMER_SHARE, standard_hours

_SERVICES_ACTIVE = 0.4  # share of the market in the firm on which h0 and lead_rate are calibrated
_LONG_REQUEST = 10.0  # hours; the longest of the shipped firms take about as much
_CIRCLE = 0.35  # how far from the middle the wants of several groups lie

Paths = list[tuple[list[str], float]]


def loss_rates(draft: Draft) -> tuple[float, float]:
    """Churn and lead parameters (`h0`, `lead_rate`) of a firm that keeps its size.

    The defaults hold a firm with 40 % of its market and a loss of 17 % a year. In a closed
    market the customers of a firm are mostly those who do not leave easily, the more so the
    smaller its share; that is taken into account.
    """
    pace = math.log(1 - draft.leaving) / math.log(1 - NEUTRAL_LEAVING)
    h0 = PARAMETERS["h0"].default * pace
    lead = PARAMETERS["lead_rate"].default * pace
    active = draft.customers / draft.market
    shape = PARAMETERS["propensity_shape"].default
    h0 *= propensity_of_customers(shape, _SERVICES_ACTIVE) / propensity_of_customers(shape, active)
    if active < 1:
        lead *= active / (1 - active) / (_SERVICES_ACTIVE / (1 - _SERVICES_ACTIVE))
    return min(h0, PARAMETERS["h0"].high), min(lead, PARAMETERS["lead_rate"].high)


def scenario_of(draft: Draft, name: str) -> Scenario:
    """The complete scenario, hours included.

    Parameters
    ----------
    name : str
        Name of the scenario.

    Raises
    ------
    ScenarioError
        If the answers together say something that a scenario may not.
    """
    scenario = Scenario.from_mapping(_mapping(draft, name))
    # Written down, so that who later changes seats or volumes sees a department get busier.
    derived = standard_hours(scenario)
    data = scenario.model_dump() | {"uncertain": dict(draft.uncertain)}
    for department in data["organisation"]["departments"]:
        department["hours"] = _hours(department, derived[department["name"]], draft.offer)
    return Scenario.from_mapping(data)


def idle(scenario: Scenario) -> list[str]:
    """Departments that nobody asks for anything, so that they have no hours of work."""
    return [one.name for one in scenario.organisation.departments if one.hours is None]


def _hours(
    department: Mapping[str, Any], derived: tuple[float, float], offer: str | None
) -> dict[str, float] | None:
    """Hours of a stage as a file says them, four digits; none where there is no work."""
    customer, internal = derived
    if customer > 0 and internal > _LONG_REQUEST:
        # Few requests would have to fill their usual part of the time: customers get it instead.
        usual = CUSTOMER_SHARE[department["kind"]]
        customer *= 1 + (1 - usual) / usual * (1 - _LONG_REQUEST / internal)
        internal = _LONG_REQUEST
    if math.isnan(internal) and department["name"] == offer:
        internal = _LONG_REQUEST  # the measure of a change of the offer
    said = {"customer": customer, "internal": internal}
    return {sort: float(f"{value:.4g}") for sort, value in said.items() if value > 0} or None


def _mapping(draft: Draft, name: str) -> dict[str, object]:
    return {
        "name": name,
        "describes": f"A firm of {draft.heads():,} people with {draft.customers:,} customers, "
        "from an interview.",
        "regime": draft.regime().model_dump(),
        "market": {
            "customers": draft.market,
            "active_at_start": draft.customers,
            "turbulence": draft.turbulence,
            "segments": _segments(draft),
        },
        "organisation": _organisation(draft),
        "routes": _routes(draft),
        "distributors": {"count": draft.distributors, "share": draft.through},
        "offices": {"cco": draft.cco},
        "parameters": dict(draft.parameters),
    }


def _segments(draft: Draft) -> list[dict[str, object]]:
    """Groups want different things: they lie evenly on a circle, a single one in its middle."""
    radius = _CIRCLE if len(draft.groups) > 1 else 0.0
    angles = [2 * math.pi * n / len(draft.groups) for n in range(len(draft.groups))]
    return [
        {
            "name": group,
            "share": share,
            "needs": [
                round(radius * math.cos(angle), 3),
                round(radius * math.sin(angle), 3),
            ],
            "margin_per_week": round(draft.margin, 2),
        }
        for (group, share), angle in zip(draft.groups.items(), angles, strict=True)
    ]


def _organisation(draft: Draft) -> dict[str, object]:
    sources = [*draft.front, *(["distributors"] if draft.distributors else [])]
    return {
        "departments": [
            {
                "name": one.name,
                "kind": draft.kind(one.name),
                "seats": one.heads,
                "wage_per_week": round(draft.wage(one), 2),
            }
            for one in draft.staff
        ],
        "serves": [
            {"supplier": supplier, "requester": requester, "essential_per_head_week": rate}
            for (supplier, requester), rate in _edges(draft).items()
        ],
        "reports_to": [
            {"department": name, "to": draft.lead[0]}
            for name in draft.names()
            if draft.lead and name != draft.lead[0]
        ],
        "touches": [
            {"source": source, "segment": group} for source in sources for group in draft.groups
        ],
        "informs": [
            {"source": name, "target": draft.offer}
            for name in draft.front
            if draft.offer and name != draft.offer
        ],
    }


def _edges(draft: Draft) -> dict[tuple[str, str], float]:
    """Who asks whom; a step of a path that nobody asks along carries no requests of its own."""
    return draft.asks | dict.fromkeys(steps_added(draft), 0.0)


def steps_added(draft: Draft) -> list[tuple[str, str]]:
    """Steps of paths, as (supplier, requester), along which nobody was said to ask."""
    steps = {
        (after, before): None
        for routes in _paths(draft).values()
        for path, _ in routes
        for before, after in pairwise(path)
    }
    return [step for step in steps if step not in draft.asks]


def _routes(draft: Draft) -> dict[str, object]:
    return {
        kind: [{"path": path, "share": share} for path, share in routes]
        for kind, routes in _paths(draft).items()
    }


def _paths(draft: Draft) -> dict[str, list[tuple[list[str], float]]]:
    """Ways of matters as they were told, and of all else as it is usual."""
    desk = draft.first_desk()
    seller = next(iter(draft.of_role("sales", among=draft.front)), desk)
    back = next(iter(draft.of_role("hr")), None)
    paths = {"need": draft.ways, "lead": [([seller], 1.0)]}
    if back:
        paths["hire"] = [([back], 1.0)]
    if draft.offer:
        paths["change"] = _changes(draft, draft.offer, desk)
    if draft.distributors:
        paths["channel"] = [([seller], 1.0)]
    return paths


def _changes(draft: Draft, offer: str, desk: str) -> list[tuple[list[str], float]]:
    """A change of the offer is made in one department, with help of IT or of the first desk."""
    helpers = [name for name in (*draft.of_role("it")[:1], desk) if name != offer]
    return [([offer], 1 - 0.3 * len(helpers)), *(([offer, name], 0.3) for name in helpers)]
