"""The result of an attribution in words, no surer than the runs are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from experiments.metrics import Metric, metric
from experiments.wording import capital, listed

if TYPE_CHECKING:
    from experiments.attribution.result import Attribution, Part

_TOLD = 2  # players named for a measure, the strongest first
_LEAST = 0.1  # of the strongest share: what is less is not named
_WORDS = {"gap": "the whole gap", "remains": "without any of them"}


def named(part: str) -> str:
    """What a part of a gap is called in words."""
    return _WORDS.get(part, part)


def numbers(result: Attribution, measure: Metric) -> tuple[str, dict[str, str]]:
    """The parts of a gap with half of their intervals, all in one unit; and a heading with it."""
    parts = result.parts(measure.key)
    means = [part.mean for part in parts.values()]
    halves = [(part.high - part.low) / 2 for part in parts.values()]
    unit = measure.unit_of([*means, *halves])
    heading = f"{measure.label}, {unit}" if unit else measure.label
    return heading, dict(zip(parts, measure.row(math.nan, means, halves)[1:], strict=True))


def finding(result: Attribution) -> str:
    """A sentence for each headline measure whose gap is clear, and one for all others."""
    parts = {key: result.parts(key) for key in result.headlines}
    clear = [key for key in parts if parts[key]["gap"].is_clear]
    sentences = [_sentence(result.regimes, metric(key), parts[key]) for key in clear]
    if unclear := [metric(key).label for key in parts if key not in clear]:
        sentences.append(f"These runs cannot tell the firms apart in {listed(unclear)}")
    return ". ".join(sentences)


def headline(result: Attribution) -> str:
    """The gaps, and the strongest share on the side of each, in one sentence for a figure."""
    a, b = result.regimes
    told, unclear = [], []
    for key in result.headlines:
        measure, parts = metric(key), result.parts(key)
        gap = parts["gap"]
        if not gap.is_clear:
            unclear.append(measure.label)
            continue
        sides = {
            name: part.mean * (1 if gap.mean > 0 else -1)
            for name, part in parts.items()
            if name != "gap" and part.is_clear
        }
        first = max(sides, key=lambda name: sides[name], default=None)
        cause = f", above all {named(first)}" if first and sides[first] > 0 else ""
        told.append(f"{measure.label} {measure.difference(gap.mean)}{cause}")
    if unclear:
        told.append(f"no clear gap in {listed(unclear)}")
    return f"{a} against {b}: {'; '.join(told)}"


def _sentence(regimes: tuple[str, ...], measure: Metric, parts: dict[str, Part]) -> str:
    a, b = regimes
    gap = parts["gap"]
    shares = {name: part for name, part in parts.items() if name != "gap" and part.is_clear}
    least = _LEAST * max((abs(part.mean) for part in shares.values()), default=0.0)
    strongest = sorted(shares.items(), key=lambda item: -abs(item[1].mean))
    along: list[str] = []
    against: list[str] = []
    for name, part in strongest:
        if abs(part.mean) >= least:
            side = along if part.mean * gap.mean > 0 else against
            side.append(f"{named(name)} {measure.difference(part.mean, unit=False)}")
    of_it = [f"{' and '.join(along[:_TOLD])}"] if along else []
    if against:
        of_it.append(f"against it {' and '.join(against[:_TOLD])}")
    causes = "; ".join(of_it) or "no share is clear by itself"
    label = capital(measure.label)
    return f"{label}: {a} {measure.difference(gap.mean)} against {b} ({causes})"
