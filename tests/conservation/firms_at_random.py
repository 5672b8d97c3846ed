"""Small firms drawn at random: any organisation, dials, offices, events, parameters."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import event
from hypothesis import strategies as st

from simulation import Scenario
from simulation.dials import DIALS, MEASURES
from simulation.mechanisms import MECHANISMS
from simulation.parameters import PARAMETERS
from simulation.scenario_parts import FUNCTIONS

NAMES = ("alpha", "beta", "gamma", "delta", "epsilon")
STRESS: Mapping[str, Mapping[str, float]] = {
    "calm": {},
    "impatient": {"patience_days": 2.0, "expiry_days": 3.0, "need_rate": 0.5},
    "blocked": {"block_share": 0.9, "open_request_loss": 0.3, "courtesy_ratio": 2.0},
    "leaving": {"quit_rate": 2.0, "newcomer_skill": 0.2, "block_share": 0.5, "seats_most": 1.3},
    "poor": {"cash_weeks": 0.0, "overhead_share": 2.0, "emergency_cut": 0.5, "block_share": 0.3},
    "escalating": {
        "escalation_grace_days": 0.0,
        "escalation_mean_days": 1.0,
        "escalation_share": 1.0,
        "policy_start": 6.0,
    },
    "churning": {"h0": 0.15, "lead_rate": 0.4, "winback_weeks": 1.0, "resolution_base": 0.3},
    "channel": {
        "defection_rate": 5.0,
        "defection_weeks": 3.0,
        "channel_rate": 0.2,
        "first_line": 0.8,
    },
    "helpless": {"block_share": 0.5, "shadow_above": 0.0, "shadow_after": 1.0, "shadow_until": 2.0},
    "ruled": {"outreach_below": 1.0, "promoter_from": 0.2, "cross_sell_gain": 0.5, "need_rate": 1},
}

Fraction = st.floats(0.0, 1.0)


def in_range(name: str, fraction: float) -> float:
    """A parameter's value, so far of the way through its declared range."""
    parameter = PARAMETERS[name]
    return min(parameter.high, parameter.low + fraction * (parameter.high - parameter.low))


@st.composite
def regimes(draw: st.DrawFn) -> dict[str, object]:
    """Any dials; the three measures add up to one."""
    customer, local = sorted((draw(Fraction), draw(Fraction)))
    return {
        **{name: draw(Fraction) for name in DIALS if name not in MEASURES},
        "customer_metric": customer,
        "local_metric": local - customer,
        "manager_metric": 1.0 - local,
    }


@st.composite
def organisations(draw: st.DrawFn) -> tuple[dict[str, object], dict[str, object]]:
    """Departments and edges at random, and routes along the edges."""
    names = draw(st.permutations(NAMES))[: draw(st.integers(2, 5))]
    kinds = {name: draw(st.sampled_from(("front", "service", "management"))) for name in names}
    kinds[names[0]] = "front"
    pairs = [(supplier, asks) for supplier in names for asks in names if supplier != asks]
    served = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=8))
    told = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=5))
    product = min({t for _, t in told} - {source for source, _ in told}, default=None)
    fronts = [name for name in names if kinds[name] == "front"]

    def path(first: str) -> list[str]:
        steps = [first]
        for _ in range(draw(st.integers(0, 3))):
            suppliers = [supplier for supplier, asks in served if asks == steps[-1]]
            if not suppliers:
                break
            steps.append(draw(st.sampled_from(suppliers)))
        return steps

    def mix(firsts: list[str], least: int) -> list[dict[str, object]]:
        begins = draw(st.lists(st.sampled_from(firsts), min_size=least, max_size=3))
        return [{"path": path(first), "share": 1.0 / len(begins)} for first in begins]

    organisation: dict[str, object] = {
        "departments": [
            {
                "name": name,
                "kind": kinds[name],
                "seats": draw(st.integers(1, 4)),
                "wage_per_week": 1000.0,
                "hours": {
                    "customer": draw(st.floats(0.2, 12.0)),
                    "internal": draw(st.floats(0.2, 6.0)),
                },
            }
            for name in names
        ],
        "serves": [
            {
                "supplier": supplier,
                "requester": asks,
                "essential_per_head_week": draw(st.integers(0, 300)) / 100,
            }
            for supplier, asks in served
        ],
        "informs": [{"source": source, "target": target} for source, target in told],
        "touches": [
            {"source": name, "segment": "homes"} for name in names if kinds[name] == "front"
        ],
        "reports_to": [
            {"department": name, "to": draw(st.sampled_from(names[:row]))}
            for row, name in enumerate(names)
            if row > 0 and draw(st.booleans())
        ],
    }
    suppliers = sorted({supplier for supplier, _ in served})
    routes: dict[str, object] = {
        "need": mix(fronts, 1),
        "change": mix([product], 1) if product else [],
        "channel": mix(fronts, 0),
        "lead": mix(list(names), 0),
        "hire": mix(list(names), 0),
        "essential": [
            {"path": path(supplier), "share": draw(st.floats(0.05, 1.0))} for supplier in suppliers
        ],
    }
    return organisation, routes


