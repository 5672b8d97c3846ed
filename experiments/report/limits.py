"""Where a comparison fails: what was lost, what it cannot tell, what it leaves out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from experiments.happenings import Happening, note_of_one_regime
from experiments.metrics import metric
from experiments.report.grid import Grid
from experiments.report.measures import Against, Line, Verdict
from experiments.report.origin import stopping_in_words
from experiments.report.words import PERCENT
from experiments.wording import listed
from simulation.parameters import PARAMETERS

if TYPE_CHECKING:
    from experiments.compare import Comparison
    from experiments.study import Study

ERRORS_SHOWN = 20
_NAMED = 8  # coefficients that a sentence can bear
_FEW_WORLDS = 20  # below, the interval rests on differences that are about normally distributed


@dataclass(frozen=True, slots=True)
class Limit:
    """One reason for caution.

    Attributes
    ----------
    title, text : str
        What it is about, and what it is.
    grids : tuple of Grid
        Which runs or measures.
    """

    title: str
    text: str
    grids: tuple[Grid, ...] = ()


def limits_of(result: Comparison, against: Sequence[Against]) -> list[Limit]:
    """All reasons for caution, the lost runs first."""
    found = [
        _failed(result),
        *unmade(result.study, result.replications),
        *_not_reached(result),
        _unclear(against),
        _disagreeing(against),
        insolvent(result.runs, result.regimes),
        how_many(result.study, result.replications),
        _first_weeks(result),
        *made_alike(result.happenings, len(result.regimes)),
        held_fixed(),
    ]
    return [limit for limit in found if limit.text]


def _failed(result: Comparison) -> Limit:
    return failures(
        result.runs,
        ("regime",),
        "A world in which one firm failed is left out of the comparison of that firm. If firms "
        "fail where they do badly, the rest looks better than it is.",
    )


def failures(runs: pd.DataFrame, places: Sequence[str], follows: str, at: str = "") -> Limit:
    """The runs that did not come to their end.

    Parameters
    ----------
    runs : DataFrame
        A row per run: status, seed, error, and where it belongs.
    places : sequence of str
        The columns that say where that is.
    follows : str
        What it does to the result.
    at : str
        At how many places, after the number of runs.
    """
    title, failed = "Runs that failed", runs[runs["status"] != "ok"]
    if failed.empty:
        return Limit(title, f"None: all {len(runs):,} runs came to their end.")
    head = (*places, "seed", "error")
    rows = tuple(
        tuple(str(row[name]) for name in head)
        for row in failed.head(ERRORS_SHOWN).to_dict("records")
    )
    more = f" The first {ERRORS_SHOWN} are listed." if len(failed) > ERRORS_SHOWN else ""
    text = f"{len(failed):,} of {len(runs):,} runs failed{at}. {follows}{more}"
    return Limit(title, text, (Grid("Failed runs", head, rows, prose=True),))


def unmade(study: Study, replications: int) -> Iterator[Limit]:
    """What an unfinished study lacks."""
    planned = study.replications
    if study.precision is None and replications < planned:
        text = (
            f"{replications} of {planned} planned worlds are finished. The same command "
            "makes the rest; until then this page is a first look."
        )
        yield Limit("Runs not made yet", text)


def _not_reached(result: Comparison) -> Iterator[Limit]:
    if result.study.precision is None or result.ended == "reached":
        return
    why = (
        "the study is not finished: the same command goes on"
        if result.ended == "unfinished"
        else "as many worlds as were allowed were not enough"
    )
    text = f"The differences are not known as precisely as was asked for; {why}."
    yield Limit("Precision that was not reached", text)


def _unclear(against: Sequence[Against]) -> Limit:
    parts, grids = [], []
    for pair in against:
        unclear = [line for line in pair.lines if line.verdict == Verdict.UNCLEAR]
        if not unclear:
            continue
        heads = [line for line in unclear if line in pair.headlines.lines]
        names = f": {listed([line.measure.label for line in heads])}" if heads else ""
        parts.append(
            f"Between {pair.a} and {pair.b} the interval holds zero for {len(unclear)} of "
            f"{len(pair.lines)} measures, {len(heads)} of {len(pair.headlines.lines)} headline "
            f"measures among them{names}."
        )
        rows = tuple((line.name, line.gap, line.interval) for line in unclear)
        head = ("measure", "difference", f"{PERCENT} interval")
        grids.append(Grid(f"{pair.a} against {pair.b}: cannot tell", head, rows))
    if parts:
        parts.append("That is no proof that the firms are equal: more worlds may tell them apart.")
    return Limit("What these runs cannot tell apart", " ".join(parts), tuple(grids))


def _disagreeing(against: Sequence[Against]) -> Limit:
    parts, grids = [], []
    for pair in against:
        if max((line.worlds for line in pair.lines), default=0) < 2:
            continue
        mixed = [line for line in pair.lines if line.against]
        clear = [line for line in mixed if line.verdict == Verdict.CLEAR]
        parts.append(
            f"Between {pair.a} and {pair.b} at least one world goes the other way than the mean in "
            f"{len(mixed)} of {len(pair.lines)} measures; in {len(clear)} of these the mean "
            "difference is clear all the same."
        )
        if mixed:
            grids.append(_worlds(pair, mixed))
    return Limit("Where single worlds disagree", " ".join(parts), tuple(grids))


def _worlds(pair: Against, mixed: Sequence[Line]) -> Grid:
    rows = tuple(
        (line.name, line.gap, line.reading, f"{line.against} of {line.worlds}") for line in mixed
    )
    head = ("measure", "mean difference", "reading", "worlds the other way")
    return Grid(f"{pair.a} against {pair.b}: worlds that disagree", head, rows)


def insolvent(runs: pd.DataFrame, regimes: Sequence[str]) -> Limit:
    """How many firms ran out of money; of a sweep, at all points together."""
    title = "Firms that ran out of money"
    if "insolvent" not in runs:
        return Limit(title, "")
    by = runs.groupby("regime")["insolvent"]
    broke, lived = by.sum(), by.count()
    if not broke.any():
        return Limit(title, "None did.")
    counts = [f"{regime} in {broke[regime]:.0f} of {lived[regime]} runs" for regime in regimes]
    text = (
        f"{'; '.join(counts)}. A firm without money goes on in the model; its later weeks are "
        "those of a firm that would have closed."
    )
    return Limit(title, text)


def how_many(study: Study, replications: int, what: str = "differences") -> Limit:
    """What decided the number of replications, and whether they are few.

    Parameters
    ----------
    study : Study
        What was asked.
    replications : int
        How many there are.
    what : str
        What the intervals are made of, in the plural.
    """
    text = stopping_in_words(study)
    if 1 < replications < _FEW_WORLDS:
        text += (
            f" With {replications} worlds an interval is right only if the {what} "
            "are about normally distributed, and a rare event may not have come up at all."
        )
    return Limit("How many worlds", text)


def _first_weeks(result: Comparison) -> Limit:
    left_out = (
        f"The first {result.warm_up} weeks are left out of all measures."
        if result.warm_up
        else "The measures are taken over all weeks from the first."
    )
    rows = tuple(
        (metric(key).label, regime, f"{found.weeks} weeks" if found.settled else "does not settle")
        for (key, regime), found in result.settling.items()
    )
    unsettled = sum(not found.settled for found in result.settling.values())
    text = (
        f"{left_out} A firm starts from a guess and needs time to find its own course. By the "
        f"MSER-5 rule {len(rows) - unsettled} of {len(rows)} courses (a headline measure in one "
        "firm) settle in the first half of the horizon. Means of one that does not settle depend "
        "on how long one looks."
    )
    grid = Grid("Weeks until a measure settles", ("measure", "regime", "settles after"), rows)
    return Limit("The first weeks", text, (grid,) if rows else ())


def no_series(what: str) -> Limit:
    """The weeks in which a firm finds its own course, where no weekly series is kept."""
    return Limit(
        "The first weeks",
        "The measures are taken over all weeks from the first. A firm starts from a guess and "
        f"needs time to find its own course. {what} keeps no weekly series, so how long that took "
        "is not known here; a comparison of the same firms (raison compare) tells.",
    )


def made_alike(happenings: Sequence[Happening], firms: int) -> Iterator[Limit]:
    """An event that ends the difference between the regimes."""
    if firms > 1 and (note := note_of_one_regime(happenings, firms)):
        yield Limit("Firms that become alike", note)


def held_fixed(varied: Collection[str] = ()) -> Limit:
    """The coefficients that nobody knows, but for those that a sweep varies."""
    assumed = [p.name for p in PARAMETERS.values() if p.assumed]
    here = [name for name in assumed if name in varied]
    if len(here) > _NAMED:
        held = f"All but {len(here)} of them were"
    else:
        held = f"All but {listed(here)} were" if here else "They were"
    fixed = f"{held} held fixed here, so no interval on this page allows for them."
    if len(here) == len(assumed):
        fixed = "All of them were varied here, but no interval on this page allows for that."
    return Limit(
        "What the intervals leave out",
        f"{len(assumed)} of the model's {len(PARAMETERS)} coefficients are assumed: no published "
        f"value is known. {fixed} With other values the answer may change its sign. The project's "
        "page docs/sign.md tells how often it does in one firm, the services_firm, and which "
        "coefficients decide; docs/coefficients.md has all of them with their sources.",
    )
