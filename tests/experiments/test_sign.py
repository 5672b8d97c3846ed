"""Draws of coefficients, and what is made of them."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments import runs as single_runs
from experiments.runs import RunResult, RunSpec
from experiments.sign import (
    CELLS,
    KEPT,
    MARKETS,
    NEUTRAL,
    as_rows,
    deciders,
    draw_coefficients,
    duel,
    leaders,
    least_rho,
    plausible_draws,
    run_briefly,
    slopes,
    specifications,
)
from simulation.parameters import PARAMETERS, Parameter
from tools import sign

RETENTION = ("retention", "calm")
EVEN = 0.505
REGIMES = ("a", "b", "c")


def test_draws_fill_every_range_evenly() -> None:
    drawn = draw_coefficients(40, seed=5)
    assert drawn.equals(draw_coefficients(40, seed=5))
    assert not drawn.equals(draw_coefficients(40, seed=6))
    for name in ("entitlement_gain", "churn_satisfaction", "experience_rest"):
        low, high = PARAMETERS[name].plausible
        values = np.sort(drawn[name].to_numpy(float))
        ends = np.array([low, high])
        if name == "experience_rest":  # a share: even in log odds
            ends, values = ends / (1.0 - ends), values / (1.0 - values)
        place = np.log(values / ends[0]) / np.log(ends[1] / ends[0])
        assert (np.floor(place * 40) == np.arange(40)).all(), "one in every fortieth"


def test_only_what_is_assumed_is_drawn() -> None:
    drawn = draw_coefficients(2, seed=0)
    assert {"h0", "promoter_from", "hop_loss", "margin_sd"}.isdisjoint(drawn.columns)
    for name in drawn:
        assert "assumed" in PARAMETERS[str(name)].source


@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=lambda p: p.name)
def test_a_range_lies_around_its_value_and_in_what_is_allowed(parameter: Parameter) -> None:
    low, high = parameter.plausible
    assert parameter.low <= low <= parameter.default <= high <= parameter.high
    assert (low == high) != parameter.assumed


def test_a_share_has_its_odds_moved() -> None:
    low, high = PARAMETERS["experience_rest"].plausible  # .7: odds 7 to 3
    assert low == pytest.approx((7 / 1.5) / (7 / 1.5 + 3))
    assert high == pytest.approx(7 * 1.5 / (7 * 1.5 + 3))


def test_a_draw_reaches_all_firms_with_the_same_luck() -> None:
    drawn = draw_coefficients(3, seed=1)
    regimes = ["customer_first", "engine_room"]
    specs = list(specifications("small_firm", regimes, 2, drawn.iloc[2], 1))
    assert [spec.label for spec in specs] == [
        "2 neutral neutral",
        "2 calm customer_first",
        "2 calm engine_room",
        "2 turbulent customer_first",
        "2 turbulent engine_room",
    ]
    assert {spec.seed for spec in specs} == {2}
    for spec in specs:
        assert spec.scenario.parameters["patience_days"] == drawn["patience_days"][2]
        assert all(d.hours is None for d in spec.scenario.organisation.departments)
    assert specs[4].scenario.market.turbulence == MARKETS["turbulent"]


def test_luck_alone_leaves_the_coefficients_alone() -> None:
    spec = next(specifications("small_firm", ["customer_first"], -3, None, 0.25))
    assert spec.scenario.parameters == {}
    assert spec.seed == 3
    rows = as_rows([run_briefly(spec)])
    assert rows["draw"].tolist() == [-3]
    assert rows["utilisation"].between(0.3, 1.5).all()


def planted(draws: int = 90) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Firm a keeps more customers where x is above its median; y means nothing."""
    x = np.arange(draws) / draws
    drawn = pd.DataFrame({"y": np.random.default_rng(1).permutation(x), "x": x})
    drawn = drawn.rename_axis("draw")
    rows = []
    for draw in range(draws):
        for market in MARKETS:
            for regime, value in (("a", x[draw]), ("b", EVEN), ("c", -1.0)):
                names = {"draw": draw, "market": market, "regime": regime}
                rows.append({**names, **dict.fromkeys(("retention", "profit"), value)})
                rows[-1] |= {"friction": -value, "agility": value}
    return pd.DataFrame(rows), drawn


def test_who_leads_and_by_how_much_in_planted_draws() -> None:
    runs, _ = planted()
    for cell in CELLS:  # friction too, of which less is better
        assert leaders(runs, cell, REGIMES) == pytest.approx({"a": 44 / 90, "b": 46 / 90, "c": 0.0})
    found = duel(runs, RETENTION, "a", "b")
    assert found.share == pytest.approx(44 / 90)
    assert found.low == pytest.approx(0.388, abs=0.001)  # Wilson, by hand
    assert found.high == pytest.approx(0.591, abs=0.001)
    assert found.gap == pytest.approx(89 / 180 - EVEN)
    assert found.least < -0.4 < 0.4 < found.most
    assert duel(runs, ("friction", "calm"), "a", "b").gap == pytest.approx(EVEN - 89 / 180)


