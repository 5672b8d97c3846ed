"""One need in two firms: why it was solved in one and not in the other, back to the dials.

The need has the same uid in both, hence the same sight, patience and closing draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from experiments.biography.journeys import Journey, Stage, Visit
from experiments.biography.life import Life
from experiments.biography.story_of_need import weight, whereabouts
from experiments.biography.wording import (
    after_days,
    called,
    causes,
    count,
    date,
    index,
    share,
    small_shares,
    week_of,
)
from experiments.wording import capital
from simulation.maths import log

MOST_PAIRS = 3
LEAST_PART = 0.1  # of what cut the time short, for a reason to be told


@dataclass(frozen=True, slots=True)
class Pair:
    """One attempt at a need that failed in `worse` and succeeded in `better`.

    Attributes
    ----------
    worse, better : Life
        The firms.
    need, twin : Journey
        The need in either.
    failed, solved : Visit
        The attempt in either.
    """

    worse: Life
    better: Life
    need: Journey
    twin: Journey
    failed: Visit
    solved: Visit


def telling_pairs(a: Life, b: Life) -> list[Pair]:
    """Needs that failed in one firm where they succeeded in the other, in the order of time.

    First come those of the half year before a loss there, then those that cost most experience.
    An attempt that is open, or cut short because the customer left, neither failed nor succeeded.
    """
    in_b = {need.uid: need for need in b.needs}
    both = [(need, in_b[need.uid]) for need in a.needs if need.uid in in_b]
    pairs = [
        Pair(worse, better, need, twin, failed, solved)
        for one, other in both
        for worse, better, need, twin in ((a, b, one, other), (b, a, other, one))
        for failed, solved in zip(need.visits, twin.visits, strict=False)
        if failed.failed and solved.end in ("resolved", "answered")
    ]

    def rank(pair: Pair) -> tuple[bool, float]:
        return pair.worse.before_a_loss(pair.need.week), weight(pair.need) - weight(pair.twin)

    told = sorted(pairs, key=rank, reverse=True)[:MOST_PAIRS]
    return sorted(told, key=lambda pair: pair.need.week)


def explain(pair: Pair) -> Iterator[str]:
    """Why a need failed in one firm: from its visit back to the dials."""
    worse, better, failed, solved = pair.worse, pair.better, pair.failed, pair.solved
    again = f" (at its {_ordinal(failed.attempt)} return)" if failed.attempt else ""
    yield (
        f"{date(pair.need.week)}: the same need is {_ended(failed)} in {worse.regime} and "
        f"{_ended(solved)} in {better.regime}{again}."
    )
    if failed.end == "abandoned":
        yield (
            "The customer's patience was drawn the same in both firms; only in "
            f"{worse.regime} it ran out first, with the need {whereabouts(failed)}."
        )
    if failed.end == "abandoned" or (solved.in_time and not failed.in_time):
        # class, approvals and queues make an item late; they do not make it wrong
        for stage, twin in zip(failed.stages, solved.stages, strict=False):
            yield from _sight(pair, stage, twin)
            yield from _approvals(pair, stage, twin)
            yield from _waiting(pair, stage, twin)
    if failed.end in ("unresolved", "given_up") and solved.end == "resolved":
        yield _right(pair)


def _sight(pair: Pair, stage: Stage, twin: Stage) -> Iterator[str]:
    if not _overlooked(stage, twin):
        return
    yield (
        f"{capital(called(stage.department))} saw the customer behind it in {pair.better.regime} "
        f"and not in {pair.worse.regime}: the need drew {index(pair.need.sight)}, and "
        f"line_of_sight is {index(twin.line_of_sight)} against {index(stage.line_of_sight)}."
    )


def _overlooked(stage: Stage, twin: Stage) -> bool:
    """Whether the customer was seen in the better firm only."""
    return twin.seen and not stage.seen and min(stage.entered, twin.entered) >= 0


def _approvals(pair: Pair, stage: Stage, twin: Stage) -> Iterator[str]:
    if stage.delay <= twin.delay:
        return
    place = stage.department
    reasons = []
    if stage.approvals > twin.approvals and stage.policy > twin.policy:
        reasons.append(
            f"an item there met {index(stage.policy)} approvals on average against "
            f"{index(twin.policy)}"
        )
        averse, less = _dials(pair, "risk_aversion", place, stage.handed)
        if averse > less:
            reasons.append(
                "incidents leave rules behind by risk_aversion, "
                f"{index(averse)} against {index(less)}"
            )
    obedient, more = _dials(pair, "manager_metric", place, stage.handed)
    if obedient < more:
        reasons.append(
            "what the superior wants is approved sooner, by manager_metric, "
            f"{index(obedient)} against {index(more)}"
        )
    because = f": {'; '.join(reasons)}" if reasons else ""
    yield (
        f"Approvals at {called(place)} held it {_for(stage.delay)} in {pair.worse.regime}, "
        f"{_for(twin.delay)} in {pair.better.regime}{because}."
    )


def _waiting(pair: Pair, stage: Stage, twin: Stage) -> Iterator[str]:
    if min(stage.entered, twin.entered, twin.left) < 0 or stage.left < 0:
        return
    waited, there = stage.left - stage.entered, twin.left - twin.entered
    if waited <= there or _overlooked(stage, twin):
        return
    pressed = (
        f"; work pressed {index(stage.pressure)} against {index(twin.pressure)} (1 is normal)"
        if stage.pressure > twin.pressure
        else ""
    )
    yield (
        f"At {called(stage.department)} it lay {_for(waited)} in {pair.worse.regime}, "
        f"{_for(there)} in {pair.better.regime}{pressed}."
    )


def _for(days: int) -> str:
    return f"for {count(days, 'day')}" if days else "not a day"


def _right(pair: Pair) -> str:
    """Why the same draw meant solved in one firm and not in the other."""
    failed, solved = pair.failed, pair.solved
    chance, other, draw = small_shares(failed.chance, solved.chance, failed.draw)
    parts = {
        "time taken": log(solved.by_time / failed.by_time),
        "engagement": log(solved.by_people / failed.by_people),
        "hand-offs": log(solved.by_handoffs / failed.by_handoffs),
    }
    shares = [(name, part / sum(parts.values())) for name, part in parts.items()]
    text = (
        f"Whether it would be right was a chance of {chance} in {pair.worse.regime} and of {other} "
        f"in {pair.better.regime}, and the draw of {draw} lay between. "
        f"Causes: {causes(shares)}."
    )
    hurried = max(parts, key=lambda name: parts[name]) == "time taken"
    return f"{text} {_short_of_time(pair)}" if hurried else text


def _short_of_time(pair: Pair) -> str:
    """Where most time was missing, and which factors of the time given were behind it."""
    stage, twin = max(
        zip(pair.failed.stages, pair.solved.stages, strict=False),
        key=lambda stages: stages[0].standard * (stages[1].given - stages[0].given),
    )
    measures = {
        name: _dials(pair, name, stage.department, stage.entered)
        for name in ("customer_metric", "local_metric")
    }
    pace = [f"{name} ({index(x)} against {index(y)})" for name, (x, y) in measures.items()]
    care, more_care = measures["customer_metric"]
    yields = ", the more the lower customer_metric is" if care < more_care else ""
    parts = [
        (log(twin.pace / stage.pace), f"the pace follows {', '.join(pace)}"),
        (
            log(twin.service_standard / stage.service_standard),
            "its standard of service, 1 at the start, had come to "
            f"{index(stage.service_standard)} against {index(twin.service_standard)}",
        ),
        (
            log(twin.uncut / stage.uncut),
            f"pressure of work, {index(stage.pressure)} against {index(twin.pressure)} (1 is "
            f"normal), cut {share(1.0 - stage.uncut)} off against {share(1.0 - twin.uncut)}"
            f"{yields}",
        ),
    ]
    least = LEAST_PART * sum(part for part, _ in parts)
    return (
        f"Most time was missing at {called(stage.department)}, which gave {share(stage.given)} of "
        f"the hours that the work should take against {share(twin.given)}: "
        f"{'; '.join(reason for part, reason in parts if part >= least)}."
    )


def _dials(pair: Pair, name: str, department: str, day: int) -> tuple[float, float]:
    """A dial in the worse and in the better firm on a day."""
    week = week_of(day)
    return pair.worse.dial(name, department, week), pair.better.dial(name, department, week)


def _ended(visit: Visit) -> str:
    match visit.end:
        case "resolved":
            late = "" if visit.in_time else ", later than promised,"
            return f"solved {after_days(visit.days)}{late}"
        case "answered":
            return "answered by the distributor"
        case "abandoned":
            return f"abandoned {after_days(visit.days)}"
        case _:
            return f"closed unsolved {after_days(visit.days)}"


def _ordinal(n: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(n, f"{n}th")
