"""A sweep as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.report.boxes import boxes_of
from experiments.report.document import render
from experiments.report.grid import Grid
from experiments.report.origin import base_of
from experiments.report.robustness import card_of_sweep
from experiments.report.sweep_figure import show_sweep
from experiments.report.sweep_limits import sweep_limits
from experiments.report.sweep_origin import sweep_origin
from experiments.report.sweep_points import points_of
from experiments.report.sweep_question import (
    design_in_words,
    sweep_question,
    sweep_title,
    varied_grid,
)
from experiments.sweep.design import as_text
from experiments.sweep.overview import overview

if TYPE_CHECKING:
    from experiments.sweep.result import Sweep


def sweep_page(result: Sweep) -> str:
    """Write a sweep as a page for a board that reads it and a researcher who checks it.

    Parameters
    ----------
    result : Sweep
        What was found.

    Returns
    -------
    str
        HTML; see `experiments.report.document.render`.
    """
    origin = sweep_origin(result)
    drawn = not result.table.empty
    return render(
        "sweep.html.j2",
        result,
        origin,
        title=sweep_title(result),
        question=sweep_question(result, origin.firms[result.regimes[0]]),
        design=design_in_words(result),
        varied=varied_grid(result.study, base_of(result.study), result.keys),
        overviews=_overviews(result) if drawn else [],
        shown=show_sweep(result) if drawn else None,
        points=points_of(result) if drawn else [],
        boxes=boxes_of(result) if drawn else [],
        card=card_of_sweep(result) if drawn and len(result.regimes) > 1 else None,
        limits=sweep_limits(result, origin),
        first_point=", ".join(f"{key} {as_text(v)}" for key, v in result.points.loc[0].items()),
    )


def _overviews(result: Sweep) -> list[Grid]:
    """What becomes of the headline measures over all points, for each regime beside the first."""
    first, *others = result.regimes
    grids = []
    for other in others or (None,):
        head, rows = overview(result, other)
        name = f"{first} (A) against {other} (B)" if other else first
        grids.append(Grid(f"Over all points: {name}", head, tuple(rows)))
    return grids
