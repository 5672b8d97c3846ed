"""Which values the keys of a scenario take in a sweep: a full grid, or a Latin hypercube."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from scipy.stats import qmc

from simulation.errors import Problem, ScenarioError, show

FORM = "KEY=LOW:HIGH:N, or KEY=a,b,c"
FORM_OF_SAMPLES = "KEY=LOW:HIGH with --samples N, or KEY=a,b,c"
UNCERTAIN = "uncertain"
"""Stands for all ranges that a scenario calls uncertain."""
FEWEST = 2  # values of a key, points of a hypercube
# Steps of a tenth are no fractions of two: a point is what its user would write, 0.3 and not
# 0.30000000000000004, so that it is the same run as one of `--set`.
_DIGITS = 12


class Span(NamedTuple):
    """Numbers from `low` to `high` in so many even steps, or drawn evenly with `steps` None."""

    low: float
    high: float
    steps: int | None = None

    def __str__(self) -> str:
        ends = f"{show(self.low)}:{show(self.high)}"
        return ends if self.steps is None else f"{ends}:{show(self.steps)}"


Axis = Span | tuple[Any, ...]  # a range, or the values themselves
Vary = Mapping[str, Sequence[Any]]
Point = dict[str, Any]


def parse_vary(
    texts: Sequence[str], words: Mapping[str, Mapping[str, tuple[float, float]]] | None = None
) -> dict[str, Sequence[Any]]:
    """Read options `KEY=LOW:HIGH:N`, `KEY=LOW:HIGH` or `KEY=a,b,c`; values of a list are YAML.

    Parameters
    ----------
    texts : sequence of str
        The options.
    words : mapping, optional
        Words that stand for ranges of many keys, such as `uncertain`. What is said of a key itself
        comes before what a word says of it.

    Returns
    -------
    dict
        As `sweep` takes it: a tuple for a range, a list for values.

    Raises
    ------
    ScenarioError
        If a text is not of this form, a key is given twice, or a word stands for nothing.
    """
    vary: dict[str, Sequence[Any]] = {}
    ranges: dict[str, Sequence[Any]] = {}
    for text in texts:
        if words and text.strip() in words:
            if not words[text.strip()]:
                allowed = f"a scenario that has ranges under `{text.strip()}:`"
                raise refused("--vary", show(text), allowed)
            ranges |= words[text.strip()]
            continue
        key, equals, said = (part.strip() for part in text.partition("="))
        if not (key and equals and said):
            raise refused("--vary", show(text), FORM)
        if key in vary:
            raise refused(f"--vary {key}", "twice", "every key once")
        is_range = ":" in said and "," not in said
        parts = [part.strip() for part in said.split(":" if is_range else ",")]
        vary[key] = _range(key, parts) if is_range else [_value(key, part) for part in parts]
    return ranges | vary


def axes_of(vary: Vary, samples: int | None) -> dict[str, Axis]:
    """Check what is to be varied: tuples are ranges, every other sequence is a list of values.

    Raises
    ------
    ScenarioError
        If a range has no numbers, no room or no steps, or a list fewer than two different values.
    """
    problems = []
    if not vary:
        problems.append(Problem(field="vary", given="no key", allowed=FORM))
    elif samples is not None and not (_is_whole(samples) and samples >= FEWEST):
        allowed = f"{FEWEST} or more"
        problems.append(Problem(field="samples", given=show(samples), allowed=allowed))
    if problems:
        raise ScenarioError(problems)
    axes: dict[str, Axis] = {}
    for key, given in vary.items():
        if isinstance(given, tuple):
            problems += _wrong_range(key, given, samples)
            axes[key] = Span(*given) if len(given) in (2, 3) else given
        else:
            problems += _wrong_list(key, given)
            axes[key] = tuple(given)
    if problems:
        raise ScenarioError(problems)
    return axes


def grid(axes: Mapping[str, Axis], whole: Collection[str] = ()) -> list[Point]:
    """Every combination of the values; the last key changes fastest.

    Parameters
    ----------
    axes : mapping
        As `axes_of` returns it.
    whole : collection of str
        Keys that take whole numbers only; the steps of their ranges are rounded.

    Raises
    ------
    ScenarioError
        If a range has fewer whole numbers than steps.
    """
    values = [_steps(key, axis, key in whole) for key, axis in axes.items()]
    return [dict(zip(axes, chosen, strict=True)) for chosen in product(*values)]


def size_of_grid(axes: Mapping[str, Axis]) -> int:
    """Number of points of a grid."""
    return math.prod(axis.steps or 0 if isinstance(axis, Span) else len(axis)
                     for axis in axes.values())  # fmt: skip


def hypercube(
    axes: Mapping[str, Axis], samples: int, seed: int, whole: Collection[str] = ()
) -> list[Point]:
    """Latin hypercube sample (McKay, Beckman & Conover 1979).

    The range of every key is cut into `samples` strata of one size, and each has exactly one point.
    Of a list, and of the whole numbers of a range, every value has the same share of the strata.

    Raises
    ------
    ScenarioError
        If there are fewer than two whole numbers in the range of a key that takes no others.
    """
    cube = qmc.LatinHypercube(len(axes), rng=seed).random(samples)
    columns = [
        _spread(key, axis, cube[:, place], key in whole)
        for place, (key, axis) in enumerate(axes.items())
    ]
    return [dict(zip(axes, drawn, strict=True)) for drawn in zip(*columns, strict=True)]


def as_table(points: Sequence[Point]) -> pd.DataFrame:
    """A row per point, a column per key; what is neither a number nor a truth value is text."""
    columns: dict[str, list[Any]] = {}
    for key in points[0]:
        values = [point[key] for point in points]
        kinds = {bool if isinstance(value, bool | np.bool_) else type(value) for value in values}
        plain = kinds == {bool} or all(_is_number(value) for value in values)
        columns[key] = values if plain else [as_text(value) for value in values]
    return pd.DataFrame(columns).rename_axis("point")


def points_asked(asked: Mapping[str, Any]) -> list[Point]:
    """The points of a sweep, from what its study says was asked: a list of values by key."""
    columns: Mapping[str, Sequence[Any]] = asked.get("points", {})
    return [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]


def as_text(value: Any) -> str:
    """A value as one would write it after `--set KEY=`, to six digits."""
    if isinstance(value, str):
        return value
    if isinstance(value, np.generic):
        value = value.item()
    return f"{value:.6g}" if isinstance(value, float) else show(value)


def refused(field: str, given: str, allowed: str) -> ScenarioError:
    """The error for a single fault."""
    return ScenarioError([Problem(field=field, given=given, allowed=allowed)])


def _range(key: str, parts: Sequence[str]) -> tuple[float, ...]:
    numbers: list[float] = []
    for part in parts:
        try:
            is_count = len(numbers) == 2 and part.isdecimal()
            numbers.append(int(part) if is_count else float(part))
        except ValueError:
            raise refused(f"--vary {key}", show(part), f"a number ({FORM})") from None
    return tuple(numbers)


def _value(key: str, text: str) -> Any:
    try:
        value = YAML(typ="safe", pure=True).load(text)
    except YAMLError:
        raise refused(f"--vary {key}", show(text), "values that YAML can read") from None
    if not text:
        raise refused(f"--vary {key}", "nothing between two commas", FORM)
    return value


def _wrong_range(key: str, given: tuple[Any, ...], samples: int | None) -> Iterator[Problem]:
    field = f"vary {key}"
    text = ":".join(show(part) for part in given)
    form = FORM if samples is None else FORM_OF_SAMPLES
    if len(given) != (3 if samples is None else 2):
        yield Problem(field=field, given=text, allowed=form)
    elif not all(_is_number(end) and math.isfinite(end) for end in given[:2]):
        yield Problem(field=field, given=text, allowed=f"numbers ({form})")
    elif not given[0] < given[1]:
        yield Problem(field=field, given=text, allowed="a LOW that is less than HIGH")
    elif samples is None and not (_is_whole(given[2]) and given[2] >= FEWEST):
        yield Problem(field=field, given=text, allowed=f"an N that is {FEWEST} or more, and whole")


def _wrong_list(key: str, given: Any) -> Iterator[Problem]:
    field, allowed = f"vary {key}", f"{FEWEST} or more values, or LOW:HIGH:N"
    if isinstance(given, str) or not isinstance(given, Sequence | np.ndarray | pd.Series):
        yield Problem(field=field, given=show(given), allowed=allowed)
        return
    texts = [as_text(value) for value in given]
    if len(texts) < FEWEST:
        found = texts[0] if texts else "no value"
        yield Problem(field=field, given=found, allowed=allowed)
    for text, times in Counter(texts).items():
        if times > 1:
            yield Problem(field=field, given=f"{text} {times} times", allowed="every value once")


def _steps(key: str, axis: Axis, whole: bool) -> tuple[Any, ...]:
    """The values of a key in a grid."""
    if not isinstance(axis, Span):
        return axis
    even = np.linspace(axis.low, axis.high, axis.steps or FEWEST)
    if not whole:
        return tuple(clean(x) for x in even)
    rounded = dict.fromkeys(round(x) for x in even.tolist())
    if len(rounded) < len(even):
        allowed = f"at most {_room(axis)} steps: this key takes whole numbers"
        raise refused(f"vary {key}", str(axis), allowed)
    return tuple(rounded)


def _spread(key: str, axis: Axis, drawn: np.ndarray, whole: bool) -> list[Any]:
    """Values of a key in a hypercube; `drawn` is even in [0, 1)."""
    if not isinstance(axis, Span):
        return [axis[int(u * len(axis))] for u in drawn]
    if not whole:
        return [clean(axis.low + u * (axis.high - axis.low)) for u in drawn]
    if _room(axis) < FEWEST:
        raise refused(f"vary {key}", str(axis), f"a range with {FEWEST} whole numbers or more")
    return [math.ceil(axis.low) + int(u * _room(axis)) for u in drawn]


def _room(axis: Span) -> int:
    """How many whole numbers there are in a range."""
    return math.floor(axis.high) - math.ceil(axis.low) + 1


def clean(x: float) -> float:
    """A number as one would write it: 0.3, not 0.30000000000000004."""
    return float(f"{x:.{_DIGITS}g}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
