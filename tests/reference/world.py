"""The market and the people in it (sections 4, 8, 9.3, 9.4)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .birth import born
from .draws import block, clip, gamma_mean_one, half_up, normals, poisson
from .market import Segment
from .office import wants_a_call
from .prices import lead_factor, relative_price, size_now, usage
from .state import ACTIVE, CHANGE, LEAD, LOST, NEED, OUTREACH, PROSPECT, Customer, Detail, State

LATTICE = (-3, -2, -1, 1, 2, 3)


# --- 8.1 what a person thinks of an offer


def fit(customer: Customer, segment: Segment, offer: Sequence[float], fit_sd: float) -> float:
    distance2 = sum(
        (taste + need - offered) ** 2
        for taste, need, offered in zip(customer.taste, segment.needs, offer, strict=True)
    )
    return max(1e-300, math.exp(-distance2 / (2.0 * fit_sd**2)))


def fits(state: State, customer: Customer) -> tuple[float, float]:
    """Fit to the firm's offer, fit to the competitor's."""
    segment = state.segments[customer.segment]
    sd = state.c["fit_sd"]
    return fit(customer, segment, segment.offer, sd), fit(customer, segment, segment.competitor, sd)


def relative_fit(state: State, customer: Customer) -> float:
    ours, theirs = fits(state, customer)
    return 2.0 * ours / (ours + theirs)


def hazard(
    c: dict[str, float], customer: Customer, ours: float, theirs: float, price: float = 1.0
) -> float:
    """Chance a week, as a rate, that an active person leaves."""
    dislike = math.exp(
        -c["churn_satisfaction"] * (customer.satisfaction - c["satisfaction_centre"])
    )
    dear = math.exp(c["price_sensitivity"] * (price - 1.0))
    return c["h0"] * customer.propensity * dislike * theirs / ours * dear


def cause_of_loss(
    c: dict[str, float], customer: Customer, ours: float, theirs: float, price: float
) -> str:
    """What raised the log hazard most; satisfaction is, in the end, half fit, half experience."""
    half = c["churn_satisfaction"] / 2.0
    shares = {
        "experience": half * (c["satisfaction_centre"] - customer.experience),
        "fit": half * (c["satisfaction_centre"] - ours),
        "competitor": math.log(theirs / ours),
        "price": c["price_sensitivity"] * (price - 1.0),
    }
    most = max(shares, key=lambda cause: shares[cause])  # of equals the first
    return most if shares[most] > 0.0 else "chance"


# --- 4 birth


def draw_customer(
    seed: int, uid: int, c: dict[str, float], segments: list[Segment], share: float, count: int
) -> Customer:
    """One person, whatever the size of the market they live in. Not yet active."""
    first, second, third = (block(seed, "customer.traits", uid, n) for n in range(3))
    index = len(segments) - 1
    total = 0.0
    for n, segment in enumerate(segments):
        total += segment.share
        if first.u0 < total:
            index = n
            break
    distributor = int(first.u1 / share * count) if first.u1 < share else -1
    across, along = normals(second.w0, second.w1)
    zm, _ = normals(second.w2, second.w3)
    zn, _ = normals(third.w0, third.w1)
    spread, e, need_sd = c["margin_sd"], c["need_size"], c["need_sd"]
    margin = 10_000 * segments[index].margin * math.exp(spread * zm - spread**2 / 2.0)
    need_rate = (
        c["need_rate"]
        * segments[index].need_factor
        * math.exp(e * spread * zm - e**2 * spread**2 / 2.0)
        * math.exp(need_sd * zn - need_sd**2 / 2.0)
    )
    return Customer(
        uid=uid,
        segment=index,
        distributor=distributor,
        taste=(c["taste_sd"] * across, c["taste_sd"] * along),
        margin=max(1, half_up(margin)),
        first_margin=max(1, half_up(margin)),
        need_rate=need_rate,
        propensity=gamma_mean_one(seed, "customer.propensity", uid, c["propensity_shape"]),
        experience=c["experience_rest"],
    )


def acquaintances(seed: int, i: int, market: int, rewire_share: float) -> tuple[int, ...]:
    """Whom person i hears: a ring of neighbours, some replaced by anybody (section 4)."""
    if market < 8:
        return ()
    bits = (market - 1).bit_length()
    heard = []
    for n, offset in enumerate(LATTICE):
        target = (i + offset) % market
        if block(seed, "customer.acquaintance", i, 64 * n).u0 < rewire_share:
            for r in range(63):
                draw = block(seed, "customer.acquaintance", i, 64 * n + 1 + r)
                candidate = draw.w1 % 2**bits
                if candidate < market and candidate != i:
                    target = candidate
                    break
        heard.append(target)
    return tuple(heard)


def settle_customers(
    seed: int,
    c: dict[str, float],
    customers: list[Customer],
    segments: list[Segment],
    active_at_start: int,
) -> None:
    """Choose who is active at the start, and since when (section 4)."""
    hazards = []
    for person in customers:
        segment = segments[person.segment]
        ours = fit(person, segment, segment.offer, c["fit_sd"])
        person.satisfaction = (ours + person.experience) / 2.0
        hazards.append(hazard(c, person, 1.0, 1.0))
        person.hears = acquaintances(seed, person.uid, len(customers), c["rewire_share"])
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2.0
        if sum(middle / (middle + h) for h in hazards) < active_at_start:
            low = middle
        else:
            high = middle
    order = []
    for person, h in zip(customers, hazards, strict=True):
        chance = high / (high + h)
        order.append((block(seed, "customer.traits", person.uid, 0).u2 / chance, person.uid))
    for _, uid in sorted(order)[:active_at_start]:
        person, h = customers[uid], hazards[uid]
        person.status = ACTIVE
        if h > 0.0:
            u3 = block(seed, "customer.traits", uid, 0).u3
            person.joined_week = -math.floor(min(-math.log(u3) / h, 5200.0))


# --- 9.3, 9.4 the week's weather


def move_market(state: State) -> None:
    """Needs wander and jump; the competitor's offer follows them (9.3)."""
    for segment in state.segments:
        if state.week > 0:
            move_segment(state, segment)
        segment.remembered.append(tuple(segment.needs))


