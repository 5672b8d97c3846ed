"""Two lives of one person side by side: where they part, and why, as far as the trace shows.

Everything compared here met the same luck in both firms: a week has the same draw of leaving, a
lead the same draw of signing. What differs is then the firms' doing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from experiments.biography.hazard import PARTS, split
from experiments.biography.journeys import Journey, last_day
from experiments.biography.life import Life, Loss, taste_of
from experiments.biography.story_of_need import weight
from experiments.biography.twin_needs import explain, telling_pairs
from experiments.biography.weeks import Week, frame
from experiments.biography.wording import (
    after_days,
    called,
    causes,
    count,
    date,
    index,
    once_in,
    small_shares,
)
from experiments.metrics import whole
from experiments.wording import capital, listed
from simulation.agents.customer import lead_hazard, relative_fit
from simulation.maths import log
from simulation.mechanisms.distributors import NEUTRAL_VOICE
from simulation.world import DAYS_A_WEEK, Row

LEAST_LOST = 0.1  # experience lost at one time that is worth telling
MEMORY = 52  # weeks for which a bad end is told as the reason of a low experience
TELLING_SHARE = 0.25  # of a difference of hazards, for what lies behind a cause to be named


def compare_lives(a: Life, b: Life) -> list[str]:
    """What made the two lives different, in sentences and in the order of time."""
    if a.sight.events.equals(b.sight.events) and frame(a.weeks).equals(frame(b.weeks)):
        return ["Both lives are the same, day by day."]
    told: list[tuple[int, list[str]]] = [*_joining(a, b), *_losing(a, b)]
    told += [(pair.need.week, list(explain(pair))) for pair in telling_pairs(a, b)]
    ordered = sorted(told, key=lambda entry: entry[0])
    sentences = [sentence for _, part in ordered for sentence in part]
    return [*_never_came_up(a, b), *sentences] or list(_parted_nowhere(a, b))


def _parted_nowhere(a: Life, b: Life) -> Iterator[str]:
    """What is to be said where nobody left, joined or failed in one firm only."""
    yield (
        "Neither firm lost this person or won them alone, and no attempt at a need failed in one "
        "firm and succeeded in the other."
    )
    late = [sum(v.late for need in life.needs for v in need.visits) for life in (a, b)]
    profit = [whole(life.profit) for life in (a, b)]
    differing = [
        f"{what}, {x} against {y}"
        for what, x, y in (
            ("ends later than promised", *map(str, late)),
            ("profit", *profit),
        )
        if x != y
    ]
    if differing:
        yield f"What differs, {a.regime} against {b.regime}: {'; '.join(differing)}."


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
                    f"{after_days(lead.visits[0].days)} and wins; {not_won(other, twin)}."
                )
                yield lead.week, [text]


def not_won(life: Life, lead: Journey) -> str:
    """How a lead ended that did not make the person a customer, as a clause."""
    visit = lead.visits[0]
    if visit.end == "abandoned":
        return f"in {life.regime} the person tires of waiting {after_days(visit.days)}"
    if visit.ended < 0:
        return f"{life.regime} has not answered by the end"
    return f"{life.regime} answers {after_days(visit.days)} and does not"


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
            f"{remembered[1]}{bad_ends(loss, loser, other)}."
        )
    if shares["felt"] + shares["offer"] >= TELLING_SHARE:
        yield (
            f"The offer fitted {index(here.fit)} against {index(there.fit)}; it follows what a "
            "firm hears and how fast it changes, and this trace goes no further back."
        )


def bad_ends(loss: Loss, loser: Life, other: Life) -> str:
    """What had gone worse than in the other firm in the year before."""
    day = loss.week * DAYS_A_WEEK
    lost_there = {need.uid: weight(need, day) for need in other.needs}
    needs = [
        (need.week, weight(need, day) - lost_there.get(need.uid, 0.0), "a need")
        for need in loser.needs
    ]
    felt_there = {(week, department) for week, department, _, _ in other.incidents()}
    incidents = [
        (week, before - after, f"an incident at {called(department)}")
        for week, department, before, after in loser.incidents()
        if (week, department) not in felt_there
    ]
    felt = [
        f"{what} in week {week}"
        for week, more, what in sorted([*needs, *incidents])
        if more >= LEAST_LOST and 0 <= loss.week - week <= MEMORY
    ]
    return f"; what had gone worse here: {listed(felt)}" if felt else ""


def _meanwhile(loss: Loss, other: Life) -> str:
    """What the other firm is to the person in the week of a loss."""
    if any(theirs.week == loss.week and theirs.taken for theirs in other.losses):
        return f"it leaves {other.regime} in the same week, and takes this customer along too"
    if other.week(loss.week).customer:
        return f"{other.regime} has the person as a customer then"
    return f"{other.regime} does not have the person as a customer then"
