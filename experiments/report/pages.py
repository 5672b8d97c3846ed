"""Which page a study gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from experiments.comparison import Comparison
from experiments.report.comparison_page import comparison_page
from experiments.report.sweep_page import sweep_page
from experiments.study import Study
from experiments.sweep.result import Sweep
from simulation.errors import Problem, ScenarioError, show


class _Page(NamedTuple):
    """How a kind of study is read from its folder, and written as a page."""

    load: Callable[[Path], Comparison | Sweep]
    write: Callable[[Any], str]


_PAGES: Mapping[str, _Page] = {
    "compare": _Page(Comparison.load, comparison_page),
    "sweep": _Page(Sweep.load, sweep_page),
}


def load(folder: Path) -> Comparison | Sweep:
    """Read the study of a folder, as far as it has got.

    Raises
    ------
    ScenarioError
        If it holds none, or one of which nothing is finished.
    StoreError
        If it cannot be read.
    """
    kind = Study.load(folder).kind
    if kind not in _PAGES:
        allowed = f"a study of the kind {' or '.join(_PAGES)}"
        raise ScenarioError([Problem(field="DIR", given=show(kind), allowed=allowed)])
    return _PAGES[kind].load(folder)


def page(result: Comparison | Sweep) -> str:
    """Write a study as an HTML page; see `experiments.report.document.render`."""
    return _PAGES[result.study.kind].write(result)
