"""An HTML page that needs no network, and is whole without scripts."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined

from experiments.happenings import happenings_in
from experiments.report import assumptions
from experiments.report.origin import Origin, stopping_in_words
from experiments.report.words import PERCENT, how_sure
from experiments.style import colour
from simulation.version import MODEL_VERSION

if TYPE_CHECKING:
    from experiments.study import Study


class Reported(Protocol):
    """What a page says of the result of any study."""

    @property
    def study(self) -> Study:
        """What was asked."""

    @property
    def replications(self) -> int:
        """How many count."""

    @property
    def finding(self) -> str:
        """What was found, in words."""


MARK = "<!DOCTYPE html>\n<!-- raison report -->\n"
"""How a page of ours begins; a file that does not is not ours to replace."""


def render(template: str, result: Reported, origin: Origin, **values: object) -> str:
    """Write a page from one of the templates; every text that is put in is escaped.

    Parameters
    ----------
    template : str
        Its file name.
    result : Reported
        What was found.
    origin : Origin
        Where it comes from.
    values
        What the template asks for beside what all pages have; a name that is missing is an error.

    Returns
    -------
    str
        HTML with its styles and drawings inside.
    """
    study = result.study
    first = origin.firms[study.regimes[0]]
    return MARK + _environment().get_template(template).render(
        result=result,
        origin=origin,
        first=first,
        happenings=happenings_in(first),
        assumed=assumptions,
        how_sure=how_sure(
            result.replications, "mean difference" if len(study.regimes) > 1 else "mean"
        ),
        stopping=stopping_in_words(study),
        swatches=[(label, colour(place)) for place, label in enumerate(study.regimes)],
        seeds=(study.seed, study.seed + result.replications - 1),
        percent=PERCENT,
        version=MODEL_VERSION,
        **values,
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("experiments.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
