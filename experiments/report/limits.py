"""Where a comparison fails: what was lost, what it cannot tell, what it leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.happenings import note_of_one_regime
from experiments.metrics import metric
from experiments.report.grid import Grid
from experiments.report.measures import Against, Line, Verdict
from experiments.report.origin import stopping_in_words
from experiments.report.words import PERCENT, listed
from simulation.parameters import PARAMETERS

if TYPE_CHECKING:
    from experiments.compare import Comparison

_ERRORS_SHOWN = 20
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
        *_unmade(result),
        _unclear(against),
        _disagreeing(against),
        _insolvent(result),
        _few(result),
        _first_weeks(result),
        *_one_regime(result),
        _assumed(),
    ]
    return [limit for limit in found if limit.text]


def _failed(result: Comparison) -> Limit:
    title, runs = "Runs that failed", len(result.runs)
    if not result.failed:
        return Limit(title, f"None: all {runs} runs came to their end.")
    failed = result.runs[result.runs["status"] != "ok"]
    rows = tuple(
        (str(row["regime"]), str(row["seed"]), str(row["error"]))
        for row in failed.head(_ERRORS_SHOWN).to_dict("records")
    )
    more = f" The first {_ERRORS_SHOWN} are listed." if result.failed > _ERRORS_SHOWN else ""
    text = (
        f"{result.failed} of {runs} runs failed. A world in which one firm failed is left out of "
        "the comparison of that firm. If firms fail where they do badly, the rest looks better "
        f"than it is.{more}"
    )
    grid = Grid("Failed runs", ("regime", "seed", "error"), rows, prose=True)
    return Limit(title, text, (grid,))


def _unmade(result: Comparison) -> Iterator[Limit]:
    planned = result.study.replications
    if result.study.precision is None and result.replications < planned:
        text = (
            f"{result.replications} of {planned} planned worlds are finished. The same command "
            "makes the rest; until then this page is a first look."
        )
        yield Limit("Runs not made yet", text)


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


def _insolvent(result: Comparison) -> Limit:
    title = "Firms that ran out of money"
    if "insolvent" not in result.runs:
        return Limit(title, "")
    by = result.runs.groupby("regime")["insolvent"]
    broke, lived = by.sum(), by.count()
    if not broke.any():
        return Limit(title, "None did.")
    counts = [
        f"{regime} in {broke[regime]:.0f} of {lived[regime]} worlds" for regime in result.regimes
    ]
    text = (
        f"{'; '.join(counts)}. A firm without money goes on in the model; its later weeks are "
        "those of a firm that would have closed."
    )
    return Limit(title, text)


def _few(result: Comparison) -> Limit:
    text = stopping_in_words(result.study)
    if 1 < result.replications < _FEW_WORLDS:
        text += (
            f" With {result.replications} worlds an interval is right only if the differences "
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


def _one_regime(result: Comparison) -> Iterator[Limit]:
    if note := note_of_one_regime(result.happenings, len(result.regimes)):
        yield Limit("Firms that become alike", note)


def _assumed() -> Limit:
    assumed = sum(parameter.assumed for parameter in PARAMETERS.values())
    return Limit(
        "What the intervals leave out",
        f"{assumed} of the model's {len(PARAMETERS)} coefficients are assumed: no published value "
        "is known. They were held fixed here, so no interval on this page allows for them. With "
        "other values the answer may change its sign. The project's page docs/sign.md tells how "
        "often it does in one firm, the services_firm, and which coefficients decide; "
        "docs/coefficients.md has all of them with their sources.",
    )