def test_slopes_from_regime_to_regime() -> None:
    runs, _ = planted(3)
    runs["double"] = 2.0 * runs["retention"] + runs["draw"]
    found = slopes(runs, "retention", "double")
    assert len(found) == 6
    assert found["slope"].tolist() == pytest.approx([2.0] * 6)
    assert found["r"].tolist() == pytest.approx([1.0] * 6)


def test_the_deciding_coefficient_is_found() -> None:
    runs, drawn = planted()
    first, second = deciders(runs, drawn, RETENTION, "a", "b")
    assert (first.name, second.name) == ("x", "y")
    assert first.rho == pytest.approx(1.0)
    assert first.when_low == 0.0
    assert first.when_high == 1.0
    assert abs(second.rho) < least_rho(len(drawn), 2)


def test_chance_seldom_reaches_the_least_correlation() -> None:
    """Of 100 studies of 50 coefficients that mean nothing, about five find one."""
    rng = np.random.default_rng(3)
    draws, coefficients = 100, 50
    found = 0
    for _ in range(100):
        lead = rng.permutation(draws)
        ranks = np.array([rng.permutation(draws) for _ in range(coefficients)])
        rho = [np.corrcoef(lead, rank)[0, 1] for rank in ranks]
        found += np.abs(rho).max() > least_rho(draws, coefficients)
    assert found <= 11  # more in less than one of a hundred such tests


def test_a_failed_run_counts_only_where_it_would_be_compared() -> None:
    runs, _ = planted(10)
    runs.loc[(runs["draw"] == 9) & (runs["regime"] == "c"), "retention"] = np.nan
    assert leaders(runs, RETENTION, REGIMES)["a"] == pytest.approx(3 / 9)  # draws 6 to 8 of 0 to 8
    assert duel(runs, RETENTION, "a", "b").share == pytest.approx(4 / 10)


def test_who_is_even_shares_the_lead() -> None:
    runs, _ = planted(4)
    runs["retention"] = 0.5
    assert leaders(runs, RETENTION, REGIMES) == pytest.approx(dict.fromkeys(REGIMES, 1 / 3))
    assert duel(runs, RETENTION, "a", "b").share == 0.0


def test_a_run_that_fails_is_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("no customers")

    monkeypatch.setattr(single_runs, "simulate", broken)
    spec = next(specifications("small_firm", ["customer_first"], 1, None, 0.25))
    row = as_rows([run_briefly(spec)]).iloc[0]
    assert row["error"] == "ZeroDivisionError: no customers"


def test_an_absurd_firm_is_not_plausible() -> None:
    fine = {"retention": 0.8, "utilisation": 0.85, "margin": 0.1, "turnover": 0.1}
    neutral = pd.DataFrame(
        [
            {"draw": 0, "regime": NEUTRAL, **fine, "lead_time_days": 2.0},
            {"draw": 1, "regime": NEUTRAL, **fine, "lead_time_days": 50.0},
        ]
    )
    assert list(plausible_draws(neutral)) == [0]


@pytest.mark.long
def test_the_study_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def run(spec: RunSpec) -> RunResult:
        if len(ran) == 2 * 15 + 5:
            raise KeyboardInterrupt
        ran.append(spec.label)
        return RunResult(spec.key, spec.label, spec.seed, summary=dict.fromkeys(KEPT, 0.5))

    small = {"SCENARIO": "small_firm", "DRAWS": 3, "SHIPPED": 1, "AT_ONCE": 1, "FOLDER": tmp_path}
    here = {"local": lambda workers: nullcontext(None), "run_briefly": run}
    for name, value in {**small, **here}.items():
        monkeypatch.setattr(sign, name, value)
    with pytest.raises(KeyboardInterrupt):
        sign.collect()
    assert len(set(ran)) == 2 * 15 + 5
    first = set(ran)
    ran.clear()
    rows = sign.collect()
    assert not first & set(ran)
    assert rows["draw"].value_counts().to_dict() == dict.fromkeys((-1, 0, 1, 2), 15)
    ran.clear()
    pd.testing.assert_frame_equal(sign.collect(), rows)
    assert ran == []
    monkeypatch.setattr(sign, "YEARS", 4.0)
    with pytest.raises(KeyboardInterrupt):
        sign.collect()  # other runs are not taken for these
