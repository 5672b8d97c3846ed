"""The question and the answer of a comparison in plain words, no surer than the runs are."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.report.measures import Against, Line, Verdict
from experiments.statistics import LEVEL
from experiments.wording import listed

_OF_MANY = 2

PERCENT = f"{100 * LEVEL:.0f} %"


def question(scenario: str, regimes: Sequence[str], years: float) -> str:
    """What was asked, in words that need no knowledge of the program."""
    return (
        f"What comes of it over {in_years(years)} when the firm {scenario} rewards and informs "
        f"its people as in {listed(regimes, 'or')}?"
    )


def answers(against: Sequence[Against], estimates: Sequence[str]) -> list[str]:
    """How sure the answer is, for what the study is about and each pair of firms.

    With several pairs only the first two measures are spoken of.
    """
    keys = estimates if len(against) == 1 else estimates[:_OF_MANY]
    return [
        _answer(line, pair)
        for pair in against
        for line in pair.headlines.lines
        if line.measure.key in keys
    ]


def _answer(line: Line, pair: Against) -> str:
    what = f"{line.name}, {pair.a} against {pair.b}: {line.a} against {line.b}. "
    match line.verdict:
        case Verdict.CLEAR:
            sure = (
                f"The difference is clear: {line.gap}, {PERCENT} interval {line.interval}. "
                f"{_agreement(line)}{_after_holm(line)}"
            )
        case Verdict.UNCLEAR:
            sure = (
                f"These runs cannot tell: the {PERCENT} interval of the difference, "
                f"{line.interval}, holds zero. {_agreement(line)}"
            )
        case Verdict.EQUAL:
            sure = f"No difference in any of the {line.worlds} worlds."
        case Verdict.SINGLE:
            sure = f"The difference is {line.gap} in a single world, which says nothing of chance."
    return f"{what}{sure}".strip()


def _agreement(line: Line) -> str:
    if line.against == 0:
        return f"No world of {line.worlds} goes the other way. "
    verb = "goes" if line.against == 1 else "go"
    return f"{line.against} of {line.worlds} worlds {verb} the other way than the mean. "


def _after_holm(line: Line) -> str:
    if line.survives is None:
        return ""
    if line.survives:
        return (
            f"It stays clear when allowance is made for looking at several measures ({_p(line)})."
        )
    return (
        "It is clear by itself, but not when allowance is made for looking at several measures "
        f"({_p(line)})."
    )


def _p(line: Line) -> str:
    return f"Holm, p {line.p_holm}" if line.p_holm.startswith("<") else f"Holm, p = {line.p_holm}"


def how_sure(replications: int, of: str = "mean difference") -> str:
    """What the interval means, and what it leaves out.

    Parameters
    ----------
    replications : int
        Number of worlds.
    of : str
        What it is an interval of.
    """
    if replications == 1:
        return (
            "One world was simulated. Whether another would give the same answer is not known; "
            "more replications would tell."
        )
    return (
        f"{replications} worlds were simulated, and every firm lived through each of them. The "
        f"{PERCENT} interval says how far chance alone may have moved the {of}: made "
        "in this way, 95 intervals of 100 hold the value that very many worlds would give. It says "
        "nothing of whether the model is right; see “Where it fails” and “What is assumed”."
    )


def in_years(years: float) -> str:
    """A horizon."""
    return f"{years:.3g} {'year' if years == 1 else 'years'}"
