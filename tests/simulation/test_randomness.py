"""Draws are functions of who and what for: published vectors, independence, same bits again."""

from __future__ import annotations

import io
import itertools
import json
import multiprocessing
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from simulation import Firm, Regime, Scenario, mechanisms, randomness, simulate
from simulation.randomness import (
    block,
    gamma_mean_one,
    item_uid,
    normal,
    normal_sine,
    philox,
    poisson,
    strikes,
    uniform,
)
from simulation.world import ACTIVE, COURTESY, FREE, KINDS, LEAD, NEED
from tests.firms import BUSY, digest, plain, run_python, same_bits, tiny

# The three vectors published with Random123 (Salmon et al. 2011, kat_vectors).
VECTORS = [
    ((0, 0, 0, 0, 0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 6, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]

# Draws of every sort, printed by a process of its own; floats to the last bit.
DRAWS = """
import json
from simulation.randomness import *
rows = []
for uid in (0, 1, 77, 2**31, 2**62 + 5):
    for ordinal in (0, 3, 2**32 - 1):
        words = block(2**63 - 1 - uid, 1234567, uid, ordinal)
        rows.append({
            "words": [int(word) for word in words],
            "uniform": float(uniform(words[0])),
            "normal": float(normal(words[0], words[1])),
            "sine": float(normal_sine(words[0], words[1])),
            "poisson": [int(poisson(uniform(words[2]), mean)) for mean in (0.0, 0.3, 2.0, 40.0)],
            "strikes": [bool(strikes(uniform(words[3]), hazard)) for hazard in (0.0, 0.5, 9.0)],
            "uid": int(item_uid(words)),
            "gamma": [float(gamma_mean_one(ordinal, 5, uid, shape)) for shape in (0.3, 1.0, 4.0)],
        })
print(json.dumps(rows))
"""

# A firm's tables after some days, written to a file.
TABLES = """
import sys
import numpy as np
from simulation import Firm, jit
from tests.firms import BUSY, HURRIED, plain, tiny
assert jit.ENABLED == (sys.argv[3] == "compiled")
changes = {"busy": BUSY, "eventful": HURRIED}[sys.argv[4]]
firm = Firm(tiny(changes), rng=11, events="all")
firm.run_for(int(sys.argv[2]))
names = ("firm", "customers", "employees", "departments", "distributors", "segments", "items")
tables = {name: plain(getattr(firm.world, name)) for name in names}
log = firm.record().events
tables["log"] = log[["day", "uid", "item", "value"]].to_numpy(float)
np.savez(sys.argv[1], **tables)
"""


# ---------------------------------------------------------------------- the generator


@pytest.mark.parametrize(("arguments", "words"), VECTORS)
def test_philox_gives_the_published_vectors(
    arguments: tuple[int, ...], words: tuple[int, ...]
) -> None:
    found = philox(*(np.uint64(value) for value in arguments))
    assert tuple(int(word) for word in found) == words


def test_a_block_lays_out_counter_and_key() -> None:
    seed, uid, ordinal, stream = 5 + 7 * 2**32, 11 + 13 * 2**32, 3, 0xCBF43926
    laid_out = (np.uint64(value) for value in (ordinal, 11, 13, stream, 5, 7))
    assert block(seed, stream, uid, ordinal) == philox(*laid_out)


def draws(n: int, by: str) -> np.ndarray:
    """Uniform numbers, shape (n, 4), along one of the four things that key a draw."""
    key = {"seed": 1, "stream_number": 2, "uid": 3, "ordinal": 4}
    rows = []
    for value in range(n):
        words = block(*{**key, by: value}.values())
        rows.append([uniform(word) for word in words])
    return np.array(rows)


@pytest.mark.parametrize("by", ["seed", "stream_number", "uid", "ordinal"])
def test_neighbouring_draws_are_uniform_and_independent(by: str) -> None:
    """Bounds of five standard errors, or p-values of one in a million."""
    n = 20_000
    u = draws(n, by)
    assert ((u > 0) & (u < 1)).all()
    for column in u.T:
        assert stats.kstest(column, "uniform").pvalue > 1e-6
        cells = np.histogram(column, bins=256, range=(0, 1))[0]
        assert stats.chisquare(cells).pvalue > 1e-6
        lagged = np.corrcoef(column[:-1], column[1:])[0, 1]
        assert abs(lagged) < 5 / np.sqrt(n)
    for one, other in itertools.combinations(u.T, 2):
        assert abs(np.corrcoef(one, other)[0, 1]) < 5 / np.sqrt(n)
        square = np.histogram2d(one, other, bins=16, range=((0, 1), (0, 1)))[0]
        assert stats.chisquare(square.ravel()).pvalue > 1e-6


def test_normals_counts_and_chances_follow_their_laws() -> None:
    blocks = [block(1, 99, uid, 0) for uid in range(20_000)]
    z = np.array([(normal(w[0], w[1]), normal_sine(w[0], w[1])) for w in blocks])
    assert stats.kstest(z[:, 0], "norm").pvalue > 1e-6
    assert stats.kstest(z[:, 1], "norm").pvalue > 1e-6
    assert abs(np.corrcoef(z.T)[0, 1]) < 5 / np.sqrt(len(z))
    u = [uniform(w[2]) for w in blocks]
    for mean in (0.1, 1.7, 5.0):
        counts = np.array([poisson(one, mean) for one in u])
        assert abs(counts.mean() - mean) < 5 * np.sqrt(mean / len(u))
        assert counts.tolist() == stats.poisson.ppf(u, mean).astype(int).clip(max=15).tolist()
    for hazard in (0.0, 0.01, 1.0):
        struck = np.mean([strikes(one, hazard) for one in u])
        chance = 1 - np.exp(-hazard)
        assert abs(struck - chance) <= 5 * np.sqrt(chance * (1 - chance) / len(u))
        assert [strikes(one, hazard) for one in u] == [one < chance for one in u]
    gammas = [gamma_mean_one(1, 98, uid, 0.7) for uid in range(20_000)]
    assert stats.kstest(gammas, "gamma", args=(0.7, 0, 1 / 0.7)).pvalue > 1e-6


def test_uids_of_items_fill_62_bits() -> None:
    uids = [item_uid(block(1, 97, uid, 0)) for uid in range(2000)]
    assert len(set(uids)) == 2000
    assert min(uids) >= 0
    assert 2**61 < max(uids) < 2**62
    w = block(1, 97, 0, 0)
    assert item_uid(w) == int(w[0]) + 2**32 * (int(w[1]) % 2**30)


# ---------------------------------------------------------------------- streams


def test_a_stream_has_one_name_and_a_name_one_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(randomness, "_names", dict(randomness._names))
    with pytest.raises(ValueError, match=r"'customer\.traits' is used twice"):
        randomness.stream("customer.traits")
    assert randomness.stream("a.new.one") == zlib.crc32(b"a.new.one")
    with pytest.raises(ValueError, match=r"'a\.new\.one' is used twice"):
        randomness.stream("a.new.one")


def test_names_that_share_a_number_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert zlib.crc32(b"plumless") == zlib.crc32(b"buckeroo")
    monkeypatch.setattr(randomness, "_names", {})
    randomness.stream("plumless")
    with pytest.raises(ValueError, match="also by 'plumless'"):
        randomness.stream("buckeroo")


def test_every_stream_has_a_number_of_its_own() -> None:
    names = randomness._names
    assert all(number == zlib.crc32(name.encode()) for number, name in names.items())
    declared = {name for mechanism in mechanisms.ALL for name in mechanism.streams}
    assert declared < set(names.values())
    assert len(names) > len(declared) + 20


# ---------------------------------------------------------------------- one more, one other


def births(firm: Firm) -> dict[str, dict[int, set[int]]]:
    """Items that exist, as uids, by kind and owner."""
    items = plain(firm.world.items)
    found: dict[str, dict[int, set[int]]] = {}
    for item in items[items["place"] != FREE]:
        of_kind = found.setdefault(KINDS[item["kind"]], {})
        of_kind.setdefault(int(item["owner"]), set()).add(int(item["uid"]))
    return found


def first_week(changes: Mapping[str, object], seed: int = 8) -> Firm:
    """A firm on its first morning: all births of the week are on the calendar, little has ended."""
    scenario = tiny({"parameters.report_rate": 0.8, **changes})
    data = scenario.model_dump()
    for department in data["organisation"]["departments"]:
        department["hours"] = {"customer": 500.0, "internal": 500.0}  # nothing is finished today
    firm = Firm(Scenario.from_mapping(data), rng=seed)
    firm.step()
    return firm


def test_one_more_person_changes_nobody_else() -> None:
    n = 500
    market = {"market.active_at_start": 200, "parameters.need_rate": 0.6}
    old = first_week({"market.customers": n, **market})
    new = first_week({"market.customers": n + 1, **market})
    before, after = plain(old.world.customers), plain(new.world.customers)[:n]
    traits = ("segment", "distributor", "taste", "margin", "need_rate", "propensity")
    for name in (*traits, "patience_days", "experience"):
        assert (before[name] == after[name]).all(), name

    heard, hears = before["acquaintances"], after["acquaintances"]
    rows = np.arange(n)[:, None]
    at_an_end = (rows < 3) | (rows >= n - 3)
    may_differ = at_an_end | (hears == n)  # the ring closes elsewhere; somebody met the newcomer
    assert (heard == hears)[~may_differ].all()
    assert may_differ.mean() < 0.05
    assert (heard != hears).any(), "the newcomer knows nobody"
    rewired = np.abs(heard - rows) > 3
    assert 0.05 < (rewired & ~at_an_end).mean() < 0.2

    both = np.flatnonzero((before["status"] == ACTIVE) & (after["status"] == ACTIVE))
    assert len(both) >= 195, "one newcomer displaces hardly anyone"
    mine, theirs = births(old)["need"], births(new)["need"]
    assert len(mine) > 50
    for row in both.tolist():
        assert mine.get(row) == theirs.get(row)
    for kind in ("essential", "courtesy", "report"):
        assert births(old)[kind] == births(new)[kind]


@pytest.mark.parametrize(
    ("key", "value", "moved"),
    [
        ("parameters.courtesy_ratio", 3.0, "courtesy"),
        ("parameters.report_rate", 2.0, "report"),
        ("parameters.lead_rate", 0.3, "lead"),
        ("parameters.need_rate", 0.5, "need"),
        ("organisation.serves.it.sales.essential_per_head_week", 4.0, "essential"),
    ],
)
def test_a_change_in_one_stream_moves_no_other(key: str, value: float, moved: str) -> None:
    """More of one kind of item leaves every item of another kind as it was."""
    steady = {"parameters.courtesy_ratio": 0.5}
    if moved == "essential":
        steady = {"parameters.courtesy_ratio": 0.0}
    before, after = births(first_week(steady)), births(first_week({**steady, key: value}))
    for kind in before.keys() | after.keys():
        if kind != moved:
            assert before.get(kind) == after.get(kind), kind
    old, new = before.get(moved, {}), after[moved]
    assert sum(map(len, new.values())) > sum(map(len, old.values()))
    for owner, uids in old.items():
        assert uids <= new[owner], "those that were there stay the same ones"


def test_needs_and_leads_are_there_to_be_compared() -> None:
    firm = first_week({"parameters.lead_rate": 0.3})
    kinds = {kind for kind, found in births(firm).items() if found}
    assert {KINDS[NEED], KINDS[LEAD], KINDS[COURTESY], "essential", "report", "change"} == kinds


def test_another_seed_is_another_life() -> None:
    one, other = simulate(tiny(), seed=1, years=0.5), simulate(tiny(), seed=2, years=0.5)
    assert digest(one) != digest(other)
    assert not one.customers["margin_per_week"].equals(other.customers["margin_per_week"])
    high = simulate(tiny(), seed=1 + 2**32, years=0.5)
    assert digest(high) != digest(one), "the upper half of the seed counts for nothing"


# ---------------------------------------------------------------------- the same bits again


def test_a_regimes_name_is_only_a_name() -> None:
    regime = Regime.load("customer_first")
    other = Regime.load({**regime.model_dump(), "name": "another", "describes": "The same dials."})
    one = simulate(tiny(BUSY), regime=regime, seed=3, years=1, events="all")
    two = simulate(tiny(BUSY), regime=other, seed=3, years=1, events="all")
    assert (one.regime, two.regime) == ("customer_first", "another")
    same_bits(one, two)
    assert digest(one) == digest(two)
    assert one.manifest["digest"] == two.manifest["digest"]


def turned_round(scenario: Scenario) -> Scenario:
    """The same firm from a file in which departments and edges stand in another order."""
    data = scenario.model_dump()
    organisation = data["organisation"]
    for part in ("departments", "serves", "reports_to", "touches", "informs"):
        organisation[part] = list(organisation[part])[::-1]
    data["organisation"] = dict(reversed(organisation.items()))
    return Scenario.from_mapping(dict(reversed(data.items())))


def test_the_order_in_the_file_means_nothing() -> None:
    scenario = tiny(BUSY)
    one = simulate(scenario, seed=4, years=1, events="all")
    two = simulate(turned_round(scenario), seed=4, years=1, events="all")
    same_bits(one, two)
    assert digest(one) == digest(two)


def digest_of_a_run(scenario: Scenario) -> str:
    """What another process is asked for."""
    return digest(simulate(scenario, seed=5, years=1, events="all"))


def test_another_process_lives_the_same_life() -> None:
    scenario = tiny(BUSY)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        theirs = pool.map(digest_of_a_run, [scenario, turned_round(scenario)])
    assert theirs == [digest_of_a_run(scenario)] * 2


def test_draws_are_the_same_uncompiled() -> None:
    plain_python, compiled = (json.loads(run_python(DRAWS, jit=jit)) for jit in (False, True))
    assert len(plain_python) == len(compiled) == 15
    for one, other in zip(plain_python, compiled, strict=True):
        for name in ("words", "poisson", "strikes", "uid", "uniform"):
            assert one[name] == other[name]
        for name in ("normal", "sine", "gamma"):
            assert one[name] == pytest.approx(other[name], rel=1e-14, abs=1e-15)


def differing(one: Any, other: Any, name: str) -> list[str]:
    """Columns in which two tables differ: integers at all, floats by more than 1e-12."""
    if one.dtype.names is None:
        close = np.allclose(one, other, rtol=1e-12, atol=1e-12) and one.shape == other.shape
        return [] if close else [name]
    found = []
    for column in one.dtype.names:
        a, b = one[column], other[column]
        exact = a.dtype.kind != "f"
        same = np.array_equal(a, b) if exact else np.allclose(a, b, rtol=1e-12, atol=1e-12)
        if not same:
            found.append(f"{name}.{column}")
    return found


@pytest.mark.parametrize(("kind", "days"), [("busy", 15), ("eventful", 66)])
def test_an_uncompiled_firm_lives_the_same_life(kind: str, days: int, tmp_path: Path) -> None:
    files = {"compiled": tmp_path / "compiled.npz", "plain": tmp_path / "plain.npz"}
    for how, file in files.items():
        run_python(TABLES, str(file), str(days), how, kind, jit=how == "compiled")
    one, other = (np.load(io.BytesIO(files[how].read_bytes())) for how in ("compiled", "plain"))
    assert set(one.files) == set(other.files)
    assert [d for name in one.files for d in differing(one[name], other[name], name)] == []
    assert len(one["log"]) > 100
    assert one["firm"]["day"][0] == days
