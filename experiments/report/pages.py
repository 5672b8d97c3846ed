"""Which page a study gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from experiments.attribution.result import Attribution
from experiments.comparison import Comparison
from experiments.fit.result import Fit
from experiments.frontier.result import Frontier
from experiments.report.attribution_page import attribution_page
from experiments.report.comparison_page import comparison_page
from experiments.report.document import Reported
from experiments.report.fit_page import fit_page
from experiments.report.frontier_page import frontier_page
from experiments.report.sensitivity_page import sensitivity_page
from experiments.report.sweep_page import sweep_page
from experiments.sensitivity.result import Sensitivity
from experiments.study import Study
from experiments.sweep.result import Sweep
from simulation.errors import Problem, ScenarioError, one_of, show


class _Page(NamedTuple):
    """How a kind of study is read from its folder, and written as a page."""

    load: Callable[[Path], Reported]
    write: Callable[[Any], str]


_PAGES: Mapping[str, _Page] = {
    "compare": _Page(Comparison.load, comparison_page),
    "sweep": _Page(Sweep.load, sweep_page),
    "attribute": _Page(Attribution.load, attribution_page),
    "frontier": _Page(Frontier.load, frontier_page),
    "sensitivity": _Page(Sensitivity.load, sensitivity_page),
    "calibrate": _Page(Fit.load, fit_page),
}


def load(folder: Path) -> Reported:
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
        allowed = f"a study of the kind {one_of(_PAGES)}"
        raise ScenarioError([Problem(field="DIR", given=show(kind), allowed=allowed)])
    return _PAGES[kind].load(folder)


def page(result: Reported) -> str:
    """Write a study as an HTML page; see `experiments.report.document.render`."""
    return _PAGES[result.study.kind].write(result)
