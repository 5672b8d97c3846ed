"""What is shipped is what calibration found, and calibration does what its page says."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from concurrent.futures import Executor, Future
from math import log
from pathlib import Path

import pytest

from simulation.parameters import PARAMETERS
from tools import calibrate, calibration_page
from tools.calibrate import FREE, RESULT, Diary, loss, search, ship
from tools.facts import FACTS, SCENARIO, Fact

START = {name: free.start for name, free in FREE.items()}
MIDDLE = {fact.name: (fact.low + fact.high) / 2 for fact in FACTS}


def test_shipped_coefficients_are_its_output() -> None:
    values = json.loads(RESULT.read_text(encoding="utf-8"))["values"]
    assert set(values) == set(FREE)
    assert {name: PARAMETERS[name].default for name in values} == values, "run `make calibrate`"
    for name, free in FREE.items():
        assert free.low < values[name] < free.high, f"{name} is at the end of its search"
        assert "calibrated" in PARAMETERS[name].source


def test_nothing_else_calls_itself_calibrated() -> None:
    assert {p.name for p in PARAMETERS.values() if "calibrated" in p.source} == set(FREE)


def test_the_page_is_what_was_found() -> None:
    result = json.loads(RESULT.read_text(encoding="utf-8"))
    page = calibration_page.PAGE.read_text(encoding="utf-8")
    assert page == "".join(calibration_page.lines(result)), "run `make calibrate`"


def test_loss_by_hand() -> None:
    assert loss(MIDDLE, START) == 0.0
    edge = {**MIDDLE, "annual retention": 0.88}
    assert loss(edge, START) == pytest.approx(0.25)  # half a half-width beyond what is free
    assert loss({**MIDDLE, "annual retention": 0.84}, START) == 0.0
    assert loss({**MIDDLE, "annual retention": float("nan")}, START) == float("inf")
    emergent = {fact.name: 99.0 for fact in FACTS if fact.emergent}
    assert loss({**MIDDLE, **emergent}, START) == 0.0
    assert loss(MIDDLE, {**START, "h0": START["h0"] * 1.5}) == pytest.approx(0.05)
    assert loss(MIDDLE, {**START, "h0": START["h0"] / 1.5**2}) == pytest.approx(0.2)


def test_points_are_kept_apart_by_the_model_and_not_by_what_is_shipped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = calibrate.diary_file()
    shipped = dataclasses.replace(PARAMETERS["h0"], default=0.02)
    monkeypatch.setitem(PARAMETERS, "h0", shipped)
    assert calibrate.diary_file() == before
    monkeypatch.setattr(calibrate, "YEARS", 3)
    assert calibrate.diary_file() != before


def test_distance_is_in_widths_of_the_range() -> None:
    fact = Fact("x", 1.0, 3.0, "")
    assert [fact.distance(x) for x in (0.0, 1.0, 2.0, 3.0, 7.0)] == [0.5, 0.0, 0.0, 0.0, 2.0]


class Here(Executor):
    """Runs at once, in this process, and may be interrupted."""

    def __init__(self, most: int) -> None:
        self.left = most

    def submit(self, fn: Callable, /, *args: object, **_: object) -> Future:  # type: ignore[type-arg]
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        future: Future = Future()  # type: ignore[type-arg]
        future.set_result(fn(*args))
        return future


def test_search_goes_on_where_it_was_and_finds_a_planted_firm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Retention depends on h0 alone here, and is 6 points too high at the start."""
    start = START["h0"]
    monkeypatch.setattr(
        calibrate,
        "run",
        lambda seed, values: {**MIDDLE, "annual retention": 0.94 - 0.1 * log(values["h0"] / start)},
    )
    file = tmp_path / "points.jsonl"
    cut_short = 2 * calibrate.GENERATION + 7
    with pytest.raises(KeyboardInterrupt):
        list(search(Diary(file), Here(cut_short), 12))
    with file.open("a", encoding="utf-8") as lines:
        lines.write('{"values": {"h0": 0.0')  # killed while writing
    diary = Diary(file)
    assert len(diary.known) == 1 + calibrate.GENERATION  # as many as were observed in full
    again = list(search(diary, Here(10_000), 12))
    straight = list(search(Diary(tmp_path / "other.jsonl"), Here(10_000), 12))
    assert again == straight
    losses = [found[0] for found in straight]
    assert losses == sorted(losses, reverse=True)
    assert losses[0] == pytest.approx((0.125 / 0.065 - 0.5) ** 2)
    assert losses[-1] < 0.6 * losses[0]
    assert straight[-1][1]["h0"] > 1.2 * start
    assert list(search(Diary(file), Here(0), 12)) == again  # nothing left to run


def test_shipping_rewrites_defaults_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = calibrate.TABLE.read_text(encoding="utf-8")
    table = tmp_path / "parameters.py"
    table.write_text(before, encoding="utf-8")
    monkeypatch.setattr(calibrate, "TABLE", table)
    ship({"h0": 0.123})
    after = table.read_text(encoding="utf-8")
    assert re.search(r'Parameter\("h0", 0\.123, 0, 0\.2,', after)
    changed = [a for a, b in zip(before.splitlines(), after.splitlines(), strict=True) if a != b]
    assert len(changed) == 1
    with pytest.raises(LookupError, match="nobody"):
        ship({"nobody": 1.0})


def test_facts_are_measured_on_the_default_firm() -> None:
    assert SCENARIO == "services_firm"
    assert len({fact.name for fact in FACTS}) == len(FACTS)
    for fact in FACTS:
        assert fact.low < fact.high
