"""A table of a page: words and numbers, ready to be written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grid:
    """A table whose first column names the rows.

    Attributes
    ----------
    caption : str
        What it shows.
    head : tuple of str
        Names of the columns, that of the first one included.
    rows : tuple of tuple of str
        As many cells as there are columns.
    prose : bool
        Whether cells hold sentences rather than numbers.
    ids : tuple of str
        The name of each row's number, as `raison number` takes it; of a row without one it is
        empty, and of a table without any there are none.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    prose: bool = False
    ids: tuple[str, ...] = ()
