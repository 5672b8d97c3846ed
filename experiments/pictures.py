"""The pictures of a comparison: what goes into each, its title and its footer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from experiments.customers_figure import draw_customers
from experiments.figure import Series, draw
from experiments.finding import CUSTOMERS, MARKET, ORGANISATION, finding
from experiments.inside_figure import draw_inside
from experiments.market_figure import draw_market
from experiments.organisation_figure import MOST_FIRMS, MOST_IN_WORDS, draw_organisation
from experiments.store import Picture
from simulation.version import MODEL_VERSION

if TYPE_CHECKING:
    from experiments.compare import Comparison


def draw_picture(result: Comparison, of: Picture) -> Figure:
    """Draw one of the pictures of a comparison; see `Comparison.figure`."""
    match of:
        case "outcomes":
            return draw(_courses(result), result.finding, _footer(result))
        case "inside":
            return draw_inside(_courses(result), result.inside, _footer(result))
        case "organisation":
            title = finding(result.table, ORGANISATION)
            footer = _footer_of_first(result, _left_out(result))
            return draw_organisation(result.tables, title, footer)
        case "market":
            title = finding(result.table, MARKET)
            return draw_market(
                _courses(result), result.happenings, result.recoveries, title, _footer(result)
            )
        case "customers":
            title = finding(result.table, CUSTOMERS)
            return draw_customers(result.tables, title, _footer_of_first(result))


def _courses(result: Comparison) -> Series:
    courses = {
        label: [r.series for r in result.results if r.label == label and r.series is not None]
        for label in result.regimes
    }
    return {label: tables for label, tables in courses.items() if tables}


def _footer(result: Comparison) -> str:
    if result.replications == 1:
        return _signed(result, "one run each, so no band")
    return _signed(
        result,
        "line: mean of the runs, band: its 95 % interval; "
        "shared luck makes the difference surer than the bands",
    )


def _footer_of_first(result: Comparison, note: str = "") -> str:
    one = result.replications == 1
    how = "one run each" if one else f"title: all runs, picture: the first one, seed {result.seed}"
    return _signed(result, how + note)


def _left_out(result: Comparison) -> str:
    """Say that there are more firms than a picture of organisations has room for."""
    firms = len(result.tables)
    if firms <= MOST_FIRMS:
        return ""
    return f"; the first {MOST_IN_WORDS} of {firms} regimes are drawn"


def _signed(result: Comparison, note: str) -> str:
    """Where the numbers come from, with a note on how to read the picture."""
    n = result.replications
    if n == 1:
        runs = f"1 replication, seed {result.seed}"
    else:
        runs = f"{n} replications, seeds {result.seed} to {result.seed + n - 1}"
    if result.failed:
        runs += f" ({result.failed} runs failed)"
    return f"{result.scenario} · {runs} · {note} · raison {MODEL_VERSION}"
