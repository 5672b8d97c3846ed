"""An attribution as a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from experiments.attribution.finding import named
from experiments.attribution.game import REST, players_of
from experiments.attribution.result import GAP, Attribution, Part
from experiments.happenings import happenings_in
from experiments.metrics import Metric, metric
from experiments.provenance.names import interaction_id, share_id
from experiments.report.figures import About, Shown, show_panels
from experiments.report.grid import Grid
from experiments.report.limits import (
    Limit,
    failures,
    held_fixed,
    how_many,
    insolvent,
    made_alike,
    no_series,
    unmade,
)
from experiments.report.origin import Origin
from experiments.report.panels import title_of
from experiments.report.study_origin import firms_of, study_origin
from experiments.report.told import Behind, Numbers, Told, told_page
from experiments.report.words import PERCENT, how_sure, in_years
from experiments.wording import capital, listed
from simulation.scenario import WEEKS_PER_YEAR

if TYPE_CHECKING:
    from experiments.attribution.game import Player

_ABOUT = About(
    "From one firm to the other",
    "A step is a player's share of the difference; read from the top, the steps lead to the whole "
    "of it. A thin line is the interval of a step; a pale step is one whose interval holds zero.",
)
_CLEAR, _UNCLEAR = "clear", "cannot tell"


def attribution_page(result: Attribution) -> str:
    """Write an attribution as a page; see `told_page`."""
    origin = study_origin(result, _options(result), result.runs)
    return told_page(result, _told(result, origin), origin)


def _options(result: Attribution) -> list[str]:
    """What the command asks for; the players only if it would not come to them by itself."""
    words = ["--of", result.of]
    firms = firms_of(result.study)
    a, b = (firms[regime] for regime in result.regimes)
    if players_of(result.of, a, b) != result.players:
        chosen = [player for player in result.players if player.name != REST]
        words += ["--players", ",".join("+".join(player.parts) for player in chosen)]
    return words


def _told(result: Attribution, origin: Origin) -> Told:
    a, b = result.regimes
    first = origin.firms[a]
    what = "dials" if result.of == "dials" else "mechanisms of the model"
    n = len(result.players)
    if result.of == "dials":
        plays = f"has A's positions of the dials it holds, and B's of all others (A: {a}, B: {b})"
    else:
        plays = "is what is switched on, of these, in both firms"
    return Told(
        kind="An attribution of the difference between twin firms",
        title=f"{result.scenario}: what makes the difference between {listed(result.regimes)}",
        question=(
            f"Over {in_years(first.weeks / WEEKS_PER_YEAR)}, which {what} make the difference "
            f"between {a} and {b} in the firm {result.scenario}, and how much of it does each make?"
        ),
        design=(
            f"{n} players, {2**n:,} coalitions: every coalition {plays}. All of them live through "
            "the same worlds. A player's share is what it adds when it comes in, in the mean over "
            "all orders in which the players could come in (its Shapley value); the shares "
            + ("and what remains without any of them " if result.of == "mechanisms" else "")
            + "add up to the whole difference in every world."
        ),
        asked=(_players(result.of, result.players),),
        sure=tuple(_sure(result)),
        intervals=how_sure(result.replications, "mean share"),
        shown=_shown(result) if result.headlines else None,
        behind=tuple(_behind(result)),
        limits=_limits(result, origin),
        reading=(
            "The players’ shares add up to the whole difference. Folded: what two players make "
            "together beyond what each makes alone, the strongest first."
        ),
        numbers=Numbers(
            share_id(result.headlines[0], result.players[0].name),
            "It stands for share and interval alike.",
        )
        if result.headlines
        else None,
        same="the same in every coalition",
    )


def _players(of: str, players: tuple[Player, ...]) -> Grid:
    rows = tuple((player.name, ", ".join(player.parts)) for player in players)
    return Grid("Among whom it is divided", ("player", of), rows, prose=True)


def _sure(result: Attribution) -> Iterator[str]:
    for key in result.headlines:
        measure, parts = metric(key), result.parts(key)
        gap = parts[GAP]
        others = [name for name in parts if name != GAP]
        clear = [name for name in others if parts[name].is_clear]
        yield (
            f"{capital(measure.label)}: the whole difference is {_mean(measure, gap)}, {PERCENT} "
            f"interval {_interval(measure, gap)}; {len(clear)} of {len(others)} parts are clear of "
            "zero by themselves."
        )


def _shown(result: Attribution) -> Shown:
    figure = result.figure()
    for axes in figure.axes:
        axes.tick_params(axis="y", labelleft=True)
    names = {axes: title_of(axes) for axes in figure.axes}
    keys = dict(zip(figure.axes, result.headlines, strict=True))

    def says(axes: Axes) -> str:
        measure, parts = metric(keys[axes]), result.parts(keys[axes])
        steps = ", ".join(
            f"{named(name)} {_mean(measure, part)}" for name, part in parts.items() if name != GAP
        )
        whole = _mean(measure, parts[GAP])
        return f"Steps: {steps}; the whole gap {whole}. The tables below have the intervals."

    return show_panels(figure, "attribution", _ABOUT, names, says)


def _behind(result: Attribution) -> Iterator[Behind]:
    for key in result.headlines:
        measure = metric(key)
        pairs = sorted(result.pairs(key).items(), key=lambda item: -abs(item[1].mean))
        yield Behind(
            capital(measure.label),
            "",
            (
                Grid(
                    f"{capital(measure.label)}: shares of the difference",
                    ("part", "share", f"{PERCENT} interval", "reading"),
                    tuple(
                        (named(name), *_cells(measure, part))
                        for name, part in result.parts(key).items()
                    ),
                    ids=tuple(share_id(key, name) for name in result.parts(key)),
                ),
            ),
            (
                Grid(
                    f"{capital(measure.label)}: interactions of two players",
                    ("pair", "together, beyond each alone", f"{PERCENT} interval", "reading"),
                    tuple((" with ".join(pair), *_cells(measure, part)) for pair, part in pairs),
                    ids=tuple(interaction_id(key, *pair) for pair, _ in pairs),
                ),
            )
            if pairs
            else (),
        )


def _limits(result: Attribution, origin: Origin) -> list[Limit]:
    everyone = "Firms of all coalitions"
    found = [
        failures(
            result.runs,
            ("label",),
            "A world in which any coalition failed is left out of all shares of a measure. If "
            "firms fail where they do badly, the rest looks better than it is.",
        ),
        *unmade(result.study, result.replications),
        _not_alone(result),
        Limit(
            "The players were chosen",
            "A share belongs to a player among these players. Dials or mechanisms that are grouped "
            "in another way have other shares; one that is in no group of its own cannot be told "
            "from those beside it.",
        ),
        Limit(
            "Coalitions are firms that nobody runs",
            "Most coalitions mix the rules of two regimes in a way that no board would choose. "
            "The shares say what the model makes of such firms, and rest on its being right there.",
        ),
        Limit(
            "Many shares are looked at",
            "Each interval is one for its share by itself: no allowance was made for looking at "
            "several players and measures. Of 100 shares that are zero, about 5 would be called "
            "clear by chance alone.",
        ),
        insolvent(result.runs.assign(regime=everyone), [everyone]),
        how_many(result.study, result.replications, "shares"),
        no_series("An attribution"),
        *made_alike(happenings_in(origin.firms[result.regimes[0]]), len(result.regimes)),
        held_fixed(),
    ]
    return [limit for limit in found if limit.text]


def _not_alone(result: Attribution) -> Limit:
    told = [
        f"{metric(key).label}: {' with '.join(pair)} {_mean(metric(key), part)} beyond what each "
        f"makes alone ({_interval(metric(key), part)})"
        for key in result.headlines
        for pair, part in [found for found in [result.strongest_pair(key)] if found]
    ]
    text = (
        "A share says what a player does between these two firms, not what turning it alone would "
        "do to either of them: players act together. "
    )
    if told:
        text += f"The strongest pair of each measure that is clear: {'; '.join(told)}. "
        text += "These intervals hold for all pairs together."
    else:
        text += "No interaction of two players is clear in these runs."
    return Limit("A share is not the effect of one player alone", text)


def _cells(measure: Metric, part: Part) -> tuple[str, str, str]:
    reading = _CLEAR if part.is_clear else _UNCLEAR if part.count > 1 else "one world only"
    return _mean(measure, part), _interval(measure, part), reading


def _mean(measure: Metric, part: Part) -> str:
    return measure.difference(part.mean, beside=min(part.low, part.high, key=abs))


def _interval(measure: Metric, part: Part) -> str:
    if part.count < 2:
        return "–"
    near = min(part.low, part.high, key=abs)
    low = measure.difference(part.low, unit=False, beside=near)
    return f"{low} to {measure.difference(part.high, beside=near)}"
