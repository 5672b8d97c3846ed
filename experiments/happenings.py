"""The events of a scenario in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulation.scenario_events import KINDS

Happening = Mapping[str, Any]  # an event, as a scenario file says it


def in_words(event: Happening) -> str:
    """What happens, without when."""
    kind = next(kind for kind in KINDS if event.get(kind) is not None)
    what = event[kind]
    match kind:
        case "cut":
            return f"{what} cut by {_percent(event['share'])}"
        case "budget_round":
            return f"budgets cut by {_percent(what)}"
        case "need_shift":
            return f"needs of {what} shift"
        case "competitor_entry":
            return f"competitor goes for {what}"
        case "demand_surge":
            return f"demand {'+' if what > 0 else '−'}{_percent(abs(what))}"
        case "price_war":
            return f"price war, −{_percent(what)}"
        case "recession":
            return f"recession, −{_percent(what)}"
        case "technology_change":
            return "technology changes"
        case "merger":
            return f"{what[1]} merged into {what[0]}"
        case _:
            return "new regime"


def lasts(event: Happening) -> int:
    """Weeks that it goes on for; 0 if it is over at once."""
    return int(event.get("weeks") or event.get("over_weeks") or 0)


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
