"""What a page says of a study that is neither a comparison nor a sweep."""

from __future__ import annotations

from dataclasses import dataclass

from experiments.report.document import render
from experiments.report.figures import Shown
from experiments.report.grid import Grid
from experiments.report.limits import Limit
from experiments.report.origin import Origin
from experiments.report.study_origin import Kept


@dataclass(frozen=True, slots=True)
class Numbers:
    """How the numbers of a page are called.

    Attributes
    ----------
    example : str
        The name of one of them.
    says : str
        What the other columns of a row are called.
    """

    example: str
    says: str


@dataclass(frozen=True, slots=True)
class Behind:
    """Tables behind the figure, about one thing.

    Attributes
    ----------
    heading, text : str
        What they are about, and what is particular to them.
    grids, folded : tuple of Grid
        Those in sight, and those that open.
    """

    heading: str
    text: str
    grids: tuple[Grid, ...]
    folded: tuple[Grid, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A study in words, tables and a figure.

    Attributes
    ----------
    kind, title, question, design : str
        What it is, what it is about, what was asked, and how that was laid out.
    asked : tuple of Grid
        What was varied, divided or fitted.
    sure : tuple of str
        How sure the finding is, point by point.
    intervals : str
        What the intervals mean.
    shown : Shown or None
        The figure, if there is anything to draw.
    reading : str
        How the tables behind it are read.
    behind : tuple of Behind
        These tables.
    limits : list of Limit
        Where it fails.
    numbers : Numbers or None
        How `raison number` is told which one is meant; None if it does not know this study.
    at : str
        For which firms the assumptions are given.
    same : str
        What shares the seeds.
    """

    kind: str
    title: str
    question: str
    design: str
    asked: tuple[Grid, ...]
    sure: tuple[str, ...]
    intervals: str
    shown: Shown | None
    reading: str
    behind: tuple[Behind, ...]
    limits: list[Limit]
    numbers: Numbers | None = None
    at: str = ""
    same: str = "the same in every firm"


def told_page(result: Kept, told: Told, origin: Origin) -> str:
    """Write a study as a page for a board that reads it and a researcher who checks it.

    Parameters
    ----------
    result : Kept
        What was found.
    told : Told
        That in words, tables and a figure.
    origin : Origin
        Where it comes from.

    Returns
    -------
    str
        HTML; see `experiments.report.document.render`.
    """
    return render("study.html.j2", result, origin, title=told.title, told=told, limits=told.limits)