@st.composite
def happenings(draw: st.DrawFn, kinds_by_name: Mapping[str, str]) -> list[dict[str, object]]:
    """Some events in the first half year; at most one merger, and no cut of what it takes away."""
    names = list(kinds_by_name)
    fronts = [name for name in names if kinds_by_name[name] == "front"]
    others = [name for name in names if name not in fronts]
    like = next((some[:2] for some in (fronts, others) if len(some) > 1), [])
    kinds: list[dict[str, object]] = [
        {"budget_round": draw(st.floats(0.1, 0.9))},
        {"need_shift": "homes", "size": draw(Fraction)},
        {"competitor_entry": "shops", "strength": draw(Fraction)},
        {"demand_surge": draw(st.floats(-0.9, 5.0)), "weeks": draw(st.integers(1, 10))},
        {"price_war": draw(st.floats(0.0, 0.9)), "weeks": draw(st.integers(1, 10))},
        {"recession": draw(st.floats(0.0, 0.9)), "weeks": draw(st.integers(1, 10))},
        {"technology_change": draw(Fraction)},
        {"regime": draw(regimes()), "over_weeks": draw(st.integers(0, 5))},
        {"cut": like[0] if like else names[0], "share": draw(st.floats(0.1, 0.9))},
    ]
    kinds += [{"merger": like}] if like else []
    chosen = draw(st.lists(st.sampled_from(range(len(kinds))), unique=True, max_size=6))
    return [{"week": draw(st.integers(0, 26)), **kinds[n]} for n in chosen]


@st.composite
def offices(draw: st.DrawFn) -> dict[str, object]:
    """With or without a customer officer, of any authority."""
    shares = ("positional", "borrowed", "hard_wired")
    functions = {name: draw(st.booleans()) for name in FUNCTIONS}
    return {
        "cco": draw(st.booleans()),
        "officer": {**{name: draw(Fraction) for name in shares}, "functions": functions},
        "insight_program": draw(st.sampled_from(("continuous", 1, 5))),
    }


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """A small firm in a small market, with parameters anywhere in their ranges."""
    organisation, routes = draw(organisations())
    people = draw(st.integers(1, 200))
    wild = draw(st.dictionaries(st.sampled_from(sorted(PARAMETERS)), Fraction, max_size=10))
    stress = draw(st.sampled_from(sorted(STRESS)))
    event(stress)
    distributors = draw(st.integers(0, 3))
    departments = organisation["departments"]
    assert isinstance(departments, list)
    return Scenario.from_mapping(
        {
            "regime": draw(regimes()),
            "market": {
                "customers": people,
                "active_at_start": draw(st.integers(0, people)),
                "turbulence": draw(st.floats(0.0, 0.1)),
                "segments": [
                    {"name": "homes", "share": 0.6, "needs": [0.0, 0.0], "margin_per_week": 40.0},
                    {"name": "shops", "share": 0.4, "needs": [0.3, 0.1], "margin_per_week": 90.0},
                ],
            },
            "organisation": organisation,
            "routes": routes,
            "offices": draw(offices()),
            "policies": {"marketing": draw(Fraction), "hire_for_willingness": draw(Fraction)},
            "events": draw(happenings({one["name"]: one["kind"] for one in departments})),
            "mechanisms": {name: draw(st.booleans()) for name in MECHANISMS},
            "distributors": {
                "count": distributors,
                "share": draw(Fraction) if distributors else 0.0,
            },
            "parameters": {
                **STRESS[stress],
                **{name: in_range(name, fraction) for name, fraction in wild.items()},
            },
        }
    )
