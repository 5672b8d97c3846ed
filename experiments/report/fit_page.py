"""A calibration as a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from experiments.fit.columns import COLUMNS
from experiments.fit.data import EXAMPLE, Data
from experiments.fit.finding import FAR, TOLD, number
from experiments.fit.result import STRANGE, Fit
from experiments.report.figures import About, Shown, show_panels
from experiments.report.grid import Grid
from experiments.report.limits import Limit, held_fixed
from experiments.report.origin import base_of
from experiments.report.panels import title_of
from experiments.report.study_origin import places_of, study_origin
from experiments.report.sweep_question import meaning
from experiments.report.told import Behind, Told, told_page
from experiments.report.words import PERCENT
from experiments.sweep.design import as_text
from experiments.wording import capital, listed

if TYPE_CHECKING:
    from experiments.fit.result import Course, Key

MONTHS, FILE = "months.csv", "again.yaml"
"""What the months are called in a command, and what it writes."""
_ABOUT = About(
    "The months, and what is still possible",
    "First the months of the firm (dots) beside those of the model as fitted, with the band in "
    f"which {PERCENT} of its lives are, and as it was before (dashed). Then each key: the whole "
    "range is what was given, the bar what is still possible of it, the dot what was found.",
)


def fit_page(result: Fit) -> str:
    """Write a calibration as a page; see `told_page`."""
    keys = [one.key for one in result.free]
    origin = study_origin(result, [*_options(result)], varied=keys, out=FILE)
    return told_page(result, _told(result), origin)


def _options(result: Fit) -> Iterator[str]:
    asked = result.study.asked
    is_example = asked["data"] == Data.read(EXAMPLE).digest
    yield from ("--data", EXAMPLE if is_example else MONTHS)
    for key, (low, high) in asked["fit"].items():
        yield from ("--fit", f"{key}={low!r}:{high!r}")
    yield from ("--trials", str(asked["points"]))
    if result.study.warm_up:
        yield from ("--warm-up", str(result.study.warm_up))


def _told(result: Fit) -> Told:
    study, months = result.study, result.data.months
    labels = [COLUMNS[name].label for name in result.data.columns]
    lives = len(result.found.after)
    return Told(
        kind="A calibration of a firm",
        title=f"{study.scenario}, fitted to {len(months)} months of a firm",
        question=(
            f"With which values of {listed([one.key for one in result.free])} are the months of "
            f"the firm {study.scenario} most like those of a real firm ({listed(labels)}, "
            f"{months[0]} to {months[-1]}), and what can its figures not tell?"
        ),
        design=(
            f"{len(result.found.places)} points were looked at, each over {result.replications} "
            f"lives with the same luck; noise is taken from {lives} lives with luck that the "
            "search did not see. The distance of the model from the data is measured in units of "
            "what luck alone makes of such a firm."
        ),
        asked=(_asked(result),),
        sure=tuple(_sure(result)),
        intervals=(
            "“Still possible” holds every value with which the model, whatever the other keys do "
            f"meanwhile, is not clearly farther from the data ({PERCENT}, profile likelihood). It "
            "says nothing of whether the model is right: that it meets these months shows no more "
            "than that it need not be wrong."
        ),
        shown=_shown(result),
        reading="",
        behind=(
            Behind(
                "What was found",
                "The value that fits best, and what is still possible. A key of which the data "
                "say nothing stays near where it was.",
                (_keys(result), *_trades(result)),
            ),
            Behind(
                "Data beside model",
                "Means over the months with data. “Off” is the distance of the model from the "
                "data in units of what luck alone makes; about 1 is as near as can be.",
                (_series(result),),
                tuple(_months(result)),
            ),
        ),
        limits=_limits(result),
        at="The firm is described as it was before the fit; what was fitted is left out below.",
        same=(
            "the same at every point; noise is taken from fresh seeds, "
            f"{result.wanted.fresh_seeds[0]} to {result.wanted.fresh_seeds[-1]}"
        ),
    )


def _asked(result: Fit) -> Grid:
    base = base_of(result.study)
    places = places_of(base, [one.key for one in result.free])
    rows = tuple(
        (
            one.key,
            number(one.low),
            number(one.high),
            as_text(one.start),
            meaning(base, places[one.key]),
        )
        for one in result.free
    )
    return Grid("What is fitted", ("key", "low", "high", "before", "meaning"), rows, prose=True)


def _sure(result: Fit) -> Iterator[str]:
    for key in result.keys:
        yield (
            f"{key.key}: {number(key.fitted)}, still possible {_span(key.low, key.high)} of "
            f"{_span(key.given_low, key.given_high)}; {TOLD[key.told]}."
        )
    part = f"{100 * result.strangeness:.0f} % of the fitted model’s own lives are as far from the "
    yield part + (f"others as this firm is; below {100 * STRANGE:.0f} % the model could not be it.")


def _shown(result: Fit) -> Shown:
    figure = result.figure()
    *series, last = figure.axes[: len(figure.axes) - len(result.free)]
    for axes in series:
        axes.set_xticks(last.get_xticks(), [t.get_text() for t in last.get_xticklabels()])
    names = {axes: title_of(axes) or axes.get_title() for axes in figure.axes}
    keys = dict(zip(figure.axes[-len(result.free) :], result.keys, strict=True))
    courses = {capital(COLUMNS[course.series].label): course for course in result.courses}

    def says(axes: Axes) -> str:
        if axes in keys:
            return _says_key(keys[axes])
        course = next(c for label, c in courses.items() if names[axes].startswith(label))
        return _says_course(course)

    return show_panels(figure, "fit", _ABOUT, names, says)


def _says_key(key: Key) -> str:
    return (
        f"Found at {number(key.fitted)}, before {number(key.before)}; still possible "
        f"{_span(key.low, key.high)} of {_span(key.given_low, key.given_high)}."
    )


def _says_course(course: Course) -> str:
    write = COLUMNS[course.series].metric.value
    return (
        f"Mean of the months: data {write(course.data)}, model {write(course.model)}, before "
        f"{write(course.before)}. The months are in a table below."
    )


def _keys(result: Fit) -> Grid:
    rows = tuple(
        (
            key.key, number(key.before), number(key.fitted), _span(key.low, key.high),
            _span(key.given_low, key.given_high), TOLD[key.told],
        )
        for key in result.keys
    )  # fmt: skip
    head = ("key", "before", "now", "still possible", "looked for in", "reading")
    return Grid("What became of every key", head, rows)


def _trades(result: Fit) -> Iterator[Grid]:
    if result.trades:
        rows = tuple(
            (f"{a} with {b}", f"{close:+.2f}".replace("-", "−"))
            for (a, b), close in result.trades.items()
        )
        yield Grid("Keys that make up for each other", ("pair", "correlation"), rows)


def _series(result: Fit) -> Grid:
    rows = []
    for course in result.courses:
        measure = COLUMNS[course.series].metric
        rows.append(
            (
                capital(measure.label), measure.value(course.data), measure.value(course.before),
                measure.value(course.model),
                measure.difference(2 * course.noise, unit=False, sign=False),
                f"{course.off_before:.1f}", f"{course.off:.1f}",
            )
        )  # fmt: skip
    head = (
        "months’ mean", "data", "model before", "model now", "± by luck alone", "off before",
        "off now",
    )  # fmt: skip
    return Grid("Every series", head, tuple(rows))


def _months(result: Fit) -> Iterator[Grid]:
    for name, rows in result.months.groupby("series", sort=False):
        measure = COLUMNS[str(name)].metric
        cells = tuple(
            (
                str(row["month"]), measure.value(row["data"]), measure.value(row["model"]),
                f"{measure.value(row['low'])} to {measure.value(row['high'])}",
            )
            for row in rows.to_dict("records")
        )  # fmt: skip
        head = ("month", "data", "model", f"{PERCENT} of its lives")
        yield Grid(f"{capital(measure.label)}, month by month", head, cells)


def _limits(result: Fit) -> list[Limit]:
    missed = [
        f"{COLUMNS[course.series].label} ({course.off:.1f})"
        for course in result.courses
        if course.off > FAR
    ]
    gaps = int(result.data.values.isna().to_numpy().sum())
    found = [
        _failed(result),
        Limit("What to mind", " ".join(f"{remark}." for remark in result.remarks)),
        Limit(
            "What the model misses",
            f"Farther from the data than {FAR:g} times its noise: {listed(missed)}."
            if missed
            else "",
        ),
        Limit(
            "One firm has one history",
            "The ranges say what luck may have done to this firm in these months. They do not say "
            "what the model leaves out, and hold for the months they were told from."
            + (f" {gaps} cells of the data are empty, and count for nothing." if gaps else ""),
        ),
        Limit(
            "What was not fitted is taken as known",
            "A wrong head-count or a forgotten cut is made up for by whatever is free, and the "
            "ranges do not show it.",
        ),
        held_fixed([one.key for one in result.free]),
    ]
    return [limit for limit in found if limit.text]


def _failed(result: Fit) -> Limit:
    title = "Runs that failed"
    if not result.failed:
        return Limit(title, "None: all runs came to their end.")
    text = (
        f"{result.failed} runs failed and do not count. The first: {result.found.first_error}. If "
        "firms fail where they do badly, the rest looks better than it is."
    )
    return Limit(title, text)


def _span(low: float, high: float) -> str:
    return f"{number(low)} to {number(high)}"
