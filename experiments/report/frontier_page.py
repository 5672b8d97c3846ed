"""A frontier as a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh

from experiments.frontier.result import Frontier
from experiments.frontier.surface import SURE
from experiments.happenings import happenings_in
from experiments.metrics import metric
from experiments.provenance.names import area_id, point_id
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
from experiments.report.measures import line_of
from experiments.report.origin import Origin, base_of
from experiments.report.panels import title_of
from experiments.report.study_origin import study_origin
from experiments.report.sweep_limits import shared_luck
from experiments.report.sweep_question import varied_grid
from experiments.report.told import Behind, Numbers, Told, told_page
from experiments.report.words import PERCENT, in_years
from experiments.sweep.design import as_text
from experiments.sweep.figure import short_key
from experiments.wording import capital, listed
from simulation.scenario import WEEKS_PER_YEAR

if TYPE_CHECKING:
    from collections.abc import Mapping

_PERCENT_SURE = f"{100 * (1 - SURE):.1f} %"
_BANDS = 24  # of colour, in place of a mesh of thousands of cells
_SIDES = ("A", "B", "open")
_SEAM = 0.4  # of a band beyond its edge, so that nothing shows between two of them
_ABOUT = About(
    "Who is better where",
    "The colour is that of the regime that is better, the stronger the surer; a dot is a point "
    "that was run. On the line either is as likely the better one; beyond the broken lines it is "
    f"{_PERCENT_SURE} sure.",
)
_HELPS: Mapping[str, str] = {
    "nothing": "",
    "points": "More points (--points) would narrow it down.",
    "replications": "More replications would narrow it down; more points would not: what keeps it "
    "open is luck, which all points share.",
}


def frontier_page(result: Frontier) -> str:
    """Write a frontier as a page; see `told_page`."""
    first = result.places.loc[result.points[0]]
    here = {key: first[key] for key in result.keys}
    origin = study_origin(result, [*_options(result)], result.runs, result.keys, here)
    return told_page(result, _told(result, origin), origin)


def _options(result: Frontier) -> Iterator[str]:
    asked = result.study.asked
    for option, key in zip(("--x", "--y"), result.keys, strict=True):
        low, high, *_ = asked["vary"][key].split(":")
        yield from (option, f"{key}={low}:{high}")
    yield from ("--metric", result.metric, "--points", str(asked["most_points"]))


def _told(result: Frontier, origin: Origin) -> Told:
    a, b = result.regimes
    x, y = result.keys
    first, label = origin.firms[a], metric(result.metric).label
    here = ", ".join(f"{k} {as_text(v)}" for k, v in result.places.loc[result.points[0]].items())
    return Told(
        kind="A map of twin firms",
        title=f"{result.scenario}: where {a} is better, and where {b}, over {x} and {y}",
        question=(
            f"In {label} over {in_years(first.weeks / WEEKS_PER_YEAR)}: at which {x} and {y} is "
            f"the firm {result.scenario} better off with {a}, and at which with {b}?"
        ),
        design=(
            f"{len(result.points)} of {len(result.places)} places of the map were run, both firms "
            "at each, all in the same worlds: first the corners and some spread evenly, then "
            f"wherever it was most open which firm is better in {label}. Between them a smooth "
            "surface is laid through the differences of each world (a Gaussian process)."
        ),
        asked=(varied_grid(result.study, base_of(result.study), result.keys),),
        sure=tuple(_sure(result)),
        intervals=(
            f"“Clearly” means that the probability is at least {_PERCENT_SURE}. It allows for two "
            f"things: luck, of which there were {result.replications} draws, and what a smooth "
            "surface leaves open between the points that were run. It says nothing of whether the "
            "model is right; see “Where it fails” and “What is assumed”."
        ),
        shown=_shown(result),
        behind=(_areas(result), *(_points(result, key) for key in result.metrics)),
        limits=_limits(result, origin),
        reading=(
            "Of a point that was run, the interval is that of the point by itself; “B better with” "
            "is the probability that the map gives there, which knows of the points around it, too."
        ),
        numbers=Numbers(
            point_id(result.metric, "difference", min(result.points)),
            "In place of difference may stand A, B, low, high, a_wins and b_better; in place of "
            "area.A, area.B and area.open.",
        ),
        at=f"Numbers are those at the first point ({here}). What is varied takes other values "
        "elsewhere, and is left out below.",
        same="the same at every point and for both regimes",
    )


def _sure(result: Frontier) -> Iterator[str]:
    a, b = result.regimes
    for key in result.metrics:
        share = {side: _part(part) for side, part in result.areas[key].items()}
        yield (
            f"{capital(metric(key).label)}: {a} clearly better in {share['A']} of the map, {b} in "
            f"{share['B']}, open in {share['open']}."
        )
    if help_ := _HELPS[result.would_help]:
        yield help_


def _shown(result: Frontier) -> Shown:
    figure = result.figure()
    keys = dict(zip(figure.axes, result.metrics, strict=True))
    main, *_ = figure.axes
    for axes in figure.axes:
        _in_bands(axes)
        axes.set_position(main.get_position())  # as large as the first; each is drawn by itself
        axes.set_xlabel(short_key(result.keys[0]), fontsize=10)
        axes.set_ylabel(short_key(result.keys[1]), fontsize=10)
        axes.tick_params(labelsize=10)
    names = {axes: title_of(axes) for axes in figure.axes}
    a, b = result.regimes

    def says(axes: Axes) -> str:
        share = result.areas[keys[axes]]
        return (
            f"A map over {listed(result.keys)}: {a} clearly better in {_part(share['A'])} of it, "
            f"{b} in {_part(share['B'])}, {_part(share['open'])} open. The tables below have every "
            "point that was run."
        )

    return show_panels(figure, "frontier", _ABOUT, names, says)


def _in_bands(axes: Axes) -> None:
    """Draw a mesh as bands of colour: some dozen shapes in place of thousands."""
    for mesh in [drawn for drawn in axes.collections if isinstance(drawn, QuadMesh)]:
        corners = np.asarray(mesh.get_coordinates())
        middle = (corners[:-1, :-1] + corners[1:, 1:]) / 2
        values = np.asarray(mesh.get_array()).reshape(middle.shape[:2])
        limits = axes.get_xlim(), axes.get_ylim()
        bands = axes.contourf(
            middle[..., 0], middle[..., 1], values, levels=np.linspace(0, 1, _BANDS + 1),
            cmap=mesh.get_cmap(), norm=mesh.norm, zorder=mesh.get_zorder() - 1,
        )  # fmt: skip
        bands.set(edgecolor="face", linewidth=_SEAM)
        mesh.remove()
        axes.set(xlim=limits[0], ylim=limits[1])


def _areas(result: Frontier) -> Behind:
    rows = tuple(
        (metric(key).label, *(f"{100 * result.areas[key][side]:.1f} %" for side in _SIDES))
        for key in result.metrics
    )
    a, b = result.regimes
    return Behind(
        "Parts of the map",
        "In how much of the map each regime is clearly better, measure by measure. The points were "
        f"chosen for {metric(result.metric).label}; of the other measures the map knows less.",
        (
            Grid(
                "Clearly better in",
                ("measure", f"A: {a}", f"B: {b}", "open"),
                rows,
                ids=tuple(area_id(key, "A") for key in result.metrics),
            ),
        ),
    )


def _points(result: Frontier, key: str) -> Behind:
    x, y = result.keys
    table = result.at_points[result.at_points["metric"] == key].to_dict("records")
    lines = [line_of(row) for row in table]
    grid = Grid(
        f"{capital(metric(key).label)} at the points that were run",
        ("point", x, y, "A", "B", "A − B", f"{PERCENT} interval", "reading", "B better with"),
        tuple(
            (
                str(row["point"]), as_text(row[x]), as_text(row[y]), line.a, line.b, line.gap,
                line.interval, line.reading, f"{100 * row['b_better']:.1f} %",
            )
            for row, line in zip(table, lines, strict=True)
        ),
        ids=tuple(point_id(key, "difference", int(row["point"])) for row in table),
    )  # fmt: skip
    chosen = key == result.metric
    return Behind(
        capital(metric(key).label),
        "",
        (grid,) if chosen else (),
        () if chosen else (grid,),
    )


def _limits(result: Frontier, origin: Origin) -> list[Limit]:
    most = int(result.study.asked["most_points"])
    found = [
        failures(
            result.runs,
            ("label",),
            "A point at which a run failed is left out of the map of a measure. If firms fail "
            "where they do badly, the rest looks better than it is.",
        ),
        _open(result, most),
        Limit(
            "Between the points",
            "The surface between the points is taken to be smooth. A step or a narrow ridge that "
            "lies between them is not seen, and nothing is said beyond the edges of the map. How "
            "large a part of the map favours a firm depends on the ranges that were chosen: it is "
            "no probability.",
        ),
        shared_luck(result.replications, len(result.regimes)),
        insolvent(
            result.runs.assign(regime=result.runs["label"].str.split(", ", n=1).str[1]),
            result.regimes,
        ),
        how_many(result.study, result.replications),
        no_series("A map"),
        *made_alike(happenings_in(origin.firms[result.regimes[0]]), len(result.regimes)),
        held_fixed(origin.varied),
    ]
    return [limit for limit in found if limit.text]


def _open(result: Frontier, most: int) -> Limit:
    share = result.areas[result.metric]["open"]
    text = (
        f"In {_part(share)} of the map it is open which firm is better in "
        f"{metric(result.metric).label}. That is no proof that they are equal there. "
        f"{_HELPS[result.would_help]} {len(result.points)} points of at most {most} were run."
    )
    return Limit("Where it is open", text)


def _part(share: float) -> str:
    return f"{100 * share:.0f} %"
