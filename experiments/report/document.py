"""A comparison as one HTML page that needs no network and no scripts."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from experiments.fates import RULE
from experiments.metrics import metric
from experiments.report import assumptions as assumed
from experiments.report.figures import show_picture
from experiments.report.limits import limits_of
from experiments.report.measures import measures_of
from experiments.report.origin import origin_of, stopping_in_words
from experiments.report.words import PERCENT, answers, how_sure, listed, question
from experiments.report.worlds import break_even_grid
from experiments.result_folder import PICTURES
from experiments.style import colour
from simulation.scenario import WEEKS_PER_YEAR
from simulation.version import MODEL_VERSION

if TYPE_CHECKING:
    from experiments.compare import Comparison

MARK = "<!DOCTYPE html>\n<!-- raison report -->\n"
"""How a page of ours begins; a file that does not is not ours to replace."""

_OF_WORLDS = "distribution"  # the picture that has a section of its own


def page(result: Comparison) -> str:
    """Write a comparison as a page for a board that reads it and a researcher who checks it.

    Parameters
    ----------
    result : Comparison
        What was found.

    Returns
    -------
    str
        HTML with its styles and drawings inside; every text of the scenario is escaped.
    """
    origin = origin_of(result)
    against = measures_of(result.table, result.paired, result.study.estimates)
    drawn = () if result.table.empty else PICTURES
    pictures = [shown for of in drawn if (shown := show_picture(result, of))]
    first = origin.firms[result.regimes[0]]
    return MARK + _template().render(
        result=result,
        origin=origin,
        first=first,
        title=f"{result.scenario}: {listed(result.regimes)}",
        question=question(result.scenario, result.regimes, first.weeks / WEEKS_PER_YEAR),
        answers=answers(against, result.study.estimates),
        how_sure=how_sure(result.replications),
        stopping=stopping_in_words(result.study),
        estimates=listed([metric(key).label for key in result.study.estimates]),
        swatches=[(label, colour(place)) for place, label in enumerate(result.regimes)],
        pictures=[shown for shown in pictures if shown.key != _OF_WORLDS],
        of_worlds=next((shown for shown in pictures if shown.key == _OF_WORLDS), None),
        against=against,
        limits=limits_of(result, against),
        assumed=assumed,
        break_even=break_even_grid(result),
        rule=RULE,
        seeds=(result.seed, result.seed + result.replications - 1),
        keys=result.runs["key"].nunique(),
        percent=PERCENT,
        version=MODEL_VERSION,
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("experiments.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2")
