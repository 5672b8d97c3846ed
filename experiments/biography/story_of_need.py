"""One need told in two or three sentences: where it went, how it waited, how it ended."""

from __future__ import annotations

import math

from experiments.biography.journeys import Journey, Stage, Visit
from experiments.biography.wording import after_days, called, count, date, hours, index
from experiments.wording import capital


def tell_need(need: Journey) -> str:
    """One need from its beginning to its end."""
    if need.visits[0].end == "answered":
        return f"{date(need.week)}: a need; the distributor answers it ({felt(need.visits[0])})."
    way = ", then to ".join(called(name) for name in need.path)
    unseen: set[str] = set()
    said = [_visit(visit, unseen) for visit in need.visits]
    return f"{date(need.week)}: a need goes to {way}. {' '.join(said)}"


def weight(need: Journey, before: float = math.inf) -> float:
    """By how much a need's bad and late ends before a day of the run lowered experience."""
    ended = [visit for visit in need.visits if 0 <= visit.ended < before]
    bad = [visit for visit in ended if visit.failed or visit.late]
    return sum(max(0.0, visit.before - visit.after) for visit in bad)


def _visit(visit: Visit, unseen: set[str]) -> str:
    said = [text for stage in visit.stages if (text := _stage(stage, unseen))]
    back = ["it comes back"] if visit.attempt else []
    text = "; ".join([*back, *said, _end(visit)])
    return f"{capital(text)}."


def _stage(stage: Stage, unseen: set[str]) -> str:
    """What is worth telling of a stage; nothing where it went quickly.

    Departments that have failed to see the customer before are `unseen`.
    """
    name = called(stage.department)
    parts = []
    if stage.delay:
        takes = "takes" if stage.approvals == 1 else "take"
        if stage.entered < 0:
            takes = "would take"
        rules = count(stage.approvals, "approval")
        parts.append(f"{rules} at {name} {takes} {count(stage.delay, 'day')}")
    if stage.entered >= 0 and not stage.seen:
        blind = (
            "again it counts as internal work there"
            if name in unseen
            else f"{name} does not see the customer behind it and puts it with its internal work"
        )
        parts.append(f"{blind}{_queue(stage)}")
        unseen.add(name)
    elif _waits(stage):
        parts.append(
            f"it waits {count(stage.left - stage.entered, 'day')} at {name}{_queue(stage)}"
        )
    if stage.disputed:
        parts.append(f"a dispute holds it for {count(stage.disputed, 'day')}")
    return ", ".join(parts)


def _waits(stage: Stage) -> bool:
    """Whether it lies in a queue for more than a day."""
    return stage.left - stage.entered > 1 and stage.entered >= 0


def _queue(stage: Stage) -> str:
    """What lay before it on its first evening there."""
    if stage.hours_ahead < 0.5:
        return ""
    if not stage.seen:
        return f", {hours(stage.hours_ahead)} of it before this"
    beside = (
        f" and beside {hours(stage.hours_internal)} of internal work"
        if stage.hours_internal >= 0.5
        else ""
    )
    return f", behind {hours(stage.hours_ahead)} of customers' work{beside}"


def _end(visit: Visit) -> str:
    took = after_days(visit.days)
    late = ", later than promised" if visit.late else ""
    match visit.end:
        case "resolved":
            return f"solved {took}{late} ({felt(visit)})"
        case "unresolved":
            return f"closed {took}{late}, but not solved ({felt(visit)})"
        case "given_up":
            return f"closed {took} unsolved once more, and the customer gives up ({felt(visit)})"
        case "abandoned":
            return (
                f"{took} the customer's patience ends, with the need still {whereabouts(visit)} "
                f"({felt(visit)})"
            )
        case "cancelled":
            return "still open when the customer leaves"
        case _:
            return "still open at the end"


def whereabouts(visit: Visit) -> str:
    """Where an unfinished visit was when it ended."""
    stage = visit.stages[-1]
    name = called(stage.department)
    return f"at {name}" if stage.entered >= 0 else f"on its way to {name}"


def felt(visit: Visit) -> str:
    """What an end of a visit did to experience."""
    with_more = " that day, with another need" if visit.shared else ""
    return f"experience {index(visit.before)} → {index(visit.after)}{with_more}"