def changes_are_possible(state: State) -> bool:
    """Whether the offer is moved by work (11.7)."""
    return state.on("agility") and state.product is not None and bool(state.routes[CHANGE])


def move_segment(state: State, segment: Segment) -> None:
    c, t = state.c, state.week
    drift = block(state.seed, "market.drift", segment.key, t)
    shift = block(state.seed, "market.shift", segment.key, t)
    step = [state.turbulence * z for z in normals(drift.w0, drift.w1)]
    jump = [0.0, 0.0]
    if shift.u0 < c["shift_rate"] / 52.0:
        angle = 2.0 * math.pi * shift.u1
        jump = [c["shift_size"] * math.cos(angle), c["shift_size"] * math.sin(angle)]
    speed = min(1.0, c["competitor_speed"] * (1.0 + segment.boost))
    for x in range(2):
        segment.needs[x] += step[x]
        segment.needs[x] += jump[x]
        segment.competitor[x] += speed * (segment.needs[x] - segment.competitor[x])
        if not changes_are_possible(state):  # then the offer follows what is believed by itself
            hears = state.on("listening") and state.product is not None
            believed = segment.belief[x] if hears else segment.needs[x]
            segment.offer[x] += c["offer_speed"] * (believed - segment.offer[x])


def next_factor(state: State, stream: str, uid: int, x: float, sd: float) -> tuple[float, float]:
    """One step of a weekly AR(1): the new x and the factor exp(x - sd^2/2) (9.4)."""
    draw = block(state.seed, stream, uid, state.week)
    z, _ = normals(draw.w0, draw.w1)
    r = state.c["weekly_memory"]
    x = z * sd if state.week == 0 else r * x + math.sqrt(1.0 - r**2) * sd * z
    return x, math.exp(x - sd**2 / 2.0)


def draw_variability(state: State) -> None:
    state.demand_state, state.demand = next_factor(
        state, "week.demand", 0, state.demand_state, state.c["demand_sd"]
    )
    state.demand *= 1.0 + size_now(state, state.surge)
    for department in state.departments:
        department.presence_state, department.presence = next_factor(
            state,
            "week.absence",
            department.key,
            department.presence_state,
            state.c["absence_sd"],
        )


