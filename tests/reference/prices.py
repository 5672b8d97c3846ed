"""Prices, what passes by, and what else moves leads (11.10, 11.12, 11.13)."""

from __future__ import annotations

import math

from .draws import half_up
from .market import Spell
from .state import NEUTRAL_VOICE, Customer, State


def size_now(state: State, spell: Spell) -> float:
    return spell.size if state.week < spell.until else 0.0


def competitor_price(state: State) -> float:
    return 1.0 - size_now(state, state.price_war)


def firm_price(state: State) -> float:
    return 1.0 - state.price_war.match * size_now(state, state.price_war)


def usage(state: State) -> float:
    return 1.0 - size_now(state, state.recession)


def relative_price(state: State, person: Customer) -> float:
    return person.price * firm_price(state) / competitor_price(state)


def revenue_of(state: State, person: Customer) -> int:
    """What an active customer brings in this week."""
    firm, used = firm_price(state), usage(state)
    if person.price == firm == used == 1.0:
        return person.margin
    return half_up(person.margin * person.price * firm * used)


def voice(state: State) -> float:
    """How much distributors are listened to, over the whole firm (11.8)."""
    heard = sum(department.dials.distributor_voice for department in state.departments)
    return heard / len(state.departments)


def is_present(state: State, distributor: int) -> bool:
    """A distributor that has not gone over to the competitor."""
    return distributor >= 0 and state.week >= state.distributors[distributor].away_until


def lead_factor(state: State, person: Customer) -> float:
    """What price, distributor, look-alikes and marketing make of the hazard of an enquiry."""
    c = state.c
    factor = 1.0 + c["marketing_pull"] * math.sqrt(state.marketing)
    dearer = firm_price(state) / competitor_price(state) - 1.0
    factor *= math.exp(-c["price_sensitivity"] * dearer) * usage(state)
    if state.on("distributors") and is_present(state, person.distributor):
        push = c["distributor_push"] * (voice(state) - NEUTRAL_VOICE)
        factor *= max(0.0, 1.0 + push)
    if state.office is not None and state.office.lookalike_margin > 0:
        strength = state.strength("look_alikes")
        if person.margin >= state.office.lookalike_margin:
            factor *= 1.0 + c["lookalike_gain"] * strength
        else:
            factor *= 1.0 - c["lookalike_shift"] * strength
    return factor
