"""Two lives of one person side by side: where they part, and why, as far as the trace shows.

Everything compared here met the same luck in both firms: a need has the same uid, hence the same
sight, patience and closing draws; a week has the same draw of leaving. What differs is then the
firms' doing, and the dials that stand behind it can be named.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from experiments.biography.hazard import PARTS, split
from experiments.biography.journeys import Journey, Stage, Visit, last_day
from experiments.biography.life import Life, Loss, taste_of
from experiments.biography.story_of_need import weight, whereabouts
from experiments.biography.weeks import Week, frame
from experiments.biography.wording import (
    after_days,
    called,
    capital,
    causes,
    count,
    date,
    index,
    listed,
    once_in,
    small_shares,
)
from simulation.agents.customer import lead_hazard, relative_fit
from simulation.maths import log
from simulation.mechanisms.distributors import NEUTRAL_VOICE
from simulation.world import DAYS_A_WEEK, Row

MOST_PAIRS = 3
LEAST_LOST = 0.1  # experience lost at one time that is worth telling
HALF_A_YEAR = 26
MEMORY = 52  # weeks for which a bad end is told as the reason of a low experience
TELLING_SHARE = 0.25  # of a difference of hazards, for what lies behind a cause to be named


@dataclass(frozen=True, slots=True)
class Pair:
    """One need in two firms: in `worse` it failed more often than in `better`."""

    worse: Life
    better: Life
    there: Journey
    here: Journey

    @property
    def gap(self) -> tuple[int, float]:
        """Failed visits in the worse firm less those in the better one; likewise experience."""
        return (
            self.there.failures - self.here.failures,
            weight(self.there) - weight(self.here),
        )


def compare_lives(a: Life, b: Life) -> list[str]:
    """What made the two lives different, in sentences and in the order of time."""
    if a.sight.events.equals(b.sight.events) and frame(a.weeks).equals(frame(b.weeks)):
        return ["Both lives are the same, day by day."]
    told: list[tuple[int, list[str]]] = [*_joining(a, b), *_losing(a, b)]
    told += [(pair.there.week, list(explain(pair))) for pair in telling_pairs(a, b)]
    ordered = sorted(told, key=lambda entry: entry[0])
    sentences = [sentence for _, part in ordered for sentence in part]
    return [*_never_came_up(a, b), *sentences] or ["The two lives differ in small things only."]


def telling_pairs(a: Life, b: Life) -> list[Pair]:
    """Needs of both firms that failed more often in one, in the order of time.

    First come those of the half year before a loss there, then those with the greatest difference.
    """
    in_b = {need.uid: need for need in b.needs}
    pairs = []
    for need in a.needs:
        if twin := in_b.get(need.uid):
            one, other = Pair(a, b, need, twin), Pair(b, a, twin, need)
            pairs.append(max(one, other, key=lambda pair: pair.gap))
    pairs = [pair for pair in pairs if pair.gap[0] > 0]

    def rank(pair: Pair) -> tuple[bool, int, float]:
        since = [loss.week - pair.there.week for loss in pair.worse.losses]
        before_a_loss = any(0 <= weeks <= HALF_A_YEAR for weeks in since)
        return before_a_loss, *pair.gap

    told = sorted(pairs, key=rank, reverse=True)[:MOST_PAIRS]
    return sorted(told, key=lambda pair: pair.there.week)


def explain(pair: Pair) -> Iterator[str]:
    """Why a need went worse in one firm: from its visits back to the dials."""
    worse, better = pair.worse, pair.better
    visits = list(zip(pair.there.visits, pair.here.visits, strict=False))
    there, here = next(
        ((x, y) for x, y in visits if x.end != y.end or x.in_time != y.in_time), visits[-1]
    )
    again = "" if there.attempt == 0 else f" (at its {_ordinal(there.attempt)} return)"
    yield (
        f"{date(pair.there.week)}: the same need is {_ended(there)} in {worse.regime} and "
        f"{_ended(here)} in {better.regime}{again}."
    )
    if there.end == "abandoned" and here.end in ("resolved", "unresolved", "given_up"):
        yield (
            "The customer's patience was drawn the same in both firms; only in "
            f"{worse.regime} it ran out first, with the need {whereabouts(there)}."
        )
    if there.end == "abandoned" or (here.in_time and not there.in_time):
        # class, approvals and queues make an item late; they do not make it wrong
        for stage, twin in zip(there.stages, here.stages, strict=False):
            yield from _sight(pair, stage, twin)
            yield from _approvals(pair, stage, twin)
            yield from _waiting(pair, stage, twin)
    if there.end in ("unresolved", "given_up") and here.end == "resolved":
        yield _right(pair, there, here)


def _sight(pair: Pair, stage: Stage, twin: Stage) -> Iterator[str]:
    if not _overlooked(stage, twin):
        return
    yield (
        f"{capital(called(stage.department))} saw the customer behind it in {pair.better.regime} "
        f"and not in {pair.worse.regime}: the need drew {index(pair.there.sight)}, and "
        f"line_of_sight is {index(twin.line_of_sight)} against {index(stage.line_of_sight)}."
    )


def _overlooked(stage: Stage, twin: Stage) -> bool:
    """Whether the customer was seen in the better firm only."""
    return twin.seen and not stage.seen and min(stage.entered, twin.entered) >= 0


def _approvals(pair: Pair, stage: Stage, twin: Stage) -> Iterator[str]:
    if stage.delay <= twin.delay:
        return
    week = pair.there.week
    aversion = [life.dial("risk_aversion", stage.department, week) for life in _lives(pair)]
    yield (
        f"Approvals at {called(stage.department)} held it {_for(stage.delay)} in "
        f"{pair.worse.regime}, {_for(twin.delay)} in {pair.better.regime}: an item there met "
        f"{index(stage.policy)} approvals on average against {index(twin.policy)}; "
        f"incidents leave rules behind by risk_aversion, {index(aversion[0])} against "
        f"{index(aversion[1])}."
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


def _right(pair: Pair, there: Visit, here: Visit) -> str:
    """Why the same draw meant solved in one firm and not in the other."""
    chance, other, draw = small_shares(there.chance, here.chance, there.draw)
    parts = {
        "time taken": log(here.by_time / there.by_time),
        "engagement": log(here.by_people / there.by_people),
        "hand-offs": log(here.by_handoffs / there.by_handoffs),
    }
    shares = [(name, part / sum(parts.values())) for name, part in parts.items()]
    text = (
        f"Whether it would be right was a chance of {chance} in {pair.worse.regime} and of {other} "
        f"in {pair.better.regime}, and the draw of {draw} lay between. "
        f"Causes: {causes(shares)}"
    )
    if max(parts, key=lambda name: parts[name]) != "time taken":
        return f"{text}."
    place, week = there.stages[-1].department, pair.there.week
    pace = [
        f"{name} ({index(x)} against {index(y)})"
        for name in ("customer_metric", "local_metric")
        for x, y in [tuple(life.dial(name, place, week) for life in _lives(pair))]
    ]
    return f"{text}. How much time is taken follows {', '.join(pace)} and the pressure of work."


def _lives(pair: Pair) -> tuple[Life, Life]:
    return pair.worse, pair.better


def _never_came_up(a: Life, b: Life) -> Iterator[str]:
    """Needs that came up in one firm only, though both had the customer."""
    for life, other in ((a, b), (b, a)):
        theirs = {need.uid for need in other.journeys}
        lost = {loss.week for loss in other.losses}
        only = [
            need
            for need in life.needs
            if need.uid not in theirs and other.week(need.week).customer and need.week not in lost
        ]
        if only:
            yield (
                f"{capital(count(len(only), 'need'))} came up in {life.regime} only: "
                f"{other.regime} had removed the cause by then."
            )


def _losing(a: Life, b: Life) -> Iterator[tuple[int, list[str]]]:
    for loss in a.losses:
        yield loss.week, list(_loss(loss, a, b))
    told = {(loss.week, loss.taken) for loss in a.losses}
    for loss in b.losses:
        if (loss.week, loss.taken) not in told:  # one part tells of both
            yield loss.week, list(_loss(loss, b, a))


def _joining(a: Life, b: Life) -> Iterator[tuple[int, list[str]]]:
    """Why the person came to one firm and not, or later, to the other."""
    for life, other in ((a, b), (b, a)):
        theirs = {lead.uid: lead for lead in other.leads}
        for lead in life.leads:
            if not lead.joined or other.week(lead.week).customer:
                continue
            twin = theirs.get(lead.uid)
            if twin is None:
                yield lead.week, [_did_not_ask(life, other, lead)]
            elif not twin.joined:
                text = (
                    f"{date(lead.week)}: the person asks both firms; {life.regime} answers "
                    f"{after_days(lead.visits[0].days)} and wins, {other.regime} "
                    f"{after_days(twin.visits[0].days)} and does not."
                )
                yield lead.week, [text]


def _did_not_ask(life: Life, other: Life, lead: Journey) -> str:
    here, there = life.week(lead.week), other.week(lead.week)
    start = f"{date(lead.week)}: the person asks {life.regime} for an offer and not {other.regime}"
    since = [lead.week - loss.week for loss in other.losses if loss.week <= lead.week]
    if since and since[-1] < life.sight.p.winback_weeks:
        return f"{start}, which lost the person only {count(since[-1], 'week')} before."
    morning = lead.week * DAYS_A_WEEK
    if any(
        theirs.week < lead.week and not 0 <= last_day(theirs) < morning for theirs in other.leads
    ):
        return f"{start}, where an answer is still due."
    wish, less = wish_to_ask(life, here), wish_to_ask(other, there)
    if wish <= less or not less:
        return f"{start}, for a reason that this trace does not show."
    fits = [relative_fit(week.fit, week.competitor_fit) for week in (here, there)]
    reasons = [
        f"word of mouth {index(here.word)} against {index(there.word)}",
        f"the offer beside the competitor's {index(fits[0])} against {index(fits[1])} "
        "(1 is a draw)",
    ]
    if here.carried or there.carried:
        voices = [x.voice(lead.week) for x in (life, other)]
        reasons.append(f"distributor_voice {index(voices[0])} against {index(voices[1])}")
    return (
        f"{start}. The wish to ask is {wish / less:.2f} times as strong, the draw the same: "
        f"{listed(reasons)}."
    )


def wish_to_ask(life: Life, week: Week) -> float:
    """Hazard of asking for an offer in a week, but for what is the same in both firms."""
    p: Row = life.sight.p
    relative = relative_fit(week.fit, week.competitor_fit)
    hazard = float(lead_hazard(p, week.word, relative, 1.0))
    if not week.carried or not life.scenario.mechanisms.get("distributors", True):
        return hazard
    push = 1.0 + float(p.distributor_push) * (life.voice(week.week) - NEUTRAL_VOICE)
    return hazard * max(0.0, push)


def _loss(loss: Loss, loser: Life, other: Life) -> Iterator[str]:
    here, there = loser.week(loss.week), other.week(loss.week)
    start = f"{date(loss.week)}: {loser.regime} loses this customer"
    if loss.taken:
        yield (
            f"{start}, because the distributor leaves (why, this trace does not show); "
            f"{_meanwhile(loss, other)}."
        )
        return
    if not there.hazard > 0.0:
        yield f"{start}; {_meanwhile(loss, other)}."
        return
    risk, risk_there, draw = small_shares(here.threshold, there.threshold, here.draw)
    if here.draw < there.threshold:
        yield (
            f"{date(loss.week)}: both firms lose this customer. The draw of {draw} is below the "
            f"risk in both, {risk} in {loser.regime} and {risk_there} in {other.regime}: bad luck "
            f"that strikes both {once_in(min(here.threshold, there.threshold))}."
        )
        return
    yield (
        f"{start}. The same draw, {draw}, is below the risk here, {risk}, but not below "
        f"that in {other.regime}, {risk_there}."
    )
    yield from _behind(loss, loser, other)
    yield f"The rest is luck: a risk of {risk} a week strikes {once_in(here.threshold)}."


def _behind(loss: Loss, loser: Life, other: Life) -> Iterator[str]:
    """What the difference of two hazards consists of, and what decided."""
    here, there = loser.week(loss.week), other.week(loss.week)
    parts = split(loser.sight.p, taste_of(loser.sight), there, here)
    total = sum(parts.values())
    shares = {cause: part / total for cause, part in parts.items()}
    # the fall of the log hazard with which the draw would have missed
    needed = log(here.hazard / -math.log1p(-here.draw))
    alone = [PARTS[cause] for cause, part in parts.items() if part > needed]
    decided = (
        f"had {' or '.join(alone)} been as in {other.regime}, the draw would have missed"
        if alone
        else "no one cause alone decided"
    )
    said = causes([(PARTS[cause], share) for cause, share in shares.items()])
    yield f"Causes of the difference between the firms: {said}; {decided}."
    if shares["experience"] >= TELLING_SHARE:
        remembered = [index(2.0 * week.by_experience) for week in (here, there)]
        yield (
            f"Experience, as satisfaction remembers it, was {remembered[0]} against "
            f"{remembered[1]}{_bad_ends(loss, loser)}."
        )
    if shares["felt"] + shares["offer"] >= TELLING_SHARE:
        yield (
            f"The offer fitted {index(here.fit)} against {index(there.fit)}; it follows what a "
            "firm hears and how fast it changes, and this trace goes no further back."
        )


def _bad_ends(loss: Loss, loser: Life) -> str:
    """What had gone wrong in the year before."""
    needs = [(need.week, weight(need), "a need") for need in loser.needs]
    incidents = [
        (week, x - y, f"an incident at {called(d)}") for week, d, x, y in loser.incidents()
    ]
    felt = [
        (week, what)
        for week, lost, what in sorted([*needs, *incidents])
        if lost >= LEAST_LOST and 0 <= loss.week - week <= MEMORY
    ]
    return f", after {listed([f'{what} in week {week}' for week, what in felt])}" if felt else ""


def _meanwhile(loss: Loss, other: Life) -> str:
    """What the other firm is to the person in the week of a loss."""
    if any(theirs.week == loss.week and theirs.taken for theirs in other.losses):
        return f"it leaves {other.regime} in the same week, and takes this customer along too"
    if other.week(loss.week).customer:
        return f"{other.regime} has the person as a customer then"
    return f"{other.regime} does not have the person as a customer then"


def _ended(visit: Visit) -> str:
    late = "" if visit.in_time else ", later than promised,"
    match visit.end:
        case "resolved":
            return f"solved {after_days(visit.days)}{late}"
        case "unresolved" | "given_up":
            return f"closed unsolved {after_days(visit.days)}"
        case "abandoned":
            return f"abandoned {after_days(visit.days)}"
        case "answered":
            return "answered by the distributor"
        case "cancelled":
            return "still open when the customer leaves"
        case _:
            return "still open at the end"


def _ordinal(n: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(n, f"{n}th")
