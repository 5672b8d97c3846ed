"""Chance (section 3): a pure function of seed, stream, uid and ordinal, with no memory."""

from __future__ import annotations

import hashlib
import math
import zlib
from functools import cache
from typing import NamedTuple

WORD = 2**32


def philox(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Philox4x32-10 of Salmon, Moraes, Dror and Shaw (2011)."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * c0, WORD)
        high1, low1 = divmod(0xCD9E8D57 * c2, WORD)
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0 = (k0 + 0x9E3779B9) % WORD
        k1 = (k1 + 0xBB67AE85) % WORD
    return c0, c1, c2, c3


def uniform(word: int) -> float:
    """Strictly between 0 and 1, so that its logarithm always exists."""
    return (word + 0.5) / WORD


def normals(word_a: int, word_b: int) -> tuple[float, float]:
    """The cosine normal (Z of the specification) and the sine normal of a pair of words."""
    radius = math.sqrt(-2.0 * math.log(uniform(word_a)))
    angle = 2.0 * math.pi * uniform(word_b)
    return radius * math.cos(angle), radius * math.sin(angle)


class Block(NamedTuple):
    """The four words of one draw; u0..u3 are the same words as uniforms."""

    w0: int
    w1: int
    w2: int
    w3: int

    @property
    def u0(self) -> float:
        return uniform(self.w0)

    @property
    def u1(self) -> float:
        return uniform(self.w1)

    @property
    def u2(self) -> float:
        return uniform(self.w2)

    @property
    def u3(self) -> float:
        return uniform(self.w3)


@cache
def stream_number(name: str) -> int:
    return zlib.crc32(name.encode())


def block(seed: int, stream_name: str, uid: int, ordinal: int) -> Block:
    counter = (ordinal, uid % WORD, uid // WORD, stream_number(stream_name))
    return Block(*philox(counter, (seed % WORD, seed // WORD)))


def poisson(mean: float, u: float) -> int:
    """Inversion from one uniform, never more than 15."""
    n = 0
    p = math.exp(-mean)
    total = p
    while u > total and n < 15:
        n += 1
        p *= mean / n
        total += p
    return n


def gamma_mean_one(seed: int, stream_name: str, uid: int, shape: float) -> float:
    """Gamma of mean one by Marsaglia and Tsang (2000); attempt n reads the block of ordinal n."""
    s = shape + 1.0 if shape < 1.0 else shape
    d = s - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    attempt = 0
    while True:
        draw = block(seed, stream_name, uid, attempt)
        attempt += 1
        x, _ = normals(draw.w0, draw.w1)
        y = (1.0 + c * x) ** 3
        if y > 0.0 and math.log(draw.u2) < x * x / 2.0 + d - d * y + d * math.log(y):
            break
    value = d * y
    if shape < 1.0:  # a gamma below one is a gamma above one, thinned by a power of a uniform
        value *= math.exp(math.log(block(seed, stream_name, uid, 0).u3) / shape)
    return value / shape


@cache
def name_key(name: str) -> int:
    """Two bytes that stand for a department or a segment, whatever its place in the file."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:2], "big")


def half_up(x: float) -> int:
    """Round half up, the only rounding of the model."""
    return math.floor(x + 0.5)


def clip(x: float, low: float, high: float) -> float:
    return min(max(x, low), high)
