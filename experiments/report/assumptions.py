"""What a study takes for granted: dials, coefficients, events."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from experiments.happenings import Happening, in_words, lasts
from experiments.report.grid import Grid
from experiments.wording import listed
from simulation import Regime, Scenario
from simulation.dials import DIAL_NOTES, DIALS
from simulation.parameters import PARAMETERS


def firm_in_words(firm: Scenario) -> str:
    """The size of a firm and its market."""
    market, organisation = firm.market, firm.organisation
    seats = sum(department.seats for department in organisation.departments)
    return (
        f"{market.customers:,} persons in the market, {market.active_at_start:,} of them customers "
        f"at the start, in {_count(len(market.segments), 'segment')}; {_count(seats, 'seat')} in "
        f"{_count(len(organisation.departments), 'department')}; needs drift by "
        f"{market.turbulence:g} a week."
    )


def dials_that_differ(firms: Mapping[str, Scenario]) -> Grid:
    """The dials by which the regimes differ, side by side, with what they mean."""
    return _dials(
        "Dials by which the firms differ", firms, [d for d in DIALS if _differs(firms, d)]
    )


def dials_in_common(firms: Mapping[str, Scenario], varied: Collection[str] = ()) -> Grid:
    """The dials that are the same in all firms, but for those that a sweep varies."""
    same = [d for d in DIALS if not _differs(firms, d) and d not in varied]
    what = "Dials that are the same in all firms" if len(firms) > 1 else "Dials of the firm"
    return _dials(what, firms, same)


def exceptions(firms: Mapping[str, Scenario]) -> Grid:
    """Where and when a dial has another value than the firm's."""
    rows = tuple(row for label, firm in firms.items() for row in _exceptions(label, firm.regime))
    return Grid("Exceptions from these dials", ("regime", "where or when", "dials"), rows, True)


def coefficients_in_words() -> str:
    """How many coefficients are assumed, fitted, or neither."""
    assumed = sum(p.assumed for p in PARAMETERS.values())
    fitted = sum("calibrated" in p.source and not p.assumed for p in PARAMETERS.values())
    rest = len(PARAMETERS) - assumed - fitted
    return (
        f"Of {len(PARAMETERS)} coefficients {assumed} are assumed, {fitted} were fitted to known "
        "facts about firms (never to which regime does better), and "
        f"{rest} are published, a definition or an input."
    )


def coefficients_changed(firm: Scenario, varied: Collection[str] = ()) -> Grid:
    """The coefficients that the scenario, and not a sweep, sets to another value than the model."""
    rows = tuple(
        (p.name, f"{value:g}", f"{p.default:g}", p.unit, p.meaning, p.source)
        for p in PARAMETERS.values()
        if (value := firm.parameters.get(p.name, p.default)) != p.default and p.name not in varied
    )
    head = ("coefficient", "here", "default", "unit", "meaning", "source of the default")
    return Grid("Coefficients that this scenario changes", head, rows, prose=True)


def switched_off(firm: Scenario) -> str:
    """The mechanisms that do not work in this firm."""
    off = [name for name, on in firm.mechanisms.items() if not on]
    return f"Switched off: {listed(off)}." if off else ""


def called_uncertain(firm: Scenario, varied: Collection[str] = ()) -> Grid:
    """What the scenario itself says is not known well, and no sweep varies."""
    rows = tuple(
        (key, f"{low:g}", f"{high:g}")
        for key, (low, high) in firm.uncertain.items()
        if key not in varied
    )
    return Grid(
        "Called uncertain by the scenario, but not varied here", ("key", "low", "high"), rows
    )


def events_in_words(happenings: Sequence[Happening]) -> Grid:
    """What happens to the firms, and when."""
    rows = tuple(
        (
            str(event["week"]),
            in_words(event),
            f"{lasts(event)} weeks" if lasts(event) else "at once",
        )
        for event in happenings
    )
    return Grid("Events, the same in all firms", ("week", "what happens", "takes"), rows, True)


def _dials(caption: str, firms: Mapping[str, Scenario], names: Sequence[str]) -> Grid:
    rows = tuple(
        (
            name,
            *(f"{getattr(firm.regime, name):g}" for firm in firms.values()),
            f"{DIAL_NOTES[name].meaning} Price: {DIAL_NOTES[name].price}",
        )
        for name in names
    )
    return Grid(caption, ("dial, from 0 to 1", *firms, "more of it means"), rows, prose=True)


def _differs(firms: Mapping[str, Scenario], dial: str) -> bool:
    return len({getattr(firm.regime, dial) for firm in firms.values()}) > 1


def _exceptions(label: str, regime: Regime) -> Iterator[tuple[str, str, str]]:
    for department, dials in regime.departments.items():
        yield label, f"in {department}", _values(dials)
    for edge in regime.serves:
        value = {"colleague_as_customer": edge.colleague_as_customer}
        yield label, f"{edge.supplier} towards {edge.requester}", _values(value)
    for change in regime.schedule:
        how = f" over {change.over_weeks} weeks" if change.over_weeks else ""
        to = change.regime
        values = {dial: getattr(to, dial) for dial in DIALS} if to else change.dials
        yield label, f"from week {change.week}{how}", _values(values)


def _values(dials: Mapping[str, float]) -> str:
    return ", ".join(f"{dial} {value:g}" for dial, value in dials.items())


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
