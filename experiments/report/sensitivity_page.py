"""A sensitivity analysis as a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from experiments.happenings import happenings_in
from experiments.metrics import Metric, metric
from experiments.provenance.names import index_id
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
)
from experiments.report.origin import Origin, base_of, yaml_of
from experiments.report.study_origin import places_of, study_origin
from experiments.report.sweep_limits import shared_luck
from experiments.report.sweep_question import meaning
from experiments.report.told import Behind, Numbers, Told, told_page
from experiments.report.words import PERCENT, in_years
from experiments.sensitivity.factors import ASSUMED, is_assumed, parameter_of, plausible_ranges
from experiments.sensitivity.finding import share
from experiments.sensitivity.methods import STRENGTH
from experiments.sensitivity.result import Named, Of, Sensitivity
from experiments.sweep.design import as_text
from experiments.wording import capital
from simulation.errors import show
from simulation.scenario import WEEKS_PER_YEAR

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST = 30  # keys in a table; table.csv has all of them
_ABOUT = About(
    "What it depends on",
    "Of each measure, first what the difference between the firms depends on, then what turns "
    "which of them is better; the strongest keys only.",
)
_OF: Mapping[Of, str] = {
    "gap": "the difference A − B",
    "sign": "which firm is better",
    "A": "A by itself",
    "B": "B by itself",
}
_SCALES: Mapping[str, str] = {
    "even": "even", "ratio": "by factors", "odds": "by factors of the odds",
    "whole": "whole numbers",
}  # fmt: skip


def sensitivity_page(result: Sensitivity) -> str:
    """Write a sensitivity analysis as a page; see `told_page`."""
    here = {key: result.points[key].tolist()[0] for key in result.keys}
    origin = study_origin(result, [*_options(result)], result.runs, result.keys, here)
    return told_page(result, _told(result, origin), origin)


def _ranges(result: Sensitivity) -> dict[str, tuple[float, float, str]]:
    """Low, high and scale of every key, to the last digit."""
    found = {}
    for key, text in result.study.asked["vary"].items():
        span, scale = text.split(" ", 1)
        parameter = parameter_of(key)
        if parameter and span == ":".join(map(show, parameter.plausible)):
            low, high = parameter.plausible  # the study says them to some digits
        else:
            low, high = map(float, span.split(":"))
        found[key] = (low, high, scale)
    return found


def _options(result: Sensitivity) -> Iterator[str]:
    yield from ("--method", result.method, "--samples", str(result.samples))
    ranges = {key: (low, high) for key, (low, high, _) in _ranges(result).items()}
    if list(ranges.items()) == list(plausible_ranges().items()):
        yield from ("--vary", ASSUMED)
        return
    for key, ends in ranges.items():
        yield from ("--vary", f"{key}={':'.join(map(yaml_of, ends))}")


def _told(result: Sensitivity, origin: Origin) -> Told:
    a, b = result.regimes
    first, n = origin.firms[a], len(result.keys)
    morris = result.method == "morris"
    if morris:
        design = (
            f"Morris’ screening: {result.samples} walks through the ranges, each of {n} steps, one "
            "along each key. A key’s strength is the mean size of what changes as it goes through "
            "its range (μ*)."
        )
        intervals = (
            f"A {PERCENT} interval comes from drawing the {result.samples} walks anew out of "
            "themselves: it says how far the choice of walks may have moved the index."
        )
    else:
        design = (
            f"Sobol indices: {result.samples} points of Sobol’s sequence, each with {n + 1} "
            "relatives in which keys change places. A key’s strength is the share of the variance "
            "in which it takes part (ST); a part of that it makes by itself (S1)."
        )
        intervals = (
            f"A {PERCENT} interval comes from drawing the {result.samples} points anew out of "
            "themselves: it says how far their choice may have moved the index."
        )
    intervals += (
        " “Not resolved” means that it is as wide as the index, or wider. It says nothing of "
        "whether the model is right; see “Where it fails” and “What is assumed”."
    )
    measures = result.headlines
    return Told(
        kind="A sensitivity analysis of twin firms",
        title=f"{result.scenario}: what matters to {a} and {b}, of {n} keys",
        question=(
            f"Over {in_years(first.weeks / WEEKS_PER_YEAR)} in the firm {result.scenario}: on "
            f"which of {n} keys does the difference between {a} (A) and {b} (B) depend, and which "
            "of them turn which firm is better?"
        ),
        design=f"{design} {len(result.points):,} points; both firms live through the same "
        f"{result.replications} worlds at each, and the mean over them counts.",
        asked=(_varied(result, origin),),
        sure=tuple(f"{doubt}." for doubt in result.doubts),
        intervals=intervals,
        shown=_shown(result) if measures else None,
        reading=_reading(result),
        behind=tuple(_behind(result, metric(key)) for key in measures),
        limits=_limits(result, origin),
        numbers=_numbers(result),
        at="Numbers are those at the first point. What is varied takes other values elsewhere, and "
        "is left out below.",
        same="the same at every point and for both regimes",
    )


def _numbers(result: Sensitivity) -> Numbers | None:
    found = ((key, one) for key in result.headlines for one in result.indices(key, "gap")[:1])
    for key, strongest in found:
        strength = STRENGTH[result.method]
        others = ", ".join(["low", "high", *strongest.degree.more])
        return Numbers(
            index_id(key, strength, "gap", strongest.key),
            f"In place of {strength} may stand {others}.",
        )
    return None


def _reading(result: Sensitivity) -> str:
    if result.method == "morris":
        return (
            "Of each key, the change as it goes through its range: its mean size, its mean with "
            "the sign, and how much it differs from place to place. Of which firm is better, the "
            "share of steps that turn it. Folded: that, and what each firm depends on by itself."
        )
    return (
        "Of each key, the share of the variance in which it takes part, and the part of it that it "
        "makes by itself. Folded: of which firm is better, and of each firm by itself."
    )


def _varied(result: Sensitivity, origin: Origin) -> Grid:
    ranges = _ranges(result)
    base = base_of(result.study)
    rows = tuple(
        (_marked(key), as_text(low), as_text(high), _SCALES[scale],
         meaning(base, places_of_key))
        for (key, (low, high, scale)), places_of_key in zip(
            ranges.items(), places_of(base, list(ranges)).values(), strict=True
        )
    )  # fmt: skip
    head = ("key (°: assumed, nobody has measured it)", "low", "high", "scale", "meaning")
    return Grid("What is varied", head, rows, prose=True)


def _shown(result: Sensitivity) -> Shown:
    """The figure, what turns the sign of a measure beside what its difference depends on."""
    figure = result.figure()
    half = len(figure.axes) // 2
    ordered: dict[Axes, tuple[Metric, Of]] = {}
    for key, gap, sign in zip(result.headlines, figure.axes[:half], figure.axes[half:]):
        ordered |= {gap: (metric(key), "gap"), sign: (metric(key), "sign")}
    for axes, (measure, of) in ordered.items():
        axes.tick_params(axis="y", labelleft=True)
        axes.set_title(f"{capital(measure.label)}: {_OF[of]}", loc="left")
    names = {axes: f"{capital(m.label)}: {_OF[of]}" for axes, (m, of) in ordered.items()}

    def says(axes: Axes) -> str:
        measure, of = ordered[axes]
        found = result.indices(measure.key, of)[:3]
        if not found:
            return "It is the same at every point, or nearly so."
        strongest = ", ".join(
            f"{key} {_strength(result, measure, of, index.strength)}" for key, index in found
        )
        return f"Strongest: {strongest}. The tables below have the others, with intervals."

    return show_panels(figure, "sensitivity", _ABOUT, names, says)


def _behind(result: Sensitivity, measure: Metric) -> Behind:
    grids = {
        of: _grid(result, measure, of, found)
        for of in _OF
        if (found := result.indices(measure.key, of))
    }
    gap = grids.pop("gap", None)
    return Behind(capital(measure.label), "", (gap,) if gap else (), tuple(grids.values()))


def _grid(result: Sensitivity, measure: Metric, of: Of, found: Sequence[Named]) -> Grid:
    strength = STRENGTH[result.method]
    told = f"; the {_MOST} strongest of {len(found)} keys" if len(found) > _MOST else ""
    morris = result.method == "morris"
    more = ("mean, with sign", "spread") if morris else ("by itself", f"{PERCENT} interval of that")
    head = ("key", "strength", f"{PERCENT} interval", *more, "reading")
    rows = tuple(
        (_marked(key), *_cells(result, measure, of, Named(key, index)))
        for key, index in found[:_MOST]
    )
    ids = tuple(index_id(measure.key, strength, of, key) for key, _ in found[:_MOST])
    return Grid(f"{capital(measure.label)}, {_OF[of]}{told}", head, rows, ids=ids)


def _cells(result: Sensitivity, measure: Metric, of: Of, one: Named) -> Iterator[str]:
    index, more = one.degree, one.degree.more

    def write(value: float, *, sign: bool = False, unit: bool = True) -> str:
        return _strength(result, measure, of, value, sign=sign, unit=unit)

    yield write(index.strength)
    yield f"{write(index.low, unit=False)} to {write(index.high)}"
    if result.method == "morris":
        yield write(more["mu"], sign=True)
        yield write(more["sigma"])
    else:
        yield write(more["S1"])
        yield f"{write(more['S1_low'], unit=False)} to {write(more['S1_high'])}"
    yield "resolved" if index.is_resolved else "not resolved"


def _strength(
    result: Sensitivity, measure: Metric, of: Of, value: float, *, sign: bool = False,
    unit: bool = True,
) -> str:  # fmt: skip
    """A number of an index as one writes it: in units of the measure, or as a share."""
    if result.method == "sobol" or of == "sign":
        return share(value, unit=unit)
    return measure.difference(value, sign=sign, unit=unit)


def _limits(result: Sensitivity, origin: Origin) -> list[Limit]:
    found = [
        failures(
            result.runs,
            ("point", "regime"),
            "A walk, or a point with its relatives, in which any run failed does not count. If "
            "firms fail where they do badly, the rest looks better than it is.",
        ),
        Limit("What is not resolved", " ".join(f"{doubt}." for doubt in result.doubts)),
        Limit(
            "The ranges decide",
            "A key matters within the range that it was given; a wider one would make it matter "
            "more. Points are drawn evenly, so a share of them is no probability. What was not "
            "varied was held where it is, and may matter as much.",
        ),
        Limit(
            "Luck looks like interaction",
            "All points have the same luck, but it does not cancel: a firm in which one customer "
            "leaves a day earlier takes another course. What that adds cannot be told from keys "
            "that act through each other; only more replications make it less.",
        ),
        shared_luck(result.replications, len(result.regimes)),
        insolvent(result.runs, result.regimes),
        how_many(result.study, result.replications),
        no_series("A sensitivity analysis"),
        *made_alike(happenings_in(origin.firms[result.regimes[0]]), len(result.regimes)),
        held_fixed(origin.varied),
    ]
    return [limit for limit in found if limit.text]


def _marked(key: str) -> str:
    return f"{key} °" if is_assumed(key) else key
