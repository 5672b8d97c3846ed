"""The pictures of a comparison: what goes into each, its title and its footer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from experiments import figure, gap_figure, inside_figure, market_figure
from experiments.customers_figure import draw_customers
from experiments.figure import Series, draw
from experiments.finding import CUSTOMERS, MARKET, ORGANISATION, finding
from experiments.gap_figure import draw_distribution, draw_gap
from experiments.gap_panels import Ahead, Interval
from experiments.inside_figure import draw_inside
from experiments.market_figure import draw_market
from experiments.organisation_figure import MOST_FIRMS, MOST_IN_WORDS, draw_organisation
from experiments.paired_table import INTERVAL
from experiments.result_folder import Picture
from simulation.version import MODEL_VERSION
from simulation.world import WEEKS_A_YEAR

if TYPE_CHECKING:
    from experiments.compare import Comparison


def draw_picture(result: Comparison, of: Picture) -> Figure:
    """Draw one of the pictures of a comparison; see `Comparison.figure`."""
    match of:
        case "outcomes":
            return draw(_courses(result, figure.CANDIDATES), result.finding, _footer(result))
        case "inside":
            courses = _courses(result, inside_figure.COLUMNS)
            return draw_inside(courses, result.inside, _footer(result))
        case "gap":
            gaps = {name: result.gap(name) for name in gap_figure.CANDIDATES}
            footer = _signed(result, gap_figure.GAP_NOTE)
            return draw_gap(gaps, result.regimes[0], result.finding, footer)
        case "distribution":
            return draw_distribution(
                {name: result.differences(name) for name in gap_figure.CANDIDATES},
                {name: _intervals(result, name) for name in gap_figure.CANDIDATES},
                _ahead(result),
                result.regimes[0],
                result.weeks / WEEKS_A_YEAR,
                result.finding,
                _signed(result, gap_figure.DISTRIBUTION_NOTE),
            )
        case "organisation":
            title = finding(result.table, ORGANISATION)
            footer = _footer_of_first(result, _left_out(result))
            return draw_organisation(result.tables, title, footer)
        case "market":
            title = finding(result.table, MARKET)
            courses = _courses(result, market_figure.COLUMNS)
            return draw_market(
                courses, result.happenings, result.recoveries, title, _footer(result)
            )
        case "customers":
            title = finding(result.table, CUSTOMERS)
            return draw_customers(result.tables, title, _footer_of_first(result))


def _ahead(result: Comparison) -> list[Ahead]:
    """Who earns more for good than whom: both ways for two firms, the first one's way for more."""
    first, *others = result.regimes
    found = result.break_even
    if len(others) == 1:
        a, b = found[others[0]]
        return [Ahead(f"{first} ahead", 0, a.months), Ahead(f"{others[0]} ahead", 1, b.months)]
    return [
        Ahead(f"{first} ahead of {other}", place, found[other][0].months)
        for place, other in enumerate(others, start=1)
    ]


def _intervals(result: Comparison, measure: str) -> dict[str, Interval]:
    """Those of the paired table, by second regime."""
    rows = result.table[result.table["metric"] == measure].set_index("regime_b")
    of = rows[INTERVAL].reindex([*result.regimes[1:]])
    return {str(other): (float(low), float(high)) for other, low, high in of.itertuples()}


def _courses(result: Comparison, columns: Sequence[str]) -> Series:
    tables = result.results.tables("series", columns)
    return {label: [*tables[label].values()] for label in result.regimes if label in tables}


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
