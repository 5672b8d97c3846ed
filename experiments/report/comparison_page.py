"""A comparison as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.fates import RULE
from experiments.metrics import metric
from experiments.report.document import render
from experiments.report.figures import show_picture
from experiments.report.limits import limits_of
from experiments.report.measures import measures_of
from experiments.report.origin import origin_of
from experiments.report.replay import replay_of
from experiments.report.robustness import card_of_comparison
from experiments.report.words import answers, question
from experiments.report.worlds import break_even_grid
from experiments.result_folder import PICTURES
from experiments.wording import listed
from simulation.scenario import WEEKS_PER_YEAR

if TYPE_CHECKING:
    from experiments.compare import Comparison
    from experiments.player.trace import Trace

_OF_WORLDS = "distribution"  # the picture that has a section of its own


def comparison_page(result: Comparison, trace: Trace | None = None) -> str:
    """Write a comparison as a page for a board that reads it and a researcher who checks it.

    Parameters
    ----------
    result : Comparison
        What was found.
    trace : mapping, optional
        Of the first two firms in the first world, where it is there already; otherwise they are
        lived once more.

    Returns
    -------
    str
        HTML; see `experiments.report.document.render`.
    """
    origin = origin_of(result)
    against = measures_of(result.table, result.paired, result.study.estimates)
    drawn = () if result.table.empty else PICTURES
    pictures = [shown for of in drawn if (shown := show_picture(result, of))]
    years = origin.firms[result.regimes[0]].weeks / WEEKS_PER_YEAR
    return render(
        "report.html.j2",
        result,
        origin,
        title=f"{result.scenario}: {listed(result.regimes)}",
        question=question(result.scenario, result.regimes, years),
        answers=answers(against, result.study.estimates),
        estimates=listed([metric(key).label for key in result.study.estimates]),
        pictures=[shown for shown in pictures if shown.key != _OF_WORLDS],
        of_worlds=next((shown for shown in pictures if shown.key == _OF_WORLDS), None),
        against=against,
        limits=limits_of(result, against),
        break_even=break_even_grid(result),
        rule=RULE,
        replay=replay_of(result, origin.firms, trace),
        card=card_of_comparison(result),
    )
