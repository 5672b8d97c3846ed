"""Keyed draws: every random number is a function of (seed, stream, uid, ordinal).

The generator is Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy
as 1, 2, 3"), checked against its published test vectors. A *block* is one call: four 32-bit words.
Because nothing is drawn in sequence, a new draw in one mechanism moves no draw of another, and the
same customer meets the same luck in both firms of a comparison.
"""

from __future__ import annotations

import hashlib
import zlib

import numpy as np

from simulation.jit import compiled
from simulation.maths import cos, exp, log, sin, sqrt

Words = tuple[np.uint64, np.uint64, np.uint64, np.uint64]

_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_LOW_30 = np.uint64(0x3FFFFFFF)
_TO_UNIT = 2.0**-32
TWO_PI = 6.283185307179586
KEY_PLACE = 2**32
MOST_EVENTS = 15  # a Poisson draw stops here; means in the model are far below

_names: dict[int, str] = {}


def stream(name: str) -> int:
    """Number of a named stream (CRC-32 of the name).

    Raises
    ------
    ValueError
        If the name, or another name with the same number, is already in use.
    """
    number = zlib.crc32(name.encode())
    if number in _names:
        raise ValueError(f"random stream {name!r} is used twice (also by {_names[number]!r})")
    _names[number] = name
    return number


def name_key(name: str) -> int:
    """16-bit key of a department or segment: does not change when others come or go."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:2], "big")


@compiled
def joint_uid(uid: int, key: int) -> int:
    """One uid for a person or seat together with the department of this name key."""
    return uid + KEY_PLACE * key


CUSTOMER_TRAITS = stream("customer.traits")
CUSTOMER_PROPENSITY = stream("customer.propensity")
CUSTOMER_ACQUAINTANCE = stream("customer.acquaintance")
CUSTOMER_WEEK = stream("customer.week")
EMPLOYEE_START = stream("employee.start")
EMPLOYEE_WEEK = stream("employee.week")
WEEK_ORDER = stream("week.order")
WEEK_DEMAND = stream("week.demand")
WEEK_ABSENCE = stream("week.absence")
MARKET_DRIFT = stream("market.drift")
MARKET_SHIFT = stream("market.shift")
REQUEST = stream("request")
REQUEST_BLOCK = stream("request.block")
REPORT = stream("report")
ITEM_NEED = stream("item.need")
ITEM_LEAD = stream("item.lead")
ITEM_ESSENTIAL = stream("item.essential")
ITEM_COURTESY = stream("item.courtesy")
ITEM_REPORT = stream("item.report")
ITEM_OUTREACH = stream("item.outreach")
ITEM_CHANGE = stream("item.change")
ITEM_CHANNEL = stream("item.channel")
ITEM_HIRE = stream("item.hire")
ITEM_VISIT = stream("item.visit")
ITEM_STAGE = stream("item.stage")
ITEM_CLOSE = stream("item.close")


@compiled
def philox(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> Words:
    """Philox4x32-10: four 32-bit words (in uint64) from a counter and a key."""
    for _ in range(10):
        product_0 = _MULTIPLIER_0 * c0
        product_1 = _MULTIPLIER_1 * c2
        c0 = (product_1 >> _HALF) ^ c1 ^ k0
        c2 = (product_0 >> _HALF) ^ c3 ^ k1
        c1 = product_1 & _LOW
        c3 = product_0 & _LOW
        k0 = (k0 + _WEYL_0) & _LOW
        k1 = (k1 + _WEYL_1) & _LOW
    return c0, c1, c2, c3


@compiled
def block(seed: int, stream_number: int, uid: int, ordinal: int) -> Words:
    """Four words for one decision of one agent.

    Parameters
    ----------
    seed, uid : int
        Up to 63 bits, not negative.
    stream_number, ordinal : int
        Up to 32 bits.
    """
    s = np.uint64(seed)
    u = np.uint64(uid)
    return philox(
        np.uint64(ordinal),
        u & _LOW,
        u >> _HALF,
        np.uint64(stream_number),
        s & _LOW,
        s >> _HALF,
    )


@compiled
def uniform(word: np.uint64) -> float:
    """A number in (0, 1) from one word."""
    return (float(word) + 0.5) * _TO_UNIT


@compiled
def normal(word_a: np.uint64, word_b: np.uint64) -> float:
    """Standard normal from two words (Box & Muller 1958)."""
    return sqrt(-2.0 * log(uniform(word_a))) * cos(TWO_PI * uniform(word_b))


@compiled
def normal_sine(word_a: np.uint64, word_b: np.uint64) -> float:
    """The second standard normal of the same two words, independent of the first."""
    return sqrt(-2.0 * log(uniform(word_a))) * sin(TWO_PI * uniform(word_b))


@compiled
def poisson(u: float, mean: float) -> int:
    """Poisson count by inversion of one uniform; at most `MOST_EVENTS`."""
    count = 0
    if u < 1.0 - mean:  # then u < exp(-mean) as well: the common case needs no exponential
        return count
    term = exp(-mean)
    total = term
    while u > total and count < MOST_EVENTS:
        count += 1
        term *= mean / count
        total += term
    return count


@compiled
def strikes(u: float, hazard: float) -> bool:
    """Whether an event of this hazard strikes within one unit of time: u < 1 - exp(-hazard)."""
    return u < hazard and u < 1.0 - exp(-hazard)  # the first holds whenever the second does


@compiled
def item_uid(words: Words) -> int:
    """62-bit uid of an item from its birth block."""
    return int(words[0] | ((words[1] & _LOW_30) << _HALF))


@compiled
def gamma_mean_one(seed: int, stream_number: int, uid: int, shape: float) -> float:
    """Gamma variate of the given shape and mean one (Marsaglia & Tsang 2000)."""
    s = shape + 1.0 if shape < 1.0 else shape
    d = s - 1.0 / 3.0
    c = 1.0 / sqrt(9.0 * d)
    value = d
    for attempt in range(1000):
        words = block(seed, stream_number, uid, attempt)
        x = normal(words[0], words[1])
        y = (1.0 + c * x) * (1.0 + c * x) * (1.0 + c * x)
        if y > 0.0 and log(uniform(words[2])) < 0.5 * x * x + d - d * y + d * log(y):
            value = d * y
            break
    if shape < 1.0:
        value *= exp(log(uniform(block(seed, stream_number, uid, 0)[3])) / shape)
    return value / shape
