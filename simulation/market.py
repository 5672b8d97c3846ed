"""The market and the week's weather: needs, offers, demand and presence (9.3, 9.4)."""

from __future__ import annotations

from simulation.jit import inner
from simulation.maths import cos, lognormal, sin, sqrt
from simulation.randomness import (
    MARKET_DRIFT,
    MARKET_SHIFT,
    TWO_PI,
    WEEK_ABSENCE,
    WEEK_DEMAND,
    block,
    normal,
    normal_sine,
    uniform,
)
from simulation.world import NEEDS_WEEKS, WEEKS_A_YEAR, Row, World


@inner
def autoregression(p: Row, state: float, sd: float, z: float, week: int) -> float:
    """Next value of a stationary AR(1) process with standard deviation `sd`."""
    if week == 0:
        return sd * z
    memory = p.weekly_memory
    return memory * state + sqrt(1.0 - memory * memory) * sd * z


@inner
def vary(world: World) -> None:
    """The common demand factor and each department's presence factor for the week that opens."""
    p = world.p[0]
    firm = world.firm[0]
    words = block(firm.seed, WEEK_DEMAND, 0, firm.week)
    z = normal(words[0], words[1])
    firm.demand_state = autoregression(p, firm.demand_state, p.demand_sd, z, firm.week)
    firm.demand = 1.0
    if p.demand_sd > 0:
        firm.demand = lognormal(firm.demand_state / p.demand_sd, p.demand_sd)
    firm.demand *= 1.0 + firm.surge
    for j in range(len(world.departments)):
        department = world.departments[j]
        words = block(firm.seed, WEEK_ABSENCE, department.name_key, firm.week)
        z = normal(words[0], words[1])
        state = autoregression(p, department.absence_state, p.absence_sd, z, firm.week)
        department.absence_state = state
        department.presence = 1.0
        if p.absence_sd > 0:
            department.presence = lognormal(state / p.absence_sd, p.absence_sd)


@inner
def move_segment(world: World, k: int, turbulence: float) -> None:
    """A week of one segment: needs drift, and may shift; the competitor follows."""
    p = world.p[0]
    firm = world.firm[0]
    segment = world.segments[k]
    words = block(firm.seed, MARKET_DRIFT, segment.name_key, firm.week)
    segment.needs[0] += turbulence * normal(words[0], words[1])
    segment.needs[1] += turbulence * normal_sine(words[0], words[1])
    words = block(firm.seed, MARKET_SHIFT, segment.name_key, firm.week)
    if uniform(words[0]) < p.shift_rate / WEEKS_A_YEAR:
        angle = TWO_PI * uniform(words[1])
        segment.needs[0] += p.shift_size * cos(angle)
        segment.needs[1] += p.shift_size * sin(angle)
    speed = min(1.0, p.competitor_speed * (1.0 + segment.competitor_boost))
    for d in range(2):
        competitor = segment.competitor[d]
        segment.competitor[d] = competitor + speed * (segment.needs[d] - competitor)
        if not firm.changes_offer:
            believed = segment.belief[d] if firm.on_listening else segment.needs[d]
            segment.offer[d] += p.offer_speed * (believed - segment.offer[d])


@inner
def drift(world: World, turbulence: float) -> None:
    """Needs of every segment move; the competitor follows.

    The firm's offer follows here only where no changes, which move it by work, can be begun.

    Parameters
    ----------
    turbulence : float
        Weekly standard deviation of needs in each dimension.
    """
    firm = world.firm[0]
    for k in range(len(world.segments)):
        segment = world.segments[k]
        if firm.week > 0:
            move_segment(world, k, turbulence)
        for d in range(2):
            segment.past_needs[firm.week % NEEDS_WEEKS, d] = segment.needs[d]
            segment.moved[d] = 0.0
