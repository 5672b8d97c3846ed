"""A firm's own figures, month by month: read from a CSV file, and checked before anything runs."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.fit.columns import COLUMNS, MONTH, Column
from simulation.errors import Problem, ScenarioError, nearest, one_of, show

EXAMPLE = "example"
"""Stands for the file that comes with raison."""
MONTHS_LEAST = 12  # less than a year cannot tell a season from a trend
VALUES_LEAST = 6  # of a column
_BYTES_MOST = 1_000_000
_SHOWN_MOST = 12  # faults of a file that are told
_CALENDAR = re.compile(r"(\d{4})-(\d{1,2})")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(\.\d{3})+")  # or decimals: where commas are, who knows
_EMPTY = ""


@dataclass(frozen=True)
class Data:
    """Months of a firm.

    Attributes
    ----------
    file : str
        Where they come from.
    months : tuple of str
        As they stand in the file.
    values : DataFrame
        A row per month, a column per series; NaN where the file says nothing.
    """

    file: str
    months: tuple[str, ...]
    values: pd.DataFrame

    @property
    def columns(self) -> list[str]:
        """What the series are."""
        return [str(name) for name in self.values]

    @property
    def digest(self) -> str:
        """SHA-256 of what the file says."""
        text = self.values.to_csv(index=False) + "\n".join(self.months)
        return sha256(text.encode()).hexdigest()

    @classmethod
    def read(cls, file: Path | str) -> Data:
        """Read a file, or `example`.

        The separator is a comma, or a semicolon (a comma may then be the decimal sign).

        Raises
        ------
        ScenarioError
            With everything that is wrong: the line, the column, what was given, what is allowed.
        """
        if file == EXAMPLE:
            name = "raison's example"
            text = resources.files("scenarios").joinpath("data", "example.csv").read_text("utf-8")
        else:
            name, text = str(file), _text_of(Path(file))
        rows = _rows(name, text)
        _, header = rows[0]
        _refuse(list(_strange_header(name, rows[0][0], header)))
        body = [(line, dict(zip(header, row, strict=True))) for line, row in rows[1:]]
        commas = _separator(text) == ";" and any("," in cell for _, row in rows[1:] for cell in row)
        months = [row[MONTH] for _, row in body]
        problems = list(_strange_months(name, [line for line, _ in body], months))
        columns: dict[str, list[float]] = {}
        for column in header:
            if column != MONTH:
                read = [
                    _number(name, line, COLUMNS[column], row[column], comma=commas)
                    for line, row in body
                ]
                problems += [found for found in read if isinstance(found, Problem)]
                columns[column] = [math.nan if isinstance(x, Problem) else x for x in read]
        _refuse(problems)
        for column, values in columns.items():
            known = sum(map(math.isfinite, values))
            if known < VALUES_LEAST:
                allowed = f"{VALUES_LEAST} or more, or leave the column out"
                problems.append(Problem(name, None, column, f"{known} values", allowed))
        _refuse(problems)
        return cls(name, tuple(months), pd.DataFrame(columns))


def _text_of(file: Path) -> str:
    allowed = "a CSV file, or the word example"
    try:
        if not file.is_file():
            given = "a folder" if file.is_dir() else "a file that is not there"
            raise ScenarioError([Problem(str(file), None, "--data", given, allowed)])
        if file.stat().st_size > _BYTES_MOST:
            raise ScenarioError([Problem(str(file), None, "", "a file of over 1 MB", "1 MB")])
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        given, allowed = "a file that is not text", "CSV in UTF-8 (a spreadsheet saves as CSV)"
        raise ScenarioError([Problem(str(file), None, "", given, allowed)]) from None
    except (OSError, ValueError) as error:
        if isinstance(error, ScenarioError):
            raise
        given = f"a file that cannot be read ({getattr(error, 'strerror', None) or error})"
        raise ScenarioError([Problem(str(file), None, "", given, allowed)]) from None


def _separator(text: str) -> str:
    head = text.lstrip().partition("\n")[0]
    return ";" if ";" in head else ","


def _rows(name: str, text: str) -> list[tuple[int, list[str]]]:
    """Every row that says anything, with its line; all of one length."""
    reader = csv.reader(text.splitlines(), delimiter=_separator(text))
    try:
        found = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        raise ScenarioError(
            [Problem(name, reader.line_num, "", f"broken CSV ({error})", "CSV")]
        ) from None
    rows = [(line, row) for line, row in found if any(row)]
    if not rows:
        raise ScenarioError([Problem(name, None, "", "an empty file", "a header and months")])
    width = len(rows[0][1])
    _refuse(
        [
            Problem(name, line, "", f"{len(row)} cells", f"{width}, as in the header")
            for line, row in rows
            if len(row) != width
        ]
    )
    return rows


def _strange_header(name: str, line: int, header: Sequence[str]) -> Iterator[Problem]:
    known = (MONTH, *COLUMNS)
    for column in dict.fromkeys(header):
        if header.count(column) > 1:
            yield Problem(name, line, column, f"{header.count(column)} columns", "one")
        elif column not in known:
            given = f"the column {show(column)}"
            yield Problem(name, line, "", given, one_of(known), nearest(column, known))
    if MONTH not in header:
        allowed = f"a column {MONTH}: 2024-01, 2024-02, ... or 1, 2, ..."
        yield Problem(name, line, "", "no column month", allowed)
    elif len(header) == 1:
        yield Problem(name, line, "", "nothing but months", f"columns such as {one_of(COLUMNS)}")


def _strange_months(name: str, lines: Sequence[int], months: Sequence[str]) -> Iterator[Problem]:
    places: list[int] = []
    is_calendar = bool(months) and bool(_CALENDAR.fullmatch(months[0]))
    form = "YYYY-MM" if is_calendar else "a whole number, 1, 2, ..., or YYYY-MM"
    for line, month in zip(lines, months, strict=True):
        place = _place(month, is_calendar)
        if place is None:
            yield Problem(name, line, MONTH, show(month), form)
            return
        if places and place != places[-1] + 1:
            allowed = f"{_written(places[-1] + 1, is_calendar)}, the month after the row before; "
            allowed += "a month without figures is a row with empty cells"
            yield Problem(name, line, MONTH, month, allowed)
            return
        places.append(place)
    if len(months) < MONTHS_LEAST:
        yield Problem(name, None, "", f"{len(months)} months", f"{MONTHS_LEAST} or more")


def _place(month: str, is_calendar: bool) -> int | None:
    """The number of a month; None if it is none."""
    if not is_calendar:
        return int(month) if month.isdecimal() else None
    found = _CALENDAR.fullmatch(month)
    if not found or not 1 <= int(found[2]) <= 12:
        return None
    return 12 * int(found[1]) + int(found[2]) - 1


def _written(place: int, is_calendar: bool) -> str:
    return f"{place // 12:04d}-{place % 12 + 1:02d}" if is_calendar else str(place)


def _number(name: str, line: int, column: Column, text: str, *, comma: bool) -> float | Problem:
    """What a cell says, NaN if nothing; or what is wrong with it.

    With a decimal comma elsewhere in the file, 1.234 may be either of two numbers.
    """
    if text == _EMPTY:
        return math.nan
    field = column.name
    if comma and _THOUSANDS.fullmatch(text):
        whole = text.replace(".", "")
        allowed = f"{whole}, or {text.replace('.', ',', 1)}: elsewhere a comma is the decimal sign"
        return Problem(name, line, field, show(text), allowed)
    try:
        value = float(text.replace(",", ".") if comma else text)
    except ValueError:
        return Problem(name, line, field, show(text), _allowed_text(column, text))
    if not math.isfinite(value):
        return Problem(name, line, field, show(text), "a number, or an empty cell")
    if not column.least <= value <= column.most:
        return Problem(name, line, field, show(value), _allowed(column, value))
    return value


def _allowed_text(column: Column, text: str) -> str:
    bare = text.removesuffix("%").strip()
    if bare != text:
        try:
            return f"a number without a sign: {float(bare) / 100:g}"
        except ValueError:
            pass
    return "a number such as 1234.5, without signs and without spaces, or an empty cell"


def _allowed(column: Column, value: float) -> str:
    if column.most == np.inf:
        return f"{column.least:g} or more"
    span = f"{column.least:g} to {column.most:g}"
    if column.kind == "share" and 1 < value <= 100:
        return f"a share from {span}: {value / 100:g} for {value:g} %"
    if column.name == "satisfaction":
        return f"{span}; a mark m from 1 to 5 is (m - 1) / 4"
    if column.name == "loyalty_index" and abs(value) <= 100:
        return f"{span}: {value / 100:g} for {value:g}"
    return span


def _refuse(problems: Sequence[Problem]) -> None:
    if len(problems) > _SHOWN_MOST:
        more = f"{len(problems) - _SHOWN_MOST} more such faults"
        problems = [*problems[:_SHOWN_MOST], Problem(problems[0].file, None, "", more, "none")]
    if problems:
        raise ScenarioError(problems)
