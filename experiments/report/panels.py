"""What a drawn panel says, read off the drawing: the same numbers as a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.ticker import Formatter

from experiments.report.grid import Grid

_FEWEST_POINTS = 3  # shorter lines mark something, and are not a course
_MATHS = re.compile(r"\$\\mathdefault\{(.*?)\}\$")
_DASH = "–"
_HAIR = 1e-9  # a week that ends on a year belongs to it


def title_of(axes: Axes) -> str:
    """The panel's title on one line."""
    text = axes.get_title(loc="left") or axes.get_title()
    return " ".join(text.split())


def table_of(axes: Axes, regimes: Sequence[str] = ()) -> Grid | None:
    """The numbers of a panel: its lines at the ticks of the axis, or the words in its rows.

    A line is called as the text of its colour is; as the regime alone, if that begins with one.
    """
    return _of_lines(axes, regimes) if axes.axison else _of_words(axes)


def words_in(axes: Axes) -> str:
    """What is written inside a panel."""
    return "; ".join(" ".join(text.get_text().split()) for text in axes.texts)


def _of_lines(axes: Axes, regimes: Sequence[str]) -> Grid | None:
    names = {to_hex(text.get_color()): _name(text.get_text(), regimes) for text in axes.texts}
    lines = [
        (names[to_hex(line.get_color())], line)
        for line in axes.lines
        if _is_course(line) and to_hex(line.get_color()) in names
    ]
    if not lines:
        return None
    low, high = sorted(axes.get_xlim())
    last = max(_points(line)[0].max() for _, line in lines)
    ticks = sorted({*(t for t in axes.get_xticks() if low < t <= min(high, last) + _HAIR), last})
    across, up = axes.xaxis.get_major_formatter(), axes.yaxis.get_major_formatter()
    places = [_plain(text) for text in across.format_ticks(ticks)]
    columns = [_at(line, ticks, up) for _, line in lines]
    head = (axes.get_xlabel() or " ", *(name for name, _ in lines))
    return Grid(title_of(axes), head, tuple(zip(places, *columns, strict=True)))


def _of_words(axes: Axes) -> Grid | None:
    """Rows of words, as they stand under each other; those that name nothing are the heading."""
    down = -1 if axes.yaxis_inverted() else 1
    texts = sorted(axes.texts, key=lambda text: -down * text.get_position()[1])
    rows = [
        [text.get_text() for text in sorted(group, key=lambda text: text.get_position()[0])]
        for _, group in groupby(texts, key=lambda text: round(text.get_position()[1], 1))
    ]
    if len(rows) < 2:
        return None
    heading, *rest = rows
    body = tuple((row[0], ", ".join(row[1:])) for row in rest)
    return Grid(title_of(axes), (" ", ", ".join(heading)), body, prose=True)


def _name(text: str, regimes: Sequence[str]) -> str:
    found = [regime for regime in regimes if text.startswith(regime)]
    return max(found, key=len, default=text)


def _is_course(line: Line2D) -> bool:
    """Whether this is more than a mark: dots and short lines are marks."""
    return line.get_linestyle() != "None" and len(_points(line)[0]) >= _FEWEST_POINTS


def _points(line: Line2D) -> tuple[np.ndarray, np.ndarray]:
    x, y = (np.asarray(part, dtype=float) for part in line.get_data())
    known = np.isfinite(x) & np.isfinite(y)
    return x[known], y[known]


def _at(line: Line2D, ticks: Sequence[float], up: Formatter) -> list[str]:
    """The last value of a line up to each tick; a dash before its first."""
    x, y = _points(line)
    found = np.searchsorted(x, np.asarray(ticks) + _HAIR, side="right") - 1
    values = up.format_ticks([float(y[max(place, 0)]) for place in found])
    return [
        _plain(value) if place >= 0 else _DASH for value, place in zip(values, found, strict=True)
    ]


def _plain(text: str) -> str:
    return _MATHS.sub(r"\1", text).strip()
