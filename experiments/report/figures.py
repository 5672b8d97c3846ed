"""The pictures of a comparison as they stand on a page: panels, words, and the numbers in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.organisation_figure import days_at
from experiments.report.grid import Grid
from experiments.report.panels import table_of, title_of, words_in
from experiments.report.svg import inline
from experiments.result_folder import Picture

if TYPE_CHECKING:
    from experiments.compare import Comparison

LETTERS = 800_000
"""That all drawings of a page may take together."""
_TITLE_AND_FOOTER = 2  # the words of a figure that belong to no panel


@dataclass(frozen=True, slots=True)
class About:
    """What a picture shows, for its heading and its caption."""

    heading: str
    shows: str


ABOUT: Mapping[str, About] = {
    "outcomes": About(
        "What came of it",
        "Customers, money, friction and speed over time. A line is the mean of all worlds, the "
        "band its 95 % interval for one firm alone.",
    ),
    "gap": About(
        "The difference over time",
        "The first firm minus the other, in the same world. Where the band keeps clear of zero "
        "the firms differ; it holds for all weeks at once.",
    ),
    "inside": About(
        "What went on between colleagues",
        "What people feel they are owed, how they bear it, how far reports are from the truth, "
        "and the hours that went into friction.",
    ),
    "organisation": About(
        "Where the work goes and where it waits",
        "A circle is a department, as large as its seats; its colour says how long an item "
        "stays. An arrow is the work that goes from one to another. One world only: the first.",
    ),
    "market": About(
        "The offer and what is needed",
        "How far the offer is from what customers need, and how quickly the firm follows.",
    ),
    "customers": About(
        "Who brings the profit and who stays",
        "Left: the part of all profit that the best customers bring. Right: the part of the first "
        "year's new customers who are still there. One world only: the first.",
    ),
    "distribution": About(
        "One world at a time",
        "The first firm minus the other in every single world: the mean can hide how often it "
        "goes the other way.",
    ),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture on a page.

    Attributes
    ----------
    key : str
        Its name, which begins all of its ids.
    about : About
        Heading and caption.
    finding, note : str
        What the figure's title says, and its footer.
    panels : tuple of Markup
        `svg` elements.
    whole : bool
        Whether all panels are one drawing, which needs the full width.
    grids : tuple of Grid
        The numbers drawn.
    """

    key: str
    about: About
    finding: str
    note: str
    panels: tuple[Markup, ...]
    whole: bool
    grids: tuple[Grid, ...]


def show_picture(result: Comparison, of: Picture) -> Shown | None:
    """Prepare one picture; None if there is nothing to draw."""
    figure = result.figure(of)
    if not figure.axes:
        return None
    about = ABOUT.get(of, About(of.replace("_", " ").capitalize(), ""))
    finding, note = take_words(figure)
    whole = len(figure.texts) > _TITLE_AND_FOOTER
    if whole:
        grids = tuple(_of_departments(result)) if of == "organisation" else ()
        panels: tuple[Markup, ...] = (
            Markup(inline(figure, of, about.heading, f"{finding}. {about.shows}")),
        )
    else:
        found = {axes: table_of(axes, result.regimes) for axes in figure.axes}
        grids = tuple(grid for grid in found.values() if grid)
        panels = tuple(
            Markup(inline(figure, f"{of}-{place}", title_of(axes), _says(axes, grid), axes))
            for place, (axes, grid) in enumerate(found.items(), 1)
        )
    return Shown(of, about, finding, note, panels, whole, grids)


def show_panels(
    figure: Figure,
    key: str,
    about: About,
    panels: Mapping[Axes, str],
    says: Callable[[Axes], str],
    grids: Sequence[Grid] = (),
    room: int = LETTERS,
) -> Shown:
    """Prepare a figure panel by panel.

    Parameters
    ----------
    figure : Figure
        A slide; its title and its footer are taken off it.
    key : str
        Its name.
    about : About
        Heading and caption.
    panels : mapping of Axes to str
        What is shown, in order, each panel with its name.
    says : callable
        What a panel shows, for those who do not see it.
    grids : sequence of Grid
        The numbers drawn.
    room : int
        Letters that all drawings may take together; those beyond are left out.
    """
    finding, note = take_words(figure)
    drawn, left_out = [], 0
    for place, (axes, name) in enumerate(panels.items(), 1):
        drawing = inline(figure, f"{key}-{place}", name, says(axes), axes)
        if len(drawing) > room:
            left_out += 1
            continue
        room -= len(drawing)
        drawn.append(Markup(drawing))
    if left_out:
        note += f" · {left_out} of {len(panels)} panels are too large for a page: see figure.svg"
    return Shown(key, about, finding, note, tuple(drawn), False, tuple(grids))


def take_words(figure: Figure) -> tuple[str, str]:
    """The title and the footer of a slide, which the page says in text of its own."""
    words = figure.texts[:_TITLE_AND_FOOTER]
    for text in words:
        text.set_visible(False)
    finding, note = (text.get_text() for text in words)
    return _one_line(finding), " · ".join(note.splitlines())


def _says(axes: Axes, grid: Grid | None) -> str:
    """The last numbers of a panel in words, for those who do not see it."""
    if grid is None:
        return f"{words_in(axes)}."
    if grid.prose:
        return f"{'; '.join(f'{name}: {said}' for name, said in grid.rows)}."
    last, names = grid.rows[-1], grid.head[1:]
    ends = ", ".join(f"{name} {value}" for name, value in zip(names, last[1:], strict=True))
    return f"At {grid.head[0]} {last[0]}: {ends}. The course is in the table below."


def _of_departments(result: Comparison) -> Iterator[Grid]:
    """What the picture of the organisation draws, a table for each firm."""
    for regime, tables in result.tables.items():
        rows = tuple(
            (
                str(name),
                f"{found['seats']:.0f}",
                f"{found['backlog_hours_linked'] + found['backlog_hours_internal']:,.0f}",
                f"{days_at(found):.1f}",
            )
            for name, found in tables.departments.to_dict("index").items()
        )
        head = ("department", "seats", "hours waiting", "days an item stays")
        yield Grid(f"{regime}: departments in the first world", head, rows)


def _one_line(text: str) -> str:
    return " ".join(text.split())