# --- 8.3, 8.4 a week of lives


def visiting_order(state: State) -> list[Customer]:
    people = state.customers
    offset = int(block(state.seed, "week.order", 0, state.week).u0 * len(people))
    return people[offset:] + people[:offset]


def live_a_week(state: State) -> None:
    """Each active person remembers, judges, stays or leaves, and may need something (8.3)."""
    c, t = state.c, state.week
    for person in visiting_order(state):
        if person.status != ACTIVE:
            continue
        ours, theirs = fits(state, person)
        person.experience += c["experience_drift"] * (c["experience_rest"] - person.experience)
        person.experience += state.lift * (1.0 - person.experience)
        person.satisfaction += c["satisfaction_speed"] * (
            (ours + person.experience) / 2.0 - person.satisfaction
        )
        draw = block(state.seed, "customer.week", person.uid, t)
        price = relative_price(state, person)
        rate = hazard(c, person, ours, theirs, price)
        if draw.u0 < 1.0 - math.exp(-rate):
            person.status = LOST
            person.lost_week = t
            why = Detail(cause_of_loss(c, person, ours, theirs, price), rate)
            state.tell("loss", person.uid, detail=why)
            continue
        for n in range(poisson(person.need_rate * state.demand * usage(state), draw.u1)):
            born(state, NEED, person.uid, n, person.uid)
        if state.routes[LEAD] and wants_a_call(state, person, draw.u2):
            person.open_outreach = True
            state.tally["outreach"] += 1
            born(state, OUTREACH, person.uid, 0, person.uid)


def said_by(state: State, neighbour: Customer) -> float:
    c, t = state.c, state.week
    word = neighbour.satisfaction - c["word_centre"]
    if neighbour.status == ACTIVE:
        return word
    if neighbour.status == LOST and t - neighbour.lost_week < c["leaver_weeks"]:
        return c["leaver_word"] * word  # satisfaction stands still once somebody has left
    return 0.0


def spread_the_word(state: State) -> None:
    """Those outside hear one acquaintance each; some of them enquire (8.4)."""
    c, t = state.c, state.week
    for person in visiting_order(state):
        if person.status == ACTIVE or person.open_lead or person.open_outreach:
            continue
        draw = block(state.seed, "customer.week", person.uid, t)
        if person.hears:
            neighbour = state.customers[person.hears[int(6 * draw.u2)]]
            person.word += c["word_memory"] * (said_by(state, neighbour) - person.word)
        if not state.routes[LEAD]:  # nobody would take the enquiry
            continue
        if person.status == PROSPECT or t - person.lost_week >= c["winback_weeks"]:
            rate = (
                c["lead_rate"]
                * math.exp(c["word_strength"] * person.word)
                * relative_fit(state, person)
                * state.demand
                * lead_factor(state, person)
            )
            if draw.u3 < 1.0 - math.exp(-rate):
                person.open_lead = True
                born(state, LEAD, person.uid, 0, person.uid)


# --- what a closed item does to a person


def feel(c: dict[str, float], person: Customer, outcome: float) -> None:
    """Experience moves towards an outcome, further when it disappoints (8.2)."""
    aversion = c["loss_aversion"] if outcome < person.experience else 1.0
    step = min(c["experience_step"] * aversion, 1.0)
    person.experience += step * (outcome - person.experience)


def joins(state: State, person: Customer, days: int, u: float) -> bool:
    """Whether a lead answered after so many days wins the person (7.8)."""
    chance = state.c["lead_close"] * math.exp(-days / state.c["lead_days"])
    return u < clip(chance * relative_fit(state, person), 0.0, 1.0)


def join(state: State, person: Customer) -> None:
    """A prospect or a lost customer becomes active (8.5)."""
    ours, _ = fits(state, person)
    person.status = ACTIVE
    person.joined_week = state.week
    person.price = 1.0
    person.margin = person.first_margin
    person.experience = state.c["experience_rest"]
    person.satisfaction = (ours + person.experience) / 2.0
