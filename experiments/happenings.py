"""The events of a scenario in a few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulation import Regime, Scenario
from simulation.scenario_events import KINDS

Happening = Mapping[str, Any]  # an event, as a scenario file says it

_UNNAMED = Regime.model_fields["name"].default


def happenings_in(scenario: Scenario) -> tuple[Happening, ...]:
    """The events that happen before a run is over."""
    return tuple(e.model_dump() for e in scenario.events if e.week < scenario.weeks)


def note_of_one_regime(happenings: Sequence[Happening], firms: int) -> str:
    """Say from when on firms that are compared have one regime, if an event brings it."""
    event = next((event for event in happenings if event.get("regime")), None)
    if event is None:
        return ""
    does = f"move in {lasts(event)} weeks to" if lasts(event) else "follow"
    name = _name(event["regime"])
    return (
        f"From week {event['week']} on {'both' if firms == 2 else 'all'} firms {does} the same "
        f"regime{f' ({name})' if name else ''}, because an event of the scenario brings it. "
        "To compare ways of changing, compare regimes with a schedule."
    )


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
            return f"regime {name}" if (name := _name(what)) else "new regime"


def lasts(event: Happening) -> int:
    """Weeks that it goes on for; 0 if it is over at once."""
    return int(event.get("weeks") or event.get("over_weeks") or 0)


def _name(regime: Mapping[str, Any]) -> str:
    """What a regime is called; empty if nothing."""
    name = str(regime.get("name", _UNNAMED))
    return "" if name == _UNNAMED else name


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
