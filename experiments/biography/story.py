"""One person's life in one firm, told in dated sentences."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import NamedTuple

from experiments.biography.hazard import PARTS, Spell
from experiments.biography.journeys import Journey, Visit, first_day
from experiments.biography.life import HALF_A_YEAR, Life
from experiments.biography.story_of_need import felt, tell_need, weight
from experiments.biography.wording import (
    after_days,
    called,
    causes,
    count,
    date,
    index,
    number,
    small_shares,
    week_of,
)
from experiments.metrics import whole
from experiments.wording import capital, listed
from simulation.agents.customer import join_probability, relative_fit
from simulation.world import DAYS_A_WEEK, WEEKS_A_YEAR

MOST_MOMENTS = 8  # with what sums a life up, some twelve sentences
MOST_NEEDS = 4
MOST_OTHERS = 3  # of incidents, shifts and the like
FELT_SHIFT = 0.05  # change of fit that is worth a sentence
SPOKEN_WORD = 0.02  # word of mouth that is worth one
PRICE_MOVE = 0.005

_PROPENSITIES = (
    (0.2, "far slower to leave than most"),
    (0.6, "slower to leave than most"),
    (1.6, "about as quick to leave as the average"),
    (3.0, "quicker to leave than most"),
    (math.inf, "far quicker to leave than most"),
)


class Moment(NamedTuple):
    """A sentence, and the day it belongs to.

    Attributes
    ----------
    day : int
        Day of the run.
    text : str
        What is told.
    telling : float
        By how much experience, fit or price changed. A turn of the life, which is always told,
        has infinity.
    need : int
        uid of the need that is told, -1 for anything else.
    """

    day: int
    text: str
    telling: float = math.inf
    need: int = -1


def introduce(life: Life) -> str:
    """Who the person is: the same in every firm."""
    person = life.sight.person
    propensity = float(person.propensity)
    temper = next(words for most, words in _PROPENSITIES if propensity < most)
    seller = int(person.distributor)
    through = f", buys through distributor {seller}" if seller >= 0 else ""
    needs = round(float(person.need_rate) * WEEKS_A_YEAR)
    return (
        f"Segment {life.segment}{through}; worth {whole(life.margin)} a week; "
        f"{f'about {count(needs, "need")}' if needs else 'less than one need'} a year; {temper} "
        f"({propensity:.2g} times the average)."
    )


def tell(life: Life, full: bool = False) -> list[str]:
    """The life in the order of time, then what it came to.

    Parameters
    ----------
    life : Life
        The person in one firm.
    full : bool
        Whether to tell every need, instead of the most telling ones and a sum.
    """
    moments = [
        *_beginning(life),
        *_asking(life),
        *_needs(life, full),
        *_calls(life),
        *_incidents(life),
        *_shifts(life),
        *_prices(life),
        *_rising(life),
        *_leaving(life),
    ]
    kept = moments if full else _most_telling(life, moments)
    told = [moment.text for moment in sorted(kept, key=lambda moment: moment.day)]
    left_out = len(moments) - len(kept)
    if left_out:
        lesser = capital(count(left_out, "lesser moment"))
        told.append(f"{lesser} {'is' if left_out == 1 else 'are'} left out; --full tells all.")
    needs = {moment.need for moment in kept}
    return [*told, *_summed_up(life, needs), _outcome(life)]


def _most_telling(life: Life, moments: list[Moment]) -> list[Moment]:
    """The turns of the life, and beside them what changed most; the half year before a loss first.

    Without it a busy customer's story grows too long to be read.
    """

    def rank(moment: Moment) -> tuple[bool, bool, float]:
        turn = math.isinf(moment.telling)
        return turn, life.before_a_loss(week_of(moment.day)), moment.telling

    turns = sum(math.isinf(moment.telling) for moment in moments)
    kept = sorted(moments, key=rank, reverse=True)[: max(MOST_MOMENTS, turns)]
    return [moment for moment in moments if moment in kept]


def _beginning(life: Life) -> Iterator[Moment]:
    first = life.weeks[0] if life.weeks else None
    if life.at_start and first:
        since = -int(life.sight.person.joined_week)
        years = round(since / WEEKS_A_YEAR)
        how_long = f"for {count(years, 'year') if years > 1 else count(since, 'week')}"
        if not since:
            how_long = "since this week"
        yield Moment(
            -1,
            f"{date(0)}: a customer {how_long}; satisfaction {index(first.satisfaction)}, the "
            f"offer fits {index(first.fit)} (1 is perfect).",
        )


def _asking(life: Life) -> Iterator[Moment]:
    """Leads, and the word of mouth before them."""
    unsigned = [lead for lead in life.leads if not lead.joined]
    for lead in life.leads:
        visit = lead.visits[0]
        if lead.joined:
            yield Moment(visit.arrived, _joining(life, lead))
        elif len(unsigned) <= MOST_OTHERS:
            yield Moment(visit.arrived, _not_signing(life, lead), 0.0)
    if len(unsigned) > MOST_OTHERS:
        weeks = listed([str(lead.week) for lead in unsigned])
        yield Moment(
            first_day(unsigned[0]), f"Asks for an offer in weeks {weeks}, without signing.", 0.0
        )


def _joining(life: Life, lead: Journey) -> str:
    visit = lead.visits[0]
    again = "back as a customer" if life.losses and life.losses[0].week <= lead.week else "joins"
    week = week_of(visit.ended)
    later = "" if week == lead.week else f" in week {week}"
    chance = small_shares(_chance_to_sign(life, visit), visit.draw)
    return (
        f"{date(lead.week)}: asks for an offer{_heard(life, lead.week)}. "
        f"{capital(called(visit.stages[-1].department))} answers {after_days(visit.days)}; "
        f"{again}{later} (chance {chance[0]}, drawn {chance[1]})."
    )


def _not_signing(life: Life, lead: Journey) -> str:
    visit = lead.visits[0]
    start = f"{date(lead.week)}: asks for an offer{_heard(life, lead.week)}"
    if visit.end == "abandoned":
        return f"{start}; {after_days(visit.days)} without an answer tires of waiting."
    if visit.ended < 0:
        return f"{start}; no answer before the end."
    chance = small_shares(_chance_to_sign(life, visit), visit.draw)
    return (
        f"{start}. The answer comes {after_days(visit.days)}; does not sign "
        f"(chance {chance[0]}, drawn {chance[1]})."
    )


def _chance_to_sign(life: Life, visit: Visit) -> float:
    week = life.week(week_of(visit.ended))
    relative = relative_fit(week.fit, week.competitor_fit)
    return float(join_probability(life.sight.p, visit.days, relative))


def _heard(life: Life, week: int) -> str:
    """What word of mouth has come to, and how many of those who left had a part in it."""
    word = life.week(week).word
    if abs(word) < SPOKEN_WORD:
        return ""
    recent = life.weeks[max(0, week - HALF_A_YEAR) : week + 1]
    leavers = {past.friend for past in recent if past.said < 0 and past.friend_left >= 0}
    left = f", {count(len(leavers), 'leaver')} among the speakers" if leavers and word < 0 else ""
    return f", having heard {'good' if word > 0 else 'bad'} of the firm ({index(word)}{left})"


def _needs(life: Life, full: bool) -> Iterator[Moment]:
    for need in life.needs if full else telling(life):
        yield Moment(first_day(need), tell_need(need), weight(need), need.uid)


def telling(life: Life) -> list[Journey]:
    """The needs that lowered experience most; those of the half year before a loss come first."""
    went_wrong = [need for need in life.needs if weight(need) > 0]
    ranked = sorted(went_wrong, key=lambda need: (life.before_a_loss(need.week), weight(need)))
    return ranked[::-1][:MOST_NEEDS]


def _calls(life: Life) -> Iterator[Moment]:
    calls = [j for j in life.journeys if j.kind == "outreach" and j.visits]
    for call in calls[:MOST_OTHERS]:
        visit = call.visits[0]
        if visit.end == "resolved":
            yield Moment(
                visit.ended,
                f"{date(call.week)}: the firm calls, because satisfaction is low ({felt(visit)}).",
                visit.after - visit.before,
            )


def _incidents(life: Life) -> Iterator[Moment]:
    worst = sorted(life.incidents(), key=lambda incident: incident[3] - incident[2])
    for week, department, before, after in worst[:MOST_OTHERS]:
        yield Moment(
            week * DAYS_A_WEEK,
            f"{date(week)}: an incident at {called(department)} reaches this customer "
            f"(experience {index(before)} → {index(after)}).",
            before - after,
        )


def _shifts(life: Life) -> Iterator[Moment]:
    pairs = [(life.week(week - 1), life.week(week)) for week, _ in life.shifts()]
    noticed = [
        (before, after)
        for before, after in pairs
        if after.customer and abs(after.fit - before.fit) >= FELT_SHIFT
    ]
    noticed.sort(key=lambda pair: -abs(pair[1].fit - pair[0].fit))
    for before, after in noticed[:MOST_OTHERS]:
        yield Moment(
            after.week * DAYS_A_WEEK,
            f"{date(after.week)}: the needs of segment {life.segment} shift; for this customer the "
            f"offer now fits {index(after.fit)} instead of {index(before.fit)} (the competitor's "
            f"{index(after.competitor_fit)}).",
            abs(after.fit - before.fit),
        )


def _prices(life: Life) -> Iterator[Moment]:
    moves = [
        (before, after)
        for before, after in pairwise(life.weeks)
        if after.customer and abs(after.price - before.price) >= PRICE_MOVE
    ]
    for before, after in moves[:MOST_OTHERS]:
        yield Moment(
            after.week * DAYS_A_WEEK,
            f"{date(after.week)}: the price, beside the competitor's, goes from "
            f"{index(before.price)} to {index(after.price)}.",
            abs(after.price - before.price),
        )


def _rising(life: Life) -> Iterator[Moment]:
    for spell in life.spells:
        # about the fall of experience that has the log of the risk rise so far
        yield Moment(spell.last * DAYS_A_WEEK, _spell(spell), spell.rise / 2)


def _spell(spell: Spell) -> str:
    before, after = small_shares(spell.before, spell.after)
    why = causes([(PARTS[cause], share) for cause, share in spell.shares.items()])
    return (
        f"{date(spell.last)}: since week {spell.first} the risk of leaving has risen from {before} "
        f"to {after} a week. Causes: {why}."
    )


def _leaving(life: Life) -> Iterator[Moment]:
    for loss in life.losses:
        week = life.week(loss.week)
        if loss.taken:
            text = f"{date(loss.week)}: the distributor goes over to the competitor and takes "
            yield Moment(week.week * DAYS_A_WEEK, text + "this customer along.")
            continue
        risk, draw = small_shares(week.threshold, week.draw)
        yield Moment(
            week.week * DAYS_A_WEEK,
            f"{date(loss.week)}: leaves. The risk was {risk} this week, and the draw, {draw}, fell "
            f"below it. Satisfaction was {index(week.satisfaction)}, experience "
            f"{index(week.experience)}, the fit of the offer {index(week.fit)} against the "
            f"competitor's {index(week.competitor_fit)}.",
        )


def _summed_up(life: Life, told: Collection[int]) -> Iterator[str]:
    """What became of the needs that were not told."""
    if not life.needs:
        if life.at_start or life.joins:
            yield "No need ever came up."
        return
    rest = [need for need in life.needs if need.uid not in told]
    smooth = sum(need.smooth for need in rest)
    more = "other need" if len(rest) < len(life.needs) else "need"
    parts = [
        f"{count(smooth, more)} {_was(smooth)} answered in time" if smooth else "",
        f"{count(len(rest) - smooth, 'other')} came late, came back or stayed open"
        if len(rest) > smooth
        else "",
    ]
    if text := "; ".join(filter(None, parts)):
        yield f"{capital(text)}."
    yield from _unseen(life)


def _unseen(life: Life) -> Iterator[str]:
    """How often departments that do not meet customers saw this one."""
    stages = [
        stage
        for need in life.needs
        for visit in need.visits
        for stage in visit.stages
        if not stage.meets_customers and stage.entered >= 0
    ]
    seen = sum(stage.seen for stage in stages)
    if len(stages) == 1:
        yield (
            f"The one visit behind the front line was {'' if seen else 'not '}seen as a customer's."
        )
    elif stages:
        those = number(seen) if seen else "none"
        yield (
            f"Of {number(len(stages))} visits behind the front line, {those} {_was(seen)} seen as "
            "a customer's."
        )


def _was(n: int) -> str:
    return "was" if n == 1 else "were"


def _outcome(life: Life) -> str:
    horizon = len(life.weeks)
    if life.at_end:
        status = "still a customer"
    elif life.losses:
        status = "gone"
    else:
        status = _never(life)
    mood = ""
    if life.at_end:
        last = life.weeks[-1]
        mood = (
            f", satisfaction {index(last.satisfaction)}, fit {index(last.fit)} against the "
            f"competitor's {index(last.competitor_fit)}"
        )
    profit = f"; profit {whole(life.profit)} in all" if life.at_start or life.joins else ""
    return f"After {horizon} weeks: {status}{mood}{profit}."


def _never(life: Life) -> str:
    said = [week.said for week in life.weeks if math.isfinite(week.said)]
    good, bad = sum(x > 0 for x in said), sum(x < 0 for x in said)
    left = sum(week.said < 0 and week.friend_left >= 0 for week in life.weeks)
    asked = "never asked" if not life.leads else f"asked {_times(len(life.leads))} and never signed"
    heard = (
        f"; acquaintances spoke well of the firm {_times(good)} and badly {_times(bad)}"
        f"{f', {_times(left)} because they had just left' if left else ''}"
    )
    return f"never a customer: {asked}{heard if said else ''}"


def _times(n: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(n, f"{n} times")
